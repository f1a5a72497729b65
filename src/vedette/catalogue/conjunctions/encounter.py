"""Two objects near each other: states, doubts and the size of both together, from a conjunction message."""

from dataclasses import dataclass

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Mat33, Rows, Vec3
from vedette.formats.cdm import Cdm, CdmObject

_CLIP = 1e-4  # of the radius: Hall, Hejduk, Johnson, "Remediating non-positive definite covariances", AAS 17-567


@dataclass(frozen=True, slots=True, eq=False)
class Encounter:
    """The two at one instant, inertial.

    states : (2, 6) m and m/s
    covs : (2, 6, 6); zero where none is known
    has_cov : whether each one's doubt is known
    """

    t_tai_ns: int
    states: Rows
    covs: Rows
    has_cov: tuple[bool, bool]
    radius_m: float
    warnings: tuple[str, ...] = ()

    @property
    def relative(self) -> Vec3:
        """(6,) the second less the first."""
        return self.states[1] - self.states[0]


def rtn_axes(state: Vec3) -> Mat33:
    """(..., 3, 3) whose columns are radial, along and normal of inertial states (..., 6)."""
    x, v = state[..., :3], state[..., 3:]
    radial = x / np.linalg.norm(x, axis=-1, keepdims=True)
    normal = np.cross(x, v)
    normal = normal / np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.stack([radial, np.cross(normal, radial), normal], axis=-1)


def inertial_cov(state: Vec3, cov_rtn: Rows) -> Rows:
    """(6, 6) inertial covariance of one in the object's own radial, along and normal axes."""
    turn = np.zeros((6, 6))
    turn[:3, :3] = turn[3:, 3:] = rtn_axes(state)
    return turn @ cov_rtn @ turn.T


def encounter_from_cdm(cdm: Cdm, radius_m: float | None = None, source: str = "") -> Encounter:
    """The encounter of a message; BadInputError says what is missing or impossible.

    radius_m : hard body of both together, in place of what the message says
    """
    radius = cdm.radius_m if radius_m is None else radius_m
    if radius is None:
        raise BadInputError("no hard-body radius", source, "give --hbr-m, the radius of both together in metres")
    if not 0.0 < radius < 1e6:
        raise BadInputError(f"a hard-body radius of {radius:g} m", source, "give a radius above zero")
    warnings: list[str] = []
    states = np.array([_inertial(one, cdm.t_tca_tai_ns, source, number) for number, one in enumerate(cdm.objects, 1)])
    covs, has = np.zeros((2, 6, 6)), []
    for k, one in enumerate(cdm.objects):
        is_known = one.cov_rtn is not None and bool(np.any(np.diag(one.cov_rtn)[:3] > 0.0))
        has.append(is_known)
        if one.cov_rtn is None or not is_known:
            continue
        covs[k] = inertial_cov(states[k], one.cov_rtn)
        if np.any(np.diag(one.cov_rtn) < 0.0):
            raise BadInputError(f"{one.title} has a variance below zero", source, "ask the sender for another")
        if float(np.linalg.eigvalsh(_balanced(covs[k])).min()) < 0.0:
            warnings.append(f"{one.title}: covariance is not positive definite; 3-D and drawn answers are doubtful")
    relative = states[1] - states[0]
    speed = float(np.linalg.norm(relative[3:]))
    told = cdm.miss_distance_m
    apart = float(np.linalg.norm(relative[:3]))
    if told is not None and abs(told - apart) > 1.0 + 0.01 * apart:
        warnings.append(f"the message says a miss of {told:g} m, its states give {apart:.1f} m")
    if speed == 0.0:
        warnings.append("the two have the same velocity: there is no encounter plane")
    return Encounter(cdm.t_tca_tai_ns, states, covs, (has[0], has[1]), float(radius), tuple(warnings))


def _balanced(cov: Rows) -> Rows:
    """A correlation matrix: positions and velocities weigh the same, so that rounding is not taken for damage."""
    sigmas = np.sqrt(np.maximum(np.diag(cov), 1e-30))
    return cov / np.outer(sigmas, sigmas) + 1e-10 * np.eye(6)


def _inertial(one: CdmObject, t_tai_ns: int, source: str, number: int) -> Vec3:
    if one.state_m_mps is None:
        raise BadInputError(f"OBJECT{number} has no state", source, "without both states nothing can be computed")
    state = np.asarray(one.state_m_mps)
    radius = float(np.linalg.norm(state[:3]))
    if not 6.2e6 < radius < 2e9:
        what = f"OBJECT{number} is {radius / 1e3:.0f} km from the Earth's centre"
        raise BadInputError(what, source, "check its units")
    if one.frame in ("EME2000", "GCRF", "ICRF"):
        return state
    from vedette.frames import EarthOrientation, state_gcrf_from_itrf, state_gcrf_from_teme

    orientation = EarthOrientation.packaged()
    turn = state_gcrf_from_itrf if one.frame == "ITRF" else state_gcrf_from_teme
    return turn(t_tai_ns, state, orientation)


_ROUNDING = 1e-12  # of the largest eigenvalue


def positive(cov: Rows, radius_m: float) -> tuple[Rows, bool]:
    """A covariance whose eigenvalues are at least the square of a ten-thousandth of the radius (and no less than what
    rounding leaves of the largest), and whether one was below zero."""
    values, vectors = np.linalg.eigh(cov)
    least = max((_CLIP * radius_m) ** 2, _ROUNDING * float(values.max()))
    if values.min() >= least:
        return cov, False
    return (vectors * np.maximum(values, least)) @ vectors.T, bool(values.min() < 0.0)


def encounter_plane(relative_velocity_mps: Vec3, relative_position_m: Vec3) -> Rows:
    """(2, 3) axes of the plane across the relative velocity; the first points to the miss."""
    z = relative_velocity_mps / np.linalg.norm(relative_velocity_mps)
    x = relative_position_m - z * (relative_position_m @ z)
    size = float(np.linalg.norm(x))
    if size < 1e-9 * max(1.0, float(np.linalg.norm(relative_position_m))):
        x = np.eye(3)[int(np.argmin(np.abs(z)))]
        x = x - z * (x @ z)
        size = float(np.linalg.norm(x))
    x = x / size
    return np.stack([x, np.cross(z, x)])
