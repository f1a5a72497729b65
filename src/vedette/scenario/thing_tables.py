"""The tables of true things that a story may hold, and the story's things as values."""

from collections.abc import Mapping
from typing import Any, Final

from vedette.core.errors import BadInputError
from vedette.scenario.air_things import AIRCRAFT, DRONE
from vedette.scenario.burning import BOLIDE, FIRE, FLARE
from vedette.scenario.glinting import GLINT
from vedette.scenario.orbiting import BREAKUP, DECAYING_BODY, SATELLITE
from vedette.scenario.sky_bodies import MOON, PLANET
from vedette.scenario.thing import ThingKind, ThingSpec, parse_thing

KINDS: Final[dict[str, ThingKind]] = {
    kind.table: kind
    for kind in (SATELLITE, DECAYING_BODY, BREAKUP, MOON, PLANET, BOLIDE, FIRE, FLARE, GLINT, AIRCRAFT, DRONE)
}


def parse_things(document: Mapping[str, Any], where: str) -> tuple[ThingSpec, ...]:
    """All tables of things of a story, in the order of `KINDS`; ids must not repeat."""
    found: list[ThingSpec] = []
    for name, kind in KINDS.items():
        tables = document.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise BadInputError(f"{name} is not a list of tables", where, f"write [[{name}]]")
        found += [parse_thing(kind, table, n, f"{where}: {name} {n}") for n, table in enumerate(tables, 1)]
    ids = [spec.id for spec in found]
    if len(set(ids)) < len(ids):
        raise BadInputError(f"ids {', '.join(ids)} repeat", where, "give each thing its own id")
    return tuple(found)
