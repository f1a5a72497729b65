"""Honesty of single filters at long range with coarse angles: thousands of runs against truth and bound."""

import numpy as np
from benchmarks.tracking._coarse_radar import bound, followed, judged

from tools.accuracy.figures import row
from vedette.tracking.kernels.sigma import CARTESIAN, COURSE, SPHERICAL

RUNS, SEEDS = 2000, (31, 32, 33, 34)
COLUMNS = (
    "case", "coordinates", "runs", "looks", "ANEES", "by look: p5", "p50", "p95", "worst",
    "looks in the 95 % band", "position over bound", "velocity over bound",
)  # fmt: skip


def filter_table() -> str:
    """One row for each case, coordinates and part of the track, as Markdown."""
    rows = [row(*COLUMNS), row(*["---"] * len(COLUMNS))]
    for case, name, coordinates, seeds in (
        ("B", "course", COURSE, SEEDS), ("A", "course", COURSE, SEEDS[:1]),
        ("B", "spherical", SPHERICAL, SEEDS[:1]), ("B", "Cartesian", CARTESIAN, SEEDS[:1]),
    ):  # fmt: skip
        limit = bound(case)
        played = [followed(case, RUNS, seed, coordinates) for seed in seeds]
        found = [judged(*one, limit) for one in played]
        mean = {key: float(np.mean([one[key] for one in found])) for key in found[0]}
        by_look = np.mean([scores.mean(axis=1) for _, scores in played], axis=0)
        for part, late in (("all 200", ""), ("the second 100", "_second_half")):
            share = by_look if not late else by_look[len(by_look) // 2 :]
            spread = [f"{v:.2f}" for v in (*np.percentile(share, (5, 50, 95)), share.max())]
            keys = ("position_over_bound", "velocity_over_bound")
            ratios = [f"{mean[key]:.3f}" if late else "" for key in keys]
            cells = (f"{mean['anees' + late]:.3f}", *spread, f"{100 * mean['in_band' + late]:.0f} %", *ratios)
            rows.append(row(case, name, str(RUNS * len(seeds)), part, *cells))
    return "\n".join(rows)
