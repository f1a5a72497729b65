"""Planned flights from files: orbit ephemeris messages, or burns as JSON."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from vedette.catalogue.conjunctions.planned import Path as Flight
from vedette.core.errors import BadInputError
from vedette.doors.catalogue_files import read_bytes
from vedette.formats.oem import OemSegment, read_oem
from vedette.time import tai_ns_from_utc_text

_CURE = 'give an OEM, or JSON {"id": 25544, "t_utc": "...", "delta_v_rtn_mps": [r, t, n]}'
_INERTIAL = ("EME2000", "J2000", "GCRF", "ICRF")


def read_planned(path: Path) -> tuple[list[tuple[str, Flight]], list[dict[str, Any]]]:
    """Flights by name, and burns {"id", "t_tai_ns", "delta_v_rtn_mps"}; one of the two lists is empty."""
    raw = read_bytes(path)
    if raw.lstrip()[:1] not in (b"{", b"["):
        return [(one.title, _flight(one, path.name)) for one in read_oem(raw, path.name)], []
    try:
        said = json.loads(raw)
        burns = []
        for one in said if isinstance(said, list) else [said]:
            push = [float(x) for x in one["delta_v_rtn_mps"]]
            if len(push) != 3 or not np.all(np.isfinite(push)):
                raise ValueError("delta_v_rtn_mps has three numbers, m/s")
            burns.append({"id": int(one["id"]), "t_tai_ns": tai_ns_from_utc_text(str(one["t_utc"])), "push": push})
    except BadInputError as trouble:
        raise BadInputError(trouble.what, path.name, trouble.cure) from None
    except (ValueError, TypeError, KeyError, RecursionError) as trouble:
        raise BadInputError(f"a plan that cannot be read ({trouble})", path.name, _CURE) from None
    return [], burns


def _flight(one: OemSegment, source: str) -> Flight:
    from vedette.frames import EarthOrientation, state_teme_from_gcrf, state_teme_from_itrf

    if one.metadata["CENTER_NAME"].upper() != "EARTH":
        raise BadInputError(f"about {one.metadata['CENTER_NAME'][:20]}", source, "give a path about the Earth")
    if len(one.t_tai_ns) < 4:
        raise BadInputError(f"{len(one.t_tai_ns)} states", source, "four are needed to interpolate between them")
    orientation = EarthOrientation.packaged()
    if one.frame == "TEME":
        return Flight(one.t_tai_ns, one.states_m_mps)
    if one.frame not in _INERTIAL and not one.frame.startswith("ITRF"):
        raise BadInputError(f"REF_FRAME = {one.frame[:20]}", source, "give EME2000, GCRF, ICRF, ITRF or TEME")
    turn = state_teme_from_gcrf if one.frame in _INERTIAL else state_teme_from_itrf
    rows = zip(one.t_tai_ns.tolist(), one.states_m_mps, strict=True)
    return Flight(one.t_tai_ns, np.array([turn(t, state, orientation) for t, state in rows]))
