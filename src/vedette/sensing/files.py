"""Sensors as TOML: one table a sensor, keys named as the fields of its class, degrees and kilometres.

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
from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, NotFoundError
from vedette.sensing.infrared import Infrared
from vedette.sensing.laser import Lidar
from vedette.sensing.over_the_horizon import OverTheHorizonRadar
from vedette.sensing.passive_radio import DirectionFinder, TimeDifference
from vedette.sensing.places import make, number, orbit_from_toml, orbit_to_toml, place_from_toml, place_to_toml
from vedette.sensing.radar import Radar
from vedette.sensing.telescope import Telescope
from vedette.sensing.thermal import ThermalImager

Sensor = Radar | Infrared | OverTheHorizonRadar | Lidar | Telescope | ThermalImager | DirectionFinder | TimeDifference

_KINDS: dict[str, type[Sensor]] = {
    "radar": Radar,
    "infrared": Infrared,
    "over-the-horizon": OverTheHorizonRadar,
    "laser": Lidar,
    "lidar": Lidar,
    "optical": Telescope,
    "thermal": ThermalImager,
    "passive-radio": DirectionFinder,
    "time-difference": TimeDifference,
}
USUAL = ("ir-east", "ir-west", "ir-molniya", "radar-north")
_WORDS = ("source", "asterix", "band")


def read_sensors(path: str | Path) -> dict[str, Sensor]:
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


def packaged_sensors(every_kind: bool = False) -> dict[str, Sensor]:
    """The invented, generic sensors that ship with Vedette, by name.

    One radar and three infrared satellites, used where no sensors are given; with `every_kind` some of every kind.
    """
    table = files("vedette.core") / "tables" / "sensors.toml"
    shelf = parse_sensors(table.read_text(encoding="utf-8"), "packaged sensors.toml")
    return shelf if every_kind else {name: shelf[name] for name in USUAL}


def parse_sensors(text: str, where: str = "sensors") -> dict[str, Sensor]:
    """Sensors by name from TOML text; `where` is what an error calls it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInputError(f"not TOML: {trouble}", where, "see docs/guides/sensors.md for an example") from None
    tables = document.get("sensors")
    if not isinstance(tables, dict) or not tables:
        raise BadInputError("no [sensors.NAME] table", where, "write one table for each sensor")
    return sensors_from_tables(tables, where)


def sensors_from_tables(tables: dict[str, Any], where: str = "sensors") -> dict[str, Sensor]:
    """Sensors by name from parsed tables, as they stand in a sensor or scenario file."""
    return {name: _sensor(name, table, f"{where}: sensors.{name}") for name, table in tables.items()}


def format_sensors(sensors: Mapping[str, Sensor]) -> str:
    """TOML text that `parse_sensors` reads back to equal values; defaults are left out."""
    lines: list[str] = []
    for name, sensor in sensors.items():
        lines += [f"[sensors.{_key(name)}]", f'kind = "{sensor.kind.value}"']
        for item in fields(sensor):
            value = getattr(sensor, item.name)
            if item.name in ("site", "reference"):
                lines.append(place_to_toml(item.name, value))
            elif item.name == "orbit":
                lines.append(f"orbit = {orbit_to_toml(value)}")
            elif item.name != "name" and value is not None and (item.default is MISSING or value != item.default):
                lines.append(f"{item.name} = {_quote(value) if isinstance(value, str) else repr(float(value))}")
        lines.append("")
    return "\n".join(lines)


def _sensor(name: str, table: Any, where: str) -> Sensor:
    if not isinstance(table, dict):
        raise BadInputError(f"{table!r} is not a table", where, "write [sensors.NAME] and its keys below")
    kind = table.get("kind")
    maker = _KINDS.get(kind) if isinstance(kind, str) else None
    if maker is None:
        raise BadInputError(f"kind = {kind!r} is not a sensor", where, f"say one of {', '.join(_KINDS)}")
    known = {item.name: item for item in fields(maker)}
    values: dict[str, Any] = {"name": name}
    for key, value in table.items():
        if key == "kind":
            continue
        if key == "platform" and "site" in known and "site" not in table:
            values["site"] = place_from_toml(value, f"{where}.platform")
            continue
        if key not in known or key == "name":
            near = get_close_matches(key, [*known, "kind"], n=1)
            cure = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            raise BadInputError(f"unknown key {key}", where, cure)
        if key in ("site", "reference"):
            values[key] = place_from_toml(value, f"{where}.{key}")
        elif key == "orbit":
            values[key] = orbit_from_toml(value, where)
        elif key in _WORDS:
            values[key] = str(value)
        else:
            values[key] = number(key, value, where)
    missing = [key for key, item in known.items() if item.default is MISSING and key not in values]
    if missing:
        raise BadInputError(f"{', '.join(missing)} missing", where, f"a {kind} needs them")
    made: Sensor = make(maker, values, where)
    if made.kind.value != kind:
        has = "has no angle_sigma_deg" if kind == "lidar" else "has angle_sigma_deg"
        raise BadInputError(f'kind = "{kind}" {has}', where, f'what it then is: kind = "{made.kind.value}"')
    return made


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else _quote(name)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
