"""Lines over time, each named where it ends; linear or logarithmic, with a band and marks where things happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from vedette.doors.drawing.svg import COLOURS, DASHES, path, picture, plain, second_ticks, spread, tag, text, ticks

LEFT, RIGHT, TOP, BOTTOM = 62.0, 150.0, 18.0, 40.0
At = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or dots without one: (x, y) in order of x; NaN breaks it."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: int = 0
    is_dots: bool = False
    is_steps: bool = False
    is_truth: bool = False  # drawn dashed, over all others


def line_plot(
    name: str,
    title: str,
    words: str,
    lines: Sequence[Line],
    *,
    x_label: str,
    y_label: str,
    wide: float = 900.0,
    tall: float = 260.0,
    x_span: tuple[float, float] | None = None,
    y_span: tuple[float, float] | None = None,
    is_log: bool = False,
    band: tuple[float, float] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    is_time: bool = True,
) -> str:
    """An SVG picture of lines; empty text when there is nothing to draw."""
    held = [(x, y) for line in lines for x, y in line.points if isfinite(y) and (y > 0.0 or not is_log)]
    if not held:
        return ""
    x0, x1 = x_span or (min(x for x, _ in held), max(x for x, _ in held))
    if x1 <= x0:
        x0, x1 = x0 - 1.0, x1 + 1.0
    y0, y1 = y_span or _y_range([y for _, y in held], is_log)
    right, bottom = wide - RIGHT, tall - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        share = (log10(y / y0) / log10(y1 / y0)) if is_log else (y - y0) / (y1 - y0)
        return LEFT + (x - x0) / (x1 - x0) * (right - LEFT), bottom - min(max(share, 0.0), 1.0) * (bottom - TOP)

    parts: list[str] = []
    if band is not None:
        (_, top), (_, base) = at(x0, band[1]), at(x0, band[0])
        parts.append(tag("rect", x=LEFT, y=top, width=right - LEFT, height=base - top, cls="wash f7"))
    decades = range(ceil(log10(y0) - 1e-9), floor(log10(y1) + 1e-9) + 1) if is_log else range(0)
    levels = [10.0**k for k in decades] or ticks(y0, y1, 5)
    for level in levels:
        _, y = at(x0, level)
        parts += [path([(LEFT, y), (right, y)], "rule"), text(plain(level), LEFT - 6, y + 4, "dim end")]
    parts += _x_axis(x0, x1, right, bottom, x_label, is_time, at, y0)
    for x, label in marks:
        if x0 <= x <= x1:
            px, _ = at(x, y0)
            parts += [path([(px, TOP), (px, bottom)], "axis dots"), text(label, px + 3, TOP + 8, "dim halo")]
    ends: list[tuple[float, Line]] = []
    for number, line in enumerate(lines):
        drawn, last = _drawn(line, at, is_log, DASHES[number // COLOURS % len(DASHES)])
        parts += drawn
        if last is not None:
            ends.append((TOP + 6 + 15.0 * number if line.is_dots else last, line))
    for y, (_, line) in zip(spread([end for end, _ in ends], 14.0, TOP + 6, bottom), ends, strict=True):
        parts.append(text(line.name, right + 8, y + 4, f"f{line.colour % COLOURS}"))
    parts.append(text(y_label, 4, 11, "dim"))
    return picture(name, title, words, wide, tall, parts)


def _x_axis(
    x0: float, x1: float, right: float, bottom: float, label: str, is_time: bool, at: At, y0: float
) -> list[str]:
    parts = [path([(LEFT, bottom), (right, bottom)], "axis")]
    for x in second_ticks(x0, x1) if is_time else ticks(x0, x1, 8):
        px, _ = at(x, y0)
        parts += [path([(px, bottom), (px, bottom + 4)], "axis"), text(plain(x), px, bottom + 17, "dim mid")]
    parts.append(text(label, (LEFT + right) / 2, bottom + 33, "dim mid"))
    return parts


def _drawn(line: Line, at: At, is_log: bool, dash: str) -> tuple[list[str], float | None]:
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    last = None
    colour = line.colour % COLOURS
    for x, y in [*line.points, (float("nan"), float("nan"))]:
        if not isfinite(y) or (is_log and y <= 0.0):
            parts.append(path(run, "truth" if line.is_truth else f"line s{colour} {dash}".strip()))
            run = []
            continue
        px, py = at(x, y)
        last = py
        if line.is_dots:
            parts.append(tag("circle", cx=px, cy=py, r=2.2, cls=f"f{colour}"))
            continue
        if line.is_steps and run:
            run.append((px, run[-1][1]))
        run.append((px, py))
    return [part for part in parts if part], last


def _y_range(values: list[float], is_log: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if is_log:
        y0, y1 = 10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high))
        return (y0, y1) if y1 > y0 else (y0 / 10.0, y1 * 10.0)
    if low >= 0.0 and low < 0.5 * high:
        low = 0.0
    span = (high - low) or abs(high) or 1.0
    return (low if low == 0.0 else low - 0.05 * span), high + 0.05 * span
