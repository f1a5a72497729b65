"""Which sensors would see an announced launch, and from when: generic flights of its class flown through their cover.

The lesson of 1995: what is announced for the next day stands before the crew with what their own sensors will make of
it. Flights are those that `assurance` asks (`class_flights`), from the announced area into the announced sector.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.assessment.class_flights import ClassFlights, class_flights
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Scalar
from vedette.motion.flight_classes import CLASS_NAMES
from vedette.reports import Notice, NoticeArea
from vedette.sensing import Infrared, Radar, Sensor
from vedette.sensing.chances import echo_chance, flame_chance

SECONDS = 1500.0  # of flight that are looked at
_STEP_S = 5.0
_DRAWS = 120  # azimuths all round: three degrees apart
_FEWEST = 8
_FOUND = 0.5  # chance of a look from which on it counts as seen
_WIDER_RAD = np.radians(5.0)
_BALLISTIC = tuple(name for name in CLASS_NAMES if name.endswith("ballistic"))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one sensor would see of an announced launch; seconds after lift-off, None where it sees too little."""

    sensor_id: str
    kind: str
    share: float  # of such flights that it would see at all
    first_s: float | None  # when it first does: the median of those
    first_90_s: tuple[float, float] | None
    lasts_s: float | None  # how long it then sees it: the median, gaps left out


def foreseen(notice: Notice, sensors: Mapping[str, Sensor], t_tai_ns: int) -> tuple[Foreseen, ...]:
    """For each radar and infrared watcher, what it would see of a launch as announced, best first.

    t_tai_ns : when it is launched, for watchers that move. Without a launch area nothing can be foreseen: empty.
    """
    if not notice.launch_areas:
        return ()
    lat_rad, lon_rad = _middle(notice.launch_areas[0])
    found: dict[str, list[tuple[Scalar, Scalar]]] = {}
    for name in _classes(notice.class_name):
        flights = class_flights(name, _DRAWS, SECONDS)
        rows = _towards(flights, notice.azimuth_rad)
        t_s = np.broadcast_to(np.arange(0.0, SECONDS, _STEP_S), (len(rows), round(SECONDS / _STEP_S)))
        pads = np.full(len(rows), lat_rad), np.full(len(rows), lon_rad)
        states = flights.states_itrf(rows, t_s, *pads)
        for sensor_id, sensor in sensors.items():
            seen = _seen(sensor, flights, rows, states, t_s, t_tai_ns)
            if seen is not None:
                first = np.where(seen.any(axis=1), t_s[0][np.argmax(seen, axis=1)], np.inf)
                found.setdefault(sensor_id, []).append((first, _STEP_S * seen.sum(axis=1)))
    out = [_told(sensors[name], name, parts) for name, parts in found.items()]
    return tuple(sorted(out, key=lambda one: (-one.share, one.first_s or np.inf, one.sensor_id)))


def _seen(
    sensor: Sensor, flights: ClassFlights, rows: Ints, states: Scalar, t_s: Scalar, t_tai_ns: int
) -> Bools | None:
    if isinstance(sensor, Radar):
        chance, _ = echo_chance(sensor, states, flights.rcs_m2[rows][:, None])
        return np.asarray(chance >= _FOUND)
    if isinstance(sensor, Infrared):
        instants = t_tai_ns + np.round(t_s * NS_PER_S).astype(np.int64)
        thrust, plume = flights.thrusts_n(rows, t_s), flights.plume[rows][:, None]
        chance, _ = flame_chance(sensor, states[..., :3], instants, thrust, plume)
        return np.asarray(chance >= _FOUND)
    return None


def _told(sensor: Sensor, name: str, parts: list[tuple[Scalar, Scalar]]) -> Foreseen:
    first, lasts = (np.concatenate(column) for column in zip(*parts, strict=True))
    sees = np.isfinite(first)
    if not sees.any():
        return Foreseen(name, sensor.kind.value, 0.0, None, None, None)
    low, middle, high = np.quantile(first[sees], [0.05, 0.5, 0.95])
    lasting = float(np.median(lasts[sees]))
    return Foreseen(name, sensor.kind.value, float(sees.mean()), float(middle), (float(low), float(high)), lasting)


def _towards(flights: ClassFlights, sector: tuple[float, float] | None) -> Ints:
    """The flights into a sector, widened a little; at least the nearest few."""
    ahead = flights.position_enu_m[:, 60]
    azimuth = np.arctan2(ahead[:, 0], ahead[:, 1])
    if sector is None:
        return np.arange(0, len(flights), 3)
    middle = sector[0] + 0.5 * ((sector[1] - sector[0]) % (2.0 * np.pi))
    half = 0.5 * ((sector[1] - sector[0]) % (2.0 * np.pi)) + _WIDER_RAD
    off = np.abs(np.angle(np.exp(1j * (azimuth - middle))))
    order = np.argsort(np.nan_to_num(off, nan=np.pi), kind="stable")
    return np.sort(order[: max(int(np.count_nonzero(off <= half)), _FEWEST)])


def _classes(class_name: str) -> tuple[str, ...]:
    if class_name == "ballistic":
        return _BALLISTIC
    return (class_name,) if class_name in CLASS_NAMES else tuple(CLASS_NAMES)


def _middle(area: NoticeArea) -> tuple[float, float]:
    from vedette.frames import unit_vector

    corners = np.array(area.corners_rad)
    x, y, z = unit_vector(corners[:, 0], corners[:, 1]).mean(axis=0)
    return float(np.arctan2(z, np.hypot(x, y))), float(np.arctan2(y, x))
