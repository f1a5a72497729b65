"""Two-body motion against worked examples of Vallado (2013) and Curtis (2014), and against itself, there and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from vedette.core.errors import UsageError
from vedette.motion.kepler import elements_from_state, lambert_izzo2015, propagate_kepler, state_from_elements

VALLADO_MU, CURTIS_MU = 398600.4418e9, 398600e9  # m3/s2, as each book has it


def km(*values: float) -> np.ndarray:
    return np.array(values) * 1e3


def test_vallados_example_2_4_propagates():
    start = km(1131.340, -2282.343, 6672.423, -5.64305, 4.30333, 2.42879)
    end = propagate_kepler(start, 40 * 60.0, VALLADO_MU)
    ten_metres = 10.0  # the start is printed to a metre and a centimetre per second
    assert np.abs(end[:3] - km(-4219.7527, 4363.0292, -3958.7666)).max() < ten_metres
    assert np.abs(end[3:] - km(3.689866, -1.916735, -6.112511)).max() < 0.01


def test_vallados_example_2_5_gives_its_elements():
    a, e, i, node, perigee, nu = elements_from_state(
        km(6524.834, 6862.875, 6448.296, 4.901327, 5.533756, -1.976341), VALLADO_MU
    )
    assert a / 1e3 == pytest.approx(36127.343, abs=0.05)
    assert e == pytest.approx(0.832853, abs=1e-6)
    printed = [87.870, 227.898, 53.38, 92.335]
    assert np.degrees([i, node, perigee, nu]) == pytest.approx(printed, abs=6e-3)  # last printed digit


@pytest.mark.parametrize(
    "mu,r1,r2,dt_s,v1,v2,last_digit",
    [  # Vallado example 7-5; Curtis example 5.2
        (VALLADO_MU, (15945.34, 0, 0), (12214.83899, 10249.46731, 0), 4560.0, (2.058913, 2.915965, 0),
         (-3.451565, 0.910315, 0), 2e-6),
        (CURTIS_MU, (5000, 10000, 2100), (-14600, 2500, 7000), 3600.0, (-5.9925, 1.9254, 3.2456),
         (-3.3125, -4.1966, -0.38529), 6e-5),
    ],
)  # fmt: skip
def test_printed_lambert_arcs_come_back(mu, r1, r2, dt_s, v1, v2, last_digit):
    ours_1, ours_2 = lambert_izzo2015(km(*r1), km(*r2), dt_s, mu_m3_s2=mu)
    assert np.abs(ours_1 - km(*v1)).max() < last_digit * 1e3
    assert np.abs(ours_2 - km(*v2)).max() < last_digit * 1e3


def test_a_hyperbola_agrees_with_scipy():
    start = np.array([7e6, 0.0, 1e6, 2e3, 12e3, 1e3])
    mu = VALLADO_MU

    def slope(_, y):
        return np.r_[y[3:], -mu / np.linalg.norm(y[:3]) ** 3 * y[:3]]

    for dt_s in (20_000.0, -5_000.0):
        theirs = solve_ivp(slope, (0, dt_s), start, "DOP853", rtol=1e-12, atol=1e-5).y[:, -1]
        one_metre = 1.0
        assert np.abs(propagate_kepler(start, dt_s, mu)[:3] - theirs[:3]).max() < one_metre


orbits = st.tuples(
    st.floats(6.6e6, 4e7),
    st.floats(0.0, 0.8),
    st.floats(0.05, 3.0),
    st.floats(0.0, 6.2),
    st.floats(0.0, 6.2),
    st.floats(0.0, 6.2),
)


@settings(max_examples=60, deadline=None)
@given(orbits, st.floats(-2e5, 2e5))
def test_elements_hold_but_for_the_anomaly(elements, dt_s):
    start = state_from_elements(np.array(elements))
    end = propagate_kepler(start, dt_s)
    a_part_in_a_thousand_million = 1e-9
    before, after = elements_from_state(start), elements_from_state(end)
    assert after[:2] == pytest.approx(before[:2], rel=a_part_in_a_thousand_million, abs=1e-9)
    momentum = [np.cross(s[:3], s[3:]) for s in (start, end)]
    assert momentum[1] == pytest.approx(momentum[0], rel=1e-9, abs=1.0)
    back = propagate_kepler(end, -dt_s)
    assert np.linalg.norm(back[:3] - start[:3]) < 0.1  # a decimetre after days


@settings(max_examples=60, deadline=None)
@given(orbits, st.floats(0.01, 0.95))
def test_lambert_finds_the_orbit_that_was_flown(elements, share):
    start = state_from_elements(np.array(elements))
    a, inclination = elements[0], elements[2]
    is_backward = inclination > np.pi / 2
    dt_s = share * 2 * np.pi * np.sqrt(a**3 / 3.986004415e14)
    end = propagate_kepler(start, dt_s)
    sine = np.linalg.norm(np.cross(start[:3], end[:3])) / np.linalg.norm(start[:3]) / np.linalg.norm(end[:3])
    if sine < 1e-3:
        return  # nearly in line with the centre: the plane is nearly undefined
    v1, v2 = lambert_izzo2015(start[:3], end[:3], dt_s, is_retrograde=is_backward)
    one_millimetre_per_second = 1e-3
    assert np.abs(v1 - start[3:]).max() < one_millimetre_per_second / sine
    assert np.abs(v2 - end[3:]).max() < one_millimetre_per_second / sine


def test_round_and_level_orbits_have_angles_that_come_back():
    for elements in ([7e6, 0.0, 0.9, 1.0, 0.0, 2.0], [7e6, 0.1, 0.0, 0.0, 1.0, 2.0], [7e6, 0.0, 0.0, 0.0, 0.0, 2.0]):
        state = state_from_elements(np.array(elements))
        assert elements_from_state(state) == pytest.approx(elements, rel=1e-9, abs=1e-9)


def test_shapes_broadcast():
    states = np.stack([state_from_elements(np.array([7e6, 0.01, 1.0, 0.0, 0.0, nu])) for nu in (0.0, 1.0)])
    assert propagate_kepler(states, np.array([[0.0], [100.0], [200.0]])).shape == (3, 2, 6)
    assert np.allclose(propagate_kepler(states, 0.0), states)


def test_what_has_no_answer_is_refused():
    with pytest.raises(UsageError, match="in line"):
        lambert_izzo2015(km(7000, 0, 0), km(-8000, 0, 0), 3000.0)
    with pytest.raises(UsageError, match="greater than none"):
        lambert_izzo2015(km(7000, 0, 0), km(0, 8000, 0), 0.0)
