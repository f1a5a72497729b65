"""Looks of one true flight: each scan's row nearest to where the flight truly was, or silence.

Calibration asks whether the fit is honest about what it was given. Which detection belongs to which object is another
question, asked of the tracker; here truth answers it.
"""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.reports import KIND_CODES, Looks, Scan, SensorKind
from vedette.scenario import Made, TrueFlight
from vedette.sensing import Infrared, Radar, Sensor, tangent_basis
from vedette.tracking.reorder import time_of_look_tai_ns

_GATE_SIGMA = 6.0


def truth_looks(made: Made, flight: TrueFlight) -> Looks:
    """Everything the sensors saw of one flight from the first detection on, silence where it was in the field."""
    sensors = made.sensors
    names = tuple(sensors)
    timed = sorted(
        (
            (time_of_look_tai_ns(scan, sensors[scan.sensor_id].latency_s), scan)
            for scan in made.scans
            if scan.kind is not SensorKind.STROBE  # noise, and no sighting of anything
        ),
        key=lambda pair: (pair[0], pair[1].sensor_id),
    )
    times_s = np.array([(t - made.story.t_start_tai_ns) / NS_PER_S for t, _ in timed])
    states = flight.flight.states_itrf(times_s)
    rows = []
    for (t, scan), t_s, state in zip(timed, times_s, states, strict=True):
        if t <= flight.t_liftoff_tai_ns or not np.all(np.isfinite(state)):
            continue
        sensor = sensors[scan.sensor_id]
        here = sensor.position_itrf_m(t) if scan.sensor_position_itrf_m is None else scan.sensor_position_itrf_m
        found = _row_of(scan, sensor, state, here)
        if isinstance(sensor, Infrared) and not (
            flight.flight.is_burning(np.array([t_s]))[0]
            and sensor.is_visible(state[:3], t, flight.flight.drawn["cloud_top_m"])
        ):
            found = None  # whatever flame stands there is another's
        if found is None and not _covers(sensor, state, t):
            continue
        values, sigmas = np.full(4, np.nan), np.full(4, np.nan)
        if found is not None:
            m = scan.values.shape[1]
            values[:m], sigmas[:m] = scan.values[found], scan.sigmas[found]
        rows.append((names.index(scan.sensor_id), KIND_CODES[scan.kind], t, values, sigmas, here, found is not None))
    first = next((i for i, row in enumerate(rows) if row[6]), len(rows))
    kept = rows[first:]
    n = len(kept)
    return Looks(
        sensor_ids=names,
        sensor_index=np.array([r[0] for r in kept], np.int64),
        kind_code=np.array([r[1] for r in kept], np.int64),
        t_measured_tai_ns=np.array([r[2] for r in kept], np.int64),
        values=np.array([r[3] for r in kept]).reshape(n, 4),
        sigmas=np.array([r[4] for r in kept]).reshape(n, 4),
        sensor_positions_itrf_m=np.array([r[5] for r in kept]).reshape(n, 3),
    )


def _covers(sensor: Sensor, state_itrf: Rows, t_tai_ns: int) -> bool:
    return bool(sensor.is_visible(state_itrf, t_tai_ns))


def _row_of(scan: Scan, sensor: Sensor, state_itrf: Rows, here: Rows) -> int | None:
    """The scan's row within the gate that lies nearest to the truth."""
    if not len(scan):
        return None
    if scan.kind is SensorKind.INFRARED and isinstance(sensor, Infrared):
        away = state_itrf[:3] - here
        los = away / np.linalg.norm(away)
        off = np.einsum("ij,nj->ni", tangent_basis(los), scan.values[:, :3] - los)
        sigma = np.hypot(sensor.los_sigma_rad, sensor.los_bias_sigma_rad)
        distance = np.sqrt(np.sum((off / sigma) ** 2, axis=1))
    elif isinstance(sensor, Radar) and sensor.position_sigma_m == 0.0:
        off = scan.values - sensor.measure(state_itrf)
        off[:, 0] = (off[:, 0] + np.pi) % (2 * np.pi) - np.pi
        sigma = np.hypot(sensor.sigmas, sensor.bias_sigmas) * np.array([1.0, 1.5, 2.0, 1.5])  # air and clock besides
        distance = np.sqrt(np.nansum((off / sigma) ** 2, axis=1))
    else:
        t = int(scan.t_measured_tai_ns[0])
        stand = here if sensor.position_sigma_m > 0.0 else None
        off = sensor.residual(scan.values, sensor.measure(state_itrf, t, stand))
        sigma = np.hypot(sensor.residual_sigmas, sensor.residual_bias_sigmas) * 1.5
        distance = np.sqrt(np.nansum((off / sigma) ** 2, axis=1))
    nearest = int(np.argmin(distance))
    return nearest if distance[nearest] < _GATE_SIGMA else None
