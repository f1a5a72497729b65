"""One object of a telemetry feed: what has happened to it, what it is, where it goes.

Wraps the profile filter (is it under thrust?) and the coast fit (where does it go?) in the policy: what may be said,
when, and in which words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, degrees, radians

import numpy as np

from vedette.assessment.ascent_classes import AscentFeatures, class_probabilities, p_thrust_returns
from vedette.assessment.ascent_doubt import FreezeWatch
from vedette.assessment.ascent_policy import AscentPolicy, corridor_of
from vedette.core.constants import STANDARD_GRAVITY_MPS2
from vedette.reports import Finding, FindingKind
from vedette.tracking.profile.coast import CoastEnd, CoastFit, Heading, coast_from_state, fit_coast, likely_headings
from vedette.tracking.profile.filter import ProfileFilter, ThrustEvent
from vedette.tracking.profile.readings import Bin, Binner

REST_MPS = 8.0  # faster than a display at rest flickers
WINDOW_S = 60.0  # of a coast, as much as a fit looks at
READINGS_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Place:
    """What the operator said of the launch."""

    pad_lat_lon_deg: tuple[float, float] | None
    azimuth_deg: float | None


class AscentObject:
    """One object followed by its readings; `hear` takes them in order of time."""

    def __init__(self, object_id: str, place: Place, policy: AscentPolicy, ns: Callable[[float], int]) -> None:
        self.id = object_id
        self.place, self.policy, self.ns = place, policy, ns
        self.corridor = corridor_of(place.pad_lat_lon_deg)
        self.binner, self.freeze = Binner(), FreezeWatch()
        lat_deg = place.pad_lat_lon_deg[0] if place.pad_lat_lon_deg else 40.0
        self.filter = ProfileFilter(lat_rad=radians(lat_deg))
        self.is_started = self.has_launched = self.is_on_pad = self.is_over = False
        self.has_braked = self.is_orbit = self.has_passed_apogee = False
        self.frozen_readings, self.step_m = 0, 100.0
        self.t_now_s = self.t_first_s = 0.0
        self.t_launch_s: float | None = None
        self.t_burnout_s: float | None = None
        self.t_first_burnout_s: float | None = None
        self.t_coast_from_s: float | None = None  # readings from here on belong to the coast
        self.burns, self.gaps_s = 0, []  # type: int, list[float]
        self.lift_off_g: float | None = None
        self.top_altitude_m = 0.0
        self.p_orbit = 0.0
        self.probabilities: dict[str, float] = {}
        self.named = ""
        self.t_reviewed_s = self.t_conditional_s = -1e9
        self.end: CoastEnd | None = None
        self.end_is_conditional = True
        self.end_epoch_s = 0.0
        self.t_fit_from_s = -1e9
        self._fit: CoastFit | None = None
        self._fit_key: tuple[float, float] | None = None

    # -- what it is doing -------------------------------------------------------------------------------------------
    @property
    def is_thrusting(self) -> bool:
        return self.has_launched and self.filter.thrusting is True and not self.is_over

    @property
    def phase(self) -> str:
        """boost, coast, re-entry, orbit or lost; "pad" before lift-off, "unknown" while too little has been seen."""
        if self.is_over:
            return "lost"
        if self.is_on_pad:
            return "pad"
        if not self.is_started or self.filter.thrusting is None:
            return "unknown"
        if self.filter.thrusting:
            return "boost"
        if self.is_orbit:
            return "orbit"
        return "re-entry" if self.filter.climb_mps < 0.0 and self.filter.altitude_m < 100_000.0 else "coast"

    @property
    def coast_s(self) -> float:
        """Seconds since thrust ended; 0 under thrust."""
        if self.filter.thrusting is not False or self.t_coast_from_s is None:
            return 0.0
        return self.t_now_s - self.t_coast_from_s

    @property
    def steep_deg(self) -> float:
        return degrees(asin(self.filter.sin_gamma))

    # -- readings ---------------------------------------------------------------------------------------------------
    def hear(self, t_s: float, speed_mps: float, altitude_m: float) -> list[Finding]:
        """One reading, later than the last; what it lets us say."""
        said: list[Finding] = []
        if not self.binner.t_s:
            self.t_first_s = t_s
        self.t_now_s = t_s
        was_frozen, run = self.freeze.is_frozen, self.freeze.count
        is_frozen = self.freeze.look(t_s, speed_mps, altitude_m, self.step_m)
        if was_frozen and not is_frozen:
            said.extend(self.tell_thawed(run))
        if is_frozen and not was_frozen:
            said.append(self._tell_frozen())
        for second in self.binner.add(t_s, speed_mps, altitude_m):
            said.extend(self._second(second))
        return said

    def _second(self, second: Bin) -> list[Finding]:
        self.step_m = second.step_m
        if not self.is_started:
            return self._start(second)
        if self.freeze.is_frozen:
            return []
        if self.is_on_pad:
            return self._wait_on_pad(second)
        said: list[Finding] = []
        self.top_altitude_m = max(self.top_altitude_m, self.filter.altitude_m)
        self._watch_braking()
        was_known, climb_before = self.filter.thrusting is not None, self.filter.climb_mps
        for event in self.filter.step(second.t_s, second.speed_mps, second.sigma_speed_mps, second.altitudes):
            said.append(self._thrust_event(event))
        if not was_known and self.filter.thrusting is False:
            self.t_coast_from_s = self.t_first_s
        if self.lift_off_g is None and self.t_launch_s is not None and second.t_s - self.t_launch_s > 6.0:
            # the strongest of the first seconds: a small rocket may already have burnt out
            early = [s.force_mps2 for s in self.filter.history if s.t_s - self.t_launch_s > 1.0]
            self.lift_off_g = float(np.percentile(early, 90)) / STANDARD_GRAVITY_MPS2 if early else None
        if climb_before > 0.0 >= self.filter.climb_mps and self.filter.thrusting is False:
            said.extend(self._tell_apogee(second.t_s))
        return said

    def _watch_braking(self) -> None:
        """Thrust against the flight, above the air that could do the same: it may turn round."""
        last = self.filter.history[-3:]
        if self.filter.thrusting is not False and self.filter.altitude_m > 50_000.0 and len(last) == 3:
            self.has_braked = self.has_braked or max(s.force_mps2 for s in last) < -3.0

    def _start(self, second: Bin) -> list[Finding]:
        self.is_started = True
        self.filter.start(second.t_s, second.speed_mps, second.altitude_m, max(50.0, 0.3 * second.step_m))
        if second.speed_mps < 30.0 and second.altitude_m < 10_000.0:
            self.is_on_pad = True
            return self._wait_on_pad(second)
        self.has_launched = True
        words = f"first heard in flight: {_state_words(second.speed_mps, second.altitude_m)}"
        return [self.say(FindingKind.DETECTED, second.t_s, words)]

    def _wait_on_pad(self, second: Bin) -> list[Finding]:
        last = self.filter.history[-1]
        if second.speed_mps < REST_MPS:
            if len(self.filter.history) < 2 or second.speed_mps <= 1.0:
                self.filter.start(second.t_s, second.speed_mps, second.altitude_m, 50.0)
            return []
        self.is_on_pad, self.has_launched = False, True
        gained = max(second.speed_mps - last.speed_mps, 0.1) / max(second.t_s - last.t_s, 0.5)
        t_lift_off_s = max(last.t_s if last.speed_mps < 1.0 else self.t_first_s, second.t_s - second.speed_mps / gained)
        t_lift_off_s = max(min(t_lift_off_s, second.t_s), second.t_s - 9.0)
        self.t_launch_s = t_lift_off_s
        self.filter.thrusting, self.filter.log_odds = True, 5.0
        if second.t_s > last.t_s:
            self.filter.step(second.t_s, second.speed_mps, second.sigma_speed_mps, second.altitudes)
        where = ""
        if self.place.pad_lat_lon_deg:
            where = f" from {self.place.pad_lat_lon_deg[0]:.3f}, {self.place.pad_lat_lon_deg[1]:.3f}"
        words = f"launch{where}: climbing through {second.speed_mps:.0f} m/s"
        return [self.say(FindingKind.LAUNCH, t_lift_off_s, words)]

    # -- thrust -----------------------------------------------------------------------------------------------------
    def _thrust_event(self, event: ThrustEvent) -> Finding:
        now = _state_words(self.filter.speed_mps, self.filter.altitude_m, self.steep_deg)
        data: dict[str, object] = {
            "specific_force_before_mps2": round(event.force_before_mps2, 2),
            "specific_force_after_mps2": round(event.force_after_mps2, 2),
            "speed_mps": round(self.filter.speed_mps, 1),
            "altitude_km": round(self.filter.altitude_m / 1e3, 2),
            "flight_path_angle_deg": round(self.steep_deg, 2),
            "downrange_km": round(self.filter.history[-1].level_m / 1e3, 1),
        }
        if event.kind == "burnout":
            self.burns += 1
            if self.t_first_burnout_s is None:
                self.t_first_burnout_s = event.t_s
            self.t_burnout_s = self.t_coast_from_s = event.t_s
            self.has_passed_apogee = self.is_orbit = False
            words = (
                f"thrust has ended (specific force {event.force_before_mps2:.0f} m/s² to "
                f"{abs(event.force_after_mps2):.1f}): {now}"
            )
            return self.say(FindingKind.BURNOUT, event.t_s, words, data)
        if event.kind == "ignition":
            if self.t_burnout_s is not None:
                self.gaps_s.append(event.t_s - self.t_burnout_s)
            recent = float(np.median([s.force_mps2 for s in self.filter.history[-2:]]))
            if recent < 0.0 and self.filter.altitude_m > 50_000.0:
                self.has_braked = True
            self.t_coast_from_s, self.is_orbit = None, False
            manner = "against its flight" if recent < 0.0 else "along its flight"
            words = f"thrust again, {manner} ({event.force_after_mps2:.1f} m/s²): {now}"
            return self.say(FindingKind.IGNITION, event.t_s, words, data)
        share = 1.0 - event.force_after_mps2 / event.force_before_mps2
        words = f"{100 * share:.0f} % of the thrust lost, the rest burns on ({event.force_after_mps2:.0f} m/s²): {now}"
        return self.say(FindingKind.THRUST_DROP, event.t_s, words, data)

    def _tell_apogee(self, t_s: float) -> list[Finding]:
        if self.has_passed_apogee or self.coast_s < 5.0 or self.top_altitude_m < 1_000.0 or self.is_orbit:
            return []
        self.has_passed_apogee = True
        height_km = self.filter.altitude_m / 1e3
        words = f"apogee at {height_km:.1f} km; it falls now"
        return [self.say(FindingKind.APOGEE, t_s, words, {"altitude_km": round(height_km, 3)})]

    # -- doubt ------------------------------------------------------------------------------------------------------
    def _tell_frozen(self) -> Finding:
        watch = self.freeze
        held_s = self.t_now_s - watch.t_start_s
        words = (
            f"frozen display: {watch.count} readings at {watch.altitude_m / 1e3:.1f} km for {held_s:.0f} s at "
            f"{watch.speed_high_mps / 1e3:.2f} km/s, where nothing stays level; set aside until it moves"
        )
        return self.say(FindingKind.DOUBT, self.t_now_s, words, {"doubt": "frozen", "frozen_readings": watch.count})

    def tell_thawed(self, count: int, is_ended_by_reading: bool = True) -> list[Finding]:
        """The frozen run is over: how much of what was heard it was, the reading that ended it included."""
        self.frozen_readings += count
        heard = len(self.binner.t_s) + (1 if is_ended_by_reading else 0)
        words = f"{count} of {heard} readings were frozen; nothing is concluded from them"
        data = {"doubt": "frozen", "frozen_readings": count, "readings": heard}
        return [self.say(FindingKind.DOUBT, self.t_now_s, words, data)]

    # -- where it goes ----------------------------------------------------------------------------------------------
    def _headings(self) -> tuple[Heading, ...]:
        pad, azimuth = self.place.pad_lat_lon_deg, self.place.azimuth_deg
        pad_rad = (radians(pad[0]), radians(pad[1])) if pad else None
        downrange_m = self.filter.history[-1].level_m
        azimuth_rad = None if azimuth is None else radians(azimuth)
        p_turned = 0.95 if self.filter.has_turned else (0.1 if self.has_braked else 0.0)
        return likely_headings(pad_rad, azimuth_rad, self.corridor, downrange_m, p_turned)

    def coast_fit(self) -> CoastFit | None:
        """The fit to the present coast; None under thrust, on a frozen display, or with too little heard."""
        if self.filter.thrusting is not False or self.t_coast_from_s is None or self.freeze.is_frozen or self.is_over:
            return None
        key = (self.t_coast_from_s, self.t_now_s)
        if key != self._fit_key:
            self._fit_key = key
            t = np.array(self.binner.t_s[-READINGS_MAX:])
            t_from_s = max(self.t_coast_from_s + 1.0, self.t_fit_from_s, self.t_now_s - WINDOW_S)
            first = int(np.searchsorted(t, t_from_s))
            t = t[first:]
            v = np.array(self.binner.speed_mps[-len(t) :]) if len(t) else t
            h = np.array(self.binner.altitude_m[-len(t) :]) if len(t) else t
            self._fit = None
            if len(t) >= 4:
                step_m = self.binner.altitude_step_m()
                self._fit = fit_coast(t, v, h, step_m, self._headings(), self.filter.climb_mps)
        return self._fit

    def review(self) -> None:
        """Renew what costs a fit: where it ends, whether it is in orbit, what it is."""
        self.t_reviewed_s = self.t_now_s
        if self.is_on_pad or not self.is_started or self.is_over:
            return
        fit = self.coast_fit()
        if fit is not None:  # what came before was no coast; remembered here only, so that asking changes nothing
            self.t_fit_from_s = fit.t_start_s - 0.5
        self.end, self.end_is_conditional = None, fit is None
        if fit is None and self.filter.thrusting is not None and not self.freeze.is_frozen:
            state = self.filter
            fit = coast_from_state(
                self.t_now_s, state.altitude_m, state.climb_mps, state.speed_mps,
                max(state.var_hh, 100.0), max(state.var_cc, 4.0), self._headings(),
            )  # fmt: skip
        if fit is not None:
            self.end, self.end_epoch_s = fit.extremes(), fit.t_s
            if self.filter.speed_mps > 5_000.0:
                self.p_orbit = fit.perigee_m().above(self.policy.perigee_min_m)
            else:
                self.p_orbit = 0.0
        self.probabilities = class_probabilities(self.features())

    def features(self) -> AscentFeatures:
        """What the class probabilities rest on."""
        at = self.filter
        burn_s = None
        if self.t_launch_s is not None:
            burn_s = (self.t_now_s if at.thrusting else (self.t_burnout_s or self.t_now_s)) - self.t_launch_s
        first_burn_s = None
        if self.t_launch_s is not None:
            first_burn_s = (
                self.t_now_s if self.t_first_burnout_s is None else self.t_first_burnout_s
            ) - self.t_launch_s
        speed = at.speed_mps
        is_climb_known = at.var_cc < (0.15 * at.speed_mps) ** 2
        steep: float | None = self.steep_deg if is_climb_known else None
        if not at.thrusting and self.t_burnout_s is not None:
            last = min(at.history, key=lambda s: abs(s.t_s - self.t_burnout_s))  # type: ignore[operator]
            speed, steep = last.speed_mps, degrees(asin(max(-1.0, min(1.0, last.climb_mps / max(last.speed_mps, 1.0)))))
        return AscentFeatures(
            lift_off_g=self.lift_off_g,
            is_thrusting=at.thrusting is True,
            first_burn_s=first_burn_s,
            burn_s=burn_s,
            speed_mps=speed,
            steep_deg=steep,
            burns=self.burns + (1 if at.thrusting else 0),
            gaps_s=tuple(self.gaps_s[:3]),
            coast_s=self.coast_s,
            has_braked=self.has_braked,
            p_orbit=self.p_orbit,
        )

    def p_thrust_returns(self) -> float:
        """Chance that this coast is only a pause."""
        return p_thrust_returns(self.features(), self.probabilities)

    @property
    def class_name(self) -> str:
        return max(self.probabilities, key=lambda name: self.probabilities[name]) if self.probabilities else "other"

    def say(self, kind: FindingKind, t_s: float, text: str, data: dict[str, object] | None = None) -> Finding:
        """A finding about this object, declared by the newest reading."""
        now = self.ns(self.t_now_s)
        return Finding(
            kind=kind,
            object_id=self.id,
            t_tai_ns=min(self.ns(t_s), now),
            t_declared_tai_ns=now,
            text=text,
            data=data or {},
        )


def _state_words(speed_mps: float, altitude_m: float, steep_deg: float | None = None) -> str:
    words = f"{speed_mps / 1e3:.2f} km/s at {altitude_m / 1e3:.1f} km"
    if steep_deg is None or abs(steep_deg) < 0.5:
        return words + (", level" if steep_deg is not None else "")
    return words + f", {'climbing' if steep_deg > 0 else 'falling'} at {abs(steep_deg):.0f}°"
