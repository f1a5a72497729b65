"""Figures that need no recorded flight: the ground, the sky, the fall; against other people's code and examples."""

from collections.abc import Iterator

import numpy as np
from geographiclib.geodesic import Geodesic
from tests.frames.test_geodesic import pairs
from tests.frames.test_rotation import DUT1_AS_ROUNDED_S, ITRF, T_AIAA, TEME, aiaa
from tests.motion.test_propagate import scipy_arc

from tools.accuracy.figures import Figure
from vedette.frames import (
    EarthOrientation,
    geodesic_inverse,
    geodetic_from_itrf,
    itrf_from_gcrf_matrix,
    itrf_from_geodetic,
    state_itrf_from_teme,
)
from vedette.motion.propagate import propagate_coast
from vedette.time import tai_ns_from_utc_text


def world_figures() -> Iterator[Figure]:
    """Geodesy, frames, arcs."""
    yield geodesics()
    yield heights()
    yield example()
    yield rotation()
    yield from arcs()


def geodesics() -> Figure:
    """Distances over the ellipsoid, half of them hard (antipodes, poles, equator, neighbours)."""
    places = pairs(4000)
    ours_m, _, _ = geodesic_inverse(*np.radians(places).T)
    theirs_m = np.array([Geodesic.WGS84.Inverse(*place)["s12"] for place in places])
    return Figure(
        "geodesic distance", "GeographicLib", "4,000 pairs, half of them hard", "nm", (ours_m - theirs_m) * 1e9
    )


def heights() -> Figure:
    """Positions to latitude, longitude, height and back."""
    rng = np.random.default_rng(7)
    sphere = rng.normal(size=(20_000, 3))
    radius_m = 10 ** rng.uniform(6.75, 8.0, (20_000, 1))
    positions = sphere / np.linalg.norm(sphere, axis=1, keepdims=True) * radius_m
    back = itrf_from_geodetic(*geodetic_from_itrf(positions))
    error_m = np.linalg.norm(back - positions, axis=1)
    return Figure("geodetic there and back", "itself", "20,000 points, 5,600 to 100,000 km out", "nm", error_m * 1e9)


def example() -> Figure:
    """The published example of a satellite from teme to the ground."""
    ours = state_itrf_from_teme(T_AIAA, TEME, aiaa(DUT1_AS_ROUNDED_S))
    return Figure(
        "teme to itrf", "AIAA 2006-6753, worked example", "1 state", "mm", np.linalg.norm((ours - ITRF)[:3])[None] * 1e3
    )


def rotation() -> Figure:
    """Many instants share a table of the pole; each on its own goes through ERFA in full."""
    orientation = EarthOrientation.packaged()
    t_tai_ns = tai_ns_from_utc_text("2024-02-08T00:00:00Z") + np.arange(0, 4 * 86_400, 499, dtype=np.int64) * 10**9
    together = itrf_from_gcrf_matrix(t_tai_ns, orientation)
    singly = np.stack([itrf_from_gcrf_matrix(int(one), orientation) for one in t_tai_ns])
    error_m = np.abs(together - singly).max(axis=(1, 2)) * 7.0e6
    return Figure(
        "gcrf to itrf, many at once", "ERFA, one at a time", f"{len(t_tai_ns)} instants in 4 days", "µm", error_m * 1e6
    )


def arcs() -> Iterator[Figure]:
    """Coasts against SciPy's DOP853 at 1e-12 on the same forces."""
    rng = np.random.default_rng(11)
    errors_m = []
    for _ in range(120):
        lat_rad, lon_rad = rng.uniform(-1.2, 1.2), rng.uniform(-np.pi, np.pi)
        position = itrf_from_geodetic(lat_rad, lon_rad, rng.uniform(90e3, 400e3))
        outwards = position / np.linalg.norm(position)
        velocity = outwards * rng.uniform(500.0, 4000.0) + rng.normal(0.0, 1500.0, 3)
        state = np.concatenate([position, velocity])
        errors_m.append(np.linalg.norm((propagate_coast(state, 150.0) - scipy_arc(state, 150.0))[:3]))
    yield Figure(
        "position after 150 s of coast",
        "SciPy DOP853, same forces",
        "120 arcs from 90 to 400 km",
        "mm",
        np.array(errors_m) * 1e3,
    )
    orbit = np.array([6.9e6, 0.0, 0.0, 0.0, 5.4e3, 5.0e3])
    error_m = np.linalg.norm((propagate_coast(orbit, 5400.0) - scipy_arc(orbit, 5400.0))[:3])
    yield Figure(
        "position after one orbit", "SciPy DOP853, same forces", "1 low orbit, 5,400 s", "mm", error_m[None] * 1e3
    )
