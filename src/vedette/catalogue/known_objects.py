"""The catalogue as a service: every report of every sensor is asked for the known objects that it may be.

For each sensor and minute the objects that may stand in its sky are listed once; a report is then held against those,
a first time by distance and a second time by likelihood, with the doubt of elements of that age and regime and heavy
tails for those that have manoeuvred or were badly fitted. The rival of every known object is one that the catalogue
does not hold, as dense in the sky as the known ones are there, times how rare it is.
"""

from dataclasses import dataclass, replace

import numpy as np

from vedette.catalogue.correlation import Correlation, correlation_of
from vedette.catalogue.sky_table import STEP_S, SkyTable
from vedette.core.constants import EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, enu_from_azel_range, enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import HORIZON_KINDS, SIGHT_KINDS, Region, Scan, SensorKind
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor, tangent_basis
from vedette.tracking import KnownRows

NEW_SHARE = 0.01  # of what is seen is in no catalogue
SILENT_SIGMA_M = 30e3  # what is worse known along its way explains nothing silently
_RADIUS_M = 6_378_135.0  # of the Earth, as element sets have it (WGS-72)
DECAYING_PERIGEE_M = 180e3
DECAYING_TOP_M = 600e3  # what comes down within days is round by then, or nearly
USEFUL_DAYS, USEFUL_SIGMA_M = 60.0, 300e3  # elements older, or worse known along the way, name nothing any more
_SCALES = np.array([1.0, 3.0, 10.0])  # the elements' errors: normal ones of the stated size, and larger ones
_CHANCES = np.array([0.85, 0.12, 0.03])
_SEEN_CHANCE = 0.5  # that a look finds an object of the catalogue: its size is not asked for
_SHELLS = np.array([[100e3, 200e3, 400e3, 800e3, 1600e3], np.radians([1.5, 3.0, 6.0, 12.0, 24.0])])
_ENOUGH = 8  # neighbours that make a density
_STRAY_M = 6e3  # from the chord between two knots, at most: g h^2 / 8
_NEW_RATE_MPS = 4_000.0  # one sigma of the range rate of what is new
_REACH_SIGMAS = 30.0
_GATE_SIGMAS = 6.0
_ROUNDS = 50
_LEAST = 1e-4
_MIXED_S = 2.0  # detections of a look so far apart in time are met in groups
_KEPT_LISTS = 64


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """Detections as the kernels take them."""

    t_tai_ns: Ints
    at_m: Rows
    los: Rows
    has_range: Bools
    axes: Rows  # (m, 3, 3)
    values: Rows  # (m, 2)
    sigmas: Rows  # (m, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """What one detection may be."""

    rows: Ints  # worth weighing
    log_density: float  # of something new there, per unit of what was measured (azimuth, not arc)


class KnownSky:
    """Element sets, one for each object, that can be asked what a look's detections are.

    It is `tracking.KnownObjects` too. Asking changes no answer: what is kept is what was worked out.
    """

    def __init__(
        self, sets: ElementSets, earth_orientation: EarthOrientation | None = None, new_share: float = NEW_SHARE
    ) -> None:
        if not 0.0 < new_share < 1.0:
            raise UsageError(f"a share of {new_share} new objects: give one between 0 and 1")
        self.table = SkyTable(sets, earth_orientation)
        self.ids = ids_of(sets)
        self.new_share = new_share
        self._lists: dict[tuple[bytes, float, float, int], Ints] = {}
        axis_m = (398_600.8e9 / (sets.mean_motion_radpmin / 60.0) ** 2) ** (1.0 / 3.0)
        self.is_decaying: Bools = axis_m * (1.0 - sets.eccentricity) - _RADIUS_M < DECAYING_PERIGEE_M

    @property
    def sets(self) -> ElementSets:
        """The element sets."""
        return self.table.sets

    def __len__(self) -> int:
        return len(self.table)

    # ---- whose is it

    def correlate(self, scan: Scan, sensor: Sensor) -> Correlation:
        """What the detections of a look may be.

        Kinds that tell no place among the stars (telemetry, strobes, time differences, over the horizon) get no
        candidates; infrared early warning sees flames, and is asked like any other.
        """
        m = len(scan)
        if m == 0 or not (
            scan.kind in SIGHT_KINDS or (scan.kind in HORIZON_KINDS and scan.kind is not SensorKind.OVER_THE_HORIZON)
        ):
            return correlation_of(m, *_NO_PAIRS, _LEAST)
        t = np.asarray(scan.t_measured_tai_ns, dtype=np.int64)
        if m > 1 and int(t.max() - t.min()) > _MIXED_S * NS_PER_S:
            return self._in_groups(scan, sensor, t)
        middle = (int(t.min()) + int(t.max())) // 2
        place = scan.sensor_position_itrf_m
        origin = sensor.position_itrf_m(middle) if place is None else place
        origin = np.ascontiguousarray(np.asarray(origin, dtype=float).reshape(-1, 3)[0])
        met = _met(scan, sensor, origin)
        rows = self._useful(self._in_sky(sensor, origin, middle), middle)
        parts = self._weighed(met, rows, origin, middle, sensor.clock_bias_sigma_s)
        return correlation_of(m, *parts, _LEAST)

    def candidates(self, look: Scan, sensor: Sensor) -> "Near":
        """Of one detection: every row worth weighing, and ln of how often something new would be seen about there."""
        t = int(look.t_measured_tai_ns[0])
        origin = look.sensor_position_itrf_m
        origin = sensor.position_itrf_m(t) if origin is None else origin
        origin = np.ascontiguousarray(np.asarray(origin, dtype=float).reshape(-1, 3)[0])
        met = _met(look, sensor, origin)
        rows = self._useful(self._in_sky(sensor, origin, t), t)
        _, found, counts = self._pairs(met, rows, origin, t, sensor.clock_bias_sigma_s)
        has_rate = replace(met, sigmas=np.column_stack([met.sigmas[:, :3], np.full(1, np.inf)]))
        odds = self.new_share / (1.0 - self.new_share)
        density = float(np.log(odds) + self._log_density(counts, has_rate)[0]) + float(np.log(1.0 - _SEEN_CHANCE))
        if look.kind not in SIGHT_KINDS:  # azimuths are wider than arcs
            density += float(np.log(max(np.cos(look.values[0, 1]), 1e-3)))
        return Near(rows[found], density)

    def _pairs(self, met: _Met, rows: Ints, origin: Vec3, t_tai_ns: int, clock_s: float) -> tuple[Ints, Ints, Ints]:
        """Detection and candidate of every pair near enough, and (m, s) how many objects stand about each detection."""
        from vedette.catalogue.known_kernels import near_pairs, states_between

        m = len(met.t_tai_ns)
        before, after = self.table.segment(t_tai_ns)
        sigmas_m = before.sigmas_m
        states = np.empty((len(rows), 6))
        share = (t_tai_ns - before.t_tai_ns) / (STEP_S * NS_PER_S)
        states_between(rows, before.states_itrf, after.states_itrf, share, STEP_S, states)
        spread_s = float(np.abs(met.t_tai_ns - t_tai_ns).max()) / NS_PER_S + _GATE_SIGMAS * clock_s
        reach_m = np.minimum(_REACH_SIGMAS * sigmas_m[rows].max(axis=1), _SHELLS[0, -1]) + 11e3 * spread_s
        spread_rad = _GATE_SIGMAS * np.hypot(met.sigmas[:, 0], met.sigmas[:, 1])
        far_m = np.where(met.has_range, met.values[:, 0], 0.0)
        spread_m = np.hypot(spread_rad * far_m, _GATE_SIGMAS * np.where(met.has_range, met.sigmas[:, 2], 0.0))
        counts = np.zeros((m, _SHELLS.shape[1]), dtype=np.int64)
        room = 16 * m + 256
        while True:
            j, i = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            n = near_pairs(
                states, reach_m, met.at_m, met.los, origin, met.has_range, spread_m, spread_rad, _SHELLS, j, i, counts
            )
            if n >= 0:
                return j[:n], i[:n], counts
            counts[:] = 0
            room *= 8

    def _weighed(
        self, met: _Met, rows: Ints, origin: Vec3, t_tai_ns: int, clock_s: float
    ) -> tuple[Ints, Ints, Scalar, Rows]:
        """Detection, row, chance and likeliest error of every pair that is worth anything."""
        from vedette.catalogue.known_kernels import shared_out, weigh_pairs

        m = len(met.t_tai_ns)
        before, after = self.table.segment(t_tai_ns)
        sigmas_m = before.sigmas_m
        j, i, counts = self._pairs(met, rows, origin, t_tai_ns, clock_s)
        n = len(j)
        if n == 0:
            return _NO_PAIRS
        logs, off_m, square = np.empty(n), np.empty((n, 3)), np.empty(n)
        shares = (met.t_tai_ns - before.t_tai_ns) / (STEP_S * NS_PER_S)
        weigh_pairs(
            j, i, rows, before.states_itrf, after.states_itrf, shares, STEP_S, sigmas_m, origin, met.axes, met.values,
            met.sigmas, _SCALES, _CHANCES, clock_s, logs, off_m, square,
        )  # fmt: skip
        odds = self.new_share / (1.0 - self.new_share)
        log_new = np.log(odds) + self._log_density(counts, met)
        weights = np.exp(np.clip(logs - log_new[j] - np.log(1.0 - _SEEN_CHANCE), -700.0, 60.0))
        chance = np.empty(n)
        shared_out(j, i, weights, m, len(rows), _ROUNDS, chance)
        return j, rows[i], chance, off_m

    @staticmethod
    def _log_density(counts: Ints, met: _Met) -> Scalar:
        """(m,) ln of how many objects there are about each detection, per unit of what was measured there."""
        enough = counts >= _ENOUGH
        shell = np.where(enough.any(axis=1), enough.argmax(axis=1), counts.shape[1] - 1)
        number = counts[np.arange(len(counts)), shell] + 0.5
        space = 4.0 / 3.0 * np.pi * _SHELLS[0, shell] ** 3
        cone = 2.0 * np.pi * (1.0 - np.cos(_SHELLS[1, shell]))
        far_m = np.where(met.has_range, met.values[:, 0], 1.0)
        out = np.where(met.has_range, np.log(number / space) + 2.0 * np.log(far_m), np.log(number / cone))
        has_rate = np.isfinite(met.sigmas[:, 3])
        rate = np.where(has_rate, np.nan_to_num(met.values[:, 1]), 0.0) / _NEW_RATE_MPS
        return np.where(has_rate, out - 0.5 * rate**2 - np.log(_NEW_RATE_MPS * np.sqrt(2.0 * np.pi)), out)

    def _in_groups(self, scan: Scan, sensor: Sensor, t: Ints) -> Correlation:
        """A look that took long, in pieces; what is one object's in two pieces is no contradiction then."""
        group = (t - t.min()) // round(_MIXED_S * NS_PER_S)
        js, rows, chances, offs = [], [], [], []
        for one in np.unique(group):
            which = np.flatnonzero(group == one)
            part = self.correlate(
                replace(
                    scan, t_measured_tai_ns=t[which], values=scan.values[which], sigmas=scan.sigmas[which]
                ), sensor,
            )  # fmt: skip
            js.append(which[np.repeat(np.arange(len(which)), np.diff(part.starts))])
            rows.append(part.rows)
            chances.append(part.chances)
            off = np.full((len(part.rows), 3), np.nan)
            has = np.flatnonzero(part.best >= 0)
            off[part.starts[has]] = part.off_m[has]
            offs.append(off)
        return correlation_of(
            len(t), np.concatenate(js), np.concatenate(rows), np.concatenate(chances), np.concatenate(offs), _LEAST
        )

    # ---- what is in a sky

    def _in_sky(self, sensor: Sensor, origin: Vec3, t_tai_ns: int) -> Ints:
        """Rows that may be seen from a place within this minute: worked out once for a place that stands still."""
        from vedette.catalogue.known_kernels import above

        number = self.table.number_of(t_tai_ns)
        region = getattr(sensor, "region", None)
        range_max = min(float(region.range_max_m), 1e9) if isinstance(region, Region) else 1e9
        lowest = float(region.elevation_min_rad) if isinstance(region, Region) else -1.0
        radius = float(np.linalg.norm(origin))
        least_up = -np.inf if radius > 6.5e6 or lowest < -0.01 else 0.0  # from space, and from heights, one looks down
        key = (origin.tobytes() if radius < 6.5e6 else b"", range_max, least_up, number)
        found = self._lists.get(key) if key[0] else None
        if found is None:
            before, after = self.table.segment(t_tai_ns)
            lat_rad, lon_rad, _ = geodetic_from_itrf(origin)
            up = np.ascontiguousarray(enu_from_itrf_matrix(float(lat_rad), float(lon_rad))[2])
            room = np.empty(len(self), dtype=np.int64)
            sigmas = np.minimum(before.sigmas_m, SILENT_SIGMA_M)
            n = above(
                before.states_itrf, after.states_itrf, sigmas, origin, up, _STRAY_M, range_max, least_up, room
            )
            found = room[:n].copy()
            while len(self._lists) >= _KEPT_LISTS:
                self._lists.pop(next(iter(self._lists)))
            if key[0]:
                self._lists[key] = found
        return found

    def _useful(self, rows: Ints, t_tai_ns: int) -> Ints:
        """Those whose elements can still name something: after months an object may be anywhere on its way."""
        before, _ = self.table.segment(t_tai_ns)
        age_days = np.abs(t_tai_ns - self.sets.t_epoch_tai_ns[rows]) / (86_400.0 * NS_PER_S)
        return rows[(age_days < USEFUL_DAYS) & (before.sigmas_m[rows].max(axis=1) < USEFUL_SIGMA_M)]

    def in_sky(self, sensor: Sensor, t_tai_ns: int) -> Ints:
        """Rows that may stand in a sensor's sky within the minute of an instant; more than those do no harm."""
        origin = np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float).reshape(-1, 3)[0]
        return self._in_sky(sensor, np.ascontiguousarray(origin), t_tai_ns)

    def predicted(self, t_tai_ns: int, sensor: Sensor, looked_at: Region | None) -> KnownRows:
        """The objects that a look may meet (`tracking.KnownObjects`), less those that decay or are badly known.

        What air brakes runs seconds ahead of its elements: it is no silent explanation, but one to be weighed in the
        open against a launch. The same is true of elements so old that their object may be anywhere on its way.
        """
        origin = np.ascontiguousarray(np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float).reshape(-1, 3)[0])
        rows = self._useful(self._in_sky(sensor, origin, t_tai_ns), t_tai_ns)
        before, _ = self.table.segment(t_tai_ns)
        rows = rows[~self.decays_there(rows, t_tai_ns) & (before.sigmas_m[rows].max(axis=1) < SILENT_SIGMA_M)]
        states = self.table.states_itrf(t_tai_ns, rows)
        sigmas_m = before.sigmas_m[rows]
        if looked_at is not None and sensor.kind in HORIZON_KINDS:
            kept = np.flatnonzero(_may_be_in(states, sigmas_m, origin, looked_at))
            rows, states, sigmas_m = rows[kept], states[kept], sigmas_m[kept]
        return KnownRows(tuple(self.ids[i] for i in rows.tolist()), states, state_covs(states, sigmas_m))

    def decays_there(self, rows: Ints, t_tai_ns: int) -> Bools:
        """(k,) whether each may be coming down where it is then.

        A long ellipse that dips into the air is no re-entry while it stands high: nothing in its last days does.
        """
        found: Bools = self.is_decaying[rows]
        if found.any():
            low = np.linalg.norm(self.table.states_itrf(t_tai_ns, rows[found])[:, :3], axis=1) - _RADIUS_M
            found[found] = ~(low > DECAYING_TOP_M)  # what has no state may be anywhere
        return found

    def near(self, t_tai_ns: int, place_itrf_m: Vec3, reach_m: float) -> Ints:
        """Rows that may be within reach of a place, nearest first for what is known of them."""
        before, _ = self.table.segment(t_tai_ns)
        states = self.table.states_itrf(t_tai_ns)
        away = np.linalg.norm(states[:, :3] - place_itrf_m, axis=1)
        doubt = np.linalg.norm(before.sigmas_m, axis=1)
        found = np.flatnonzero(away < reach_m + 4.0 * doubt)
        return found[np.argsort(away[found] / (reach_m + doubt[found]), kind="stable")]


_NO_PAIRS: tuple[Ints, Ints, Scalar, Rows] = (
    np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0), np.empty((0, 3)),
)  # fmt: skip


def ids_of(sets: ElementSets) -> tuple[str, ...]:
    """A name of its own for every row: the catalogue number and what it is called."""
    seen: dict[str, int] = {}
    out = []
    for number, name in zip(sets.number.tolist(), sets.name, strict=True):
        text = f"{number} {name}".strip() if number else name or "unnumbered"
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(out)


def state_covs(states_itrf: Rows, sigmas_m: Rows) -> Rows:
    """(n, 6, 6) of Earth-fixed states whose errors radially, along and across stay what they are as the objects go."""
    place = states_itrf[:, :3]
    among = states_itrf[:, 3:6] + EARTH_SPIN_RADPS * np.stack(
        [-place[:, 1], place[:, 0], np.zeros(len(place))], axis=1
    )
    r = np.linalg.norm(place, axis=1, keepdims=True)
    radial, momentum = place / r, np.cross(place, among)
    cross = momentum / np.linalg.norm(momentum, axis=1, keepdims=True)
    axes = np.stack([radial, np.cross(cross, radial), cross], axis=1)  # (n, 3 of them, 3)
    turning = np.cross(momentum[:, None, :] / r[:, :, None] ** 2, axes)
    # Earth-fixed: what goes round among the stars less what the Earth's turn takes away
    spin = EARTH_SPIN_RADPS * np.stack([-axes[..., 1], axes[..., 0], np.zeros(axes.shape[:-1])], axis=-1)
    columns = np.concatenate([axes, turning - spin], axis=2) * sigmas_m[:, :, None]
    out = np.einsum("nki,nkj->nij", columns, columns)
    return out + np.diag([30.0**2] * 3 + [0.05**2] * 3)  # never singular; the fit's own noise in speed


def _may_be_in(states: Rows, sigmas_m: Rows, origin: Vec3, region: Region) -> Bools:
    """(n,) whether objects may lie in a box of azimuth, elevation and range, their doubt allowed for."""
    lat_rad, lon_rad, _ = geodetic_from_itrf(origin)
    enu = (states[:, :3] - origin) @ enu_from_itrf_matrix(float(lat_rad), float(lon_rad)).T
    far = np.linalg.norm(enu, axis=1)
    room_m = 5.0 * sigmas_m.max(axis=1) + 20e3
    room = np.minimum(room_m / np.maximum(far, 1.0), 1.0)
    level = np.hypot(enu[:, 0], enu[:, 1])
    elevation = np.arctan2(enu[:, 2], level)
    aside = np.minimum(room_m / np.maximum(level, 1.0), np.pi)
    middle = region.azimuth_min_rad + 0.5 * _turn(region)
    off = np.abs((np.arctan2(enu[:, 0], enu[:, 1]) - middle + np.pi) % (2.0 * np.pi) - np.pi)
    return np.asarray(
        (off <= 0.5 * _turn(region) + aside)
        & (elevation >= region.elevation_min_rad - room)
        & (elevation <= region.elevation_max_rad + room)
        & (far >= region.range_min_m - room_m)
        & (far <= region.range_max_m + room_m)
    )


def _turn(region: Region) -> float:
    span = region.azimuth_max_rad - region.azimuth_min_rad
    return 2.0 * np.pi if span >= 2.0 * np.pi - 1e-12 else float(span % (2.0 * np.pi)) or 2.0 * np.pi


def _met(scan: Scan, sensor: Sensor, origin: Vec3) -> _Met:
    """A look's detections as the kernels take them: noise and constant errors together."""
    m = len(scan)
    t = np.ascontiguousarray(scan.t_measured_tai_ns, dtype=np.int64)
    values, sigmas = np.full((m, 2), np.nan), np.full((m, 4), np.inf)
    biases = np.nan_to_num(np.asarray(sensor.residual_bias_sigmas, dtype=float))
    place_m = scan.sensor_position_sigma_m or sensor.position_sigma_m
    if scan.kind in SIGHT_KINDS:
        los = scan.values[:, :3] / np.linalg.norm(scan.values[:, :3], axis=1, keepdims=True)
        axes = np.concatenate([los[:, None, :], tangent_basis(los)], axis=1)
        sigmas[:, :2] = np.hypot(scan.sigmas[:, :1], np.hypot(biases[:2], place_m / 1e6))
        has_range = np.zeros(m, dtype=bool)
        at_m = np.full((m, 3), np.nan)
    else:
        azimuth, elevation = scan.values[:, 0], scan.values[:, 1]
        lat_rad, lon_rad, _ = geodetic_from_itrf(origin)
        turn = enu_from_itrf_matrix(float(lat_rad), float(lon_rad))
        zero = np.zeros(m)
        right = np.stack([np.cos(azimuth), -np.sin(azimuth), zero], axis=1)
        los_enu = enu_from_azel_range(azimuth, elevation, np.ones(m))
        axes = np.stack([los_enu, right, np.cross(right, los_enu)], axis=1) @ turn
        los = axes[:, 0]
        has_range = np.isfinite(scan.values[:, 2])
        far = np.where(has_range, scan.values[:, 2], 1e6)
        first = np.hypot(scan.sigmas[:, 0], biases[0]) * np.maximum(np.cos(elevation), 1e-3)
        sigmas[:, 0] = np.hypot(first, place_m / far)
        sigmas[:, 1] = np.hypot(np.hypot(scan.sigmas[:, 1], biases[1]), place_m / far)
        reach = np.hypot(np.hypot(scan.sigmas[:, 2], biases[2] if len(biases) > 2 else 0.0), place_m)
        sigmas[:, 2] = np.where(has_range, reach, np.inf)
        has_rate = np.isfinite(scan.values[:, 3])
        rate = np.hypot(scan.sigmas[:, 3], biases[3] if len(biases) > 3 else 0.0)
        sigmas[:, 3] = np.where(has_rate, rate, np.inf)
        values[:, 0] = np.where(has_range, scan.values[:, 2], np.nan)
        values[:, 1] = np.where(has_rate, scan.values[:, 3], np.nan)
        at_m = origin + np.where(has_range, far, np.nan)[:, None] * los
    lost = ~np.isfinite(sigmas[:, :2]).all(axis=1)
    sigmas[lost, :2] = 10.0  # a direction that was not measured is anywhere
    return _Met(
        t, np.ascontiguousarray(at_m), np.ascontiguousarray(los), has_range, np.ascontiguousarray(axes),
        np.ascontiguousarray(values), np.ascontiguousarray(sigmas),
    )  # fmt: skip
