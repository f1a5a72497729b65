"""The chance that one look finds a launch, with each sensor as it is now: lost, dazzled by noise, or well.

A flame is found by its brightness above the cloud and the wet air, an echo by its strength at that range. What a sensor
covers and what it finds are two things: a look that covered the place and found nothing is evidence against.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.sensing.horizon import in_region
from vedette.sensing.infrared import Infrared
from vedette.sensing.plume import plume_intensity_w_sr, transmission
from vedette.sensing.radar import Radar
from vedette.sensing.visibility import sensor_zenith_cosine


@dataclass(frozen=True, slots=True)
class Health:
    """How one sensor is now. `noise_rise_db`: how far the noise it works against stands above its own."""

    is_lost: bool = False
    noise_rise_db: float = 0.0
    missed_look_probability: float = 0.02

    def __post_init__(self) -> None:
        if not self.noise_rise_db >= 0.0:  # written so that NaN fails as well
            raise UsageError(f"a noise rise of {self.noise_rise_db} dB; give 0 or more")
        if not 0.0 <= self.missed_look_probability < 1.0:
            raise UsageError(f"missed_look_probability = {self.missed_look_probability} must be in [0, 1)")


WELL = Health()


def health_of(name: str, health: Mapping[str, Health] | None) -> Health:
    """A sensor's health; one that nothing is said of is well."""
    return WELL if health is None else health.get(name, WELL)


def echo_chance(radar: Radar, state_itrf: Rows, rcs_m2: Scalar, health: Health = WELL) -> tuple[Scalar, Bools]:
    """(...) chance that a look finds objects of (..., 6) Earth-fixed states, and whether it covers them."""
    values = radar.measure(np.nan_to_num(state_itrf))
    covered = np.isfinite(state_itrf[..., 0]) & in_region(values, radar.region)
    reach = np.where(covered, values[..., 2], 1.0)
    chance = radar.detection_probability_of(reach, rcs_m2, health.noise_rise_db)
    return np.where(covered, chance, 0.0), covered


def flame_chance(
    watcher: Infrared,
    position_itrf_m: Vec3,
    t_tai_ns: Ints,
    thrust_n: Scalar,
    plume: Scalar | float = 1.0,
    cloud_top_m: Scalar | float = 0.0,
    health: Health = WELL,
) -> tuple[Scalar, Bools]:
    """(...) chance that a look finds flames of these thrusts, and whether it covers them when there is no cloud.

    `plume` is the brightness over that of the generic plume (`sensing.plume`). A noise rise dims what is found by the
    same factor: the threshold follows the noise.
    """
    shape = np.shape(position_itrf_m)[:-1]
    chance, covered = np.zeros(shape), np.zeros(shape, dtype=bool)
    there = np.isfinite(position_itrf_m[..., 0])
    place, t = position_itrf_m[there], np.broadcast_to(t_tai_ns, shape)[there]
    if not len(place):
        return chance, covered
    covered[there] = watcher.is_visible(place, t)
    burning = covered & (np.broadcast_to(thrust_n, shape) > 0.0)
    if not burning.any():
        return chance, covered
    place, t = position_itrf_m[burning], np.broadcast_to(t_tai_ns, shape)[burning]
    cloud = np.broadcast_to(cloud_top_m, shape)[burning]
    _, _, height_m = geodetic_from_itrf(place)
    shine = plume_intensity_w_sr(np.broadcast_to(thrust_n, shape)[burning], height_m)
    shine = shine * np.broadcast_to(plume, shape)[burning]
    shine = shine * transmission(height_m, sensor_zenith_cosine(place, watcher.position_itrf_m(t)))
    shine = shine * 10.0 ** (-health.noise_rise_db / 10.0)
    chance[burning] = np.where(watcher.is_visible(place, t, cloud), watcher.detection_probability_of(shine), 0.0)
    return chance, covered
