"""Burns between arcs of tracking: the rows of files cut into arcs, an orbit for each, and what lies between two."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError, VedetteError
from vedette.core.shapes import Ints

_HOUR_NS = 3600 * NS_PER_S
_EARTH_M = 6_378_137.0
_LACKING_MPS2 = 1e-9  # of forces far out, one sigma
_AIR_TOP_M, _AIR_SCALE_M = 1_000e3, 120e3  # below, what is not known of drag is more by e for each scale
_SUNLIGHT_MPS2 = 4.56e-6 * 0.3  # for 1 m2/kg; a third of it is not known of a body never measured
_ROUGH = 25.0  # an arc whose residuals are five times what was stated holds the burn, or none at all


def arcs_of(t_tai_ns: Ints, gap_hours: float, arc_hours: float) -> list[tuple[int, int]]:
    """[(first, last)] instants of the arcs: cut where nothing was seen for so long, and where one would be longer."""
    t = np.unique(t_tai_ns)
    out: list[tuple[int, int]] = []
    first = int(t[0])
    for a, b in pairwise(t.tolist()):
        if b - a > gap_hours * _HOUR_NS or b - first > arc_hours * _HOUR_NS:
            out.append((first, a))
            first = b
    return [*out, (first, int(t[-1]))]


def burns_in_tracks(
    files: tuple[Path, ...],
    stations: tuple[Path, ...] = (),
    *,
    number: int | None = None,
    object_name: str = "",
    gap_hours: float = 3.0,
    arc_hours: float = 24.0,
    position_sigma_m: float = 1.0,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each pair of arcs next to each other, and sentences on arcs that no orbit was found for.

    Arcs whose own residuals are five times what was stated are passed over: they may hold a burn, and those before and
    after tell of it.
    """
    from vedette.catalogue.orbits.burn_between import OrbitArc, burn_between
    from vedette.catalogue.orbits.solve import Wanted, determine_orbit
    from vedette.catalogue.orbits.targets import TARGETS, UNKNOWN
    from vedette.doors.tracking_files import read_places, read_tracking
    from vedette.frames import EarthOrientation
    from vedette.time import utc_text_from_tai_ns

    if not gap_hours > 0.0 or not arc_hours > 0.0:
        raise UsageError("arcs have a length, and gaps between them too: --gap-hours and --arc-hours are above none")
    orientation = EarthOrientation.packaged()
    tracking = read_tracking(
        files, read_places(stations), position_sigma_m=position_sigma_m, object_name=object_name, number=number
    )
    known = TARGETS.get(tracking.catalogue_number or 0, UNKNOWN)
    arcs: list[OrbitArc] = []
    said: list[str] = []
    forces = None
    for first, last in arcs_of(tracking.rows.t_tai_ns, gap_hours, arc_hours):
        name = f"arc {utc_text_from_tai_ns(first)[:16]}Z to {utc_text_from_tai_ns(last)[:16]}Z"
        part = tracking.rows.take((tracking.rows.t_tai_ns >= first) & (tracking.rows.t_tai_ns <= last))
        wanted = Wanted(
            drag_m2_kg=known.drag_m2_kg, radiation_m2_kg=known.radiation_m2_kg,
            centre_of_mass_m=known.centre_of_mass_m, t_epoch_tai_ns=(first + last) // 2,
        )  # fmt: skip
        try:
            found = determine_orbit(part, tracking.stations, orientation, wanted)
        except VedetteError as trouble:
            said.append(f"{name}: {trouble}")
            continue
        one = found.solution
        tell(f"{name}: {one.sentence}")
        if not one.has_converged or one.scale > _ROUGH:
            said.append(f"{name}: no one orbit fits its looks; a burn inside it would do that")
            continue
        forces = found.dynamics.forces
        arcs.append(OrbitArc(one.t_epoch_tai_ns, one.state_gcrf, one.state_cov_gcrf, first, last))
    rows: list[dict[str, Any]] = []
    for before, after in pairwise(arcs):
        assert forces is not None
        height = float(np.linalg.norm(before.state_gcrf[:3])) - _EARTH_M
        air = np.exp(np.clip((_AIR_TOP_M - height) / _AIR_SCALE_M, 0.0, 8.0)) * (height < _AIR_TOP_M)
        lacking = float(np.hypot(_LACKING_MPS2 * (1.0 + air), _SUNLIGHT_MPS2 * forces.radiation_m2_kg))
        burn = burn_between(before, after, forces, push_sigma_mps2=lacking, earth_orientation=orientation)
        sigmas = np.sqrt(np.diag(burn.cov_rtn))
        rows.append(
            {
                "id": tracking.catalogue_number,
                "t_utc": utc_text_from_tai_ns(burn.t_tai_ns),
                "t_sigma_s": round(burn.t_sigma_s),
                "delta_v_mps": round(burn.delta_v_mps, 6),
                "sigma_mps": round(burn.sigma_mps, 6),
                "axis": burn.axis,
                "radial_along_across_mps": [round(float(x), 6) for x in burn.delta_v_rtn_mps],
                "sigma_radial_along_across_mps": [round(float(x), 6) for x in sigmas],
                "cov_radial_along_across_m2ps2": [[float(f"{x:.6g}") for x in row] for row in burn.cov_rtn],
                "misfit": round(burn.misfit, 2),
                "probability": round(burn.probability, 4),
                "before": [utc_text_from_tai_ns(before.t_first_tai_ns), utc_text_from_tai_ns(before.t_last_tai_ns)],
                "after": [utc_text_from_tai_ns(after.t_first_tai_ns), utc_text_from_tai_ns(after.t_last_tai_ns)],
            }
        )
    if len(arcs) < 2:
        said.append("fewer than two arcs with an orbit: nothing to hold against each other")
    return rows, said
