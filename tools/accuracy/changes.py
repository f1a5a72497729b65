"""Manoeuvres against what the operators published, and two break-ups against what happened."""

import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from vedette.catalogue.changes.breakups import find_breakups
from vedette.catalogue.changes.manoeuvres import find_manoeuvres
from vedette.core.shapes import Scalar
from vedette.doors.catalogue_files import read_elements
from vedette.doors.machine import real_data_folder
from vedette.time import tai_ns_from_utc_text

DAY_NS = 86_400 * 10**9
OPERATORS = {
    "Jason-2": "raw_ja2man.txt", "Sentinel-3A": "raw_s3aman.txt", "Sentinel-6A": "raw_s6aman.txt",
    "CryoSat-2": "raw_cs2man.txt", "Haiyang-2A": "raw_h2aman.txt", "Fengyun-2F": "raw_manFY2F.txt.fy",
}  # fmt: skip
EVENTS = (
    ("Fengyun-1C", "20061117", "20070621", "1999-025", 25730, "2007-01-11T22:26:00Z"),
    ("Cosmos 1408", "20211109", "20220118", "1982-092", 13552, "2021-11-15T02:47:00Z"),
)
BINS_MMPS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, np.inf)
CHINA = timedelta(hours=8)


def operator_times(path: Path) -> Scalar:
    """Middle of every manoeuvre in the order of time."""
    return np.sort(np.array(_middles(path)))


def _middles(path: Path) -> list[float]:
    """Middle of the manoeuvre of every line, TAI ns.

    In the form of the IDS (day of the year from one), or start and end in China."""
    middles = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if china := re.findall(r'"(\S+) CST"', line):
            ends = [datetime.fromisoformat(word) - CHINA for word in china]
        else:
            p = [int(word) for word in line.split()[1:9]]
            ends = [
                datetime(y, 1, 1) + timedelta(days=d - 1, hours=h, minutes=m) for y, d, h, m in (p[:4], p[4:])
            ]
        middles.append(float(np.mean([float(tai_ns_from_utc_text(end.isoformat() + "Z")) for end in ends])))
    return middles


def net_sizes_mps(path: Path, groups: list[Scalar]) -> Scalar:
    """Of each group of times, what its burns leave along the way together (the second speed of the IDS)."""
    net = {}
    for line, middle in zip(path.read_text(encoding="utf-8").splitlines(), _middles(path), strict=True):
        words = line.split()
        net[middle] = sum(float(words[18 + 15 * k]) for k in range(int(words[10])))
    return np.array([abs(sum(net[one] for one in group.tolist())) for group in groups])


def grouped(times: Scalar) -> list[Scalar]:
    """Those under a day apart together."""
    return [group for group in np.split(times, np.flatnonzero(np.diff(times) >= DAY_NS) + 1) if len(group)]


def joined(times: Scalar) -> Scalar:
    """Those under a day apart as one, at their mean."""
    return np.array([group.mean() for group in grouped(times)])


def matched(found: Scalar, true: Scalar) -> tuple[list[int], list[int]]:
    """Greedy in order of time, one to one within a day: for points on a line as many as can be."""
    hits: tuple[list[int], list[int]] = ([], [])
    j = 0
    for i, t in enumerate(found.tolist()):
        while j < len(true) and true[j] < t - DAY_NS:
            j += 1
        if j < len(true) and abs(true[j] - t) <= DAY_NS:
            hits[0].append(i)
            hits[1].append(j)
            j += 1
    return hits


def manoeuvre_table() -> str:
    """Precision and recall for each satellite, and how often what is said to be so sure is so."""
    folder = real_data_folder() / "catalogue" / "manoeuvres"
    lines = [
        "| satellite | sets | true | found | right | precision | recall | time error, hours, 50 / 95 % |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    sure, right, sizes, is_found = [], [], [], []
    for name, file in OPERATORS.items():
        sets, _ = read_elements(folder / f"{name}.tle.gz")
        true = operator_times(folder / file)
        groups = grouped(true[(true > sets.t_epoch_tai_ns.min()) & (true < sets.t_epoch_tai_ns.max())])
        true = np.array([group.mean() for group in groups])
        told = find_manoeuvres(sets)
        found = np.array([float(one.t_tai_ns) for one in told])
        i, j = matched(found, true)
        off = np.percentile(np.abs(found[i] - true[j]) / 3.6e12, [50, 95])
        lines.append(
            f"| {name} | {len(sets):,} | {len(true)} | {len(found)} | {len(i)} | {len(i) / len(found):.2f} | "
            f"{len(i) / len(true):.2f} | {off[0]:.1f} / {off[1]:.1f} |"
        )
        if not file.endswith(".fy"):  # which tells no sizes
            sizes += (1e3 * net_sizes_mps(folder / file, groups)).tolist()
            is_found += np.isin(np.arange(len(true)), j).tolist()
        sure += [one.probability for one in told]
        right += np.isin(np.arange(len(found)), i).tolist()
    p, is_right = np.array(sure), np.array(right)
    lines += ["", "| said to be sure | manoeuvres | were so |", "| --- | --- | --- |"]
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 1.01)):
        inside = (p >= low) & (p < high)
        share = f"{100 * is_right[inside].mean():.0f} %" if inside.any() else "none"
        lines.append(f"| {100 * low:.0f} to {min(100 * high, 100):.0f} % | {inside.sum()} | {share} |")
    net, hit = np.array(sizes), np.array(is_found)
    lines += ["", "| left along the way, mm/s | true, five low satellites | found |", "| --- | --- | --- |"]
    for low, high in pairwise(BINS_MMPS):
        inside = (net >= low) & (net < high)
        words = f"{low:g} to {high:g}" if np.isfinite(high) else f"{low:g} and more"
        lines.append(f"| {words} | {inside.sum()} | {hit[inside].sum()} ({100 * hit[inside].mean():.0f} %) |")
    return "\n".join(lines)


def breakup_table() -> str:
    """Both break-ups, names taken away."""
    folder = real_data_folder() / "catalogue" / "snapshots"
    lines = [
        "| event | alarms | parent | off in time | pieces found | of those entered | purity |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, first, second, launch, parent, t_utc in EVENTS:
        old, _ = read_elements(folder / f"{first}.tle.gz")
        new, _ = read_elements(folder / f"{second}.tle.gz")
        found = find_breakups(old, new)
        one = found[0]
        known = set(old.number.tolist())
        entered = sum(
            word.startswith(launch) and number not in known
            for word, number in zip(new.designator, new.number.tolist(), strict=True)
        )
        pure = np.mean([new.designator[i].startswith(launch) for i in one.pieces])
        is_right = one.parent is not None and old.number[one.parent] == parent
        hours = (one.t_tai_ns - tai_ns_from_utc_text(t_utc)) / 3.6e12
        lines.append(
            f"| {name} | {len(found)} | {'right' if is_right else 'wrong'} | {hours:+.1f} h | {len(one.pieces):,} | "
            f"{entered:,} | {100 * pure:.1f} % |"
        )
    return "\n".join(lines)
