"""Follows the telemetry of an ascent: speed and altitude against time, nothing else.

Causal and deterministic. Every finding is declared by the reading that allowed it, at most ten seconds after what it
tells of. While thrust lasts there is no impact, only "if thrust stopped now"; after an established burnout an impact is
said when the probability that it falls, and that no thrust returns, passes the policy's threshold.
"""

import numpy as np

from vedette.assessment.ascent_doubt import GAP_S, is_jump, is_new_object
from vedette.assessment.ascent_impact import impact_area
from vedette.assessment.ascent_object import AscentObject, Place
from vedette.assessment.ascent_policy import AscentPolicy
from vedette.assessment.candidates.causes import explanations_of
from vedette.core.errors import UsageError
from vedette.reports import (
    Alert,
    Candidate,
    Evidence,
    Finding,
    FindingKind,
    ImpactArea,
    LaunchEstimate,
    Message,
    ObjectSummary,
    Prediction,
    Scan,
    SensorKind,
)

Said = tuple[Finding | Alert, ...]
ODD_READINGS = 3  # a jump repeated this often is another object, not a misread digit


class AscentFollower:
    """Turns telemetry scans of one feed into findings, alerts, objects and predictions.

    Parameters
    ----------
    object_prefix : objects are called prefix + 1, 2, …
    pad_lat_lon_deg : launch site, if known: gives the Earth's turn its latitude, and impact rings their centre
    azimuth_deg : launch azimuth, if known; without it every heading is weighed
    policy : thresholds
    """

    def __init__(
        self,
        object_prefix: str = "O",
        pad_lat_lon_deg: tuple[float, float] | None = None,
        azimuth_deg: float | None = None,
        policy: AscentPolicy | None = None,
    ) -> None:
        if pad_lat_lon_deg is not None and not (abs(pad_lat_lon_deg[0]) <= 90.0 and abs(pad_lat_lon_deg[1]) <= 360.0):
            raise UsageError(f"pad {pad_lat_lon_deg} is not a latitude and longitude in degrees, in that order")
        self._prefix, self._policy = object_prefix, policy or AscentPolicy()
        self._place = Place(pad_lat_lon_deg, azimuth_deg)
        self._objects: list[AscentObject] = []
        self._alerts: dict[str, Alert] = {}
        self._t0_tai_ns: int | None = None
        self._t_last_s, self._speed_mps, self._altitude_m = -np.inf, 0.0, 0.0
        self._odd: list[tuple[float, float, float]] = []
        self._backward = 0
        self._sensors: list[str] = []
        self._said_reach_m: dict[str, float] = {}

    # -- the follower's interface -----------------------------------------------------------------------------------
    def absorb(self, scan: Scan) -> Said:
        """Believe a scan of speeds and altitudes, row by row; what can be said because of it."""
        if scan.kind is not SensorKind.TELEMETRY:
            raise UsageError(f"{scan.sensor_id}: the ascent follower reads telemetry, not {scan.kind.value}")
        if scan.sensor_id not in self._sensors:
            self._sensors.append(scan.sensor_id)
        said: list[Finding | Alert] = []
        times = scan.t_measured_tai_ns.tolist()
        for t_tai_ns, (speed_mps, altitude_m) in zip(times, scan.values.tolist(), strict=True):
            if self._t0_tai_ns is None:
                self._t0_tai_ns = t_tai_ns
            if np.isfinite(speed_mps) and np.isfinite(altitude_m):
                said.extend(self._reading((t_tai_ns - self._t0_tai_ns) * 1e-9, speed_mps, altitude_m))
        return tuple(said)

    def settle(self, t_tai_ns: int) -> Said:
        """The feed has ended: close the last second, and say what was lost."""
        if not self._objects:
            return ()
        said: list[Finding | Alert] = []
        one = self._objects[-1]
        last = one.binner.close()
        if last is not None:
            said.extend(one._second(last))
        said.extend(self._after(one, True))
        if one.freeze.is_frozen:
            said.extend(one.tell_thawed(one.freeze.count, is_ended_by_reading=False))
        if one.is_thrusting:
            said.append(self._lose(one, "the record ends while thrust lasts; where it went is not known"))
        return tuple(said)

    def objects(self) -> tuple[ObjectSummary, ...]:
        """What is believed of every object."""
        return tuple(self._summary(one) for one in self._objects)

    def alerts(self) -> tuple[Alert, ...]:
        """Every alert in its newest revision."""
        return tuple(self._alerts.values())

    def candidates(self) -> tuple[Candidate, ...]:
        """Every object with what its telemetry says it may be; it says so itself, so nature is not weighed."""
        return tuple(self._candidate(one) for one in self._objects)

    def _candidate(self, one: AscentObject) -> Candidate:
        summary = self._summary(one)
        mine = [alert.evidence for alert in self._alerts.values() if alert.object_id == summary.id]
        return Candidate(
            id=f"C-{summary.id}",
            subject="object",
            object_id=summary.id,
            sensors=summary.sensors,
            t_first_tai_ns=self._ns(one.t_first_s),
            t_tai_ns=self._ns(one.t_now_s),
            evidence=mine[-1] if mine else Evidence.CANDIDATE,
            explanations=explanations_of(summary.probabilities, summary.reasons_for, summary.reasons_against),
            marks=summary.quality,
        )

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Altitude and speed of every coasting object at an instant; nothing for what is under thrust or lost."""
        if self._t0_tai_ns is None:
            return ()
        t_s = (t_tai_ns - self._t0_tai_ns) * 1e-9
        out = []
        for one in self._objects:
            fit = one.coast_fit()
            if fit is None or not fit.t_start_s - 60.0 <= t_s <= fit.t_s + 20_000.0:
                continue
            altitude, speed = fit.at(t_s)
            low_99, low_90, altitude_m, high_90, high_99 = altitude.quantile(0.005, 0.05, 0.5, 0.95, 0.995)
            slow_99, slow_90, speed_mps, fast_90, fast_99 = speed.quantile(0.005, 0.05, 0.5, 0.95, 0.995)
            out.append(
                Prediction(
                    object_id=one.id,
                    t_tai_ns=t_tai_ns,
                    altitude_km=altitude_m / 1e3,
                    altitude_90_km=(low_90 / 1e3, high_90 / 1e3),
                    altitude_99_km=(low_99 / 1e3, high_99 / 1e3),
                    speed_mps=speed_mps,
                    speed_90_mps=(slow_90, fast_90),
                    speed_99_mps=(slow_99, fast_99),
                )
            )
        return tuple(out)

    # -- one reading ------------------------------------------------------------------------------------------------
    def _ns(self, t_s: float) -> int:
        assert self._t0_tai_ns is not None
        return self._t0_tai_ns + round(t_s * 1e9)

    def _reading(self, t_s: float, speed_mps: float, altitude_m: float) -> list[Finding | Alert]:
        said: list[Finding | Alert] = []
        if not self._objects:
            self._begin()
        one = self._objects[-1]
        dt_s = t_s - self._t_last_s
        if dt_s <= 0.0:
            self._backward += 1
            if dt_s < 0.0 and self._backward == 1:
                words = f"the clock stepped back {-dt_s:.2f} s; readings are set aside until it has caught up"
                said.append(self._doubt(one, words, {"doubt": "clock-step", "step_s": dt_s}))
            if dt_s < 0.0 and self._is_new_clock(one, dt_s):
                self._t0_tai_ns = self._ns(dt_s)  # the first reading's own time was the odd one
                self._objects.clear()
                self._begin()
                return [*said, *self._accept(t_s - dt_s, speed_mps, altitude_m)]
            return said
        if np.isfinite(dt_s) and dt_s > GAP_S:
            said.extend(self._gap(one, dt_s, speed_mps, altitude_m))
        elif np.isfinite(dt_s) and is_jump(dt_s, self._speed_mps, self._altitude_m, speed_mps, altitude_m):
            self._odd.append((t_s, speed_mps, altitude_m))
            if len(self._odd) < ODD_READINGS:
                return said
            said.extend(self._jump(one, speed_mps, altitude_m))
        elif self._odd:
            words = f"{len(self._odd)} impossible readings set aside; the display reads {altitude_m / 1e3:.1f} km again"
            said.append(self._doubt(one, words, {"doubt": "misread", "readings": len(self._odd)}))
        self._odd.clear()
        self._backward = 0
        return [*said, *self._accept(t_s, speed_mps, altitude_m)]

    def _is_new_clock(self, one: AscentObject, dt_s: float) -> bool:
        return len(one.binner.t_s) == 1 and dt_s > -GAP_S

    def _accept(self, t_s: float, speed_mps: float, altitude_m: float) -> list[Finding | Alert]:
        self._t_last_s, self._speed_mps, self._altitude_m = t_s, speed_mps, altitude_m
        one = self._objects[-1]
        said: list[Finding | Alert] = list(one.hear(t_s, speed_mps, altitude_m))
        said.extend(self._after(one, bool(said)))
        return said

    def _begin(self) -> None:
        self._objects.append(
            AscentObject(f"{self._prefix}{len(self._objects) + 1}", self._place, self._policy, self._ns)
        )

    def _doubt(self, one: AscentObject, words: str, data: dict[str, object]) -> Finding:
        return one.say(FindingKind.DOUBT, one.t_now_s, words, data)

    def _gap(self, one: AscentObject, dt_s: float, speed_mps: float, altitude_m: float) -> list[Finding | Alert]:
        """Silence longer than a display ever takes: is it still the same object?"""
        words = f"nothing heard for {dt_s:,.0f} s"
        said: list[Finding | Alert] = []
        before = self._speed_mps, self._altitude_m
        may_thrust = one.is_thrusting and not one.freeze.is_frozen and dt_s < 60.0
        one.t_now_s = self._t_last_s + dt_s
        if one.freeze.is_frozen:
            said.extend(one.tell_thawed(one.freeze.count))
        said.append(self._doubt(one, words, {"doubt": "gap", "gap_s": round(dt_s, 3)}))
        if is_new_object(dt_s, *before, speed_mps, altitude_m, may_thrust):
            jump = (
                f"from {before[0] / 1e3:.2f} km/s at {before[1] / 1e3:.0f} km to {speed_mps / 1e3:.2f} km/s at "
                f"{altitude_m / 1e3:.0f} km: no coasting booster can make this jump; a new object starts here"
            )
            said.append(self._doubt(one, jump, {"doubt": "jump"}))
            said.append(self._lose(one, "lost before the silence; the display shows another object now"))
            self._begin()
        return said

    def _jump(self, one: AscentObject, speed_mps: float, altitude_m: float) -> list[Finding | Alert]:
        words = (
            f"the display jumps from {self._speed_mps / 1e3:.2f} km/s at {self._altitude_m / 1e3:.1f} km to "
            f"{speed_mps / 1e3:.2f} km/s at {altitude_m / 1e3:.1f} km and stays: a new object starts here"
        )
        one.t_now_s = self._odd[-1][0]
        said: list[Finding | Alert] = [self._doubt(one, words, {"doubt": "jump"})]
        said.append(self._lose(one, "no longer shown"))
        self._begin()
        return said

    def _lose(self, one: AscentObject, why: str) -> Finding:
        said = one.say(FindingKind.LOST, one.t_now_s, why)
        one.is_over = True
        return said

    # -- what follows from it ---------------------------------------------------------------------------------------
    def _after(self, one: AscentObject, is_news: bool) -> list[Finding | Alert]:
        """Alerts, class, orbit and impact: renewed at every event, and every few seconds."""
        if not is_news and one.t_now_s - one.t_reviewed_s < self._policy.review_s:
            return []
        if one.is_on_pad or not one.is_started:
            return []
        one.review()
        said: list[Finding | Alert] = []
        if one.t_launch_s is not None and f"{one.id}-launch" not in self._alerts:
            said.append(self._launch_alert(one))
        said.extend(self._name(one))
        if one.is_thrusting:
            said.extend(self._withdraw(one, "thrust again: where it falls is open"))
            said.extend(self._conditional(one))
        elif one.filter.thrusting is False:
            said.extend(self._end_of_coast(one))
        return said

    def _launch_alert(self, one: AscentObject) -> Alert:
        assert one.t_launch_s is not None
        where = ""
        if self._place.pad_lat_lon_deg:
            where = f" from {self._place.pad_lat_lon_deg[0]:.3f}, {self._place.pad_lat_lon_deg[1]:.3f}"
        alert = Alert(
            id=f"{one.id}-launch", kind="launch", object_id=one.id, evidence=Evidence.CORRELATED,
            message=Message.PROPOSED, t_tai_ns=self._ns(one.t_now_s), text=f"{one.id} has lifted off{where}",
            reasons_for=("speed and altitude rise together, steadily, from rest",),
            reasons_against=("one source only: the telemetry itself",), phenomena=("telemetry",),
        )  # fmt: skip
        self._alerts[alert.id] = alert
        return alert

    def _name(self, one: AscentObject) -> list[Finding | Alert]:
        best = one.class_name
        p = one.probabilities.get(best, 0.0)
        if best in (one.named, "other") or p < self._policy.classified_min or one.freeze.is_frozen:
            return []
        if one.lift_off_g is None and one.t_now_s - one.t_first_s < 20.0:
            return []
        one.named = best
        rest = sorted(((q, name) for name, q in one.probabilities.items() if name != best), reverse=True)[0]
        words = f"most likely {best} ({100 * p:.0f} %); next {rest[1]} ({100 * rest[0]:.0f} %)"
        data: dict[str, object] = {name: round(q, 4) for name, q in one.probabilities.items()}
        return [one.say(FindingKind.CLASSIFIED, one.t_now_s, words, data)]

    def _conditional(self, one: AscentObject) -> list[Finding | Alert]:
        if one.t_now_s - one.t_conditional_s < self._policy.conditional_every_s or one.end is None:
            return []
        reach = one.end.reach_m
        if reach is None or one.end.p_falls < 0.5 or reach.median < 1e3 * self._policy.conditional_min_km:
            return []
        one.t_conditional_s = one.t_now_s
        near_m, far_m = reach.interval(0.90)
        words = f"if thrust stopped now it would fall {max(near_m, 0.0) / 1e3:.0f}-{far_m / 1e3:.0f} km from the pad"
        data: dict[str, object] = {
            "downrange_90_km": [round(max(near_m, 0.0) / 1e3, 1), round(far_m / 1e3, 1)],
            "p_falls": round(one.end.p_falls, 3),
        }
        return [one.say(FindingKind.IMPACT_CONDITIONAL, one.t_now_s, words, data)]

    def _end_of_coast(self, one: AscentObject) -> list[Finding | Alert]:
        """Orbit or impact, once the burnout has settled."""
        policy = self._policy
        if one.coast_s < policy.settle_s or one.end is None or one.end_is_conditional or one.burns == 0:
            return []
        said: list[Finding | Alert] = []
        if one.p_orbit > policy.p_orbit:
            if not one.is_orbit:
                one.is_orbit = True
                words = f"in orbit ({100 * one.p_orbit:.0f} %): {one.filter.speed_mps / 1e3:.2f} km/s over the ground"
                said.append(one.say(FindingKind.ORBIT, one.t_now_s, words, {"p_orbit": round(one.p_orbit, 4)}))
            return [*said, *self._withdraw(one, "its energy is orbital")]
        p_back = one.p_thrust_returns()
        p_falls = min(one.end.p_falls, 1.0 - one.p_orbit) * (1.0 - p_back)
        reach = one.end.reach_m
        if p_falls < policy.p_suborbital_alert or reach is None:
            return []
        near_m, far_m = reach.interval(0.90)
        before = self._said_reach_m.get(one.id)
        if before is not None and far_m - near_m > 0.5 * before:
            return []
        self._said_reach_m[one.id] = far_m - near_m
        area = self._impact(one)
        where = f"{max(near_m, 0.0) / 1e3:.0f}-{far_m / 1e3:.0f} km from the pad"
        if self._place.azimuth_deg is None:
            where += ", direction unknown"
        words = f"falls {where} (90 %)"
        data: dict[str, object] = {
            "p_falls": round(p_falls, 4),
            "p_thrust_returns": round(p_back, 4),
            "downrange_90_km": [round(max(near_m, 0.0) / 1e3, 2), round(far_m / 1e3, 2)],
            "t_90_tai_ns": list(area.t_90_tai_ns) if area else None,
        }
        said.append(one.say(FindingKind.IMPACT_PREDICTED, one.t_now_s, words, data))
        alert = Alert(
            id=f"{one.id}-impact", kind="impact", object_id=one.id, evidence=Evidence.CORRELATED,
            message=Message.PROPOSED if before is None else Message.UPDATED, t_tai_ns=self._ns(one.t_now_s),
            text=f"{one.id} {words}",
            reasons_for=(
                f"thrust ended {one.coast_s:.0f} s ago and has not returned",
                f"suborbital with probability {1.0 - one.p_orbit:.2f}",
            ),
            reasons_against=(f"thrust may return (probability {p_back:.2f})", "one source only: the telemetry itself"),
            phenomena=("telemetry",),
        )  # fmt: skip
        self._alerts[alert.id] = alert
        return [*said, alert]

    def _withdraw(self, one: AscentObject, why: str) -> list[Finding | Alert]:
        alert = self._alerts.get(f"{one.id}-impact")
        self._said_reach_m.pop(one.id, None)
        if alert is None or alert.evidence is Evidence.WITHDRAWN:
            return []
        withdrawn = Alert(
            id=alert.id, kind=alert.kind, object_id=alert.object_id, evidence=Evidence.WITHDRAWN,
            message=Message.CANCELLED, t_tai_ns=self._ns(one.t_now_s), text=f"{one.id}: impact withdrawn, {why}",
            reasons_for=alert.reasons_for, reasons_against=(*alert.reasons_against, why), phenomena=alert.phenomena,
        )  # fmt: skip
        self._alerts[alert.id] = withdrawn
        return [one.say(FindingKind.IMPACT_WITHDRAWN, one.t_now_s, f"impact withdrawn: {why}"), withdrawn]

    # -- summaries --------------------------------------------------------------------------------------------------
    def _impact(self, one: AscentObject) -> ImpactArea | None:
        if one.end is None or self._place.pad_lat_lon_deg is None or one.is_over or one.freeze.is_frozen:
            return None
        if one.end.p_falls < 0.01 or one.p_orbit > self._policy.p_orbit:
            return None
        return impact_area(
            one.end, self._place.pad_lat_lon_deg, self._place.azimuth_deg, self._ns(one.end_epoch_s),
            one.end_is_conditional or one.id not in self._said_reach_m,
        )  # fmt: skip

    def _launch(self, one: AscentObject) -> LaunchEstimate | None:
        pad = self._place.pad_lat_lon_deg
        if pad is None or one.t_launch_s is None:
            return None
        t = self._ns(one.t_launch_s)
        azimuth = self._place.azimuth_deg
        return LaunchEstimate(
            lat_deg=pad[0], lon_deg=pad[1], areas=(), t_tai_ns=t, t_90_tai_ns=(t - 2_000_000_000, t + 2_000_000_000),
            azimuth_deg=azimuth, azimuth_90_deg=None if azimuth is None else (azimuth - 5.0, azimuth + 5.0),
        )  # fmt: skip

    def _summary(self, one: AscentObject) -> ObjectSummary:
        apogee = apogee_90 = state = burnout = None
        if one.end is not None and not one.is_over and not one.is_on_pad:
            low, middle, high = (q / 1e3 for q in one.end.apogee_m.quantile(0.05, 0.5, 0.95))
            past_km = one.top_altitude_m / 1e3
            apogee, apogee_90 = max(middle, past_km), (max(low, past_km), max(high, past_km))
        if one.is_started and not one.is_on_pad and one.filter.history:
            at = one.filter
            state = {
                "t_tai_ns": self._ns(at.history[-1].t_s),
                "altitude_km": round(at.altitude_m / 1e3, 3),
                "speed_mps": round(at.speed_mps, 2),
                "flight_path_angle_deg": round(one.steep_deg, 2),
                "specific_force_mps2": round(at.force_mps2, 2),
                "downrange_km": round(at.history[-1].level_m / 1e3, 2),
            }
        if one.t_burnout_s is not None:
            burnout = {"t_tai_ns": self._ns(one.t_burnout_s), "burns": one.burns}
        marks = []
        if one.freeze.is_frozen or one.frozen_readings:
            marks.append("frozen-readings")
        probabilities = {name: round(p, 6) for name, p in one.probabilities.items()}
        return ObjectSummary(
            id=one.id, class_name=one.class_name, probabilities=probabilities, phase=one.phase, apogee_km=apogee,
            apogee_90_km=apogee_90, launch=self._launch(one), burnout=burnout, impact=self._impact(one), state=state,
            sensors=tuple(self._sensors), quality=tuple(marks), reasons_for=_reasons(one),
            reasons_against=("one source only: the telemetry itself",),
        )  # fmt: skip


def _reasons(one: AscentObject) -> tuple[str, ...]:
    out = []
    if one.lift_off_g is not None:
        out.append(f"left the ground with {one.lift_off_g:.1f} times its weight in thrust")
    if one.burns:
        out.append(f"{one.burns} burnout{'s' if one.burns > 1 else ''} seen")
    if one.has_braked:
        out.append("it has burned against its own flight")
    if one.p_orbit > 0.5:
        out.append(f"orbital with probability {one.p_orbit:.2f}")
    return tuple(out)
