"""Noise that nobody makes: the Sun, the aurora, the Galaxy.

What a radar calls jamming is most often one of these. On 23 May 1967 the Sun stood in the fields of view of three
warning radars at once, burst, and all three were reported jammed (Knipp et al. 2016, *Space Weather* 14, 614-633).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Scalar, Vec3
from vedette.frames import (
    EarthOrientation,
    azel_range_from_enu,
    enu_from_azel_range,
    enu_from_itrf,
    itrf_from_enu,
    itrf_from_gcrf_matrix,
    refracted_from_true,
    sun_position_gcrf_m,
)
from vedette.sensing.noise_sources import Noise
from vedette.sensing.radio_receiver import Receiver
from vedette.sensing.site import Site

SOLAR_FLUX_UNIT_W_M2_HZ: Final = 1e-22
# The Sun without spots, rounded (Benz 2009, Landolt-Boernstein VI/4B 4.1.1.6; 10.7 cm: the long-term minimum of the
# Penticton series, 67 units). A spotted Sun shines two to four times as much; a burst is the story's own figure.
_QUIET_MHZ: Final = np.array([100.0, 200.0, 300.0, 400.0, 600.0, 1000.0, 1500.0, 2800.0, 5000.0, 10_000.0])
_QUIET_SFU: Final = np.array([2.5, 8.0, 15.0, 21.0, 32.0, 42.0, 50.0, 67.0, 100.0, 275.0])
GREAT_BURST_SFU: Final = 373_000.0  # 606 MHz on 23 May 1967 (Knipp et al. 2016); 1e6 at 1.4 GHz on 6 December 2006
SUN_RADIUS_RAD: Final = np.radians(0.27)

# Geomagnetic dipole of 2020 (IGRF-13): the pole in the north
_DIPOLE_LAT_RAD: Final = np.radians(80.65)
_DIPOLE_LON_RAD: Final = np.radians(-72.68)
AURORA_HEIGHTS_M: Final = (100e3, 120e3)  # where electron streams make radio echoes: the E region
ASPECT_LIMIT_RAD: Final = np.radians(8.0)  # how far from square to the magnetic field echoes still come from
OVAL_WIDTH_DEG: Final = 8.0


def quiet_sun_sfu(frequency_mhz: Scalar | float) -> Scalar:
    """(...) flux of the Sun without spots in solar flux units, interpolated in logarithms; good to a half."""
    f = np.log(np.asarray(frequency_mhz, dtype=float))
    x, y = np.log(_QUIET_MHZ), np.log(_QUIET_SFU)
    inside = np.interp(f, x, y)
    low, high = (y[1] - y[0]) / (x[1] - x[0]), (y[-1] - y[-2]) / (x[-1] - x[-2])
    return np.exp(inside + np.minimum(f - x[0], 0.0) * low + np.maximum(f - x[-1], 0.0) * high)


def sun_direction(
    site: Site, t_tai_ns: Ints | int, orientation: EarthOrientation | None = None
) -> tuple[Scalar, Scalar]:
    """Azimuth and true elevation (...) of the Sun's middle at a site, negative below the horizon.

    Trust: 0.01 degree (no aberration; parallax included).
    """
    table = orientation or EarthOrientation.packaged()
    sun_itrf = np.einsum("...ij,...j->...i", itrf_from_gcrf_matrix(t_tai_ns, table), sun_position_gcrf_m(t_tai_ns))
    azimuth, elevation, _ = azel_range_from_enu(enu_from_itrf(sun_itrf, site.position_itrf_m))
    return azimuth, elevation


def noise_of_sun(
    site: Site,
    receiver: Receiver,
    t_tai_ns: int,
    flux_sfu: float | None = None,
    orientation: EarthOrientation | None = None,
) -> Noise:
    """The Sun as a source, if it is up: half of its flux, an antenna takes one polarisation (ITU-R P.372, sec. 6).

    `flux_sfu` at the radar's frequency; None is the quiet Sun.
    """
    azimuth, elevation = sun_direction(site, t_tai_ns, orientation)
    bent, _ = refracted_from_true(elevation, 1.5e11, site.height_m)
    if float(bent) < 0.0:
        return Noise(np.empty(0), np.empty(0), np.empty(0))
    flux = float(quiet_sun_sfu(receiver.frequency_mhz)) if flux_sfu is None else flux_sfu
    half = 0.5 * flux * SOLAR_FLUX_UNIT_W_M2_HZ
    return Noise(np.array([float(azimuth)]), np.array([float(bent)]), np.array([half]), ("Sun",))


def galactic_noise_k(frequency_mhz: float) -> float:
    """Mean temperature of the Galaxy's noise, by `Fam = 52 - 23 log10 f` (ITU-R P.372-16, sec. 6): 47 K at 400 MHz."""
    return float(290.0 * 10.0 ** ((52.0 - 23.0 * np.log10(frequency_mhz)) / 10.0))


def geomagnetic_latitude_deg(position_itrf_m: Vec3) -> Scalar:
    """(...) latitude about the dipole's axis."""
    up = np.asarray(position_itrf_m, dtype=float)
    return np.degrees(np.arcsin(up @ _dipole_axis() / np.linalg.norm(up, axis=-1)))


def auroral_edge_deg(kp: float) -> float:
    """Lowest geomagnetic latitude of the oval at midnight for a planetary index `kp`: 66.5 at 0, 48.1 at 9.

    The straight line through the table that NOAA's Space Weather Prediction Center gives aurora watchers.
    """
    if not 0.0 <= kp <= 9.0:
        raise UsageError(f"kp = {kp} is no planetary index; it runs from 0 to 9")
    return 66.5 - (66.5 - 48.1) / 9.0 * kp


@dataclass(frozen=True, slots=True, eq=False)
class AuroralSky:
    """Where in a site's sky aurora can echo: an elevation span for each azimuth of a grid, NaN where none."""

    azimuth_rad: Scalar  # (n,) middles of the grid
    elevation_min_rad: Scalar  # (n,)
    elevation_max_rad: Scalar  # (n,)

    @property
    def is_possible(self) -> Bools:
        """(n,)"""
        return np.isfinite(self.elevation_min_rad)

    @property
    def share(self) -> float:
        """Of the horizon that aurora may stand over."""
        return float(np.mean(self.is_possible))

    def span_at(self, azimuth_rad: float) -> tuple[float, float] | None:
        """Elevations from which aurora may be heard at an azimuth; None where it cannot."""
        turn = (self.azimuth_rad - azimuth_rad + np.pi) % (2.0 * np.pi) - np.pi
        i = int(np.argmin(np.abs(turn)))
        if not self.is_possible[i]:
            return None
        return float(self.elevation_min_rad[i]), float(self.elevation_max_rad[i])


def auroral_sky(site: Site, kp: float, steps: int = 120) -> AuroralSky:
    """Directions in which a site may hear aurora: over the oval, 100 to 120 km high, square to the magnetic field.

    Echoes come back from streams of electrons aligned with the field, so only where the line of sight meets it within
    some 8 degrees of a right angle (Hunsucker and Hargreaves, *The High-Latitude Ionosphere*, ch. 6). The field is the
    dipole of IGRF-13, whose direction differs from the true field's by some degrees; the oval is the whole ring.
    """
    azimuth = (np.arange(steps) + 0.5) * 2.0 * np.pi / steps
    elevation = np.radians(np.arange(0.0, 60.0, 1.0))
    az, el = np.meshgrid(azimuth, elevation, indexing="ij")
    possible = np.zeros(az.shape, dtype=bool)
    here = site.position_itrf_m
    radius = float(np.linalg.norm(here))
    axis = _dipole_axis()
    for height_m in AURORA_HEIGHTS_M:
        top = radius + height_m - site.height_m
        reach = -radius * np.sin(el) + np.sqrt(top**2 - (radius * np.cos(el)) ** 2)
        place = itrf_from_enu(enu_from_azel_range(az, el, reach), here)
        ray = place - here
        ray = ray / np.linalg.norm(ray, axis=-1, keepdims=True)
        up = place / np.linalg.norm(place, axis=-1, keepdims=True)
        field = 3.0 * (up @ axis)[..., None] * up - axis
        field = field / np.linalg.norm(field, axis=-1, keepdims=True)
        off_square = np.abs(np.arcsin(np.clip(np.sum(ray * field, axis=-1), -1.0, 1.0)))
        latitude = np.abs(geomagnetic_latitude_deg(place))
        edge = auroral_edge_deg(kp)
        possible |= (latitude >= edge) & (latitude <= edge + OVAL_WIDTH_DEG) & (off_square <= ASPECT_LIMIT_RAD)
    low = np.where(possible, el, np.inf).min(axis=1)
    high = np.where(possible, el, -np.inf).max(axis=1)
    there = possible.any(axis=1)
    return AuroralSky(azimuth, np.where(there, low, np.nan), np.where(there, high, np.nan))


def draw_aurora(sky: AuroralSky, receiver: Receiver, rise_db: float, patches: int, rng: np.random.Generator) -> Noise:
    """Some bright patches of one look, anywhere that the sky allows; each raises its own beam by `rise_db` at the most.

    How strong an echo is depends on the storm and the radar's power; that is the story's own figure.
    """
    able = np.flatnonzero(sky.is_possible)
    if len(able) == 0:
        return Noise(np.empty(0), np.empty(0), np.empty(0))
    which = rng.choice(able, size=patches)
    step = 2.0 * np.pi / len(sky.azimuth_rad)
    azimuth = (sky.azimuth_rad[which] + step * (rng.random(patches) - 0.5)) % (2.0 * np.pi)
    low, high = sky.elevation_min_rad[which], sky.elevation_max_rad[which]
    elevation = low + (high - low) * rng.random(patches)
    rise = 10.0 ** (rise_db * rng.uniform(0.5, 1.0, patches) / 10.0)
    flux = (rise - 1.0) * receiver.noise_w_hz / float(receiver.area_m2(0.0, 0.0))
    return Noise(azimuth, elevation, flux, ("aurora",) * patches)


def _dipole_axis() -> Vec3:
    level = np.cos(_DIPOLE_LAT_RAD)
    return np.array([level * np.cos(_DIPOLE_LON_RAD), level * np.sin(_DIPOLE_LON_RAD), np.sin(_DIPOLE_LAT_RAD)])
