"""A day of the world's fires through the whole engine: nothing launched, so whatever is reported is false.

Every hot spot of the day that one watcher can see shines at once. The lights are dealt into parts, each played on a
picture of its own: judging new fires takes a tenth of a second each, and a look of all of them at once longer than
the ten seconds until the next. What neighbours of different parts do to each other is left out.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.core.errors import BadInputError, NotFoundError
from vedette.engine import FeedEnded, Session, advance, open_picture
from vedette.exercise.real_lights import HotSpots, hot_spot_looks, read_hot_spots
from vedette.reports import LAUNCHES, THREATS, Evidence, FindingKind, Mode, Scan, SensorKind
from vedette.sensing import Geostationary, Infrared, format_sensors
from vedette.time import tai_ns_from_utc_text

PARTS: Final = 10
LOOKS: Final = 30  # of 10 s
SAID: Final = (FindingKind.LAUNCH, FindingKind.IMPACT_PREDICTED, FindingKind.CLASSIFIED)
_RAISED: Final = (Evidence.CORRELATED, Evidence.CONFIRMED)
_NOON: Final = tai_ns_from_utc_text("2022-11-11T12:00:00Z")
WATCHER: Final = Infrared(
    orbit=Geostationary(30.0), los_sigma_urad=30.0, los_bias_sigma_urad=15.0, revisit_s=10.0, threshold_w_sr=8_000.0,
    noise_w_sr=1_500.0, name="ir",
)  # fmt: skip
Row = dict[str, Any]


def dealt(spots: HotSpots, seed: int, part: int) -> HotSpots:
    """One of `PARTS` parts of the lights; together they are all of them, each once."""
    mine = np.random.default_rng([seed, 0xF1]).permutation(len(spots.intensities_w_sr)) % PARTS == part
    return HotSpots(spots.places_itrf_m[mine], spots.intensities_w_sr[mine])


def play_part(spots: HotSpots, looks: int, seed: int, part: int) -> Row:
    """So many lights through the engine: what was believed of each, and whatever was said of a launch."""
    started_s = time.process_time()
    mine, rng = dealt(spots, seed, part), np.random.default_rng([seed, part, 0xF2])
    session = Session(mode=Mode.REAL, feeds=("hot-spots",), sensors_toml=format_sensors({"ir": WATCHER}))
    picture = open_picture(session)
    launches, raised, led, candidates, detections, alerts = 0, set(), set(), {}, 0, set()
    for t, values, sigmas in hot_spot_looks(mine, WATCHER, looks, rng, _NOON):
        scan = Scan(
            sensor_id="ir", kind=SensorKind.INFRARED, mode=Mode.REAL, t_received_tai_ns=t + 2_000_000_000,
            t_measured_tai_ns=np.full(len(values), t), values=values, sigmas=sigmas,
        )  # fmt: skip
        picture = advance(picture, scan)
        detections += len(values)
        launches += sum(finding.kind in SAID for finding in picture.new_findings)
        alerts |= {alert.object_id for alert in picture.alerts}
        for one in picture.candidates:
            candidates[one.id] = one.leading.value
            if one.evidence in _RAISED:
                raised.add(one.id)
            if one.leading in THREATS or one.leading in LAUNCHES:
                led.add(one.id)
    advance(picture, FeedEnded())
    return {
        "part": part, "lights": len(mine.intensities_w_sr), "looks": looks, "detections": detections,
        "candidates": len(candidates), "leading": dict(Counter(candidates.values())), "led_by_a_launch": len(led),
        "raised": len(raised), "launches_said": launches, "alerts": len(alerts),
        "cpu_s": round(time.process_time() - started_s, 1),
    }  # fmt: skip


def play_hot_spots(
    path: Path,
    *,
    looks: int = LOOKS,
    seed: int = 1,
    parts: int = PARTS,
    results: Path | None = None,
    is_resumed: bool = False,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Row:
    """The first `parts` of the day's lights, one after the other, and the sum; `results` keeps each as it is done."""
    if not path.is_file():
        raise NotFoundError(f"no hot spots at {path}; name a gzipped CSV of NASA FIRMS, one day of MODIS")
    try:
        spots = read_hot_spots(path, WATCHER)
    except (OSError, KeyError, ValueError, UnicodeDecodeError) as trouble:
        raise BadInputError(f"not a gzipped list of hot spots: {trouble}", str(path)) from None
    mark = sha256(path.read_bytes() + f"{looks} {seed}".encode()).hexdigest()[:16]
    rows = _kept(results, mark) if results is not None and is_resumed else {}
    if results is not None and not is_resumed:
        results.write_text("", encoding="utf-8")
    tell(len(rows), parts)
    for part in range(parts):
        if part in rows:
            continue
        rows[part] = play_part(spots, looks, seed, part)
        if results is not None:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"digest": mark, "row": rows[part]}) + "\n")
        tell(len(rows), parts)
    return summary([rows[part] for part in range(parts)], len(spots.intensities_w_sr))


def summary(rows: list[Row], lights_in_view: int) -> Row:
    """All parts as one."""
    leading: Counter[str] = Counter()
    for row in rows:
        leading.update(row["leading"])
    sums = {
        name: sum(row[name] for row in rows)
        for name in ("lights", "detections", "candidates", "led_by_a_launch", "raised", "launches_said", "alerts")
    }
    return {
        "lights_in_view": lights_in_view,
        "parts": len(rows),
        "looks": rows[0]["looks"] if rows else 0,
        **sums,
        "leading": dict(leading.most_common()),
        "cpu_s": round(sum(row["cpu_s"] for row in rows), 1),
    }


def _kept(results: Path, mark: str) -> dict[int, Row]:
    found: dict[int, Row] = {}
    if results.is_file():
        for line in results.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
                if entry["digest"] == mark:
                    found[int(entry["row"]["part"])] = entry["row"]
            except (ValueError, KeyError, TypeError):
                continue  # a last line cut short
    return found
