"""Rows over one time axis: how much each sensor saw and when it was silent, and what was said when."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from vedette.doors.drawing.svg import COLOURS, path, picture, plain, second_ticks, tag, text

LEFT, RIGHT, TOP, BOTTOM, ROW = 170.0, 14.0, 8.0, 40.0, 22.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: a shape, at an instant."""

    t: float
    shape: str = "dot"  # dot, diamond, square, cross, bar
    colour: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """One row: amounts in equal bins over the whole axis, or marks, or spans, or all of them."""

    name: str
    amounts: Sequence[float] = ()
    marks: Sequence[Mark] = ()
    spans: Sequence[tuple[float, float]] = ()
    colour: int = 0


def strip_plot(
    name: str,
    title: str,
    words: str,
    strips: Sequence[Strip],
    *,
    t_span: tuple[float, float],
    x_label: str,
    wide: float = 900.0,
) -> str:
    """An SVG picture of rows; darker is more (logarithmic), a thin line is: looked, and found nothing."""
    if not strips:
        return ""
    x0, x1 = t_span
    if x1 <= x0:
        x1 = x0 + 1.0
    right, bottom = wide - RIGHT, TOP + ROW * len(strips)

    def at(t: float) -> float:
        return LEFT + (min(max(t, x0), x1) - x0) / (x1 - x0) * (right - LEFT)

    most = max((a for strip in strips for a in strip.amounts), default=1.0)
    parts = []
    for t in second_ticks(x0, x1):
        parts += [path([(at(t), TOP), (at(t), bottom)], "rule"), text(plain(t), at(t), bottom + 15, "dim mid")]
    for row, strip in enumerate(strips):
        y = TOP + ROW * row
        parts.append(text(strip.name, LEFT - 8, y + ROW / 2 + 4, "end"))
        parts.append(path([(LEFT, y + ROW), (right, y + ROW)], "rule"))
        for a, b in strip.spans:
            long = max(at(b) - at(a), 1.0)
            parts.append(tag("rect", x=at(a), y=y + 5, width=long, height=ROW - 10, cls=f"wash deep f{strip.colour}"))
        parts += _bars(strip, y, right, most)
        parts += [_shape(one, at(one.t), y + ROW / 2) for one in strip.marks]
    parts.append(text(x_label, (LEFT + right) / 2, bottom + 32, "dim mid"))
    return picture(name, title, words, wide, bottom + BOTTOM, parts)


def _bars(strip: Strip, y: float, right: float, most: float) -> list[str]:
    count = len(strip.amounts)
    parts = []
    for i, amount in enumerate(strip.amounts):
        if amount < 0.0:  # it did not look at all
            continue
        x = LEFT + i / count * (right - LEFT)
        wide = (right - LEFT) / count
        tall = 1.2 if amount == 0.0 else 3.0 + (ROW - 7.0) * log10(1.0 + amount) / max(log10(1.0 + most), 1e-9)
        cls = f"f{strip.colour % COLOURS}"
        parts.append(tag("rect", x=x, y=y + ROW - 2.0 - tall, width=wide + 0.2, height=tall, cls=cls))
    return parts


def _shape(one: Mark, x: float, y: float) -> str:
    cls = f"dot f{one.colour % COLOURS}"
    told = tag("title", _plain(one.words)) if one.words else ""
    match one.shape:
        case "diamond":
            return tag("path", told, d=f"M{x:.2f} {y - 6:.2f}l6 6l-6 6l-6 -6Z", cls=cls)
        case "square":
            return tag("rect", told, x=x - 4.5, y=y - 4.5, width=9, height=9, cls=cls)
        case "bar":
            return tag("rect", told, x=x - 1, y=y - 8, width=2, height=16, cls=f"f{one.colour % COLOURS}")
        case "cross":
            return tag("path", told, d=f"M{x - 4:.2f} {y - 4:.2f}l8 8m0 -8l-8 8", cls=f"line s{one.colour % COLOURS}")
    return tag("circle", told, cx=x, cy=y, r=4.5, cls=cls)


def _plain(words: str) -> str:
    from html import escape

    return escape(words)
