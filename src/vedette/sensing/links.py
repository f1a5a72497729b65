"""What a site's reports and its power depend on: ways that look like two may be one.

[links.thule]                                        # a sensor, or anybody who sends claims
routes = { cable = ["cable-greenland", "relay-a"], radio = ["troposcatter", "relay-a"] }   # each way, part by part
power = ["grid-thule"]                               # any one of these is enough

On 24 November 1961 every line to three radar sites went dead at once: two "independent" lines ran through one relay
station. Parts that carry the same name are the same part; the diversity is computed here, not believed.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vedette.core.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Link:
    """What one site depends on."""

    name: str  # a sensor, or a source of claims
    routes: tuple[tuple[str, tuple[str, ...]], ...] = ()  # each way its reports may come: name, parts in series
    power: tuple[str, ...] = ()  # supplies, any one of which is enough

    def cut_by(self, part: str) -> bool:
        """Whether the loss of one part alone silences the site: every route needs it, or it is the only power."""
        by_route = bool(self.routes) and all(part in parts or part == name for name, parts in self.routes)
        return by_route or self.power == (part,)

    def route_uses(self, route: str, part: str) -> bool:
        """Whether a way of this site leads through a part; a way that nobody described leads through none."""
        return part == route or any(name == route and part in parts for name, parts in self.routes)


@dataclass(frozen=True, slots=True)
class Links:
    """All sites that were described."""

    links: tuple[Link, ...] = ()

    def of(self, name: str) -> Link | None:
        """The link of a site, or None."""
        return next((link for link in self.links if link.name == name), None)

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part and supply that anything depends on, by name."""
        out = {part for link in self.links for _, parts in link.routes for part in parts}
        return tuple(sorted(out | {part for link in self.links for part in link.power}))

    def is_power(self, part: str) -> bool:
        """Whether a part is a supply of power."""
        return any(part in link.power for link in self.links)

    def silenced_by(self, part: str) -> tuple[str, ...]:
        """The sites that fall silent when one part fails."""
        return tuple(link.name for link in self.links if link.cut_by(part))

    @property
    def single_points(self) -> dict[str, tuple[str, ...]]:
        """Parts whose loss alone silences sites, with the sites: the real diversity; most sites first."""
        found = {part: self.silenced_by(part) for part in self.parts}
        worst_first = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
        return {part: sites for part, sites in worst_first if sites}

    def owners(self, route: str) -> tuple[str, ...]:
        """The sites that a way belongs to; empty where nobody described it."""
        return tuple(link.name for link in self.links if any(name == route for name, _ in link.routes))


NO_LINKS = Links()


def parse_links(text: str, where: str = "links") -> Links:
    """The `[links.NAME]` tables of a sensor file; none of them is no error. BadInputError names table and key."""
    try:
        tables = tomllib.loads(text).get("links", {})
    except tomllib.TOMLDecodeError as trouble:
        raise BadInputError(f"not TOML: {trouble}", where, "see docs/guides/incidents.md for an example") from None
    if not isinstance(tables, dict):
        raise BadInputError("links is not a table", where, "write [links.NAME] for each site")
    return Links(tuple(_link(name, table, f"{where}: links.{name}") for name, table in tables.items()))


def format_links(links: Links) -> str:
    """TOML text that `parse_links` reads back to an equal value."""
    lines: list[str] = []
    for link in links.links:
        ways = ", ".join(f"{_quote(name)} = [{_list(parts)}]" for name, parts in link.routes)
        lines += [f"[links.{_quote(link.name)}]", f"routes = {{ {ways} }}", f"power = [{_list(link.power)}]", ""]
    return "\n".join(lines)


def _link(name: str, table: Any, where: str) -> Link:
    if not isinstance(table, dict):
        raise BadInputError(f"{table!r} is not a table", where, "write [links.NAME] and its keys below")
    unknown = sorted(set(table) - {"routes", "power"})
    if unknown:
        raise BadInputError(f"unknown key {unknown[0]}", where, "known keys: routes, power")
    routes = table.get("routes", {})
    if not isinstance(routes, Mapping):
        raise BadInputError("routes is not a table", where, 'write routes = { cable = ["relay-a"] }')
    ways = tuple((str(way), _words(parts, f"{where}: routes.{way}")) for way, parts in routes.items())
    return Link(name, ways, _words(table.get("power", []), f"{where}: power"))


def _words(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise BadInputError(f"{value!r} is not a list of names", where, 'write ["relay-a", "cable-2"]')
    return tuple(value)


def _list(words: Iterable[str]) -> str:
    return ", ".join(_quote(word) for word in words)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
