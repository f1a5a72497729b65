"""Figures from orbits determined from real tracking: lasers, radio and a radar, against answers of others."""

from collections.abc import Iterator

import numpy as np
from tests.catalogue.orbits.real import ORIENTATION, geos3, lageos, lageos_files, w3b
from tests.catalogue.orbits.test_real_orbits import PUBLISHED_W3B
from tests.tracking.geos3 import PUBLIC_STATE, T_EPOCH

from tools.accuracy.figures import Figure
from vedette.catalogue.orbits.observations import Kind
from vedette.catalogue.orbits.solve import Determined
from vedette.core.shapes import Scalar
from vedette.frames import gcrf_from_itrf_matrix, state_gcrf_from_teme

WITH_ALL = ("biases", "empirical", "srp")


def orbit_fit_figures() -> Iterator[Figure]:
    """LAGEOS-2, W3B, GEOS-3."""
    yield from laser_figures()
    yield from radio_figures()
    yield from pass_figures()


def laser_figures() -> Iterator[Figure]:
    """LAGEOS-2 of 11 to 14 February 2016."""
    plain, whole = lageos(), lageos(WITH_ALL)
    sample = "95 normal points, 4 stations, 66 h"
    found = plain.first
    assert found is not None
    there = plain.states(np.array([found.t_tai_ns]))[0]
    first_km = np.linalg.norm(found.state_gcrf[:3] - there[:3]) / 1e3
    yield Figure("LAGEOS-2, first orbit from ranges alone", "the fit of all", sample, "km", np.array([first_km]))
    for name, one in (("orbit alone", plain), ("with biases and small forces", whole)):
        left_cm = 100.0 * one.solution.residuals[one.solution.is_used]
        yield Figure(f"LAGEOS-2, residuals, {name}", "the ranges themselves", sample, "cm", left_cm)
        yield Figure(f"LAGEOS-2, position, {name}", "prediction by SGF (CPF)", "288 instants", "m", _apart_m(one))


def _apart_m(found: Determined) -> Scalar:
    _, prediction = lageos_files()
    turn = gcrf_from_itrf_matrix(prediction.t_tai_ns, ORIENTATION)
    theirs = np.einsum("nij,nj->ni", turn, prediction.positions_itrf_m)
    away_m: Scalar = np.linalg.norm(found.states(prediction.t_tai_ns)[:, :3] - theirs, axis=1)
    return away_m


def radio_figures() -> Iterator[Figure]:
    """W3B of November 2010."""
    one = w3b()
    sample, authority = "521 looks of 5 stations, 16 h", "Orekit's published solution"
    off: dict[str, list[float]] = {kind: [] for kind in ("range", "azimuth", "elevation")}
    for station, published in PUBLISHED_W3B.items():
        for (kind, values), theirs in zip(off.items(), published, strict=True):
            value = one.solution.value(f"{kind} bias {station}")[0]
            values.append((value if kind == "range" else np.degrees(value)) - theirs)
    for kind, values in off.items():
        unit = "m" if kind == "range" else "deg"
        yield Figure(f"W3B, {kind} biases", authority, "5 stations", unit, np.array(values))
    rows = one.model.rows
    for code in (Kind.RANGE, Kind.AZIMUTH, Kind.ELEVATION):
        factor, unit = (1.0, "m") if code == Kind.RANGE else (float(np.degrees(1.0)), "deg")
        left = factor * one.solution.residuals[rows.kind == code]
        yield Figure(f"W3B, residuals of {code.name.lower()}", "the looks themselves", sample, unit, left)


def pass_figures() -> Iterator[Figure]:
    """The first ten looks of GEOS-3 over Kaena Point."""
    one = geos3(10)
    theirs = state_gcrf_from_teme(T_EPOCH, PUBLIC_STATE, ORIENTATION)
    there = one.dynamics.states(T_EPOCH, theirs, one.solution.force_values, np.array([one.solution.t_epoch_tai_ns]))[0]
    apart_km = np.linalg.norm(one.solution.state_gcrf[:3] - there[:3]) / 1e3
    yield Figure("GEOS-3, position", "published solution", "10 looks of one pass", "km", np.array([apart_km]))
