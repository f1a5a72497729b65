"""What an owner reads otherwise, in the terms of a sensor whose place is known: clock, range, azimuth, elevation.

Tracks of one radar lean the way its looks do. Where the place is known (its owner shares looks, or has told it), the
differences of shared satellites tell the radar's own four errors, which people can put right, in place of a frame that
is shifted and turned.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.estimation import chi_square_gate
from vedette.frames import geodetic_from_itrf
from vedette.tracking.joint.intersection import inverse
from vedette.tracking.joint.offsets import slopes
from vedette.tracking.joint.owner_registration import FEWEST_OBJECTS, SURE, Lessons

TERMS = ("clock_s", "range_m", "azimuth_rad", "elevation_rad")
PRIOR = np.array([3.0, 10e3, 0.05, 0.05])
WORTH_SAYING = np.array([1e-3, 10.0, 2e-5, 2e-5])
_HALF_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class BiasFromPlace:
    """An owner's errors beside ours: `values` and `cov` in order of `TERMS`; the clock ahead, range long, angles up."""

    owner: str
    objects: int
    values: Scalar  # (4,)
    cov: Rows  # (4, 4)
    alarms: tuple[str, ...]
    text: str

    def bias(self, term: str) -> float:
        """One of them."""
        return float(self.values[TERMS.index(term)])

    def sigma(self, term: str) -> float:
        """And its doubt."""
        i = TERMS.index(term)
        return float(np.sqrt(self.cov[i, i]))


def bias_from_place(owner: str, own: str, lessons: Lessons, place_itrf_m: Vec3) -> BiasFromPlace:
    """Least squares over the shared satellites of two owners, as `owner_registration.solved` does it."""
    first, second = sorted((owner, own))
    mine = [lessons[key] for key in sorted(lessons) if key[:2] == (first, second)]
    normal, pull = np.diag(1.0 / PRIOR**2), np.zeros(4)
    if mine:
        states = np.array([one.state_itrf for one in mine])
        apart = np.array([one.apart for one in mine]) * (1.0 if owner == second else -1.0)
        H = place_slopes(states, np.asarray(place_itrf_m, dtype=float))
        weighed = np.linalg.solve(np.array([one.cov for one in mine]), H)
        normal = normal + np.einsum("nij,nik->jk", H, weighed)
        pull = np.einsum("nij,ni->j", weighed, apart)
    cov = inverse(normal)
    values = cov @ pull
    sigma = np.sqrt(np.diagonal(cov))
    sure = np.sqrt(chi_square_gate(SURE, 1))
    is_out = (np.abs(values) > sure * sigma) & (np.abs(values) > WORTH_SAYING) & (len(mine) >= FEWEST_OBJECTS)
    alarms = tuple(term for term, out in zip(TERMS, is_out, strict=True) if out)
    return BiasFromPlace(owner, len(mine), values, cov, alarms, _words(owner, len(mine), values, sigma, alarms))


def place_slopes(states_itrf: Rows, place_itrf_m: Vec3) -> Rows:
    """(n, 6, 4) how tracks move with each error of a sensor at a place; velocities by how that changes on the way."""
    H = np.zeros((len(states_itrf), 6, 4))
    H[:, :, 0] = -slopes(states_itrf)[:, :, 0]  # a clock that is ahead tells old places
    step = _HALF_S * states_itrf[:, 3:]
    here, before, after = (
        _sideways(states_itrf[:, :3] + k * step, place_itrf_m) for k in (0.0, -1.0, 1.0)
    )
    H[:, :3, 1:], H[:, 3:, 1:] = here, (after - before) / (2.0 * _HALF_S)
    return H


def _sideways(positions_itrf_m: Vec3, place_itrf_m: Vec3) -> Rows:
    """(n, 3, 3): along the line of sight, and by how far a radian of azimuth and of elevation moves the point."""
    lat_rad, lon_rad, _ = (float(value) for value in geodetic_from_itrf(place_itrf_m))
    up = np.array([np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)])
    away = positions_itrf_m - place_itrf_m
    distance = np.linalg.norm(away, axis=1, keepdims=True)
    los = away / distance
    azimuth = -np.cross(up, away)  # clockwise from north, as on a compass
    level = np.linalg.norm(azimuth, axis=1, keepdims=True)
    rise = np.cross(azimuth / level, los)  # the right-hand axis of growing elevation
    rise *= np.sign(rise @ up)[:, None]
    return np.stack([los, azimuth, rise * distance], axis=-1)


def _words(owner: str, objects: int, values: Scalar, sigma: Scalar, alarms: tuple[str, ...]) -> str:
    said = {
        "clock_s": (1e3, "ms", "its clock {} ms", "ahead", "behind"),
        "range_m": (1.0, "m", "its range {} m", "long", "short"),
        "azimuth_rad": (1e6, "urad", "its azimuth {} urad", "right", "left"),
        "elevation_rad": (1e6, "urad", "its elevation {} urad", "high", "low"),
    }
    parts = []
    for i, term in enumerate(TERMS):
        if term in alarms:
            scale, _, words, more, less = said[term]
            size = f"{scale * abs(values[i]):.1f}"
            parts.append(f"{words.format(size)} {more if values[i] > 0 else less} (± {scale * sigma[i]:.1f})")
    return f"{owner}: by {objects} shared satellites {', '.join(parts)}" if parts else ""
