"""`[[moon]]` and `[[planet]]`: what stands in the sky and answers a radar late, or shines into an infrared telescope.

A radar that listens for the echo of its last pulse takes the Moon's, which comes 2.4 to 2.7 s later, for one of a
nearer thing: its range is half the delay times the speed of light, folded by the interval between pulses. The echo is
spread over the depth of the Moon, 11.6 ms from the middle of its disc to its limb: four fifths of the power come back
smoothly from the near millisecond, the rest roughly from the whole disc (Evans and Hagfors, *Radar Astronomy*, 1968,
chapter 5; total cross-section 0.07 of the disc). Direction, delay and Doppler are true.

An infrared telescope looks at the Earth, and has such a body in its picture only within `beside_limb_deg`
of the limb.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from math import pi, radians
from typing import Any, Final

import numpy as np

from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS, WGS84_A_M
from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, itrf_from_gcrf_matrix, moon_position_gcrf_m, sun_position_gcrf_m
from vedette.frames.bodies import ASTRONOMICAL_UNIT_M
from vedette.scenario.draws import fixed
from vedette.scenario.thing import Setting, Thing, ThingKind, ThingSpec, nowhere
from vedette.sensing import Radar
from vedette.sensing.visibility import off_nadir_rad
from vedette.time import jd_tt_from_tai_ns

MOON_RADIUS_M: Final = 1_737_400.0
MOON_RCS_M2: Final = 0.07 * pi * MOON_RADIUS_M**2
_SMOOTH_SHARE: Final = 0.8
_SMOOTH_M: Final = 75e3  # of depth: half a millisecond of delay
_SUN_BAND_W_M2: Final = 5.0  # of sunlight at the Earth within 0.2 micrometres at 2.7
_MOON_ALBEDO: Final = 0.15
_PLANETS: Final = {  # number in ERFA's plan94, radius m, albedo in band
    "venus": (2, 6_051.8e3, 0.6),
    "mars": (4, 3_389.5e3, 0.25),
    "jupiter": (5, 69_911e3, 0.1),
}


@dataclass(frozen=True, slots=True, eq=False)
class SkyBody:
    """The Moon or a planet, from the story's start on."""

    id: str
    name: str
    t_start_tai_ns: int
    radius_m: float
    albedo: float
    pulse_interval_s: float = 0.0  # of the radars that say none of their own; 0: they fold nothing
    depth_cells: int = 24
    beside_limb_rad: float = radians(1.5)
    cause: str = "moon-or-sun"
    cloud_top_m: float = 0.0
    drawn: dict[str, float] = field(default_factory=dict)

    def _t_ns(self, times_s: Scalar) -> Ints:
        return self.t_start_tai_ns + np.round(np.asarray(times_s) * NS_PER_S).astype(np.int64)

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6) of its middle."""
        t = self._t_ns(times_s)
        half = NS_PER_S
        ahead, behind = self.position_itrf_m(t + half), self.position_itrf_m(t - half)
        return np.concatenate([self.position_itrf_m(t), (ahead - behind) / 2.0], axis=-1)

    def position_itrf_m(self, t_tai_ns: Ints) -> Vec3:
        """(n, 3) Earth-fixed."""
        gcrf = moon_position_gcrf_m(t_tai_ns) if self.name == "moon" else _planet_gcrf_m(self.name, t_tai_ns)
        turn = itrf_from_gcrf_matrix(np.atleast_1d(t_tai_ns), _orientation())
        return np.einsum("...ij,...j->...i", turn, np.atleast_2d(gcrf))

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) zero: its echo is in `echoes`."""
        return nowhere(times_s)

    def echoes(self, radar: Radar, times_s: Scalar, t_tai_ns: Ints) -> tuple[Ints, Rows, Scalar]:
        """Of the Moon: `depth_cells` scatterers a look, from its nearest point to the limb; of planets none."""
        n, cells = len(times_s), self.depth_cells if self.name == "moon" else 0
        if cells == 0:
            return np.zeros(0, dtype=np.int64), np.zeros((0, 4)), np.zeros(0)
        middle = radar.measure(self.states_itrf(times_s), t_tai_ns)
        edges = np.geomspace(1.0, MOON_RADIUS_M / 15e3 + 1.0, cells + 1) - 1.0
        edges = edges / edges[-1] * MOON_RADIUS_M  # finer where most of the power is
        depth = 0.5 * (edges[1:] + edges[:-1])
        values = np.repeat(middle[:, None, :], cells, axis=1)
        values[..., 2] += depth - self.radius_m
        share = _SMOOTH_SHARE * -np.diff(np.exp(-edges / _SMOOTH_M))
        share = share + (1.0 - _SMOOTH_SHARE) * -np.diff((1.0 - edges / MOON_RADIUS_M) ** 2)
        return np.repeat(np.arange(n), cells), values.reshape(-1, 4), np.tile(MOON_RCS_M2 * share, n)

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) as a sensor reports it that takes it for something on the Earth: irradiance times distance squared."""
        t = self._t_ns(times_s)
        sun = np.einsum("...ij,...j->...i", itrf_from_gcrf_matrix(t, _orientation()), sun_position_gcrf_m(t))
        place = states_itrf[:, :3]
        to_sun, to_us = sun - place, stands_itrf_m - place
        far, away = np.linalg.norm(to_sun, axis=-1), np.linalg.norm(to_us, axis=-1)
        phase = np.arccos(np.clip(np.sum(to_sun * to_us, axis=-1) / (far * away), -1.0, 1.0))
        lit = 2.0 / 3.0 * self.albedo * (np.sin(phase) + (pi - phase) * np.cos(phase)) / pi  # Lambert's sphere
        irradiance = _SUN_BAND_W_M2 * (ASTRONOMICAL_UNIT_M / far) ** 2 * lit * (self.radius_m / away) ** 2
        height_m = np.linalg.norm(stands_itrf_m, axis=-1)
        limb = np.arcsin(np.minimum(WGS84_A_M / height_m, 1.0))
        beside = off_nadir_rad(place, stands_itrf_m) < limb + self.beside_limb_rad
        return np.where(beside, irradiance * height_m**2, 0.0)

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) False."""
        return np.zeros(np.shape(times_s), dtype=bool)

    def document(self) -> dict[str, Any]:
        """Where it stood at the start."""
        place = self.position_itrf_m(np.array([self.t_start_tai_ns]))[0]
        delay_s = 2.0 * (float(np.linalg.norm(place)) - 6.371e6) / SPEED_OF_LIGHT_MPS
        return {"id": self.id, "cause": self.cause, "name": self.name, "position_itrf_m": place.tolist(),
                "round_trip_s_about": round(delay_s, 3), "drawn": self.drawn}  # fmt: skip


def _planet_gcrf_m(name: str, t_tai_ns: Ints) -> Vec3:
    """(..., 3) seen from the Earth's centre: ERFA `plan94` (Simon et al. 1994), arcseconds to tens of them."""
    import erfa

    heliocentric = np.asarray(erfa.plan94(*jd_tt_from_tai_ns(t_tai_ns), _PLANETS[name][0])["p"])
    return ASTRONOMICAL_UNIT_M * heliocentric + sun_position_gcrf_m(t_tai_ns)


@lru_cache(maxsize=1)
def _orientation() -> EarthOrientation:
    return EarthOrientation.packaged()


def _moon(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
    drawn = spec.drawn(rng)
    return (
        SkyBody(
            spec.id, "moon", setting.t_start_tai_ns, MOON_RADIUS_M, _MOON_ALBEDO, drawn["pulse_interval_ms"] * 1e-3,
            max(int(drawn["depth_cells"]), 1), radians(drawn["beside_limb_deg"]), drawn=drawn,
        ),
    )  # fmt: skip


def _planet(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
    name = str(spec.options["name"]).lower()
    if name not in _PLANETS:
        raise BadInputError(f"name = {name!r} is no planet here", spec.id, f"there are {', '.join(_PLANETS)}")
    drawn = spec.drawn(rng)
    beside = radians(drawn["beside_limb_deg"])
    _, radius_m, albedo = _PLANETS[name]
    return (SkyBody(spec.id, name, setting.t_start_tai_ns, radius_m, albedo, beside_limb_rad=beside, drawn=drawn),)


MOON = ThingKind(
    "moon",
    {"pulse_interval_ms": fixed(37.0), "depth_cells": fixed(24.0), "beside_limb_deg": fixed(1.5)},
    {},
    _moon,
)
PLANET = ThingKind("planet", {"beside_limb_deg": fixed(1.5)}, {"name": "venus"}, _planet)
