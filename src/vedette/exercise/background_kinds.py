"""What happens in the sky and in the system on an ordinary day, how often, and as what story it is played.

Rates are for the whole scene and public orders of magnitude, each with its source or named an assumption of ours; those
of nature stand in `core/tables/natural_rates.toml`, from which the packaged policy has its own. Most things happen far
more often than an engine can be run on, so of some only a share is played; counts are divided by that share and limits
widened by it. Of what is many, several are played in one story, far apart, as on a real day.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, degrees, radians, sin
from typing import Any, Final

import numpy as np

from vedette.assessment.typing.sea import clear_of_land_km, is_land
from vedette.core.constants import NS_PER_S
from vedette.core.tables import table_text
from vedette.scenario.glinting import specular_place
from vedette.sensing import Infrared, Radar, Sensor, Site
from vedette.sensing.daylight import sun_position_itrf_m
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

FIRST_DAY_TAI_NS: Final = tai_ns_from_utc_text("2031-04-01T00:00:00Z")
DAY_S: Final = 86_400.0
SMALLEST_BOLIDE_KT: Final = 1e-5  # of TNT: of those up to ten times as large one in twelve is just bright enough
# of 19,416 hot spots of one day (FIRMS) 114 lie wholly at sea, 13 of them more than 200 km from land (natural/fires.py)
FIRES_AT_SEA: Final = 0.01
FIRES_AT_SEA_FAR: Final = 0.1  # of those at sea
_FAR_KM: Final = 200.0
_GLINT_T_S: Final = 45.0
_GLINT_HEIGHT_M: Final = 11e3  # of `[[glint]]` where its story says none
Tables = Callable[[Mapping[str, Sensor], np.random.Generator], str | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of happening: how many a day, what share of them is played, for how long, and its tables."""

    name: str
    per_day: Callable[[Mapping[str, Sensor]], float]
    share: float
    seconds: float
    tables: Tables  # the story's tables; None: out of everybody's sight
    source: str
    together: int = 1  # so many in one story
    is_there: Callable[[Mapping[str, Sensor], str, int], bool] | None = None  # whether tables can be at an instant


def _radars(sensors: Mapping[str, Sensor]) -> list[Radar]:
    return [one for one in sensors.values() if isinstance(one, Radar) and isinstance(one.site, Site)]


def _watchers(sensors: Mapping[str, Sensor]) -> list[Infrared]:
    return [one for one in sensors.values() if isinstance(one, Infrared)]


@lru_cache(maxsize=1)
def natural_rates() -> Mapping[str, Mapping[str, Any]]:
    """The rows of `natural_rates.toml` by cause."""
    rows: list[dict[str, Any]] = tomllib.loads(table_text("natural_rates.toml"))["happening"]
    return {str(row["cause"]): row for row in rows}


def happening(cause: str, sensors: Mapping[str, Sensor]) -> float:
    """How many there are a day; none where no sensor of the kind is there that could see them."""
    row = natural_rates()[cause]
    count = len(_radars(sensors)) if row["each"] == "radar" else len(_watchers(sensors))
    return float(row["per_day"]) * (min(count, 1) if row["each"] == "scene" else count)


def _source(cause: str) -> str:
    return str(natural_rates()[cause]["source"])


def _somewhere(rng: np.random.Generator, lowest_deg: float = -90.0, highest_deg: float = 90.0) -> tuple[float, float]:
    """Even on the sphere between two latitudes."""
    sine = rng.uniform(sin(radians(lowest_deg)), sin(radians(highest_deg)))
    return degrees(np.arcsin(sine)), float(rng.uniform(-180.0, 180.0))


def _bolide(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    lat, lon = _somewhere(rng)
    kilotons = SMALLEST_BOLIDE_KT * (1.0 - rng.random()) ** (-1.0 / 0.9)
    return (
        f"[[bolide]]\nlat_deg = {lat:.3f}\nlon_deg = {lon:.3f}\nt_s = 45.0\n"
        f"radiated_j = {0.1 * 4.185e12 * kilotons:.6g}\n"
        f"speed_mps = {float(np.clip(rng.normal(18_500.0, 4_000.0), 11_500.0, 40_000.0)):.0f}\n"
    )


def _fire(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    at_sea = rng.random() < FIRES_AT_SEA
    lat, lon = _somewhere(rng, -40.0, 65.0)
    is_far = at_sea and rng.random() < FIRES_AT_SEA_FAR
    while is_land(lat, lon) == at_sea or (at_sea and (clear_of_land_km(lat, lon, _FAR_KM) >= _FAR_KM) != is_far):
        lat, lon = _somewhere(rng, -40.0, 65.0)
    return (
        f"[[fire]]\nlat_deg = {lat:.3f}\nlon_deg = {lon:.3f}\ngrow_s = 3600.0\nt_from_s = 15.0\n"
        "power_mw = { median = 100.0, log_sigma = 1.0 }\ncloud_every_s = 120.0\n"
    )


def _over_a_radar(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> tuple[float, float]:
    """A place within 1,500 km of one of the radars, on the side it looks to."""
    radars = _radars(sensors)
    radar = radars[int(rng.integers(len(radars)))]
    region, site = radar.region, radar.site
    width = (region.azimuth_max_rad - region.azimuth_min_rad) % (2 * np.pi) or 2 * np.pi
    azimuth = region.azimuth_min_rad + width * rng.random()
    away_deg = degrees(rng.uniform(200e3, 1_500e3) / 6.371e6)
    lat = float(np.clip(site.lat_deg + away_deg * cos(azimuth), -85.0, 85.0))  # type: ignore[union-attr]
    lon = site.lon_deg + away_deg * sin(azimuth) / max(cos(radians(lat)), 0.1)  # type: ignore[union-attr]
    return lat, float(lon)


def _orbit(table: str, height_km: str) -> Tables:
    def tables(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
        lat, lon = _over_a_radar(sensors, rng)
        unnamed = float(natural_rates()["satellite"]["unnamed"])  # new, or has moved
        known = "false" if rng.random() < unnamed else "true"
        return (
            f"[[{table}]]\nlat_deg = {lat:.3f}\nlon_deg = {lon:.3f}\nheight_km = {height_km}\n"
            f"heading_deg = {rng.uniform(0.0, 360.0):.1f}\nt_s = 45.0\nis_catalogued = {known}\n"
        )

    return tables


def _glint(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    watchers = _watchers(sensors)
    name = watchers[int(rng.integers(len(watchers)))].name
    return f'[[glint]]\nspecular_of = "{name}"\nt_s = {_GLINT_T_S}\nradius_km = 200.0\ncount = 2\n'


def _shines(sensors: Mapping[str, Sensor], tables: str, t_start_tai_ns: int) -> bool:
    """Whether the Sun then stands where a level mirror can show it to the watcher: at its night it does not."""
    (glint,) = tomllib.loads(tables)["glint"]
    t = t_start_tai_ns + round(_GLINT_T_S * NS_PER_S)
    watcher = next(one for one in _watchers(sensors) if one.name == glint["specular_of"])
    return specular_place(watcher.position_itrf_m(t), sun_position_itrf_m(t), _GLINT_HEIGHT_M) is not None


def _aircraft(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    lat, lon = _over_a_radar(sensors, rng)
    return f"[[aircraft]]\nlat_deg = {lat:.3f}\nlon_deg = {lon:.3f}\n"


def _aurora(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    return f"[[aurora]]\nkp = {rng.uniform(6.0, 9.0):.1f}\nrise_db = {rng.uniform(5.0, 15.0):.1f}\n"


def _sun_burst(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    return f"[[sun_burst]]\nflux_sfu = {1e5 * (1.0 - rng.random()) ** -0.8:.0f}\nt_start_s = 20.0\n"


def _outage(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    names = list(sensors)
    count = 1 + int(rng.random() < 0.3) * (len(names) - 1)  # three in ten are of what all share
    chosen = rng.permutation(names)[:count].tolist()
    quoted = ", ".join(f'"{name}"' for name in chosen)
    held = "true" if rng.random() < 0.3 else "false"
    return f"[[outage]]\nsensors = [{quoted}]\nt_start_s = 20.0\nt_end_s = 70.0\nis_held_back = {held}\n"


def _clock(sensors: Mapping[str, Sensor], rng: np.random.Generator) -> str | None:
    names = list(sensors)
    return (
        f'[[clock_drift]]\nsensor = "{names[int(rng.integers(len(names)))]}"\n'
        f"offset_s = {rng.normal(0.0, 1.0):.3f}\nt_start_s = 20.0\n"
    )


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        "bolide", lambda s: happening("bolide", s), 0.0125, 75.0, _bolide,
        _source("bolide"),
        together=4,
    ),
    Kind(
        "fire", lambda s: happening("fire-or-flare", s), 2e-4, 75.0, _fire,
        _source("fire-or-flare"),
        together=20,
    ),
    Kind(
        "satellite", lambda s: happening("satellite", s), 5e-5, 90.0, _orbit("satellite", "[350.0, 1400.0]"),
        _source("satellite"),
        together=8,
    ),
    Kind(
        "decaying-body", lambda s: happening("decaying-body", s), 0.1, 90.0, _orbit("decaying_body", "[125.0, 160.0]"),
        _source("decaying-body"),
    ),
    Kind(
        "glint", lambda s: happening("glint", s), 0.005, 75.0, _glint,
        _source("glint"),
        together=2, is_there=_shines,
    ),
    Kind(
        "aircraft", lambda s: happening("cruise-or-aircraft", s), 1e-3, 60.0, _aircraft,
        _source("cruise-or-aircraft"),
        together=8,
    ),
    Kind("aurora", lambda s: 0.16 if _radars(s) else 0.0, 1.0, 60.0, _aurora, "sixty days a year with Kp of 6 or more"),
    Kind(
        "solar-burst", lambda s: 0.003 if _radars(s) else 0.0, 1.0, 60.0, _sun_burst,
        "about one a year above 100,000 solar flux units (Nita et al. 2002, ApJ 570)",
    ),
    Kind(
        "outage", lambda s: 0.1 * len(s), 1.0, 100.0, _outage, "assumption: one in ten days for each sensor"
    ),
    Kind("clock", lambda s: 0.01 * len(s), 1.0, 75.0, _clock, "assumption: one in a hundred days for each sensor"),
)  # fmt: skip


def story_text(kind: Kind, sensors: Mapping[str, Sensor], day: int, rng: np.random.Generator) -> str | None:
    """A story without its sensors; None where what happened can be seen by nobody."""
    return stories_text(kind, sensors, day, 1, rng)


def stories_text(
    kind: Kind, sensors: Mapping[str, Sensor], day: int, count: int, rng: np.random.Generator
) -> str | None:
    """A story of so many at once, without its sensors; None where all of it can be seen by nobody."""
    found = [made for made in (kind.tables(sensors, rng) for _ in range(count)) if made is not None]
    if not found:
        return None
    t_start = FIRST_DAY_TAI_NS + round((day + rng.random()) * DAY_S * NS_PER_S)
    if kind.is_there is not None:
        found = [made for made in found if kind.is_there(sensors, made, t_start)]
        if not found:
            return None
    tables = "\n".join(found)
    head = f'title = "{kind.name}"\nt_start_utc = "{utc_text_from_tai_ns(t_start)}"\nseconds = {kind.seconds}\n'
    return f"{head}\n{tables}"
