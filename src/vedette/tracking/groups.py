"""Groups: objects so close that a radar reports fewer of them than there are. One track for all, and how many.

Reports of one look that lie within a few resolution cells of one another are one cluster. A cluster that comes back
look after look, where the group was expected, is a group: its middle is a coasting state with covariance, its spread an
average of the reports' spread (a random matrix with forgetting, Feldmann, Fränken and Koch 2011, IEEE T-SP 59,
1409-1420), its count a posterior over whole numbers (`group_count`).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.estimation import update_joseph
from vedette.motion.propagate import propagate_coast
from vedette.reports import Finding, FindingKind, GroupEstimate, Scan, SensorKind
from vedette.sensing import Radar, Sensor, Site, receiver_of
from vedette.tracking.group_count import CountPosterior, count_posterior

SNR_OF_SIGMAS = 10.0**1.3
_COUNT_EVERY = 3  # looks: the count is the costly part


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    """What is a group, and when it is spoken of."""

    link_cells: float = 3.0  # two reports so close belong together
    fewest: int = 4  # reports of a cluster that may be a group
    looks: int = 3  # before it is believed
    remembered_looks: int = 8  # whose reports are counted together
    same_speed_mps: float = 150.0  # range rates of one cluster
    silence_s: float = 60.0
    say_again: float = 0.25  # a change of the count by that share, and out of what was said
    noise_m2_s3: float = 0.5  # of the middle, as members come and go


@dataclass(slots=True)
class _Group:
    """What is remembered of one group."""

    name: str
    t_tai_ns: int
    state_itrf: Scalar  # (6,)
    cov_itrf: Rows  # (6, 6)
    spread_itrf_m2: Rows  # (3, 3) covariance of its members about the middle
    reports: dict[str, deque[int]] = field(default_factory=dict)  # by radar
    spreads: dict[str, deque[tuple[int, Scalar]]] = field(default_factory=dict)  # (reports, variance in cells)
    looks: int = 0
    sensors: set[str] = field(default_factory=set)
    count: CountPosterior | None = None
    said: tuple[int, int] | None = None


def cell_of(radar: Radar) -> Scalar:
    """(3,) a radar's resolution: azimuth and elevation rad, range m.

    The beam's half-power widths, and the range cell that gives the stated range sigma at 13 dB (sigma = cell /
    sqrt(2 SNR), Skolnik 3rd ed., sec. 6.3).
    """
    wide, high = receiver_of(radar).beam_rad
    return np.array([wide, high, radar.range_sigma_m * np.sqrt(2.0 * SNR_OF_SIGMAS)])


class GroupWatch:
    """Follows groups over the looks of radars that stand still.

    Parameters
    ----------
    sensors : whose scans may come
    policy : what is a group
    """

    def __init__(self, sensors: Iterable[Sensor], policy: GroupPolicy | None = None) -> None:
        self.policy = policy or GroupPolicy()
        radars = [one for one in sensors if isinstance(one, Radar) and isinstance(one.site, Site)]
        self._radars = {radar.name: radar for radar in radars}
        self._groups: list[_Group] = []
        self._next = 1

    @property
    def groups(self) -> tuple[GroupEstimate, ...]:
        """Those that are believed, oldest first."""
        return tuple(_estimate(one) for one in self._groups if one.looks >= self.policy.looks and one.count is not None)

    def absorb(self, scan: Scan) -> tuple[Finding, ...]:
        """Take a radar's look in; groups that have become known or changed their count."""
        radar = self._radars.get(scan.sensor_id)
        if radar is None or scan.kind is not SensorKind.RADAR:
            return ()
        ok = np.isfinite(scan.values[:, :3]).all(axis=1)
        if not ok.any():
            return ()
        t = int(scan.t_measured_tai_ns.max())
        values = scan.values[ok]
        self._groups = [one for one in self._groups if (t - one.t_tai_ns) / NS_PER_S < self.policy.silence_s]
        said: list[Finding] = []
        label = self._clusters(values, radar)
        left = set(np.flatnonzero(np.bincount(label) >= self.policy.fewest).tolist())
        for group in self._groups:
            if t < group.t_tai_ns:
                continue  # a late look of a group is let go: the next one comes
            which = self._members(group, values, label, left, radar, t)
            if len(which) == 0:
                continue
            left -= set(label[which].tolist())
            self._see(group, values[which], radar, t)
            said += self._say(group, radar)
        for cluster in sorted(left):
            self._begin(values[label == cluster], radar, t)
        return tuple(said)

    def _clusters(self, values: Rows, radar: Radar) -> Ints:
        """(n,) cluster of each report: linked by cells, and by range rate where it is measured."""
        places = _cells(values, values[0], radar)
        pairs = cKDTree(places).query_pairs(self.policy.link_cells, output_type="ndarray")
        if len(pairs):
            apart = np.abs(values[pairs[:, 0], 3] - values[pairs[:, 1], 3])
            pairs = pairs[~(apart > self.policy.same_speed_mps)]
        graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(values), len(values)))
        return np.asarray(connected_components(graph, directed=False)[1])

    def _members(self, group: _Group, values: Rows, label: Ints, left: set[int], radar: Radar, t_tai_ns: int) -> Ints:
        """Reports of the clusters that stand where the group is expected, and single ones inside its spread."""
        state, cov = _predicted(group, t_tai_ns, self.policy.noise_m2_s3)
        expected, J = radar.measure_with_jacobian(state)
        P = J[:3, :3] @ cov[:3, :3] @ J[:3, :3].T
        metres = _metres_per_unit(expected)
        turn = _turn(expected, radar)
        wide = np.sqrt(np.diagonal(turn @ group.spread_itrf_m2 @ turn.T)) / metres
        off = values[:, :3] - expected[:3]
        off[:, 0] = (off[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
        reach = 4.0 * np.sqrt(np.diagonal(P) + wide**2 + (1.5 * cell_of(radar)) ** 2 + radar.bias_sigmas[:3] ** 2)
        inside = np.all(np.abs(off) <= reach, axis=1)
        clusters = {int(c) for c in label[inside] if int(c) in left and np.mean(inside[label == c]) > 0.5}
        return np.flatnonzero(inside | np.isin(label, list(clusters)))

    def _begin(self, values: Rows, radar: Radar, t_tai_ns: int) -> None:
        middle = _middle(values)
        place = _itrf(middle, radar)
        metres = _metres_per_unit(middle)
        R = np.diag((radar.sigmas[:3] * metres) ** 2 + (radar.bias_sigmas[:3] * metres) ** 2)
        turn = _turn(middle, radar)
        spread = _spread(values, middle, metres)
        cov = np.zeros((6, 6))
        spread = turn.T @ spread @ turn
        cov[:3, :3] = turn.T @ R @ turn + spread / len(values)
        cov[3:, 3:] = np.eye(3) * 3000.0**2
        state = np.concatenate([place, np.zeros(3)])
        if np.isfinite(values[:, 3]).any():
            along = turn[2]
            rate = float(np.nanmean(values[:, 3]))
            state[3:] = rate * along
            cov[3:, 3:] -= np.outer(along, along) * (3000.0**2 - 20.0**2)
        group = _Group(f"G{self._next}", t_tai_ns, state, cov, spread)
        self._next += 1
        self._groups.append(group)
        self._count(group, values, radar, middle)

    def _see(self, group: _Group, values: Rows, radar: Radar, t_tai_ns: int) -> None:
        """Move the middle, refresh the spread, count."""
        state, cov = _predicted(group, t_tai_ns, self.policy.noise_m2_s3)
        middle = _middle(values)
        metres = _metres_per_unit(middle)
        expected, J = radar.measure_with_jacobian(state)
        z, H = middle[:3] - expected[:3], J[:3]
        z[0] = (z[0] + np.pi) % (2.0 * np.pi) - np.pi
        n = len(values)
        turn = _turn(middle, radar)
        scatter = turn @ group.spread_itrf_m2 @ turn.T / np.outer(metres, metres)
        R = np.diag(radar.sigmas[:3] ** 2 / n + radar.bias_sigmas[:3] ** 2) + scatter / n
        if np.isfinite(middle[3]):
            z, H = np.append(z, middle[3] - expected[3]), J[:4]
            whole = np.zeros((4, 4))
            whole[:3, :3] = R
            whole[3, 3] = (np.nan_to_num(radar.sigmas[3], nan=5.0) ** 2 + 30.0**2) / n
            R = whole
        after = update_joseph(state, cov, z, H, R)
        group.state_itrf, group.cov_itrf, group.t_tai_ns = after.mean, after.cov, t_tai_ns
        share = min(0.5, 2.0 / (group.looks + 2.0))
        seen = turn.T @ _spread(values, middle, metres) @ turn
        group.spread_itrf_m2 = (1.0 - share) * group.spread_itrf_m2 + share * seen
        self._count(group, values, radar, middle)

    def _count(self, group: _Group, values: Rows, radar: Radar, middle: Scalar) -> None:
        group.looks += 1
        group.sensors.add(radar.name)
        keep = self.policy.remembered_looks
        group.reports.setdefault(radar.name, deque(maxlen=keep)).append(len(values))
        cells = _cells(values, middle, radar)
        if len(values) > 1:
            entry = (len(values), cells.var(axis=0, ddof=1))
            group.spreads.setdefault(radar.name, deque(maxlen=keep)).append(entry)
        if group.looks < self.policy.looks or (group.count is not None and group.looks % _COUNT_EVERY):
            return
        best = max(group.reports, key=lambda name: (np.mean(group.reports[name]), name))  # who tells most apart
        spreads = group.spreads.get(best)
        if not spreads:
            return
        weights = np.array([count - 1.0 for count, _ in spreads])
        variance = np.average([v for _, v in spreads], axis=0, weights=weights)
        finest = self._radars[best]
        chance = float(np.clip(finest.detection_probability_of(np.array(middle[2]), 0.5), 0.05, 0.98))
        reports = list(group.reports[best])
        group.count = count_posterior(
            reports, np.sqrt(variance), round(float(np.mean([count for count, _ in spreads]))), chance
        )

    def _say(self, group: _Group, radar: Radar) -> list[Finding]:
        if group.looks < self.policy.looks or group.count is None:
            return []
        mean, interval = group.count.mean, group.count.interval()
        if group.said is not None:
            low, high = group.said
            if low <= mean <= high or abs(mean - 0.5 * (low + high)) < self.policy.say_again * mean:
                return []
        was = "" if group.said is None else f", was {group.said[0]} to {group.said[1]}"
        group.said = interval
        wide_km = 4.0 * float(np.sqrt(np.linalg.eigvalsh(group.spread_itrf_m2)[-1])) / 1e3
        text = (
            f"{group.count.words} objects close together (90 % {interval[0]} to {interval[1]}{was}), "
            f"spread over {wide_km:.1f} km, by {', '.join(sorted(group.sensors))}"
        )
        data = {
            "mark": "group",
            "count": round(mean, 1),
            "count_sigma": round(group.count.sigma, 2),
            "count_90": list(interval),
            "sensors": sorted(group.sensors),
        }
        return [
            Finding(
                kind=FindingKind.GROUP, object_id=group.name, t_tai_ns=group.t_tai_ns,
                t_declared_tai_ns=group.t_tai_ns, text=text, data=data,
            )
        ]  # fmt: skip


def _estimate(group: _Group) -> GroupEstimate:
    assert group.count is not None
    return GroupEstimate(
        id=group.name,
        t_tai_ns=group.t_tai_ns,
        count=group.count.mean,
        count_sigma=group.count.sigma,
        count_90=group.count.interval(),
        position_itrf_m=tuple(map(float, group.state_itrf[:3])),
        velocity_itrf_mps=tuple(map(float, group.state_itrf[3:])),
        middle_sigma_m=float(np.sqrt(np.trace(group.cov_itrf[:3, :3]))),
        spread_m=tuple(float(s) for s in np.sqrt(np.linalg.eigvalsh(group.spread_itrf_m2))[::-1]),
        sensors=tuple(sorted(group.sensors)),
    )


def _predicted(group: _Group, t_tai_ns: int, noise: float) -> tuple[Scalar, Rows]:
    dt = (t_tai_ns - group.t_tai_ns) / NS_PER_S
    if dt <= 0.0:
        return group.state_itrf, group.cov_itrf
    state = np.reshape(propagate_coast(group.state_itrf, dt), 6)
    F = np.eye(6)
    F[:3, 3:] = dt * np.eye(3)
    Q = np.zeros((6, 6))
    Q[:3, :3], Q[3:, 3:] = np.eye(3) * noise * dt**3 / 3.0, np.eye(3) * noise * dt
    Q[:3, 3:] = Q[3:, :3] = np.eye(3) * noise * dt**2 / 2.0
    return state, F @ group.cov_itrf @ F.T + Q


def _middle(values: Rows) -> Scalar:
    """(4,) mean of reports, azimuth round the compass."""
    first = values[0, 0]
    turned = (values[:, 0] - first + np.pi) % (2.0 * np.pi) - np.pi
    rates = values[:, 3][np.isfinite(values[:, 3])]
    rate = float(rates.mean()) if len(rates) else np.nan
    return np.array([(first + turned.mean()) % (2.0 * np.pi), values[:, 1].mean(), values[:, 2].mean(), rate])


def _cells(values: Rows, origin: Scalar, radar: Radar) -> Rows:
    """(n, 3) places of reports about one of them, in resolution cells."""
    wide, high, deep = cell_of(radar)
    turn = (values[:, 0] - origin[0] + np.pi) % (2.0 * np.pi) - np.pi
    level = turn * np.cos(float(np.mean(values[:, 1])))
    return np.column_stack([level / wide, (values[:, 1] - origin[1]) / high, (values[:, 2] - origin[2]) / deep])


def _metres_per_unit(values: Scalar) -> Scalar:
    """(3,) how far a radian of azimuth, of elevation, and a metre of range go there."""
    return np.array([values[2] * np.cos(values[1]), values[2], 1.0])


def _spread(values: Rows, middle: Scalar, metres: Scalar) -> Rows:
    """(3, 3) covariance of reports in metres of azimuth, elevation, range."""
    off = values[:, :3] - middle[:3]
    off[:, 0] = (off[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
    scaled = off * metres
    return scaled.T @ scaled / max(len(values) - 1, 1)


def _turn(values: Scalar, radar: Radar) -> Rows:
    """(3, 3) rows: directions of growing azimuth, elevation, range in ITRF."""
    az, el = float(values[0]), float(values[1])
    enu = np.array([
        [np.cos(az), -np.sin(az), 0.0],
        [-np.sin(az) * np.sin(el), -np.cos(az) * np.sin(el), np.cos(el)],
        [np.sin(az) * np.cos(el), np.cos(az) * np.cos(el), np.sin(el)],
    ])  # fmt: skip
    assert isinstance(radar.site, Site)
    return enu @ radar.site.enu_from_itrf


def _itrf(values: Scalar, radar: Radar) -> Scalar:
    assert isinstance(radar.site, Site)
    return radar.site.position_itrf_m + values[2] * _turn(values, radar)[2]
