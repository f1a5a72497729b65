"""Figures of the public warning of 29 August 2017: what we would have said, and when it happened."""

from collections.abc import Iterator

import numpy as np
from tests.reality.overflight_2017 import (
    OUTLINES_DEG,
    T_ENTERS,
    T_LAUNCH,
    T_LEAVES,
    T_SPLASH,
    cloud_at,
    minutes_off,
    prefectures,
)

from tools.accuracy.figures import Figure
from vedette.assessment.danger import areas_told, dangers
from vedette.core.constants import NS_PER_S

JUDGED_S = (150, 180, 210, 240)  # after the launch
LATENCY_S = 60.0


def warning_figures() -> Iterator[Figure]:
    """Entering, leaving and splash against the published minutes; prefectures told too much."""
    enters, leaves, splash, too_much = [], [], [], []
    for after_s in JUDGED_S:
        now = T_LAUNCH + after_s * NS_PER_S
        cloud = cloud_at(now)
        found = dangers(prefectures(), cloud, t_now_tai_ns=now, latency_s=LATENCY_S)
        (hokkaido,) = [one for one in found if one.place.name == "Hokkaido"]
        assert hokkaido.overflight_t_90_tai_ns is not None
        first, last = hokkaido.overflight_t_90_tai_ns
        enters.append(minutes_off(first, T_ENTERS))
        leaves.append(minutes_off(last, T_LEAVES))
        splash.append(minutes_off(int(np.median(cloud.t_impact_tai_ns)), T_SPLASH))
        told = {area.name for area in areas_told(found)}
        assert "Hokkaido" in told
        too_much.append(len(told - {"Hokkaido"}))
    published = "published minutes (Japan government)"
    sample = "told 150 to 240 s after the launch"
    yield Figure("over Hokkaido from", published, sample, "min", np.array(enters))
    yield Figure("over Hokkaido until", published, sample, "min", np.array(leaves))
    yield Figure("splash", published, sample, "min", np.array(splash))
    others = f"the track; {len(OUTLINES_DEG) - 1} were warned besides in 2017"
    yield Figure("prefectures told that were in no danger", others, sample, "", np.array(too_much, dtype=float))
