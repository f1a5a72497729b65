"""Sensors as TOML: one table a sensor, keys named as the fields of `Radar` and `Infrared`, degrees and kilometres.

[sensors.radar-north]
kind = "radar"
site = { lat_deg = 36.6, lon_deg = -26.4, height_m = 30.0 }
range_sigma_m = 30.0
angle_sigma_deg = 0.05

[sensors.ir-east]
kind = "infrared"
orbit = { lon_deg = 10.0 }          # geostationary; or the elements of a Keplerian orbit and epoch_utc
los_sigma_urad = 25.0
"""

import tomllib
from dataclasses import MISSING, fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.sensing.infrared import Infrared
from vedette.sensing.orbits import Geostationary, Keplerian, Orbit
from vedette.sensing.radar import Radar
from vedette.sensing.site import Site
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

_KINDS: dict[str, type[Radar] | type[Infrared]] = {"radar": Radar, "infrared": Infrared}


def read_sensors(path: str | Path) -> dict[str, Radar | Infrared]:
    """Sensors by name from a TOML file.

    Errors: `NotFoundError` when there is no such file; `BadInputError` that names the sensor and the key.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such sensor file") from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInputError(f"not readable as text ({trouble})", str(path), "a sensor file is UTF-8 TOML") from None
    return parse_sensors(text, str(path))


def packaged_sensors() -> dict[str, Radar | Infrared]:
    """The invented, generic sensors that ship with Vedette, by name."""
    table = files("vedette.core") / "tables" / "sensors.toml"
    return parse_sensors(table.read_text(encoding="utf-8"), "packaged sensors.toml")


def parse_sensors(text: str, where: str = "sensors") -> dict[str, Radar | Infrared]:
    """Sensors by name from TOML text; `where` is what an error calls it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInputError(f"not TOML: {trouble}", where, "see docs/guides/sensors.md for an example") from None
    tables = document.get("sensors")
    if not isinstance(tables, dict) or not tables:
        raise BadInputError("no [sensors.NAME] table", where, "write one table for each sensor")
    return sensors_from_tables(tables, where)


def sensors_from_tables(tables: dict[str, Any], where: str = "sensors") -> dict[str, Radar | Infrared]:
    """Sensors by name from parsed tables, as they stand in a sensor or scenario file."""
    return {name: _sensor(name, table, f"{where}: sensors.{name}") for name, table in tables.items()}


def format_sensors(sensors: dict[str, Radar | Infrared]) -> str:
    """TOML text that `parse_sensors` reads back to equal values; defaults are left out."""
    lines: list[str] = []
    for name, sensor in sensors.items():
        lines += [f"[sensors.{_key(name)}]", f'kind = "{sensor.kind.value}"']
        for item in fields(sensor):
            value = getattr(sensor, item.name)
            if item.name == "site":
                place = f"lat_deg = {value.lat_deg!r}, lon_deg = {value.lon_deg!r}, height_m = {value.height_m!r}"
                lines.append(f"site = {{ {place} }}")
            elif item.name == "orbit":
                lines.append(f"orbit = {_format_orbit(value)}")
            elif item.name != "name" and value is not None and (item.default is MISSING or value != item.default):
                lines.append(f"{item.name} = {_quote(value) if isinstance(value, str) else repr(float(value))}")
        lines.append("")
    return "\n".join(lines)


def _sensor(name: str, table: Any, where: str) -> Radar | Infrared:
    if not isinstance(table, dict):
        raise BadInputError(f"{table!r} is not a table", where, "write [sensors.NAME] and its keys below")
    kind = table.get("kind")
    maker = _KINDS.get(kind) if isinstance(kind, str) else None
    if maker is None:
        raise BadInputError(f"kind = {kind!r} is not a sensor", where, 'say kind = "radar" or kind = "infrared"')
    known = {item.name: item for item in fields(maker)}
    values: dict[str, Any] = {"name": name}
    for key, value in table.items():
        if key == "kind":
            continue
        if key not in known or key == "name":
            near = get_close_matches(key, [*known, "kind"], n=1)
            cure = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            raise BadInputError(f"unknown key {key}", where, cure)
        if key == "site":
            values[key] = _site(value, where)
        elif key == "orbit":
            values[key] = _orbit(value, where)
        elif key in ("source", "asterix"):
            values[key] = str(value)
        else:
            values[key] = _number(key, value, where)
    missing = [key for key, item in known.items() if item.default is MISSING and key not in values]
    if missing:
        raise BadInputError(f"{', '.join(missing)} missing", where, f"a {kind} needs them")
    return _make(maker, values, where)


def _site(value: Any, where: str) -> Site:
    numbers = _numbers(value, {"lat_deg", "lon_deg"}, {"height_m"}, f"{where}.site")
    return _make(Site, numbers, where)


def _orbit(value: Any, where: str) -> Orbit:
    where = f"{where}.orbit"
    if isinstance(value, dict) and set(value) == {"lon_deg"}:
        return _make(Geostationary, _numbers(value, {"lon_deg"}, set(), where), where)
    if not isinstance(value, dict) or "epoch_utc" not in value:
        raise BadInputError(
            f"{value!r} is not an orbit", where, "give { lon_deg } for geostationary, or elements with epoch_utc"
        )
    needed = {item.name for item in fields(Keplerian)} - {"t_epoch_tai_ns"}
    numbers = _numbers({k: v for k, v in value.items() if k != "epoch_utc"}, needed, set(), where)
    try:
        epoch = tai_ns_from_utc_text(str(value["epoch_utc"]))
    except ValueError as trouble:
        raise BadInputError(f"epoch_utc: {trouble}", where) from None
    return _make(Keplerian, {**numbers, "t_epoch_tai_ns": epoch}, where)


def _numbers(value: Any, needed: set[str], optional: set[str], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInputError(f"{value!r} is not a table", where, f"give {{ {', '.join(sorted(needed))} }}")
    if set(value) - needed - optional or needed - set(value):
        raise BadInputError(f"has keys {', '.join(value)}", where, f"needs exactly {', '.join(sorted(needed))}")
    return {key: _number(key, item, where) for key, item in value.items()}


def _number(key: str, value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInputError(f"{key} = {value!r} is not a number", where, "write it without quotes or unit")
    return float(value)


def _make(maker: Any, values: dict[str, Any], where: str) -> Any:
    try:
        return maker(**values)
    except UsageError as trouble:
        raise BadInputError(str(trouble), where) from None


def _format_orbit(orbit: Orbit) -> str:
    if isinstance(orbit, Geostationary):
        return f"{{ lon_deg = {orbit.lon_deg!r} }}"
    parts = [f"{item.name} = {getattr(orbit, item.name)!r}" for item in fields(orbit) if item.name != "t_epoch_tai_ns"]
    return f'{{ {", ".join(parts)}, epoch_utc = "{utc_text_from_tai_ns(orbit.t_epoch_tai_ns)}" }}'


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else _quote(name)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
