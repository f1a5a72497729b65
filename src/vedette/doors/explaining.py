"""`vedette explain`: a journal is played again and one track is asked what it rests on."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.doors.explain_words import write_story
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.wire import Spelling, json_bytes, spelling_of
from vedette.engine import Picture, advance, open_picture, when
from vedette.engine.track_history import SeenAs, TrackHistory, TrackStory
from vedette.estimation import chi_square_gate
from vedette.reports import COLUMNS, KIND_CODES, Looks, Scan

_KIND_OF = {code: kind for kind, code in KIND_CODES.items()}
_UNITS = {"_rad": ("_deg", 180.0 / np.pi), "_mps": ("_kmps", 1e-3), "_m": ("_km", 1e-3)}


def run_explain(path: Path, name: str, at: str | None, is_json: bool) -> int:
    """Explain an object or track of a journal, as it was known at an instant or at the end."""
    document = explanation(path, name, at)
    if is_json:
        sys.stdout.buffer.write(json_bytes(document, is_pretty=True) + b"\n")
        sys.stdout.buffer.flush()
    else:
        write_story(document)
    return 0


def explanation(
    path: Path, name: str, at: str | None, tell: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, Any]:
    """What an object or track of a journal rests on; `tell(done, of)` hears of every entry played."""
    history = TrackHistory(name)
    with SqliteJournal.open(path) as journal:
        picture, count = open_picture(journal.session), journal.store.entry_count
        for done, event in enumerate(journal.events(), 1):
            if at is not None and isinstance(event, Scan):
                is_relative = at.strip()[:1] in "Tt+-"
                known = not is_relative or picture.t_liftoff_tai_ns is not None
                if known and event.t_received_tai_ns > when(at, picture.t_liftoff_tai_ns):
                    break
            history.before(picture, event)
            picture = advance(picture, event)
            history.after(picture, event)
            tell(done, max(count, done))
    return explain_document(history.story(picture), picture)


def explain_document(story: TrackStory, picture: Picture) -> dict[str, Any]:
    """The story in the units of doors: degrees, kilometres, UTC."""
    spell = spelling_of(picture)
    taken, lost = _split(story)
    rows = [] if story.looks is None else list(_looks(story.looks, taken, spell))
    judged = [one for one in taken.values() if one.dof]
    return {
        "object_id": story.object_id,
        "track_id": story.track_id or None,
        "t_now_utc": spell.utc(picture.t_now_tai_ns) if picture.t_now_tai_ns is not None else None,
        "candidates": [spell.candidate(one) for one in picture.candidates if one.object_id == story.object_id],
        "sensors": _by_sensor(rows),
        "nis": {
            "looks": len(judged),
            "mean_per_dof": _round(sum(o.nis for o in judged) / sum(o.dof for o in judged)) if judged else None,
            "inside_95": _round(sum(o.nis <= chi_square_gate(0.95, o.dof) for o in judged) / len(judged))
            if judged
            else None,
        },
        "looks": rows,
        "lost": [_near(one, spell) for one in lost],
        "alternatives": _alternatives(story, spell),
        "doubts": [spell.event(finding) for finding in story.doubts],
        "said": [spell.event(finding) for finding in story.said],
        "belief": [
            {
                "t_utc": spell.utc(m.t_tai_ns),
                "t_plus_s": spell.plus_s(m.t_tai_ns),
                "existence": _round(m.existence),
                "is_confirmed": m.is_confirmed,
                "hits": m.hits,
                "modes": {name: _round(p) for name, p in m.modes.items()},
                "position_sigma_km": _round(m.position_sigma_m / 1e3),
                "speed_sigma_mps": _round(m.speed_sigma_mps),
            }
            for m in story.moments
        ],
        "classes": [
            {
                "t_utc": spell.utc(c.t_tai_ns),
                "t_plus_s": spell.plus_s(c.t_tai_ns),
                "phase": c.phase,
                "probabilities": {name: _round(p) for name, p in c.probabilities.items()},
            }
            for c in story.classes
        ],
    }


def _split(story: TrackStory) -> tuple[dict[tuple[str, int, tuple[float, ...]], SeenAs], list[SeenAs]]:
    """Detections near the track: those it rests on, by what they say, and those it did not take."""
    if story.looks is None:
        return {}, []
    looks = story.looks
    mine = {
        _key(looks.sensor_ids[looks.sensor_index[i]], int(looks.t_measured_tai_ns[i]), looks.values[i].tolist())
        for i in np.flatnonzero(looks.is_detection)
    }
    taken: dict[tuple[str, int, tuple[float, ...]], SeenAs] = {}
    lost: list[SeenAs] = []
    for one in story.near:
        key = _key(one.sensor_id, one.t_measured_tai_ns, list(one.values))
        if key in mine:
            taken.setdefault(key, one)
        else:
            lost.append(one)
    return taken, lost


def _key(sensor_id: str, t_tai_ns: int, values: list[float]) -> tuple[str, int, tuple[float, ...]]:
    return sensor_id, t_tai_ns, tuple(-1e300 if v != v else v for v in [*values, *[float("nan")] * (4 - len(values))])


def _looks(
    looks: Looks, taken: dict[tuple[str, int, tuple[float, ...]], SeenAs], spell: Spelling
) -> Iterator[dict[str, Any]]:
    newest = None
    for i in range(len(looks)):
        sensor_id, t = looks.sensor_ids[looks.sensor_index[i]], int(looks.t_measured_tai_ns[i])
        kind = _KIND_OF[int(looks.kind_code[i])]
        is_found = bool(looks.is_detection[i])
        one = taken.get(_key(sensor_id, t, looks.values[i].tolist())) if is_found else None
        is_late = one is not None and newest is not None and one.t_received_tai_ns < newest
        if one is not None:
            newest = max(newest or one.t_received_tai_ns, one.t_received_tai_ns)
        yield {
            "t_utc": spell.utc(t),
            "t_plus_s": spell.plus_s(t),
            "sensor_id": sensor_id,
            "kind": kind.value,
            "found": is_found,
            "values": dict(door_values(COLUMNS[kind], looks.values[i].tolist())) if is_found else {},
            "delay_s": _round((one.t_received_tai_ns - t) / NS_PER_S) if one else None,
            "residual_sigmas": _named(one),
            "nis": _round(one.nis) if one else None,
            "dof": one.dof if one else None,
            "overtaken": is_late,
        }


def _near(one: SeenAs, spell: Spelling) -> dict[str, Any]:
    return {
        "t_utc": spell.utc(one.t_measured_tai_ns),
        "t_plus_s": spell.plus_s(one.t_measured_tai_ns),
        "sensor_id": one.sensor_id,
        "detection": one.scan_row,
        "residual_sigmas": _named(one),
        "nis": _round(one.nis),
        "dof": one.dof,
    }


def _alternatives(story: TrackStory, spell: Spelling) -> list[dict[str, Any]]:
    """What was weighed, look by look, where there was a choice."""
    told = story.alternatives
    if told is None:
        return []
    return [
        {
            "t_utc": spell.utc(int(told.t_tai_ns[i])),
            "t_plus_s": spell.plus_s(int(told.t_tai_ns[i])),
            "sensor_id": told.sensor_ids[told.sensor_index[i]],
            "detection": int(told.scan_row[i]) if told.scan_row[i] >= 0 else None,
            "probability": _round(float(told.probability[i])),
            "log_ratio": _round(float(told.log_ratio[i])),
            "taken": bool(told.is_taken[i]),
            "moved_km": _round(float(told.moved_m[i]) / 1e3),
            "position_sigma_before_km": _round(float(told.sigma_before_m[i]) / 1e3),
            "position_sigma_after_km": _round(float(told.sigma_after_m[i]) / 1e3),
        }
        for i in range(len(told))
    ]


def _by_sensor(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How each sensor's looks sit on the track."""
    found = []
    for name in dict.fromkeys(row["sensor_id"] for row in rows):
        mine = [row for row in rows if row["sensor_id"] == name]
        judged = [row for row in mine if row["nis"] is not None]
        parts = list(dict.fromkeys(part for row in judged for part in row["residual_sigmas"]))
        spread = {
            part: _round(float(np.sqrt(np.mean(np.square(values)))))
            for part in parts
            if (values := [r["residual_sigmas"][part] for r in judged if r["residual_sigmas"].get(part) is not None])
        }
        found.append(
            {
                "sensor_id": name,
                "kind": mine[0]["kind"],
                "detections": sum(row["found"] for row in mine),
                "silences": sum(not row["found"] for row in mine),
                "residual_rms_sigmas": spread,
                "nis_per_dof": _round(sum(r["nis"] for r in judged) / sum(r["dof"] for r in judged))
                if judged
                else None,
            }
        )
    return found


def _named(one: SeenAs | None) -> dict[str, float | None]:
    if one is None:
        return {}
    names = (_bare(name) for name in one.names)
    return {name: _round(value) for name, value in zip(names, one.residual_sigmas, strict=True) if value == value}


def door_values(names: tuple[str, ...], values: list[float]) -> Iterator[tuple[str, float]]:
    """Values that were measured, by the names and in the units of doors."""
    for name, value in zip(names, values, strict=False):
        if value != value:
            continue
        for ending, (spelled, factor) in _UNITS.items():
            if name.endswith(ending):
                yield name.removesuffix(ending) + spelled, round(value * factor, 6)
                break
        else:
            yield name, round(value, 9)


def _bare(name: str) -> str:
    for ending in _UNITS:
        name = name.removesuffix(ending)
    return name


def _round(value: float) -> float | None:
    return float(f"{value:.5g}") if np.isfinite(value) else None
