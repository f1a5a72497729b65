"""Is a stated 90 % found nine times in ten? Launches put in under many skies, against what was stated beforehand.

Each seed draws a sky (which sensors work, how noisy, how cloudy), a class, a place and an hour; the assurance states
how soon such a launch would be reported, and then one is put in (`injection`). A record holds the stated times and
the true one, so that any stated share can be compared with the found one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.assessment.assurance import LaunchArea, assurances
from vedette.core.constants import NS_PER_S
from vedette.exercise.injection import inject
from vedette.motion.flight_classes import CLASS_NAMES
from vedette.sensing import Infrared, Sensor, packaged_sensors
from vedette.sensing.chances import Health
from vedette.time import tai_ns_from_utc_text

HORIZON_S: Final = 180.0
SHARES: Final = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
DRAWS: Final = 800
_LOST = Health(is_lost=True)


@dataclass(frozen=True, slots=True)
class Sky:
    """One state of the sensors and the weather, and where its launches come from (degrees)."""

    name: str
    health: Mapping[str, Health]
    cloud_top_m: tuple[float, float] = (0.0, 10e3)
    lat_deg: tuple[float, float] = (-40.0, 60.0)
    lon_deg: tuple[float, float] = (-80.0, 20.0)
    clutter: float = 1.0  # times the false flashes of every infrared watcher


SKIES: Final = (
    Sky("all sensors well", {}),
    Sky("staring satellite lost", {"ir-east": _LOST}),
    Sky("scanner alone", {"ir-east": _LOST, "ir-molniya": _LOST, "radar-north": _LOST}),
    Sky("scanner alone, high cloud", {"ir-east": _LOST, "ir-molniya": _LOST, "radar-north": _LOST}, (9e3, 14e3)),
    Sky("ten times the clutter, a tenth of the looks lost",
        {name: Health(missed_look_probability=0.1) for name in ("ir-east", "ir-west", "ir-molniya", "radar-north")},
        clutter=10.0),
    Sky("radar alone in 6 dB of noise",
        {"ir-east": _LOST, "ir-west": _LOST, "ir-molniya": _LOST, "radar-north": Health(noise_rise_db=6.0)},
        lat_deg=(22.0, 34.0), lon_deg=(-38.0, -15.0)),
)  # fmt: skip


def sensors_under(sky: Sky) -> dict[str, Sensor]:
    """The packaged sensors with that sky's clutter."""
    return {
        name: replace(s, false_alarms_per_look=s.false_alarms_per_look * sky.clutter) if isinstance(s, Infrared) else s
        for name, s in packaged_sensors().items()
    }


def record(seed: int) -> dict[str, Any]:
    """One sky, one statement, one launch put in."""
    rng = np.random.default_rng([seed, 20310401])
    sky = SKIES[int(rng.integers(len(SKIES)))]
    class_name = CLASS_NAMES[int(rng.integers(len(CLASS_NAMES)))]
    sensors = sensors_under(sky)
    t_tai_ns = tai_ns_from_utc_text("2031-04-01T00:00:00Z") + int(rng.integers(86_400)) * NS_PER_S
    for _ in range(50):
        lat_deg = float(np.degrees(np.arcsin(rng.uniform(*np.sin(np.radians(sky.lat_deg))))))
        lon_deg = float(rng.uniform(*sky.lon_deg))
        area = LaunchArea(f"seed {seed}", (lat_deg,), (lon_deg,))
        (stated,) = assurances(
            [area], sensors, t_tai_ns, [class_name], horizon_s=HORIZON_S, health=sky.health,
            cloud_top_m=sky.cloud_top_m, draws=DRAWS, seed=seed % 4,
        )  # fmt: skip
        if stated.probability(HORIZON_S) >= 0.5:
            break
    found = inject(
        lat_deg, lon_deg, class_name, sensors, t_tai_ns, seed, horizon_s=HORIZON_S, health=sky.health,
        cloud_top_m=sky.cloud_top_m,
    )  # fmt: skip
    return {
        "seed": seed,
        "sky": sky.name,
        "class": class_name,
        "lat_deg": round(lat_deg, 3),
        "lon_deg": round(lon_deg, 3),
        "stated_at_horizon": stated.probability(HORIZON_S),
        "stated_s": {f"{share:g}": _finite(stated.within_s(share)) for share in SHARES},
        "report_s": _finite(found.report_s),
        "stated_at_report": stated.probability(found.report_s) if np.isfinite(found.report_s) else None,
    }


def run(seeds: Sequence[int], results: Path) -> dict[str, Any]:
    """Every seed not yet in `results` (JSON lines), appended as it is done; then the summary of all of them."""
    done = {item["seed"]: item for item in _records(results)}
    with results.open("a", encoding="utf-8") as out:
        for seed in seeds:
            if seed not in done:
                done[seed] = record(seed)
                out.write(json.dumps(done[seed]) + "\n")
                out.flush()
    return summarise(list(done.values()))


def summarise(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """For every stated share: in how many cases it was stated, and how often the launch was found by then."""
    by_sky = {sky.name: [item for item in records if item["sky"] == sky.name] for sky in SKIES}
    return {
        "injections": len(records),
        "reliability": [_found(records, share) for share in SHARES],
        "at_90_by_sky": {name: _found(some, 0.9) for name, some in by_sky.items()},
        "at_90_by_class": {
            name: _found([item for item in records if item["class"] == name], 0.9) for name in CLASS_NAMES
        },
    }


def _found(records: Iterable[Mapping[str, Any]], share: float) -> dict[str, Any]:
    key = f"{share:g}"
    some = [item for item in records if item["stated_s"][key] is not None]
    hits = sum(item["report_s"] is not None and item["report_s"] <= item["stated_s"][key] for item in some)
    return {"stated": share, "count": len(some), "found": hits / len(some) if some else None}


def _records(results: Path) -> list[dict[str, Any]]:
    if not results.is_file():
        return []
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def _finite(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None
