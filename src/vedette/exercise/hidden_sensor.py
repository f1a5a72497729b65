"""A radar nobody names, an hour of satellites over it, and what a release policy lets a partner have of them.

The radar's tracks are those of a filter that is told the truth about its noise: errors and covariances go through the
same updates, so that whatever a tracker's state gives away of its sensor (where tracks begin and end, which way their
ellipsoids point, how they jitter) is there to be found. `sensor_placing` tries to find it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.propagate import coast_track, propagate_coast, propagate_coast_stm
from vedette.reports import Mode, Shared, SharedDrop, SharedTrack
from vedette.sharing.offering import covariance_terms
from vedette.sharing.release import ReleasePolicy, Releaser

T0_TAI_NS = 900_000_000 * NS_PER_S  # a whole multiple of every cadence
_EARTH_M = 6_371_008.8
_HITS = 3  # looks until a track is believed
_PUSH_MPS2 = 1e-3  # one sigma that the filter allows for


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenRadar:
    """What the partner does not know of (site), and what it may well guess (the rest)."""

    lat_deg: float
    lon_deg: float
    elevation_min_deg: float = 3.0
    range_max_m: float = 4.0e6
    range_sigma_m: float = 30.0
    angle_sigma_rad: float = 1.0e-3

    @property
    def position_itrf_m(self) -> Vec3:
        """(3,)"""
        return itrf_from_geodetic(radians(self.lat_deg), radians(self.lon_deg), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """Satellites: truth (n, k, 6) at k instants, `step_s` apart."""

    states_itrf: Rows
    step_s: float

    @property
    def t_tai_ns(self) -> Ints:
        """(k,)"""
        return T0_TAI_NS + np.round(np.arange(self.states_itrf.shape[1]) * self.step_s * NS_PER_S).astype(np.int64)


def draw_sky(
    rng: np.random.Generator, lat_deg: float, lon_deg: float, count: int, hours: float = 1.0, step_s: float = 20.0
) -> Sky:
    """Circular orbits, 300 to 1,500 km up, each within 3,500 km of a place at some moment of the time."""
    away = 3.5e6 / _EARTH_M * np.sqrt(rng.random(count))
    turn = rng.uniform(0.0, 2.0 * np.pi, count)
    lat0, lon0 = radians(lat_deg), radians(lon_deg)
    lat = np.arcsin(np.sin(lat0) * np.cos(away) + np.cos(lat0) * np.sin(away) * np.cos(turn))
    lon = lon0 + np.arctan2(
        np.sin(turn) * np.sin(away) * np.cos(lat0), np.cos(away) - np.sin(lat0) * np.sin(lat)
    )
    places = itrf_from_geodetic(lat, lon, rng.uniform(3e5, 1.5e6, count))
    radius = np.linalg.norm(places, axis=1)
    heading = rng.uniform(0.0, 2.0 * np.pi, count)
    enu = enu_from_itrf_matrix(lat, lon)
    level = np.stack([np.sin(heading), np.cos(heading), np.zeros(count)], axis=1)
    velocities = np.einsum("nji,nj->ni", enu, level) * np.sqrt(EARTH_MU_M3_S2 / radius)[:, None]
    velocities -= np.cross([0.0, 0.0, EARTH_SPIN_RADPS], places)  # relative to the rotating Earth
    steps = round(hours * 3600.0 / step_s) + 1
    when_s = rng.uniform(0.0, hours * 3600.0, count)
    first = propagate_coast(np.concatenate([places, velocities], axis=1), -when_s)
    times_s: Scalar = np.asarray(np.arange(steps) * step_s)
    return Sky(np.stack([coast_track(one, times_s, rtol=1e-8) for one in first]), step_s)


def visible(
    sites_itrf_m: Rows, positions_itrf_m: Rows, elevation_min_deg: float, range_max_m: float
) -> Bools:
    """(s, ...) which positions (..., 3) a radar at each of (s, 3) sites covers; up is away from the Earth's centre."""
    up = sites_itrf_m / np.linalg.norm(sites_itrf_m, axis=1)[:, None]
    flat = positions_itrf_m.reshape(-1, 3)
    square = np.einsum("pi,pi->p", flat, flat)
    along = sites_itrf_m @ flat.T
    site_square = np.einsum("si,si->s", sites_itrf_m, sites_itrf_m)[:, None]
    range_m = np.sqrt(np.maximum(square - 2.0 * along + site_square, 1.0))
    height = up @ flat.T - np.einsum("si,si->s", up, sites_itrf_m)[:, None]
    found = (height >= np.sin(radians(elevation_min_deg)) * range_m) & (range_m <= range_max_m)
    return np.asarray(found.reshape(len(sites_itrf_m), *positions_itrf_m.shape[:-1]))


def hour_of_releases(
    radar: HiddenRadar, sky: Sky, policy: ReleasePolicy, secret: bytes, rng: np.random.Generator, owner: str = "NORTH"
) -> list[tuple[int, tuple[Shared, ...]]]:
    """What the partner gets: instant and content of every batch of tracks."""
    releaser = Releaser(policy, owner=owner, mode=Mode.EXERCISE, secret=secret)
    n = len(sky.states_itrf)
    site = radar.position_itrf_m[None]
    seen = visible(site, sky.states_itrf[:, :, :3], radar.elevation_min_deg, radar.range_max_m)[0]
    believed, covs = np.zeros((n, 6)), np.zeros((n, 6, 6))
    hits, last = np.zeros(n, dtype=int), np.full(n, -1)
    out: list[tuple[int, tuple[Shared, ...]]] = []
    for step, t_tai_ns in enumerate(sky.t_tai_ns):
        rows: Ints = np.flatnonzero(seen[:, step]).astype(np.int64)
        if len(rows):
            _look(radar, sky, step, rows, hits, last, believed, covs, rng)
        offers = [
            _offer(int(i), int(sky.t_tai_ns[last[i]]), believed[i], covs[i], owner)
            for i in np.flatnonzero(hits >= _HITS)
        ]
        for message in releaser.release(offers, int(t_tai_ns)):
            if message.lane == "track":
                out.append((message.t_tai_ns, message.content))
    return out


def _look(
    radar: HiddenRadar, sky: Sky, step: int, rows: Ints, hits: Ints, last: Ints, believed: Rows, covs: Rows,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Predict to this instant and correct by a look; what was never seen, or long ago, begins anew."""
    truth = sky.states_itrf[rows, step]
    away = truth[:, :3] - radar.position_itrf_m
    range_m = np.linalg.norm(away, axis=1)
    along = away / range_m[:, None]
    noise = (radar.angle_sigma_rad * range_m)[:, None, None] ** 2 * (np.eye(3) - along[:, :, None] * along[:, None, :])
    noise = noise + radar.range_sigma_m**2 * along[:, :, None] * along[:, None, :]
    measured = truth[:, :3] + np.einsum("nij,nj->ni", np.linalg.cholesky(noise), rng.standard_normal((len(rows), 3)))
    gap = step - last[rows]
    is_new = (last[rows] < 0) | (gap * sky.step_s > 120.0)
    state, cov = np.zeros((len(rows), 6)), np.zeros((len(rows), 6, 6))
    old = ~is_new
    if old.any():
        dt_s: Scalar = np.asarray(gap[old] * sky.step_s)
        state[old], turn = propagate_coast_stm(believed[rows[old]], dt_s, rtol=1e-8)
        cov[old] = turn @ covs[rows[old]] @ np.swapaxes(turn, 1, 2)
        for i in range(3):
            cov[old, i + 3, i + 3] += _PUSH_MPS2**2 * dt_s**2
    state[is_new, :3] = measured[is_new]
    state[is_new, 3:] = truth[is_new, 3:] + 100.0 * rng.standard_normal((int(is_new.sum()), 3))
    cov[is_new, :3, :3] = noise[is_new]
    cov[is_new, 3:, 3:] = np.eye(3) * 100.0**2
    hits[rows[is_new]] = 0
    if old.any():
        gain = cov[old][:, :, :3] @ np.linalg.inv(cov[old][:, :3, :3] + noise[old])
        state[old] += np.einsum("nij,nj->ni", gain, measured[old] - state[old, :3])
        left = np.eye(6) - np.concatenate([gain, np.zeros_like(gain)], axis=2)
        cov[old] = left @ cov[old] @ np.swapaxes(left, 1, 2) + gain @ noise[old] @ np.swapaxes(gain, 1, 2)
    believed[rows], covs[rows] = state, cov
    hits[rows] += 1
    last[rows] = step


def _offer(index: int, t_tai_ns: int, state: Scalar, cov: Rows, owner: str) -> SharedTrack:
    x, y, z, vx, vy, vz = state.tolist()
    return SharedTrack(
        number=f"w/O{index}", t_tai_ns=t_tai_ns, position_itrf_m=(x, y, z), velocity_itrf_mps=(vx, vy, vz),
        covariance=covariance_terms(cov), phase="orbit", phenomena=("radar",), provenance=(owner,),
        sensors=("radar-hidden",),
    )  # fmt: skip


def told_tracks(batches: Sequence[tuple[int, tuple[Shared, ...]]]) -> dict[str, list[SharedTrack]]:
    """What a partner holds of each number, in order of time."""
    found: dict[str, list[SharedTrack]] = {}
    for _, content in batches:
        for one in content:
            if isinstance(one, SharedTrack):
                found.setdefault(one.number, []).append(one)
            else:
                assert isinstance(one, SharedDrop)
    return found
