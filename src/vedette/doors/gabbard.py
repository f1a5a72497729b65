"""A Gabbard diagram: heights of the lowest and highest points of pieces against their periods, as SVG.

Pieces thrown ahead lie right of the parent with high apogees, those thrown back left of it with low perigees; what a
break-up made shows as a cross whose middle is the parent (John Gabbard, NORAD, 1970s; Johnson and others,
"History of on-orbit satellite fragmentations", NASA).
"""

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from vedette.catalogue.changes.breakups import Breakup
    from vedette.reports.elements import ElementSets

_WIDE, _HIGH, _EDGE = 760, 480, 64
_HIGH_INK: Final = "#b5402a"
_LOW_INK: Final = "#2a5db5"


def gabbard_svg(before: "ElementSets", after: "ElementSets", event: "Breakup") -> str:
    """The picture of one event, as the text of an SVG file."""
    period, low, high = _shape(after.take(event.pieces))
    left, right = float(np.percentile(period, 0.5)), float(np.percentile(period, 99.5))
    top = float(np.percentile(high, 99.5))
    bottom = max(min(float(low.min()), top - 100.0), 0.0)
    left, right = left - 0.04 * (right - left) - 0.1, right + 0.04 * (right - left) + 0.1
    bottom, top = max(bottom - 0.05 * (top - bottom), 0.0), top + 0.05 * (top - bottom)

    def x(value: float) -> float:
        return _EDGE + (value - left) / (right - left) * (_WIDE - 1.5 * _EDGE)

    def y(value: float) -> float:
        return _HIGH - _EDGE - (value - bottom) / (top - bottom) * (_HIGH - 2.0 * _EDGE)

    def line(x_1: float, y_1: float, x_2: float, y_2: float) -> str:
        return f'<line x1="{x_1:.1f}" y1="{y_1:.1f}" x2="{x_2:.1f}" y2="{y_2:.1f}" stroke="#ddd"/>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>',
    ]
    for value in _ticks(left, right):
        parts.append(line(x(value), y(bottom), x(value), y(top)))
        parts.append(f'<text x="{x(value):.1f}" y="{y(bottom) + 18:.1f}" text-anchor="middle">{value:g}</text>')
    for value in _ticks(bottom, top):
        parts.append(line(x(left), y(value), x(right), y(value)))
        parts.append(f'<text x="{x(left) - 6:.1f}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    for t, a, b in zip(period.tolist(), low.tolist(), high.tolist(), strict=True):
        if left <= t <= right:
            for value, ink in ((b, _HIGH_INK), (a, _LOW_INK)):
                if bottom <= value <= top:
                    spot = f'cx="{x(t):.1f}" cy="{y(value):.1f}" r="1.6"'
                    parts.append(f'<circle {spot} fill="{ink}" fill-opacity="0.6"/>')
    if event.parent is not None:
        t_p, low_p, high_p = (float(one[0]) for one in _shape(before.take(np.array([event.parent]))))
        for value in (low_p, high_p):
            parts.append(f'<circle cx="{x(t_p):.1f}" cy="{y(value):.1f}" r="5" fill="none" stroke="black"/>')
    name = before.name[event.parent] or str(before.number[event.parent]) if event.parent is not None else "unknown"
    parts += [
        f'<text x="{_EDGE}" y="28" font-size="15">{_safe(name)}: {len(event.pieces):,} pieces</text>',
        f'<text x="{_WIDE / 2:.0f}" y="{_HIGH - 18}" text-anchor="middle">period, minutes</text>',
        f'<text transform="translate(16 {_HIGH / 2:.0f}) rotate(-90)" text-anchor="middle">height, km</text>',
        f'<text x="{_WIDE - 40}" y="28" text-anchor="end"><tspan fill="{_HIGH_INK}">apogee</tspan> '
        f'<tspan fill="{_LOW_INK}">perigee</tspan> circle: parent</text>',
        "</svg>\n",
    ]
    return "\n".join(parts)


def _shape(sets: "ElementSets") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Periods in minutes, heights of perigee and apogee in km."""
    from vedette.motion.sgp4.layout import EARTH_RADIUS_KM, MU_KM3_S2

    axis_km = (MU_KM3_S2 / (sets.mean_motion_radpmin / 60.0) ** 2) ** (1.0 / 3.0)
    e = sets.eccentricity
    return (
        2.0 * np.pi / sets.mean_motion_radpmin,
        axis_km * (1.0 - e) - EARTH_RADIUS_KM,
        axis_km * (1.0 + e) - EARTH_RADIUS_KM,
    )


def _ticks(low: float, high: float) -> list[float]:
    step = 10.0 ** np.floor(np.log10((high - low) / 4.0))
    step *= next(k for k in (1.0, 2.0, 5.0, 10.0) if (high - low) / (k * step) <= 8.0)
    return [float(round(v, 6)) for v in np.arange(np.ceil(low / step) * step, high, step)]


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
