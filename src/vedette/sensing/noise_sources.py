"""Noise from outside, as one radar hears it: emitters, the Sun, aurora; what it does to the floor and to detection.

Every source is a direction and a spectral flux density at the antenna (W/m2/Hz). What enters the receiver is that
times the antenna's effective area towards it, so that a source in the main beam is heard some tens of decibels more
loudly than through the side lobes. Described only as far as a sensor's own reports show it; nothing here acts.

Sources: radar equation with a noise source (Skolnik, *Introduction to Radar Systems*, 3rd ed., sec. 2 and 9; Barton,
*Radar Equations for Modern Radar*, ch. 5): one-way path, so noise falls with the square of range and an echo with the
fourth; radio horizon by 4/3 of the Earth's radius (ITU-R P.834); detection probability by Swerling's first case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import RadioAtmosphere, azel_range_from_enu, enu_from_itrf, itrf_from_enu, refracted_from_true
from vedette.sensing.detection import snr_from_range, swerling1_detection_probability
from vedette.sensing.radar import Radar
from vedette.sensing.radio_receiver import Receiver
from vedette.sensing.site import Site

EARTH_RADIUS_M = 6_371_000.0
EFFECTIVE_RADIUS_M = 4.0 / 3.0 * EARTH_RADIUS_M  # over which a ray in average air is straight


@dataclass(frozen=True, slots=True)
class Emitter:
    """A source of radio noise at a place: effective radiated power density towards the radars, and its band.

    `power_density_w_mhz` is the radiated power per megahertz times the emitting antenna's gain. Times are seconds on
    whatever clock the caller uses; velocity is level, in metres per second towards east and north.
    """

    site: Site
    power_density_w_mhz: float
    frequency_min_mhz: float = 0.0
    frequency_max_mhz: float = inf
    east_mps: float = 0.0
    north_mps: float = 0.0
    t_start_s: float = -inf
    t_end_s: float = inf

    def __post_init__(self) -> None:
        if not self.power_density_w_mhz > 0:
            raise UsageError(f"emitter: power_density_w_mhz = {self.power_density_w_mhz} must be positive")
        if not self.frequency_min_mhz < self.frequency_max_mhz or not self.t_start_s < self.t_end_s:
            raise UsageError("emitter: its band or its time is empty; give min < max and start < end")

    def position_itrf_m(self, t_s: Scalar | float) -> Vec3:
        """(..., 3) where it is; it keeps its height above the place it started from."""
        t = np.asarray(t_s, dtype=float)
        east, north = self.east_mps * t, self.north_mps * t
        drop = (east**2 + north**2) / (2.0 * EARTH_RADIUS_M)  # the level falls away from the tangent plane
        return itrf_from_enu(np.stack([east, north, -drop], axis=-1), self.site.position_itrf_m)

    def is_on(self, t_s: Scalar | float, frequency_mhz: float) -> Bools:
        """(...) whether it radiates then, and in that channel."""
        t = np.asarray(t_s, dtype=float)
        in_band = self.frequency_min_mhz <= frequency_mhz <= self.frequency_max_mhz
        return (t >= self.t_start_s) & (t < self.t_end_s) & in_band


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """k sources as one antenna meets them."""

    azimuth_rad: Scalar  # (k,)
    elevation_rad: Scalar  # (k,) as it arrives, bent by the air
    flux_w_m2_hz: Scalar  # (k,)
    words: tuple[str, ...] = ()  # (k,) what each is

    def __len__(self) -> int:
        return len(self.azimuth_rad)

    def joined(self, other: "Noise") -> "Noise":
        """These sources and then the other's."""
        return Noise(
            np.concatenate([self.azimuth_rad, other.azimuth_rad]),
            np.concatenate([self.elevation_rad, other.elevation_rad]),
            np.concatenate([self.flux_w_m2_hz, other.flux_w_m2_hz]),
            (*self.words, *other.words),
        )


NO_NOISE = Noise(np.empty(0), np.empty(0), np.empty(0))


def noise_of_emitters(
    emitters: Sequence[Emitter], site: Site, receiver: Receiver, t_s: float, refractivity: float = 315.0
) -> Noise:
    """What reaches a site from emitters that radiate then in its channel and stand above its radio horizon."""
    azimuths, elevations, fluxes, words = [], [], [], []
    for number, emitter in enumerate(emitters):
        if not bool(emitter.is_on(t_s, receiver.frequency_mhz)):
            continue
        place = emitter.position_itrf_m(t_s)
        azimuth, elevation, range_m = direction_of(site, place)
        if not bool(is_above_radio_horizon(site, place)):
            continue
        bent, _ = refracted_from_true(elevation, range_m, site.height_m, RadioAtmosphere(refractivity))
        azimuths.append(float(azimuth))
        elevations.append(float(bent))
        fluxes.append(emitter.power_density_w_mhz * 1e-6 / (4.0 * np.pi * float(range_m) ** 2))
        words.append(f"emitter {number + 1}")
    return Noise(np.array(azimuths), np.array(elevations), np.array(fluxes), tuple(words))


def standing(radar: Radar) -> Site:
    """Where a radar that does not move stands; `UsageError` for one that does."""
    if not isinstance(radar.site, Site):
        raise UsageError(f"{radar.name} moves; noise is worked out for radars that stand still")
    return radar.site


def direction_of(site: Site, position_itrf_m: Vec3) -> tuple[Scalar, Scalar, Scalar]:
    """Geometric azimuth, elevation and range (...) of places (..., 3) from a site."""
    return azel_range_from_enu(enu_from_itrf(position_itrf_m, site.position_itrf_m))


def is_above_radio_horizon(site: Site, position_itrf_m: Vec3, antenna_height_m: float = 20.0) -> Bools:
    """(...) whether a ray in average air joins a site's antenna and a place without touching the ground.

    Distance along the ground against the sum of both horizons, sqrt(2 k a h) each, with k = 4/3 (ITU-R P.834). What
    bends round the Earth behind the horizon (diffraction, ducts) is left out: a weak source may be heard from farther.
    """
    up = np.asarray(position_itrf_m, dtype=float)
    here = site.position_itrf_m
    height_m = np.maximum(np.linalg.norm(up, axis=-1) - _radius_m(up), 0.0)
    own_m = max(float(np.linalg.norm(here) - _radius_m(here)), 0.0) + antenna_height_m
    cross = np.linalg.norm(np.cross(up, here), axis=-1)
    ground_m = EARTH_RADIUS_M * np.arctan2(cross, np.sum(up * here, axis=-1))
    reach = np.sqrt(2.0 * EFFECTIVE_RADIUS_M * height_m) + np.sqrt(2.0 * EFFECTIVE_RADIUS_M * own_m)
    # above the air the straight line decides: 4/3 of the Earth is for rays that stay in it
    straight = EARTH_RADIUS_M * np.arccos(EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m))
    return ground_m <= np.where(height_m > 50e3, straight, reach)


def noise_rise(receiver: Receiver, noise: Noise, azimuth_rad: Scalar | float, elevation_rad: Scalar | float) -> Scalar:
    """(...) noise over the receiver's own, a power ratio >= 1, when the beam looks in directions (...)."""
    azimuth, elevation = np.broadcast_arrays(np.asarray(azimuth_rad, float), np.asarray(elevation_rad, float))
    if len(noise) == 0:
        return np.ones(azimuth.shape)
    off_azimuth, off_elevation = _offsets(azimuth[..., None], elevation[..., None], noise)
    heard_w_hz = np.sum(noise.flux_w_m2_hz * receiver.area_m2(off_azimuth, off_elevation), axis=-1)
    return 1.0 + heard_w_hz / receiver.noise_w_hz


def floor_rise(receiver: Receiver, noise: Noise) -> float:
    """Noise over the receiver's own in beams that look elsewhere: what comes in by the side lobes, a power ratio."""
    area = float(receiver.area_m2(np.pi, np.pi))
    return 1.0 + float(np.sum(noise.flux_w_m2_hz)) * area / receiver.noise_w_hz


@dataclass(frozen=True, slots=True, eq=False)
class Strobes:
    """Directions from which a radar hears noise: values and one sigmas, (s,) each."""

    azimuth_rad: Scalar
    elevation_rad: Scalar  # NaN where the radar does not measure it
    noise_rise_db: Scalar
    azimuth_sigma_rad: Scalar
    elevation_sigma_rad: Scalar
    noise_rise_sigma_db: Scalar

    def __len__(self) -> int:
        return len(self.azimuth_rad)

    @property
    def values(self) -> Rows:
        """(s, 3) columns of a scan of kind STROBE."""
        return np.column_stack([self.azimuth_rad, self.elevation_rad, self.noise_rise_db])

    @property
    def sigmas(self) -> Rows:
        """(s, 3)"""
        return np.column_stack([self.azimuth_sigma_rad, self.elevation_sigma_rad, self.noise_rise_sigma_db])


def strobes_heard(receiver: Receiver, noise: Noise) -> Strobes:
    """Noiseless strobes: the sources whose main-beam noise passes the threshold, neighbours within a beam as one.

    The direction's sigma is that of a beam split by a signal `rise` times the noise (Skolnik 3rd ed., sec. 6.3), and
    never better than a thirtieth of the beam; the level is known to 0.5 dB.
    """
    rise = noise_rise(receiver, noise, noise.azimuth_rad, noise.elevation_rad)
    wide, high = receiver.beam_rad
    order = np.argsort(-rise, kind="stable")
    kept: list[int] = []
    floor = floor_rise(receiver, noise)
    for i in order:
        # a strobe stands out over the floor that the side lobes leave everywhere
        if 10.0 * np.log10(rise[i] / floor) < receiver.strobe_threshold_db:
            break
        off_azimuth, off_elevation = _offsets(noise.azimuth_rad[kept], noise.elevation_rad[kept], noise, int(i))
        if not np.any((off_azimuth / wide) ** 2 + (off_elevation / high) ** 2 < 1.0):
            kept.append(int(i))
    chosen = np.array(kept, dtype=np.int64)
    share = 1.0 / (1.6 * np.sqrt(2.0 * np.maximum(rise[chosen] - 1.0, 0.1)))
    share = np.clip(share, 1.0 / 30.0, 1.0 / 3.0)
    elevation = noise.elevation_rad[chosen]
    return Strobes(
        noise.azimuth_rad[chosen],
        elevation if receiver.measures_elevation else np.full(len(chosen), np.nan),
        10.0 * np.log10(rise[chosen]),
        wide * share / np.maximum(np.cos(elevation), 0.05),
        high * share if receiver.measures_elevation else np.full(len(chosen), np.nan),
        np.full(len(chosen), 0.5),
    )


def sigma_factor(rise: Scalar | float) -> Scalar:
    """How much a measurement's noise grows: with the square root of the noise power (Skolnik 3rd ed., ch. 6)."""
    return np.sqrt(np.asarray(rise, dtype=float))


def detection_probability_in_noise(
    radar: Radar, range_m: Scalar | float, rcs_m2: Scalar | float, rise: Scalar | float
) -> Scalar:
    """(...) chance that a look finds an object when the noise is `rise` times its usual power.

    A radar that states only a detection probability is taken at the signal that gives it in Swerling's first case.
    """
    range_m, rise = np.broadcast_arrays(np.asarray(range_m, dtype=float), np.asarray(rise, dtype=float))
    plain = radar.detection_probability_of(range_m, rcs_m2)
    if np.all(rise <= 1.0):
        return plain
    if radar.range_1m2_km is not None:
        snr = snr_from_range(range_m, rcs_m2, radar.range_1m2_km * 1e3) / rise
        return radar.detection_probability * swerling1_detection_probability(snr, radar.false_alarm_probability)
    return np.minimum(plain, lowered_probability(plain, rise, radar.false_alarm_probability))


def lowered_probability(
    probability: Scalar | float, rise: Scalar | float, false_alarm_probability: float = 1e-6
) -> Scalar:
    """(...) a Swerling-1 detection probability after the noise has risen and the threshold with it.

    From `Pd = Pfa^(1 / (1 + S))`: S = ln Pfa / ln Pd - 1, divided by the rise.
    """
    sure = np.clip(np.asarray(probability, dtype=float), false_alarm_probability, 1.0 - 1e-9)
    snr = np.maximum(np.log(false_alarm_probability) / np.log(sure) - 1.0, 0.0)
    return swerling1_detection_probability(snr / np.maximum(rise, 1.0), false_alarm_probability)


@dataclass(frozen=True, slots=True)
class Repeater:
    """False returns from an emitter that answers a radar's pulses: echoes along its own bearing at wrong ranges.

    `returns_per_look` is their mean number, Poisson. With `pull_mps` they move together, away from the emitter, and
    start over after `span_km`; without, they stand anywhere within the span behind it.
    """

    emitter: Emitter
    returns_per_look: float = 2.0
    span_km: float = 300.0
    pull_mps: float | None = None

    def draw_ranges_m(self, range_m: float, t_s: float, rng: np.random.Generator) -> Scalar:
        """(n,) ranges of one look's false returns; the emitter stands at `range_m`."""
        count = int(rng.poisson(self.returns_per_look))
        if self.pull_mps is None:
            return range_m + 1e3 * self.span_km * rng.random(count)
        slots = 1e3 * self.span_km * np.arange(count) / max(count, 1)
        return range_m + (slots + self.pull_mps * t_s) % (1e3 * self.span_km)


def _offsets(
    azimuth_rad: Scalar, elevation_rad: Scalar, noise: Noise, only: int | None = None
) -> tuple[Scalar, Scalar]:
    """Angles on the sky between look directions and sources: across (by the cosine of elevation) and up."""
    source_az = noise.azimuth_rad if only is None else noise.azimuth_rad[only]
    source_el = noise.elevation_rad if only is None else noise.elevation_rad[only]
    turn = (source_az - azimuth_rad + np.pi) % (2.0 * np.pi) - np.pi
    return turn * np.cos(0.5 * (elevation_rad + source_el)), source_el - elevation_rad


def _radius_m(position_itrf_m: Vec3) -> Scalar:
    """Distance of the WGS 84 surface from the centre, in the direction of a place."""
    unit = position_itrf_m / np.linalg.norm(position_itrf_m, axis=-1, keepdims=True)
    a, b = 6_378_137.0, 6_356_752.3142
    return 1.0 / np.sqrt((1.0 - unit[..., 2] ** 2) / a**2 + unit[..., 2] ** 2 / b**2)
