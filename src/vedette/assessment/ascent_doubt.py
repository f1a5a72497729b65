"""What cannot be right in a telemetry feed: clocks that step back, gaps, frozen displays, impossible jumps.

Such readings are kept and marked, or set aside, and always said.
"""

from dataclasses import dataclass
from math import hypot, sqrt

EARTH_RADIUS_M = 6_371_000.0
GRAVITY_MPS2 = 9.5
GAP_S = 10.0
THRUST_MAX_MPS2 = 150.0  # more than any launch vehicle; small solids reach it
FREEZE_SHARE = 1.5  # in free fall altitude must have moved by this many steps of the display


@dataclass(slots=True)
class FreezeWatch:
    """A run of readings whose altitude does not move although nothing could hold it there."""

    t_start_s: float = 0.0
    altitude_m: float = float("nan")
    speed_low_mps: float = 0.0
    speed_high_mps: float = 0.0
    count: int = 0
    is_frozen: bool = False

    def look(self, t_s: float, speed_mps: float, altitude_m: float, step_m: float) -> bool:
        """One more reading; is the display frozen now?"""
        if altitude_m != self.altitude_m:
            self.t_start_s, self.altitude_m, self.count, self.is_frozen = t_s, altitude_m, 0, False
            self.speed_low_mps = self.speed_high_mps = speed_mps
        self.count += 1
        self.speed_low_mps = min(self.speed_low_mps, speed_mps)
        self.speed_high_mps = max(self.speed_high_mps, speed_mps)
        run_s = t_s - self.t_start_s
        held_mps2 = GRAVITY_MPS2 - speed_mps**2 / EARTH_RADIUS_M  # what free fall would bend the path by
        rise_m = held_mps2 * run_s**2 / 8.0  # at the least, when the apogee lies in the middle
        is_flying = speed_mps > 50.0 and self.speed_high_mps - self.speed_low_mps < 0.3 * held_mps2 * run_s
        self.is_frozen = bool(run_s > 5.0 and is_flying and rise_m > FREEZE_SHARE * max(step_m, 100.0))
        return self.is_frozen


def fall_speed_mps(speed_mps: float, altitude_m: float, to_altitude_m: float) -> float:
    """The speed of a coasting body at another altitude (energy in the rotating frame); -1 when out of reach."""
    r1, r2 = EARTH_RADIUS_M + altitude_m, EARTH_RADIUS_M + to_altitude_m
    square = speed_mps**2 + 2.0 * 3.986e14 * (1.0 / r2 - 1.0 / r1)
    return sqrt(square) if square >= 0.0 else -1.0


def is_new_object(
    dt_s: float, speed_mps: float, altitude_m: float, to_speed_mps: float, to_altitude_m: float, may_thrust: bool
) -> bool:
    """After a gap: has it more energy than the same object can have?"""
    most = max(fall_speed_mps(speed_mps, altitude_m, to_altitude_m), 0.0)
    if may_thrust:
        return abs(to_speed_mps - most) > 60.0 * dt_s + 100.0
    return to_speed_mps > 1.05 * most + 60.0


def is_jump(dt_s: float, speed_mps: float, altitude_m: float, to_speed_mps: float, to_altitude_m: float) -> bool:
    """Between neighbouring readings: more than any thrust, climb and display step explain."""
    moved_m = abs(to_altitude_m - altitude_m)
    fastest = max(speed_mps, to_speed_mps)
    too_fast = abs(to_speed_mps - speed_mps) > THRUST_MAX_MPS2 * dt_s + 30.0
    return too_fast or moved_m > hypot(2_000.0, 100.0) + 1.2 * fastest * dt_s
