"""Where a sensor stands, in TOML: sites, platforms on their way, orbits."""

from dataclasses import fields
from typing import Any

from vedette.core.errors import BadInputError, UsageError
from vedette.sensing.horizon import Place
from vedette.sensing.orbits import Geostationary, Keplerian, Orbit, TwoLine
from vedette.sensing.platform import Platform
from vedette.sensing.site import Site
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns


def place_from_toml(value: Any, where: str) -> Place:
    """A site `{ lat_deg, lon_deg, height_m }`, or a platform with `waypoints` of those with `t_utc`."""
    if isinstance(value, dict) and "waypoints" in value:
        return _platform(value, where)
    made: Site = make(Site, _numbers(value, {"lat_deg", "lon_deg"}, {"height_m"}, where), where)
    return made


def _platform(value: dict[str, Any], where: str) -> Platform:
    extra = set(value) - {"waypoints", "position_sigma_m"}
    if extra:
        cure = "a platform has waypoints and position_sigma_m"
        raise BadInputError(f"has keys {', '.join(sorted(extra))}", where, cure)
    if not isinstance(value["waypoints"], list):
        raise BadInputError("waypoints is not a list", where, "give [{ t_utc, lat_deg, lon_deg, height_m }, ...]")
    points = []
    for index, point in enumerate(value["waypoints"]):
        here = f"{where}.waypoints[{index}]"
        if not isinstance(point, dict) or "t_utc" not in point:
            raise BadInputError(f"{point!r} has no t_utc", here, "give { t_utc, lat_deg, lon_deg, height_m }")
        rest = {key: item for key, item in point.items() if key != "t_utc"}
        numbers = _numbers(rest, {"lat_deg", "lon_deg"}, {"height_m"}, here)
        t = _instant("t_utc", point["t_utc"], here)
        points.append((t, numbers["lat_deg"], numbers["lon_deg"], numbers.get("height_m", 0.0)))
    sigma = {}
    if "position_sigma_m" in value:
        sigma["position_sigma_m"] = number("position_sigma_m", value["position_sigma_m"], where)
    made: Platform = make(Platform, {"waypoints": tuple(points), **sigma}, where)
    return made


def orbit_from_toml(value: Any, where: str) -> Orbit:
    """`{ lon_deg }` for geostationary, Keplerian elements with `epoch_utc`, or the two lines of an element set."""
    where = f"{where}.orbit"
    if isinstance(value, dict) and set(value) == {"lon_deg"}:
        made: Orbit = make(Geostationary, _numbers(value, {"lon_deg"}, set(), where), where)
        return made
    if isinstance(value, dict) and set(value) == {"line1", "line2"}:
        made = make(TwoLine, {key: str(line) for key, line in value.items()}, where)
        return made
    if not isinstance(value, dict) or "epoch_utc" not in value:
        cure = "give { lon_deg } for geostationary, { line1, line2 }, or elements with epoch_utc"
        raise BadInputError(f"{value!r} is not an orbit", where, cure)
    needed = {item.name for item in fields(Keplerian)} - {"t_epoch_tai_ns"}
    numbers = _numbers({k: v for k, v in value.items() if k != "epoch_utc"}, needed, set(), where)
    epoch = _instant("epoch_utc", value["epoch_utc"], where)
    made = make(Keplerian, {**numbers, "t_epoch_tai_ns": epoch}, where)
    return made


def place_to_toml(key: str, place: Place) -> str:
    """One line that `place_from_toml` reads back."""
    if isinstance(place, Site):
        numbers = f"lat_deg = {place.lat_deg!r}, lon_deg = {place.lon_deg!r}, height_m = {place.height_m!r}"
        return f"{key} = {{ {numbers} }}"
    points = ", ".join(
        f'{{ t_utc = "{utc_text_from_tai_ns(t, 9)}", lat_deg = {float(lat)!r}, lon_deg = {float(lon)!r}, '
        f"height_m = {float(height)!r} }}"
        for t, lat, lon, height in place.waypoints
    )
    key = "platform" if key == "site" else key
    return f"{key} = {{ position_sigma_m = {float(place.position_sigma_m)!r}, waypoints = [{points}] }}"


def orbit_to_toml(orbit: Orbit) -> str:
    """An inline table that `orbit_from_toml` reads back."""
    if isinstance(orbit, Geostationary):
        return f"{{ lon_deg = {orbit.lon_deg!r} }}"
    if isinstance(orbit, TwoLine):
        return f'{{ line1 = "{orbit.line1}", line2 = "{orbit.line2}" }}'
    parts = [f"{item.name} = {getattr(orbit, item.name)!r}" for item in fields(orbit) if item.name != "t_epoch_tai_ns"]
    return f'{{ {", ".join(parts)}, epoch_utc = "{utc_text_from_tai_ns(orbit.t_epoch_tai_ns)}" }}'


def number(key: str, value: Any, where: str) -> float:
    """A float, or a sentence."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInputError(f"{key} = {value!r} is not a number", where, "write it without quotes or unit")
    return float(value)


def make(maker: Any, values: dict[str, Any], where: str) -> Any:
    """The value, with the place in the file added to what it finds wrong."""
    try:
        return maker(**values)
    except UsageError as trouble:
        raise BadInputError(str(trouble), where) from None


def _instant(key: str, value: Any, where: str) -> int:
    try:
        return tai_ns_from_utc_text(str(value))
    except ValueError as trouble:
        raise BadInputError(f"{key}: {trouble}", where) from None


def _numbers(value: Any, needed: set[str], optional: set[str], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInputError(f"{value!r} is not a table", where, f"give {{ {', '.join(sorted(needed))} }}")
    if set(value) - needed - optional or needed - set(value):
        raise BadInputError(f"has keys {', '.join(value)}", where, f"needs exactly {', '.join(sorted(needed))}")
    return {key: number(key, item, where) for key, item in value.items()}
