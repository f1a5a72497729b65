"""What is in orbit: `[[satellite]]`, `[[decaying_body]]` and `[[breakup]]`, and what a catalogue believes of it.

Truth flies through the field to degree 20 and that day's air with the body's own drag. The catalogue's idea is hours
old: at its epoch it was off by `epoch_sigma_m`, and it foretells drag with a ballistic coefficient that is wrong by
`drag_error`, so that a low body runs ahead or falls behind along its track (Vallado and Finkleman, Acta Astronautica
95, 2014: tens of per cent are usual for density alone).

An orbit is given by elements (`perigee_km`, `apogee_km`, `inclination_deg`, `node_lon_deg`, ... at `t_s`), or by the
place that it passes over: `lat_deg`, `lon_deg`, `height_km`, `heading_deg` at `t_s`, round unless `perigee_km` is given
too.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from math import cos, pi, radians, sin, sqrt
from typing import Any

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S, WGS84_A_M
from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.kepler import state_from_elements
from vedette.motion.propagate import coast_track, fly_to_ground
from vedette.reports import KnownBody
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.thing import Setting, Thing, ThingKind, ThingSpec
from vedette.scenario.weather import drawn_air

_ORBIT = {
    "t_s": fixed(0.0),
    "perigee_km": fixed(500.0),
    "apogee_km": fixed(500.0),
    "inclination_deg": fixed(65.0),
    "node_lon_deg": fixed(0.0),  # Earth-fixed longitude of the ascending node at t_s
    "argument_of_perigee_deg": fixed(0.0),
    "true_anomaly_deg": fixed(0.0),
    "lat_deg": fixed(0.0),
    "lon_deg": fixed(0.0),
    "height_km": fixed(500.0),
    "heading_deg": fixed(90.0),
    "climb_deg": fixed(0.0),
}
_BODY = {
    "rcs_m2": Draw("log-normal", 2.0, 0.7),
    "tumble_s": fixed(0.0),  # period of its tumbling; 0: it does not
    "tumble_db": fixed(6.0),  # its echo is so much stronger broadside than end on
    "mass_kg": Draw("log-normal", 1000.0, 0.5),
    "beta_kg_m2": Draw("log-normal", 100.0, 0.4),
    "catalogue_age_h": Draw("even", 2.0, 24.0),
    "epoch_sigma_m": fixed(300.0),
    "drag_error": Draw("normal", 0.0, 0.15),
}
_LOW_M = 250e3
_LONGEST_S = 9_000.0
_GLOW_SHARE = 2e-3  # of the power lost to drag that leaves as short-wave infrared in band, below 110 km


@dataclass(frozen=True, slots=True, eq=False)
class Orbiter:
    """A body that coasts: in orbit, decaying, or a piece of something that was."""

    id: str
    cause: str
    t_epoch_s: float  # story time of `state_itrf`
    state_itrf_epoch: Scalar
    beta_kg_m2: float
    mean_rcs_m2: float
    air: Rows
    tumble_s: float = 0.0
    tumble_db: float = 0.0
    phase: float = 0.0
    mass_kg: float = 0.0
    t_from_s: float = -np.inf  # it did not exist before
    t_until_s: float = np.inf  # and is gone from here on
    catalogue: KnownBody | None = None
    drawn: dict[str, float] = field(default_factory=dict)
    cloud_top_m: float = 0.0
    t_down_s: float = field(init=False, default=np.inf)  # when it reaches the ground

    def __post_init__(self) -> None:
        state, beta = self.state_itrf_epoch, self.beta_kg_m2
        is_low = beta > 0.0 and float(geodetic_from_itrf(state[:3])[2]) < _LOW_M
        # in orbit still, and down within the longest story: what is asked for later must not be flown under ground
        for after_s in np.arange(0.0, _LONGEST_S, 240.0) if is_low else np.zeros(1):
            _, _, falls_s, _ = fly_to_ground(state, beta, air=self.air)
            if np.isfinite(falls_s):
                object.__setattr__(self, "t_down_s", self.t_epoch_s + float(after_s + falls_s))
                return
            if is_low:
                state = coast_track(state, np.array([240.0]), beta, air=self.air)[0]

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6); NaN before it exists and after it has come down."""
        t = np.asarray(times_s, dtype=float) - self.t_epoch_s
        out = np.full((len(t), 6), np.nan)
        start, beta = self.state_itrf_epoch, self.beta_kg_m2
        course = partial(coast_track, start, beta_kg_m2=beta, air=self.air, field=field_coefficients())
        asked = np.asarray(times_s, dtype=float)
        there = (asked >= self.t_from_s) & (asked < min(self.t_until_s, self.t_down_s))
        later, sooner = np.flatnonzero(there & (t >= 0.0)), np.flatnonzero(there & (t < 0.0))[::-1]
        if len(later):
            out[later] = course(t[later])
        if len(sooner):
            out[sooner] = course(t[sooner])
        return out

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) mean cross-section, swinging as it tumbles."""
        t = np.asarray(times_s, dtype=float)
        if self.tumble_s <= 0.0:
            return np.full(t.shape, self.mean_rcs_m2)
        swing_db = 0.5 * self.tumble_db * np.cos(4.0 * pi * t / self.tumble_s + self.phase)
        return np.asarray(self.mean_rcs_m2 * 10.0 ** (0.1 * swing_db))

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) the glow of a body that the air is slowing; nothing while it only coasts."""
        out = np.zeros(len(states_itrf))
        there = np.flatnonzero(np.all(np.isfinite(states_itrf), axis=1))
        if self.mass_kg <= 0.0 or self.beta_kg_m2 <= 0.0 or not len(there):
            return out
        height = geodetic_from_itrf(states_itrf[there, :3])[2]
        low = np.interp(height, np.arange(len(self.air[:600])) * 200.0, self.air[:600, 0])
        speed = np.linalg.norm(states_itrf[there, 3:], axis=1)
        lost_w = 0.5 * np.exp(low) * speed**3 * self.mass_kg / self.beta_kg_m2
        out[there] = np.where(height < 110e3, _GLOW_SHARE * lost_w / (4.0 * pi), 0.0)
        return out

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) False: nothing pushes it."""
        return np.zeros(np.shape(times_s), dtype=bool)

    def known(self) -> KnownBody | None:
        """What the catalogue believes."""
        return self.catalogue

    def document(self) -> dict[str, Any]:
        """Where it was, and what it is."""
        return {
            "id": self.id,
            "cause": self.cause,
            "t_s": self.t_epoch_s,
            "state_itrf": [round(float(v), 3) for v in self.state_itrf_epoch],
            "beta_kg_m2": self.beta_kg_m2,
            "rcs_m2": self.mean_rcs_m2,
            "is_catalogued": self.catalogue is not None,
            "drawn": self.drawn,
        }


def orbit_state_itrf(spec: ThingSpec, drawn: dict[str, float]) -> Scalar:
    """(6,) Earth-fixed state at `t_s` of a table that gives elements or a place."""
    if "lat_deg" in spec.given:
        return state_over(
            drawn["lat_deg"], drawn["lon_deg"], drawn["height_km"] * 1e3, drawn["heading_deg"], drawn["climb_deg"],
            drawn["perigee_km"] * 1e3 if "perigee_km" in spec.given else None,
        )  # fmt: skip
    low, high = WGS84_A_M + drawn["perigee_km"] * 1e3, WGS84_A_M + max(drawn["apogee_km"], drawn["perigee_km"]) * 1e3
    elements = np.array([
        0.5 * (low + high), (high - low) / (high + low), radians(drawn["inclination_deg"]),
        radians(drawn["node_lon_deg"]), radians(drawn["argument_of_perigee_deg"]), radians(drawn["true_anomaly_deg"]),
    ])  # fmt: skip
    return _rotating(state_from_elements(elements))


def state_over(
    lat_deg: float, lon_deg: float, height_m: float, heading_deg: float, climb_deg: float, perigee_m: float | None
) -> Scalar:
    """(6,) Earth-fixed state over a place, with the inertial heading and climb given; round, or with that perigee."""
    place = itrf_from_geodetic(radians(lat_deg), radians(lon_deg), height_m)
    r = float(np.linalg.norm(place))
    a = r if perigee_m is None else 0.5 * (r + WGS84_A_M + perigee_m)
    speed = sqrt(EARTH_MU_M3_S2 * (2.0 / r - 1.0 / a))
    heading, climb = radians(heading_deg), radians(climb_deg)
    enu = speed * np.array([sin(heading) * cos(climb), cos(heading) * cos(climb), sin(climb)])
    velocity = enu @ enu_from_itrf_matrix(radians(lat_deg), radians(lon_deg))
    return _rotating(np.concatenate([place, velocity]))


def _rotating(state: Scalar) -> Scalar:
    """Inertial velocity (axes frozen at that instant) to one relative to the turning Earth."""
    out = np.array(state, dtype=float)
    out[3] += EARTH_SPIN_RADPS * out[1]
    out[4] -= EARTH_SPIN_RADPS * out[0]
    return out


def _catalogue_of(body: Orbiter, drawn: dict[str, float], setting: Setting, rng: np.random.Generator) -> KnownBody:
    """Hours-old knowledge: the true state of then with a small error, and a drag that is foretold wrongly."""
    age_s = drawn["catalogue_age_h"] * 3600.0
    then_s = -age_s
    state = body.states_itrf(np.array([min(then_s, body.t_epoch_s)]))[0]
    sigma_m = drawn["epoch_sigma_m"]
    sigmas = np.array([sigma_m] * 3 + [sigma_m * 1.1e-3] * 3)  # the orbit's own rate ties speed to place
    share = 0.15
    return KnownBody(
        id=body.id,
        name=body.id,
        t_epoch_tai_ns=setting.t_start_tai_ns + round(min(then_s, body.t_epoch_s) * NS_PER_S),
        state_itrf=state + sigmas * rng.standard_normal(6) / sqrt(3.0),
        cov_itrf=np.diag(sigmas**2 / 3.0),
        beta_kg_m2=body.beta_kg_m2 / max(1.0 + drawn["drag_error"], 0.2),
        beta_sigma_share=share,
        rcs_m2=body.mean_rcs_m2,
        source=f"element set {drawn['catalogue_age_h']:.1f} h old",
    )


def _build(cause: str) -> Any:
    def build(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
        made: list[Thing] = []
        for number in range(spec.count):
            drawn = spec.drawn(rng)
            state = orbit_state_itrf(spec, drawn)
            lat, lon, height = geodetic_from_itrf(state[:3])
            if not height > 70e3:
                raise BadInputError(f"{spec.id} is {float(height) / 1e3:.0f} km high", spec.id, "give it an orbit")
            t_ns = setting.t_start_tai_ns + round(drawn["t_s"] * NS_PER_S)
            air = drawn_air(t_ns, float(np.degrees(lat)), float(np.degrees(lon)), rng)
            name = spec.id if spec.count == 1 else f"{spec.id}-{number + 1:03d}"
            body = Orbiter(
                name, cause, drawn["t_s"], state, drawn["beta_kg_m2"], drawn["rcs_m2"], air, drawn["tumble_s"],
                drawn["tumble_db"], float(rng.uniform(0.0, 2.0 * pi)), drawn["mass_kg"], drawn=drawn,
            )  # fmt: skip
            if spec.options["is_catalogued"]:
                known = _catalogue_of(body, drawn, setting, rng)
                body = replace(body, catalogue=known)
            made.append(body)
        return tuple(made)

    return build


def _break_up(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
    """A body that is whole until `t_breakup_s` and many pieces after.

    Speeds of the pieces are log-normal about `delta_v_mps` with a spread of 0.4 in the tenth logarithm, and their
    directions even (Johnson et al., "NASA's new breakup model of EVOLVE 4.0", Adv. Space Res. 28, 2001, for the spread;
    the mean there goes with area over mass and is given here). Small pieces are many, and feel the air more.
    """
    drawn = spec.drawn(rng)
    state = orbit_state_itrf(spec, drawn)
    lat, lon, _ = geodetic_from_itrf(state[:3])
    t_ns = setting.t_start_tai_ns + round(drawn["t_s"] * NS_PER_S)
    air = drawn_air(t_ns, float(np.degrees(lat)), float(np.degrees(lon)), rng)
    parent = Orbiter(spec.id, "satellite", drawn["t_s"], state, drawn["beta_kg_m2"], drawn["rcs_m2"], air, drawn=drawn)
    known = _catalogue_of(parent, drawn, setting, rng) if spec.options["is_catalogued"] else None
    t_break_s = drawn["t_breakup_s"]
    at = parent.states_itrf(np.array([t_break_s]))[0]
    made: list[Thing] = [replace(parent, catalogue=known, t_until_s=t_break_s)]
    for number in range(round(drawn["pieces"])):
        toward = rng.standard_normal(3)
        toward /= np.linalg.norm(toward)
        speed = drawn["delta_v_mps"] * 10.0 ** (0.4 * rng.standard_normal())
        size = 10.0 ** (-1.0 * rng.random())  # of the parent's length, more small ones than large
        piece = np.concatenate([at[:3], at[3:] + speed * toward])
        made.append(
            Orbiter(
                f"{spec.id}-{number + 1:03d}", "satellite", t_break_s, piece, drawn["beta_kg_m2"] * size,
                drawn["rcs_m2"] * size**2, air, float(rng.uniform(0.5, 10.0)), 10.0, float(rng.uniform(0, 2 * pi)),
                t_from_s=t_break_s, drawn={"delta_v_mps": speed, "size": size},
            )
        )  # fmt: skip
    return tuple(made)


_SWITCHES: dict[str, str | bool] = {"is_catalogued": True}
SATELLITE = ThingKind("satellite", {**_ORBIT, **_BODY}, _SWITCHES, _build("satellite"))
DECAYING_BODY = ThingKind(
    "decaying_body",
    {
        **_ORBIT,
        **_BODY,
        "height_km": fixed(140.0),
        "perigee_km": fixed(135.0),
        "apogee_km": fixed(150.0),
        "catalogue_age_h": Draw("even", 1.0, 6.0),
    },
    _SWITCHES,
    _build("decaying-body"),
)
BREAKUP = ThingKind(
    "breakup",
    {
        **_ORBIT,
        **_BODY,
        "t_breakup_s": fixed(60.0),
        "pieces": fixed(100.0),
        "delta_v_mps": Draw("log-normal", 60.0, 0.3),
    },
    _SWITCHES,
    _break_up,
)
