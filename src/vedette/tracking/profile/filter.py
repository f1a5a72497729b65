"""Is it under thrust? An altitude-speed profile, followed one second at a time.

Speed relative to the rotating Earth changes only by thrust, by drag and by climbing: Coriolis does no work and the
centrifugal part lies in normal gravity. So the specific force along the velocity is

    f = dv/dt + g(h, lat) · climb / v,

and a body that coasts shows f = 0 (less a little drag) whichever way it flies. Two hypotheses, thrust and coast, are
weighed against each other with every second; what changes between them is a burnout or an ignition.
"""

from dataclasses import dataclass, field
from math import exp, hypot, log, pi, sqrt
from typing import NamedTuple

import numpy as np

from vedette.tracking.profile.motion import air_density_kg_m3, gravity_down_mps2

EARTH_RADIUS_M = 6_371_000.0
LOOK_BACK_S = 8.9  # what is said is never older than ten seconds
STRAIGHT_UP_MPS = 100.0  # what left the ground at rest has hardly pitched over before this speed
LOG_ODDS_MAX = 12.0  # belief never hardens so far that a few seconds cannot turn it
LOG_ODDS_DECLARE = 5.0  # 150 to 1
BINS_TO_DECLARE = 3  # a reversal of the velocity against the thrust crosses f = 0 for 1-2 s; a burnout stays
THRUST_DENSITY = 0.01  # per m/s²: under thrust f may be anything within about 100 m/s²
RATE_BURNOUT_PER_S, RATE_IGNITION_PER_S = 1.0 / 300.0, 1.0 / 100.0
DRAG_BETA_KG_M2 = 3_000.0  # an empty stage; the likelihood allows 0 to 2 times this drag,
PARACHUTE_MPS2 = 15.0  # at its steady sinking speed a body is held by one g
DRAG_SPAN = 8.0  # and in thick air as much as this many times
DROP_SHARE = 0.3  # a loss of this share of the thrust within seconds is a thrust-drop


class AltitudeReading(NamedTuple):
    """An altitude inside a bin: a step of the display (a known boundary at a known time) or a plain reading."""

    t_s: float
    altitude_m: float
    sigma_m: float
    half_width_m: float = 0.0  # not zero: all that is known is that altitude lies within this of the reading


@dataclass(slots=True)
class Second:
    """What one bin of readings, about a second long, told."""

    t_s: float
    speed_mps: float
    altitude_m: float
    climb_mps: float
    force_mps2: float  # between this bin and the one before
    t_mid_s: float  # the time `force_mps2` is for
    log_odds_thrust: float
    level_m: float  # distance flown over ground


@dataclass(frozen=True, slots=True)
class ThrustEvent:
    """Thrust began, ended or fell."""

    kind: str  # "burnout", "ignition", "thrust-drop"
    t_s: float
    force_before_mps2: float
    force_after_mps2: float
    log_odds: float


def _log_normal(x: float, mean: float, sigma: float) -> float:
    return -0.5 * ((x - mean) / sigma) ** 2 - log(sigma * sqrt(2.0 * pi))


@dataclass(slots=True)
class ProfileFilter:
    """Climb rate, specific force and the thrust-or-coast belief, from binned readings in order of time."""

    lat_rad: float = 0.7
    thrusting: bool | None = None  # None: not yet known
    history: list[Second] = field(default_factory=list)
    log_odds: float = 0.0
    altitude_m: float = 0.0
    climb_mps: float = 0.0
    var_hh: float = 1e6
    var_hc: float = 0.0
    var_cc: float = 1e6
    force_mps2: float = 0.0
    force_peak_mps2: float = 0.0
    is_turning: bool = False  # thrust against a climb: a stage that flies back pushes level, not along its flight
    has_turned: bool = False  # that push went on until it sped the stage up again: it flies the other way now
    turned_in_burn: bool = False
    from_rest: bool = False
    rejected: list[float] = field(default_factory=list)
    opposite_bins: int = 0
    drop_until_s: float = -1e9

    @property
    def speed_mps(self) -> float:
        return self.history[-1].speed_mps

    @property
    def sin_gamma(self) -> float:
        return max(-1.0, min(1.0, self.climb_mps / max(self.speed_mps, 1.0)))

    def start(self, t_s: float, speed_mps: float, altitude_m: float, sigma_altitude_m: float) -> None:
        """First reading: no climb rate is known yet; at rest it is zero."""
        self.altitude_m = altitude_m
        at_rest = speed_mps < 30.0
        self.from_rest = at_rest
        self.climb_mps = speed_mps if at_rest else 0.5 * speed_mps
        self.var_hh, self.var_hc = sigma_altitude_m**2, 0.0
        self.var_cc = 5.0**2 if at_rest else (0.5 * speed_mps) ** 2
        self.history = [Second(t_s, speed_mps, altitude_m, self.climb_mps, 0.0, t_s, self.log_odds, 0.0)]

    def _predict_altitude(self, dt_s: float, speed_mps: float) -> None:
        g = gravity_down_mps2(self.altitude_m, self.lat_rad)
        s = max(-1.0, min(1.0, self.climb_mps / max(speed_mps, 1.0)))
        level2 = speed_mps**2 * (1.0 - s * s)
        thrust_up_mps2 = 0.0 if self.is_turning else self.force_mps2 * s
        up_mps2 = thrust_up_mps2 - g + level2 / (EARTH_RADIUS_M + self.altitude_m)
        if speed_mps < 60.0 and self.altitude_m < 3000.0:
            up_mps2 = self.force_mps2 - g  # still rising straight up from the pad
        # 0.4 m/s²: Coriolis with the heading unknown; thrust across the velocity can be several m/s²
        # even while none of it shows along the velocity: remember the strongest of the last quarter minute
        self.force_peak_mps2 = max(abs(self.force_mps2), self.force_peak_mps2 * exp(-dt_s / 15.0))
        sigma_mps2 = 0.4 + (0.3 * self.force_peak_mps2 if self.thrusting is not False else 0.0)
        q = sigma_mps2**2 * 2.0  # correlated for about two seconds
        self.altitude_m += self.climb_mps * dt_s + 0.5 * up_mps2 * dt_s**2
        self.climb_mps += up_mps2 * dt_s
        self.var_hh += 2.0 * dt_s * self.var_hc + dt_s**2 * self.var_cc + q * dt_s**3 / 3.0
        self.var_hc += dt_s * self.var_cc + q * dt_s**2 / 2.0
        self.var_cc += q * dt_s

    def _update_altitude(self, altitude: AltitudeReading, ago_s: float) -> None:
        sigma_m = altitude.sigma_m
        gap_m = altitude.altitude_m + ago_s * self.climb_mps - self.altitude_m
        if altitude.half_width_m > 0.0:  # a display that did not change says only "still between two steps"
            outside_m = abs(gap_m) - altitude.half_width_m
            if outside_m <= 0.0:
                return
            gap_m = outside_m if gap_m > 0.0 else -outside_m
        var = self.var_hh + sigma_m**2
        if abs(gap_m) > 5.0 * sqrt(var):
            self.rejected.append(gap_m)
            if len(self.rejected) < 3:
                self.var_cc += 20.0**2
                return
            # three in a row: the display has moved; keep the climb rate, take the altitude
            self.altitude_m += gap_m
            self.var_hh, self.var_hc = sigma_m**2, 0.0
            self.var_cc += 50.0**2
            self.rejected.clear()
            return
        self.rejected.clear()
        k_h, k_c = self.var_hh / var, self.var_hc / var
        self.altitude_m += k_h * gap_m
        self.climb_mps += k_c * gap_m
        self.var_cc -= k_c * self.var_hc
        self.var_hc *= 1.0 - k_h
        self.var_hh *= 1.0 - k_h

    def _steer_by_pad(self, speed_mps: float) -> None:
        """What left the ground at rest first rises nearly straight up, whatever a 0.1 km display says."""
        sigma_mps = 0.05 * speed_mps + 2.0
        gain = self.var_cc / (self.var_cc + sigma_mps**2)
        self.climb_mps += gain * (0.98 * speed_mps - self.climb_mps)
        self.var_cc *= 1.0 - gain
        self.var_hc *= 1.0 - gain

    def step(
        self, t_s: float, speed_mps: float, sigma_speed_mps: float, altitudes: tuple[AltitudeReading, ...]
    ) -> tuple[ThrustEvent, ...]:
        """One more bin; what it lets us say about thrust."""
        before = self.history[-1]
        dt_s = t_s - before.t_s
        climb_before = self.climb_mps
        self._predict_altitude(dt_s, 0.5 * (speed_mps + before.speed_mps))
        for altitude in altitudes:
            self._update_altitude(altitude, t_s - altitude.t_s)
        if self.from_rest and speed_mps < STRAIGHT_UP_MPS and self.thrusting is not False:
            self._steer_by_pad(speed_mps)
        limit = max(speed_mps, 1.0)
        if abs(self.climb_mps) > limit:
            self.climb_mps = limit if self.climb_mps > 0 else -limit
        mid_speed = max(0.5 * (speed_mps + before.speed_mps), 1.0)
        s = max(-1.0, min(1.0, 0.5 * (climb_before + self.climb_mps) / mid_speed))
        if self.from_rest and mid_speed < STRAIGHT_UP_MPS and self.thrusting is not False:
            s = max(s, 0.95)
        g = gravity_down_mps2(self.altitude_m, self.lat_rad)
        force = (speed_mps - before.speed_mps) / dt_s + g * s
        sigma = hypot(1.5 * sigma_speed_mps / dt_s, g * min(sqrt(self.var_cc) / mid_speed, 0.7))
        self._weigh(force, hypot(sigma, 0.35), dt_s, mid_speed)
        self.force_mps2 = force
        if self.thrusting is not False and self.climb_mps > 0.0 and self.altitude_m > 50_000.0:
            self.is_turning = self.is_turning or max([force, *(x.force_mps2 for x in self.history[-2:])]) < -3.0
        if self.is_turning and not self.turned_in_burn and min(force, before.force_mps2) > 3.0:
            self.has_turned, self.turned_in_burn = not self.has_turned, True
        level = 0.5 * (self._level(before.speed_mps, climb_before) + self._level(speed_mps, self.climb_mps))
        ground = before.level_m + (-level if self.has_turned else level) * dt_s * EARTH_RADIUS_M / (
            EARTH_RADIUS_M + self.altitude_m
        )
        self.history.append(
            Second(t_s, speed_mps, self.altitude_m, self.climb_mps, force, 0.5 * (t_s + before.t_s),
                   self.log_odds, ground)
        )  # fmt: skip
        return self._declare()

    @staticmethod
    def _level(speed_mps: float, climb_mps: float) -> float:
        return sqrt(max(speed_mps**2 - climb_mps**2, 0.0))

    def _weigh(self, force: float, sigma: float, dt_s: float, speed_mps: float) -> None:
        drag = 0.5 * air_density_kg_m3(self.altitude_m) * speed_mps**2 / DRAG_BETA_KG_M2
        coast = _log_normal(force, -drag, hypot(sigma, drag))
        coast = np.logaddexp(log(0.98) + coast, log(0.02 * THRUST_DENSITY))
        if drag > 0.5 and -DRAG_SPAN * drag < force < 2.0 * sigma:  # in thick air light bodies slow down much faster
            coast = np.logaddexp(log(0.5) + coast, log(0.5 / (DRAG_SPAN * drag)))
        if force < 0.0 and self.climb_mps < 0.0 and self.altitude_m < 30_000.0 and speed_mps < 300.0:
            coast = np.logaddexp(log(0.5) + coast, log(0.5 / PARACHUTE_MPS2))  # or it hangs from something
        thrust = log(THRUST_DENSITY if force > 0.0 else 0.3 * THRUST_DENSITY)  # braking by thrust is rarer
        stay = 1.0 / (1.0 + exp(-self.log_odds))
        p_end, p_start = 1.0 - exp(-RATE_BURNOUT_PER_S * dt_s), 1.0 - exp(-RATE_IGNITION_PER_S * dt_s)
        p = stay * (1.0 - p_end) + (1.0 - stay) * p_start
        odds = log(p) - log(1.0 - p) + thrust - float(coast)
        self.log_odds = max(-LOG_ODDS_MAX, min(LOG_ODDS_MAX, odds))

    def _declare(self) -> tuple[ThrustEvent, ...]:
        now_thrusting = self.log_odds > 0.0
        if self.thrusting is None:
            if abs(self.log_odds) > LOG_ODDS_DECLARE and len(self.history) > BINS_TO_DECLARE:
                self.thrusting = now_thrusting
            return ()
        self.opposite_bins = self.opposite_bins + 1 if now_thrusting != self.thrusting else 0
        if self.opposite_bins >= BINS_TO_DECLARE and abs(self.log_odds) > LOG_ODDS_DECLARE:
            return (self._burnout() if self.thrusting else self._ignition(),)
        if self.thrusting:
            drop = self._thrust_drop()
            return (drop,) if drop else ()
        return ()

    def _burnout(self) -> ThrustEvent:
        self.thrusting, self.opposite_bins = False, 0
        self.is_turning = self.turned_in_burn = False
        signed = [s.force_mps2 for s in self.history[-16:]]
        way = 1.0 if max(signed) >= -min(signed) else -1.0  # along the flight or against it
        forces = [max(way * force, 0.0) for force in signed]
        times = [s.t_mid_s for s in self.history[-16:]]
        full = float(np.percentile(forces, 85))
        i = len(forces) - 1
        while i > 0 and forces[i] < 0.5 * full:
            i -= 1
        t = _crossing(times, forces, min(i, len(forces) - 2), 0.5 * full)
        t = max(t, self.history[-1].t_s - LOOK_BACK_S)
        return ThrustEvent("burnout", t, full, float(np.median(forces[-2:])), self.log_odds)

    def _ignition(self) -> ThrustEvent:
        self.thrusting, self.opposite_bins = True, 0
        forces = [abs(s.force_mps2) for s in self.history[-16:]]
        times = [s.t_mid_s for s in self.history[-16:]]
        full = float(np.median(forces[-2:]))
        i = len(forces) - 1
        while i > 1 and forces[i - 1] >= 0.5 * full:
            i -= 1
        t = max(_crossing(times, forces, i - 1, 0.5 * full), self.history[-1].t_s - LOOK_BACK_S)
        return ThrustEvent("ignition", t, 0.0, full, self.log_odds)

    def _thrust_drop(self) -> ThrustEvent | None:
        """A third or more lost within four seconds and not gone: engines shut down or throttled, not a burnout.

        Side boosters that end while the core burns on, for one. Throttling for maximum dynamic pressure stays above
        0.7 of the thrust and happens in thick air, where a throttle and transonic drag look the same.
        """
        if len(self.history) < 16 or self.history[-1].t_s < self.drop_until_s or self.opposite_bins:
            return None
        f = np.array([s.force_mps2 for s in self.history[-14:]])
        t = [s.t_mid_s for s in self.history[-14:]]
        if t[-1] - t[0] > 18.0:
            return None
        was, now = float(np.median(f[:6])), f[-4:]
        air_mps2 = 0.5 * air_density_kg_m3(self.altitude_m) * self.speed_mps**2 / DRAG_BETA_KG_M2
        is_lower = was > 5.0 and np.max(now) < (1.0 - DROP_SHARE) * was
        is_burning = np.min(now) > max(2.0, 0.15 * was)
        if not (is_lower and is_burning) or np.std(f[:6]) > 0.15 * was or air_mps2 > 0.1 * was:
            return None
        i = int(np.flatnonzero(f > 0.5 * (was + float(np.median(now))))[-1])
        if f[min(i + 3, len(f) - 1)] > (1.0 - DROP_SHARE) * was or f[max(i - 2, 0)] < 0.85 * was:
            return None
        self.drop_until_s = self.history[-1].t_s + 20.0
        level = 0.5 * (was + float(np.min(now)))
        return ThrustEvent("thrust-drop", _crossing(t, list(f), i, level), was, float(np.median(now)), self.log_odds)


def _crossing(times: list[float], forces: list[float], i: int, level: float) -> float:
    """When the force passed `level` between entries i and i+1, by straight line."""
    a, b = forces[i], forces[i + 1]
    part = 0.5 if a == b else (level - a) / (b - a)
    return times[i] + max(0.0, min(1.0, part)) * (times[i + 1] - times[i])
