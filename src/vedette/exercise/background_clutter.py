"""A whole day of false detections, and the few moments of it at which two of them could be one thing.

A single false detection begins nothing. All of a day's are drawn; those that have a partner within `PAIR_S` seconds
that one moving thing could explain, for one sensor or two, are played to the engine with every look around them. A
pair is possible when the two are no farther apart than `SPEED_MPS` allows, and `SLACK_M`; a line of sight passes at
all heights between the ground and `TOP_M`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.reports import Scan
from vedette.scenario.returns import draw_luck, infrared_clutter, look_times_s, radar_clutter, scans_of_rows
from vedette.sensing import Infrared, Radar, Sensor, Site
from vedette.tracking import Tracker

PAIR_S: Final = 25.0
SPEED_MPS: Final = 8_000.0
SLACK_M: Final = 50e3
TOP_M: Final = 1_500e3
BEFORE_S: Final = 6.0
HALF_BELIEVED: Final = 0.5  # a track is one at 0.99
AFTER_S: Final = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class ClutterDay:
    """The looks of a day and their false detections, sensor by sensor."""

    t_start_tai_ns: int
    times_s: Mapping[str, Scalar]
    rows: Mapping[str, list[Rows]]
    lucks: Mapping[str, Any]
    sensors: Mapping[str, Sensor]

    @property
    def detection_count(self) -> int:
        """False detections of the day."""
        return sum(len(values) for listed in self.rows.values() for values in listed)

    def scans(
        self, t_from_s: float, t_to_s: float, seed: int, only: frozenset[tuple[int, int]] | None = None
    ) -> list[Scan]:
        """Every look between two times of the day, in order of arrival; `only`: those (sensor, look) alone."""
        out: list[Scan] = []
        for number, (name, sensor) in enumerate(self.sensors.items()):
            times = self.times_s[name]
            low, high = np.searchsorted(times, [t_from_s, t_to_s])
            chosen = [k for k in range(low, high) if only is None or (number, k) in only]
            if not chosen:
                continue
            part, rows = times[chosen], [self.rows[name][k] for k in chosen]
            rng = np.random.default_rng([seed, number, int(low)])
            stands, sigmas = None, getattr(sensor, "sigmas", None)
            if isinstance(sensor, Infrared):
                t_ns = self.t_start_tai_ns + np.round(part * NS_PER_S).astype(np.int64)
                stands = sensor.position_itrf_m(t_ns)
                sigmas = np.array([sensor.los_sigma_rad] * 3 + [sensor.noise_w_sr])
            out += scans_of_rows(
                sensor, sensor.kind, self.lucks[name], rows, np.asarray(sigmas), part,
                self.t_start_tai_ns, 0.02, stands, rng,
            )  # fmt: skip
        return sorted(out, key=lambda scan: (scan.t_received_tai_ns, scan.sensor_id))


@dataclass(frozen=True, slots=True)
class Span:
    """A moment of the day (s) and the looks in it, as (sensor, look), whose detections have a partner."""

    t_from_s: float
    t_to_s: float
    looks: frozenset[tuple[int, int]]


def may_become_something(day: ClutterDay, span: Span, seed: int) -> bool:
    """Whether the tracker could come to believe in anything in this span, were all silence in it not heard.

    Only the looks whose detections have a partner go to a tracker. Silence where a sensor looked is evidence against
    existence, so that what is not half believed without it is not believed with it.
    """
    tracker = Tracker(sensors=list(day.sensors.values()))
    for scan in day.scans(span.t_from_s, span.t_to_s, seed, span.looks):
        if len(tracker.step(scan)) or (tracker.tentative.existence > HALF_BELIEVED).any():
            return True
    return False


def clutter_day(sensors: Mapping[str, Sensor], t_start_tai_ns: int, seconds: float, seed: int) -> ClutterDay:
    """All false detections of fixed radars and infrared watchers over so many seconds."""
    times, rows, lucks, kept = {}, {}, {}, {}
    for number, (name, sensor) in enumerate(sensors.items()):
        if not (isinstance(sensor, Infrared) or (isinstance(sensor, Radar) and isinstance(sensor.site, Site))):
            continue
        rng = np.random.default_rng([seed, number, 0xC1])
        luck = draw_luck(sensor, 315.0, rng)
        looks = look_times_s(sensor, luck, seconds)
        counts = rng.poisson(sensor.false_alarms_per_look, len(looks))
        empty = np.empty((0, 4))
        listed = [empty] * len(looks)
        for look in np.flatnonzero(counts):
            if isinstance(sensor, Infrared):
                t_ns = t_start_tai_ns + round(float(looks[look]) * NS_PER_S)
                listed[look] = infrared_clutter(sensor, sensor.position_itrf_m(t_ns), int(counts[look]), rng)
            else:
                listed[look] = radar_clutter(sensor, int(counts[look]), rng)
        times[name], rows[name], lucks[name], kept[name] = looks, listed, luck, sensor
    return ClutterDay(t_start_tai_ns, times, rows, lucks, kept)


def suspicious_spans(day: ClutterDay) -> list[Span]:
    """Spans of the day around pairs that one thing could explain; spans that touch are one."""
    t, origin, way, reach, look = _all_detections(day)
    order = np.argsort(t, kind="stable")
    t, origin, way, reach, look = t[order], origin[order], way[order], reach[order], look[order]
    spans: list[Span] = []
    for shift in range(1, len(t)):
        dt = t[shift:] - t[:-shift]
        near = np.flatnonzero((dt <= PAIR_S) & (dt > 0.0))
        if not np.any(dt <= PAIR_S):
            break
        if not len(near):
            continue
        allowed = SPEED_MPS * dt[near] + SLACK_M
        apart = _least_distance_m(origin, way, reach, near, near + shift)
        for i in near[apart <= allowed]:
            pair = frozenset((int(look[k, 0]), int(look[k, 1])) for k in (i, i + shift))
            spans.append(Span(float(t[i]) - BEFORE_S, float(t[i + shift]) + AFTER_S, pair))
    spans.sort(key=lambda span: (span.t_from_s, span.t_to_s))
    joined: list[Span] = []
    for one in spans:
        if joined and one.t_from_s <= joined[-1].t_to_s:
            last = joined[-1]
            joined[-1] = Span(last.t_from_s, max(last.t_to_s, one.t_to_s), last.looks | one.looks)
        else:
            joined.append(one)
    return joined


def _all_detections(day: ClutterDay) -> tuple[Scalar, Vec3, Vec3, Rows, Ints]:
    """Times (n,), origins (n, 3), directions (n, 3), (n, 2) metres along them between which the thing may be, (n, 2)
    sensor and look."""
    times, origins, ways, reaches, looks = [], [], [], [], []
    for number, (name, sensor) in enumerate(day.sensors.items()):
        for k, (t_s, values) in enumerate(zip(day.times_s[name], day.rows[name], strict=True)):
            if not len(values):
                continue
            if isinstance(sensor, Infrared):
                here = sensor.position_itrf_m(day.t_start_tai_ns + round(float(t_s) * NS_PER_S))
                los = values[:, :3]
                stretch = _stretch(here, los)
            else:
                assert isinstance(sensor, Radar)
                here = sensor.site.position_itrf_m  # type: ignore[union-attr]
                azimuth, elevation = values[:, 0], values[:, 1]
                enu = np.stack(
                    [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], -1
                )
                los = enu @ sensor.site.enu_from_itrf  # type: ignore[union-attr]
                stretch = np.stack([values[:, 2], values[:, 2]], axis=-1)
            times.append(np.full(len(values), t_s))
            origins.append(np.tile(here, (len(values), 1)))
            ways.append(los)
            reaches.append(stretch)
            looks.append(np.tile([number, k], (len(values), 1)))
    if not times:
        return np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 2)), np.zeros((0, 2), dtype=np.int64)
    columns = (np.concatenate(parts) for parts in (times, origins, ways, reaches, looks))
    return tuple(columns)  # type: ignore[return-value]


def _stretch(here: Vec3, los: Vec3) -> Rows:
    """(n, 2) metres along rays between the shell of `TOP_M` and the ground, on a sphere."""
    middle = -(los @ here)
    miss2 = float(here @ here) - middle**2
    outer = np.sqrt(np.maximum((6.371e6 + TOP_M) ** 2 - miss2, 0.0))
    inner = np.sqrt(np.maximum(6.371e6**2 - miss2, 0.0))
    return np.stack([middle - outer, np.where(inner > 0.0, middle - inner, middle + outer)], axis=-1)


def _least_distance_m(origin: Vec3, way: Vec3, reach: Rows, a: Any, b: Any) -> Scalar:
    """(m,) between two stretches of rays: by turns the nearest point of each to the other's, ten times over."""
    sa, sb = reach[a].mean(axis=1), reach[b].mean(axis=1)
    for _ in range(10):
        pb = origin[b] + sb[:, None] * way[b]
        sa = np.clip(np.sum((pb - origin[a]) * way[a], axis=-1), reach[a, 0], reach[a, 1])
        pa = origin[a] + sa[:, None] * way[a]
        sb = np.clip(np.sum((pa - origin[b]) * way[b], axis=-1), reach[b, 0], reach[b, 1])
    pb = origin[b] + sb[:, None] * way[b]
    return np.asarray(np.linalg.norm(pb - pa, axis=-1))
