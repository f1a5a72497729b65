"""Where a track may be, minute by minute: states drawn from its belief and flown by what it may do.

A Gaussian at a distant time is a poor picture of a belief that bends round the Earth, splits where thrust may have
ended or not, and spreads along the path. Draws keep all of that. Each starts in the tracker's own coordinates with
the mode it is believed in; one that burns follows a thrust programme of the generic classes (`burn_left`) or, one in
ten, the bank's own law, by which thrust ends at any moment.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation import cholesky_scaled
from vedette.frames import geodetic_from_itrf
from vedette.motion.atmosphere import standard_air
from vedette.tracking.anchors import itrf_from_local
from vedette.tracking.cueing.burn_left import Programme, draw_programmes
from vedette.tracking.kernels.flight_kernel import (
    BOOST,
    COAST,
    ENTRY,
    EXHAUST_MPS,
    LN_BETA,
    STATE_SIZE,
    STEADY,
    STEADY_MPS2,
    STEADY_SCALE_MPS2,
    STEADY_ZERO,
    THRUST,
    fly_points,
)
from vedette.tracking.motions import ENTRY_TOP_M, PARAMETER_MEAN, PARAMETER_SIGMA, BoostCoastEntry
from vedette.tracking.tracks import Tracks

BANK_SHARE = 0.1  # of the burning draws that follow the bank and not a class
STEP_S = 5.0
BURNT_ON_SHARE = 0.5
FLAME_DOUBT = 1.5  # times the sigmas of a track that rests on flames: staging and steering make it surer than it should
SATELLITE_RADIUS_M = 7e6


@dataclass(frozen=True, slots=True, eq=False)
class FlownSamples:
    """n equally likely courses of one object at m instants; NaN after coming down."""

    t_tai_ns: int  # of the belief
    after_s: Scalar  # (m,) instants, seconds after it
    states_itrf: Rows  # (m, n, 6)
    is_burning: Bools  # (m, n)


def fly_samples(
    tracks: Tracks,
    index: int,
    after_s: Scalar,
    count: int,
    rng: np.random.Generator,
    motion: BoostCoastEntry | None = None,
) -> FlownSamples:
    """Draw `count` states of one track and fly them to rising instants `after_s` (m,) >= 0."""
    bank = motion or BoostCoastEntry()
    states, mode = draw_states(tracks, index, count, rng)
    if _is_by_flame(tracks, index):
        silent_s = float(tracks.t_tai_ns - int(tracks.t_last_seen_tai_ns[index])) / NS_PER_S
        states, mode = _gone_on_burning(states, mode, silent_s, bank, rng)
    return fly_drawn(states, mode, tracks.t_tai_ns, after_s, bank, rng)


def _is_by_flame(tracks: Tracks, index: int) -> bool:
    """Whether the track rests on infrared alone: it is anchored to a satellite until a radar takes it over."""
    rows = getattr(tracks, "_rows", None)
    origin = getattr(rows, "origin_itrf_m", None)
    return origin is not None and float(np.linalg.norm(origin[index])) > SATELLITE_RADIUS_M


def _gone_on_burning(
    states: Rows, mode: Ints, silent_s: float, bank: BoostCoastEntry, rng: np.random.Generator
) -> tuple[Rows, Ints]:
    """Half of the draws of a flame that is seen no more, flown again from its last sight as if it had burned on.

    A flame dims as it climbs, and pauses between stages: silence is weaker evidence of burnout than the tracker takes
    it for. What was last seen was burning; how long it burnt from there is for the classes to say.
    """
    silent = np.flatnonzero((mode != BOOST) & (rng.random(len(mode)) < BURNT_ON_SHARE))
    if silent_s < 1.0 or not len(silent):
        return states, mode
    back = np.empty((len(silent), STATE_SIZE))
    fly_points(np.ascontiguousarray(states[silent]), -silent_s, COAST, standard_air(), back)
    pushed = np.maximum(PARAMETER_MEAN[0] + PARAMETER_SIGMA[0] * rng.standard_normal(len(silent)), 1.0)
    back[:, THRUST] = pushed
    programme = draw_programmes(back, pushed, np.ones(len(silent), dtype=bool), rng)
    none = np.zeros(len(silent), dtype=bool)
    t = 0.0
    while t < silent_s - 1e-9:
        dt = min(STEP_S, silent_s - t)
        _step(back, programme, none, np.zeros(len(silent)), t, dt, bank, rng)
        t += dt
    still = programme.mean_push_mps2(silent_s, silent_s + 0.1)
    good = np.isfinite(back[:, 0])
    out, doing = states.copy(), mode.copy()
    out[silent[good]] = back[good]
    out[silent[good], THRUST] = np.maximum(still[good], 0.0)
    doing[silent[good & (still > 0.0)]] = BOOST
    return out, doing


def draw_states(tracks: Tracks, index: int, count: int, rng: np.random.Generator) -> tuple[Rows, Ints]:
    """(count, 8) states as `flight_kernel` flies them, and the modes (count,) they are in, from a track's belief."""
    rows = getattr(tracks, "_rows", None)
    if rows is None or not hasattr(rows, "mode_probability"):
        return _draw_gaussian(tracks.states_itrf[index], tracks.state_covs_itrf[index], count, rng)
    modes = np.asarray(tracks._modes)
    picked = rng.choice(len(modes), size=count, p=rows.mode_probability[index] / rows.mode_probability[index].sum())
    local = np.empty((count, STATE_SIZE))
    for i in range(len(modes)):
        own = picked == i
        root = cholesky_scaled(rows.cov[index, i, :STATE_SIZE, :STATE_SIZE])
        local[own] = rows.mean[index, i, :STATE_SIZE] + rng.standard_normal((int(own.sum()), STATE_SIZE)) @ root.T
        if _is_by_flame(tracks, index):
            local[own, :6] = rows.mean[index, i, :6] + FLAME_DOUBT * (local[own, :6] - rows.mean[index, i, :6])
    one = slice(index, index + 1)
    states = itrf_from_local(local[None], rows.origin_itrf_m[one], rows.axes[one], rows.by_course[one])[0]
    mode = modes[picked]
    upper = mode == STEADY  # from here on it burns like any other: by what its class does, or by the bank
    push = STEADY_MPS2 + STEADY_SCALE_MPS2 * (states[upper, LN_BETA] - STEADY_ZERO)
    states[upper, THRUST], states[upper, LN_BETA] = np.maximum(push, 0.0), PARAMETER_MEAN[1]
    return states, np.where(upper, BOOST, mode)


def _draw_gaussian(state_itrf: Rows, cov: Rows, count: int, rng: np.random.Generator) -> tuple[Rows, Ints]:
    states = np.empty((count, STATE_SIZE))
    states[:, :6] = state_itrf + rng.standard_normal((count, 6)) @ cholesky_scaled(cov).T
    states[:, THRUST:] = PARAMETER_MEAN + PARAMETER_SIGMA * rng.standard_normal((count, 2))
    return states, np.full(count, COAST)


def fly_drawn(
    states: Rows, mode: Ints, t_tai_ns: int, after_s: Scalar, bank: BoostCoastEntry, rng: np.random.Generator
) -> FlownSamples:
    """Fly drawn states (n, 8) in modes (n,) to rising instants; thrust, air and the bank's own doubt on the way."""
    n = len(states)
    now = np.array(states, dtype=float)
    programme = draw_programmes(now, np.maximum(now[:, THRUST], 0.0), mode == BOOST, rng)
    by_bank = (mode == BOOST) & ((rng.random(n) < BANK_SHARE) | ~np.any(programme.stop_s > 0.0, axis=1))
    ends_s = rng.exponential(bank.burn_s, n)
    out = np.full((len(after_s), n, 6), np.nan)
    burns = np.zeros((len(after_s), n), dtype=bool)
    t = 0.0
    for k, want in enumerate(np.asarray(after_s, dtype=float)):
        while t < want - 1e-9:
            dt = min(STEP_S, want - t)
            _step(now, programme, by_bank, ends_s, t, dt, bank, rng)
            t += dt
        out[k] = now[:, :6]
        burns[k] = _push(now, programme, by_bank, ends_s, t, max(t + 0.1, 0.1)) > 0.0
        burns[k] &= np.isfinite(now[:, 0])
    return FlownSamples(t_tai_ns, np.asarray(after_s, dtype=float), out, burns)


def _push(now: Rows, programme: Programme, by_bank: Bools, ends_s: Scalar, t: float, to: float) -> Scalar:
    """(n,) specific thrust over a step."""
    share = np.clip((ends_s - t) / (to - t), 0.0, 1.0)
    return np.where(by_bank, np.maximum(now[:, THRUST], 0.0) * share, programme.mean_push_mps2(t, to))


def _step(
    now: Rows, programme: Programme, by_bank: Bools, ends_s: Scalar, t: float, dt: float, bank: BoostCoastEntry,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    push = _push(now, programme, by_bank, ends_s, t, t + dt)
    alive = np.isfinite(now[:, 0])
    _, _, height_m = geodetic_from_itrf(np.where(alive[:, None], now[:, :3], 7e6))
    burning = alive & (push > 0.0)
    in_air = alive & ~burning & (height_m < ENTRY_TOP_M)
    for which, mode in ((burning, BOOST), (in_air, ENTRY), (alive & ~burning & ~in_air, COAST)):
        rows = np.flatnonzero(which)
        if not len(rows):
            continue
        start = np.ascontiguousarray(now[rows])
        start[:, THRUST] = push[rows] / (1.0 + 0.5 * push[rows] * dt / EXHAUST_MPS)  # the kernel lets it grow
        flown = np.empty_like(start)
        fly_points(start, dt, mode, standard_air(), flown)
        acceleration, thrust, ln_beta = bank.noise(mode)
        shake = rng.standard_normal((len(rows), 2, 3))
        flown[:, 3:6] += np.sqrt(acceleration * dt) * shake[:, 0]
        flown[:, :3] += np.sqrt(acceleration * dt**3) * (0.5 * shake[:, 0] + shake[:, 1] / np.sqrt(12.0))
        flown[:, LN_BETA] += np.sqrt(ln_beta * dt) * rng.standard_normal(len(rows)) * (mode == ENTRY)
        if mode == BOOST:
            _lean(start, flown, push[rows], np.where(by_bank, 0.0, programme.pitch_at_rad(t + 0.5 * dt))[rows], dt)
            # what the bank burns grows as it flies; a programme says its own thrust at the next step
            flown[:, THRUST] += np.sqrt(thrust * dt) * rng.standard_normal(len(rows))
        else:
            flown[:, THRUST] = now[rows, THRUST]
        now[rows] = flown
    _, _, height_m = geodetic_from_itrf(np.where(alive[:, None], now[:, :3], 7e6))
    now[alive & (height_m < -50.0)] = np.nan


def _lean(before: Rows, flown: Rows, push: Scalar, pitch_rad: Scalar, dt: float) -> None:
    """Turn the thrust of a step by a pitch in the vertical plane; the kernel pushes along the velocity alone."""
    if not pitch_rad.any():
        return
    going = before[:, 3:6] / np.maximum(np.linalg.norm(before[:, 3:6], axis=1, keepdims=True), 1.0)
    up = before[:, :3] / np.linalg.norm(before[:, :3], axis=1, keepdims=True)
    across = up - np.sum(up * going, axis=1, keepdims=True) * going
    length = np.linalg.norm(across, axis=1, keepdims=True)
    across = np.where(length > 1e-6, across / np.maximum(length, 1e-6), 0.0)
    turn = (push * (np.cos(pitch_rad) - 1.0))[:, None] * going + (push * np.sin(pitch_rad))[:, None] * across
    flown[:, 3:6] += dt * turn
    flown[:, :3] += 0.5 * dt * dt * turn
