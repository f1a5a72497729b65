"""What sensors beside fixed radars and infrared satellites hand in: every kind, and every kind that moves.

One way for all, by the questions that every sensor answers (`sensing.model`): what it covers, how likely it finds it,
what it would measure. The constant errors of one seed are the sensor's own: of its values, of its clock, and of where a
platform believes itself to be; an over-the-horizon radar's ionosphere stands higher or lower than it supposes.
"""

from typing import Any, Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.reports import COLUMNS, SIGHT_KINDS, Scan, SensorKind
from vedette.scenario.flight import Flight
from vedette.scenario.returns import CLUTTER_RANGE_RATE_MPS, Luck, scans_of_rows, turned
from vedette.sensing import OverTheHorizonRadar, Radar, Sensor, Telescope, ThermalImager, TimeDifference
from vedette.sensing.plume import plume_intensity_w_sr

FLAME_MAGNITUDE: Final = 2.0  # a large stage burning a thousand kilometres away, to a tenfold
EMITTED_W: Final = 10.0  # telemetry of a vehicle under thrust; what coasts is silent here
THERMAL_SHARE: Final = 0.3  # of a plume's short-wave brightness that a thermal imager's band receives


def other_scans(
    sensor: Sensor,
    luck: Luck,
    flights: tuple[Flight, ...],
    states_itrf: Rows,
    times_s: Scalar,
    t_start_tai_ns: int,
    missed: float,
    rng: np.random.Generator,
    extra: list[Rows] | None = None,
) -> list[Scan]:
    """Scans at looks `times_s` (n,) of flights in states (flights, n, 6); NaN states are not there.

    `extra` are rows (looks,) of what else is there.
    """
    n = len(times_s)
    t_ns = t_start_tai_ns + np.round(times_s * NS_PER_S).astype(np.int64)
    columns = len(COLUMNS[sensor.kind])
    k = len(sensor.residual_sigmas)
    found: list[list[Rows]] = [[] for _ in range(n)]
    for row, flight in enumerate(flights):
        draws, normals = rng.random(n), rng.standard_normal((n, k + 1))
        there = np.flatnonzero(np.all(np.isfinite(states_itrf[row]), axis=-1) & (flight.t_liftoff_s < times_s))
        if not len(there):
            continue
        state, t = states_itrf[row, there], t_ns[there]
        burning = flight.is_burning(times_s[there])
        chance, shine = _chance(sensor, state, t, burning, flight, times_s[there])
        hit = draws[there] < chance
        values = reported_values(sensor, luck, state, t, normals[there, :k])
        if sensor.kind in SIGHT_KINDS:
            spread = shine_sigma(sensor)
            values = np.column_stack([values, shine + spread * normals[there, k]])
            if isinstance(sensor, ThermalImager):
                values[:, 3] = np.maximum(values[:, 3], 0.0)
        for place in np.flatnonzero(hit):
            found[there[place]].append(values[place])
    counts = rng.poisson(sensor.false_alarms_per_look, n)
    clutter = [_clutter(sensor, int(t_ns[look]), int(counts[look]), rng) for look in range(n)]
    rows = [np.concatenate([np.reshape(found[look], (-1, columns)), clutter[look]]) for look in range(n)]
    rows = rows if extra is None else [np.concatenate(both) for both in zip(rows, extra, strict=True)]
    sigmas = _sigmas(sensor)
    stands = None
    if sensor.position_sigma_m > 0.0:
        stands = np.asarray(sensor.position_itrf_m(t_ns)) + np.array(luck.offset_itrf_m)
    return scans_of_rows(sensor, sensor.kind, luck, rows, sigmas, times_s, t_start_tai_ns, missed, stands, rng)


def _chance(
    sensor: Sensor, state: Rows, t_ns: Ints, burning: Bools, flight: Flight, times_s: Scalar
) -> tuple[Scalar, Scalar]:
    """(n,) chance of a detection, not covered included, and the brightness that a sensor of sights would report."""
    shine = np.zeros(len(state))
    if isinstance(sensor, Telescope):
        covered = sensor.is_visible(state, t_ns, burning)
        shine = np.where(burning, FLAME_MAGNITUDE, sensor.magnitude_of(1.0, state, t_ns))
        chance = sensor.detection_probability_of(shine)
    elif isinstance(sensor, ThermalImager):
        covered = sensor.is_visible(state, t_ns)
        heights_m = geodetic_from_itrf(state[:, :3])[2]
        flame = plume_intensity_w_sr(flight.thrust_n(times_s), heights_m) * flight.drawn["plume"]
        shine = sensor.irradiance_of(np.maximum(THERMAL_SHARE * flame, 1_000.0), state, t_ns)
        chance = sensor.detection_probability_of(shine)
    elif sensor.kind in (SensorKind.PASSIVE_RADIO, SensorKind.TIME_DIFFERENCE):
        covered = sensor.is_visible(state, t_ns)
        chance = np.where(
            burning, sensor.detection_chance(state, t_ns, EMITTED_W), sensor.detection_chance(state, t_ns, 0.0)
        )
    else:
        covered = sensor.is_visible(state, t_ns)
        strength = flight.drawn["rcs_m2"] if isinstance(sensor, Radar) else None
        chance = sensor.detection_chance(state, t_ns, strength)
    return np.where(covered, chance, 0.0), shine


def reported_values(sensor: Sensor, luck: Luck, state: Rows, t_ns: Ints, normals: Rows) -> Rows:
    """(n, c) values with noise and constant errors, before brightness."""
    noise = np.nan_to_num(sensor.residual_sigmas) * normals
    bias = np.zeros(noise.shape[1])
    usable = min(len(bias), 3)
    bias[:usable] = luck.biases[:usable]
    if isinstance(sensor, OverTheHorizonRadar):
        whole = sensor.residual_bias_sigmas[2]
        layer_m = luck.biases[2] / whole * 1e3 * sensor.layer_height_sigma_km if whole > 0.0 else 0.0
        exact = sensor.measure(state, t_ns, layer_error_m=layer_m)
        bias[2] = 0.0
    else:
        exact = sensor.measure(state, t_ns)
    if sensor.kind in SIGHT_KINDS:
        return turned(exact, noise + bias)
    values = exact + noise + bias
    if values.shape[1] == 4:
        values[:, 0] %= 2.0 * np.pi
    return np.where(np.isnan(sensor.residual_sigmas), np.nan, values)


def shine_sigma(sensor: Sensor) -> float:
    """One sigma of a reported brightness, in its own unit."""
    if isinstance(sensor, Telescope):
        return sensor.magnitude_sigma
    return sensor.noise_w_m2 if isinstance(sensor, ThermalImager) else 0.0


def _sigmas(sensor: Sensor) -> Scalar:
    """(c,) as the scans state them."""
    if sensor.kind in SIGHT_KINDS:
        return np.array([*np.repeat(sensor.residual_sigmas[:1], 3), shine_sigma(sensor)])
    return sensor.residual_sigmas


def _clutter(sensor: Sensor, t_ns: int, count: int, rng: np.random.Generator) -> Rows:
    """False detections, spread evenly over what the sensor covers."""
    u = rng.random((count, 4))
    if isinstance(sensor, TimeDifference):
        apart_m = float(np.linalg.norm(sensor.position_itrf_m(t_ns) - sensor.reference.position_at_itrf_m(t_ns)))
        values = np.stack([(2 * u[:, 0] - 1) * apart_m, (2 * u[:, 1] - 1) * CLUTTER_RANGE_RATE_MPS], axis=-1)
        return np.where(np.isnan(sensor.residual_sigmas), np.nan, values)
    region: Any = sensor.region  # type: ignore[union-attr]
    width = (region.azimuth_max_rad - region.azimuth_min_rad) % (2 * np.pi) or 2 * np.pi
    azimuth = (region.azimuth_min_rad + width * u[:, 0]) % (2 * np.pi)
    low, high = np.sin(region.elevation_min_rad), np.sin(region.elevation_max_rad)
    elevation = np.arcsin(low + (high - low) * u[:, 1])
    if sensor.kind in SIGHT_KINDS:
        enu = np.stack(
            [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], axis=-1
        )
        limit = sensor.limiting_magnitude if isinstance(sensor, Telescope) else getattr(sensor, "threshold_w_m2", 0.0)
        axes = sensor.site.enu_from_itrf_at(t_ns)  # type: ignore[union-attr]
        return np.column_stack([enu @ axes, np.full(count, limit)])
    reach = region.range_min_m + u[:, 2] * (min(region.range_max_m, 1e7) - region.range_min_m)
    rate = (2 * u[:, 3] - 1) * CLUTTER_RANGE_RATE_MPS
    values = np.stack([azimuth, elevation, reach, rate], axis=-1)
    return np.where(np.isnan(sensor.residual_sigmas), np.nan, values)
