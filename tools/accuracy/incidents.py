"""Figures of what alarms without being a track: causes of noise, clocks, recordings that are played again."""

import numpy as np
from experiments.incident_calibration import measured
from tests.assessment.incidents.test_clocks import KNOWN, RADARS, heard
from tests.assessment.incidents.test_clocks import looks as looks_by_clock
from tests.assessment.incidents.test_repeats import drawn_looks, later

from vedette.assessment.incidents import RepeatWatch, packaged_incident_policy
from vedette.assessment.incidents.clocks import ClockWatch
from vedette.engine.source_clock import SourceClock

CASES, NIGHTS, CLOCKS, TAPES = 1500, 60, 20, 40


def incident_table() -> str:
    """Rows of what was tried and what came of it."""
    lines = ["| what | tried | came of it |", "| --- | --- | --- |"]
    rows = [*_noise(), *_clocks(), *_drifts(), *_tapes()]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _noise() -> list[tuple[str, ...]]:
    share, error, brier, by_cause, _ = measured(CASES)
    tried = f"{CASES} incidents at four radars, causes drawn at the policy's rates"
    rows = [
        ("noise led by its true cause", tried, f"{100.0 * share:.1f} %"),
        ("expected calibration error, Brier score a cause", tried, f"{error:.3f}, {brier:.3f}"),
    ]
    rows += [(f"{cause.value} led by it", f"{count}", f"{right}") for cause, (right, count) in by_cause.items()]
    return rows


def _clocks() -> list[tuple[str, ...]]:
    off, told, false = [], 0, 0
    for seed in range(NIGHTS):
        wrong, well = ClockWatch(RADARS, KNOWN), ClockWatch(RADARS, KNOWN)
        said = [finding for scan in looks_by_clock(0.3433, seed=seed) for finding in wrong.absorb(scan)]
        false += sum(len(well.absorb(scan)) for scan in looks_by_clock(0.0, seed=seed + 1000))
        found = wrong.error_of("north")
        told += len(said) == 1
        if found is not None:
            off.append((found.error_s - 0.3433) / found.sigma_s)
    tried = f"{NIGHTS} nights, 20 looks at two satellites known to 50 m"
    chi2 = float(np.mean(np.square(off)))
    return [
        ("a clock 0.343 s ahead is told once", tried, f"{told} of {NIGHTS}, squared error over variance {chi2:.2f}"),
        ("a right clock is called wrong", tried, f"{false}"),
    ]


def _drifts() -> list[tuple[str, ...]]:
    hours, false = [], 0
    for seed in range(CLOCKS):
        rng, drifting, steady = np.random.default_rng(seed), SourceClock("a"), SourceClock("b")
        told = None
        for i in range(1200):
            if heard(drifting, 300.0 * i, 0.5 + 0.003433 * i / 12.0 + 0.02 * rng.normal()) and told is None:
                told = i / 12.0
        false += sum(bool(heard(steady, 300.0 * i, 0.5 + 0.05 * rng.normal())) for i in range(35 * 288))
        hours.append(told if told is not None else np.inf)
    return [
        ("a clock that loses 0.343 s in 100 h is told after", f"{CLOCKS} clocks, a report in 5 min, 20 ms of jitter",
         f"{np.median(hours):.0f} h, at the latest {max(hours):.0f} h"),
        ("alarms of a steady clock", f"{CLOCKS} clocks, 35 days each, 50 ms of jitter", f"{false}"),
    ]  # fmt: skip


def _tapes() -> list[tuple[str, ...]]:
    odds, needed, false = packaged_incident_policy().message["tape_log_odds"], [], 0
    for seed in range(TAPES):
        watch, live = RepeatWatch(), drawn_looks(40, seed=seed)
        false += sum(watch.absorb(scan) is not None for scan in live)
        again = [watch.absorb(later(scan, 3600.0)) for scan in live[10:30]]
        needed.append(next(i for i, one in enumerate(again, 1) if one is not None and one.log_odds >= odds))
    return [
        ("a recording an hour old is set aside from look", f"{TAPES} recordings of one object by a radar",
         f"{np.median(needed):.0f}, at the latest {max(needed)}"),
        ("fresh looks held for repeated ones", f"{40 * TAPES} looks", f"{false}"),
    ]  # fmt: skip
