"""Looks of every kind of sensor at one coasting body, with noise, constant errors and a platform that is elsewhere."""

from dataclasses import dataclass

import numpy as np
from tests.tracking.small_scene import T0_TAI_NS

from vedette.core.constants import NS_PER_S
from vedette.reports import COLUMNS, SIGHT_KINDS, Mode, Scan
from vedette.sensing import tangent_basis


@dataclass
class Worn:
    """One night's constant errors of a sensor: of its residuals, and of where it believes itself to be."""

    biases: np.ndarray
    offset_itrf_m: np.ndarray


def worn(sensor, rng):
    biases = sensor.residual_bias_sigmas * rng.standard_normal(len(sensor.residual_bias_sigmas))
    return Worn(biases, sensor.position_sigma_m * rng.standard_normal(3))


def look(sensor, night, state, t_s, rng, pd=0.9):
    """One look at one body; empty when it is not covered or missed."""
    t = T0_TAI_NS + round(t_s * NS_PER_S)
    columns = len(COLUMNS[sensor.kind])
    truly = np.asarray(sensor.position_itrf_m(t))
    values, sigmas = np.empty((0, columns)), np.empty((0, columns))
    if bool(sensor.is_visible(state, t)) and rng.random() < pd:
        noise = np.nan_to_num(sensor.residual_sigmas) * rng.standard_normal(len(sensor.residual_sigmas)) + night.biases
        exact = sensor.measure(state, t)
        if sensor.kind in SIGHT_KINDS:
            los = exact + noise @ tangent_basis(exact)
            values = np.array([[*(los / np.linalg.norm(los)), 10.0]])
            sigmas = np.array([[*np.repeat(sensor.residual_sigmas[:1], 3), 0.3]])
        else:
            values = (exact + noise)[None]
            sigmas = np.where(np.isfinite(values), sensor.residual_sigmas, np.nan)
            if columns == 4:
                values[:, 0] %= 2.0 * np.pi
            values = np.where(np.isfinite(sigmas), values, np.nan)
    n = len(values)
    moves = sensor.position_sigma_m > 0.0
    return Scan(
        sensor_id=sensor.name, kind=sensor.kind, mode=Mode.SIMULATED,
        t_received_tai_ns=t + round(sensor.latency_s * NS_PER_S),
        t_measured_tai_ns=np.full(n, t, dtype=np.int64), values=values, sigmas=sigmas,
        sensor_position_itrf_m=truly + night.offset_itrf_m if moves else None,
        sensor_position_sigma_m=sensor.position_sigma_m,
    )  # fmt: skip
