"""What is hot without flying as a missile does: `[[bolide]]`, `[[fire]]` and `[[flare]]`.

A bolide enters as a single body that loses mass to the air (Öpik 1958; Ceplecha et al., Space Science Reviews 84, 1998,
section 3.1) and spreads like a pancake once the air's pressure is more than it can bear (Hills and Goda, Astronomical
Journal 105, 1993). Its light is a share of the energy lost. A fire stands still, grows slowly and flickers.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin
from typing import Any, Final

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.atmosphere import density_us76
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.thing import Setting, Thing, ThingKind, ThingSpec, nowhere

_STEP_S: Final = 0.02
_ABLATION_S2_M2: Final = 1.5e-8  # of an ordinary chondrite, apparent (Ceplecha et al. 1998, table 17)
_DRAG: Final = 1.0
_SHAPE: Final = 1.21  # of a sphere: cross-section over volume to the two thirds
_LIGHT_SHARE: Final = 0.1  # of the energy lost (Brown et al. 2002 for bodies of metres: 5 to 15 per cent)
_BAND_SHARE: Final = 0.01  # of that light within 0.2 micrometres at 2.7, for 4,500 K
_PANCAKE_MAX: Final = 6.0  # times its first radius (Hills and Goda)
_FIRE_BAND_SHARE: Final = 0.05  # of the radiation of 1,000 K


@dataclass(frozen=True, slots=True, eq=False)
class Bolide:
    """A body that comes in from space and burns out in the air."""

    id: str
    table_t_s: Scalar  # story times
    table_states_itrf: Rows
    table_w: Scalar  # light in all directions and all colours
    head_rcs_m2: float
    drawn: dict[str, float]
    cause: str = "bolide"
    cloud_top_m: float = 0.0

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6); NaN before it is 120 km high and after it has burnt out."""
        t = np.asarray(times_s, dtype=float)
        out = np.stack([np.interp(t, self.table_t_s, column) for column in self.table_states_itrf.T], axis=-1)
        out[(t < self.table_t_s[0]) | (t > self.table_t_s[-1])] = np.nan
        return out

    def light_w(self, times_s: Scalar) -> Scalar:
        """(n,) power radiated in all directions and colours."""
        return np.interp(np.asarray(times_s, dtype=float), self.table_t_s, self.table_w, left=0.0, right=0.0)

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) of the ball of plasma before it, while it shines."""
        return np.where(self.light_w(times_s) > 1e6, self.head_rcs_m2, 0.0)

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) the same in all directions."""
        return _BAND_SHARE * self.light_w(times_s) / (4.0 * pi)

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) True while a telescope sees it."""
        return self.light_w(times_s) > 1e5

    def document(self) -> dict[str, Any]:
        """When, where and how bright."""
        peak = int(np.argmax(self.table_w))
        lat, lon, height = geodetic_from_itrf(self.table_states_itrf[peak, :3])
        energy_j = float(np.sum(self.table_w[1:] * np.diff(self.table_t_s)))
        return {
            "id": self.id, "cause": self.cause, "t_peak_s": float(self.table_t_s[peak]),
            "lat_deg": float(np.degrees(lat)), "lon_deg": float(np.degrees(lon)), "height_km": float(height) / 1e3,
            "radiated_j": energy_j, "drawn": self.drawn,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Fire:
    """A hot place on the ground."""

    id: str
    position_itrf_m: Vec3
    power_w: float  # radiated in all colours upwards, the mean
    grow_s: float  # e-folding time of growth; 0: none
    flicker: float  # one sigma of the logarithm
    waves: Rows  # (k, 2) angular frequency and phase of the flicker
    cloud: Rows  # (k, 2) start and end of the times at which cloud hides it
    t_from_s: float
    t_until_s: float
    drawn: dict[str, float]
    cause: str = "fire-or-flare"
    cloud_top_m: float = 0.0

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6) at rest."""
        t = np.asarray(times_s, dtype=float)
        out = np.zeros((len(t), 6))
        out[:, :3] = self.position_itrf_m
        out[(t < self.t_from_s) | (t >= self.t_until_s)] = np.nan
        return out

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) zero."""
        return nowhere(times_s)

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) flickering, growing, and now and then hidden."""
        t = np.asarray(times_s, dtype=float)
        phase = self.waves[:, 0] * t[:, None] + self.waves[:, 1]
        swing = np.exp(self.flicker * np.sqrt(2.0 / len(self.waves)) * np.sum(np.sin(phase), axis=1))
        grown = np.exp((t - max(self.t_from_s, 0.0)) / self.grow_s) if self.grow_s > 0.0 else 1.0
        hidden = np.any((t[:, None] >= self.cloud[:, 0]) & (t[:, None] < self.cloud[:, 1]), axis=1)
        return np.where(hidden, 0.0, _FIRE_BAND_SHARE * self.power_w / pi * swing * grown)

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) False: no telescope that looks up sees it."""
        return np.zeros(np.shape(times_s), dtype=bool)

    def document(self) -> dict[str, Any]:
        """Where, and how strong."""
        lat, lon, _ = geodetic_from_itrf(self.position_itrf_m)
        return {"id": self.id, "cause": self.cause, "lat_deg": float(np.degrees(lat)),
                "lon_deg": float(np.degrees(lon)), "power_mw": self.power_w / 1e6, "drawn": self.drawn}  # fmt: skip


def entry_course(
    place_itrf_m: Vec3, velocity_itrf_mps: Vec3, mass_kg: float, density_kg_m3: float, burst_height_m: float
) -> tuple[Scalar, Rows, Scalar]:
    """From a point of the path (at `burst_height_m`) back to 120 km, and from there through the air.

    Returns seconds from 120 km on (n,), states (n, 6) and light in watts (n,). The path back is straight: the air has
    not yet slowed it. It begins to spread at the pressure that it meets at the burst height.
    """
    speed = float(np.linalg.norm(velocity_itrf_mps))
    way = velocity_itrf_mps / speed
    back = np.linspace(0.0, 3.0e6, 30_001)
    heights = geodetic_from_itrf(place_itrf_m - back[:, None] * way)[2]
    above = np.flatnonzero(heights >= 120e3)
    if not len(above):
        raise BadInputError("the path of a bolide does not come down from space", "bolide", "steepen it")
    start = place_itrf_m - back[above[0]] * way
    strength_pa = float(density_us76(np.array(burst_height_m))) * speed**2
    radius0 = (3.0 * mass_kg / (4.0 * pi * density_kg_m3)) ** (1.0 / 3.0)
    x, v, m, widen, spread_rate = start.astype(float), speed, mass_kg, 1.0, 0.0
    times, states, light, t = [], [], [], 0.0
    grid = np.arange(0.0, 130e3, 50.0)
    ln_rho = np.log(density_us76(grid))
    while t < 200.0:
        height = float(geodetic_from_itrf(x)[2])
        times.append(t)
        states.append(np.concatenate([x, v * way]))
        rho = float(np.exp(np.interp(height, grid, ln_rho)))
        area = _SHAPE * (m / density_kg_m3) ** (2.0 / 3.0) * widen**2
        slow = 0.5 * _DRAG * rho * v * v * area / m
        loss = _ABLATION_S2_M2 * 0.5 * _DRAG * rho * v**3 * area
        power = 0.5 * loss * v * v + m * v * slow
        light.append(_LIGHT_SHARE * power)
        if height < 0.0 or v < 1_500.0 or m < 0.002 * mass_kg:
            break
        if (spread_rate > 0.0 or rho * v * v > strength_pa) and widen < _PANCAKE_MAX:
            spread_rate = np.sqrt(rho / density_kg_m3) * v / radius0
            widen = min(widen + spread_rate * _STEP_S, _PANCAKE_MAX)
        fall = 9.8 * _STEP_S
        up = x / np.linalg.norm(x)
        velocity = v * way - fall * up
        way = velocity / np.linalg.norm(velocity)
        v = max(v - slow * _STEP_S, 100.0)
        m = max(m - loss * _STEP_S, 1e-6 * mass_kg)
        x = x + v * _STEP_S * way
        t += _STEP_S
    return np.array(times), np.array(states), np.array(light)


def _bolide(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
    made: list[Thing] = []
    for number in range(spec.count):
        d = spec.drawn(rng)
        lat, lon = radians(d["lat_deg"]), radians(d["lon_deg"])
        heading, down = radians(d["heading_deg"]), radians(d["descent_deg"])
        enu = d["speed_mps"] * np.array([sin(heading) * cos(down), cos(heading) * cos(down), -sin(down)])
        place = itrf_from_geodetic(lat, lon, d["height_km"] * 1e3)
        mass_kg = d["mass_kg"]
        if "radiated_j" in spec.given:  # mass from the light it gave
            mass_kg = d["radiated_j"] / (_LIGHT_SHARE * 0.5 * d["speed_mps"] ** 2)
        times, states, light = entry_course(
            place, enu @ enu_from_itrf_matrix(lat, lon), mass_kg, d["density_kg_m3"], d["height_km"] * 1e3
        )
        at = times[int(np.argmax(light))]  # `t_s` is its brightest moment
        name = spec.id if spec.count == 1 else f"{spec.id}-{number + 1:03d}"
        made.append(Bolide(name, times - at + d["t_s"], states, light, d["head_rcs_m2"], d))
    return tuple(made)


def _fire(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
    made: list[Thing] = []
    for number in range(spec.count):
        d = spec.drawn(rng)
        place = itrf_from_geodetic(radians(d["lat_deg"]), radians(d["lon_deg"]), d["height_m"])
        waves = np.column_stack([2.0 * pi / rng.uniform(2.0, 60.0, 6), rng.uniform(0.0, 2.0 * pi, 6)])
        gaps = rng.poisson(setting.seconds / d["cloud_every_s"]) if d["cloud_every_s"] > 0.0 else 0
        starts = rng.uniform(0.0, setting.seconds, gaps)
        cloud = np.column_stack([starts, starts + rng.exponential(max(d["cloud_for_s"], 1e-3), gaps)])
        name = spec.id if spec.count == 1 else f"{spec.id}-{number + 1:03d}"
        made.append(
            Fire(name, place, d["power_mw"] * 1e6, d["grow_s"], d["flicker"], waves, cloud, d["t_from_s"],
                 d["t_until_s"], d)
        )  # fmt: skip
    return tuple(made)


BOLIDE = ThingKind(
    "bolide",
    {
        "t_s": fixed(30.0),
        "lat_deg": fixed(0.0),
        "lon_deg": fixed(0.0),
        "height_km": Draw("normal", 32.0, 6.0),  # where it begins to break
        "speed_mps": Draw("normal", 18_500.0, 3_500.0),
        "heading_deg": Draw("even", 0.0, 360.0),
        "descent_deg": Draw("even", 15.0, 70.0),
        "mass_kg": Draw("log-normal", 5_000.0, 1.0),
        "radiated_j": fixed(0.0),
        "density_kg_m3": Draw("log-normal", 3_000.0, 0.2),
        "head_rcs_m2": Draw("log-normal", 1.0, 1.0),
    },
    {},
    _bolide,
)
_FIRE = {
    "lat_deg": fixed(0.0),
    "lon_deg": fixed(0.0),
    "height_m": fixed(10.0),  # above the ellipsoid, which must not hide its own surface
    "power_mw": Draw("log-normal", 500.0, 1.0),
    "grow_s": fixed(0.0),
    "flicker": fixed(0.15),
    "cloud_every_s": fixed(0.0),
    "cloud_for_s": fixed(20.0),
    "t_from_s": fixed(-1e9),
    "t_until_s": fixed(1e9),
}
FIRE = ThingKind("fire", _FIRE, {}, _fire)
FLARE = ThingKind("flare", {**_FIRE, "power_mw": Draw("log-normal", 50.0, 0.7), "flicker": fixed(0.3)}, {}, _fire)
