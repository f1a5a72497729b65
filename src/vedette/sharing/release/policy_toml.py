"""A release policy from its TOML, understood whole or not at all: what is misspelt must not be released by luck.

Every refusal names the place, what was found and a cure.
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from math import isfinite
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.tables import table_text
from vedette.frames.polygons import polygon_trouble
from vedette.reports import Evidence, Mode
from vedette.sharing.release.policy import (
    CADENCE_S,
    EVERYWHERE,
    FIELDS,
    KNOWN_VERSION,
    NO_THIRD_PARTY,
    ONLY,
    Grant,
    Kind,
    ReleaseArea,
    ReleasePolicy,
)

GUIDE = "see docs/guides/release-policy.md, or `vedette node release --example`"
WORDS = ("query", "reply", "cue-request", "cue-answer", "plan", "plan-answer", "note")
PHASES = ("boost", "coast", "re-entry", "orbit")
_LATEST = ("candidate", "correlated", "confirmed")

_TOP = {"version", "title", "peer", "modes", "numbers", "pad_bytes", "area", "grant"}
_COMMON = {"class", "cadence_s", "delay_s"}
_KEYS: dict[Kind, set[str]] = {
    Kind.TRACK: _COMMON | {"areas", "but_not", "fields", "position_km", "velocity_mps", "covariance", "coast_s",
                           "phases", "probability_step", "third_party", "caveats"},
    Kind.EVENT: _COMMON | {"areas", "but_not", "fields", "place_km", "time_s", "shapes", "probability_step",
                           "evidence_least", "caveats"},
    Kind.HEALTH: _COMMON | {"fields"},
    Kind.LOOK: _COMMON | {"fields", "sensors", "caveats"},
    Kind.NOTICE: _COMMON,
    Kind.WORDS: _COMMON | {"words", "documents"},
}  # fmt: skip


def key_names() -> set[str]:
    """Every key that a policy may hold."""
    return set.union(_TOP, *_KEYS.values(), {"corners", "height_min_km", "height_max_km"})


def example_policy_text() -> str:
    """A policy to begin from, every key explained."""
    return table_text("release_policy.toml")


def nothing_released(peer: str) -> ReleasePolicy:
    """The policy of a peer without a file: nothing leaves."""
    return ReleasePolicy(peer=peer, title="nothing is released")


def parse_policy(text: str, where: str = "release policy") -> ReleasePolicy:
    """A policy from its TOML; BadInputError that names the key and the cure otherwise."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise BadInputError(f"not readable as TOML ({trouble})", where, GUIDE) from None
    if table.get("version") != KNOWN_VERSION:
        found = table.get("version", "none")
        raise BadInputError(f"version is {found!r}", where, f"this Vedette reads `version = {KNOWN_VERSION}`")
    _no_others(table, _TOP, where)
    peer = _text(table, "peer", where)
    if not peer:
        raise BadInputError("`peer` is missing", where, 'say to whom: peer = "SOUTH"')
    areas = _areas(table, where)
    grants = tuple(_grant(row, i, areas, where) for i, row in enumerate(_rows(table, "grant", where), 1))
    _one_pace(grants, where)
    numbers = table.get("numbers", "per peer")
    if numbers not in ("per peer", "common", "own"):
        cure = 'write "per peer" (peers cannot compare), "common", or "own" (among services of one owner)'
        raise BadInputError(f"numbers = {numbers!r}", where, cure)
    pad = _figure(table, "pad_bytes", where, 4096.0, 0.0, 1048576.0)
    return ReleasePolicy(
        peer=peer,
        title=_text(table, "title", where),
        modes=_modes(table, where),
        grants=grants,
        numbers=numbers,
        pad_bytes=int(pad),
        areas=tuple(areas.values()),
        digest=sha256(text.encode()).hexdigest(),
    )


def _modes(table: Mapping[str, Any], where: str) -> frozenset[Mode]:
    found = set()
    for word in _list(table, "modes", where):
        try:
            found.add(Mode(word))
        except ValueError:
            raise BadInputError(f"mode {word!r}", where, f"there are {', '.join(Mode)}") from None
    return frozenset(found)


def _areas(table: Mapping[str, Any], where: str) -> dict[str, ReleaseArea]:
    given = table.get("area", {})
    if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
        raise BadInputError("`area` is no table", where, "write [area.NAME] before each")
    found = {}
    for name, row in given.items():
        place = f"{where}: [area.{name}]"
        if name == EVERYWHERE:
            raise BadInputError(f"an area cannot be called {EVERYWHERE!r}", place, "that word means no border at all")
        _no_others(row, {"corners", "height_min_km", "height_max_km"}, place)
        low = _figure(row, "height_min_km", place, -1e6, -1e6, 1e9)
        high = _figure(row, "height_max_km", place, 1e9, -1e6, 1e9)
        if low >= high:
            raise BadInputError(f"height_min_km {low:g} is not below height_max_km {high:g}", place, "swap them")
        found[name] = ReleaseArea(name, _corners(row, place), 1e3 * low, 1e3 * high)
    return found


def _corners(row: Mapping[str, Any], place: str) -> np.ndarray:
    cure = "write corners = [[LAT, LON], [LAT, LON], [LAT, LON]] in degrees"
    given = row.get("corners")
    if not isinstance(given, list) or len(given) < 3:
        raise BadInputError("`corners` is missing or has fewer than three", place, cure)
    for one in given:
        is_pair = isinstance(one, list) and len(one) == 2 and all(_is_number(v) for v in one)
        if not is_pair or abs(one[0]) > 90.0 or abs(one[1]) > 360.0:
            raise BadInputError(f"{one!r} is no place", place, cure)
    corners = np.radians(np.array(given, dtype=float))
    if trouble := polygon_trouble(corners):
        raise BadInputError(trouble, place, "list the corners once around, without crossing")
    return corners


def _grant(row: Mapping[str, Any], number: int, areas: Mapping[str, ReleaseArea], where: str) -> Grant:
    place = f"{where}: grant {number}"
    try:
        kind = Kind(str(row.get("class")))
    except ValueError:
        raise BadInputError(f"class = {row.get('class')!r}", place, f"one of {', '.join(Kind)}") from None
    place = f"{place} ({kind})"
    _no_others(row, _KEYS[kind], place)
    has_areas = "areas" in _KEYS[kind]
    inside, is_everywhere = _named(row, "areas", areas, place) if has_areas else ((), True)
    if has_areas and not inside and not is_everywhere:
        raise BadInputError("`areas` is missing", place, f'name areas, or write areas = ["{EVERYWHERE}"] on purpose')
    outside, is_all = _named(row, "but_not", areas, place)
    if is_all:
        raise BadInputError("but_not leaves nothing over", place, "delete the grant")
    fields = _words(row, "fields", FIELDS[kind], place)
    grant = Grant(
        kind=kind,
        number=number,
        areas=inside,
        is_everywhere=is_everywhere,
        but_not=outside,
        fields=fields,
        position_m=1e3 * _figure(row, "position_km", place, 10.0, 0.0, 1e4),
        velocity_mps=_figure(row, "velocity_mps", place, 20.0, 0.0, 1e5),
        place_m=1e3 * _figure(row, "place_km", place, 10.0, 0.0, 5e3),
        time_s=_figure(row, "time_s", place, 10.0, 0.0, 86400.0),
        share=_figure(row, "probability_step", place, 0.05, 0.0, 0.5),
        covariance=_choice(row, "covariance", ("round", "full"), place),  # type: ignore[arg-type]
        shapes=_choice(row, "shapes", ("round", "full"), place),  # type: ignore[arg-type]
        cadence_s=_figure(row, "cadence_s", place, CADENCE_S[kind], 0.1, 3600.0),
        delay_s=_figure(row, "delay_s", place, 0.0, 0.0, 30 * 86400.0),
        coast_s=_figure(row, "coast_s", place, 1800.0, 0.0, 86400.0),
        phases=_words(row, "phases", PHASES, place),
        evidence_least=_choice(row, "evidence_least", _LATEST, place, "correlated"),
        is_third_party=_flag(row, "third_party", place),
        caveats=_caveats(row, place),
        sensors=frozenset(_list(row, "sensors", place)),
        words=_words(row, "words", WORDS, place),
        documents=frozenset(_list(row, "documents", place)),
    )
    _sense(grant, place)
    return grant


def _sense(grant: Grant, place: str) -> None:
    """What each key allows and all together do not."""
    if grant.kind is Kind.LOOK and not grant.sensors:
        raise BadInputError(
            "`sensors` is missing: a look is its sensor, and goes whole or not at all", place,
            'name those whose looks may go: sensors = ["radar-north"]',
        )  # fmt: skip
    if grant.kind is Kind.WORDS and not grant.words:
        raise BadInputError("`words` is missing", place, f"some of {', '.join(WORDS)}")
    if grant.kind is Kind.EVENT and grant.shapes == "full" and grant.place_m > 0.0:
        raise BadInputError(
            f"areas of full shape tell the place that place_km = {grant.place_m / 1e3:g} hides", place,
            'write place_km = 0 with shapes = "full", or shapes = "round"',
        )  # fmt: skip
    if "azimuth" in grant.fields and "launch" not in grant.fields:
        raise BadInputError("`azimuth` is part of `launch`, which is not granted", place, 'add "launch" to fields')
    if grant.kind is Kind.TRACK and grant.covariance == "round" and min(grant.position_m, grant.velocity_mps) <= 0.0:
        raise BadInputError(
            'covariance = "round" hides a shape that exact states show by their jitter', place,
            'give position_km and velocity_mps above 0, or write covariance = "full"',
        )  # fmt: skip
    if grant.kind is Kind.TRACK and "sensors" in grant.fields and grant.covariance == "round":
        raise BadInputError(
            "sensors are named, and the covariance that would show them is hidden", place,
            'drop "sensors" from fields, or write covariance = "full"',
        )  # fmt: skip


def _one_pace(grants: tuple[Grant, ...], where: str) -> None:
    """A class has one cadence and one delay: two would tell by their difference which grant decided."""
    for kind in Kind:
        mine = [one for one in grants if one.kind is kind]
        for name in ("cadence_s", "delay_s"):
            paces = sorted({getattr(one, name) for one in mine})
            if len(paces) > 1:
                numbers = ", ".join(str(one.number) for one in mine)
                raise BadInputError(
                    f"grants {numbers} of class {kind} differ in {name} ({', '.join(f'{p:g}' for p in paces)})", where,
                    "give all grants of a class the same; the peer would see which of them decided",
                )  # fmt: skip


def _caveats(row: Mapping[str, Any], place: str) -> tuple[str, ...]:
    found = tuple(_list(row, "caveats", place))
    for one in found:
        if one != NO_THIRD_PARTY and not (one.startswith(ONLY) and one[len(ONLY) :].strip()):
            raise BadInputError(f"caveat {one!r}", place, f'write "{NO_THIRD_PARTY}" or "{ONLY}NORTH, SOUTH"')
    return found


def _named(
    row: Mapping[str, Any], key: str, areas: Mapping[str, ReleaseArea], place: str
) -> tuple[tuple[ReleaseArea, ...], bool]:
    names = _list(row, key, place)
    if EVERYWHERE in names:
        if len(names) > 1:
            raise BadInputError(f"{key} = {names!r}", place, f"{EVERYWHERE!r} stands alone")
        return (), True
    for name in names:
        if name not in areas:
            raise BadInputError(f"{key}: there is no area {name!r}", place, _near(name, areas))
    return tuple(areas[name] for name in names), False


def _words(row: Mapping[str, Any], key: str, known: tuple[str, ...], place: str) -> frozenset[str]:
    words = _list(row, key, place)
    for word in words:
        if word not in known:
            raise BadInputError(f"{key}: {word!r}", place, _near(word, known))
    return frozenset(words)


def _near(word: str, known: Any) -> str:
    names = list(known)
    near = get_close_matches(str(word), names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names) or 'none'}"


def _list(row: Mapping[str, Any], key: str, place: str) -> list[str]:
    given = row.get(key, [])
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise BadInputError(f"{key} = {given!r} is no list of words", place, f'write {key} = ["...", "..."]')
    if len(set(given)) != len(given):
        raise BadInputError(f"{key} says a word twice", place, "leave one")
    return given


def _rows(table: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInputError(f"`{key}` is no list of tables", where, f"write [[{key}]] before each")
    return rows


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadInputError(f"`{key}` is no text", where, f'write {key} = "..."')
    return value


def _flag(row: Mapping[str, Any], key: str, place: str) -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise BadInputError(f"{key} = {value!r} is neither true nor false", place, "write true or false")
    return value


def _choice(row: Mapping[str, Any], key: str, known: tuple[str, ...], place: str, usual: str = "") -> str:
    value = row.get(key, usual or known[0])
    if value not in known:
        raise BadInputError(f"{key} = {value!r}", place, f"one of {', '.join(known)}")
    return str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _figure(row: Mapping[str, Any], key: str, place: str, usual: float, least: float, most: float) -> float:
    value = row.get(key, usual)
    if not _is_number(value):
        raise BadInputError(f"{key} = {value!r} is no finite number", place, "write a number")
    if not least <= value <= most:
        raise BadInputError(f"{key} = {value!r} is out of bounds", place, f"{least:g} to {most:g}")
    return float(value)


def _no_others(table: Mapping[str, Any], known: set[str], place: str) -> None:
    for name in sorted(set(table) - known):
        raise BadInputError(f"nobody reads {name!r}", place, _near(name, sorted(known)))


assert set(_LATEST) < {one.value for one in Evidence}
