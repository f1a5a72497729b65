"""Radar data as air traffic sends them, ASTERIX categories 048 (target reports) and 034 (service messages), to scans.

One reader a feed: it remembers each radar's sector, its words about itself, and what has been said already. A radar is
known by SAC and SIC; the sensors file says which sensor that is, where it stands and how well it measures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import pi, tau

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.formats.asterix_fields import Plot, Said, Service, plot_from_items, service_from_items
from vedette.formats.asterix_heights import (
    MEAN_SEA_SIGMA_M,
    PRESSURE_SIGMA_M,
    PRESSURE_SIGMA_SHARE,
    elevation_from_height,
)
from vedette.formats.asterix_items import Broken, OtherCategory, Record, read_datagram
from vedette.formats.asterix_sectors import Gathered, SectorGatherer
from vedette.formats.feed import FeedRecord, keep_with_doubt, set_aside
from vedette.formats.feed_sensor import FeedSensor
from vedette.formats.order import OrderKeeper
from vedette.formats.source_health import SourceHealth
from vedette.frames import itrf_from_geodetic
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.time import mjd_utc_from_tai_ns, tai_ns_from_mjd_utc

_QUANTUM_RAD = tau / 65536 / 12**0.5  # one sigma of rounding to the last bit of item 040
_QUANTUM_M = 1852.0 / 256 / 12**0.5
_NS_PER_DAY = 86_400 * NS_PER_S
MOVED_M = 200.0  # a radar that says it stands further than this from its site in the sensors file is doubted


@dataclass(slots=True)
class _Radar:
    sensor: FeedSensor
    sectors: SectorGatherer = field(default_factory=SectorGatherer)
    health: SourceHealth | None = None


@dataclass(slots=True)
class AsterixReader:
    """Turns datagrams into records. `mode` is the mode worked in: a drill's reports never enter REAL."""

    source: str
    mode: Mode
    sensors: Mapping[str, FeedSensor]
    order: OrderKeeper = field(default_factory=OrderKeeper)
    _radars: dict[tuple[int, int], _Radar] = field(default_factory=dict)
    _told: set[object] = field(default_factory=set)
    _count: int = 0

    def __post_init__(self) -> None:
        for sensor in self.sensors.values():
            if sensor.asterix is not None:
                self._radars[sensor.asterix] = _Radar(sensor)

    def read(self, datagram: bytes, t_received_tai_ns: int) -> Iterator[FeedRecord]:
        """Records of one datagram: scans that it completes, and a sentence for whatever could not be used."""
        self._count += 1
        where = f"{self.source} datagram {self._count}"
        for part in read_datagram(datagram):
            match part:
                case Record():
                    yield from self._record(part, where, t_received_tai_ns)
                case Broken():
                    cure = "the bytes were damaged on the way, or the sender's edition differs"
                    yield set_aside(part.what, where, cure, part.raw, t_received_tai_ns=t_received_tai_ns)
                case OtherCategory():
                    if self._is_new(("category", part.category)):
                        what = f"category {part.category:03d} is not read, and is passed over from now on"
                        cure = "034 and 048 are read"
                        yield set_aside(what, where, cure, part.raw, t_received_tai_ns=t_received_tai_ns)
        yield from self.overdue(t_received_tai_ns)

    def overdue(self, t_now_tai_ns: int) -> Iterator[FeedRecord]:
        """Plots that have waited long enough for their sector; to be asked now and then in a pause."""
        clock_s = t_now_tai_ns / NS_PER_S
        for radar in self._radars.values():
            for gathered in radar.sectors.overdue(clock_s):
                yield from self._scan(radar, gathered, t_now_tai_ns)

    def rest(self, t_now_tai_ns: int) -> Iterator[FeedRecord]:
        """The feed is over: everything that still waits."""
        for radar in self._radars.values():
            for gathered in radar.sectors.rest():
                yield from self._scan(radar, gathered, t_now_tai_ns)

    # ---- one record

    def _record(self, record: Record, where: str, now: int) -> Iterator[FeedRecord]:
        said = plot_from_items(record.items) if record.category == 48 else service_from_items(record.items)
        if said is None:
            what = f"a record of category {record.category:03d} without its source, time or type"
            yield set_aside(what, where, "every record needs them", record.raw, t_received_tai_ns=now)
            return
        radar = self._radars.get(said.source)
        if radar is None:
            if self._is_new(("source", said.source)):
                sac, sic = said.source
                what = f"radar SAC {sac} SIC {sic} is unknown, and is passed over from now on"
                cure = f'give its sensor in --sensors the line asterix = "{sac}/{sic}"'
                yield set_aside(what, where, cure, record.raw, t_received_tai_ns=now)
            return
        if isinstance(said, Plot):
            yield from self._plot(radar, said, record.raw, where, now)
        else:
            yield from self._service(radar, said, where, now)

    def _plot(self, radar: _Radar, plot: Plot, raw: bytes, where: str, now: int) -> Iterator[FeedRecord]:
        name = radar.sensor.sensor_id
        if (plot.is_simulated or plot.is_test) and self.mode is Mode.REAL:
            found = Mode.SIMULATED if plot.is_simulated else Mode.TEST
            what = f"{name}: a {found} target report offered as REAL"
            cure = f"run with --mode {found}, or ask the radar's keeper to stop them"
            yield set_aside(what, where, cure, raw, exit_code=6, t_received_tai_ns=now)
            return
        if plot.is_beyond:
            if self._is_new(("beyond", name)):
                what = f"{name}: a target beyond 256 NM, whose range stands in a field that is not read"
                yield set_aside(what, where, "ask for it as a scan file or a TDM", raw, t_received_tai_ns=now)
            return
        if not plot.is_detection or plot.is_monitor or plot.is_ghost:
            return  # the radar's own supposition, its own test transponder, or what it knows to be a reflection
        if not 0.0 <= plot.time_of_day_s < 86_401.0:
            what = f"{name}: {plot.time_of_day_s:.3f} s is no time of day"
            yield set_aside(what, where, "check the radar's clock", raw, t_received_tai_ns=now)
            return
        if plot.range_m == 0.0:
            yield set_aside(f"{name}: range zero", where, "range is positive", raw, t_received_tai_ns=now)
            return
        radar.sectors.add(plot, now / NS_PER_S)

    def _service(self, radar: _Radar, service: Service, where: str, now: int) -> Iterator[FeedRecord]:
        yield from self._health(radar, service, where, now)
        if service.said in (Said.NORTH, Said.SECTOR) and service.azimuth_rad == service.azimuth_rad:
            if service.time_of_day_s == service.time_of_day_s:
                for gathered in radar.sectors.cross(service.azimuth_rad, service.time_of_day_s, now / NS_PER_S):
                    yield from self._scan(radar, gathered, now)
        elif service.said in (Said.JAMMING, Said.SSR_JAMMING, Said.MODE_S_JAMMING, Said.SOLAR_STORM):
            what = Said(service.said).name.lower().replace("_", " ")
            if self._is_new((what, radar.sensor.sensor_id)):
                cure = "said once; its windows are not used yet"
                yield keep_with_doubt(f"{radar.sensor.sensor_id}: reports {what}", where, cure, t_received_tai_ns=now)

    def _health(self, radar: _Radar, service: Service, where: str, now: int) -> Iterator[FeedRecord]:
        before, name = radar.health, radar.sensor.sensor_id
        rotation_s = service.rotation_s if service.rotation_s > 0.0 else None
        if rotation_s is None or (before and before.rotation_s and abs(rotation_s / before.rotation_s - 1) < 0.01):
            rotation_s = before.rotation_s if before else None
        is_said = service.is_clock_valid is not None
        health = SourceHealth(
            sensor_id=name,
            source=self.source,
            t_received_tai_ns=now,
            is_clock_valid=service.is_clock_valid if is_said else before.is_clock_valid if before else None,
            is_released=service.is_released if is_said else before.is_released if before else None,
            is_overloaded=service.is_overloaded if is_said else before.is_overloaded if before else None,
            rotation_s=rotation_s,
        )
        if _words(health) != (_words(before) if before else (None,) * 4):
            radar.health = health
            yield health
        site = radar.sensor.position_itrf_m
        if service.place is not None and site is not None and self._is_new(("place", name)):
            lat_deg, lon_deg, height_m = service.place
            told_itrf_m = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m)
            apart_m = float(np.linalg.norm(told_itrf_m - np.array(site)))
            if apart_m > MOVED_M:
                what = f"{name} says that it stands {apart_m / 1e3:.2f} km from its site in the sensors file"
                cure = f"it says {lat_deg:.4f}, {lon_deg:.4f}, {height_m:.0f} m; the sensors file is believed"
                yield keep_with_doubt(what, where, cure, t_received_tai_ns=now)

    # ---- scans

    def _scan(self, radar: _Radar, gathered: Gathered, now: int) -> Iterator[FeedRecord]:
        sensor, plots = radar.sensor, gathered.plots
        if sensor.azimuth_sigma_rad is None or sensor.range_sigma_m is None:
            if self._is_new(("sigma", sensor.sensor_id)):
                what = f"{sensor.sensor_id} has no sigma of azimuth or range"
                yield set_aside(what, self.source, "give them in the sensors file", t_received_tai_ns=now)
            return
        if not plots and gathered.t_crossing_s is None:
            return
        times = np.array([instant_of(plot.time_of_day_s, now) for plot in plots], dtype=np.int64)
        values, sigmas, marks = _rows(plots, sensor)
        scan = Scan(
            sensor_id=sensor.sensor_id,
            kind=SensorKind.RADAR,
            mode=self.mode,
            t_received_tai_ns=now,
            t_measured_tai_ns=times,
            values=values,
            sigmas=sigmas,
            looked_at=_region(gathered, sensor.region),
            marks=marks,
        )
        self.order.t_newest_tai_ns = max(self.order.t_newest_tai_ns, now)
        yield from self.order.check(scan, None, True, self.source)

    def _is_new(self, what: object) -> bool:
        if what in self._told:
            return False
        self._told.add(what)
        return True


def instant_of(time_of_day_s: float, t_near_tai_ns: int) -> int:
    """The instant nearest to another at which it was this time of the UTC day: midnight between them is passed."""
    mjd, ns_of_day = mjd_utc_from_tai_ns(t_near_tai_ns)
    wanted_ns = round(time_of_day_s * 128) * (NS_PER_S // 128)  # 1/128 s is 7,812,500 ns
    ahead_ns = wanted_ns - ns_of_day
    if ahead_ns > _NS_PER_DAY // 2:
        mjd -= 1
    elif ahead_ns < -_NS_PER_DAY // 2:
        mjd += 1
    return tai_ns_from_mjd_utc(mjd, wanted_ns)


def _region(gathered: Gathered, field: Region | None) -> Region:
    """What the antenna swept of the radar's field."""
    low_rad, high_rad = gathered.azimuth_min_rad, gathered.azimuth_max_rad
    if field is None:
        return Region(low_rad, high_rad, -pi / 2, pi / 2)
    return replace(field, azimuth_min_rad=low_rad, azimuth_max_rad=high_rad)


def _rows(plots: tuple[Plot, ...], sensor: FeedSensor) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Values and sigmas (n, 4), and the marks that go with them."""
    n = len(plots)
    values, sigmas = np.full((n, 4), np.nan), np.full((n, 4), np.nan)
    if n == 0:
        return values, sigmas, ()
    assert sensor.azimuth_sigma_rad is not None and sensor.range_sigma_m is not None
    values[:, 0] = [plot.azimuth_rad for plot in plots]
    values[:, 2] = [plot.range_m for plot in plots]
    sigmas[:, 0] = np.hypot(sensor.azimuth_sigma_rad, _QUANTUM_RAD)
    sigmas[:, 2] = np.hypot(sensor.range_sigma_m, _QUANTUM_M)
    if sensor.position_itrf_m is None:
        return values, sigmas, ()
    measured_m = np.array([plot.height_3d_m for plot in plots])
    pressure_m = np.array([plot.pressure_height_m for plot in plots])
    is_measured = np.isfinite(measured_m)
    height_m = np.where(is_measured, measured_m, pressure_m)
    by_noise_m = values[:, 2] * (sensor.elevation_sigma_rad or 0.0)  # what the radar's own elevation is worth
    sigma_m = np.where(
        is_measured,
        np.hypot(MEAN_SEA_SIGMA_M, by_noise_m),
        np.hypot(PRESSURE_SIGMA_M, PRESSURE_SIGMA_SHARE * np.abs(np.nan_to_num(pressure_m))),
    )
    has_height = np.isfinite(height_m)
    if has_height.any():
        values[has_height, 1], sigmas[has_height, 1] = elevation_from_height(
            values[has_height, 0],
            values[has_height, 2],
            height_m[has_height],
            sigma_m[has_height],
            np.array(sensor.position_itrf_m),
        )
        sigmas[has_height, 1] = np.minimum(sigmas[has_height, 1], pi / 2)
    is_pressure = bool((np.isfinite(values[:, 1]) & ~is_measured).any())
    return values, sigmas, ("pressure-height",) if is_pressure else ()


def _words(health: SourceHealth) -> tuple[object, ...]:
    return health.is_clock_valid, health.is_released, health.is_overloaded, health.rotation_s
