"""Probabilities over time as a stack that always fills one: what was believed, and how sure that was."""

from collections.abc import Mapping, Sequence

from vedette.doors.drawing.line_plot import BOTTOM, LEFT, TOP
from vedette.doors.drawing.svg import COLOURS, path, picture, plain, second_ticks, spread, text

RIGHT = 260.0
REST = "all else"  # always grey


def stack_plot(
    name: str,
    title: str,
    words: str,
    times: Sequence[float],
    shares: Mapping[str, Sequence[float]],
    *,
    t_end: float,
    x_label: str,
    x_span: tuple[float, float] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    wide: float = 900.0,
    tall: float = 240.0,
) -> str:
    """An SVG picture; `shares[name][i]` holds from `times[i]` until the next, and until `t_end` at last."""
    if not times or not shares:
        return ""
    x0, x1 = x_span or (times[0], t_end)
    if x1 <= x0:
        x1 = x0 + 1.0
    right, bottom = wide - RIGHT, tall - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + (x - x0) / (x1 - x0) * (right - LEFT), bottom - min(max(y, 0.0), 1.0) * (bottom - TOP)

    parts, labels = [], []
    base = [0.0] * len(times)
    for number, (label, values) in enumerate(shares.items()):
        top = [b + v for b, v in zip(base, values, strict=True)]
        upper, lower = _stairs(times, top, t_end), _stairs(times, base, t_end)
        outline = [at(x, y) for x, y in upper] + [at(x, y) for x, y in reversed(lower)]
        colour = COLOURS - 1 if label == REST else (len(shares) - 1 - number) % COLOURS
        parts.append(path(outline, f"stack f{colour}", is_closed=True))
        _, middle = at(x0, (top[-1] + base[-1]) / 2.0)
        labels.append((middle, f"{label} {_percent(values[-1])}", colour))
        base = top
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        _, y = at(x0, level)
        parts += [path([(LEFT, y), (right, y)], "rule"), text(f"{100 * level:.0f} %", LEFT - 6, y + 4, "dim end")]
    parts.append(path([(LEFT, bottom), (right, bottom)], "axis"))
    for x in second_ticks(x0, x1):
        px, _ = at(x, 0.0)
        parts += [path([(px, bottom), (px, bottom + 4)], "axis"), text(plain(x), px, bottom + 17, "dim mid")]
    for x, label in marks:
        if x0 <= x <= x1:
            px, _ = at(x, 0.0)
            parts += [path([(px, TOP), (px, bottom)], "axis dots"), text(label, px + 3, TOP + 10, "dim halo")]
    for y, (_, label, colour) in zip(spread([m for m, _, _ in labels], 14.0, TOP + 6, bottom), labels, strict=True):
        parts.append(text(label, right + 8, y + 4, f"f{colour}"))
    parts.append(text(x_label, (LEFT + right) / 2, bottom + 33, "dim mid"))
    return picture(name, title, words, wide, tall, parts)


def _stairs(times: Sequence[float], values: Sequence[float], t_end: float) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for i, (t, v) in enumerate(zip(times, values, strict=True)):
        found += [(t, v), (times[i + 1] if i + 1 < len(times) else max(t_end, t), v)]
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0.0 else "under 1 %"
