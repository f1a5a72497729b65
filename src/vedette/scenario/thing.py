"""True things beside launches: what each answers, so that every sensor can be asked what it sees of any of them.

A thing is where it is at each instant (NaN: not there), sends back so much of a radar's wave, and shines so brightly
towards whoever looks. Flights answer the same questions. What echoes from many depths at once, as the Moon does, has
`echoes` of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import KnownBody
from vedette.scenario.draws import Draw, parse_draw
from vedette.sensing import Radar, Sensor


class Thing(Protocol):
    """Something that is truly there. Times are seconds after the story's start, rising."""

    @property
    def id(self) -> str:
        """The story's name for it."""
        ...

    @property
    def cause(self) -> str:
        """What it truly is: a word of `reports.Cause`."""
        ...

    @property
    def cloud_top_m(self) -> float:
        """Height of the cloud above it."""
        ...

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6) Earth-fixed states; NaN where it is not there (yet, or any more)."""
        ...

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) mean radar cross-section; 0 for what no radar sees."""
        ...

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) short-wave intensity towards a sensor at (n, 3), before the air has taken its share."""
        ...

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) True while it is hot enough for a telescope to see, and speaks by radio as what is under thrust does."""
        ...

    def document(self) -> dict[str, Any]:
        """What truth says of it, JSON-ready."""
        ...


@runtime_checkable
class Echoer(Protocol):
    """A thing whose echo comes from many depths at once, or folded by a radar's range ambiguity."""

    def echoes(self, radar: Radar, times_s: Scalar, t_tai_ns: Ints) -> tuple[Ints, Rows, Scalar]:
        """Look (m,) of each scatterer, its true radar values (m, 4), and its cross-section (m,)."""
        ...


@runtime_checkable
class Catalogued(Protocol):
    """A thing of which a catalogue knows."""

    def known(self) -> KnownBody | None:
        """The catalogue's idea of it; None: not in the catalogue."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What the making of a thing may use beside its own table."""

    t_start_tai_ns: int
    seconds: float
    sensors: Mapping[str, Sensor]


Builder = Callable[["ThingSpec", Setting, np.random.Generator], tuple[Thing, ...]]


@dataclass(frozen=True, slots=True)
class ThingKind:
    """One kind of table: its quantities with their usual spreads, its words and switches, and who builds from it.

    Quantities are drawn in the order of `quantities`, always all of them.
    """

    table: str
    quantities: Mapping[str, Draw]
    options: Mapping[str, str | bool]
    build: Builder


@dataclass(frozen=True, slots=True)
class ThingSpec:
    """One table of a story: `given` are the quantities it names itself."""

    kind: ThingKind
    id: str
    count: int
    quantities: Mapping[str, Draw]
    options: Mapping[str, str | bool]
    given: frozenset[str]

    def drawn(self, rng: np.random.Generator) -> dict[str, float]:
        """One value for every quantity."""
        return {key: draw.draw(rng) for key, draw in self.quantities.items()}


def parse_thing(kind: ThingKind, table: Mapping[str, Any], number: int, where: str) -> ThingSpec:
    """A thing's table as a value; errors name the place."""
    known = {"id", "count", *kind.quantities, *kind.options}
    for key in table:
        if key not in known:
            raise BadInputError(f"unknown key {key}", where, f"known: {', '.join(sorted(known))}")
    options = dict(kind.options)
    for key, usual in kind.options.items():
        if key in table:
            if type(table[key]) is not type(usual):
                raise BadInputError(f"{key} = {table[key]!r}", where, "words in quotes, switches true or false")
            options[key] = table[key]
    count = table.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 10_000:
        raise BadInputError(f"count = {count!r}", where, "give a whole number from 1 to 10000")
    given = {key: parse_draw(table[key], f"{where}.{key}") for key in kind.quantities if key in table}
    identity = str(table.get("id", f"{kind.table}-{number}"))
    return ThingSpec(kind, identity, count, {**kind.quantities, **given}, options, frozenset(given))


def nowhere(times_s: Scalar) -> Scalar:
    """(n,) zeros: no cross-section, no light."""
    return np.zeros(np.shape(times_s))
