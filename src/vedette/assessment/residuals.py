"""How far detections lie from where a track was expected, in units of what both leave in doubt.

The belief is taken as one Gaussian in Earth-fixed coordinates, whatever a tracker holds inside: a figure for people to
judge by, the same for every tracker, and not the one by which the tracker itself decided.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.reports import COLUMNS, Scan
from vedette.sensing import Radar, Sensor


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """One row a detection."""

    names: tuple[str, ...]  # of the k components
    sigmas: Rows  # (n, k) residual in its own sigmas; NaN where not measured
    nis: Scalar  # (n,) squared distance, all components together
    dof: Ints  # (n,) how many components were measured


def residuals_of(sensor: Sensor, scan: Scan, state_itrf: Scalar, state_cov_itrf: Rows) -> Residuals:
    """Every detection of a scan against one belief (6,), (6, 6) at the time of the scan."""
    t = int(scan.t_measured_tai_ns.max())
    stand = scan.sensor_position_itrf_m
    expected, slopes = sensor.measure_with_jacobian(state_itrf, t, stand)
    slopes = np.asarray(slopes, dtype=float)
    k = slopes.shape[-2]
    slopes6 = np.zeros((k, 6))
    slopes6[:, : slopes.shape[-1]] = slopes
    apart = np.array(sensor.residual(scan.values, expected), dtype=float).reshape(len(scan), k)
    noise = scan.sigmas[:, :k] ** 2 + np.nan_to_num(sensor.residual_bias_sigmas[:k]) ** 2
    spread = slopes6 @ state_cov_itrf @ slopes6.T
    sigmas = np.full((len(scan), k), np.nan)
    nis, dof = np.full(len(scan), np.nan), np.zeros(len(scan), dtype=np.int64)
    for i in range(len(scan)):
        use = np.flatnonzero(np.isfinite(apart[i]) & np.isfinite(noise[i]))
        if len(use) == 0:
            continue
        total = spread[np.ix_(use, use)] + np.diag(noise[i, use])
        sigmas[i, use] = apart[i, use] / np.sqrt(np.diag(total))
        nis[i], dof[i] = float(apart[i, use] @ np.linalg.solve(total, apart[i, use])), len(use)
    names = COLUMNS[scan.kind]
    return Residuals(names if k == len(names) else ("angle_1", "angle_2")[:k], sigmas, nis, dof)


def may_be_near(sensor: Sensor, scan: Scan, states_itrf: Rows, state_covs_itrf: Rows, sigmas: float) -> Bools:
    """(t,) beliefs (t, 6), (t, 6, 6) to which some detection may lie within `sigmas` and a little, for all at once.

    No component lies farther off in its own sigmas than all of them together, so that who is left out by one is out. Of
    others than radars nobody is left out.
    """
    if not isinstance(sensor, Radar) or not len(states_itrf):
        return np.ones(len(states_itrf), dtype=bool)
    t = int(scan.t_measured_tai_ns.max())
    expected, slopes = sensor.measure_with_jacobian(states_itrf, t, scan.sensor_position_itrf_m)
    spread = np.einsum("tki,tij,tkj->tk", slopes, state_covs_itrf, slopes)
    noise = scan.sigmas[:, :4] ** 2 + np.nan_to_num(sensor.residual_bias_sigmas[:4]) ** 2
    apart = sensor.residual(scan.values[None], expected[:, None])  # (t, n, 4)
    far = np.abs(apart) / np.sqrt(spread[:, None] + noise)
    limit = (sigmas + np.sqrt(far.shape[-1])) * (1.0 + 1e-6)
    return np.asarray(np.any(~np.any(far > limit, axis=-1), axis=-1))
