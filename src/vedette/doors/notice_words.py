"""Notices for people and programs: tables, sentences, JSON documents."""

from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.formats.notice_json import document_from_notice
from vedette.notices import Case, Matching, Pair, Record, SeenLaunch, shortfalls, state_of
from vedette.reports import Mode, Notice, NoticeArea
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

_HOUR_NS = 3600 * NS_PER_S
_CHI2_90 = 4.605  # of two degrees of freedom
_NORMAL_90 = 1.645


def case_document(case: Case, t_tai_ns: int) -> dict[str, Any]:
    """A case as JSON: the notice as it stands, its state, what falls short, what is doubted."""
    return {
        "id": case.case_id,
        "state": state_of(case, t_tai_ns).value,
        "is_cancelled": case.is_cancelled,
        "notice": document_from_notice(case.notice),
        "history": [f"{n.notice_id} v{n.version} {n.kind.value}" for n in case.history],
        "shortfalls": list(shortfalls(case)),
        "doubts": list(case.doubts),
    }


def case_lines(case: Case, t_tai_ns: int) -> list[str]:
    """A case in a few lines."""
    notice = case.notice
    what = notice.class_name or notice.kind.value
    number = f"{notice.count} × " if notice.count > 1 else ""
    head = f"{state_of(case, t_tai_ns).value.upper():<18} {case.case_id}  {number}{what}, {notice.party}  {notice.mode}"
    lines = [head]
    for window in notice.windows:
        lines.append(f"    {_utc(window.t_from_tai_ns)} to {_utc(window.t_to_tai_ns)}  ({_until(window, t_tai_ns)})")
    lines += [f"    from {area_words(area)}" for area in notice.launch_areas]
    if notice.azimuth_rad is not None:
        first, last = np.degrees(notice.azimuth_rad)
        lines.append(f"    towards {first:.0f}° to {last:.0f}°")
    lines += [f"    {area.role}: {area_words(area)}" for area in notice.hazard_areas]
    lines += [f"    falls short: {words}" for words in shortfalls(case)]
    lines += [f"    doubt: {words}" for words in case.doubts]
    return lines


def area_words(area: NoticeArea) -> str:
    """An area in words: its name, or where its middle is."""
    lat, lon = np.degrees(np.mean(area.corners_rad, axis=0)) if len(area.corners_rad) == 1 else _middle_deg(area)
    place = f"{abs(lat):.2f}°{'N' if lat >= 0 else 'S'} {abs(lon):.2f}°{'E' if lon >= 0 else 'W'}"
    if len(area.corners_rad) == 1:
        size = f" within {area.radius_m / 1e3:g} km" if area.radius_m else ""
    else:
        size = f", {len(area.corners_rad)} corners"
    return f"{area.name} ({place}{size})" if area.name else place + size


def _middle_deg(area: NoticeArea) -> tuple[float, float]:
    from vedette.frames import unit_vector

    x, y, z = unit_vector(*np.array(area.corners_rad).T).mean(axis=0)
    return float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))


def _until(window: Any, t_tai_ns: int) -> str:
    if t_tai_ns < window.t_from_tai_ns:
        return f"opens in {(window.t_from_tai_ns - t_tai_ns) / _HOUR_NS:.1f} h"
    if t_tai_ns <= window.t_to_tai_ns:
        return f"open for {(window.t_to_tai_ns - t_tai_ns) / _HOUR_NS:.1f} h more"
    return f"closed {(t_tai_ns - window.t_to_tai_ns) / _HOUR_NS:.1f} h ago"


def pair_document(pair: Pair) -> dict[str, Any]:
    """A match or near miss as JSON."""
    return {
        "object": pair.object_id, "notice": pair.case_id, "deviations": list(pair.deviations),
        "reasons": list(pair.reasons), "log_ratio": round(pair.log_ratio, 3) if np.isfinite(pair.log_ratio) else None,
    }  # fmt: skip


def matching_document(matching: Matching) -> dict[str, Any]:
    """A whole matching as JSON."""
    return {
        "matched": [pair_document(pair) for pair in matching.pairs],
        "excess": [pair_document(pair) for pair in matching.excess],
        "unnotified": list(matching.unnotified),
        "near_misses": [pair_document(pair) for pair in matching.near_misses],
        "states": {name: state.value for name, state in matching.states.items()},
    }


def matching_lines(matching: Matching) -> list[str]:
    """A whole matching for people."""
    lines = []
    for pair in matching.pairs:
        lines.append(f"{pair.object_id} was announced: {pair.case_id}")
        lines += [f"    but {words}" for words in pair.deviations]
    lines += [f"{pair.object_id} is more than {pair.case_id} announced" for pair in matching.excess]
    lines += [f"{name} was not announced" for name in matching.unnotified]
    lines += [f"    nearest to {pair.case_id}, but it {pair.reasons[0]}" for pair in matching.near_misses]
    return lines or ["no launches to match"]


def record_document(record: Record) -> dict[str, Any]:
    """One party's record as JSON."""
    return {
        "party": record.party, "announced": record.announced, "in_time": record.in_time,
        "least_notice_h": record.notice_h and round(record.notice_h[0], 2),
        "median_notice_h": record.notice_h and round(record.notice_h[1], 2),
        "states": record.states, "reported": record.reported, "queries": record.queries, "answered": record.answered,
        "doubts": list(record.doubts),
    }  # fmt: skip


def record_lines(record: Record) -> list[str]:
    """One party's record for people."""
    states = ", ".join(f"{count} {state}" for state, count in record.states.items()) or "none"
    lines = [f"{record.party}: {record.announced} announced ({states})"]
    if record.notice_h is not None:
        lines.append(f"    notice given: least {record.notice_h[0]:.0f} h, median {record.notice_h[1]:.0f} h ahead")
    for share, words in (
        (record.in_time, "given as early as agreed"), (record.reported, "of launches reported afterwards in time"),
        (record.answered, "of questions answered in time"),
    ):  # fmt: skip
        if share is not None:
            lines.append(f"    {100.0 * share:.0f} % {words}")
    return [*lines, *(f"    doubt: {words}" for words in record.doubts)]


def launches_of(document: dict[str, Any]) -> list[SeenLaunch]:
    """Launches of a `vedette watch --json` document: every object that has a launch estimate."""
    mode = Mode(document.get("mode", "SIMULATED"))
    return [
        _launch(entry, entry["launch"], mode)
        for entry in document.get("objects", [])
        if entry.get("launch") and entry["launch"].get("t_utc")
    ]


def _launch(entry: dict[str, Any], launch: dict[str, Any], mode: Mode) -> SeenLaunch:
    first_s, last_s = launch["t_90_plus_s"]
    azimuths = launch.get("azimuth_90_deg")
    impact = entry.get("impact")
    return SeenLaunch(
        object_id=entry["id"],
        mode=mode,
        t_launch_tai_ns=tai_ns_from_utc_text(launch["t_utc"]),
        t_sigma_s=max((last_s - first_s) / (2.0 * _NORMAL_90), 1.0),
        lat_rad=float(np.radians(launch["lat_deg"])),
        lon_rad=float(np.radians(launch["lon_deg"])),
        cov_m2=_cov_of(launch),
        class_probabilities=entry.get("probabilities", {}),
        azimuth_rad=np.nan if azimuths is None else float(np.radians(launch["azimuth_deg"])),
        azimuth_sigma_rad=np.nan if azimuths is None else _azimuth_sigma_rad(*azimuths),
        impact_rad=impact and (float(np.radians(impact["lat_deg"])), float(np.radians(impact["lon_deg"]))),
        impact_sigma_m=_impact_sigma_m(impact) if impact else 0.0,
    )


def _azimuth_sigma_rad(first_deg: float, last_deg: float) -> float:
    return float(np.radians((last_deg - first_deg) % 360.0) / (2.0 * _NORMAL_90))


def _cov_of(place: dict[str, Any]) -> Any:
    """(2, 2) of a place, from its 90 % area: the rim of an ellipse has half the second moment of its square radius."""
    area = next((one for one in place.get("areas", []) if one["probability"] == 0.9), None)
    if area is None:
        return np.eye(2) * 1e8
    lat, lon = np.radians(area["lat_deg"]), np.radians(area["lon_deg"])
    north = (lat - lat.mean()) * 6.371e6
    east = ((lon - np.radians(place["lon_deg"]) + np.pi) % (2.0 * np.pi) - np.pi) * 6.371e6 * np.cos(lat.mean())
    return np.cov(np.stack([east, north])) * 2.0 / _CHI2_90 + np.eye(2)


def _impact_sigma_m(impact: dict[str, Any]) -> float:
    return float(np.sqrt(np.trace(_cov_of(impact))))


def _utc(t_tai_ns: int) -> str:
    return utc_text_from_tai_ns(t_tai_ns, 0)


def notice_line(notice: Notice) -> str:
    """One notice in one line, for `add` and `import`."""
    return f"{notice.notice_id} v{notice.version}  {notice.kind.value}, {notice.party}  {notice.mode}"
