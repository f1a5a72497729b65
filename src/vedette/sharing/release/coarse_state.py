"""States made coarse so that the doubt added is true doubt, stays put for a track, and is told in full.

A track is turned about the Earth's centre by a small secret angle and stretched by a small secret factor, both fixed
for its life, then laid on a grid whose phase is secret too. Rounding alone would not do: a moving object crosses the
grid, and a smooth curve through an hour of rounded places is hundreds of times better than the grid. A turn and a
stretch do not average away; and because gravity looks the same after a turn, dynamics do not give the turn away.

The covariance grows by exactly what was added: with J the derivative of the state by turn and stretch, and steps g of
the grid,

    P' = P + J Σ Jᵀ + diag(g² / 12)

so that the normalised error squared (NEES) of what is released is 6, as before [subtractive dither makes the rounding
error uniform and independent of what is rounded: Schuchman, IEEE Trans. Commun. 12, 1964].

Shapes tell: the long axis of a radar's ellipsoid lies across its line of sight, and lines of sight meet at the radar.
A round covariance shows none of it: a ball in position and a ball in velocity that hold what is inside, the same
for every track that has the same steps. So that such a ball claims little too much, the step is large beside it, and
grows where a track is worse: the mean NEES is then between 4.7 and 6.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar
from vedette.sharing.release.ladder import step_up, steps_to
from vedette.sharing.release.secrets import Secret

EARTH_M = 6_371_008.8
OFFSET_SHARE = 0.5  # of the step: one sigma of the fixed offset, each way
_LADDER = np.array([float(f"{step}e{decade}") for decade in range(-12, 16) for step in (1, 2, 5)])  # `step_up` of many
_HIDDEN = 5.0  # with a hidden shape, a step is so many of the sigma that is told for the track's own doubt


@dataclass(frozen=True, slots=True)
class Coarseness:
    """How coarse: steps in metres and metres per second, 0 for as it is; `is_round` hides the covariance's shape."""

    position_m: float
    velocity_mps: float
    is_round: bool


def coarse_states(
    secret: Secret, names: tuple[str, ...], states_itrf: Rows, state_covs_itrf: Rows, how: Coarseness
) -> tuple[Rows, Rows, Scalar, Scalar]:
    """What may be told of tracks: states (n, 6), covariances (n, 6, 6), and the steps used (n,), (n,).

    `names` are the tracks' own: each has its own offset, for ever.
    """
    states, covs = np.asarray(states_itrf, dtype=float), np.asarray(state_covs_itrf, dtype=float)
    n = len(states)
    steps_m, steps_mps = np.full(n, step_up(how.position_m)), np.full(n, step_up(how.velocity_mps))
    if not (how.is_round or steps_m.any() or steps_mps.any()):
        return states, covs, steps_m, steps_mps  # as it is
    own_m2 = np.zeros(n)
    own_m2_s2 = np.zeros(n)
    if how.is_round:
        # [[2A, 0], [0, 2B]] is never less than [[A, C], [Cᵀ, B]], whatever C
        own_m2 = 2.0 * np.linalg.eigvalsh(covs[:, :3, :3])[:, -1]
        own_m2_s2 = 2.0 * np.linalg.eigvalsh(covs[:, 3:, 3:])[:, -1]
        if how.position_m > 0.0:  # where a track is worse than the step, the step grows: else its jitter would show
            steps_m = np.maximum(steps_m, _stepped(_HIDDEN * np.sqrt(own_m2)))
        if how.velocity_mps > 0.0:
            steps_mps = np.maximum(steps_mps, _stepped(_HIDDEN * np.sqrt(own_m2_s2)))
    offsets = np.array([_offset(secret, name, step) for name, step in zip(names, steps_m, strict=True)]).reshape(n, 4)
    told, slope = _moved(states, offsets)
    phases = np.array([secret.uniforms("phase", name, 6) for name in names]).reshape(n, 6)
    steps = np.concatenate([np.repeat(steps_m[:, None], 3, 1), np.repeat(steps_mps[:, None], 3, 1)], axis=1)
    told = _on_grid(told, steps, phases)
    if how.is_round:
        covs = _round(own_m2, own_m2_s2, steps_m, steps_mps)
    return told, covs + _added(slope, steps), steps_m, steps_mps


def added_by(states_itrf: Rows, position_m: float, velocity_mps: float) -> Rows:
    """(n, 6, 6) what steps of this size add to covariances; whoever knows the policy knows it."""
    states = np.asarray(states_itrf, dtype=float)
    steps = np.repeat([[step_up(position_m)] * 3 + [step_up(velocity_mps)] * 3], len(states), axis=0)
    return _added(_moved(states, np.zeros((len(states), 4)))[1], steps)


def _added(slope: Rows, steps: Rows) -> Rows:
    added = np.einsum("nij,n,nkj->nik", slope, (OFFSET_SHARE * steps[:, 0] / EARTH_M) ** 2, slope)
    diagonal = np.arange(6)
    added[:, diagonal, diagonal] += steps**2 / 12.0
    return np.asarray(added)


def _round(own_m2: Scalar, own_m2_s2: Scalar, steps_m: Scalar, steps_mps: Scalar) -> Rows:
    """Two balls that hold an ellipsoid.

    Where there is a step, the ball is that of the worst track that still has it: it says nothing of this one.
    """
    variance = np.where(steps_m > 0.0, (steps_m / _HIDDEN) ** 2, _stepped(np.sqrt(own_m2)) ** 2)
    variance_v = np.where(steps_mps > 0.0, (steps_mps / _HIDDEN) ** 2, _stepped(np.sqrt(own_m2_s2)) ** 2)
    covs = np.zeros((len(own_m2), 6, 6))
    for i in range(3):
        covs[:, i, i], covs[:, 3 + i, 3 + i] = variance, variance_v
    return covs


def _stepped(sigmas: Scalar) -> Scalar:
    at = np.searchsorted(_LADDER, sigmas * (1.0 - 1e-9))
    if not (np.isfinite(sigmas).all() and (at < len(_LADDER)).all()):
        return np.array([step_up(float(s)) for s in sigmas])
    return np.where(sigmas > 0.0, _LADDER[at], 0.0)


@lru_cache(maxsize=65_536)
def _offset(secret: Secret, name: str, step_m: float) -> Scalar:
    """(4,) turn about three axes and stretch, of sigma `OFFSET_SHARE * step_m` at the Earth's surface.

    A sum over all finer steps, each with its own draw: the offset of a coarser step is that of a finer one and more.
    """
    total, before = np.zeros(4), 0.0
    if step_m <= 0.0:
        return total
    for step in steps_to(step_m):
        width = OFFSET_SHARE * step / EARTH_M
        total = total + np.sqrt(width**2 - before**2) * secret.normals(f"offset {step:g}", name, 4)
        before = width
    return total


def _moved(states: Rows, offsets: Rows) -> tuple[Rows, Rows]:
    """States after turn and stretch, and the derivative (n, 6, 4) by them."""
    turn, stretch = offsets[:, :3], offsets[:, 3]
    angle = np.linalg.norm(turn, axis=1)
    axis = turn / np.where(angle > 0.0, angle, 1.0)[:, None]
    parts = []
    for part in (states[:, :3], states[:, 3:]):  # Rodrigues
        along = np.einsum("ni,ni->n", axis, part)[:, None] * axis
        across = np.cross(axis, part)
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        parts.append((1.0 + stretch)[:, None] * (part * cos + across * sin + along * (1.0 - cos)))
    slope = np.zeros((len(states), 6, 4))
    for first, part in zip((0, 3), parts, strict=True):
        x, y, z = part.T
        slope[:, first : first + 3, 0] = np.stack([np.zeros_like(x), -z, y], axis=1)  # e_x × p
        slope[:, first : first + 3, 1] = np.stack([z, np.zeros_like(x), -x], axis=1)
        slope[:, first : first + 3, 2] = np.stack([-y, x, np.zeros_like(x)], axis=1)
        slope[:, first : first + 3, 3] = part
    return np.concatenate(parts, axis=1), slope


def _on_grid(states: Rows, steps: Rows, phases: Rows) -> Rows:
    """Nearest points of grids of these steps and phases; what has no step stays as it is."""
    has_step: Bools = steps > 0.0
    safe = np.where(has_step, steps, 1.0)
    return np.where(has_step, safe * (np.round(states / safe - phases) + phases), states)
