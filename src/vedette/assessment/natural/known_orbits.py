"""What is known to be in orbit, asked for an instant and a place: states of hours ago, or public element sets.

An orbit that is hours old is wrong mostly along its track, the more the lower it is: drag is foretold to some tens of
per cent only (Vallado and Finkleman 2014, *Acta Astronautica* 95). That doubt is part of the answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from vedette.assessment.natural.context import OrbitRows
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S, WGS84_A_M
from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.propagate import propagate_coast, propagate_coast_stm
from vedette.reports import KnownBody
from vedette.time import jd_utc_from_tai_ns

DECAY_PERIGEE_M = 180e3  # an orbit that comes lower than this is about to end
_STEP_S = 30.0  # a state carried once serves looks this close in time
_MOST = 6  # nearest objects handed out: more than that never fit


class KnownBodies:
    """A list of known bodies, each coasting with its own drag; carried forward from the instant last asked for."""

    def __init__(self, bodies: Iterable[KnownBody]) -> None:
        self._bodies = tuple(bodies)
        self._last: dict[int, tuple[int, Scalar, Rows, Scalar]] = {}  # time, state, transition, state with other drag

    def __len__(self) -> int:
        """How many it knows."""
        return len(self._bodies)

    def near(self, t_tai_ns: int, place_itrf_m: Vec3, reach_m: float) -> OrbitRows:
        """The bodies that may be within reach of a place then, nearest first; those that have come down are none."""
        rows = []
        for index, body in enumerate(self._bodies):
            state, cov = self._at(index, t_tai_ns)
            if not np.isfinite(state).all():
                continue
            away = float(np.linalg.norm(state[:3] - place_itrf_m))
            doubt = float(np.sqrt(np.trace(cov[:3, :3])))
            if away < reach_m + 4.0 * doubt:
                age_h = (t_tai_ns - body.t_epoch_tai_ns) / NS_PER_S / 3600.0
                rows.append((away / (reach_m + doubt), body.name or body.id, state, cov, body.beta_kg_m2, age_h))
        return _rows(rows)

    def _at(self, index: int, t_tai_ns: int) -> tuple[Scalar, Rows]:
        """State and covariance at an instant."""
        body = self._bodies[index]
        last = self._last.get(index)
        if last is None or abs(t_tai_ns - last[0]) > _STEP_S * NS_PER_S:
            state = np.asarray(body.state_itrf, dtype=float)
            start = (body.t_epoch_tai_ns, state, np.eye(6), state)
            if last is not None and np.isfinite(last[1]).all():
                start = last
            last = self._carried(body, start, t_tai_ns)
            self._last[index] = last
        _, state, turn, other = self._carried(body, last, t_tai_ns)
        drag = other - state
        return state, turn @ body.cov_itrf @ turn.T + np.outer(drag, drag)

    @staticmethod
    def _carried(
        body: KnownBody, start: tuple[int, Scalar, Rows, Scalar], t_tai_ns: int
    ) -> tuple[int, Scalar, Rows, Scalar]:
        t0, state, turn, other = start
        dt_s = (t_tai_ns - t0) / NS_PER_S
        if dt_s == 0.0:
            return start
        after, step = propagate_coast_stm(state, dt_s, body.beta_kg_m2)
        if body.beta_kg_m2 > 0.0 and body.beta_sigma_share > 0.0:
            other = propagate_coast(other, dt_s, body.beta_kg_m2 * (1.0 + body.beta_sigma_share))
        else:
            other = after
        return t_tai_ns, after, step @ turn, other


class ElementSets:
    """Public two-line element sets by name, flown with SGP4 all at once.

    sigmas_m : radial, along-track, cross-track one sigma at epoch; the along-track one grows by `growth_m_per_day` and
        by `drag_share` of what drag has moved the object along since (Vallado and Cefola, IAC-12-C1.6.12, 2012).
    """

    def __init__(
        self,
        lines: Mapping[str, tuple[str, str]],
        orientation: EarthOrientation | None = None,
        sigmas_m: tuple[float, float, float] = (300.0, 1000.0, 300.0),
        growth_m_per_day: float = 1500.0,
        drag_share: float = 0.2,
    ) -> None:
        from sgp4.api import Satrec, SatrecArray  # only who reads element sets pays for it

        self._names = tuple(lines)
        sets = [Satrec.twoline2rv(*two) for two in lines.values()]
        self._sets: Any = SatrecArray(sets)
        self._epochs = np.array([one.jdsatepoch + one.jdsatepochF for one in sets])
        # ndot as published is half the rate of change of the mean motion, here in rad/min2
        self._ndot_rad_s2 = np.array([2.0 * abs(one.ndot) / 3600.0 for one in sets])
        self._size_m = np.array([WGS84_A_M * one.a for one in sets])
        self._earth = orientation or EarthOrientation.packaged()
        self._sigmas_m, self._growth, self._drag = sigmas_m, growth_m_per_day, drag_share
        self._last: tuple[int, Rows] | None = None

    def __len__(self) -> int:
        """How many it knows."""
        return len(self._names)

    def near(self, t_tai_ns: int, place_itrf_m: Vec3, reach_m: float) -> OrbitRows:
        """The objects that may be within reach of a place then, nearest first."""
        if not self._names:
            return _rows([])
        if self._last is None or self._last[0] != t_tai_ns:
            self._last = (t_tai_ns, self._states(t_tai_ns))
        states = self._last[1]
        jd, fraction = jd_utc_from_tai_ns(t_tai_ns)
        days = np.abs(float(jd) + float(fraction) - self._epochs)
        drag_m = 0.5 * self._ndot_rad_s2 * (days * 86_400.0) ** 2 * self._size_m
        along = self._sigmas_m[1] + self._growth * days + self._drag * drag_m
        away = np.linalg.norm(states[:, :3] - place_itrf_m, axis=1)
        rows = []
        for i in np.flatnonzero(away < reach_m + 4.0 * along):
            cov = _cov(states[i], (self._sigmas_m[0], float(along[i]), self._sigmas_m[2]))
            measure = float(away[i] / (reach_m + along[i]))
            rows.append((measure, self._names[i], states[i], cov, 0.0, float(days[i]) * 24.0))
        return _rows(rows)

    def _states(self, t_tai_ns: int) -> Rows:
        """(k, 6) Earth-fixed; NaN for those that SGP4 gives up."""
        jd, fraction = jd_utc_from_tai_ns(t_tai_ns)
        trouble, r, v = self._sets.sgp4(np.array([float(jd)]), np.array([float(fraction)]))
        teme = 1e3 * np.concatenate([r[:, 0], v[:, 0]], axis=-1)
        states = state_itrf_from_teme(np.full(len(teme), t_tai_ns, dtype=np.int64), teme, self._earth)
        states[trouble[:, 0] != 0] = np.nan
        return np.asarray(states)


def is_decaying(states_itrf: Rows) -> Bools:
    """(...) orbits whose lowest point lies in air that ends them within days."""
    lowest = perigee_height_m(states_itrf)
    return np.asarray(lowest < DECAY_PERIGEE_M)


def perigee_height_m(states_itrf: Rows) -> Scalar:
    """(...) height of an orbit's lowest point over a round Earth of the equator's radius; infinite for an escape."""
    r = np.linalg.norm(states_itrf[..., :3], axis=-1)
    v = inertial_velocity(states_itrf)
    energy = 0.5 * np.sum(v * v, axis=-1) - EARTH_MU_M3_S2 / r
    momentum = np.linalg.norm(np.cross(states_itrf[..., :3], v), axis=-1)
    a = -0.5 * EARTH_MU_M3_S2 / np.where(energy < 0.0, energy, -1.0)
    e = np.sqrt(np.maximum(1.0 - momentum**2 / (EARTH_MU_M3_S2 * a), 0.0))
    return np.where(energy < 0.0, a * (1.0 - e) - WGS84_A_M, np.inf)


def inertial_velocity(states_itrf: Rows) -> Rows:
    """(..., 3) among the stars, in Earth-fixed axes."""
    velocity = np.array(states_itrf[..., 3:6])
    velocity[..., 0] -= EARTH_SPIN_RADPS * states_itrf[..., 1]
    velocity[..., 1] += EARTH_SPIN_RADPS * states_itrf[..., 0]
    return velocity


def _cov(state: Scalar, sigmas_m: tuple[float, float, float]) -> Rows:
    """(6, 6) of radial, along-track and cross-track errors that stay what they are as the object goes round."""
    v = inertial_velocity(state)
    radial = state[:3] / np.linalg.norm(state[:3])
    cross = np.cross(state[:3], v)
    cross /= np.linalg.norm(cross)
    axes = np.stack([radial, np.cross(cross, radial), cross])
    rate = float(np.linalg.norm(v) / np.linalg.norm(state[:3]))
    place = np.einsum("ki,k,kj->ij", axes, np.square(sigmas_m), axes)
    across = np.einsum("ki,k,kj->ij", axes, np.square([sigmas_m[0], sigmas_m[0], sigmas_m[2]]), axes)
    cov = np.zeros((6, 6))
    cov[:3, :3], cov[3:, 3:] = place, rate**2 * across
    return cov


def _rows(found: list[tuple[float, str, Scalar, Rows, float, float]]) -> OrbitRows:
    found = sorted(found, key=lambda row: row[:2])[:_MOST]
    states = np.array([row[2] for row in found]).reshape(-1, 6)
    return OrbitRows(
        tuple(row[1] for row in found), states, np.array([row[3] for row in found]).reshape(-1, 6, 6),
        np.array([row[4] for row in found]), is_decaying(states), np.array([row[5] for row in found]),
    )  # fmt: skip
