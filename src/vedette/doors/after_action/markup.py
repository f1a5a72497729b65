"""The letters of the page: escaped words, tables, figures, and numbers that say where in the document they stand."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

NOTHING = '<span class="none" title="not known">–</span>'


class Facts:
    """A place in the report's document; every number taken from it carries its path, so that a test can find it."""

    def __init__(self, told: Any, path: tuple[str | int, ...] = ()) -> None:
        self.told, self.path = told, path

    def at(self, *keys: str | int) -> "Facts":
        """The place further down."""
        value = self.told
        for key in keys:
            value = value[key]
        return Facts(value, (*self.path, *keys))

    def rows(self, *keys: str | int) -> list["Facts"]:
        """Every member of a list down there."""
        here = self.at(*keys)
        return [here.at(i) for i in range(len(here.told))]

    def __getitem__(self, key: str | int) -> Any:
        """The bare value of a field."""
        return self.told[key]

    def num(self, *keys: str | int, digits: int = 1, factor: float = 1.0, unit: str = "", sign: bool = False) -> str:
        """A number, rounded; `value` holds it whole, in the document's own unit."""
        here = self.at(*keys)
        if here.told is None:
            return NOTHING
        shown = f"{here.told * factor:{'+' if sign else ''},.{digits}f}"
        return here._data(shown) + (f" {escape(unit)}" if unit else "")

    def figure(self, *keys: str | int, figures: int = 3, unit: str = "") -> str:
        """A number with so many significant figures."""
        here = self.at(*keys)
        if here.told is None:
            return NOTHING
        shown = significant(float(here.told), figures)
        return here._data(shown) + (f" {escape(unit)}" if unit else "")

    def percent(self, *keys: str | int, digits: int = 1) -> str:
        """A share as a percentage."""
        return self.num(*keys, digits=digits, factor=100.0, unit="%")

    def _data(self, shown: str) -> str:
        where = "/".join(str(part) for part in self.path)
        value = repr(float(self.told)) if isinstance(self.told, float) else str(self.told)
        return f'<data value="{value}" data-at="{escape(where)}">{shown}</data>'

    def text(self, *keys: str | int) -> str:
        """Words, escaped."""
        value = self.at(*keys).told
        return NOTHING if value is None or value == "" else escape(str(value))

    def clock(self, *keys: str | int) -> str:
        """`12:01:02.5Z`, the whole instant kept for machines."""
        value = self.at(*keys).told
        if value is None:
            return NOTHING
        return f'<time datetime="{escape(value)}" title="{escape(value)}">{escape(value[11:21])}Z</time>'

    def place(self, lat: str = "lat_deg", lon: str = "lon_deg") -> str:
        """`31.40° N, 29.80° W` as two numbers."""
        if self.told.get(lat) is None or self.told.get(lon) is None:
            return NOTHING
        return f"{self.num(lat, digits=3)}°, {self.num(lon, digits=3)}°"


def significant(value: float, figures: int) -> str:
    """`1,240`, `0.0312`: so many figures, without an exponent where people read none."""
    if value == 0.0 or value != value:
        return "0" if value == 0.0 else "–"
    if abs(value) >= 1e9 or abs(value) < 1e-4:
        return f"{value:.{figures - 1}e}"
    digits = figures - len(f"{abs(value):.0f}") if abs(value) >= 1 else figures + 3
    rounded = float(f"{value:.{figures}g}")
    text = f"{rounded:,.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def words(text: str) -> str:
    """Plain words."""
    return escape(text)


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], cls: str = "") -> str:
    """A table of cells that are markup already; the first cell of a row is its heading."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings)
    body = "".join(
        "<tr>" + f'<th scope="row">{cells[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in cells[1:]) + "</tr>"
        for cells in rows
    )
    if not body:
        body = f'<tr><td colspan="{len(headings)}">none</td></tr>'
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{escape(caption)}"><table class="{cls}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def figure(svg: str, caption: str, twin: str) -> str:
    """A picture with its caption, and the same as a table."""
    if not svg:
        return ""
    return (
        f"<figure>{svg}<figcaption>{escape(caption)}</figcaption>"
        f'<details class="twin"><summary>The same as a table</summary>{twin}</details></figure>'
    )


def section(name: str, title: str, *parts: str) -> str:
    """A chapter of the page."""
    head = f'<h2 id="{name}-h">{escape(title)}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-h">{head}{"".join(parts)}</section>'


def items(lines: Iterable[str], cls: str = "") -> str:
    """A list of plain words; nothing when there are none."""
    body = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="{cls}">{body}</ul>' if body else ""


def plain(name: str) -> str:
    """`short-range-ballistic` as words."""
    return escape(name.replace("-", " "))
