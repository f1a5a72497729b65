"""What a partner reads otherwise is told by shared satellites, alarmed, and shared out alike on both sides."""

import numpy as np
import pytest
from scipy.stats import chi2

from vedette.core.constants import NS_PER_S
from vedette.exercise.joint_world import T0_TAI_NS, Filter, OwnerSensor, Truth, first_belief, looks, satellites, told
from vedette.frames import geodetic_from_itrf
from vedette.sensing import radar_and_jacobian_from_itrf
from vedette.tracking.joint import JointTracker
from vedette.tracking.joint.offsets import SIZE, shifted, slopes
from vedette.tracking.joint.place_registration import place_slopes
from vedette.tracking.registration.terms import horizon_of

NORTH = OwnerSensor("NORTH", (3.2e6, 0.4e6, 5.5e6), 10.0, 1e-5)
SOUTH = OwnerSensor("SOUTH", (4.4e6, 1.6e6, 4.3e6), 10.0, 1e-5)
ONE_IN_A_MILLION = 1e-6


def played(seed: int, offset: np.ndarray, by_place: np.ndarray | None = None, seconds: int = 40):
    rng = np.random.default_rng(seed)
    truth = Truth(satellites(6, rng), 0.0, rng)
    a, b = (first_belief(truth.states_itrf, rng) for _ in range(2))
    north, south = JointTracker("NORTH"), JointTracker("SOUTH")
    for k in range(1, seconds + 1):
        truth.advance(1.0)
        for sensor, one in ((NORTH, a), (SOUTH, b)):
            one.predict(1.0)
            one.update(*looks(sensor, truth.states_itrf, rng))
        if k > 5 and k % 2 == 0:
            t = T0_TAI_NS + k * NS_PER_S
            states = shifted(b.states_itrf, offset)
            if by_place is not None:
                states = states + place_slopes(b.states_itrf, np.array(SOUTH.site_itrf_m)) @ by_place
            mine, theirs = told("NORTH", t, a), told("SOUTH", t, Filter(states, b.covs, 0.0))
            north.hear_own(mine)
            north.hear_partner("SOUTH", theirs)
            south.hear_own(theirs)
            south.hear_partner("NORTH", mine)
    return north, south


def offset_of(clock_s: float = 0.0, shift_m: float = 0.0, turn_rad: float = 0.0) -> np.ndarray:
    return np.array([clock_s, 0.0, shift_m, 0.0, 0.0, 0.0, turn_rad])


@pytest.mark.parametrize("seed", range(2))
def test_who_reads_as_we_do_raises_no_alarm(seed: int):
    north, _ = played(seed, offset_of())
    assert north.bias("SOUTH").objects == 6 and north.bias("SOUTH").alarms == () and north.findings() == ()


def test_a_clock_and_a_frame_are_told_with_honest_doubt_and_alarmed():
    for seed in range(2):
        true = offset_of(clock_s=-0.010, shift_m=80.0)
        north, _ = played(seed, true)
        bias = north.bias("SOUTH")
        assert abs(bias.clock_s - 0.010) < 5.0 * bias.clock_sigma_s < 2.5e-3
        assert "clock" in bias.alarms
        told_of = np.array([-bias.clock_s, *bias.shift_itrf_m, *bias.turn_itrf_rad])
        _, cov = north._state.offsets.between("NORTH", "SOUTH")
        off = told_of - true
        assert off @ np.linalg.solve(cov, off) < chi2.ppf(1.0 - ONE_IN_A_MILLION, SIZE)
        assert any("clock" in one.text for one in north.findings())


def test_both_sides_share_the_difference_out_alike():
    north, south = played(3, offset_of(clock_s=0.004, shift_m=50.0))
    one, two = north.fused(), south.fused()
    assert north.bias("SOUTH").alarms  # so something is shared out at all
    assert one.ids == two.ids
    assert np.max(np.abs(one.states_itrf / two.states_itrf - 1.0)) < 1e-9
    assert north.bias("SOUTH").clock_s == pytest.approx(-south.bias("NORTH").clock_s, rel=1e-9)


def test_errors_of_a_radar_at_a_known_place_are_told_as_its_own():
    true = np.array([0.0, 60.0, 150e-6, -100e-6])
    north, _ = played(4, offset_of(), true)
    bias = north.bias_from("SOUTH", np.array(SOUTH.site_itrf_m))
    off = bias.values - true
    assert off @ np.linalg.solve(bias.cov, off) < chi2.ppf(1.0 - ONE_IN_A_MILLION, 4)
    assert set(bias.alarms) >= {"range_m", "azimuth_rad", "elevation_rad"}
    assert "range" in bias.text and "long" in bias.text and "low" in bias.text


def test_the_slopes_of_a_place_undo_those_of_a_radar():
    # a radar's own slopes by position (another package) take each of ours to one unit of what it is of
    place = np.array(SOUTH.site_itrf_m)
    states = satellites(5, np.random.default_rng(0))
    _, J = radar_and_jacobian_from_itrf(states, place, horizon_of(place))
    unit = np.einsum("nki,nij->nkj", J[:, :3, :3], place_slopes(states, place)[:, :3, 1:])
    want = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])  # azimuth, elevation, range
    assert np.max(np.abs(unit - want)) < 1e-6
    assert abs(float(geodetic_from_itrf(place)[0])) < np.pi / 2


def test_slopes_of_an_offset_are_those_of_the_offset_itself():
    states = satellites(4, np.random.default_rng(1))
    for i, step in enumerate([1e-3, 1.0, 1.0, 1.0, 1e-7, 1e-7, 1e-7]):
        offset = np.zeros(SIZE)
        offset[i] = step
        moved = 0.5 * (shifted(states, offset) - shifted(states, -offset)) / step
        assert np.allclose(moved, slopes(states)[:, :, i], rtol=1e-6, atol=1e-3)
