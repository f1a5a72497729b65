"""Registration: the biases of all sensors together and live, from stars, satellites with known orbits, common targets.

A matched look is compared with where its reference says the object is. The reference may be wrong: every pass carries
six numbers of orbit error with the reference's own covariance, common to all looks of the pass by all sensors, moved
by the transition matrix of the orbit, and marginalised when the pass is over. An object of which nothing is known is
a pass with a wide-open covariance: then only what sensors see differently is told. Biases wander slowly; a step or a
drift beyond that raises an alarm with a stated false-alarm rate.

Sequential and deterministic: the same looks in the same order leave the same belief.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import chi2

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.core.shapes import Ints, Mat33, Rows, Scalar, Vec3
from vedette.motion.gravity import acceleration_itrf
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import propagate_coast, propagate_coast_stm
from vedette.reports import Finding, Scan
from vedette.sensing import Sensor
from vedette.tracking.registration.belief import ORBIT_SIZE, JointBelief
from vedette.tracking.registration.calibration import Calibration
from vedette.tracking.registration.policy import BiasAlarm, BiasEstimate, RegistrationPolicy
from vedette.tracking.registration.references import FIELD_DEGREE, Reference, StarReference, open_orbit_cov
from vedette.tracking.registration.terms import (
    CLOCK,
    SensorTerms,
    can_register,
    horizon_of,
    radar_innovation,
    sight_innovation,
    star_innovation,
    terms_of,
)
from vedette.tracking.registration.untold import AlongTrack, Untold, untold
from vedette.tracking.registration.words import alarm_finding, established_finding

_RELINEARISED_LOOKS = 6  # the first looks of a pass move the belief far enough for the slopes to change
_STEPS = 3
_DRIFT_KEPT_S = 3600.0  # how long ago the belief is remembered against which drift is judged
_TOLD_S = 7 * 86_400.0  # after a week an issue is stale anyhow
_FAILURES_TO_DROP = 4  # looks of one object that fail while others fit: the reference is wrong


@dataclass(slots=True)
class _Pass:
    """One object's pass: its place in the belief, and how the orbit carries an error since the pass began."""

    start: int
    t_last_tai_ns: int
    state_itrf: Scalar  # by gravity alone from the first look on; only for the transition
    turn: Rows  # (6, 6) from the first look to the last
    looks: int = 0
    failures: int = 0

    def state_itrf_rate(self) -> Scalar:
        """(6,) velocity and acceleration at the last look."""
        return np.concatenate([self.state_itrf[3:], acceleration_itrf(self.state_itrf)])


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """One look as the belief takes it in: its numbers there, slopes, noise, innovation."""

    index: Ints
    H: Rows
    R: Rows
    innovation: Scalar


class Registration:
    """Estimates the biases of some sensors from looks that are matched to known objects.

    Parameters
    ----------
    sensors : those whose looks may come; kinds that have no biases to tell this way are passed over
    policy : when a bias counts as known and when an alarm is raised

    Errors
    ------
    UsageError when there is no sensor to register.
    """

    def __init__(self, sensors: Sequence[Sensor], policy: RegistrationPolicy | None = None) -> None:
        self.policy = policy or RegistrationPolicy()
        usable = [sensor for sensor in sensors if can_register(sensor.kind)]
        if not usable:
            raise UsageError("no sensor here can be registered; give a radar, laser, infrared sensor or telescope")
        self.sensors = {sensor.name: sensor for sensor in usable}
        self.terms = {s.name: terms_of(s, self.policy.scale_sigma, self.policy.lean_sigma_rad) for s in usable}
        sizes = [len(terms.names) for terms in self.terms.values()]
        starts = np.cumsum([0, *sizes])
        self._place = {name: int(starts[i]) for i, name in enumerate(self.terms)}
        self._prior = np.concatenate([terms.sigmas for terms in self.terms.values()])
        self._owner = [name for name, terms in self.terms.items() for _ in terms.names]
        self._names = [term for terms in self.terms.values() for term in terms.names]
        self._belief = JointBelief(self._prior)
        self._passes: dict[tuple[str, str], _Pass] = {}
        self._told: dict[tuple[str, str], int] = {}  # issues whose error was marginalised: not to be counted again
        self._t_tai_ns: int | None = None
        self._t_block_tai_ns: int | None = None
        self._past: list[tuple[int, Scalar, Rows]] = []  # belief at the ends of blocks, for drift
        self._heard: dict[str, tuple[int, int]] = {}  # looks used and newest, by sensor
        self._misfits: dict[str, list[str]] = {name: [] for name in self.terms}  # objects that did not fit, in a row
        self._established: list[int | None] = [None] * len(self._prior)
        self._alarms: dict[str, list[BiasAlarm]] = {name: [] for name in self.terms}
        self._findings: list[Finding] = []
        self._field = field_coefficients(FIELD_DEGREE)
        self._nominal: dict[tuple[str, str], tuple[int, Scalar]] = {}  # arcs of objects without a reference
        self._horizons: dict[str, tuple[Vec3, Mat33]] = {}
        self.set_aside = 0  # looks that fitted nothing

    # ---- evidence

    def absorb(self, scan: Scan, matches: Sequence[tuple[int, str]], reference: Reference) -> None:
        """Learn from rows of a scan that are known to be certain objects of a reference.

        matches : (row of the scan, name of the object) pairs
        """
        for row, name in matches:
            self._begin(int(scan.t_measured_tai_ns[row]))
            terms = self._terms_of(scan.sensor_id)
            t_true_tai_ns = int(scan.t_measured_tai_ns[row]) - round(self._clock_s(terms) * NS_PER_S)
            known = reference.reference_at(name, t_true_tai_ns)
            if known is None or not np.isfinite(known.state_itrf).all():
                continue
            key = (name, known.issue)
            one = self._pass_of(key, t_true_tai_ns, known.state_itrf, known.state_cov_itrf)
            if one is not None:
                self._learn(terms, scan, row, t_true_tai_ns, known.state_itrf, key, one)

    def absorb_stars(self, scan: Scan, matches: Sequence[tuple[int, str]], stars: StarReference) -> None:
        """Learn from rows of a scan of directions that are known to be certain stars."""
        for row, name in matches:
            t = int(scan.t_measured_tai_ns[row])
            self._begin(t)
            terms = self._terms_of(scan.sensor_id)
            if not terms.is_sight:
                raise UsageError(f"{scan.sensor_id} reports no directions; only such sensors see stars")
            t_true_tai_ns = t - round(self._clock_s(terms) * NS_PER_S)
            found = stars.direction_at(name, t_true_tai_ns)
            if found is None:
                continue
            away, _, by_bias = star_innovation(terms, self._own(terms), scan.values[row], *found)
            place = self._place[terms.sensor_id] + np.arange(len(terms.names))
            R = np.eye(2) * float(scan.sigmas[row, 0]) ** 2
            self._take(terms, name, _Reading(place, by_bias, R, away), None)

    def absorb_common(self, scan: Scan, row: int, track_id: str, state_itrf: Scalar, t_state_tai_ns: int) -> None:
        """Learn from a look at an object of which nothing else is known but that it coasts.

        `state_itrf` (6,) at `t_state_tai_ns` is where to begin, good to some kilometres; it is used for slopes alone,
        under a covariance so wide that only differences between sensors, and between a sensor and an orbit's shape,
        are told.
        """
        self._begin(int(scan.t_measured_tai_ns[row]))
        terms = self._terms_of(scan.sensor_id)
        t_true_tai_ns = int(scan.t_measured_tai_ns[row]) - round(self._clock_s(terms) * NS_PER_S)
        key = (track_id, "common")
        t_base, base = self._nominal.get(key, (t_state_tai_ns, state_itrf))
        state = propagate_coast(base, (t_true_tai_ns - t_base) / NS_PER_S, field=self._field)
        if not np.isfinite(state).all():
            return
        self._nominal[key] = (t_true_tai_ns, state)
        one = self._pass_of(key, t_true_tai_ns, state, open_orbit_cov())
        if one is not None:
            self._learn(terms, scan, row, t_true_tai_ns, state, key, one)

    # ---- what is believed

    @property
    def t_tai_ns(self) -> int | None:
        """The newest look that was heard of."""
        return self._t_tai_ns

    @property
    def t_block_tai_ns(self) -> int | None:
        """When alarms were last looked for; what is known is worth passing on then."""
        return self._t_block_tai_ns

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """(b,) sensor and term of every number of `biases`."""
        return tuple(zip(self._owner, self._names, strict=True))

    @property
    def biases(self) -> Scalar:
        """(b,) all biases of all sensors."""
        return self._belief.mean[: len(self._prior)].copy()

    @property
    def cov(self) -> Rows:
        """(b, b) their joint covariance, orbit errors marginalised."""
        b = len(self._prior)
        return self._belief.cov[:b, :b].copy()

    @property
    def prior_sigmas(self) -> Scalar:
        """(b,)"""
        return self._prior.copy()

    def estimate(self, sensor_id: str) -> BiasEstimate:
        """One sensor's biases; `NotFoundError` for a sensor that is not registered."""
        terms = self._terms_of(sensor_id)
        place = self._place[sensor_id]
        part = slice(place, place + len(terms.names))
        looks, t = self._heard.get(sensor_id, (0, None))
        return BiasEstimate(
            sensor_id, t, terms.names, self._belief.mean[part].copy(), self._belief.cov[part, part].copy(),
            terms.sigmas, tuple(self._established[part]), tuple(self._alarms[sensor_id]), looks,
        )  # fmt: skip

    def estimates(self) -> tuple[BiasEstimate, ...]:
        """Every sensor's biases."""
        return tuple(self.estimate(name) for name in self.terms)

    def findings(self) -> tuple[Finding, ...]:
        """What was established, and what alarms were raised, since this was last asked."""
        said, self._findings = tuple(self._findings), []
        return said

    def orbit_sigma_m(self, name: str) -> float | None:
        """How well the pass of an object is now known, m: root trace of its orbit error at the pass's first look."""
        for key, one in self._passes.items():
            if key[0] == name:
                part = slice(one.start, one.start + 3)
                return float(np.sqrt(np.trace(self._belief.cov[part, part])))
        return None

    def calibration(self) -> Calibration:
        """The biases and their joint covariance, as trackers and fits take them in; only of sensors that were heard."""
        mine = np.array([i for i, name in enumerate(self._owner) if name in self._heard], dtype=np.int64)
        labels = tuple(self.labels[i] for i in mine)
        return Calibration(labels, self._belief.mean[mine].copy(), self._belief.cov[np.ix_(mine, mine)].copy())

    def untold(self) -> tuple[Untold, ...]:
        """What the evidence does not tell, in sentences; empty when everything is known."""
        return untold(self.labels, self.cov, self._prior, set(self._heard), self._along_track())

    # ---- inside

    def _along_track(self) -> list[AlongTrack]:
        """The delay along the orbit of every open pass, as the belief has it."""
        b, cov = len(self._prior), self._belief.cov
        out = []
        for (name, _), one in self._passes.items():
            motion = np.linalg.solve(one.turn, one.state_itrf_rate())  # of the pass's first look
            orbit = slice(one.start, one.start + 3)
            ahead = motion[:3] / float(motion[:3] @ motion[:3])  # metres to seconds
            sigma = float(np.sqrt(max(float(ahead @ cov[orbit, orbit] @ ahead), 0.0)))
            tied = cov[:b, orbit] @ ahead / (np.sqrt(np.diagonal(cov)[:b]) * max(sigma, 1e-12))
            out.append(AlongTrack(name, sigma, tied))
        return out

    def _terms_of(self, sensor_id: str) -> SensorTerms:
        terms = self.terms.get(sensor_id)
        if terms is None:
            raise NotFoundError(f"{sensor_id!r} is not among the registered sensors {', '.join(self.terms)}")
        return terms

    def _own(self, terms: SensorTerms) -> Scalar:
        place = self._place[terms.sensor_id]
        return self._belief.mean[place : place + len(terms.names)]

    def _clock_s(self, terms: SensorTerms) -> float:
        index = terms.index(CLOCK)
        return 0.0 if index is None else float(self._own(terms)[index])

    def _begin(self, t_tai_ns: int) -> None:
        """Time passes: biases wander, passes end, and at the end of a block alarms are looked for."""
        if self._t_tai_ns is None or self._t_block_tai_ns is None:
            self._t_tai_ns = self._t_block_tai_ns = t_tai_ns
            self._belief.suppose_steps(t_tai_ns, self.policy.onsets)
            return
        dt_s = (t_tai_ns - self._t_tai_ns) / NS_PER_S
        if dt_s <= 0.0:  # a late look tells the same constants
            return
        self._belief.wander((self.policy.wander_share_per_hour * self._prior) ** 2 * dt_s / 3600.0)
        self._t_tai_ns = t_tai_ns
        gap_ns = self.policy.pass_gap_s * NS_PER_S
        for key in [key for key, one in self._passes.items() if t_tai_ns - one.t_last_tai_ns > gap_ns]:
            self._close(key)
        if t_tai_ns - self._t_block_tai_ns >= self.policy.block_s * NS_PER_S:
            self._end_block(t_tai_ns)

    def _pass_of(self, key: tuple[str, str], t_tai_ns: int, state: Scalar, cov: Rows) -> _Pass | None:
        """The pass that a look belongs to, its transition carried to now; None without room, or when told before."""
        one = self._passes.get(key)
        if one is None:
            if key in self._told:
                return None
            if len(self._passes) >= self.policy.most_passes:
                oldest = min(self._passes, key=lambda k: (self._passes[k].t_last_tai_ns, k))
                if t_tai_ns - self._passes[oldest].t_last_tai_ns < 60 * NS_PER_S:
                    return None
                self._close(oldest)
            start = self._belief.open_block(cov)
            one = self._passes[key] = _Pass(start, t_tai_ns, np.array(state), np.eye(ORBIT_SIZE))
        elif t_tai_ns != one.t_last_tai_ns:
            after, step = propagate_coast_stm(one.state_itrf, (t_tai_ns - one.t_last_tai_ns) / NS_PER_S)
            if not np.isfinite(step).all():
                return None
            one.state_itrf, one.turn, one.t_last_tai_ns = after, step @ one.turn, t_tai_ns
        return one

    def _close(self, key: tuple[str, str]) -> None:
        gone = self._passes.pop(key)
        self._nominal.pop(key, None)
        self._belief.close_block(gone.start)
        for one in self._passes.values():
            one.start -= ORBIT_SIZE if one.start > gone.start else 0
        self._told[key] = gone.t_last_tai_ns

    def _learn(
        self, terms: SensorTerms, scan: Scan, row: int, t_tai_ns: int, state: Scalar, key: tuple[str, str], one: _Pass
    ) -> None:
        """Correct the belief by one look of a pass; the first looks of a pass are linearised again where they lead."""
        sensor = self.sensors[terms.sensor_id]
        if scan.sensor_position_itrf_m is not None:
            place = np.asarray(scan.sensor_position_itrf_m, dtype=float).reshape(-1, 3)[0]
        else:
            place = np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float).reshape(3)
        enu = None if terms.is_sight else self._horizon_at(terms.sensor_id, place)
        reading = self._reading(terms, scan, row, state, place, enu, one, self._belief.mean)
        if reading is None:
            return
        fits = self._take(terms, key[0], reading, one)
        if not fits:
            one.failures += 1
            if one.failures >= _FAILURES_TO_DROP and one.failures > one.looks and len(self._passes) > 1:
                self._close(key)  # the others fit: it is this reference that is wrong
            return
        one.looks += 1

    def _horizon_at(self, sensor_id: str, place: Vec3) -> Mat33:
        """Worked out again only for a sensor that moves."""
        here = self._horizons.get(sensor_id)
        if here is None or not np.array_equal(here[0], place):
            here = self._horizons[sensor_id] = (place, horizon_of(place))
        return here[1]

    def _reading(
        self, terms: SensorTerms, scan: Scan, row: int, state: Scalar, place: Vec3, enu: Mat33 | None, one: _Pass,
        at: Scalar,
    ) -> _Reading | None:  # fmt: skip
        """Slopes and innovation of a look about the believed biases and orbit error `at`, for the belief's own mean."""
        mine = self._place[terms.sensor_id] + np.arange(len(terms.names))
        orbit = one.start + np.arange(ORBIT_SIZE)
        index = np.concatenate([mine, orbit])
        for step in range(_STEPS if one.looks < _RELINEARISED_LOOKS else 1):
            shown = state + one.turn @ at[orbit]
            clock = terms.index(CLOCK)
            if step and clock is not None:  # `state` is that of the believed clock; a later step may move the clock
                moved_s = float(self._belief.mean[mine[clock]] - at[mine[clock]])
                shown = propagate_coast(shown, moved_s)
            if enu is None:
                away, by_state, by_bias = sight_innovation(terms, at[mine], scan.values[row], shown, place)
                R_diagonal = np.full(2, float(scan.sigmas[row, 0]) ** 2)
            else:
                away, by_state, by_bias = radar_innovation(terms, at[mine], scan.values[row], shown, place, enu)
                R_diagonal = scan.sigmas[row] ** 2
            use = np.isfinite(away) & np.isfinite(R_diagonal)
            if not use.any():
                return None
            H = np.concatenate([by_bias, by_state @ one.turn], axis=1)[use]
            R = np.diag(R_diagonal[use])
            innovation = away[use] - H @ (self._belief.mean[index] - at[index])
            reading = _Reading(index, H, R, innovation)
            S = self._belief.expected_cov(index, H, R)
            at = self._belief.mean + self._belief.cov[:, index] @ H.T @ np.linalg.solve(S, innovation)
        return reading

    def _take(self, terms: SensorTerms, name: str, reading: _Reading, one: _Pass | None) -> bool:
        """Let the belief have a reading if it fits; False when it does not."""
        S = self._belief.expected_cov(reading.index, reading.H, reading.R)
        nis = float(reading.innovation @ np.linalg.solve(S, reading.innovation))
        assert self._t_tai_ns is not None
        if not nis <= _gate(self.policy.gate_probability, len(reading.innovation)):
            self.set_aside += 1
            row = self._misfits[terms.sensor_id]
            row.append(name)
            if len(row) >= self.policy.outliers and len(set(row)) > 1:
                self._distrust(terms)
            return False
        self._misfits[terms.sensor_id].clear()
        self._belief.absorb(reading.index, reading.H, reading.R, reading.innovation)
        looks, newest = self._heard.get(terms.sensor_id, (0, self._t_tai_ns))
        self._heard[terms.sensor_id] = looks + 1, max(newest, self._t_tai_ns)
        return True

    # ---- alarms

    def _distrust(self, terms: SensorTerms) -> None:
        """Look after look fits nothing, whatever the object: the sensor is not what it was; begin again with it."""
        assert self._t_tai_ns is not None
        place = self._place[terms.sensor_id]
        which = np.arange(place, place + len(terms.names))
        standing = [a for a in self._alarms[terms.sensor_id] if a.how == "outliers"]
        self._belief.doubt_again(which, 10.0 ** (1 + len(standing)) * terms.sigmas)
        self._misfits[terms.sensor_id].clear()
        for i in which:
            self._established[i] = None
        self._past.clear()
        self._belief.suppose_steps(self._t_tai_ns, self.policy.onsets)
        now = self._t_tai_ns
        self._raise(terms.sensor_id, BiasAlarm("", "outliers", float("nan"), float("nan"), now, now))

    def _end_block(self, t_tai_ns: int) -> None:
        for name in self._alarms:
            hold_ns = self.policy.alarm_hold_s * NS_PER_S
            self._alarms[name] = [a for a in self._alarms[name] if t_tai_ns - a.t_raised_tai_ns < hold_ns]
        if not self._find_step(t_tai_ns):
            self._find_drift(t_tai_ns)
        self._belief.suppose_steps(t_tai_ns, self.policy.onsets)
        self._t_block_tai_ns = t_tai_ns
        self._told = {key: t for key, t in self._told.items() if t_tai_ns - t < _TOLD_S * NS_PER_S}
        b = len(self._prior)
        self._past.append((t_tai_ns, self._belief.mean[:b].copy(), self._belief.cov[:b, :b].copy()))
        self._past = [past for past in self._past if t_tai_ns - past[0] <= _DRIFT_KEPT_S * NS_PER_S]
        self._establish(t_tai_ns)

    def _threshold(self, sensor_id: str) -> float:
        """In sigmas."""
        tests = self.policy.tests_per_day(len(self.terms[sensor_id].names))
        return float(np.sqrt(chi2.isf(min(self.policy.false_alarms_per_day / tests, 0.5), 1)))

    def _find_step(self, t_tai_ns: int) -> bool:
        bias, onset, size, sigma = self._belief.step_tests()
        if not len(bias):
            return False
        known = np.array([self._established[i] is not None for i in bias])  # a bias still being learnt cannot step
        limit = np.array([self._threshold(self._owner[i]) for i in bias])
        over = np.where(known, np.abs(size) / sigma / limit, 0.0)
        best = int(np.argmax(over))
        if over[best] <= 1.0:
            return False
        which = int(bias[best])
        t_onset = int(onset[best])
        found, doubt = self._belief.believe_step(which, t_onset)
        self._past.clear()
        self._raise(self._owner[which], BiasAlarm(self._names[which], "step", found, doubt, t_onset, t_tai_ns))
        return True

    def _find_drift(self, t_tai_ns: int) -> None:
        """Against the oldest remembered belief: what a wander of the stated strength could not have done."""
        if not self._past:
            return
        t0, mean0, cov0 = self._past[0]
        b = len(self._prior)
        wandered = (self.policy.wander_share_per_hour * self._prior) ** 2 * (t_tai_ns - t0) / NS_PER_S / 3600.0
        gained = np.diagonal(cov0) + wandered - np.diagonal(self._belief.cov)[:b]  # variance of the belief's own motion
        moved = self._belief.mean[:b] - mean0
        floor = 1e-6 * self._prior**2
        for i in np.flatnonzero(gained > floor):
            if self._established[i] is None or self._established[i] > t0:  # type: ignore[operator]
                continue
            if abs(moved[i]) > self._threshold(self._owner[i]) * np.sqrt(gained[i]):
                size, doubt = float(moved[i]), float(np.sqrt(gained[i]))
                self._belief.doubt_again(np.array([i]), np.array([abs(size)]))
                self._past.clear()
                self._raise(self._owner[i], BiasAlarm(self._names[i], "drift", size, doubt, t0, t_tai_ns))
                return

    def _raise(self, sensor_id: str, alarm: BiasAlarm) -> None:
        """Raise an alarm; a bias that goes on moving is one alarm, said again when it proves to be a drift."""
        standing = [a for a in self._alarms[sensor_id] if a.term == alarm.term and a.how != "outliers"]
        if alarm.how == "outliers" and any(a.how == "outliers" for a in self._alarms[sensor_id]):
            self._alarms[sensor_id].append(alarm)  # still looking for it: said once
            return
        if standing and alarm.how != "outliers":
            before = standing[-1]
            size, sigma = before.size + alarm.size, float(np.hypot(before.sigma, alarm.sigma))
            alarm = BiasAlarm(alarm.term, "drift", size, sigma, before.t_onset_tai_ns, alarm.t_raised_tai_ns)
            self._alarms[sensor_id].remove(before)
            self._alarms[sensor_id].append(alarm)
            if before.how == "drift":
                return
        else:
            self._alarms[sensor_id].append(alarm)
        self._findings.append(alarm_finding(sensor_id, alarm, self.estimate(sensor_id)))

    def _establish(self, t_tai_ns: int) -> None:
        """Say which biases are known now that were not; one sentence a sensor."""
        sigmas = np.sqrt(np.diagonal(self._belief.cov))[: len(self._prior)]
        for name, terms in self.terms.items():
            fresh = []
            for j, term in enumerate(terms.names):
                i = self._place[name] + j
                if (
                    self._established[i] is None
                    and name in self._heard
                    and (sigmas[i] <= self.policy.established_share * self._prior[i])
                ):
                    self._established[i] = t_tai_ns
                    fresh.append(term)
            if fresh:
                self._findings.append(established_finding(self.estimate(name), tuple(fresh), t_tai_ns))


@lru_cache(maxsize=16)
def _gate(probability: float, dimension: int) -> float:
    return float(chi2.ppf(probability, dimension))
