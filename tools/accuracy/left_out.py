"""Manoeuvres with thresholds settled on five satellites and judged on the sixth, each in turn.

The thresholds of decision 0376 are sought anew for every five, one after the other over a grid (twice round, from a
start in the grid's middle or at its edge, never from what was settled), for the largest mean over the five of the
smaller of precision and recall. What was tried is kept in `calibrate-manoeuvres-left-out.jsonl`; an interrupted run
goes on.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from tools.accuracy.changes import OPERATORS, grouped, matched, operator_times
from vedette.catalogue.changes.history import history_of
from vedette.catalogue.changes.manoeuvres import SETTLED, Search, least_told_mps, told_by
from vedette.catalogue.changes.near import SmallBurnLimits
from vedette.core.shapes import Scalar
from vedette.doors.catalogue_files import read_elements
from vedette.doors.machine import real_data_folder

KEPT = Path("calibrate-manoeuvres-left-out.jsonl")
GRID: dict[str, tuple[float, ...]] = {
    "step_sigmas": (15.0, 20.0, 30.0, 45.0, 70.0),
    "near_score": (8.0, 10.0, 12.5, 16.0, 20.0),
    "calmer": (0.25, 0.35, 0.5, 0.7, 1.0),
    "null_share": (0.5, 0.65, 0.8, 0.9),
    "near_days": (2.0, 3.0, 4.0, 5.0),
    "left_share": (0.0, 0.005, 0.01, 0.02, 0.04),
    "net_share": (0.0, 0.12, 0.25, 0.4),
}
START = SmallBurnLimits(10.0, 4.0, 0.7, 0.65, 45.0, 0.0, 0.0)
_ROUNDS = 2


class Trials:
    """Found, true and right of a satellite under some limits, each worked out once."""

    def __init__(self, kept: Path = KEPT) -> None:
        self.kept = kept
        self.known: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._searches: dict[tuple[str, float], Search] = {}
        self._told: dict[str, tuple[float, Scalar]] = {}
        if kept.is_file():
            for line in kept.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self.known[row["name"], row["limits"]] = (row["found"], row["true"], row["right"])

    def of(self, name: str, limits: SmallBurnLimits) -> tuple[int, int, int]:
        """(found, true, right)."""
        words = json.dumps(asdict(limits), sort_keys=True)
        if (name, words) not in self.known:
            search, least, true = self._search(name, limits)
            found = np.array([float(one.t_tai_ns) for one in told_by(search, least, limits)])
            row = (len(found), len(true), len(matched(found, true)[0]))
            self.known[name, words] = row
            with self.kept.open("a", encoding="utf-8") as stream:
                told = {"name": name, "limits": words, "found": row[0], "true": row[1], "right": row[2]}
                stream.write(json.dumps(told) + "\n")
            sys.stderr.write(f"{name} {row} {words}\n")
        return self.known[name, words]

    def _search(self, name: str, limits: SmallBurnLimits) -> tuple[Search, float, Scalar]:
        if name not in self._told or (name, limits.step_sigmas) not in self._searches:
            folder = real_data_folder() / "catalogue" / "manoeuvres"
            sets, _ = read_elements(folder / f"{name}.tle.gz")
            times = operator_times(folder / OPERATORS[name])
            inside = times[(times > sets.t_epoch_tai_ns.min()) & (times < sets.t_epoch_tai_ns.max())]
            self._told[name] = least_told_mps(sets), np.array([group.mean() for group in grouped(inside)])
            search = Search(history_of(sets), limits)
            search.run()
            self._searches[name, limits.step_sigmas] = search
        return self._searches[name, limits.step_sigmas], *self._told[name]


def worth(trials: Trials, names: Sequence[str], limits: SmallBurnLimits) -> float:
    """Mean over satellites of the smaller of precision and recall."""
    rows = [trials.of(name, limits) for name in names]
    return float(np.mean([right / max(found, true) for found, true, right in rows]))


def settled_on(trials: Trials, names: Sequence[str]) -> SmallBurnLimits:
    """The best limits that a search one by one finds."""
    limits = START
    for _ in range(_ROUNDS):
        before = limits
        for key, values in GRID.items():
            tried = [replace(limits, **{key: value}) for value in values]
            limits = max(tried, key=lambda one: worth(trials, names, one))
        if limits == before:
            break
    return limits


def left_out_table() -> str:
    """Precision and recall of each satellite with thresholds that never saw it, beside those settled with all six."""
    trials = Trials()
    lines = [
        "| satellite left out | precision | recall | settled with all six | settled on the other five |",
        "| --- | --- | --- | --- | --- |",
    ]
    sums = np.zeros(3, dtype=int)
    for name in OPERATORS:
        limits = settled_on(trials, [one for one in OPERATORS if one != name])
        found, true, right = trials.of(name, limits)
        sums += (found, true, right)
        f, t, r = trials.of(name, SETTLED)
        words = ", ".join(f"{getattr(limits, key):g}" for key in GRID)
        lines.append(f"| {name} | {right / found:.2f} | {right / true:.2f} | {r / f:.2f} / {r / t:.2f} | {words} |")
    found, true, right = sums.tolist()
    lines.append(f"| all six | {right / found:.2f} | {right / true:.2f} | | |")
    lines += ["", f"The last column: {', '.join(key.replace('_', ' ') for key in GRID)}. With all six in view: "
              + ", ".join(f"{getattr(SETTLED, key):g}" for key in GRID) + "."]  # fmt: skip
    return "\n".join(lines)
