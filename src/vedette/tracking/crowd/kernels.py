"""The compiled passes of a crowded look: carry rows to the look, say where they would be seen, pair, score, correct.

Rows are whole arrays, `means` (n, 6) and `covs` (n, 6, 6); `which` (k,) names the rows that a pass concerns. A
detection is met in one of three ways (`RADAR`: azimuth, elevation, range, range rate, any of them NaN; `LINE`: a
direction; `PLACE`: three coordinates), and the passes know nothing else of sensors.
"""

from math import cos, erf, exp, log, sqrt, tau

import numpy as np
from numba import njit

from vedette.tracking.crowd.place_kernels import LINE, PLACE, RADAR, bend_row, place_row
from vedette.tracking.kernels.row import (
    diagonal_update_row,
    ekf_predict_row,
    folded,
    gauss_row,
    innovation_row,
    position_row,
    radar_residual_row,
    radar_row,
)
from vedette.tracking.kernels.step_arithmetic import Six, fall

_SQRT_HALF = 0.7071067811865476


@njit(cache=True, error_model="numpy")
def see_row(
    kind: int,
    mean: np.ndarray,
    origin: np.ndarray,
    axes: np.ndarray,
    seen: np.ndarray,
    H: np.ndarray,
    frame: np.ndarray,
) -> int:
    """What one row would show: `seen` (4,) and `H` (4, 6), and for a line `frame` (3, 3), its direction and two across.

    For a line `seen` is the direction and the range; the two angles measured off that direction are zero there, and the
    first two rows of `H` are theirs. Returns how many numbers are measured.
    """
    if kind == RADAR:
        radar_row(mean, origin, axes, seen, H)
        return 4
    if kind == PLACE:
        position_row(mean, seen, H)
        return 3
    reach = 0.0
    for i in range(3):
        frame[0, i] = mean[i] - origin[i]
        reach += frame[0, i] * frame[0, i]
    reach = sqrt(reach)
    for i in range(3):
        frame[0, i] /= reach
        seen[i] = frame[0, i]
    seen[3] = reach
    # two directions across, leaning on whichever axis is farthest from the line
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
    for k in range(2):
        for i in range(3):
            H[k, i] = frame[1 + k, i] / reach
            H[k, 3 + i] = 0.0
    return 2


@njit(cache=True, error_model="numpy")
def residual_row(kind: int, measured: np.ndarray, seen: np.ndarray, frame: np.ndarray, residual: np.ndarray) -> None:
    """Measured minus seen; NaN where nothing was measured."""
    if kind == RADAR:
        radar_residual_row(measured, seen, residual)
    elif kind == PLACE:
        for i in range(3):
            residual[i] = measured[i] - seen[i]
    else:
        ahead, first, second = 0.0, 0.0, 0.0
        for i in range(3):
            ahead += frame[0, i] * measured[i]
            first += frame[1, i] * measured[i]
            second += frame[2, i] * measured[i]
        if ahead > 0.0:
            residual[0], residual[1] = first / ahead, second / ahead
        else:
            residual[0], residual[1] = 1e3, 1e3  # behind the sensor: nowhere near


@njit(cache=True, error_model="numpy")
def carry_rows(
    which: np.ndarray,
    means: np.ndarray,
    covs: np.ndarray,
    times: np.ndarray,
    t_wanted: np.ndarray,
    q: float,
    earth: Six,
    log_odds: np.ndarray,
    hazard_1_s: float,
) -> None:
    """Carry rows `which` (k,) to times `t_wanted` (k,), in place; on the way forward some may cease to exist."""
    for k in range(len(which)):
        row = which[k]
        dt_s = (t_wanted[k] - times[row]) * 1e-9
        if dt_s == 0.0:
            continue
        ekf_predict_row(means[row], covs[row], dt_s, q, earth)
        times[row] = t_wanted[k]
        if dt_s > 0.0 and hazard_1_s > 0.0:
            survive = exp(-hazard_1_s * dt_s)
            odds = exp(min(log_odds[row], 30.0))
            log_odds[row] = log(survive * odds / (1.0 + (1.0 - survive) * odds))


@njit(cache=True, error_model="numpy")
def nudge_row(
    mean: np.ndarray, cov: np.ndarray, dt_s: float, q: float, earth: Six, to: np.ndarray, wide: np.ndarray
) -> None:
    """A row a moment later or earlier, into `to` (6,) and `wide` (6, 6): straight on, bent by its weight at the start.

    For judging which detections of one look may go with it; whoever takes one is carried there properly.
    """
    ax, ay, az = fall((mean[0], mean[1], mean[2], mean[3], mean[4], mean[5]), earth)
    span = abs(dt_s)
    for i in range(3):
        a = ax if i == 0 else (ay if i == 1 else az)
        to[i] = mean[i] + dt_s * (mean[3 + i] + 0.5 * dt_s * a)
        to[3 + i] = mean[3 + i] + dt_s * a
        for j in range(3):
            wide[i, j] = cov[i, j] + dt_s * (cov[i, 3 + j] + cov[3 + i, j]) + dt_s * dt_s * cov[3 + i, 3 + j]
            wide[i, 3 + j] = cov[i, 3 + j] + dt_s * cov[3 + i, 3 + j]
            wide[3 + i, j] = cov[3 + i, j] + dt_s * cov[3 + i, 3 + j]
            wide[3 + i, 3 + j] = cov[3 + i, 3 + j]
        wide[i, i] += q * span * span * span / 3.0
        wide[i, 3 + i] += 0.5 * q * dt_s * span
        wide[3 + i, i] += 0.5 * q * dt_s * span
        wide[3 + i, 3 + i] += q * span


@njit(cache=True, error_model="numpy")
def ready_rows(
    which: np.ndarray,
    means: np.ndarray,
    covs: np.ndarray,
    span_s: float,
    kind: int,
    origin: np.ndarray,
    axes: np.ndarray,
    limits: np.ndarray,
    chance_of: np.ndarray,
    variance: np.ndarray,
    sigmas: float,
    middle: np.ndarray,
    reach: np.ndarray,
    chance: np.ndarray,
) -> None:
    """Where each of some rows would be seen by a look, how far about, and how likely.

    Parameters
    ----------
    span_s : detections lie within this many seconds of the rows' time
    limits (6,) : least and most azimuth, elevation, range of what was looked at, in `axes` about `origin`
    chance_of (4,) : chance of a look; range (m) at which a square metre gives 13 dB, or zero; false-alarm probability
        per cell; supposed cross-section (m²)
    variance (4,) : largest noise variance of each number, NaN where no detection has it
    sigmas : how far about is looked
    middle (k, 3), reach (k, 3), chance (k,) : out; `chance` is zero outside what was looked at
    """
    seen, H, frame, spread = np.empty(4), np.zeros((4, 6)), np.empty((3, 3)), np.empty((4, 4))
    polar, slope, wide = np.empty(4), np.zeros((4, 6)), np.empty((4, 4))
    is_open = limits[5] > 1e12 and limits[1] - limits[0] >= tau - 1e-9 and limits[2] <= -1.6 and limits[3] >= 1.6
    for k in range(len(which)):
        row = which[k]
        see_row(kind, means[row], origin, axes, seen, H, frame)
        innovation_row(H, covs[row], spread)
        if kind == LINE:
            side = sigmas * sqrt(max(spread[0, 0], spread[1, 1]) + variance[0])
            if span_s > 0.0:
                side += span_s * sqrt(means[row, 3] ** 2 + means[row, 4] ** 2 + means[row, 5] ** 2) / seen[3]
            for i in range(3):
                middle[k, i], reach[k, i] = seen[i], side
        else:
            for i in range(3):
                middle[k, i] = seen[i]
                reach[k, i] = sigmas * sqrt(spread[i, i] + variance[i])
                if span_s > 0.0:
                    rate = 0.0
                    for j in range(3):
                        rate += H[i, j] * means[row, 3 + j]
                    reach[k, i] += span_s * abs(rate)
        # how much of its place was looked at, and how well it is seen there
        share, far = 1.0, seen[2]
        if kind == RADAR:
            share = _inside(seen, spread, limits)
        elif not is_open:
            radar_row(means[row], origin, axes, polar, slope)
            innovation_row(slope, covs[row], wide)
            share = _inside(polar, wide, limits)
            far = polar[2]
        hope = chance_of[0]
        if chance_of[1] > 0.0:
            ratio = chance_of[1] / far
            echo = 19.952623149688797 * chance_of[3] * ratio * ratio * ratio * ratio
            hope *= exp(log(chance_of[2]) / (1.0 + echo))
            hope = min(max(hope, 0.02), 0.99)
        chance[k] = hope * share


@njit(cache=True, error_model="numpy")
def _inside(seen: np.ndarray, spread: np.ndarray, limits: np.ndarray) -> float:
    """Share of a belief that lies in an azimuth-elevation-range box, component by component."""
    share = 1.0
    turn = limits[1] - limits[0]
    if turn < tau - 1e-9:
        half = 0.5 * turn
        off = abs(folded(seen[0] - (limits[0] + half)))
        share *= _below((half - off) / sqrt(spread[0, 0]))
    for i in range(1, 3):
        sigma = sqrt(spread[i, i])
        share *= _below((limits[2 * i + 1] - seen[i]) / sigma) * _below((seen[i] - limits[2 * i]) / sigma)
    return share


@njit(cache=True, error_model="numpy")
def _below(x: float) -> float:
    """Standard normal distribution function, exactly one or zero beyond six sigma."""
    if x > 6.0:
        return 1.0
    if not x > -6.0:  # NaN counts as outside
        return 0.0
    return 0.5 * (1.0 + erf(x * _SQRT_HALF))


@njit(cache=True, error_model="numpy")
def score_pairs(
    which: np.ndarray,
    start: int,
    means: np.ndarray,
    covs: np.ndarray,
    times: np.ndarray,
    chance: np.ndarray,
    middle: np.ndarray,
    reach: np.ndarray,
    q: float,
    earth: Six,
    kind: int,
    origin: np.ndarray,
    axes: np.ndarray,
    values: np.ndarray,
    variances: np.ndarray,
    t_detected: np.ndarray,
    log_clutter: float,
    gates: np.ndarray,
    cell_sizes: np.ndarray,
    cell_turns: int,
    bucket_starts: np.ndarray,
    by_bucket: np.ndarray,
    cells: np.ndarray,
    places: np.ndarray,
    pair_row: np.ndarray,
    pair_detection: np.ndarray,
    pair_ratio: np.ndarray,
) -> tuple[int, int]:
    """Rows `which[start:]` against the detections in the cells about them: pairs inside the gate, with log-ratios.

    Parameters
    ----------
    values (m, 4), variances (m, 4), t_detected (m,) : the detections, as the kind has them
    gates (5,) : largest squared distance by how many numbers were compared
    cell_sizes (3,), cell_turns, bucket_starts, by_bucket, cells, places : the index (see `cells`)
    pair_row, pair_detection, pair_ratio : out; `pair_row` counts along `which`

    Returns
    -------
    how many pairs, and the first of `which` that there was no room for (its length when there was)
    """
    seen, H, frame, spread = np.empty(4), np.zeros((4, 6)), np.empty((3, 3)), np.empty((4, 4))
    other_seen, other_H, other_frame = np.empty(4), np.zeros((4, 6)), np.empty((3, 3))
    other_spread, mean, cov = np.empty((4, 4)), np.empty(6), np.empty((6, 6))
    residual, work = np.empty(4), np.empty((4, 5))
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    count, capacity, m = 0, len(pair_row), len(by_bucket)
    mask = len(bucket_starts) - 2
    for k in range(start, len(which)):
        row, before = which[k], count
        if not chance[k] > 0.0:
            continue
        size = see_row(kind, means[row], origin, axes, seen, H, frame)
        innovation_row(H[:size], covs[row], spread[:size, :size])
        log_chance = log(chance[k]) - log_clutter
        number = 1.0
        for i in range(3):
            low[i], high[i] = 0, 0
            if cell_sizes[i] > 0.0:
                a, b = (middle[k, i] - reach[k, i]) / cell_sizes[i], (middle[k, i] + reach[k, i]) / cell_sizes[i]
                if not (abs(a) < 1e9 and abs(b) < 1e9):
                    a, b = -1e9, 1e9
                low[i], high[i] = np.int64(np.floor(a)), np.int64(np.floor(b))
                if i == 0 and cell_turns > 0 and high[0] - low[0] >= cell_turns:
                    low[0], high[0] = 0, cell_turns - 1
                number *= high[i] - low[i] + 1
        everywhere = number > 2.0 * m + 64.0
        if everywhere:  # a belief so wide that asking every detection is cheaper
            for i in range(3):
                low[i], high[i] = 0, 0
        for c0 in range(low[0], high[0] + 1):
            cell_0 = c0 % cell_turns if cell_turns > 0 else c0
            for c1 in range(low[1], high[1] + 1):
                for c2 in range(low[2], high[2] + 1):
                    if everywhere:
                        first, last = 0, m
                    else:
                        bucket = hash_cell(cell_0, c1, c2) & mask
                        first, last = bucket_starts[bucket], bucket_starts[bucket + 1]
                    for at in range(first, last):
                        # NaN, not measured, is never too far
                        if abs(places[at, 1] - middle[k, 1]) > reach[k, 1]:
                            continue
                        if abs(places[at, 2] - middle[k, 2]) > reach[k, 2]:
                            continue
                        off = places[at, 0] - middle[k, 0]
                        if abs(folded(off) if kind == RADAR else off) > reach[k, 0]:
                            continue
                        if not everywhere and (cells[at, 0] != cell_0 or cells[at, 1] != c1 or cells[at, 2] != c2):
                            continue
                        d = by_bucket[at]
                        if t_detected[d] == times[row]:
                            residual_row(kind, values[d], seen, frame, residual)
                            fit, nis, compared = gauss_row(
                                residual[:size], spread[:size, :size], variances[d, :size], work[:size, : size + 1]
                            )
                        else:
                            dt_s = (t_detected[d] - times[row]) * 1e-9
                            nudge_row(means[row], covs[row], dt_s, q, earth, mean, cov)
                            see_row(kind, mean, origin, axes, other_seen, other_H, other_frame)
                            innovation_row(other_H[:size], cov, other_spread[:size, :size])
                            residual_row(kind, values[d], other_seen, other_frame, residual)
                            fit, nis, compared = gauss_row(
                                residual[:size], other_spread[:size, :size], variances[d, :size],
                                work[:size, : size + 1],
                            )  # fmt: skip
                        if compared > 0 and nis <= gates[compared]:
                            if count == capacity:
                                return before, k
                            pair_row[count], pair_detection[count] = k, d
                            pair_ratio[count] = log_chance + fit
                            count += 1
    return count, len(which)


@njit(cache=True, error_model="numpy")
def hash_cell(a: int, b: int, c: int) -> int:
    """A number to find a cell by; cells that follow one another along the third coordinate have numbers that do."""
    x = ((a * 73856093) ^ (b * 19349663)) & 0x7FFFFFFF
    x = (x * 2654435761) >> 15  # Knuth's multiplier; below 2^63, so that compiled and plain agree
    return (((x ^ (c * 83492791)) & 0x7FFFFFFF) * 2654435761) >> 15


@njit(cache=True, error_model="numpy")
def correct_rows(
    rows: np.ndarray,
    detections: np.ndarray,
    means: np.ndarray,
    covs: np.ndarray,
    kind: int,
    origin: np.ndarray,
    axes: np.ndarray,
    values: np.ndarray,
    variances: np.ndarray,
    out_means: np.ndarray,
    out_covs: np.ndarray,
    out: np.ndarray,
) -> None:
    """Correct row `rows[k]`, which is at its time, with detection `detections[k]`, into place `out[k]`.

    The out arrays may be the rows themselves. A radar's correction is made along its own coordinates (see `bend_row`).
    """
    seen, H, frame = np.empty(4), np.zeros((4, 6)), np.empty((3, 3))
    residual, work, before, turns = np.empty(4), np.empty(12), np.empty(6), np.empty((4, 6, 6))
    across = np.empty(4)
    for k in range(len(rows)):
        row, d, to = rows[k], detections[k], out[k]
        mean, cov = out_means[to], out_covs[to]
        for i in range(6):
            mean[i] = means[row, i]
            for j in range(6):
                cov[i, j] = covs[row, i, j]
        size = see_row(kind, mean, origin, axes, seen, H, frame)
        if kind == RADAR and place_row(mean, cov, origin, axes, values[d], variances[d], H, residual, across, frame):
            diagonal_update_row(mean, cov, residual, across, H, work)
            continue
        residual_row(kind, values[d], seen, frame, residual)
        before[:] = mean
        diagonal_update_row(mean, cov, residual[:size], variances[d, :size], H[:size], work)
        if kind == RADAR:
            bend_row(before, mean, cov, origin, frame, turns)


@njit(cache=True, error_model="numpy")
def concerned_rows(
    means: np.ndarray,
    covs: np.ndarray,
    times: np.ndarray,
    t_tai_ns: int,
    origin: np.ndarray,
    axes: np.ndarray,
    limits: np.ndarray,
    out: np.ndarray,
) -> int:
    """Rows that a look can concern, into `out` (n,): how many. Straight flight and a wide margin are enough."""
    count = 0
    turn = limits[1] - limits[0]
    is_open = turn >= tau - 1e-9 and limits[2] <= -1.6 and limits[3] >= 1.6 and limits[4] <= 0.0 and limits[5] > 1e12
    state, seen, H = np.empty(6), np.empty(4), np.empty((4, 6))
    for row in range(len(times)):
        if not is_open:
            dt = (t_tai_ns - times[row]) * 1e-9
            width = 0.0
            for i in range(3):
                state[i], state[3 + i] = means[row, i] + dt * means[row, 3 + i], means[row, 3 + i]
                width += covs[row, i, i] + dt * dt * covs[row, 3 + i, 3 + i]
            margin = 8.0 * sqrt(width) + 10.0 * dt * dt + 1e3
            radar_row(state, origin, axes, seen, H)
            if seen[2] - margin > limits[5] or seen[2] + margin < limits[4]:
                continue
            angle = margin / max(seen[2] - margin, 1.0)
            if angle < 0.5:
                if seen[1] - angle > limits[3] or seen[1] + angle < limits[2]:
                    continue
                off = abs(folded(seen[0] - (limits[0] + 0.5 * turn))) - 0.5 * turn
                if turn < tau - 1e-9 and off * cos(seen[1]) > angle and abs(seen[1]) + angle < 1.5:
                    continue
        out[count] = row
        count += 1
    return count
