"""How many launches there are together, and of what kinds, with 90 % intervals.

Each object is a launch with its own probability and of each kind with its own; the count is the sum of such draws
(Poisson-binomial), exact by convolution. What the tracker holds to be one object counts once.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Scalar
from vedette.reports import LAUNCHES, Cause, Explanation, Finding, FindingKind, Raid


def count_distribution(probabilities: Scalar) -> Scalar:
    """(n + 1,) chance of each count of independent draws with these chances [Wang 1993, Stat. Sinica 3, 295]."""
    out = np.array([1.0])
    for p in np.asarray(probabilities, dtype=float):
        out = np.convolve(out, [1.0 - p, p])
    return out


def interval_90(probabilities: Scalar) -> tuple[int, int]:
    """The counts between which nine in ten lie, tails even."""
    below = np.cumsum(count_distribution(probabilities))
    return int(np.searchsorted(below, 0.05)), int(np.searchsorted(below, 0.95))


def raid_of(
    launches: Sequence[tuple[str, int, tuple[Explanation, ...]]], together_s: float, least_count: int
) -> tuple[Raid, ...]:
    """Launches that belong together: each within `together_s` of the one before. Fewer than `least_count` are no raid.

    launches : object, time of launch in TAI ns, explanations
    """
    order = sorted(launches, key=lambda one: (one[1], one[0]))
    groups: list[list[tuple[str, int, tuple[Explanation, ...]]]] = []
    for one in order:
        if groups and (one[1] - groups[-1][-1][1]) / NS_PER_S <= together_s:
            groups[-1].append(one)
        else:
            groups.append([one])
    return tuple(_raid(group, number) for number, group in enumerate(groups, 1) if len(group) >= least_count)


def raid_finding(raid: Raid, t_tai_ns: int) -> Finding:
    """A raid in one sentence."""
    low, high = raid.count_90
    kinds = ", ".join(f"{name} {mean:.0f} ({a} to {b})" for name, (mean, a, b) in list(raid.mix.items())[:3])
    span_s = (raid.t_last_tai_ns - raid.t_first_tai_ns) / NS_PER_S
    text = f"{raid.count:.0f} launches within {span_s:.0f} s (90 %: {low} to {high}): {kinds}"
    data = {"count": raid.count, "count_90": list(raid.count_90), "mix": raid.mix, "objects": list(raid.objects)}
    return Finding(
        kind=FindingKind.RAID, object_id="", t_tai_ns=raid.t_first_tai_ns, t_declared_tai_ns=t_tai_ns, text=text,
        data=data,
    )  # fmt: skip


def _raid(group: Sequence[tuple[str, int, tuple[Explanation, ...]]], number: int) -> Raid:
    by_cause: dict[Cause, list[float]] = {}
    any_launch = []
    for _, _, explanations in group:
        any_launch.append(min(sum(e.probability for e in explanations if e.name in LAUNCHES), 1.0))
        for e in explanations:
            if e.name in LAUNCHES:
                by_cause.setdefault(e.name, []).append(e.probability)
    mix = {cause.value: (sum(ps), *interval_90(np.array(ps))) for cause, ps in by_cause.items() if sum(ps) >= 0.05}
    return Raid(
        id=f"RAID-{number}",
        objects=tuple(name for name, _, _ in group),
        count=round(sum(any_launch), 2),
        count_90=interval_90(np.array(any_launch)),
        mix={name: (round(mean, 2), low, high) for name, (mean, low, high) in _by_size(mix)},
        t_first_tai_ns=group[0][1],
        t_last_tai_ns=group[-1][1],
    )


def _by_size(mix: Mapping[str, tuple[float, int, int]]) -> list[tuple[str, tuple[float, int, int]]]:
    return sorted(mix.items(), key=lambda item: (-item[1][0], item[0]))
