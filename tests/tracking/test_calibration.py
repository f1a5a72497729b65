"""What is known of biases reaches the tracks: corrected looks, tracks that start where the object is."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.registration_scene import RADAR, T0, Errors, radar_looks, satellites

from vedette.core.constants import NS_PER_S
from vedette.metrics import nees
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Geostationary, Infrared
from vedette.tracking import Coasting, Tracker
from vedette.tracking.registration.calibration import Calibration
from vedette.tracking.registration.terms import radar_innovation, terms_of

ERRORS = Errors((np.radians(0.15), np.radians(-0.1)), 300.0, 0.3)
TERMS = ("azimuth_rad", "elevation_rad", "range_m", "clock_s")
KNOWN = Calibration(
    tuple((RADAR.name, term) for term in TERMS),
    np.array([*ERRORS.angles_rad, 300.0, 0.3]),
    np.diag([1e-5, 1e-5, 2.0, 1e-3]) ** 2,
)


def test_corrected_scans_are_those_of_a_radar_without_bias():
    rng = np.random.default_rng(0)
    state = satellites(rng, 3, seconds=30.0)
    for (_, biased, _), (_, fair, _) in zip(
        radar_looks(np.random.default_rng(1), RADAR, state, ERRORS, np.arange(0, 60, 10.0)),
        radar_looks(np.random.default_rng(1), RADAR, state, Errors(), np.arange(0, 60, 10.0)),
        strict=True,
    ):
        freed = KNOWN.corrected(biased)
        rounding = 1e-9
        assert np.array_equal(freed.t_measured_tai_ns, fair.t_measured_tai_ns)
        assert np.allclose(freed.values[:, :3], fair.values[:, :3], rtol=rounding)


def test_scale_and_lean_are_taken_off_as_they_were_put_on():
    """Reading made by the registration's own model, freed by the calibration: the geometric value again."""
    terms = terms_of(RADAR, scale_sigma=1e-4, lean_sigma_rad=1e-3)
    biases = np.array([2e-3, -1e-3, 150.0, 0.0, 5e-5, 4e-4, -6e-4])
    state = propagate_coast(satellites(np.random.default_rng(2), 1, seconds=1.0)[0], 0.0)
    ideal = RADAR.measure(state)
    site = RADAR.site
    away, _, _ = radar_innovation(terms, biases, ideal, state, site.position_itrf_m, site.enu_from_itrf)
    scan = Scan(RADAR.name, SensorKind.RADAR, Mode.TEST, T0, np.array([T0]), (ideal - away)[None], np.ones((1, 4)))
    known = Calibration(tuple((RADAR.name, name) for name in terms.names), biases, np.eye(7))
    freed = known.corrected(scan).values[0]
    second_order_rad, second_order_m = 1e-5, 0.02  # squares of milliradians at 70 deg; a scale of a bias
    assert np.all(np.abs(freed[:2] - ideal[:2]) < second_order_rad)
    assert abs(freed[2] - ideal[2]) < second_order_m


def test_a_sensor_of_directions_is_turned_back():
    watcher = Infrared(Geostationary(10.0), los_sigma_urad=25.0, los_bias_sigma_urad=20.0, name="ir")
    from vedette.sensing import tangent_basis

    los = watcher.measure(np.array([[6.4e6, 1e6, 5e5]]), T0).reshape(1, 3)
    turned = los + np.einsum("j,nji->ni", np.array([3e-4, -2e-4]), tangent_basis(los))
    values = np.column_stack([turned / np.linalg.norm(turned), [1e5]])
    scan = Scan("ir", SensorKind.INFRARED, Mode.TEST, T0, np.array([T0]), values, np.full((1, 4), 1e-5))
    labels = (("ir", "angle_1_rad"), ("ir", "angle_2_rad"), ("ir", "clock_s"))
    known = Calibration(labels, np.array([3e-4, -2e-4, 0.02]), np.diag([1e-6, 1e-6, 1e-3]) ** 2)
    freed = known.corrected(scan)
    second_order = 1e-6
    assert np.all(np.abs(freed.values[0, :3] - los[0]) < second_order)
    assert freed.t_measured_tai_ns[0] == T0 - round(0.02 * NS_PER_S)
    (left,) = known.sensors_left({"ir": watcher}).values()
    assert left.los_bias_sigma_urad == pytest.approx(1.0)
    assert left.clock_bias_sigma_s == pytest.approx(1e-3)


def tracked(seed, calibration, clock_s=0.002):
    """Error and normalised error of a coast track after five minutes, in itrf at its own time."""
    rng = np.random.default_rng(seed)
    radar = replace(RADAR, clock_bias_sigma_s=clock_s)
    state = propagate_coast(satellites(rng, 1, seconds=1.0)[0], -200.0)
    tracker = Tracker([radar], motion=Coasting())
    if calibration is not None:
        tracker.calibrate(calibration)
    for _, scan, _ in radar_looks(rng, radar, state[None], ERRORS, np.arange(0.0, 300.0, 5.0), pd=1.0):
        tracks = tracker.step(scan)
    truth = propagate_coast(state, (tracks.t_tai_ns - T0) / NS_PER_S, field=field_coefficients(8))
    error = tracks.states_itrf[0] - truth
    return np.linalg.norm(error[:3]), float(nees(error, tracks.state_covs_itrf[0])) / 6.0


def test_a_track_is_right_and_honest_once_the_biases_are_known():
    known = np.array([tracked(seed, KNOWN) for seed in range(6)])
    wild = np.array([tracked(seed, None) for seed in range(6)])
    assert np.median(wild[:, 0]) > 1500.0  # the clock alone is two kilometres
    assert np.median(known[:, 0]) < 0.2 * np.median(wild[:, 0])
    assert known[:, 1].mean() < 2.2  # one in a thousand of 36 degrees of freedom is 1.9; tracks of one pass run to 1.07
    assert wild[:, 1].mean() > 5.0
    doubted, known_clock = tracked(0, None, clock_s=0.3)[1], tracked(0, None)[1]
    assert doubted < 0.5 * known_clock  # a clock that is doubted makes the track doubted along its way


def test_looks_come_back_freed_and_a_moved_sensor_is_taken_anew():
    rng = np.random.default_rng(5)
    state = propagate_coast(satellites(rng, 1, seconds=1.0)[0], -100.0)
    tracker = Tracker([RADAR], motion=Coasting())
    feed = radar_looks(rng, RADAR, state[None], ERRORS, np.arange(0.0, 60.0, 5.0), pd=1.0)
    for _, scan, _ in feed:
        tracks = tracker.step(scan)
    raw = tracker.looks(tracks.ids[0]).values[0]
    moved = Calibration(KNOWN.labels, KNOWN.biases, KNOWN.cov)
    tracker.calibrate(moved, renew=[RADAR.name])
    freed = tracker.looks(tracks.ids[0]).values[0]
    assert raw[2] - freed[2] == pytest.approx(300.0)
    assert raw[0] - freed[0] == pytest.approx(ERRORS.angles_rad[0])
    (row,) = tracker._rows.take(tracker._rows.is_confirmed).mean[:, 0, 8:]
    assert row[2] == pytest.approx(300.0)
    assert tracker.pairs_of_last_look()[0][1] == tracks.ids[0]
