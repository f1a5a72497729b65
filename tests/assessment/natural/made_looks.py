"""Looks of a path, made straight from geometry: no tracker, no scenario."""

from collections.abc import Callable, Mapping

import numpy as np

from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import KIND_CODES, Looks, SensorKind
from vedette.sensing import Infrared, Radar, radar_from_itrf, tangent_basis

T0 = 1_700_000_000_000_000_000


def looks_of_path(
    sensors: Mapping[str, Radar | Infrared],
    path: Callable[[np.ndarray], np.ndarray],
    times: Mapping[str, np.ndarray],
    rng: np.random.Generator,
    *,
    t0_tai_ns: int = T0,
    intensity_w_sr: float | Callable[[np.ndarray], np.ndarray] = 40_000.0,
    missed: Mapping[str, np.ndarray] | None = None,
) -> Looks:
    """Noisy looks at seconds `times` after `t0_tai_ns`; path(seconds) -> (n, 6) Earth-fixed states."""
    names = tuple(sensors)
    rows = []
    for index, name in enumerate(names):
        sensor = sensors[name]
        for t_s, found in [(times.get(name, np.empty(0)), True), ((missed or {}).get(name, np.empty(0)), False)]:
            t = t0_tai_ns + np.rint(np.asarray(t_s) * 1e9).astype(np.int64)
            n = len(t)
            if n == 0:
                continue
            values, sigmas = np.full((n, 4), np.nan), np.full((n, 4), np.nan)
            states = path(np.asarray(t_s, float))
            if isinstance(sensor, Infrared):
                here = np.broadcast_to(sensor.position_itrf_m(t), (n, 3))
                if found:
                    los = sensor.measure(states, t, here)
                    noise = sensor.los_sigma_rad * rng.standard_normal((n, 2))
                    los = los + np.einsum("nk,nkj->nj", noise, tangent_basis(los))
                    values[:, :3] = los / np.linalg.norm(los, axis=1, keepdims=True)
                    shine = intensity_w_sr(np.asarray(t_s)) if callable(intensity_w_sr) else intensity_w_sr
                    values[:, 3] = np.maximum(shine + sensor.noise_w_sr * rng.standard_normal(n), 100.0)
                    sigmas[:, :3], sigmas[:, 3] = sensor.los_sigma_rad, sensor.noise_w_sr
                kind = KIND_CODES[SensorKind.INFRARED]
            else:
                here = np.broadcast_to(sensor.position_itrf_m(t), (n, 3))
                if found:
                    lat, lon, _ = geodetic_from_itrf(here)
                    values = radar_from_itrf(states, here, enu_from_itrf_matrix(lat, lon))
                    values = values + sensor.sigmas * rng.standard_normal((n, 4))
                    sigmas = np.broadcast_to(sensor.sigmas, (n, 4)).copy()
                kind = KIND_CODES[SensorKind.RADAR]
            rows += [(t[i], index, kind, values[i], sigmas[i], here[i]) for i in range(n)]
    rows.sort(key=lambda row: row[0])
    column = list(zip(*rows, strict=True))
    return Looks(
        names, np.array(column[1]), np.array(column[2]), np.array(column[0]), np.array(column[3]), np.array(column[4]),
        np.array(column[5]),
    )  # fmt: skip
