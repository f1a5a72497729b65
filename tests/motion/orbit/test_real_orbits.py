"""Against orbits that others computed from laser ranges: LAGEOS-1 flown through their positions."""

import numpy as np
import pytest
from tests.data import real_data

from vedette.formats.sp3 import read_sp3
from vedette.frames import EarthOrientation, state_gcrf_from_itrf
from vedette.motion.orbit import Looks, OrbitForces, fit_orbit
from vedette.motion.orbit.batch import POSITION

LAGEOS_M2_KG = 1.13 * 0.2827 / 406.97  # reflects as a sphere of 60 cm, 407 kg (Rubincam 1990)


def misfit_m(name: str, forces: OrbitForces) -> float:
    """Root mean square distance (m) from the file's positions when nothing but the start is estimated."""
    orbit = read_sp3(real_data("tracking", "sp3", name).read_text(encoding="ascii"))
    t, places = orbit.t_tai_ns, orbit.positions_itrf_m[orbit.names.index("L51")]
    velocity = np.gradient(places, (t - t[0]) / 1e9, axis=0, edge_order=2)[0]
    start = state_gcrf_from_itrf(int(t[0]), np.concatenate([places[0], velocity]), EarthOrientation.packaged())
    n = len(t)
    looks = Looks(t, np.full(n, POSITION), places, np.full((n, 3), 0.05), np.zeros(n, dtype=int), np.zeros((1, 3, 4)))
    found = fit_orbit(looks, int(t[0]), start, forces, tolerance=1e-12)
    assert found.has_converged and found.is_used.all()
    return float(np.sqrt(np.mean(np.sum((0.05 * found.residuals) ** 2, axis=1))))


@pytest.mark.parametrize(("name", "limit_m"), [("asi_slr_20160706.sp3", 0.01), ("jcet_slr_20211230.sp3", 0.02)])
def test_lageos_flies_through_three_hours_of_a_laser_orbit_within_centimetres(name, limit_m):
    assert misfit_m(name, OrbitForces(30, radiation_m2_kg=LAGEOS_M2_KG)) < limit_m


@pytest.mark.parametrize("left_out", ["tides", "moon", "sun"])
def test_every_pull_left_out_shows(left_out):
    name = "asi_slr_20160706.sp3"
    forces = {"radiation_m2_kg": LAGEOS_M2_KG}
    whole = misfit_m(name, OrbitForces(30, **forces))
    assert misfit_m(name, OrbitForces(30, **{left_out: False}, **forces)) > 2.0 * whole
