"""Of what was said to hold with some probability, how much held: the honest line is the diagonal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.doors.drawing.svg import COLOURS, path, picture, tag, text

LEFT, RIGHT, TOP, BOTTOM = 62.0, 190.0, 14.0, 44.0


@dataclass(frozen=True, slots=True)
class Share:
    """Of `count` things said to hold with probability `said`, the share `held`; `band` holds it 90 times in 100."""

    said: float
    held: float
    count: int
    band: tuple[float, float]


def reliability_plot(
    name: str,
    title: str,
    words: str,
    rows: Mapping[str, Sequence[Share]],
    *,
    wide: float = 620.0,
    tall: float = 380.0,
) -> str:
    """An SVG picture: said across, held upwards, the band that chance allows about each point."""
    rows = {key: value for key, value in rows.items() if value}
    if not rows:
        return ""
    right, bottom = wide - RIGHT, tall - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + x * (right - LEFT), bottom - y * (bottom - TOP)

    parts = []
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts += [path([at(0, level), at(1, level)], "rule"), path([at(level, 0), at(level, 1)], "rule")]
        x, y = at(level, level)
        parts += [text(f"{100 * level:.0f} %", LEFT - 6, y + 4, "dim end")]
        parts += [text(f"{100 * level:.0f} %", x, bottom + 16, "dim mid")]
    parts.append(path([at(0, 0), at(1, 1)], "axis dash"))
    for number, (key, shares) in enumerate(rows.items()):
        colour = number % COLOURS
        shift = (number - (len(rows) - 1) / 2) * 4.0
        dots = []
        for one in shares:
            x, y = at(one.said, one.held)
            (_, low), (_, high) = at(0, one.band[0]), at(0, one.band[1])
            parts.append(path([(x + shift, low), (x + shift, high)], f"line thin s{colour}"))
            parts.append(tag("circle", cx=x + shift, cy=y, r=3.6, cls=f"dot f{colour}"))
            dots.append((x + shift, y))
        parts.append(path(dots, f"line thin s{colour}"))
        parts.append(text(f"{key} ({shares[-1].count})", right + 10, TOP + 16 + 18 * number, f"f{colour}"))
    parts.append(text("said to hold", (LEFT + right) / 2, bottom + 36, "dim mid"))
    parts.append(text("held", 4, 12, "dim"))
    return picture(name, title, words, wide, tall, parts)
