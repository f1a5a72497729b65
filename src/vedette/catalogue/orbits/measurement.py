"""What a measurement should read, given where the object is: light time, the air, relativity, and the slopes.

The geometry that does not depend on the orbit (stations, their turning with the Earth, weather) is prepared once;
`MeasurementModel.predict` is then a few array operations per call. Light runs there and back on its own legs: the
station moves some tens of metres while it does.
"""

from dataclasses import dataclass, replace

import numpy as np

from vedette.catalogue.orbits.laser_air import laser_delay_m
from vedette.catalogue.orbits.observations import BOUNCED, RECEIVED, Kind, Observations, Signal
from vedette.catalogue.orbits.stations import Station, station_rows
from vedette.core.constants import EARTH_MU_M3_S2, SPEED_OF_LIGHT_MPS
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import (
    EarthOrientation,
    earth_rate_radps,
    enu_from_itrf_matrix,
    gcrf_from_itrf_matrix,
    geodetic_from_itrf,
    refracted_from_true,
)

C = SPEED_OF_LIGHT_MPS
_SHAPIRO_M = 2.0 * EARTH_MU_M3_S2 / C**2


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What n rows should read, and how they change with the object's inertial state at their own instants."""

    value: Scalar  # (n,)
    by_state: Rows  # (n, 6)
    rate: Scalar  # (n,) change a second, for errors of the clock
    elevation_rad: Scalar  # (n,) true, of the object over the station; NaN for positions


@dataclass(frozen=True, slots=True, eq=False)
class MeasurementModel:
    """Rows of observations with everything about them that no orbit changes."""

    rows: Observations
    stations: tuple[Station, ...]
    station_gcrf_m: Rows  # (n, 3) at the row's own instant
    spin_gcrf_radps: Rows  # (n, 3)
    enu_from_gcrf: Rows  # (n, 3, 3)
    itrf_from_gcrf: Rows  # (n, 3, 3)
    latitude_rad: Scalar
    height_m: Scalar
    centre_of_mass_m: float  # how much nearer than the centre of mass the target reflects
    with_air: bool

    @property
    def is_ranging(self) -> Bools:
        """(n,) rows whose signal goes there and back."""
        return (self.rows.kind == Kind.RANGE) | (self.rows.kind == Kind.RANGE_RATE)

    def predict(self, states_gcrf: Rows) -> Readings:
        """Readings for inertial states (n, 6) at the rows' own instants; no biases are in them."""
        rows, kind = self.rows, self.rows.kind
        r, v = states_gcrf[:, :3], states_gcrf[:, 3:]
        a = -EARTH_MU_M3_S2 * r / np.linalg.norm(r, axis=1, keepdims=True) ** 3
        value, rate = np.zeros(len(rows)), np.zeros(len(rows))
        by_state = np.zeros((len(rows), 6))
        elevation = np.full(len(rows), np.nan)
        on_ground = rows.station < 0
        if np.any(on_ground):
            here = np.flatnonzero(on_ground)
            axis = kind[here] - Kind.X
            turn = self.itrf_from_gcrf[here, axis]
            value[here] = np.sum(turn * r[here], axis=1)
            by_state[here, :3] = turn
            rate[here] = np.sum(turn * (v[here] - np.cross(self.spin_gcrf_radps[here], r[here])), axis=1)
        seen = np.flatnonzero(~on_ground)
        if not len(seen):
            return Readings(value, by_state, rate, elevation)
        r, v, a, event, kind = r[seen], v[seen], a[seen], rows.event[seen], kind[seen]
        site, spin = self.station_gcrf_m[seen], self.spin_gcrf_radps[seen]
        dt, up_s, down_s = _legs(r, v, a, site, spin, event)
        there = r + v * dt[:, None] + 0.5 * a * dt[:, None] ** 2
        then_v = v + a * dt[:, None]
        # the row's instant is zero here: the station hears at dt + down_s, and spoke at dt - up_s
        hears, spoke = _turned(site, spin, dt + down_s), _turned(site, spin, dt - up_s)
        down, up = there - hears, there - spoke
        down_m, up_m = np.linalg.norm(down, axis=1), np.linalg.norm(up, axis=1)
        down_unit, up_unit = down / down_m[:, None], up / up_m[:, None]
        enu = np.einsum("nij,nj->ni", self.enu_from_gcrf[seen], down_unit)
        el = np.arctan2(enu[:, 2], np.hypot(enu[:, 0], enu[:, 1]))
        elevation[seen] = el
        bend, delay = self._air(seen, el, down_m)
        mean_unit = 0.5 * (down_unit + up_unit)
        relative = 0.5 * np.sum(
            down_unit * (then_v - np.cross(spin, hears)) + up_unit * (then_v - np.cross(spin, spoke)), axis=1
        )
        answer, slope, speed = np.zeros(len(seen)), np.zeros((len(seen), 6)), np.zeros(len(seen))
        k = kind == Kind.RANGE
        shapiro = _SHAPIRO_M * np.log(
            (np.linalg.norm(there, axis=1) + np.linalg.norm(hears, axis=1) + down_m)
            / (np.linalg.norm(there, axis=1) + np.linalg.norm(hears, axis=1) - down_m)
        )
        answer[k] = (0.5 * (down_m + up_m) + delay + shapiro - self.centre_of_mass_m)[k]
        slope[k, :3], speed[k] = mean_unit[k], relative[k]
        k = kind == Kind.RANGE_RATE
        answer[k] = relative[k]
        across = (then_v - np.cross(spin, hears)) - relative[:, None] * down_unit
        slope[k, :3], slope[k, 3:] = (across / down_m[:, None])[k], mean_unit[k]
        # level and north turn with the Earth, the axes of right ascension do not
        turns = (kind == Kind.AZIMUTH) | (kind == Kind.ELEVATION)
        moving = then_v - np.cross(spin, np.where(turns[:, None], there, hears))
        self._angles(kind, seen, down, down_m, enu, el, bend, moving, answer, slope, speed)
        slope[:, 3:] += np.where((kind == Kind.RANGE_RATE)[:, None], 0.0, slope[:, :3] * dt[:, None])
        value[seen], by_state[seen], rate[seen] = answer, slope, speed
        return Readings(value, by_state, rate, elevation)

    def _angles(
        self, kind: Ints, seen: Ints, down: Rows, down_m: Scalar, enu: Rows, el: Scalar, bend: Scalar, moving: Rows,
        answer: Scalar, slope: Rows, speed: Scalar,
    ) -> None:  # fmt: skip
        """Fill in azimuth, elevation, right ascension and declination."""
        to_enu = self.enu_from_gcrf[seen]
        level = np.hypot(enu[:, 0], enu[:, 1])
        by_azimuth = (
            to_enu[:, 0] * enu[:, 1, None] - to_enu[:, 1] * enu[:, 0, None]
        ) / (level**2 * down_m)[:, None]  # fmt: skip
        # of elevation: up less its part along the ray, over the level part
        by_elevation = (to_enu[:, 2] - enu[:, 2, None] * (down / down_m[:, None])) / (level * down_m)[:, None]
        k = kind == Kind.AZIMUTH
        answer[k] = np.arctan2(enu[k, 0], enu[k, 1]) % (2.0 * np.pi)
        slope[k, :3] = by_azimuth[k]
        k = kind == Kind.ELEVATION
        answer[k] = (el + bend)[k]
        slope[k, :3] = by_elevation[k]
        flat = np.hypot(down[:, 0], down[:, 1])
        k = kind == Kind.RIGHT_ASCENSION
        answer[k] = np.arctan2(down[k, 1], down[k, 0]) % (2.0 * np.pi)
        slope[k, 0], slope[k, 1] = (-down[:, 1] / flat**2)[k], (down[:, 0] / flat**2)[k]
        k = kind == Kind.DECLINATION
        answer[k] = np.arctan2(down[k, 2], flat[k])
        by_declination = np.stack([-down[:, 0] * down[:, 2] / flat, -down[:, 1] * down[:, 2] / flat, flat], axis=1)
        slope[k, :3] = (by_declination / (down_m**2)[:, None])[k]
        k = kind >= Kind.AZIMUTH
        speed[k] = np.sum(slope[k, :3] * moving[k], axis=1)

    def _air(self, seen: Ints, el: Scalar, range_m: Scalar) -> tuple[Scalar, Scalar]:
        """Bend (rad) and one-way delay (m) of the rays of some rows."""
        bend, delay = np.zeros(len(seen)), np.zeros(len(seen))
        if not self.with_air:
            return bend, delay
        rows = self.rows
        signal = np.where(rows.is_corrected[seen], Signal.NONE, rows.signal[seen])
        k = np.flatnonzero((signal == Signal.LASER) & (el > 0.0))
        at = seen[k]
        if len(k):
            pressure_pa, temperature_k, humidity = rows.weather[at].T
            delay[k] = laser_delay_m(
                el[k], self.latitude_rad[at], self.height_m[at], pressure_pa, temperature_k, humidity,
                rows.wavelength_m[at],
            )  # fmt: skip
        radio = (signal == Signal.RADIO) & (el > 0.0)
        for height in np.unique(self.height_m[seen[radio]]):
            k = np.flatnonzero(radio & (self.height_m[seen] == height))
            apparent, longer = refracted_from_true(el[k], range_m[k], float(height))
            bend[k], delay[k] = apparent - el[k], longer - range_m[k]
        return bend, delay


def rows_of(model: MeasurementModel, part: Ints | Bools) -> MeasurementModel:
    """The model of some of its rows."""
    return replace(
        model, rows=model.rows.take(part), station_gcrf_m=model.station_gcrf_m[part],
        spin_gcrf_radps=model.spin_gcrf_radps[part], enu_from_gcrf=model.enu_from_gcrf[part],
        itrf_from_gcrf=model.itrf_from_gcrf[part], latitude_rad=model.latitude_rad[part],
        height_m=model.height_m[part],
    )  # fmt: skip


def _turned(site: Rows, spin: Rows, dt: Scalar) -> Rows:
    """Where the turning Earth carries inertial points (n, 3) in dt (n,): exact for a steady spin."""
    rate = np.linalg.norm(spin, axis=1)
    angle = rate * dt
    axis = spin / rate[:, None]
    beside = np.cross(axis, site)
    along = np.sum(axis * site, axis=1)[:, None] * axis
    # 1 - cos by the half angle: digits
    return site + np.sin(angle)[:, None] * beside + (2.0 * np.sin(0.5 * angle) ** 2)[:, None] * (along - site)


def _legs(r: Rows, v: Rows, a: Rows, site: Rows, spin: Rows, event: Ints) -> tuple[Scalar, Scalar, Scalar]:
    """When the light is at the object (s after the row's instant), and how long it takes up and down."""
    n = len(r)
    dt, up_s, down_s = np.zeros(n), np.zeros(n), np.zeros(n)
    for _ in range(6):  # contracts by v/c: five digits a pass
        there = r + v * dt[:, None] + 0.5 * a * dt[:, None] ** 2
        down_s = np.linalg.norm(there - _turned(site, spin, dt + down_s), axis=1) / C
        up_s = np.linalg.norm(there - _turned(site, spin, dt - up_s), axis=1) / C
        dt = np.where(event == BOUNCED, 0.0, np.where(event == RECEIVED, -down_s, up_s))
    return dt, up_s, down_s


def measurement_model(
    rows: Observations,
    stations: tuple[Station, ...],
    earth_orientation: EarthOrientation,
    *,
    centre_of_mass_m: float = 0.0,
    with_air: bool = True,
    with_tides: bool = False,
) -> MeasurementModel:
    """Prepare rows; `stations` in the order of `rows.stations`.

    Parameters
    ----------
    centre_of_mass_m : what a range to the centre of mass is longer than the one measured (LAGEOS 0.251)
    with_air : False when every measurement is free of the atmosphere
    with_tides : move the stations with the solid Earth's tide
    """
    t = rows.t_tai_ns
    turn = gcrf_from_itrf_matrix(t, earth_orientation)
    itrf = np.swapaxes(turn, -1, -2)
    site = station_rows(stations, rows.station, t, earth_orientation, with_tides)
    spin = earth_rate_radps(t, earth_orientation)[:, None] * turn[:, :, 2]
    lat, lon, height = np.full(len(t), np.nan), np.full(len(t), np.nan), np.full(len(t), np.nan)
    for k, station in enumerate(stations):
        here = rows.station == k
        lat[here], lon[here], height[here] = geodetic_from_itrf(station.position_itrf_m)
    to_enu = np.einsum("nij,njk->nik", enu_from_itrf_matrix(lat, lon), itrf)
    return MeasurementModel(
        rows, stations, np.einsum("nij,nj->ni", turn, site), spin, to_enu, itrf, lat, height, centre_of_mass_m,
        with_air,
    )  # fmt: skip
