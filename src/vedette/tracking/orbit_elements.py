"""What an orbit is, in the words people use: size, shape, tilt, lowest and highest point, with their doubt."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, WGS84_A_M
from vedette.core.shapes import Rows, Scalar
from vedette.frames import (
    EarthOrientation,
    state_gcrf_from_itrf,
    state_teme_from_itrf,
)

_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class OrbitElements:
    """Osculating elements on the true equator of date (teme); heights are over the equator's radius, 6,378.137 km."""

    semi_major_axis_m: float
    eccentricity: float
    inclination_rad: float
    node_rad: float  # right ascension of the ascending node, from the mean equinox of date
    perigee_argument_rad: float
    perigee_height_m: float
    apogee_height_m: float  # infinite for an escape


@dataclass(frozen=True, slots=True)
class OrbitSpread:
    """How sure the elements are: one sigma of each, and the chance that the perigee lies above a height."""

    semi_major_axis_sigma_m: float
    eccentricity_sigma: float
    inclination_sigma_rad: float
    node_sigma_rad: float
    perigee_height_sigma_m: float
    apogee_height_sigma_m: float
    p_lasting: float


def elements_from_inertial(state: Scalar) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Semi-major axis (m), eccentricity, inclination, node, argument of perigee (rad) of inertial states (..., 6).

    Semi-major axis is negative for an escape. A circular orbit has its perigee at the node, an equatorial one its node
    on the x axis.
    """
    state = np.asarray(state, dtype=float)
    r, v = state[..., :3], state[..., 3:]
    r_m = np.linalg.norm(r, axis=-1)
    v2 = np.sum(v * v, axis=-1)
    h = np.cross(r, v)
    e = np.cross(v, h) / EARTH_MU_M3_S2 - r / r_m[..., None]
    a_m = 1.0 / (2.0 / r_m - v2 / EARTH_MU_M3_S2)
    level = np.hypot(h[..., 0], h[..., 1])
    inclination = np.arctan2(level, h[..., 2])
    node = np.where(level > 0, np.arctan2(h[..., 0], -h[..., 1]), 0.0) % (2 * np.pi)
    towards_node = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=-1)
    ahead = np.cross(h / np.linalg.norm(h, axis=-1, keepdims=True), towards_node)
    perigee = np.arctan2(np.sum(e * ahead, axis=-1), np.sum(e * towards_node, axis=-1)) % (2 * np.pi)
    return a_m, np.linalg.norm(e, axis=-1), inclination, node, perigee


def orbit_elements(
    t_tai_ns: int,
    state_itrf: Scalar,
    state_cov_itrf: Rows,
    earth_orientation: EarthOrientation,
    perigee_height_m: float = 100e3,
) -> tuple[OrbitElements, OrbitSpread]:
    """Elements of an Earth-fixed state (6,) and their spread under its covariance (6, 6).

    The spread is that of 2,000 draws with a fixed seed, so that a wide covariance is judged by the true, bent relation
    between state and perigee; the elements are those of the state itself.
    """
    values, axes = np.linalg.eigh(_unit(state_cov_itrf))
    scale = np.sqrt(np.diagonal(state_cov_itrf))
    cloud = state_itrf + scale * ((_draws() * np.sqrt(np.maximum(values, 0.0))) @ axes.T)
    together = np.vstack([state_itrf[None], cloud])
    inertial = state_teme_from_itrf(t_tai_ns, together, earth_orientation)
    a_m, e, i_rad, node_rad, w_rad = elements_from_inertial(inertial)
    perigee_m = a_m * (1.0 - e) - WGS84_A_M
    apogee_m = np.where(a_m > 0, a_m * (1.0 + e) - WGS84_A_M, np.inf)
    node_off = (node_rad[1:] - node_rad[0] + np.pi) % (2 * np.pi) - np.pi
    elements = OrbitElements(
        semi_major_axis_m=float(a_m[0]),
        eccentricity=float(e[0]),
        inclination_rad=float(i_rad[0]),
        node_rad=float(node_rad[0]),
        perigee_argument_rad=float(w_rad[0]),
        perigee_height_m=float(perigee_m[0]),
        apogee_height_m=float(apogee_m[0]),
    )
    spread = OrbitSpread(
        semi_major_axis_sigma_m=float(np.std(a_m[1:])),
        eccentricity_sigma=float(np.std(e[1:])),
        inclination_sigma_rad=float(np.std(i_rad[1:])),
        node_sigma_rad=float(np.sqrt(np.mean(node_off**2))),
        perigee_height_sigma_m=float(np.std(perigee_m[1:])),
        apogee_height_sigma_m=float(np.std(apogee_m[1:])) if np.all(np.isfinite(apogee_m)) else float("inf"),
        p_lasting=float(np.mean(perigee_m[1:] > perigee_height_m)),
    )
    return elements, spread


def state_and_cov_gcrf(
    t_tai_ns: int, state_itrf: Scalar, state_cov_itrf: Rows, earth_orientation: EarthOrientation
) -> tuple[Scalar, Rows]:
    """The same state (6,) and covariance (6, 6) in gcrf."""
    turn = _gcrf_from_itrf(int(t_tai_ns), earth_orientation)
    return turn @ state_itrf, turn @ state_cov_itrf @ turn.T


def state_and_cov_teme(
    t_tai_ns: int, state_itrf: Scalar, state_cov_itrf: Rows, earth_orientation: EarthOrientation
) -> tuple[Scalar, Rows]:
    """The same state (6,) and covariance (6, 6) in teme, SGP4's frame."""
    turn = _teme_from_itrf(int(t_tai_ns), earth_orientation)
    return turn @ state_itrf, turn @ state_cov_itrf @ turn.T


@lru_cache(maxsize=4096)
def _gcrf_from_itrf(t_tai_ns: int, earth_orientation: EarthOrientation) -> Rows:
    """(6, 6) by which states turn at one instant: an object's orbits share their epoch, fit after fit."""
    turn = state_gcrf_from_itrf(np.full(6, t_tai_ns, dtype=np.int64), np.eye(6), earth_orientation).T
    turn.flags.writeable = False
    return turn


@lru_cache(maxsize=4096)
def _teme_from_itrf(t_tai_ns: int, earth_orientation: EarthOrientation) -> Rows:
    turn = state_teme_from_itrf(np.full(6, t_tai_ns, dtype=np.int64), np.eye(6), earth_orientation).T
    turn.flags.writeable = False
    return turn


@lru_cache(maxsize=1)
def _draws() -> Rows:
    drawn = np.random.default_rng(1975).normal(size=(_DRAWS, 6))
    drawn.flags.writeable = False
    return drawn


def _unit(cov: Rows) -> Rows:
    scale = np.sqrt(np.diagonal(cov))
    return cov / (scale[:, None] * scale[None, :])
