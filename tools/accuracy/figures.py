"""A measured figure: what, against whom, on what sample, and how the errors are spread."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Scalar

COLUMNS = ("what", "against whom", "sample", "p50", "p95", "p99", "worst", "unit")


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Absolute errors (n,) of one thing against one authority."""

    what: str
    against: str
    sample: str
    unit: str
    errors: Scalar

    def line(self) -> str:
        """The row of the table; percentiles of few errors are no more than the worst, so they are left out."""
        sizes = np.abs(np.asarray(self.errors, dtype=float))
        shown = [spelt(np.percentile(sizes, p)) if enough(len(sizes), p) else "" for p in (50, 95, 99)]
        return row(self.what, self.against, self.sample, *shown, spelt(sizes.max()), self.unit)


def enough(count: int, percent: int) -> bool:
    """Whether so many errors have such a percentile that is not simply the largest."""
    return count * (100 - percent) >= 100


def spelt(value: float) -> str:
    """Two figures that mean something."""
    return "0" if value == 0 else f"{value:.2g}" if not 0.01 <= value < 1e4 else f"{float(f'{value:.2g}'):g}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as Markdown."""
    return "\n".join([row(*COLUMNS), row(*["---"] * len(COLUMNS)), *(figure.line() for figure in figures)])


def row(*cells: str) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(cells)} |"
