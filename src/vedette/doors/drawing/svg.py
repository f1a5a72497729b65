"""The letters of SVG: escaped elements, short numbers, ticks that people like, and the frame that every picture has."""

from collections.abc import Iterable
from html import escape
from math import ceil, floor, isfinite, log10

COLOURS = 8
DASHES = ("", "dash", "dots", "long", "mixed")


def num(value: float) -> str:
    """A coordinate: two decimals at most, no trailing zeros, never `-0`."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, *children: str, **attributes: str | float | None) -> str:
    """`tag("text", "words", x=3, cls="dim")`; `_` is a hyphen, `cls` is class. Children are markup already."""
    said = []
    for key, value in attributes.items():
        if value is None:
            continue
        spelled = "class" if key == "cls" else key.replace("_", "-") if key != "viewBox" else key
        said.append(f' {spelled}="{escape(value) if isinstance(value, str) else num(value)}"')
    inside = "".join(children)
    return f"<{name}{''.join(said)}>{inside}</{name}>" if inside else f"<{name}{''.join(said)}/>"


def text(words: str, x: float, y: float, cls: str = "") -> str:
    """Words at a place."""
    return tag("text", escape(words), x=x, y=y, cls=cls or None)


def path(points: Iterable[tuple[float, float]], cls: str, is_closed: bool = False) -> str:
    """A line through points; nothing for fewer than two."""
    steps = [f"{num(x)} {num(y)}" for x, y in points]
    if len(steps) < 2:
        return ""
    return tag("path", d="M" + "L".join(steps) + ("Z" if is_closed else ""), cls=cls)


def picture(name: str, title: str, words: str, wide: float, tall: float, parts: Iterable[str]) -> str:
    """A whole picture; `name` is its id in the page, `words` says what is to be seen for those who cannot see it."""
    return tag(
        "svg",
        tag("title", escape(title), id=f"{name}-t"),
        tag("desc", escape(words), id=f"{name}-d"),
        *parts,
        viewBox=f"0 0 {num(wide)} {num(tall)}", width=wide, height=tall, role="img", cls="vd",
        aria_labelledby=f"{name}-t {name}-d", xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two ends: steps of 1, 2 or 5 times a power of ten."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return [low] if isfinite(low) else []
    rough = (high - low) / max(most, 1)
    base = 10.0 ** floor(log10(rough))
    step = next(base * m for m in (1.0, 2.0, 5.0, 10.0) if base * m >= rough * 0.999999)
    first = ceil(low / step - 1e-9)
    return [round((first + i) * step, 12) for i in range(floor(high / step + 1e-9) - first + 1)]


def second_ticks(low_s: float, high_s: float, most: int = 8) -> list[float]:
    """Ticks of a time axis: seconds, minutes, hours."""
    rough = max((high_s - low_s) / max(most, 1), 1e-6)
    if rough < 5.0:
        return ticks(low_s, high_s, most)
    steps = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
    step = next((float(s) for s in steps if s >= rough), None)
    if step is None:
        step = 86400.0 * ceil(rough / 86400.0)
    first = ceil(low_s / step - 1e-9)
    return [(first + i) * step for i in range(floor(high_s / step + 1e-9) - first + 1)]


def plain(value: float) -> str:
    """A tick's label: 0.05, 20, 1,500, 2e6."""
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or abs(value) < 1e-3:
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-")
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Labels moved apart so that none covers another, in the order given, as near their places as may be."""
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    found = [0.0] * len(places)
    floor_ = low
    for rank, i in enumerate(order):
        found[i] = max(places[i], floor_ if rank else low)
        floor_ = found[i] + gap
    over = (found[order[-1]] - high) if order else 0.0
    ceiling = high
    if over > 0.0:
        for i in reversed(order):
            found[i] = min(found[i], ceiling)
            ceiling = found[i] - gap
    return found
