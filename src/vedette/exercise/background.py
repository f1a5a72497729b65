"""Day after day of nothing to report: what the engine takes for something, how often, and how sure that figure is.

Each day is a list of happenings at true rates (`background_kinds`), each played with the looks, noise and clutter of
all sensors around it, and the moments at which the day's clutter could mislead (`background_clutter`). Every one
begins with an empty picture: no launch is ever flown here, so whatever is reported is false. All of a day's clutter is
drawn; the tracker alone goes first over each moment, without the silent looks that could only speak against, and what
it does not come to half believe is set aside; one such moment in two hundred is played whole all the same, to see that
this is right. Left out: looks at which nothing but single false detections came in, and what lasts longer than its
story (a fire's hours, a pass's other half).
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.special import chdtri

from vedette.core.constants import NS_PER_S
from vedette.core.tables import table_text
from vedette.engine import Event, FeedEnded, Session, advance, open_picture
from vedette.exercise.background_clutter import clutter_day, may_become_something, suspicious_spans
from vedette.exercise.background_kinds import DAY_S, FIRST_DAY_TAI_NS, KINDS, stories_text
from vedette.exercise.catalogue_objects import catalogue_objects
from vedette.reports import THREATS, Evidence, KnownBody, Mode, Scan
from vedette.scenario import make_scenario, parse_story
from vedette.sensing import Sensor, format_sensors, parse_sensors

STATES: Final = ("candidate", "correlated", "confirmed")
LED: Final = "led_by_a_threat"  # ever, for one look even
UNEXPLAINED: Final = "unexplained"  # marked so, for one look even
_HEIGHT: Final = {Evidence.CANDIDATE: 1, Evidence.CORRELATED: 2, Evidence.CONFIRMED: 3}
CLUTTER: Final = "clutter"
CHECKED_SHARE: Final = 0.005  # of the moments that the tracker alone sets aside: played whole all the same
Row = dict[str, Any]


def play_day(sensors_toml: str, day: int, seed: int) -> Row:
    """One day: for each kind how many happened, were played, and what the highest state of each candidate was."""
    sensors = parse_sensors(sensors_toml, "--sensors")
    started_s = time.process_time()
    kinds: dict[str, dict[str, Any]] = {}
    for number, kind in enumerate(KINDS):
        rng = np.random.default_rng([seed, day, number, 0xBAC])
        played, left = 0, int(rng.poisson(kind.per_day(sensors) * kind.share / kind.together))
        found: list[dict[str, Any]] = []
        for one in range(left):
            text = stories_text(kind, sensors, day, kind.together, rng)
            played += kind.together
            if text is None:
                continue
            found += _believed(text, sensors, seed * 1_000_003 + day * 1_009 + one)
        kinds[kind.name] = {"played": played, "found": found}
    clutter = clutter_day(sensors, FIRST_DAY_TAI_NS + round(day * DAY_S * NS_PER_S), DAY_S, seed * 100_003 + day)
    rng = np.random.default_rng([seed, day, 0xC0DE])
    spans = suspicious_spans(clutter)
    found, checked, wrong, played = [], 0, 0, 0
    for span in spans:
        may = may_become_something(clutter, span, seed)
        is_check = not may and rng.random() < CHECKED_SHARE
        if not (may or is_check):
            continue
        came = _fold(clutter.scans(span.t_from_s, span.t_to_s, seed), clutter.sensors, ())
        found += came
        played += may
        checked, wrong = checked + is_check, wrong + (is_check and bool(came))
    kinds[CLUTTER] = {"played": played, "found": found}
    return {
        "day": day,
        "kinds": kinds,
        "false_detections": clutter.detection_count,
        "clutter": {"moments": len(spans), "played": played, "checked": checked, "wrongly_set_aside": wrong},
        "cpu_s": round(time.process_time() - started_s, 1),
    }


def _believed(text: str, sensors: Mapping[str, Sensor], seed: int) -> list[dict[str, Any]]:
    story = parse_story(text)
    made = make_scenario(replace(story, sensors=dict(sensors)), seed)
    return _fold(made.scans, sensors, made.catalogue)


def _fold(
    scans: Iterable[Scan], sensors: Mapping[str, Sensor], catalogue: tuple[KnownBody, ...]
) -> list[dict[str, Any]]:
    """The engine over some looks: every candidate, the highest state it reached, and how probable a threat ever was."""
    session = Session(mode=Mode.REAL, feeds=("background",), sensors_toml=format_sensors(sensors))
    picture = open_picture(session, catalogue_objects(catalogue))
    best: dict[str, dict[str, Any]] = {}
    events: list[Event] = [*(replace(scan, mode=Mode.REAL) for scan in scans), FeedEnded()]
    for event in events:
        picture = advance(picture, event)
        for one in picture.candidates:
            height, threat = _HEIGHT.get(one.evidence, 0), round(one.probability_of(*THREATS), 3)
            row = best.setdefault(one.id, {"height": 0, "subject": one.subject, "leading": "", "threat": threat})
            row[UNEXPLAINED] = row.get(UNEXPLAINED, False) or UNEXPLAINED in one.marks
            row["height"] = max(row["height"], height)
            row["leading"], row["threat_last"] = one.leading.value, threat
            row["threat"] = max(row["threat"], threat)
    return list(best.values())


def rehearse_background(
    sensors: Mapping[str, Sensor],
    days: int,
    seed: int,
    *,
    jobs: int = 1,
    results: Path | None = None,
    is_resumed: bool = False,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, Any]:
    """So many days, and the summary of all; `results` keeps each day as it is finished."""
    text = format_sensors(sensors)
    mark = _mark(text, seed)
    kept = _kept(results, mark) if results is not None and is_resumed else {}
    if results is not None and not is_resumed:
        results.write_text("", encoding="utf-8")
    left = [day for day in range(days) if day not in kept]
    done = days - len(left)
    for row in _work(text, left, seed, jobs):
        kept[row["day"]] = row
        done += 1
        if results is not None:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"digest": mark, "row": row}) + "\n")
        tell(done, days)
    return summary([kept[day] for day in range(days)], len(sensors), sensors)


def _mark(sensors_toml: str, seed: int) -> str:
    """Changes with the sensors, the seed and the table of kinds."""
    kinds = [(kind.name, kind.share, kind.seconds, kind.together, kind.source) for kind in KINDS]
    rates = table_text("natural_rates.toml")
    return sha256(f"{sensors_toml}|{seed}|{kinds}|{rates}".encode()).hexdigest()[:16]


def _work(text: str, days: list[int], seed: int, jobs: int) -> Iterator[Row]:
    if jobs <= 1 or len(days) < 2:
        for day in days:
            yield play_day(text, day, seed)
        return
    with ProcessPoolExecutor(min(jobs, len(days)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(play_day, [text] * len(days), days, [seed] * len(days))


def _kept(results: Path, mark: str) -> dict[int, Row]:
    """Days of an earlier run that still hold."""
    found: dict[int, Row] = {}
    if results.is_file():
        for line in results.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
                if entry["digest"] == mark:
                    found[int(entry["row"]["day"])] = entry["row"]
            except (ValueError, KeyError, TypeError):
                continue  # a last line cut short
    return found


def poisson_upper(count: int, confidence: float = 0.95) -> float:
    """The mean of which so few would be seen with a chance of one less the confidence (Garwood 1936)."""
    return float(0.5 * chdtri(2.0 * (count + 1), 1.0 - confidence))


def _rate(count: int, exposure: float) -> dict[str, Any]:
    return {
        "count": count,
        "per_sensor_day": count / exposure if exposure else None,
        "upper_95_per_sensor_day": poisson_upper(count) / exposure if exposure else None,
    }


def summary(rows: list[Row], sensor_count: int, sensors: Mapping[str, Sensor]) -> dict[str, Any]:
    """Counts and rates a sensor-day, kind by kind and of all; the whole's limit is the sum of its kinds' limits."""
    sensor_days = len(rows) * sensor_count
    shares = {kind.name: kind.share for kind in KINDS} | {CLUTTER: 1.0}
    kinds = []
    for name, share in shares.items():
        found = [one for row in rows for one in row["kinds"][name]["found"]]
        exposure = share * sensor_days
        states = {}
        for height, state in enumerate(STATES, 1):
            states[state] = _rate(sum(one["height"] >= height for one in found), exposure)
        states[LED] = _rate(sum(one["threat"] > 0.5 for one in found), exposure)
        states[UNEXPLAINED] = _rate(sum(one[UNEXPLAINED] for one in found), exposure)
        per_day = next((kind.per_day(sensors) for kind in KINDS if kind.name == name), None)
        kinds.append(
            {
                "name": name,
                "per_day": per_day,
                "share_played": share,
                "played": sum(row["kinds"][name]["played"] for row in rows),
                "sensor_days": exposure,
                "led_by_a_threat": sum(one["threat"] > 0.5 for one in found),
                "states": states,
            }
        )
    happens = [one for one in kinds if one["per_day"] is None or one["per_day"] > 0.0]
    whole = {
        state: {
            "per_sensor_day": sum(one["states"][state]["per_sensor_day"] or 0.0 for one in happens),
            "upper_95_per_sensor_day": sum(one["states"][state]["upper_95_per_sensor_day"] or 0.0 for one in happens),
            "count": sum(one["states"][state]["count"] for one in happens),
        }
        for state in (*STATES, LED, UNEXPLAINED)
    }
    return {
        "days": len(rows),
        "sensors": sensor_count,
        "sensor_days": sensor_days,
        "false_detections": sum(row["false_detections"] for row in rows),
        "cpu_s": round(sum(row["cpu_s"] for row in rows), 1),
        "clutter": {
            name: sum(row.get("clutter", {}).get(name, 0) for row in rows)
            for name in ("moments", "played", "checked", "wrongly_set_aside")
        },
        "states": whole,
        "kinds": kinds,
    }
