"""What sensors hand in of true things beside launches: rows to be joined with those of flights and clutter.

Every thing has its own luck with every sensor, so that putting one into a story moves nothing else in it.
"""

import numpy as np

from vedette.core.constants import SPEED_OF_LIGHT_MPS
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.reports import COLUMNS, SIGHT_KINDS, SensorKind
from vedette.scenario.disturbance import NoisyLooks
from vedette.scenario.other_returns import FLAME_MAGNITUDE, THERMAL_SHARE, reported_values, shine_sigma
from vedette.scenario.returns import Luck, through_the_air, turned
from vedette.scenario.thing import Echoer, Thing
from vedette.sensing import (
    Infrared,
    Radar,
    Sensor,
    Site,
    Telescope,
    ThermalImager,
    detection_probability_in_noise,
    in_region,
    los_from_itrf,
    sigma_factor,
)
from vedette.sensing.plume import transmission
from vedette.sensing.visibility import sensor_zenith_cosine

SKIN_W_SR_M2 = 20.0  # thermal intensity of a warm surface for each square metre of cross-section


def thing_rows(
    sensor: Sensor,
    luck: Luck,
    thing: Thing,
    times_s: Scalar,
    t_tai_ns: Ints,
    rng: np.random.Generator,
    noisy: NoisyLooks | None = None,
) -> list[Rows]:
    """(looks,) rows that one thing adds to each look of one sensor at story times (n,), instants (n,)."""
    if isinstance(sensor, Radar) and isinstance(sensor.site, Site):
        look, rows = _radar_rows(sensor, luck, thing, times_s, t_tai_ns, rng, noisy)
    elif isinstance(sensor, Infrared):
        look, rows = _infrared_rows(sensor, luck, thing, times_s, t_tai_ns, rng)
    else:
        look, rows = _other_rows(sensor, luck, thing, times_s, t_tai_ns, rng)
    return [rows[look == one] for one in range(len(times_s))] if len(look) else [rows[:0]] * len(times_s)


def _radar_rows(
    radar: Radar,
    luck: Luck,
    thing: Thing,
    times_s: Scalar,
    t_ns: Ints,
    rng: np.random.Generator,
    noisy: NoisyLooks | None,
) -> tuple[Ints, Rows]:
    interval_m = radar.range_interval_m(t_ns)
    if isinstance(thing, Echoer):
        look, values, rcs = thing.echoes(radar, times_s, t_ns)
        own_s = float(getattr(thing, "pulse_interval_s", 0.0))
        if interval_m is None and own_s > 0.0:
            interval_m = np.full(len(times_s), 0.5 * SPEED_OF_LIGHT_MPS * own_s)
    else:
        states = thing.states_itrf(times_s)
        look = np.flatnonzero(np.all(np.isfinite(states), axis=-1))
        rcs = thing.rcs_m2(times_s)[look]
        values = radar.measure(states[look], t_ns[look]) if len(look) else np.zeros((0, 4))
    draws, normals = rng.random(len(look)), rng.standard_normal((len(look), 4))
    true_m = values[:, 2].copy()
    if interval_m is not None:
        values = values.copy()
        values[:, 2] = np.mod(true_m, interval_m[look])
    seen = in_region(values, radar.region) & (rcs > 0.0)
    look, values, rcs, true_m, normals = look[seen], values[seen], rcs[seen], true_m[seen], normals[seen]
    rise = np.ones(len(look))
    if noisy is not None:
        for row, one in enumerate(look):
            rise[row] = float(noisy.rise(int(one), values[row]))
        chance = detection_probability_in_noise(radar, true_m, rcs, rise)
    else:
        chance = radar.detection_probability_of(true_m, rcs)
    found = draws[seen] < chance
    look, values, rise, normals = look[found], values[found], rise[found], normals[found]
    spread = radar.sigmas if radar.frequency_mhz is None else radar.sigmas_at(values)
    reported = values.copy()
    near = np.minimum(true_m[found], 1e8)  # the air is left behind long before
    bent, longer_m = through_the_air(radar, luck, values[:, 1], near)
    reported[:, 1] = bent
    reported[:, 2] += longer_m - near
    reported += np.nan_to_num(spread) * normals * sigma_factor(rise)[:, None]
    reported[:, :3] += np.array(luck.biases)
    reported[:, 0] %= 2.0 * np.pi
    if radar.range_rate_sigma_mps is None:
        reported[:, 3] = np.nan
    return look, reported


def _infrared_rows(
    watcher: Infrared, luck: Luck, thing: Thing, times_s: Scalar, t_ns: Ints, rng: np.random.Generator
) -> tuple[Ints, Rows]:
    n = len(times_s)
    draws, normals = rng.random(n), rng.standard_normal((n, 3))
    states = thing.states_itrf(times_s)
    here = watcher.position_itrf_m(t_ns)
    shine = thing.infrared_w_sr(times_s, states, here)
    look = np.flatnonzero((shine > 0.0) & np.all(np.isfinite(states), axis=-1))
    if not len(look):
        return look, np.zeros((0, 4))
    place, stand = states[look, :3], here[look]
    height_m = geodetic_from_itrf(place)[2]
    apparent = shine[look] * transmission(height_m, sensor_zenith_cosine(place, stand))
    chance = watcher.detection_chance(place, t_ns[look], apparent)
    seen = watcher.is_visible(place, t_ns[look], thing.cloud_top_m) & (draws[look] < chance)
    angles = np.array(luck.biases[:2]) + watcher.los_sigma_rad * normals[look, :2]
    los = turned(los_from_itrf(place, stand), angles)
    bright = np.maximum(apparent + watcher.noise_w_sr * normals[look, 2], 0.0)
    return look[seen], np.column_stack([los, bright])[seen]


def _other_rows(
    sensor: Sensor, luck: Luck, thing: Thing, times_s: Scalar, t_ns: Ints, rng: np.random.Generator
) -> tuple[Ints, Rows]:
    n, k = len(times_s), len(sensor.residual_sigmas)
    columns = len(COLUMNS[sensor.kind])
    draws, normals = rng.random(n), rng.standard_normal((n, k + 1))
    states = thing.states_itrf(times_s)
    look = np.flatnonzero(np.all(np.isfinite(states), axis=-1))
    silent = sensor.kind in (SensorKind.PASSIVE_RADIO, SensorKind.TIME_DIFFERENCE)  # things say nothing by radio
    if not len(look) or silent:
        return np.zeros(0, dtype=np.int64), np.zeros((0, columns))
    state, t, rcs = states[look], t_ns[look], thing.rcs_m2(times_s)[look]
    shine = np.zeros(len(look))
    if isinstance(sensor, Telescope):
        burning = thing.is_burning(times_s)[look]
        covered = sensor.is_visible(state, t, burning) & (burning | (rcs > 0.0))
        shine = np.where(burning, FLAME_MAGNITUDE, sensor.magnitude_of(np.maximum(rcs, 1e-6), state, t))
        chance = sensor.detection_probability_of(shine)
    elif isinstance(sensor, ThermalImager):
        covered = sensor.is_visible(state, t)
        stands = np.broadcast_to(np.asarray(sensor.position_itrf_m(t)), (len(look), 3))
        flame = THERMAL_SHARE * thing.infrared_w_sr(times_s[look], state, stands)
        shine = sensor.irradiance_of(np.maximum(flame, SKIN_W_SR_M2 * rcs), state, t)
        chance = sensor.detection_probability_of(shine)
    else:
        covered = sensor.is_visible(state, t) & (rcs > 0.0)
        chance = sensor.detection_chance(state, t, rcs if isinstance(sensor, Radar) else None)
    hit = covered & (draws[look] < chance)
    if not np.any(hit):
        return np.zeros(0, dtype=np.int64), np.zeros((0, columns))
    values = reported_values(sensor, luck, state[hit], t[hit], normals[look][hit, :k])
    if sensor.kind in SIGHT_KINDS:
        bright = shine[hit] + shine_sigma(sensor) * normals[look][hit, k]
        if isinstance(sensor, ThermalImager):
            bright = np.maximum(bright, 0.0)
        values = np.column_stack([values, bright])
    return look[hit], values
