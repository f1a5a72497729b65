"""A row of numbers as a row of little bars."""

from collections.abc import Sequence
from math import isfinite

BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int = 48, low: float | None = None, high: float | None = None) -> str:
    """Bars for values in order, at most `width` of them (means of neighbours); a dot where nothing is known."""
    cells = _squeezed(values, width)
    known = [value for value in cells if isfinite(value)]
    if not known:
        return "·" * len(cells)
    bottom = min(known) if low is None else low
    top = max(known) if high is None else high
    span = top - bottom
    shown = []
    for value in cells:
        if not isfinite(value):
            shown.append("·")
            continue
        share = (value - bottom) / span if span > 0 else 0.5
        shown.append(BARS[min(max(int(share * len(BARS)), 0), len(BARS) - 1)])
    return "".join(shown)


def _squeezed(values: Sequence[float], width: int) -> list[float]:
    count = len(values)
    if count <= width:
        return list(values)
    cells = []
    for cell in range(width):
        part = [v for v in values[cell * count // width : (cell + 1) * count // width] if isfinite(v)]
        cells.append(sum(part) / len(part) if part else float("nan"))
    return cells
