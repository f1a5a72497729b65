"""Beliefs of several owners brought to one instant, all by the same motion.

A shared state says nothing of the filter that made it. So everybody's is carried by one model: the Earth to J4 on the
turning Earth, drag where there is air, a push along the velocity while it burns; and the doubt that the model leaves
grows at the same rate for all. How much of a covariance comes from that common doubt is kept beside it: it is the part
in which two owners' errors may be tied though they share no look.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation import symmetrized
from vedette.frames import geodetic_from_itrf
from vedette.motion.propagate import propagate_coast, propagate_coast_stm
from vedette.tracking.joint.intersection import inverse, no_more_than
from vedette.tracking.motions import ENTRY_TOP_M, PARAMETER_MEAN, PARAMETER_SIGMA, BoostCoastEntry

_MOTION = BoostCoastEntry()
COAST_NOISE_M2_S3 = _MOTION.coast_noise_m2_s3
BOOST_NOISE_M2_S3 = _MOTION.boost_noise_m2_s3
ENTRY_NOISE_M2_S3 = _MOTION.entry_noise_m2_s3
BOOST, COAST, ENTRY = 0, 1, 2
_SHORT_S = 30.0  # up to here the way is nearly straight and the noise has its closed form
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
FIRST_SPAN_S = 30.0  # a track that is new to us may have carried the common doubt of so long


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """Rows: states (n, 6), covariances (n, 6, 6), the part of them that is common doubt of motion (n, 6, 6)."""

    states_itrf: Rows
    covs: Rows
    tied: Rows
    least: Rows | None = None  # (n, 6, 6) of carried ones: what the most confident filter would have come to unseeing


def phases_of(words: list[str], states_itrf: Rows) -> Ints:
    """(n,) BOOST, COAST or ENTRY, by the owner's word; without one, by height."""
    if not words:
        return np.empty(0, dtype=np.int64)
    _, _, height_m = geodetic_from_itrf(states_itrf[:, :3])
    by_height = np.where(height_m < ENTRY_TOP_M, ENTRY, COAST)
    known = {"boost": BOOST, "coast": COAST, "orbit": COAST, "re-entry": ENTRY}
    return np.array([known.get(word, by_height[i]) for i, word in enumerate(words)], dtype=np.int64)


def carried(beliefs: Beliefs, dt_s: Scalar, phase: Ints) -> Beliefs:
    """Each row after its own time, either way; doubt grows in both directions."""
    dt_s = np.broadcast_to(np.asarray(dt_s, dtype=float), (len(beliefs.states_itrf),))
    if len(dt_s) == 0 or not dt_s.any():
        return Beliefs(beliefs.states_itrf, beliefs.covs, beliefs.tied, beliefs.covs)
    states, F = propagate_coast_stm(beliefs.states_itrf, dt_s)
    extra = np.zeros_like(beliefs.covs)
    boosts = phase == BOOST
    if boosts.any():
        states[boosts], extra[boosts] = _pushed(beliefs.states_itrf[boosts], states[boosts], dt_s[boosts])
    in_air = ~boosts & _feels_air(beliefs.states_itrf, states)
    if in_air.any():
        states[in_air], extra[in_air] = _braked(beliefs.states_itrf[in_air], dt_s[in_air])
    density = np.array([BOOST_NOISE_M2_S3, COAST_NOISE_M2_S3, ENTRY_NOISE_M2_S3])[phase]
    unit = _unit_noise(beliefs.states_itrf, F, dt_s)
    back = np.swapaxes(F, -1, -2)
    # without the doubt of thrust and drag: their owner may know them, though they are not told
    least = symmetrized(F @ beliefs.covs @ back + density[:, None, None] * unit)
    density = np.where(in_air, ENTRY_NOISE_M2_S3, density)
    Q = density[:, None, None] * unit + extra
    still = (dt_s == 0.0)[:, None, None]
    covs = np.where(still, beliefs.covs, symmetrized(F @ beliefs.covs @ back + Q))
    tied = np.where(still, beliefs.tied, symmetrized(F @ beliefs.tied @ back + Q))
    states = np.where(dt_s[:, None] == 0.0, beliefs.states_itrf, states)
    return Beliefs(states, covs, tied, least)


def first_tied(states_itrf: Rows, covs: Rows, phase: Ints) -> Rows:
    """The common part of tracks that were not heard of before: what a short while of common doubt can have left."""
    density = np.array([BOOST_NOISE_M2_S3, COAST_NOISE_M2_S3, ENTRY_NOISE_M2_S3])[phase]
    Q = density[:, None, None] * _straight_noise(np.full(len(states_itrf), FIRST_SPAN_S))
    return no_more_than(Q, covs)


def tied_after(before: Beliefs, covs: Rows) -> Rows:
    """The common part of (n, 6, 6) covariances that an owner's filter has come to from `before`, carried to now.

    What the looks in between taught shrinks it as they shrink the whole: W T Wᵀ with W = P P₋⁻¹, the filter's own
    factor I - K H (Bar-Shalom and Campo 1986, eq. 6, with one filter's factor on both sides).
    """
    W = covs @ inverse(before.covs)
    return no_more_than(W @ before.tied @ np.swapaxes(W, -1, -2), covs)


def seconds_between(later_tai_ns: Ints | int, earlier_tai_ns: Ints | int) -> Scalar:
    """Differences of instants, in seconds."""
    return np.asarray(np.asarray(later_tai_ns) - np.asarray(earlier_tai_ns), dtype=float) / NS_PER_S


def _feels_air(before: Rows, after: Rows) -> Bools:
    low = np.full(len(before), np.inf)
    for states in (before, after):
        _, _, height_m = geodetic_from_itrf(states[:, :3])
        low = np.minimum(low, np.where(np.isfinite(height_m), height_m, -np.inf))
    return np.asarray(low < ENTRY_TOP_M)


def _straight_noise(dt_s: Scalar) -> Rows:
    span = np.abs(dt_s)
    Q = np.zeros((len(span), 6, 6))
    i = np.arange(3)
    Q[:, i, i], Q[:, i + 3, i + 3] = (span**3 / 3.0)[:, None], span[:, None]
    Q[:, i, i + 3] = Q[:, i + 3, i] = (0.5 * dt_s * span)[:, None]
    return Q


def _unit_noise(states: Rows, F: Rows, dt_s: Scalar) -> Rows:
    """White acceleration of density one over each row's time: closed for short times, by quadrature along the arc."""
    Q = _straight_noise(dt_s)
    far = np.flatnonzero(np.abs(dt_s) > _SHORT_S)
    if len(far):
        at = 0.5 * dt_s[far, None] * (1.0 + _NODES)
        _, to_node = propagate_coast_stm(states[far, None, :].repeat(len(_NODES), axis=1), at)
        rest = F[far, None] @ np.linalg.inv(to_node)
        push = rest[..., :, 3:]
        part = push @ np.swapaxes(push, -1, -2)
        Q[far] = np.einsum("k,nkij->nij", _WEIGHTS, part) * (0.5 * np.abs(dt_s[far]))[:, None, None]
    return Q


def _pushed(before: Rows, coasted: Rows, dt_s: Scalar) -> tuple[Rows, Rows]:
    """A burn of usual size along the velocity, and the doubt of its size; it grows no longer than half a minute."""
    speed = np.linalg.norm(before[:, 3:], axis=1, keepdims=True)
    along = before[:, 3:] / np.maximum(speed, 1.0)
    burn = np.clip(dt_s, -_SHORT_S, _SHORT_S)
    way = np.concatenate([along * (0.5 * burn * np.abs(burn))[:, None], along * burn[:, None]], axis=1)
    way[:, :3] += along * (burn * (dt_s - burn))[:, None]
    way[:, :3] *= np.sign(dt_s)[:, None] ** 2
    mean, sigma = PARAMETER_MEAN[0], PARAMETER_SIGMA[0]
    return coasted + mean * way, sigma**2 * way[:, :, None] * way[:, None, :]


def _braked(before: Rows, dt_s: Scalar) -> tuple[Rows, Rows]:
    """Drag of a body of unknown shape: the middle of the usual ballistic coefficients, and what their spread does."""
    ln_beta, sigma = PARAMETER_MEAN[1], PARAMETER_SIGMA[1]
    middle = propagate_coast(before, dt_s, float(np.exp(ln_beta)))
    slim = propagate_coast(before, dt_s, float(np.exp(ln_beta + sigma)))
    blunt = propagate_coast(before, dt_s, float(np.exp(ln_beta - sigma)))
    half = 0.5 * (slim - blunt)
    return middle, half[:, :, None] * half[:, None, :]
