"""The numerical orbit as an estimator's dynamics: parameters by name, and pushes on axes that stand still."""

from dataclasses import replace

import numpy as np
import pytest
from tests.catalogue.orbits.made import T0, TRUTH

from vedette.catalogue.orbits.numerical import numerical_orbit
from vedette.core.errors import UsageError
from vedette.motion.orbit import OrbitForces

NAMES = ("radiation", "push_x", "leak_y", "push_z", "leak_z")
VALUES = np.array([0.02, 1e-6, 2e-10, -3e-6, 1e-10])
TIMES = T0 + np.array([-600, 60, 3600, 20_000]) * 10**9


def orbit():
    return numerical_orbit(OrbitForces(degree=8), TRUTH, TIMES, NAMES)


def test_a_push_on_still_axes_moves_by_half_its_square_of_time():
    still, moved = 0.0 * VALUES, VALUES * [0, 1, 0, 0, 0]
    free, pushed = (orbit().states(T0, TRUTH, values, TIMES[1:2])[0] for values in (still, moved))
    assert (pushed - free)[:3] == pytest.approx([0.5 * 1e-6 * 60.0**2, 0.0, 0.0], abs=2e-6)


def test_slopes_by_parameters_are_those_of_differences():
    _, slopes = orbit().fly(T0, TRUTH, VALUES, TIMES)
    for k, step in enumerate([1e-3, 1e-8, 1e-12, 1e-8, 1e-12]):
        shift = np.zeros(len(NAMES))
        shift[k] = step
        up, down = (orbit().states(T0, TRUTH, VALUES + side * shift, TIMES) for side in (1.0, -1.0))
        apart = (up - down) / (2.0 * step)
        size = np.abs(apart).max(axis=0)
        assert np.abs(slopes[:, :, 6 + k] - apart) / size == pytest.approx(0.0, abs=2e-3)


def test_values_not_named_are_those_of_the_forces():
    forces = OrbitForces(degree=4, radiation_m2_kg=0.03, push_xyz_mps2=(1e-7, 0.0, 0.0))
    told = numerical_orbit(forces, TRUTH, TIMES, ("radiation", "push_x", "leak_x"))
    assert told.start_values() == {"radiation": 0.03, "push_x": 1e-7, "leak_x": 0.0}


def test_a_leak_told_from_one_instant_flies_the_same_in_pieces():
    names, values = ("push_y", "leak_y", "push_z", "leak_z"), np.array([1e-6, 2e-10, -3e-6, 1e-10])
    whole = numerical_orbit(OrbitForces(degree=8), TRUTH, TIMES, names)
    pieces = replace(whole, t_leak_tai_ns=T0)
    middle, end = T0 + 4000 * 10**9, TIMES[-1:]
    there, first = pieces.fly(T0, TRUTH, values, np.array([middle]))
    last, second = pieces.fly(middle, there[0], values, end)
    at_once, slopes = whole.fly(T0, TRUTH, values, end)
    a_millimetre = 1e-3
    assert np.linalg.norm(last[0] - at_once[0]) < a_millimetre
    joined = second[0][:, :6] @ first[0]
    joined[:, 6:] += second[0][:, 6:]
    assert np.abs(joined - slopes[0]) / np.abs(slopes[0]).max(axis=0) == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(UsageError, match="push_y"):
        replace(orbit(), t_leak_tai_ns=T0).fly(middle, TRUTH, VALUES, end)
