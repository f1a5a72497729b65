"""Figures of `vedette arc`: published ballistic flights and public estimates of what the same vehicles could reach."""

from collections.abc import Iterator

import numpy as np
from tests.assessment.test_arc import PUBLISHED, WRIGHT_RANGE_KM, claim

from tools.accuracy.figures import Figure
from vedette.assessment.arc_claim import judge_claim


def claim_figures() -> Iterator[Figure]:
    """Published times against the middle of ours, in seconds and in half widths of the 90 %; greatest ranges."""
    off_s, off_share, off_range = [], [], []
    for day, (lat, lon, bearing, apogee_km, range_km, time_s) in PUBLISHED.items():
        verdict = judge_claim(claim(lat, lon, apogee_km, range_km, time_s, bearing))
        low_s, high_s = verdict.flight_time_90_s
        off_s.append(time_s - verdict.flight_time_s)
        half_s = high_s - verdict.flight_time_s if off_s[-1] > 0 else verdict.flight_time_s - low_s
        off_share.append(abs(off_s[-1]) / half_s)
        if day in WRIGHT_RANGE_KM:
            off_range.append(100.0 * (verdict.max_range_m / 1e3 / WRIGHT_RANGE_KM[day] - 1.0))
    sample = f"{len(off_s)} flights of 2017"
    yield Figure("flight time, middle of the 90 %", "published times", sample, "s", np.array(off_s))
    yield Figure("flight time over the half width of the 90 %", "published times", sample, "", np.array(off_share))
    public = "Union of Concerned Scientists, 2017"
    yield Figure("greatest range of the same vehicle", public, f"{len(off_range)} flights", "%", np.array(off_range))
