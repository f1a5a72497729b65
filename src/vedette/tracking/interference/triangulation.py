"""Where noise comes from: strobes of several radars put together, without ghosts.

Two bearings cross somewhere whether or not they hear the same source; with n strobes at each of m sites there are far
more crossings than sources. So every set of strobes with at most one a site is tried as one source, over the whole
time that they were heard, with elevations where they were measured, and gets the probability of its data (its
evidence). Then all ways of sharing the strobes out among sources are summed exactly, inside each cluster of strobes
that can belong together. A source is stated when most of that sum agrees on it; otherwise the ambiguity is.

Data association from passive sensors: Pattipati, Deb, Bar-Shalom and Washburn 1992 (IEEE T-AC 37, 198-213), here summed
over and not only maximised. The unknown range is cut into slices (Peach 1995, IEE Proc. 142, 73-80), each a Gaussian
whose most likely place is found by Gauss-Newton and whose evidence is Laplace's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Mat33, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf, itrf_from_enu
from vedette.sensing import Radar, is_above_radio_horizon, radar_and_jacobian_from_itrf, standing
from vedette.tracking.interference.strobe_trains import Directions

RANGE_MIN_M, RANGE_MAX_M = 8e3, 1500e3
SLICES = 18
HEIGHT_M, HEIGHT_SIGMA_M = 6e3, 7e3  # a mast, an aircraft: anything from the ground to 20 km
SPEED_SIGMA_MPS = 150.0  # each way, level
CLIMB_SIGMA_MPS = 5.0
LOG_SOURCES = np.log(0.1)  # each further source must be worth it
HEARD, UNHEARD = np.log(0.7), np.log(0.3)  # by a radar above whose horizon the source stands
FEWEST_LOG_GAIN = -8.0  # a set so much less likely than its strobes apart is not tried further
MOST_SETS = 400
MOST_TOGETHER = 16  # strobes in one exact sum


@dataclass(frozen=True, slots=True, eq=False)
class Bearing:
    """One strobe train as triangulation takes it."""

    radar: Radar
    directions: Directions
    number: int  # whose it is, for the caller


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A set of strobes as one source."""

    members: frozenset[int]  # numbers of the bearings
    sensors: tuple[str, ...]
    log_evidence: float
    t_tai_ns: int
    position_itrf_m: Vec3  # (3,)
    velocity_itrf_mps: Vec3  # (3,)
    cov_itrf: Rows  # (6, 6)
    probability: float = 0.0  # over all ways of sharing the strobes out

    @property
    def position_cov_itrf_m2(self) -> Mat33:
        """(3, 3)"""
        return self.cov_itrf[:3, :3]

    @property
    def lat_lon_deg(self) -> tuple[float, float]:
        """The place below it."""
        lat, lon, _ = geodetic_from_itrf(self.position_itrf_m)
        return float(np.degrees(lat)), float(np.degrees(lon))

    @property
    def level_sigma_m(self) -> float:
        """Root of the larger variance along the ground."""
        up = self.position_itrf_m / np.linalg.norm(self.position_itrf_m)
        flat = np.eye(3) - np.outer(up, up)
        return float(np.sqrt(np.linalg.eigvalsh(flat @ self.position_cov_itrf_m2 @ flat)[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class Triangulated:
    """What the strobes of a moment say: sources that are placed, and bearings that are not (yet)."""

    sources: tuple[Source, ...]  # two sites or more, stated
    doubtful: tuple[Source, ...]  # two sites or more, any of which may be a crossing without a source
    alone: tuple[int, ...]  # numbers of bearings most likely heard by one site only

    @property
    def is_ambiguous(self) -> bool:
        """Whether some bearings cross in more ways than can be told apart."""
        return bool(self.doubtful)


def triangulate(
    bearings: Sequence[Bearing], listening: Sequence[Radar], stated: float = 0.9, doubtful: float = 0.05
) -> Triangulated:
    """Sources behind the bearings of several radars.

    Parameters
    ----------
    bearings : strobe trains of a moment; several of one radar are never one source
    listening : every radar that would have reported a strobe
    stated, doubtful : probabilities from which a source is stated, and above which it is mentioned
    """
    if not bearings:
        return Triangulated((), (), ())
    sets = _sets(bearings, listening)
    probability = _probabilities(sets, [bearing.number for bearing in bearings])
    sources: list[Source] = []
    unsure: list[Source] = []
    for one, p in zip(sets, probability, strict=True):
        if len(one.members) < 2 or p < doubtful:
            continue
        with_p = Source(
            one.members, one.sensors, one.log_evidence, one.t_tai_ns, one.position_itrf_m, one.velocity_itrf_mps,
            one.cov_itrf, float(p),
        )  # fmt: skip
        (sources if p >= stated else unsure).append(with_p)
    placed = {number for one in sources for number in one.members}
    unsure = [one for one in unsure if not one.members & placed]
    spoken = placed | {number for one in unsure for number in one.members}
    alone = tuple(bearing.number for bearing in bearings if bearing.number not in spoken)
    return Triangulated(tuple(sources), tuple(sorted(unsure, key=lambda one: -one.probability)), alone)


def _sets(bearings: Sequence[Bearing], listening: Sequence[Radar]) -> list[Source]:
    """Every set of bearings, at most one a radar, that might be one source; singles first, then grown one by one."""
    t_ref = max(int(bearing.directions.t_tai_ns[-1]) for bearing in bearings)
    single = [_fitted((bearing,), listening, t_ref) for bearing in bearings]
    alone = {bearing.number: one.log_evidence for bearing, one in zip(bearings, single, strict=True)}
    found = list(single)
    grow: list[tuple[Bearing, ...]] = [(bearing,) for bearing in bearings]
    while grow and len(found) < MOST_SETS:
        bigger = []
        for members in grow:
            last = max(bearings.index(member) for member in members)
            names = {member.radar.name for member in members}
            for other in bearings[last + 1 :]:
                if other.radar.name in names:
                    continue
                one = _fitted((*members, other), listening, t_ref)
                apart = sum(alone[member.number] for member in (*members, other))
                if one.log_evidence - apart > FEWEST_LOG_GAIN:
                    found.append(one)
                    bigger.append((*members, other))
        grow = bigger
    return found


def _fitted(members: tuple[Bearing, ...], listening: Sequence[Radar], t_ref_tai_ns: int) -> Source:
    """One set as one source: where, and how well that explains it."""
    start, start_cov, log_weight = _slices(members[0])
    seen = _stacked(members, t_ref_tai_ns)
    up = start[:, :3] / np.linalg.norm(start[:, :3], axis=1, keepdims=True)
    precision = np.linalg.inv(start_cov)
    state, A = start, precision
    for _ in range(12):
        residual, H = _residuals(state, seen)
        height = _height_m(state)
        weighted = np.einsum("smi,m->smi", H, seen.weight)
        A = precision + np.einsum("smi,smj->sij", weighted, H) + _outer6(up) / HEIGHT_SIGMA_M**2
        b = np.einsum("sij,sj->si", precision, start - state) + np.einsum("smi,sm->si", weighted, residual)
        b[:, :3] += up * ((HEIGHT_M - height) / HEIGHT_SIGMA_M**2)[:, None]
        step = np.linalg.solve(A, b[..., None])[..., 0]
        longest = np.linalg.norm(step[:, :3], axis=1)
        limit = 2.0 * np.sqrt(np.trace(start_cov[:, :3, :3], axis1=1, axis2=2)) + 2e4
        step *= np.minimum(1.0, limit / np.maximum(longest, 1e-9))[:, None]
        state = state + step
        if np.max(np.abs(step[:, :3])) < 1.0:
            break
    residual, _ = _residuals(state, seen)
    height = _height_m(state)
    away = state - start
    cov = np.linalg.inv(A)
    log_likelihood = -0.5 * np.sum(residual**2 * seen.weight, axis=1) + 0.5 * np.sum(np.log(seen.weight / (2 * np.pi)))
    log_prior = -0.5 * np.einsum("si,sij,sj->s", away, precision, away) + 0.5 * np.linalg.slogdet(precision)[1]
    log_prior += -0.5 * ((height - HEIGHT_M) / HEIGHT_SIGMA_M) ** 2 - np.log(HEIGHT_SIGMA_M * np.sqrt(2 * np.pi))
    log_slice = log_weight + log_likelihood + log_prior + 0.5 * np.linalg.slogdet(cov)[1]
    most = float(log_slice.max())
    share = np.exp(log_slice - most)
    total = float(share.sum())
    share = share / total
    mean = share @ state
    off = state - mean
    whole = np.einsum("s,sij->ij", share, cov + off[:, :, None] * off[:, None, :])
    names = tuple(member.radar.name for member in members)
    heard = 0.0
    for radar in listening:
        if bool(is_above_radio_horizon(standing(radar), mean[:3])):
            heard += HEARD if radar.name in names else UNHEARD
    evidence = most + float(np.log(total)) + float(heard) + float(LOG_SOURCES)
    return Source(
        frozenset(member.number for member in members), names, evidence, t_ref_tai_ns, mean[:3], mean[3:], whole
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """All angles of a set, one row each: where from, when before the reference, which angle, what, how surely."""

    origin_itrf_m: Rows  # (m, 3)
    enu_from_itrf: Rows  # (m, 3, 3)
    before_s: Scalar  # (m,)
    is_elevation: Rows  # (m,) bool
    value_rad: Scalar  # (m,)
    weight: Scalar  # (m,) one over the variance


def _stacked(members: tuple[Bearing, ...], t_ref_tai_ns: int) -> _Seen:
    origin, turn, before, which, value, sigma = [], [], [], [], [], []
    for member in members:
        d = member.directions
        for i in range(len(d)):
            for is_elevation, v, s in (
                (False, d.azimuth_rad[i], d.azimuth_sigma_rad[i]),
                (True, d.elevation_rad[i], d.elevation_sigma_rad[i]),
            ):
                if np.isfinite(v):
                    origin.append(standing(member.radar).position_itrf_m)
                    turn.append(standing(member.radar).enu_from_itrf)
                    before.append((int(d.t_tai_ns[i]) - t_ref_tai_ns) / NS_PER_S)
                    which.append(is_elevation)
                    value.append(v)
                    sigma.append(s)
    return _Seen(
        np.array(origin), np.array(turn), np.array(before), np.array(which), np.array(value), 1.0 / np.array(sigma) ** 2
    )


def _residuals(state: Rows, seen: _Seen) -> tuple[Rows, Rows]:
    """(s, m) measured less expected, azimuth folded; (s, m, 6) slopes by the state at the reference time."""
    place = state[:, None, :3] + state[:, None, 3:] * seen.before_s[:, None]
    still = np.concatenate([place, np.zeros_like(place)], axis=-1)
    values, jacobian = radar_and_jacobian_from_itrf(still, seen.origin_itrf_m, seen.enu_from_itrf)
    column = seen.is_elevation.astype(np.int64)
    pick = np.arange(len(column))
    expected = values[:, pick, column]
    J = jacobian[:, pick, column, :3]
    residual = (seen.value_rad - expected + np.pi) % (2.0 * np.pi) - np.pi
    return residual, np.concatenate([J, J * seen.before_s[:, None]], axis=-1)


def _slices(first: Bearing) -> tuple[Rows, Rows, Scalar]:
    """Range slices along the first bearing: (s, 6) means, (s, 6, 6) covariances, (s,) log weights.

    Azimuth is even round the compass, range even in its logarithm, height as a source's may be; all of the first
    bearing's own directions are data on top of that, so the slices are wide across it.
    """
    d = first.directions
    i = len(d) - 1
    edges = np.geomspace(RANGE_MIN_M, RANGE_MAX_M, SLICES + 1)
    middle = np.sqrt(edges[1:] * edges[:-1])
    sigma = (edges[1:] - edges[:-1]) / np.sqrt(12.0) * 1.15
    azimuth = float(d.azimuth_rad[i])
    along = np.array([np.sin(azimuth), np.cos(azimuth), 0.0])
    across = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    site = standing(first.radar)
    drop = middle**2 / (2.0 * 6.371e6)
    enu = middle[:, None] * along
    enu[:, 2] = HEIGHT_M - site.height_m - drop
    place = itrf_from_enu(enu, site.position_itrf_m)
    wide = 0.15  # rad: an even prior, a hundred times the strobe's own sigma; its density is put right below
    n = len(middle)
    local = np.zeros((n, 3, 3))
    local += sigma[:, None, None] ** 2 * np.outer(along, along)
    local += (wide * middle)[:, None, None] ** 2 * np.outer(across, across)
    local[:, 2, 2] += (30e3 + 0.3 * middle) ** 2  # height has its own term
    turn = site.enu_from_itrf
    cov = np.zeros((n, 6, 6))
    cov[:, :3, :3] = turn.T @ local @ turn
    cov[:, 3:, 3:] = turn.T @ np.diag([SPEED_SIGMA_MPS**2, SPEED_SIGMA_MPS**2, CLIMB_SIGMA_MPS**2]) @ turn
    start = np.concatenate([place, np.zeros((n, 3))], axis=1)
    # the Gaussian across and the wide one upwards stand for an even azimuth and for nothing: their peaks are taken out
    log_weight = np.full(n, -np.log(n)) + np.log(wide * np.sqrt(2 * np.pi) / (2 * np.pi))
    log_weight += np.log(np.sqrt(2 * np.pi) * (30e3 + 0.3 * middle))
    return start, cov, log_weight


def _height_m(state: Rows) -> Scalar:
    """(s,) above the ellipsoid; its slope is the vertical."""
    return geodetic_from_itrf(state[:, :3])[2]


def _outer6(up: Rows) -> Rows:
    out = np.zeros((len(up), 6, 6))
    out[:, :3, :3] = up[:, :, None] * up[:, None, :]
    return out


def _probabilities(sets: Sequence[Source], numbers: Sequence[int]) -> Scalar:
    """(sets,) probability that each is a source, summed over every way of sharing out the bearings.

    A recursion over what is not yet explained: the lowest bearing left belongs to one of its sets; what remains is
    summed before. Exact up to `MOST_TOGETHER` bearings in a cluster; beyond, each bearing keeps its best few sets.
    """
    place = {number: i for i, number in enumerate(numbers)}
    kept = list(range(len(sets)))
    result = np.zeros(len(sets))
    for cluster in _clusters([sets[i].members for i in kept]):
        mine = [i for i in kept if sets[i].members <= cluster]
        if len(cluster) > MOST_TOGETHER:
            mine = _best_few(sets, mine, cluster)
        bits = {i: sum(1 << place[number] for number in sets[i].members) for i in mine}
        # a set is filed under every member that may be the lowest one left
        filed: dict[int, list[int]] = {}
        for number in cluster:
            bit = 1 << place[number]
            filed[bit] = [i for i in mine if bits[i] & bit]
        memo: dict[int, float] = {0: 0.0}
        everything = sum(1 << place[number] for number in cluster)
        whole = _log_total(everything, sets, filed, bits, memo)
        for i in mine:
            rest = _log_total(everything & ~bits[i], sets, filed, bits, memo)
            result[i] = np.exp(min(sets[i].log_evidence + rest - whole, 0.0))
    return result


def _log_total(
    left: int, sets: Sequence[Source], filed: dict[int, list[int]], bits: dict[int, int], memo: dict[int, float]
) -> float:
    """Log of the summed evidence of all ways to explain the bearings in `left`."""
    known = memo.get(left)
    if known is None:
        parts = [
            sets[i].log_evidence + _log_total(left & ~bits[i], sets, filed, bits, memo)
            for i in filed[left & -left]
            if not bits[i] & ~left
        ]
        known = memo[left] = float(np.logaddexp.reduce(parts)) if parts else -np.inf
    return known


def _clusters(members: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Bearings joined by shared sets."""
    clusters: list[frozenset[int]] = []
    for one in members:
        joined = one
        apart = []
        for cluster in clusters:
            if cluster & joined:
                joined = joined | cluster
            else:
                apart.append(cluster)
        clusters = [*apart, joined]
    return clusters


def _best_few(sets: Sequence[Source], mine: list[int], cluster: frozenset[int], few: int = 4) -> list[int]:
    """Singles, and of the rest the best few of each bearing, so that the sum stays small."""
    alone = {next(iter(sets[i].members)): sets[i].log_evidence for i in mine if len(sets[i].members) == 1}
    gain = {i: sets[i].log_evidence - sum(alone[number] for number in sets[i].members) for i in mine}
    keep = {i for i in mine if len(sets[i].members) == 1}
    for number in cluster:
        own = sorted((i for i in mine if number in sets[i].members), key=lambda i: -gain[i])
        keep.update(own[:few])
    return sorted(keep)
