"""`[[glint]]`: sunlight that high cloud, ice or water throws into a watcher's telescope as a mirror would.

Whether a patch shines is a matter of geometry, look by look: how far its surface must lean for Sun and watcher to be
each other's mirror image, and how many of its facets lean so far. Slopes are normal (Cox and Munk, Journal of the
Optical Society of America 44, 1954), the radiance is E R p / (4 cos(view) cos^4(lean)) with the reflectance R of a
smooth surface (Fresnel), and a patch of area A shines with that times A cos(view). Flat ice crystals in high cloud lean
by a degree, waves by ten.

Give the place, or `specular_of = "SENSOR"`: then it lies where a level mirror at `height_km` shows that sensor the Sun
at `t_s`; patches are strewn around by `radius_km`.
"""

from dataclasses import dataclass
from math import pi, radians
from typing import Any, Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.thing import Setting, Thing, ThingKind, ThingSpec, nowhere
from vedette.sensing import Infrared
from vedette.sensing.daylight import sun_position_itrf_m
from vedette.sensing.visibility import is_clear_of_earth

SUN_BAND_W_M2: Final = 5.0  # of sunlight within 0.2 micrometres at 2.7
REFRACTIVE_INDEX: Final = 1.25  # of water and ice there (Hale and Querry 1973; Warren and Brandt 2008), roughly


@dataclass(frozen=True, slots=True, eq=False)
class Glint:
    """One patch of mirror."""

    id: str
    t_start_tai_ns: int
    start_itrf_m: Vec3
    drift_itrf_mps: Vec3
    normal_itrf: Vec3
    area_m2: float
    slope_sigma: float
    flicker: float
    waves: Rows  # (k, 2) angular frequency and phase
    t_from_s: float
    t_until_s: float
    drawn: dict[str, float]
    cause: str = "glint"
    cloud_top_m: float = 0.0

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6) moving with the wind."""
        t = np.asarray(times_s, dtype=float)
        out = np.empty((len(t), 6))
        out[:, :3] = self.start_itrf_m + t[:, None] * self.drift_itrf_mps
        out[:, 3:] = self.drift_itrf_mps
        out[(t < self.t_from_s) | (t >= self.t_until_s)] = np.nan
        return out

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) zero: no radar sees it."""
        return nowhere(times_s)

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) by the geometry of each look; zero at night and from behind."""
        t = np.asarray(times_s, dtype=float)
        sun = sun_position_itrf_m(self.t_start_tai_ns + np.round(t * NS_PER_S).astype(np.int64))
        place = states_itrf[:, :3]
        shine = mirror_intensity_w_sr(place, self.normal_itrf, stands_itrf_m, sun, self.area_m2, self.slope_sigma)
        phase = self.waves[:, 0] * t[:, None] + self.waves[:, 1]
        swing = np.exp(self.flicker * np.sqrt(2.0 / len(self.waves)) * np.sum(np.sin(phase), axis=1))
        return np.nan_to_num(shine * swing)

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) False."""
        return np.zeros(np.shape(times_s), dtype=bool)

    def document(self) -> dict[str, Any]:
        """Where the mirror lies."""
        lat, lon, height = geodetic_from_itrf(self.start_itrf_m)
        return {"id": self.id, "cause": self.cause, "lat_deg": float(np.degrees(lat)),
                "lon_deg": float(np.degrees(lon)), "height_km": float(height) / 1e3, "drawn": self.drawn}  # fmt: skip


def mirror_intensity_w_sr(
    place_itrf_m: Vec3, normal_itrf: Vec3, stands_itrf_m: Vec3, sun_itrf_m: Vec3, area_m2: float, slope_sigma: float
) -> Scalar:
    """(n,) intensity in band of a rough mirror at (n, 3) towards a watcher at (n, 3), the Sun at (n, 3)."""
    to_sun, to_us = _unit(sun_itrf_m - place_itrf_m), _unit(stands_itrf_m - place_itrf_m)
    half = _unit(to_sun + to_us)
    lean = np.clip(np.sum(half * normal_itrf, axis=-1), 1e-6, 1.0)  # cosine of what a facet must lean by
    view, lit = np.sum(to_us * normal_itrf, axis=-1), np.sum(to_sun * normal_itrf, axis=-1)
    slope2 = 1.0 / lean**2 - 1.0
    chance = np.exp(-slope2 / slope_sigma**2) / (pi * slope_sigma**2)
    reflected = _fresnel(np.sum(half * to_sun, axis=-1))
    shine = SUN_BAND_W_M2 * reflected * chance * area_m2 / (4.0 * lean**4)
    is_lit = is_clear_of_earth(place_itrf_m, sun_itrf_m)
    return np.where((view > 0.0) & (lit > 0.0) & is_lit, shine, 0.0)


def specular_place(stand_itrf_m: Vec3, sun_itrf_m: Vec3, height_m: float) -> Vec3 | None:
    """(3,) where a level mirror at a height shows a watcher the Sun; None where there is no such place.

    On the sphere of the Earth's mean radius and that height, in the plane of watcher, Earth and Sun, by halving.
    """
    up_us, up_sun = _unit(stand_itrf_m), _unit(sun_itrf_m)
    across = up_sun - np.dot(up_sun, up_us) * up_us
    size = float(np.linalg.norm(across))
    if size < 1e-9:
        return None
    across /= size
    radius_m = 6_371e3 + height_m

    def surplus(angle: float) -> float:
        up = np.cos(angle) * up_us + np.sin(angle) * across
        place = radius_m * up
        to_us, to_sun = _unit(stand_itrf_m - place), _unit(sun_itrf_m - place)
        return float(np.arccos(np.clip(up @ to_us, -1, 1)) - np.arccos(np.clip(up @ to_sun, -1, 1)))

    low, high = 0.0, float(np.arccos(np.clip(up_us @ up_sun, -1.0, 1.0)))
    if surplus(low) > 0.0 or surplus(high) < 0.0:
        return None
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if surplus(middle) > 0.0 else (middle, high)
    up = np.cos(low) * up_us + np.sin(low) * across
    if up @ _unit(stand_itrf_m - radius_m * up) <= 0.0:
        return None
    lat, lon, _ = geodetic_from_itrf(radius_m * up)
    return itrf_from_geodetic(lat, lon, height_m)


def _unit(v: Vec3) -> Vec3:
    return np.asarray(v / np.linalg.norm(v, axis=-1, keepdims=True))


def _fresnel(cosine: Scalar) -> Scalar:
    """(n,) share of unpolarised light that a smooth surface throws back at an angle of incidence."""
    c = np.clip(cosine, 0.0, 1.0)
    g = np.sqrt(REFRACTIVE_INDEX**2 - 1.0 + c * c)
    upright = (c - g) / (c + g)
    flat = (g - REFRACTIVE_INDEX**2 * c) / (g + REFRACTIVE_INDEX**2 * c)
    return np.asarray(0.5 * (upright**2 + flat**2))


def _build(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
    made: list[Thing] = []
    named = str(spec.options["specular_of"])
    for number in range(spec.count):
        d = spec.drawn(rng)
        lat, lon = radians(d["lat_deg"]), radians(d["lon_deg"])
        if named:
            lat, lon = _mirror_place(named, d, setting, spec.id)
        away_m = 1e3 * d["radius_km"] * np.sqrt(rng.random())
        round_rad = rng.uniform(0.0, 2.0 * pi)
        axes = enu_from_itrf_matrix(lat, lon)
        middle = itrf_from_geodetic(lat, lon, d["height_km"] * 1e3)
        shifted = middle + away_m * np.array([np.sin(round_rad), np.cos(round_rad), 0.0]) @ axes
        own_lat, own_lon, _ = geodetic_from_itrf(shifted)
        place = itrf_from_geodetic(own_lat, own_lon, d["height_km"] * 1e3)
        axes = enu_from_itrf_matrix(own_lat, own_lon)
        lean = np.tan(np.radians(d["lean_deg"])) * rng.standard_normal(2)
        normal = _unit(np.array([lean[0], lean[1], 1.0]) @ axes)
        wind = radians(d["wind_toward_deg"])
        drift = d["wind_mps"] * np.array([np.sin(wind), np.cos(wind), 0.0]) @ axes
        waves = np.column_stack([2.0 * pi / rng.uniform(3.0, 40.0, 5), rng.uniform(0.0, 2.0 * pi, 5)])
        name = spec.id if spec.count == 1 else f"{spec.id}-{number + 1:03d}"
        made.append(
            Glint(
                name, setting.t_start_tai_ns, place - d["t_s"] * drift, drift, normal, d["area_km2"] * 1e6,
                np.tan(radians(d["slope_deg"])), d["flicker"], waves, d["t_from_s"], d["t_until_s"], d,
            )
        )  # fmt: skip
    return tuple(made)


def _mirror_place(name: str, d: dict[str, float], setting: Setting, where: str) -> tuple[float, float]:
    sensor = setting.sensors.get(name)
    if not isinstance(sensor, Infrared):
        raise BadInputError(f"specular_of = {name!r} is no infrared watcher of the story", where)
    t_ns = setting.t_start_tai_ns + round(d["t_s"] * NS_PER_S)
    found = specular_place(sensor.position_itrf_m(t_ns), sun_position_itrf_m(t_ns), d["height_km"] * 1e3)
    if found is None:
        raise BadInputError(f"no level mirror shows {name} the Sun then", where, "choose another hour or sensor")
    lat, lon, _ = geodetic_from_itrf(found)
    return float(lat), float(lon)


GLINT = ThingKind(
    "glint",
    {
        "t_s": fixed(0.0),
        "lat_deg": fixed(0.0),
        "lon_deg": fixed(0.0),
        "height_km": Draw("normal", 10.0, 1.0),
        "radius_km": fixed(0.0),
        "area_km2": Draw("log-normal", 1.0, 0.5),
        "slope_deg": fixed(1.5),  # of its facets, about its own lean; ten for a rough sea
        "lean_deg": fixed(0.5),
        "wind_mps": Draw("normal", 20.0, 8.0),
        "wind_toward_deg": Draw("normal", 90.0, 20.0),
        "flicker": fixed(0.25),
        "t_from_s": fixed(-1e9),
        "t_until_s": fixed(1e9),
    },
    {"specular_of": ""},
    _build,
)
