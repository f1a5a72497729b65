"""What each sensor hands in: detections with noise and bias, clutter, looks that were lost, and late arrival.

One scan a look, empty ones too: a sensor that looked and saw nothing has said something. Noise, bias, fading and
clutter come from one generator per sensor, so that taking a sensor out of a story changes no other sensor's reports.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.core.constants import NS_PER_S, WGS84_A_M
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.frames import (
    RadioAtmosphere,
    geodetic_from_itrf,
    itrf_from_geodetic,
    refracted_from_true,
    true_from_refracted,
)
from vedette.reports import Mode, Scan, SensorKind
from vedette.scenario.disturbance import NoisyLooks
from vedette.scenario.flight import Flight
from vedette.sensing import (
    Infrared,
    Radar,
    Sensor,
    detection_probability_in_noise,
    in_region,
    los_from_itrf,
    sigma_factor,
    tangent_basis,
)
from vedette.sensing.plume import plume_intensity_w_sr, transmission
from vedette.sensing.visibility import is_clear_of_earth, sensor_zenith_cosine

CLUTTER_RANGE_RATE_MPS: Final = 4_000.0
LATENCY_JITTER: Final = 0.3  # that share of the stated mean latency is exponential, the rest is constant


@dataclass(frozen=True, slots=True)
class Luck:
    """One sensor's constants for one seed: its errors, the phase of its looks, the air above it."""

    biases: tuple[float, float, float]  # radar: azimuth rad, elevation rad, range m; infrared: two angles rad, 0
    clock_s: float  # reported minus true time
    phase_s: float
    refractivity: float
    offset_itrf_m: tuple[float, float, float] = (0.0, 0.0, 0.0)  # where a platform believes itself less where it is


def draw_luck(sensor: Sensor, refractivity: float, rng: np.random.Generator) -> Luck:
    """The constants of one sensor; four normal numbers from the generator, and three more for one that moves."""
    a, b, c, d = rng.standard_normal(4)
    phase_s = float(rng.random()) * sensor.revisit_s
    sigmas = np.zeros(3)
    own = sensor.residual_bias_sigmas[:3]
    sigmas[: len(own)] = own
    biases = (float(a * sigmas[0]), float(b * sigmas[1]), float(c * sigmas[2]))
    clock_s = float(d * sensor.clock_bias_sigma_s)
    if sensor.position_sigma_m == 0.0:
        return Luck(biases, clock_s, phase_s, refractivity)
    x, y, z = (float(part) for part in sensor.position_sigma_m * rng.standard_normal(3))
    return Luck(biases, clock_s, phase_s, refractivity, (x, y, z))


def look_times_s(sensor: Sensor, luck: Luck, seconds: float) -> Scalar:
    """When the sensor looks, seconds after the story's start."""
    return np.arange(luck.phase_s, seconds, sensor.revisit_s)


def radar_scans(
    radar: Radar,
    luck: Luck,
    flights: tuple[Flight, ...],
    states_itrf: Rows,
    times_s: Scalar,
    t_start_tai_ns: int,
    missed: float,
    rng: np.random.Generator,
    noisy: NoisyLooks | None = None,
    extra: list[Rows] | None = None,
) -> list[Scan]:
    """Scans of a radar at looks `times_s` (n,) of flights in states (flights, n, 6); NaN states are not there.

    In noise, echoes are missed more often, measured less well, and joined by false ones. `extra` are rows (looks,) of
    what else is there.
    """
    n = len(times_s)
    values = np.full((len(flights), n, 4), np.nan)
    there = np.all(np.isfinite(states_itrf), axis=-1)
    values[there] = radar.measure(states_itrf[there])
    seen = there & in_region(values, radar.region)
    rise = np.ones((len(flights), n))
    if noisy is not None and len(flights):
        for look in range(n):
            rise[:, look] = noisy.rise(look, np.nan_to_num(values[:, look]))
    for row, flight in enumerate(flights):
        up = flight.t_liftoff_s < times_s
        chance = radar.detection_probability_of(np.where(seen[row], values[row, :, 2], 1.0), flight.drawn["rcs_m2"])
        if noisy is not None:
            reach = np.where(seen[row], values[row, :, 2], 1.0)
            chance = detection_probability_in_noise(radar, reach, flight.drawn["rcs_m2"], rise[row])
        seen[row] &= up & (rng.random(n) < chance)
    # with a frequency, rays that are low in the air are the worse for it, and the radar says so
    spread = radar.sigmas if radar.frequency_mhz is None else radar.sigmas_at(values)
    error = rng.standard_normal((len(flights), n, 4)) * np.nan_to_num(spread)
    values[seen, 1], values[seen, 2] = through_the_air(radar, luck, values[seen, 1], values[seen, 2])
    error *= sigma_factor(rise)[..., None]
    error[..., :3] += np.array(luck.biases)
    reported = values + error
    reported[..., 0] %= 2 * np.pi
    if radar.range_rate_sigma_mps is None:
        reported[..., 3] = np.nan
    clutter = [radar_clutter(radar, int(count), rng) for count in rng.poisson(radar.false_alarms_per_look, n)]
    rows = [np.concatenate([reported[seen[:, look], look], clutter[look]]) for look in range(n)]
    rows = rows if extra is None else [np.concatenate(both) for both in zip(rows, extra, strict=True)]
    if noisy is None:
        own = radar.sigmas if radar.frequency_mhz is None else [radar.sigmas_at(values) for values in rows]
        return scans_of_rows(radar, SensorKind.RADAR, luck, rows, own, times_s, t_start_tai_ns, missed, None, rng)
    rows = [np.concatenate([rows[look], noisy.false_values[look]]) for look in range(n)]
    # a radar knows its noise, and states the sigmas that go with it
    sigmas = [
        radar.sigmas * sigma_factor(np.concatenate([rise[seen[:, look], look], noisy.rise(look, rest)]))[:, None]
        for look, rest in enumerate(values[np.count_nonzero(seen[:, look]) :] for look, values in enumerate(rows))
    ]
    floor_db = noisy.floor_db
    return scans_of_rows(
        radar, SensorKind.RADAR, luck, rows, sigmas, times_s, t_start_tai_ns, missed, None, rng, floor_db
    )


def infrared_scans(
    watcher: Infrared,
    luck: Luck,
    flights: tuple[Flight, ...],
    states_itrf: Rows,
    times_s: Scalar,
    t_start_tai_ns: int,
    missed: float,
    rng: np.random.Generator,
    extra: list[Rows] | None = None,
) -> list[Scan]:
    """Scans of an infrared watcher at looks `times_s` (n,); only what burns in plain view shows, and `extra` rows."""
    n = len(times_s)
    t_ns = t_start_tai_ns + np.round(times_s * NS_PER_S).astype(np.int64)
    here = watcher.position_itrf_m(t_ns)
    reported = np.full((len(flights), n, 4), np.nan)
    seen = np.zeros((len(flights), n), dtype=bool)
    for row, flight in enumerate(flights):
        draws, normals = rng.random(n), rng.standard_normal((n, 3))
        thrust_n = flight.thrust_n(times_s)
        burning = np.flatnonzero((thrust_n > 0.0) & np.all(np.isfinite(states_itrf[row]), axis=-1))
        if not len(burning):
            continue
        place = states_itrf[row, burning, :3]
        stand = here[burning]
        _, _, height_m = geodetic_from_itrf(place)
        shine = plume_intensity_w_sr(thrust_n[burning], height_m) * flight.drawn["plume"]
        shine = shine * transmission(height_m, sensor_zenith_cosine(place, stand))
        visible = watcher.is_visible(place, t_ns[burning], flight.drawn["cloud_top_m"])
        seen[row, burning] = visible & (draws[burning] < watcher.detection_probability_of(shine))
        los = los_from_itrf(place, stand)
        angles = np.array(luck.biases[:2]) + watcher.los_sigma_rad * normals[burning, :2]
        reported[row, burning, :3] = turned(los, angles)
        reported[row, burning, 3] = np.maximum(shine + watcher.noise_w_sr * normals[burning, 2], 0.0)
    clutter = [
        infrared_clutter(watcher, here[look], int(count), rng)
        for look, count in enumerate(rng.poisson(watcher.false_alarms_per_look, n))
    ]
    rows = [np.concatenate([reported[seen[:, look], look], clutter[look]]) for look in range(n)]
    rows = rows if extra is None else [np.concatenate(both) for both in zip(rows, extra, strict=True)]
    sigmas = np.array([watcher.los_sigma_rad] * 3 + [watcher.noise_w_sr])
    return scans_of_rows(watcher, SensorKind.INFRARED, luck, rows, sigmas, times_s, t_start_tai_ns, missed, here, rng)


def through_the_air(radar: Radar, luck: Luck, elevation_rad: Scalar, range_m: Scalar) -> tuple[Scalar, Scalar]:
    """Elevation and range after that day's air has bent the ray and the radar has corrected for the mean air."""
    height_m = radar.site.height_m
    bent = refracted_from_true(elevation_rad, range_m, height_m, RadioAtmosphere(luck.refractivity))
    return true_from_refracted(*bent, height_m)


def turned(los: Vec3, angles_rad: Rows) -> Vec3:
    """(..., 3) unit vectors turned by two small angles (..., 2) along the tangent basis."""
    moved = los + np.einsum("...i,...ij->...j", angles_rad, tangent_basis(los))
    return moved / np.linalg.norm(moved, axis=-1, keepdims=True)


def scans_of_rows(
    sensor: Sensor,
    kind: SensorKind,
    luck: Luck,
    rows: list[Rows],
    sigmas: Scalar | list[Rows],
    times_s: Scalar,
    t_start_tai_ns: int,
    missed: float,
    stands: Rows | None,
    rng: np.random.Generator,
    floor_db: Scalar | None = None,
) -> list[Scan]:
    """Rows of every look as scans, less the looks that were lost; rows are shuffled, since order tells."""
    n = len(times_s)
    lost = rng.random(n) < missed
    late_s = sensor.latency_s * (1.0 - LATENCY_JITTER + LATENCY_JITTER * rng.standard_exponential(n))
    t_true_ns = t_start_tai_ns + np.round(times_s * NS_PER_S).astype(np.int64)
    t_said_ns = t_true_ns + round(luck.clock_s * NS_PER_S)
    out = []
    for look, values in enumerate(rows):
        order = rng.permutation(len(values))
        values = values[order]
        sigma = sigmas[look][order] if isinstance(sigmas, list) else sigmas
        if lost[look]:
            continue
        times: Ints = np.full(len(values), t_said_ns[look], dtype=np.int64)
        out.append(
            Scan(
                sensor_id=sensor.name,
                kind=kind,
                mode=Mode.SIMULATED,
                t_received_tai_ns=int(t_true_ns[look] + round(late_s[look] * NS_PER_S)),
                t_measured_tai_ns=times,
                values=values,
                sigmas=np.where(np.isnan(values), np.nan, sigma),
                looked_at=getattr(sensor, "region", None),
                sensor_position_itrf_m=None if stands is None else stands[look],
                sensor_position_sigma_m=sensor.position_sigma_m,
                noise_rise_db=0.0 if floor_db is None else float(floor_db[look]),
            )
        )
    return out


def radar_clutter(radar: Radar, count: int, rng: np.random.Generator) -> Rows:
    """False echoes, spread evenly over the field of regard in azimuth, sine of elevation and range."""
    region = radar.region
    width = (region.azimuth_max_rad - region.azimuth_min_rad) % (2 * np.pi) or 2 * np.pi
    far_m = min(region.range_max_m, 1e7)
    values = np.empty((count, 4))
    values[:, 0] = (region.azimuth_min_rad + width * rng.random(count)) % (2 * np.pi)
    values[:, 1] = np.arcsin(rng.uniform(np.sin(region.elevation_min_rad), np.sin(region.elevation_max_rad), count))
    values[:, 2] = rng.uniform(region.range_min_m, far_m, count)
    values[:, 3] = rng.uniform(-CLUTTER_RANGE_RATE_MPS, CLUTTER_RANGE_RATE_MPS, count)
    if radar.range_rate_sigma_mps is None:
        values[:, 3] = np.nan
    return values


def infrared_clutter(watcher: Infrared, here: Vec3, count: int, rng: np.random.Generator) -> Rows:
    """False flashes (glint, fire, noise), spread evenly over the part of the ground in view, just above threshold."""
    found = np.empty((0, 4))
    while len(found) < count:
        sine = rng.uniform(-1.0, 1.0, 4 * count)
        ground = itrf_from_geodetic(np.arcsin(sine), rng.uniform(-np.pi, np.pi, 4 * count), 0.0)
        # a hair above the ground: the ellipsoid must not hide its own surface
        facing = np.asarray(is_clear_of_earth(ground * (1.0 + 1.0 / WGS84_A_M), here))
        los = los_from_itrf(ground[facing], here)
        shine = watcher.threshold_w_sr * (1.0 + 0.3 * rng.standard_exponential(len(los)))
        found = np.concatenate([found, np.column_stack([los, shine])])
    return found[:count]
