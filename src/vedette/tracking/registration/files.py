"""Reference orbits as text: element sets as they are published, or TOML with a state and its sigmas.

[references.lageos-1]
t_utc = "2031-04-01T12:00:00Z"
position_itrf_km = [6878.1, 0.0, 0.0]
velocity_itrf_kmps = [0.0, 5.2, 5.4]     # relative to the rotating Earth
sigma_m = { radial = 5.0, along = 7.5, cross = 5.0 }
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError, NotFoundError
from vedette.time import tai_ns_from_utc_text
from vedette.tracking.registration.references import (
    Coast,
    CoastingReference,
    ElementSetReference,
    Reference,
    covariance_of_track,
)

_KEYS = {"t_utc", "position_itrf_km", "velocity_itrf_kmps", "sigma_m"}


def read_references(path: str | Path) -> str:
    """The text of a file of references, checked; `NotFoundError`, `BadInputError`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file of reference orbits") from None
    except (OSError, UnicodeDecodeError) as trouble:
        cure = "references are element sets or TOML, in UTF-8"
        raise BadInputError(f"not readable as text ({trouble})", str(path), cure) from None
    parse_references(text, str(path))
    return text


def parse_references(text: str, where: str = "references") -> Reference:
    """Element sets (two or three lines each) or a TOML document of `[references.NAME]` tables."""
    lines = text.splitlines()
    if any(line.startswith("1 ") for line in lines):
        return ElementSetReference(dict(_element_sets(lines, where)))
    try:
        tables = tomllib.loads(text).get("references")
    except tomllib.TOMLDecodeError as trouble:
        cure = "give element sets (lines 1 and 2) or [references.NAME] tables"
        raise BadInputError(f"neither element sets nor TOML: {trouble}", where, cure) from None
    if not isinstance(tables, dict) or not tables:
        raise BadInputError("no [references.NAME] table", where, "give a state and sigma_m for each object")
    return CoastingReference({name: _coast(table, f"{where}: references.{name}") for name, table in tables.items()})


def _element_sets(lines: list[str], where: str) -> Iterable[tuple[str, tuple[str, str]]]:
    from sgp4.api import Satrec

    name = ""
    for i, line in enumerate(lines):
        if not line.startswith(("1 ", "2 ")):
            name = line.strip().removeprefix("0 ")
        if not line.startswith("1 "):
            continue
        at = f"{where}:{i + 1}"
        second = lines[i + 1] if i + 1 < len(lines) else ""
        if not second.startswith("2 ") or min(len(line.rstrip()), len(second.rstrip())) < 68:
            raise BadInputError("line 1 of an element set without a whole line 2", at, "two lines of 69 characters")
        try:
            one = Satrec.twoline2rv(line.rstrip(), second.rstrip())
            trouble = one.sgp4(one.jdsatepoch, one.jdsatepochF)[0]
        except (ValueError, IndexError) as wrong:
            raise BadInputError(f"not an element set ({wrong})", at, "two lines of 69 characters") from None
        if not trouble:  # decayed or impossible elements say nothing of where anything is
            number = line[2:7].strip()  # names are not unique in the catalogue
            yield f"{name} ({number})" if name else number, (line.rstrip(), second.rstrip())
        name = ""


def _coast(table: Any, where: str) -> Coast:
    if not isinstance(table, dict) or set(table) != _KEYS:
        raise BadInputError("a reference has exactly " + ", ".join(sorted(_KEYS)), where, "see docs/guides/sensors.md")
    position, velocity = _three(table["position_itrf_km"], where), _three(table["velocity_itrf_kmps"], where)
    sigma = table["sigma_m"]
    if not isinstance(sigma, dict) or set(sigma) != {"radial", "along", "cross"}:
        raise BadInputError(f"sigma_m = {sigma!r}", where, "write { radial = 5.0, along = 7.5, cross = 5.0 }")
    sigmas = _three([sigma["radial"], sigma["along"], sigma["cross"]], where)
    if not np.all(sigmas > 0.0):
        raise BadInputError("a sigma is not positive; no orbit is known without doubt", where)
    try:
        t = tai_ns_from_utc_text(str(table["t_utc"]))
    except ValueError as trouble:
        raise BadInputError(f"t_utc: {trouble}", where) from None
    state = np.concatenate([position, velocity]) * 1e3
    if not 6.2e6 < float(np.linalg.norm(state[:3])) < 1e9 or float(np.linalg.norm(state[3:])) < 1.0:
        raise BadInputError("this is no orbit about the Earth", where, "kilometres and km/s, Earth-fixed")
    return Coast(t, state, covariance_of_track(state, sigmas))


def _three(value: Any, where: str) -> np.ndarray:
    is_list = isinstance(value, list) and len(value) == 3
    if not is_list or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value):
        raise BadInputError(f"{value!r} is not three numbers", where)
    found = np.array(value, dtype=float)
    if not np.isfinite(found).all():
        raise BadInputError(f"{value!r} is not three finite numbers", where)
    return found
