"""How approaches are told: documents, text, and conjunction messages."""

from pathlib import Path
from typing import Any

import numpy as np

from vedette.catalogue.conjunctions.ranking import Ranked
from vedette.catalogue.conjunctions.screen import Approaches
from vedette.core.shapes import Ints
from vedette.formats.cdm import Cdm, CdmObject, format_cdm
from vedette.reports.elements import ElementSets
from vedette.time import utc_text_from_tai_ns


def events(sets: ElementSets, found: Approaches, ranked: Ranked, order: Ints) -> list[dict[str, Any]]:
    """Approaches in an order, each a document."""
    rows = []
    for k in order.tolist():
        i, j = int(found.i[k]), int(found.j[k])
        marks = [word for word, is_so in (
            ("diluted", bool(ranked.is_diluted[k])), ("old elements", bool(ranked.is_old[k])),
        ) if is_so]  # fmt: skip
        rows.append({
            "ids": [int(sets.number[i]), int(sets.number[j])],
            "names": [sets.name[i] or str(sets.number[i]), sets.name[j] or str(sets.number[j])],
            "tca_utc": utc_text_from_tai_ns(int(found.t_tai_ns[k])),
            "miss_km": round(float(found.miss_m[k]) / 1e3, 6),
            "relative_speed_mps": round(float(found.speed_mps[k]), 3),
            "pc": float(ranked.pc[k]), "pc_max": float(ranked.pc_max[k]), "hbr_m": round(float(ranked.radius_m[k]), 3),
            "ages_days": [round(float(x), 3) for x in ranked.ages_days[k]],
            "sigmas_m": [[round(float(x), 1) for x in one] for one in ranked.sigmas_m[k]],
            "marks": marks,
        })  # fmt: skip
    return rows


def stays(sets: ElementSets, found: Approaches) -> list[dict[str, Any]]:
    """Pairs that stay near, each once."""
    return [
        {
            "ids": [int(sets.number[i]), int(sets.number[j])],
            "names": [sets.name[i] or str(sets.number[i]), sets.name[j] or str(sets.number[j])],
            "from_utc": utc_text_from_tai_ns(int(found.near_from_tai_ns[k])),
            "to_utc": utc_text_from_tai_ns(int(found.near_to_tai_ns[k])),
            "least_km": round(float(found.near_least_m[k]) / 1e3, 6),
        }
        for k, (i, j) in enumerate(zip(found.near_i.tolist(), found.near_j.tolist(), strict=True))
    ]


def event_line(row: dict[str, Any]) -> str:
    """One approach for people."""
    one, two = (f"{name[:20]} ({number})" for name, number in zip(row["names"], row["ids"], strict=True))
    note = f"  [{', '.join(row['marks'])}]" if row["marks"] else ""
    return (
        f"{row['tca_utc']}  {row['miss_km']:8.3f} km {row['relative_speed_mps'] / 1e3:7.3f} km/s  Pc {row['pc']:8.2e}  "
        f"most {row['pc_max']:8.2e}  {one:<28} {two:<28}{note}"
    )


def write_cdms(
    folder: Path, sets: ElementSets, found: Approaches, ranked: Ranked, order: Ints, t_now_utc: str
) -> int:
    """One message a file, states in GCRF and element-set doubts as covariance; how many were written."""
    from vedette.frames import EarthOrientation, state_gcrf_from_teme

    orientation = EarthOrientation.packaged()
    folder.mkdir(parents=True, exist_ok=True)
    for k in order.tolist():
        t = int(found.t_tai_ns[k])
        states = [state_gcrf_from_teme(t, ranked.states[k, side], orientation) for side in range(2)]
        objects = []
        for side, row in enumerate((int(found.i[k]), int(found.j[k]))):
            cov = np.zeros((6, 6))
            radial, along, across = ranked.sigmas_m[k, side]
            rate = float(np.linalg.norm(states[side][3:]) / np.linalg.norm(states[side][:3]))
            # an error along the way is a radial velocity's as well, and the other way round (round orbit)
            cov[np.diag_indices(6)] = [
                radial**2, along**2, across**2, (rate * along) ** 2, (rate * radial) ** 2, (rate * across) ** 2,
            ]  # fmt: skip
            cov[1, 3] = cov[3, 1] = -0.999 * rate * along**2
            cov[0, 4] = cov[4, 0] = -0.999 * rate * radial**2
            objects.append(CdmObject(
                str(int(sets.number[row])), sets.name[row], sets.designator[row], "GCRF", states[side], cov,
                {"CATALOG_NAME": "SATCAT", "EPHEMERIS_NAME": "NONE", "COVARIANCE_METHOD": "DEFAULT",
                 "MANEUVERABLE": "N/A"},
                (f"SGP4 elements {ranked.ages_days[k, side]:.2f} days old; covariance is usual for their age",),
            ))  # fmt: skip
        name = f"{objects[0].designator}_conj_{objects[1].designator}_{utc_text_from_tai_ns(t)[:19].replace(':', '')}"
        message = Cdm(
            t, (objects[0], objects[1]), message_id=name, originator="VEDETTE", creation_date=t_now_utc,
            miss_distance_m=float(found.miss_m[k]), relative_speed_mps=float(found.speed_mps[k]),
            collision_probability=float(ranked.pc[k]), collision_method="FOSTER-1992",
            radius_m=float(ranked.radius_m[k]),
        )  # fmt: skip
        (folder / f"{name}.cdm").write_text(format_cdm(message), encoding="utf-8")
    return len(order)


