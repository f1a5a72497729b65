"""Do the intervals hold? Coasting boosters, simulated with the display's own steps, foretold and judged.

Half keep their way (0.1 km readings, 25 s after the engines), half are turned round by a burn (whole kilometres above
100 km, 10 s after it ends), as in the recorded flights. Each draws site, azimuth, state, tail-off, jets, drag, air,
wind and the display's habits; the follower is told the pad and nothing else.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from vedette.assessment.ascent_follower import AscentFollower
from vedette.exercise.booster_truth import draw_booster, readings, truth_at
from vedette.reports import Mode, Scan, SensorKind

SECONDS_AFTER = {"ballistic": 25.0, "boost-back": 10.0}
QUANTITIES = ("apogee", "entry_altitude", "entry_speed")


def foretell(seed: int, kind: str) -> dict[str, Any] | None:
    """One booster: truth, medians, and whether truth lay inside 90 % (and 99 %); None when nothing was foretold."""
    truth = draw_booster(seed, kind)
    follower = AscentFollower("O", truth.pad_lat_lon_deg, None)
    rows = readings(truth, truth.t_coast_s + SECONDS_AFTER[kind])
    t_ns = np.round(rows[:, 0] * 1e9).astype(np.int64)
    follower.absorb(
        Scan(
            sensor_id="display", kind=SensorKind.TELEMETRY, mode=Mode.SIMULATED, t_received_tai_ns=int(t_ns[-1]),
            t_measured_tai_ns=t_ns, values=rows[:, 1:], sigmas=np.full((len(rows), 2), 1.0),
        )
    )  # fmt: skip
    follower.settle(int(t_ns[-1]))
    one = follower.objects()[-1]
    told = follower.predict(round(truth.t_entry_s * 1e9))
    if not told or one.apogee_90_km is None or one.apogee_km is None:
        return None
    altitude_m, speed_mps = truth_at(truth, truth.t_entry_s)
    p = told[-1]
    apogee_km = truth.apogee_m / 1e3
    return {
        "kind": kind,
        "apogee": _in(apogee_km, one.apogee_90_km),
        "entry_altitude": _in(altitude_m / 1e3, p.altitude_90_km),
        "entry_speed": _in(speed_mps, p.speed_90_mps),
        "entry_altitude_99": _in(altitude_m / 1e3, p.altitude_99_km),
        "entry_speed_99": _in(speed_mps, p.speed_99_mps),
        "apogee_error_km": one.apogee_km - apogee_km,
        "entry_error_km": p.altitude_km - altitude_m / 1e3,
        "apogee_width_km": one.apogee_90_km[1] - one.apogee_90_km[0],
        "entry_width_km": p.altitude_90_km[1] - p.altitude_90_km[0],
    }


def _in(value: float, interval: tuple[float, float]) -> bool:
    return interval[0] <= value <= interval[1]


def run(seeds: Iterable[int]) -> dict[str, Any]:
    """Both kinds for every seed: the share of truths inside the 90 % intervals, errors and widths.

    Returns
    -------
    dict with `runs`, `untold`, and per kind and for "all": `inside_90` by quantity, `inside_99`, median absolute
    errors and median widths in km.
    """
    told: list[dict[str, Any]] = []
    untold = 0
    for seed in seeds:
        for kind in SECONDS_AFTER:
            one = foretell(seed, kind)
            if one is None:
                untold += 1
            else:
                told.append(one)
    result: dict[str, Any] = {"runs": len(told) + untold, "untold": untold}
    for name in ("all", *SECONDS_AFTER):
        rows = [row for row in told if name in ("all", row["kind"])]
        result[name] = {
            "count": len(rows),
            "inside_90": {q: round(float(np.mean([row[q] for row in rows])), 4) for q in QUANTITIES},
            "inside_99": {q: round(float(np.mean([row[f"{q}_99"] for row in rows])), 4) for q in QUANTITIES[1:]},
            **{
                f"median_{key}": round(float(np.median(np.abs([row[key] for row in rows]))), 4)
                for key in ("apogee_error_km", "entry_error_km", "apogee_width_km", "entry_width_km")
            },
        }
    return result
