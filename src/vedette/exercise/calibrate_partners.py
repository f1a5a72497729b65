"""The long forms of what partners may do to joint tracks: a hundred seeds of every lie, an hour of a ring of three."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from vedette.exercise.joint_lies import LIES, is_as_wanted, play_lie
from vedette.exercise.joint_ring import WAYS, play_ring

_HONEST_S, _LYING_S, _LATER_S = 60, 6, 60  # the last of a covariance that is too small, which takes its time


def run_lies(seeds: Iterable[int], lies: Iterable[str] = LIES) -> dict[str, Any]:
    """By lie: how many were named rightly within three messages, after how many, and the joint tracks meanwhile."""
    out: dict[str, Any] = {}
    chosen = list(seeds)
    for lie in lies:
        after_s = {"none": _HONEST_S, "covariance": _LATER_S}.get(lie, _LYING_S)
        played = [play_lie(lie, seed, after_s=after_s) for seed in chosen]
        after = [one.after for one in played if one.after is not None]
        out[lie] = {
            "plays": len(played),
            "as_wanted": sum(is_as_wanted(one) for one in played),
            "named": sum(bool(one.named) for one in played),
            "accused_before": sum(value < 1 for value in after),
            "messages_worst": max(after, default=None),
            "nees_joint": round(float(np.nanmean([one.nees_joint for one in played])), 3),
        }
    return out


def run_ring(seeds: Iterable[int], ways: Iterable[str] = WAYS, seconds: int = 3600) -> dict[str, Any]:
    """By what goes round: squared errors over their dimension and sigmas beside the filter that has all looks."""
    out: dict[str, Any] = {}
    chosen = list(seeds)
    for way in ways:
        played = [play_ring(way, seed, seconds) for seed in chosen]
        last = [one.nees_joint[-1] for one in played]
        out[way] = {
            "hours": len(played),
            "nees_joint": round(float(np.mean([one.nees_joint for one in played])), 3),
            "nees_joint_at_end": round(float(np.mean(last)), 3),
            "nees_central": round(float(np.mean([one.nees_central for one in played])), 3),
            "sigma_ratio": round(float(np.mean([one.sigma_ratio for one in played])), 3),
            "sigma_ratio_at_end": round(float(np.mean([one.sigma_ratio[-1] for one in played])), 3),
            "error_ratio": round(float(np.mean([one.error_ratio for one in played])), 3),
        }
    return out
