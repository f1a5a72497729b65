"""The watch over noise: which radar hears how much, from where, since when, and why.

Strobes are strung together in time, tested against the Sun and the aurora first, put together over sites into places
only after that, and called interference only when nature and the radar's own fault have become unlikely. A radar that
hears noise is degraded from the second look that says so until the noise has been gone for some looks.

It says what sensors hear. It names no sender, and suggests nothing to do.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.frames import EarthOrientation, geodetic_from_itrf
from vedette.reports import (
    Condition,
    EmitterEstimate,
    Finding,
    FindingKind,
    Scan,
    SensorHealth,
    SensorKind,
    StrobeHealth,
)
from vedette.reports.words import place_words
from vedette.sensing import AuroralSky, Radar, Sensor, Site, auroral_sky, standing
from vedette.tracking.interference.noise_causes import (
    AURORA,
    INTERFERENCE,
    SUN,
    Heard,
    angle_off_sun_rad,
    cause_probabilities,
    is_sun_in_field,
    joined_causes,
)
from vedette.tracking.interference.strobe_trains import Directions, Train, string_together
from vedette.tracking.interference.triangulation import Bearing, Source, Triangulated, triangulate


@dataclass(frozen=True, slots=True)
class InterferencePolicy:
    """When noise is spoken of."""

    floor_db: float = 1.0  # a rise in every direction that degrades
    looks: int = 2  # that must say so
    strobes: int = 3  # before a cause is named
    stated: float = 0.9  # probability from which it is
    think_again_s: float = 10.0  # between two triangulations
    gone_looks: float = 3.0  # revisits without noise before it is over
    gone_s: float = 10.0  # at least
    silent_looks: float = 5.0
    silent_s: float = 20.0
    storms: tuple[tuple[float, float], ...] = ((0.6, 3.0), (0.3, 6.0), (0.1, 8.5))  # share of nights, Kp
    trains_max: int = 12  # a radar's loudest that are put together with others'


@dataclass(slots=True)
class _Ear:
    """What is remembered of one radar."""

    radar: Radar
    trains: list[Train] = field(default_factory=list)
    floor: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=5))
    strobe_looks: deque[int] = field(default_factory=lambda: deque(maxlen=64))  # times of its strobe reports
    reports_strobes: bool = False
    t_noisy_tai_ns: int | None = None  # last time that anything was heard
    t_since_tai_ns: int | None = None  # degraded since
    noisy_looks: int = 0
    causes: dict[int, dict[str, float]] = field(default_factory=dict)  # of trains, by number
    scattered: dict[str, float] = field(default_factory=dict)  # of all short trains together
    said: set[str] = field(default_factory=set)  # causes named while degraded
    t_heard_tai_ns: int | None = None  # last report of any kind
    t_aurora_tai_ns: int | None = None  # patches all over the auroral sky


class InterferenceWatch:
    """Follows noise over a set of radars that stand still; other sensors are let pass.

    Parameters
    ----------
    sensors : whose scans may come
    orientation : of the Earth, for the Sun's place; None is the packaged table
    policy : when noise is spoken of
    """

    def __init__(
        self,
        sensors: Iterable[Sensor],
        orientation: EarthOrientation | None = None,
        policy: InterferencePolicy | None = None,
    ) -> None:
        self.policy = policy or InterferencePolicy()
        self._orientation = orientation
        radars = [sensor for sensor in sensors if isinstance(sensor, Radar) and isinstance(sensor.site, Site)]
        self._ears = {radar.name: _Ear(radar) for radar in radars}
        self._skies: dict[str, tuple[tuple[float, AuroralSky], ...]] = {}
        self._next_train = 0
        self._next_emitter = 1
        self._t_now_tai_ns: int | None = None
        self._t_thought_tai_ns: int | None = None
        self._is_news = False
        self._triangulated = Triangulated((), (), ())
        self._emitters: dict[str, Source] = {}  # stated ones, by name
        self._doubt_said: frozenset[int] = frozenset()  # trains of which an ambiguity was spoken of

    def absorb(self, scan: Scan) -> tuple[Finding, ...]:
        """Take a look of any kind in; what has become known about noise."""
        ear = self._ears.get(scan.sensor_id)
        if ear is None or scan.kind not in (SensorKind.STROBE, SensorKind.RADAR, SensorKind.OVER_THE_HORIZON):
            return ()
        t = int(scan.t_measured_tai_ns.max()) if len(scan) else scan.t_received_tai_ns - _ns(ear.radar.latency_s)
        self._t_now_tai_ns = t if self._t_now_tai_ns is None else max(t, self._t_now_tai_ns)
        ear.t_heard_tai_ns = t if ear.t_heard_tai_ns is None else max(t, ear.t_heard_tai_ns)
        if scan.kind is SensorKind.STROBE:
            self._hear(ear, scan, t)
        else:
            ear.floor.append((t, scan.noise_rise_db))
            if scan.noise_rise_db >= self.policy.floor_db:
                ear.noisy_looks += 1
                ear.t_noisy_tai_ns = max(t, ear.t_noisy_tai_ns or t)
        said = self._degraded(ear, t)
        if self._is_due():
            said += self._think()
        said += self._named(ear, t)
        for other in self._ears.values():
            said += self._restored(other)
        return tuple(said)

    @property
    def health(self) -> tuple[SensorHealth, ...]:
        """Every radar, in the order they were given."""
        return tuple(self._health_of(ear) for ear in self._ears.values())

    @property
    def emitters(self) -> tuple[EmitterEstimate, ...]:
        """Sources that are placed, most certain first; after them those that exclude one another."""
        stated = [_estimate(name, source) for name, source in self._emitters.items()]
        unsure = [_estimate(f"?{i + 1}", source) for i, source in enumerate(self._triangulated.doubtful)]
        return (*stated, *unsure)

    # ---- hearing

    def _hear(self, ear: _Ear, scan: Scan, t_tai_ns: int) -> None:
        ear.reports_strobes = True
        ear.strobe_looks.append(t_tai_ns)
        loud = np.flatnonzero(np.isfinite(scan.values[:, 0]) & np.isfinite(scan.values[:, 2]))
        values, sigmas = scan.values[loud], scan.sigmas[loud]
        if len(loud):
            ear.noisy_looks += 1
            ear.t_noisy_tai_ns = max(t_tai_ns, ear.t_noisy_tai_ns or t_tai_ns)
        pairs, left = string_together(ear.trains, t_tai_ns, values, sigmas)
        for train, row in pairs:
            train.add(t_tai_ns, values[row], sigmas[row])
            self._is_news |= train.count == self.policy.strobes
        for row in map(int, np.flatnonzero(left)):
            train = Train(ear.radar.name, self._next_train)
            self._next_train += 1
            train.add(t_tai_ns, values[row], sigmas[row])
            ear.trains.append(train)
        edge = t_tai_ns - _ns(self._gone_s(ear))
        ear.trains = [train for train in ear.trains if train.t_last_tai_ns >= edge or len(train.rows) >= 3]
        ear.trains = [train for train in ear.trains if train.t_last_tai_ns >= edge - _ns(60.0)][-64:]
        known = {train.number for train in ear.trains}
        ear.causes = {number: causes for number, causes in ear.causes.items() if number in known}

    def _gone_s(self, ear: _Ear) -> float:
        return max(self.policy.gone_s, self.policy.gone_looks * ear.radar.revisit_s)

    def _present(self, ear: _Ear) -> list[Train]:
        """Trains that are still heard, loudest first."""
        assert self._t_now_tai_ns is not None
        edge = self._t_now_tai_ns - _ns(self._gone_s(ear))
        here = [train for train in ear.trains if train.t_last_tai_ns >= edge]
        return sorted(here, key=lambda train: (-train.noise_rise_db, train.number))

    @property
    def _in_place(self) -> set[int]:
        return {number for source in self._triangulated.sources for number in source.members}

    # ---- thinking

    def _is_due(self) -> bool:
        if self._t_now_tai_ns is None or not any(ear.trains for ear in self._ears.values()):
            return False
        if self._t_thought_tai_ns is None or self._is_news:
            return True
        return (self._t_now_tai_ns - self._t_thought_tai_ns) / NS_PER_S >= self.policy.think_again_s

    def _think(self) -> list[Finding]:
        """Nature first, then places, then causes again with what the other sites said."""
        assert self._t_now_tai_ns is not None
        self._t_thought_tai_ns, self._is_news = self._t_now_tai_ns, False
        bearings: list[Bearing] = []
        for ear in self._ears.values():
            self._ask_scattered(ear)
            long = [train for train in self._present(ear) if train.count >= self.policy.strobes]
            for train in long:
                ear.causes[train.number] = self._causes(ear, train, is_placed=False)
                if ear.causes[train.number][AURORA] > 0.5:
                    ear.t_aurora_tai_ns = train.t_last_tai_ns
            foreign = [t for t in long if ear.causes[t.number][SUN] + ear.causes[t.number][AURORA] < 0.5]
            for train in foreign[: self.policy.trains_max]:
                bearings.append(Bearing(ear.radar, train.directions(ear.radar), train.number))
        listening = [ear.radar for ear in self._ears.values() if ear.reports_strobes]
        self._triangulated = triangulate(bearings, listening, self.policy.stated)
        placed = self._in_place
        for ear in self._ears.values():
            for train in ear.trains:
                if train.number in placed:
                    ear.causes[train.number] = self._causes(ear, train, is_placed=True)
        return self._placed()

    def _causes(self, ear: _Ear, train: Train, is_placed: bool) -> dict[str, float]:
        with_sun, hearing_sun = 0, 0
        for other in self._ears.values():
            if other is ear or not other.reports_strobes:
                continue
            if is_sun_in_field(other.radar, train.t_last_tai_ns, self._orientation):
                with_sun += 1
                hearing_sun += any(self._is_towards_sun(other, one) for one in self._present(other))
        elsewhere = any(self._present(other) for other in self._ears.values() if other is not ear)
        directions = train.directions(ear.radar)
        missed = sum(t > train.t_first_tai_ns for t in ear.strobe_looks) - len(train.rows) + 1
        heard = Heard(
            ear.radar, directions, train.count, max(missed, 0), True, with_sun, hearing_sun, is_placed, elsewhere,
            self._is_aurora_about(ear),
        )  # fmt: skip
        return cause_probabilities(heard, self._sky(ear), self._orientation)

    def _is_aurora_about(self, ear: _Ear) -> bool:
        return ear.t_aurora_tai_ns is not None and (
            (self._t_now_tai_ns or 0) - ear.t_aurora_tai_ns
        ) / NS_PER_S < _AURORA_S

    def _is_towards_sun(self, ear: _Ear, train: Train) -> bool:
        off = angle_off_sun_rad(
            ear.radar, train.azimuth_rad, train.elevation_rad, train.t_last_tai_ns, self._orientation
        )
        return off < np.radians(1.0) + 3.0 * train.rows[-1][4]

    def _ask_scattered(self, ear: _Ear) -> None:
        """Short trains all over the sky are one phenomenon; asked for together, each strobe for itself."""
        ear.scattered = {}
        short = [row for train in self._present(ear) if train.count < self.policy.strobes for row in train.rows]
        if len(short) < 2 * self.policy.strobes:
            return
        table = np.array([row[1:] for row in sorted(short)])
        t = np.array([row[0] for row in sorted(short)], dtype=np.int64)
        directions = Directions(t, table[:, 0], table[:, 1], table[:, 3], table[:, 4])
        heard = Heard(ear.radar, directions, len(short), is_chosen=False)
        ear.scattered = cause_probabilities(heard, self._sky(ear), self._orientation)
        if ear.scattered[AURORA] > 0.5:
            ear.t_aurora_tai_ns = int(t[-1])

    def _sky(self, ear: _Ear) -> tuple[tuple[float, AuroralSky], ...]:
        name = ear.radar.name
        if name not in self._skies:
            site = standing(ear.radar)
            self._skies[name] = tuple((share, auroral_sky(site, kp)) for share, kp in self.policy.storms)
        return self._skies[name]

    # ---- saying

    def _degraded(self, ear: _Ear, t_tai_ns: int) -> list[Finding]:
        if ear.t_since_tai_ns is not None or ear.noisy_looks < self.policy.looks or ear.t_noisy_tai_ns is None:
            return []
        ear.t_since_tai_ns = min(
            [train.t_first_tai_ns for train in self._present(ear)]
            + [t for t, db in ear.floor if db >= self.policy.floor_db],
            default=t_tai_ns,
        )
        return [self._finding(ear, FindingKind.SENSOR_DEGRADED, ear.t_since_tai_ns, self._level_words(ear), "degraded")]

    def _named(self, ear: _Ear, t_tai_ns: int) -> list[Finding]:
        """Name a cause once it is sure enough, once while the noise lasts."""
        if ear.t_since_tai_ns is None:
            return []
        said = []
        named = [(train, ear.causes[train.number]) for train in self._present(ear) if train.number in ear.causes]
        for train, causes in named:
            cause, p = next(iter(causes.items()))
            if p < self.policy.stated or cause in ear.said:
                continue
            is_early = train.count < 2 * self.policy.strobes or self._is_aurora_about(ear)
            if cause == INTERFERENCE and is_early and train.number not in self._in_place:
                continue  # one site alone waits longer, and while aurora is about says nothing
            ear.said.add(cause)
            words = f"noise from azimuth {_degrees(train.azimuth_rad)} is {_CAUSE_WORDS[cause]} ({_shares(causes)})"
            kind = FindingKind.INTERFERENCE if cause == INTERFERENCE else FindingKind.SENSOR_DEGRADED
            said.append(self._finding(ear, kind, train.t_first_tai_ns, words, cause, causes))
        if ear.scattered:
            cause, p = next(iter(ear.scattered.items()))
            if p >= self.policy.stated and cause not in ear.said and cause != INTERFERENCE:
                ear.said.add(cause)
                words = f"noise from changing directions is {_CAUSE_WORDS[cause]} ({_shares(ear.scattered)})"
                said.append(self._finding(ear, FindingKind.SENSOR_DEGRADED, t_tai_ns, words, cause, ear.scattered))
        return said

    def _placed(self) -> list[Finding]:
        """Keep the names of sources from one triangulation to the next; say new ones, and new ambiguities."""
        said, now = [], {}
        left = dict(self._emitters)
        for source in self._triangulated.sources:
            name = next((n for n, old in left.items() if _is_same(old, source)), None)
            if name is not None:
                del left[name]
            else:
                name = f"N{self._next_emitter}"
                self._next_emitter += 1
                said.append(self._source_finding(name, source))
            now[name] = source
        self._emitters = now
        unsure = frozenset(number for source in self._triangulated.doubtful for number in source.members)
        if unsure and not unsure <= self._doubt_said:
            said.append(self._ambiguity(self._triangulated.doubtful))
        self._doubt_said |= unsure
        return said

    def _source_finding(self, name: str, source: Source) -> Finding:
        lat, lon = source.lat_lon_deg
        by = ", ".join(source.sensors)
        text = (
            f"noise comes from {place_words(lat, lon)} ± {source.level_sigma_m / 1e3:.1f} km: the strobes of {by} "
            f"meet there ({100.0 * source.probability:.0f} %)"
        )
        data = {"mark": "placed", "emitter": _estimate_words(_estimate(name, source))}
        return Finding(
            kind=FindingKind.INTERFERENCE, object_id=name, t_tai_ns=source.t_tai_ns,
            t_declared_tai_ns=source.t_tai_ns, text=text, data=data,
        )  # fmt: skip

    def _ambiguity(self, doubtful: tuple[Source, ...]) -> Finding:
        places = "; ".join(
            f"{place_words(*source.lat_lon_deg)} ({100.0 * source.probability:.0f} %)" for source in doubtful[:6]
        )
        sites = sorted({name for source in doubtful for name in source.sensors})
        crossing = f"strobes of {', '.join(sites)} cross in more places than there are sources"
        text = f"{crossing}: {places}; a third site would tell"
        t = doubtful[0].t_tai_ns
        data = {"mark": "ambiguous", "places": [_estimate_words(_estimate("?", source)) for source in doubtful]}
        return Finding(
            kind=FindingKind.DOUBT, object_id=sites[0], t_tai_ns=t, t_declared_tai_ns=t, text=text, data=data
        )

    def _restored(self, ear: _Ear) -> list[Finding]:
        if ear.t_since_tai_ns is None or ear.t_heard_tai_ns is None or ear.t_noisy_tai_ns is None:
            return []
        # its own reports must say that the noise is gone: silence does not
        if (ear.t_heard_tai_ns - ear.t_noisy_tai_ns) / NS_PER_S < self._gone_s(ear):
            return []
        lasted_s = (ear.t_noisy_tai_ns - ear.t_since_tai_ns) / NS_PER_S
        t_gone = ear.t_noisy_tai_ns
        ear.trains, ear.causes, ear.scattered, ear.said = [], {}, {}, set()
        ear.t_since_tai_ns, ear.noisy_looks, ear.t_noisy_tai_ns = None, 0, None
        words = f"hears no more noise; it lasted {lasted_s:.0f} s"
        return [self._finding(ear, FindingKind.SENSOR_RESTORED, t_gone, words, "restored")]

    def _finding(
        self, ear: _Ear, kind: FindingKind, t_tai_ns: int, words: str, mark: str, causes: dict[str, float] | None = None
    ) -> Finding:
        assert ear.t_heard_tai_ns is not None
        name = ear.radar.name
        data: dict[str, Any] = {"mark": mark, "sensor_id": name, "noise_rise_db": round(_floor_db(ear), 2)}
        data["azimuths_deg"] = [round(float(np.degrees(train.azimuth_rad)), 2) for train in self._present(ear)[:8]]
        if causes is not None:
            data["causes"] = {cause: round(p, 4) for cause, p in causes.items()}
        return Finding(
            kind=kind, object_id=name, t_tai_ns=t_tai_ns, t_declared_tai_ns=ear.t_heard_tai_ns,
            text=f"{name}: {words}", data=data,
        )  # fmt: skip

    def _level_words(self, ear: _Ear) -> str:
        floor = _floor_db(ear)
        trains = self._present(ear)
        if not trains:
            return f"its noise has risen by {floor:.1f} dB in every direction; it sees less"
        where = ", ".join(f"{_degrees(t.azimuth_rad)} (+{t.noise_rise_db:.0f} dB)" for t in trains[:3])
        more = f" and {len(trains) - 3} more" if len(trains) > 3 else ""
        rest = f", and {floor:.1f} dB everywhere" if floor >= 0.1 else ""
        return f"hears noise from azimuth {where}{more}{rest}; it sees less there"

    def _health_of(self, ear: _Ear) -> SensorHealth:
        name = ear.radar.name
        now = self._t_now_tai_ns
        quiet_s = max(self.policy.silent_s, self.policy.silent_looks * ear.radar.revisit_s)
        if now is not None and ear.t_heard_tai_ns is not None and (now - ear.t_heard_tai_ns) / NS_PER_S > quiet_s:
            text = f"nothing has come for {(now - ear.t_heard_tai_ns) / NS_PER_S:.0f} s"
            since = ear.t_heard_tai_ns
            return SensorHealth(sensor_id=name, condition=Condition.SILENT, t_since_tai_ns=since, text=text)
        if ear.t_since_tai_ns is None:
            return SensorHealth(sensor_id=name, condition=Condition.OK)
        trains = self._present(ear)[:8]
        strobes = tuple(_strobe(train, ear.causes.get(train.number, ear.scattered)) for train in trains)
        weights = [max(train.noise_rise_db, 0.1) for train in trains]
        parts = [ear.causes.get(train.number, ear.scattered) for train in trains]
        known = [(part, weight) for part, weight in zip(parts, weights, strict=True) if part]
        causes = joined_causes([p for p, _ in known], [w for _, w in known]) if known else {}
        why = f": {_shares(causes)}" if causes else ""
        return SensorHealth(
            sensor_id=name, condition=Condition.DEGRADED, t_since_tai_ns=ear.t_since_tai_ns,
            noise_rise_db=round(_floor_db(ear), 2), strobes=strobes, causes=_rounded(causes),
            text=self._level_words(ear) + why,
        )  # fmt: skip


_AURORA_S = 120.0  # how long scattered patches are reckoned with after they were heard
_CAUSE_WORDS = {SUN: "the Sun's", AURORA: "from aurora", INTERFERENCE: "jamming", "fault": "likely its own fault"}


def _is_same(old: Source, new: Source) -> bool:
    """Shares a strobe train, or stands where the other does."""
    if old.members & new.members:
        return True
    apart = old.position_itrf_m - new.position_itrf_m
    both = old.position_cov_itrf_m2 + new.position_cov_itrf_m2 + np.eye(3) * 1e6
    return bool(apart @ np.linalg.solve(both, apart) < 16.0)


def _strobe(train: Train, causes: dict[str, float]) -> StrobeHealth:
    high = train.elevation_rad
    return StrobeHealth(
        azimuth_deg=round(float(np.degrees(train.azimuth_rad)), 2),
        azimuth_sigma_deg=round(float(np.degrees(train.rows[-1][4])), 3),
        elevation_deg=round(float(np.degrees(high)), 2) if np.isfinite(high) else None,
        noise_rise_db=round(train.noise_rise_db, 1),
        t_since_tai_ns=train.t_first_tai_ns,
        causes=_rounded(causes),
    )


def _estimate(name: str, source: Source) -> EmitterEstimate:
    lat, lon = source.lat_lon_deg
    _, _, height_m = geodetic_from_itrf(source.position_itrf_m)
    cov = source.position_cov_itrf_m2
    return EmitterEstimate(
        id=name, t_tai_ns=source.t_tai_ns, lat_deg=lat, lon_deg=lon, height_km=float(height_m) / 1e3,
        level_sigma_km=source.level_sigma_m / 1e3, position_itrf_m=tuple(map(float, source.position_itrf_m)),
        position_cov_itrf_m2=tuple(tuple(map(float, row)) for row in cov), sensors=source.sensors,
        probability=source.probability,
    )  # fmt: skip


def _estimate_words(estimate: EmitterEstimate) -> dict[str, Any]:
    return {
        "id": estimate.id,
        "lat_deg": round(estimate.lat_deg, 4),
        "lon_deg": round(estimate.lon_deg, 4),
        "height_km": round(estimate.height_km, 2),
        "level_sigma_km": round(estimate.level_sigma_km, 3),
        "sensors": list(estimate.sensors),
        "probability": round(estimate.probability, 4),
    }


def _floor_db(ear: _Ear) -> float:
    return float(np.median([db for _, db in ear.floor])) if ear.floor else 0.0


def _shares(causes: dict[str, float]) -> str:
    return ", ".join(f"{cause} {100.0 * p:.0f} %" for cause, p in causes.items())


def _rounded(causes: dict[str, float]) -> dict[str, float]:
    return {cause: round(p, 4) for cause, p in causes.items()}


def _degrees(angle_rad: float) -> str:
    return f"{np.degrees(angle_rad):05.1f}°"


def _ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)
