"""What really happened in a story: the answers against which an engine is scored, and nothing an engine may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import COAST_BETA_KG_M2, stage_times_s
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import apogee, fly_to_ground
from vedette.scenario.flight import Flight
from vedette.time import utc_text_from_tai_ns

TABLE_STEP_S = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class TrueFlight:
    """One flight's answers; positions Earth-fixed, times TAI ns. Impact and apogee are None for what stays up."""

    flight: Flight
    t_start_tai_ns: int
    t_liftoff_tai_ns: int
    t_burnout_tai_ns: int  # of the last stage
    burnout_state_itrf: Scalar
    apogee_m: float | None
    t_apogee_tai_ns: int | None
    impact_lat_deg: float | None
    impact_lon_deg: float | None
    t_impact_tai_ns: int | None

    @property
    def id(self) -> str:
        """The story's name for it."""
        return self.flight.id

    @property
    def class_name(self) -> str:
        """What it is."""
        return self.flight.class_name

    @property
    def launch_lat_deg(self) -> float:
        """Where it left the ground."""
        return self.flight.drawn["lat_deg"]

    @property
    def launch_lon_deg(self) -> float:
        """Where it left the ground, east positive."""
        return self.flight.drawn["lon_deg"]

    @property
    def azimuth_deg(self) -> float:
        """Which way it tilted, clockwise from north."""
        return self.flight.drawn["azimuth_deg"]

    def states_itrf(self, t_tai_ns: Ints) -> Rows:
        """(n, 6) true states at instants in any order; on the pad before lift-off, NaN after coming down."""
        rising, back = np.unique(np.asarray(t_tai_ns, dtype=np.int64), return_inverse=True)
        return self.flight.states_itrf((rising - self.t_start_tai_ns) / NS_PER_S)[back]


def true_flight(flight: Flight, t_start_tai_ns: int) -> TrueFlight:
    """Fly it to the end and note what matters."""
    field = field_coefficients()
    stages = stage_times_s(flight.parameters)
    t_burnout_s = flight.t_liftoff_s + stages[-1][1]
    _, ended = fly_boost(flight.parameters, np.array([t_burnout_s]), air=flight.air, field=field)
    beta = float(flight.parameters[COAST_BETA_KG_M2])
    after = ended[1:]
    top_m, dt_top_s, _ = apogee(after, beta, air=flight.air, field=field)
    lat, lon, dt_s, _ = fly_to_ground(after, beta, air=flight.air, field=field)
    if flight.glide is not None:  # where its glide ends, not where it would have fallen
        lat, lon, _ = geodetic_from_itrf(flight.glide.states[-1, :3])
        dt_s = flight.glide.times_s[-1] - float(ended[0])

    def instant(seconds: float) -> int:
        return t_start_tai_ns + round(seconds * NS_PER_S)

    falls = bool(np.isfinite(dt_s))
    rises = bool(np.isfinite(top_m))
    return TrueFlight(
        flight=flight,
        t_start_tai_ns=t_start_tai_ns,
        t_liftoff_tai_ns=instant(flight.t_liftoff_s),
        t_burnout_tai_ns=instant(t_burnout_s),
        burnout_state_itrf=after,
        apogee_m=float(top_m) if rises else None,
        t_apogee_tai_ns=instant(float(ended[0] + dt_top_s)) if rises else None,
        impact_lat_deg=float(np.degrees(lat)) if falls else None,
        impact_lon_deg=float(np.degrees(lon)) if falls else None,
        t_impact_tai_ns=instant(float(ended[0] + dt_s)) if falls else None,
    )


def truth_document(flights: tuple[TrueFlight, ...], luck: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """The truth as JSON-ready values: degrees, kilometres and UTC, and a table of states every few seconds."""
    return {"flights": [_flight_document(one) for one in flights], "sensors": {k: dict(v) for k, v in luck.items()}}


def _flight_document(one: TrueFlight) -> dict[str, Any]:
    flight = one.flight
    lat, lon, height_m = geodetic_from_itrf(one.burnout_state_itrf[:3])
    end_s = 7200.0 if one.t_impact_tai_ns is None else (one.t_impact_tai_ns - one.t_start_tai_ns) / NS_PER_S
    times_s = np.arange(flight.t_liftoff_s, min(end_s, flight.t_liftoff_s + 3600.0), TABLE_STEP_S)
    states = flight.states_itrf(times_s)
    return {
        "id": one.id,
        "class": one.class_name,
        "vehicle": flight.vehicle.id,
        "launch": {
            "t_utc": utc_text_from_tai_ns(one.t_liftoff_tai_ns),
            "lat_deg": one.launch_lat_deg,
            "lon_deg": one.launch_lon_deg,
            "azimuth_deg": one.azimuth_deg,
        },
        "stages_t_plus_s": [[round(a, 3), round(b, 3)] for a, b in stage_times_s(flight.parameters)],
        "burnout": {
            "t_utc": utc_text_from_tai_ns(one.t_burnout_tai_ns),
            "t_plus_s": (one.t_burnout_tai_ns - one.t_liftoff_tai_ns) / NS_PER_S,
            "lat_deg": float(np.degrees(lat)),
            "lon_deg": float(np.degrees(lon)),
            "altitude_km": float(height_m) / 1e3,
            "speed_itrf_mps": float(np.linalg.norm(one.burnout_state_itrf[3:])),
        },
        "apogee_km": None if one.apogee_m is None else one.apogee_m / 1e3,
        "impact": None
        if one.t_impact_tai_ns is None
        else {
            "t_utc": utc_text_from_tai_ns(one.t_impact_tai_ns),
            "lat_deg": one.impact_lat_deg,
            "lon_deg": one.impact_lon_deg,
        },
        "drawn": dict(flight.drawn),
        "columns": ["t_plus_s", "x_itrf_m", "y_itrf_m", "z_itrf_m", "vx_itrf_mps", "vy_itrf_mps", "vz_itrf_mps"],
        "table": [
            [round(float(t - flight.t_liftoff_s), 3), *(round(float(v), 3) for v in row)]
            for t, row in zip(times_s, states, strict=True)
            if np.all(np.isfinite(row))
        ],
    }
