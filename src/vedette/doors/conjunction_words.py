"""How a collision's probability is told: as a document and as text."""

from math import isfinite
from typing import Any

from vedette.catalogue.conjunctions import Collision, Encounter
from vedette.formats.cdm import Cdm
from vedette.time import utc_text_from_tai_ns

_ABOUT = {
    "Pc2D": "straight and short passage, Foster 1992",
    "Nc2D": "short passage, curved doubts, Hall 2021",
    "Nc3D": "expected collisions over the window, Hall 2021",
    "PcSDMC": "orbits drawn and flown",
    "PcMax": "greatest for any scale of the doubts",
}


def collision_document(message: Cdm, encounter: Encounter, found: Collision) -> dict[str, Any]:
    """`{"pc": {method: value, "headline": value}, "warnings": [...]}` and what it rests on."""
    return {
        "pc": {**found.pc, "headline": found.headline if isfinite(found.headline) else None},
        "warnings": list(found.warnings),
        "headline_method": found.method,
        "objects": [one.title for one in message.objects],
        "designators": [one.designator for one in message.objects],
        "tca_utc": utc_text_from_tai_ns(encounter.t_tai_ns + round(found.t_offset_s * 1e9)),
        "miss_m": found.miss_m,
        "relative_speed_mps": found.speed_mps,
        "hbr_m": encounter.radius_m,
        "sigmas_m": [x if isfinite(x) else None for x in found.sigmas_m],
        "mahalanobis": found.mahalanobis if isfinite(found.mahalanobis) else None,
        "dilution_scale": found.dilution,
        "PcSDMC_sigma": found.sdmc_sigma,
        "duration_s": found.duration_s,
        "sender": {"probability": message.collision_probability, "method": message.collision_method or None},
    }


def collision_text(message: Cdm, encounter: Encounter, found: Collision) -> str:
    """A few lines for people."""
    one, two = message.objects
    lines = [
        f"{one.title} and {two.title}, {utc_text_from_tai_ns(encounter.t_tai_ns)}",
        f"  {found.miss_m:,.1f} m apart at {found.speed_mps:,.3f} m/s; bodies {encounter.radius_m:g} m together",
    ]
    if isfinite(found.mahalanobis):
        lines.append(
            f"  doubts in the encounter plane {found.sigmas_m[0]:,.1f} by {found.sigmas_m[1]:,.1f} m; "
            f"miss {found.mahalanobis:.2f} sigmas"
        )
    for method in ("Pc2D", "Nc2D", "Nc3D", "PcSDMC", "PcMax"):
        if method not in found.pc:
            continue
        mark = "*" if method == found.method else " "
        doubt = f" ± {found.sdmc_sigma:.1g}" if method == "PcSDMC" and found.sdmc_sigma is not None else ""
        lines.append(f"{mark} {method:<7} {found.pc[method]:12.5g}{doubt:<10} {_ABOUT[method]}")
    if message.collision_probability is not None:
        lines.append(f"  sender  {message.collision_probability:12.5g}{'':<10} {message.collision_method}")
    lines += [f"! {warning}" for warning in found.warnings]
    return "\n".join(lines) + "\n"
