"""What flies level in the air: `[[aircraft]]` and `[[drone]]`, with a faint hot exhaust and turns."""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.thing import Setting, Thing, ThingKind, ThingSpec

_STEP_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Flyer:
    """A level flight as a table of states, one a second."""

    id: str
    cause: str
    table_t_s: Scalar
    table_states_itrf: Rows
    mean_rcs_m2: float
    exhaust_w_sr: float
    cloud_top_m: float
    drawn: dict[str, float]

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6); NaN before it takes off and after it has landed."""
        t = np.asarray(times_s, dtype=float)
        i = np.clip(np.searchsorted(self.table_t_s, t, side="right") - 1, 0, len(self.table_t_s) - 2)
        a, b = self.table_states_itrf[i], self.table_states_itrf[i + 1]
        h = (self.table_t_s[i + 1] - self.table_t_s[i])[:, None]
        s = (t - self.table_t_s[i])[:, None] / h
        place = (
            (1 + 2 * s) * (1 - s) ** 2 * a[:, :3] + s * s * (3 - 2 * s) * b[:, :3]
            + h * s * (1 - s) ** 2 * a[:, 3:] - h * s * s * (1 - s) * b[:, 3:]
        )  # fmt: skip
        out = np.concatenate([place, (1 - s) * a[:, 3:] + s * b[:, 3:]], axis=1)
        out[(t < self.table_t_s[0]) | (t > self.table_t_s[-1])] = np.nan
        return out

    def rcs_m2(self, times_s: Scalar) -> Scalar:
        """(n,) the same from all sides."""
        return np.full(np.shape(times_s), self.mean_rcs_m2)

    def infrared_w_sr(self, times_s: Scalar, states_itrf: Rows, stands_itrf_m: Vec3) -> Scalar:
        """(n,) of its exhaust."""
        return np.full(np.shape(times_s), self.exhaust_w_sr)

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) False: it is lit, not a flame."""
        return np.zeros(np.shape(times_s), dtype=bool)

    def document(self) -> dict[str, Any]:
        """Where it began, and what was drawn."""
        lat, lon, height = geodetic_from_itrf(self.table_states_itrf[0, :3])
        return {"id": self.id, "cause": self.cause, "lat_deg": float(np.degrees(lat)),
                "lon_deg": float(np.degrees(lon)), "height_m": float(height), "drawn": self.drawn}  # fmt: skip


def level_course(
    lat_deg: float, lon_deg: float, height_m: float, heading_deg: float, speed_mps: float, seconds: float,
    turn_degps: float = 0.0, t_turn_s: float = 0.0, turn_for_s: float = 0.0,
) -> tuple[Scalar, Rows]:  # fmt: skip
    """Seconds (n,) and states (n, 6) of a level flight that follows its heading and turns once."""
    times = np.arange(0.0, seconds + _STEP_S, _STEP_S)
    states = np.empty((len(times), 6))
    place, heading = itrf_from_geodetic(radians(lat_deg), radians(lon_deg), height_m), radians(heading_deg)
    for row, t in enumerate(times):
        lat, lon, _ = geodetic_from_itrf(place)
        axes = enu_from_itrf_matrix(lat, lon)
        turned = heading + radians(turn_degps) * min(max(t - t_turn_s, 0.0), turn_for_s)
        velocity = speed_mps * np.array([sin(turned), cos(turned), 0.0]) @ axes
        states[row] = np.concatenate([place, velocity])
        ahead = place + velocity * _STEP_S
        lat2, lon2, _ = geodetic_from_itrf(ahead)
        # north turns as one goes east: straight on is along the great circle, not along the compass
        heading += float((lon2 - lon + np.pi) % (2 * np.pi) - np.pi) * sin(float(lat))
        place = itrf_from_geodetic(lat2, lon2, height_m)
    return times, states


def _build(cause: str) -> Any:
    def build(spec: ThingSpec, setting: Setting, rng: np.random.Generator) -> tuple[Thing, ...]:
        made: list[Thing] = []
        for number in range(spec.count):
            d = spec.drawn(rng)
            seconds = min(d["flies_for_s"], setting.seconds - d["t_s"] + 2.0)
            times, states = level_course(
                d["lat_deg"], d["lon_deg"], d["height_m"], d["heading_deg"], d["speed_mps"], max(seconds, 2.0),
                d["turn_degps"], d["t_turn_s"] - d["t_s"], d["turn_for_s"],
            )  # fmt: skip
            name = spec.id if spec.count == 1 else f"{spec.id}-{number + 1:03d}"
            made.append(
                Flyer(name, cause, times + d["t_s"], states, d["rcs_m2"], d["exhaust_w_sr"], d["cloud_top_m"], d)
            )
        return tuple(made)

    return build


_FLIGHT = {
    "t_s": fixed(0.0),
    "flies_for_s": fixed(7200.0),
    "lat_deg": fixed(0.0),
    "lon_deg": fixed(0.0),
    "height_m": Draw("even", 9_000.0, 12_000.0),
    "heading_deg": Draw("even", 0.0, 360.0),
    "speed_mps": Draw("normal", 240.0, 15.0),
    "turn_degps": fixed(0.0),
    "t_turn_s": fixed(0.0),
    "turn_for_s": fixed(0.0),
    "rcs_m2": Draw("log-normal", 10.0, 0.5),
    "exhaust_w_sr": Draw("log-normal", 300.0, 0.5),
    "cloud_top_m": fixed(0.0),
}
_SMALL = {
    **_FLIGHT,
    "height_m": Draw("even", 300.0, 2_000.0),
    "speed_mps": Draw("normal", 45.0, 8.0),
    "rcs_m2": Draw("log-normal", 0.03, 0.5),
    "exhaust_w_sr": Draw("log-normal", 5.0, 0.5),
}
AIRCRAFT = ThingKind("aircraft", _FLIGHT, {}, _build("cruise-or-aircraft"))
DRONE = ThingKind("drone", _SMALL, {}, _build("uncrewed-small"))
