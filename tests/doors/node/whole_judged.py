"""What three whole watches would have reported, held against the objects that were there."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from tests.doors.node.services_over_brokers import Found, _quantiles, _read_runs
from tests.doors.node.services_whole import NAMES, Sky, Whole

from vedette.core.constants import NS_PER_S

LEAST_SEEN = 2  # times that a number is seen at an object, to be of it

Run = tuple[int, int, str]  # from, until (ns of the steady clock), by whom


def judged(folder: Path, sky: Sky, found: Whole, span_ns: tuple[int, int], killed_ns: list[int]) -> Whole:
    """Fill in what was found; `span_ns` is what is judged."""
    t_begin, t_end = span_ns
    places = _places(folder, sky)
    runs: dict[str, list[Run]] = {number: [] for number in _numbers(folder)}
    lapses = Found()
    for name in NAMES:
        killed = killed_ns if name == NAMES[0] else []
        _read_runs(folder / name.lower() / "reports", name, runs, t_end, killed, lapses)
    found.lapses = lapses.lapses
    of_object: dict[int, list[Run]] = defaultdict(list)
    last_numbers: dict[int, set[str]] = defaultdict(set)
    for number, rows in runs.items():
        rows.sort()
        _judge_number(rows, span_ns, found)
        counts = places.get(number, Counter())
        objects = [one for one, times in counts.items() if one >= 0 and times >= LEAST_SEEN]
        found.reused += len(objects) > 1
        if not objects:
            found.strange += any(until > t_begin for _, until, _ in rows)
            continue
        which = max(objects, key=lambda one: counts[one])
        of_object[which] += rows
        if rows and t_end - max(until for _, until, _ in rows) < 0.5 * NS_PER_S:
            last_numbers[which].add(number)
    found.seen = len(of_object)
    gaps, after_kill = [], []
    for rows in of_object.values():
        for gap_s, is_killed in _gaps(sorted(rows), span_ns, killed_ns):
            (after_kill if is_killed else gaps).append(gap_s)
            found.orphans += gap_s > found.bound_s
    found.orphans += found.objects - len(of_object)
    found.doubled = sum(len(numbers) > 1 for numbers in last_numbers.values())
    found.gaps_s, found.after_kill_s = _quantiles(gaps), _quantiles(after_kill)
    return found


def _judge_number(rows: list[Run], span_ns: tuple[int, int], found: Whole) -> None:
    t_covered, whose = span_ns[0], ""
    for t_from, t_until, name in rows:
        if t_until < span_ns[0]:
            continue
        found.duplicates += t_from < t_covered and whose not in ("", name)
        found.hand_overs += whose not in ("", name)
        t_covered, whose = max(t_covered, t_until), name


def _gaps(rows: list[Run], span_ns: tuple[int, int], killed_ns: list[int]) -> list[tuple[float, bool]]:
    """Times without any reporter, and whether the one that was killed left them."""
    found, (t_covered, t_end), whose = [], span_ns, ""
    for t_from, t_until, name in [*rows, (t_end, t_end, "")]:
        if t_until < t_covered:
            continue
        if t_from > t_covered:
            is_killed = whose == NAMES[0] and any(abs(t_covered - t) < 0.3 * NS_PER_S for t in killed_ns)
            found.append(((t_from - t_covered) / NS_PER_S, is_killed))
        t_covered, whose = t_until, name
    return found


def _numbers(folder: Path) -> set[str]:
    found: set[str] = set()
    for name in NAMES:
        rows = (row.split() for row in (folder / name.lower() / "reports").read_text().splitlines())
        found |= {words[1] for words in rows if len(words) == 3 and words[0] in "+-"}
    return found


def _places(folder: Path, sky: Sky) -> dict[str, Counter[int]]:
    """By number: at which objects the tracks with it were seen, and how often."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for name in NAMES:
        for line in (folder / name.lower() / "places").read_text().splitlines():
            try:
                rows = json.loads(line)
            except ValueError:
                continue  # cut off by the kill
            at: dict[int, list[list[float]]] = defaultdict(list)
            for row in rows:
                at[row[1]].append(row)
            for t_tai_ns, some in at.items():
                which = sky.nearest(t_tai_ns, np.array([row[2:] for row in some]))
                for row, one in zip(some, which, strict=True):
                    found[str(row[0])][int(one)] += 1
    return found
