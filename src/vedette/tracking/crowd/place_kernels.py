"""Where detections lie: a place and its doubt from what was measured, how the path bends between two, and seeds.

`RADAR`, `LINE` and `PLACE` are the ways in which a detection is met (see `crowd.kernels`).
"""

from math import cos, sin, sqrt

import numpy as np
from numba import njit

RADAR, LINE, PLACE = 0, 1, 2


@njit(cache=True, error_model="numpy")
def place_row(
    mean: np.ndarray,
    cov: np.ndarray,
    origin: np.ndarray,
    axes: np.ndarray,
    value: np.ndarray,
    variance: np.ndarray,
    H: np.ndarray,
    residual: np.ndarray,
    across: np.ndarray,
    frame: np.ndarray,
) -> bool:
    """A radar's detection as three distances along and across its own line of sight, where that is the better way.

    It is while the row knows less of the direction than one detection tells: a velocity that nobody knew yet may have
    carried the object round by so much that range, taken as straight from where it was expected, would be kilometres
    wrong. False, and nothing written, where the row knows better, or the place was not measured whole.

    H (4, 6), residual (4,), across (4,) variances, frame (3, 3) : out
    """
    reach = value[2]
    if not np.isfinite(value[0] + value[1] + reach):
        return False
    sa, ca, se, ce = sin(value[0]), cos(value[0]), sin(value[1]), cos(value[1])
    for i in range(3):
        e, n, u = axes[0, i], axes[1, i], axes[2, i]
        frame[0, i] = ce * (sa * e + ca * n) + se * u
        frame[1, i] = ca * e - sa * n
        frame[2, i] = -se * (sa * e + ca * n) + ce * u
    across[0], across[3] = variance[2], variance[3]
    across[1], across[2] = variance[0] * reach * reach * ce * ce, variance[1] * reach * reach
    doubt = 0.0
    for k in range(1, 3):
        for i in range(3):
            for j in range(3):
                doubt += frame[k, i] * cov[i, j] * frame[k, j]
    if doubt < across[1] + across[2]:
        return False
    residual[3] = value[3]
    for k in range(3):
        residual[k] = 0.0
        for i in range(3):
            H[k, i], H[k, 3 + i] = frame[k, i], 0.0
            residual[k] += frame[k, i] * (origin[i] + reach * frame[0, i] - mean[i])
    for i in range(3):
        H[3, i], H[3, 3 + i] = 0.0, frame[0, i]
        residual[3] -= frame[0, i] * mean[3 + i]
    return True


@njit(cache=True, error_model="numpy")
def bend_row(
    before: np.ndarray, mean: np.ndarray, cov: np.ndarray, origin: np.ndarray, frame: np.ndarray, work: np.ndarray
) -> None:
    """Move a corrected row along the sensor's sphere instead of along the tangent to it.

    A radar that knows range to metres and angles to milliradians leaves a belief like a contact lens. Corrected along
    straight lines, the mean leaves the sphere it was measured to be on, and the covariance keeps the tilt of where it
    was. So the step is taken in angles, range and their rates about the old line of sight, and the covariance goes
    along with the slopes of that map at both ends; where the step is small against the curvature nothing changes.

    before (6,) : mean before the correction; mean (6,), cov (6, 6) : after it, overwritten
    frame (3, 3), work (4, 6, 6) : scratch
    """
    reach = 0.0
    for i in range(3):
        frame[0, i] = before[i] - origin[i]
        reach += frame[0, i] * frame[0, i]
    reach = sqrt(reach)
    off = 0.0
    for i in range(3):
        frame[0, i] /= reach
    along = 0.0
    for i in range(3):
        along += frame[0, i] * (mean[i] - before[i])
    for i in range(3):
        aside = mean[i] - before[i] - along * frame[0, i]
        off += aside * aside
    variance = 0.0  # along the line of sight
    for i in range(3):
        for j in range(3):
            variance += frame[0, i] * cov[i, j] * frame[0, j]
    sag = off / (2.0 * reach)
    if sag * sag < 1e-4 * variance:  # a hundredth of a sigma
        return
    a = 0
    if abs(frame[0, 1]) < abs(frame[0, a]):
        a = 1
    if abs(frame[0, 2]) < abs(frame[0, a]):
        a = 2
    b, c = (a + 1) % 3, (a + 2) % 3
    size = sqrt(frame[0, b] * frame[0, b] + frame[0, c] * frame[0, c])
    frame[1, a], frame[1, b], frame[1, c] = 0.0, -frame[0, c] / size, frame[0, b] / size
    frame[2, 0] = frame[0, 1] * frame[1, 2] - frame[0, 2] * frame[1, 1]
    frame[2, 1] = frame[0, 2] * frame[1, 0] - frame[0, 0] * frame[1, 2]
    frame[2, 2] = frame[0, 0] * frame[1, 1] - frame[0, 1] * frame[1, 0]
    # the straight step in the local axes, and what it is in range, two angles and their rates
    x, y, z, vx, vy, vz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    ux, uy, uz = 0.0, 0.0, 0.0
    for i in range(3):
        dp, dv = mean[i] - before[i], mean[3 + i] - before[3 + i]
        x, y, z = x + frame[0, i] * dp, y + frame[1, i] * dp, z + frame[2, i] * dp
        vx, vy, vz = vx + frame[0, i] * dv, vy + frame[1, i] * dv, vz + frame[2, i] * dv
        ux, uy, uz = (
            ux + frame[0, i] * before[3 + i], uy + frame[1, i] * before[3 + i], uz + frame[2, i] * before[3 + i]
        )  # fmt: skip
    first_rate, second_rate = uy / reach, uz / reach
    first, second, far = y / reach, z / reach, reach + x
    far_rate = ux + vx + first_rate * y + second_rate * z
    new_first_rate = first_rate + (vy - ux * first - first_rate * x) / reach
    new_second_rate = second_rate + (vz - ux * second - second_rate * x) / reach
    sa, ca, sb, cb = sin(first), cos(first), sin(second), cos(second)
    # slopes of Cartesian by spherical at the new place, (x, y, z, vx, vy, vz) by (r, a, b, r', a', b')
    J, old, local, turn = work[0], work[1], work[2], work[3]
    J[:] = 0.0
    old[:] = 0.0
    r, rr, ar, br = far, far_rate, new_first_rate, new_second_rate
    J[0, 0], J[0, 1], J[0, 2] = cb * ca, -r * cb * sa, -r * sb * ca
    J[1, 0], J[1, 1], J[1, 2] = cb * sa, r * cb * ca, -r * sb * sa
    J[2, 0], J[2, 1], J[2, 2] = sb, 0.0, r * cb
    px, py, pz = r * cb * ca, r * cb * sa, r * sb
    qx = rr * cb * ca - r * sb * ca * br - r * cb * sa * ar
    qy = rr * cb * sa - r * sb * sa * br + r * cb * ca * ar
    qz = rr * sb + r * cb * br
    J[3, 0], J[4, 0], J[5, 0] = -sb * ca * br - cb * sa * ar, -sb * sa * br + cb * ca * ar, cb * br
    J[3, 1], J[4, 1], J[5, 1] = -qy, qx, 0.0
    J[3, 2] = -rr * sb * ca - r * cb * ca * br + r * sb * sa * ar
    J[4, 2] = -rr * sb * sa - r * cb * sa * br - r * sb * ca * ar
    J[5, 2] = rr * cb - r * sb * br
    for i in range(3):
        for j in range(3):
            J[3 + i, 3 + j] = J[i, j]
    # slopes of spherical by Cartesian at the old place, where both angles are zero
    old[0, 0], old[1, 1], old[2, 2] = 1.0, 1.0 / reach, 1.0 / reach
    old[3, 1], old[3, 2], old[3, 3] = first_rate, second_rate, 1.0
    old[4, 0], old[4, 1], old[4, 4] = -first_rate / reach, -ux / (reach * reach), 1.0 / reach
    old[5, 0], old[5, 2], old[5, 5] = -second_rate / reach, -ux / (reach * reach), 1.0 / reach
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += J[i, k] * old[k, j]
            local[i, j] = total
    # into ITRF on both sides
    for bi in range(2):
        for bj in range(2):
            for i in range(3):
                for j in range(3):
                    total = 0.0
                    for k in range(3):
                        for m in range(3):
                            total += frame[k, i] * local[3 * bi + k, 3 * bj + m] * frame[m, j]
                    turn[3 * bi + i, 3 * bj + j] = total
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += turn[i, k] * cov[k, j]
            local[i, j] = total
    for i in range(6):
        for j in range(i, 6):
            total = 0.0
            for k in range(6):
                total += local[i, k] * turn[j, k]
            cov[i, j] = total
            cov[j, i] = total
    for i in range(3):
        mean[i] = origin[i] + frame[0, i] * px + frame[1, i] * py + frame[2, i] * pz
        mean[3 + i] = frame[0, i] * qx + frame[1, i] * qy + frame[2, i] * qz


@njit(cache=True, error_model="numpy")
def seed_rows(
    which: np.ndarray,
    look: np.ndarray,
    kinds: np.ndarray,
    origins: np.ndarray,
    axes: np.ndarray,
    values: np.ndarray,
    variances: np.ndarray,
    speed_sigma_mps: float,
    rise: float,
    means: np.ndarray,
    covs: np.ndarray,
) -> None:
    """States that single detections `which` (k,) leave possible, into means (k, 6) and covs (k, 6, 6).

    Parameters
    ----------
    look (s,) : which of kinds (c,), origins (c, 3), axes (c, 3, 3) each was seen by
    values (s, 4), variances (s, 4) : a line's fourth value is the range supposed, and its third variance of that
    speed_sigma_mps : of each component of a velocity nothing is known of, m/s; rise : mean speed upwards along a line
    """
    frame = np.empty((3, 3))
    spread = np.empty(3)
    for k in range(len(which)):
        s = which[k]
        c = look[s]
        kind = kinds[c]
        mean, cov = means[k], covs[k]
        for i in range(6):
            mean[i] = 0.0
            for j in range(6):
                cov[i, j] = 0.0
        if kind == PLACE:
            for i in range(3):
                mean[i] = values[s, i]
                cov[i, i] = variances[s, i]
                cov[3 + i, 3 + i] = speed_sigma_mps * speed_sigma_mps
            continue
        if kind == RADAR:
            sa, ca, se, ce = sin(values[s, 0]), cos(values[s, 0]), sin(values[s, 1]), cos(values[s, 1])
            reach = values[s, 2]
            for i in range(3):
                e, n, u = axes[c, 0, i], axes[c, 1, i], axes[c, 2, i]
                frame[0, i] = ce * (sa * e + ca * n) + se * u
                frame[1, i] = ca * e - sa * n
                frame[2, i] = -se * (sa * e + ca * n) + ce * u
            spread[0] = variances[s, 2]
            spread[1] = variances[s, 0] * reach * reach * ce * ce
            spread[2] = variances[s, 1] * reach * reach
        else:
            reach = values[s, 3]
            for i in range(3):
                frame[0, i] = values[s, i]
            spread[0] = variances[s, 2]
            spread[1] = variances[s, 0] * reach * reach
            spread[2] = spread[1]
        radius = 0.0
        for i in range(3):
            mean[i] = origins[c, i] + reach * frame[0, i]
            radius += mean[i] * mean[i]
        known_rate = kind == RADAR and np.isfinite(values[s, 3])
        for i in range(3):
            cov[3 + i, 3 + i] = speed_sigma_mps * speed_sigma_mps
            if kind == LINE:
                mean[3 + i] = rise * mean[i] / sqrt(radius)
            for j in range(3):
                along = frame[0, i] * frame[0, j]
                if kind == RADAR:
                    cov[i, j] = spread[0] * along + spread[1] * frame[1, i] * frame[1, j]
                    cov[i, j] += spread[2] * frame[2, i] * frame[2, j]
                else:
                    cov[i, j] = (spread[0] - spread[1]) * along + (spread[1] if i == j else 0.0)
                if known_rate:
                    cov[3 + i, 3 + j] += (variances[s, 3] - speed_sigma_mps * speed_sigma_mps) * along
            if known_rate:
                mean[3 + i] = values[s, 3] * frame[0, i]
