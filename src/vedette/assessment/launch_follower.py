"""Follows everything radars and infrared see: tracks to objects, objects to launches, orbits, impacts and alerts.

The tracker says which looks belong together; the launch fit says what flew; the orbit watch knows what stays up. Here
they are asked at a steady pace of measured time, and what crosses a threshold of the policy is said.
"""

from collections.abc import Mapping

import numpy as np

from vedette.assessment.candidates import AssessmentPolicy, packaged_assessment_policy
from vedette.assessment.candidates.assessor import Assessor
from vedette.assessment.candidates.budget import Asking, FitBudget
from vedette.assessment.candidates.patience import is_led_by_nature, is_worth_a_fit, moves
from vedette.assessment.candidates.quick import quick_launch
from vedette.assessment.candidates.raid import raid_finding, raid_of
from vedette.assessment.candidates.raid_lights import RaidLights
from vedette.assessment.candidates.raid_prior import raids_under_way
from vedette.assessment.early.weighing import MOST_LOOKS
from vedette.assessment.evidence import is_for_fit
from vedette.assessment.follower import Said
from vedette.assessment.launch_fit import Cloud, fit_launch
from vedette.assessment.launch_object import LaunchObject
from vedette.assessment.launch_policy import LaunchPolicy, packaged_policy
from vedette.assessment.launch_products import conditional_impact, prediction
from vedette.assessment.launch_sayings import LaunchSayings, finding_of
from vedette.assessment.launch_words import impact_sentence, reasons
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.orbit_watch import OrbitWatch
from vedette.assessment.raid_members import raid_members
from vedette.assessment.sensor_watch import SensorWatch
from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError
from vedette.core.shapes import Rows, Scalar
from vedette.frames import EarthOrientation
from vedette.reports import (
    KIND_CODES,
    LAUNCHES,
    Alert,
    Candidate,
    Evidence,
    Finding,
    FindingKind,
    Looks,
    Mode,
    Notice,
    ObjectSummary,
    Prediction,
    Raid,
    Scan,
    SensorKind,
    SensorRegistration,
)
from vedette.sensing import Sensor
from vedette.tracking import KnownObjects, Tracker, Tracks
from vedette.tracking.registration.references import Reference

_QUICK_PACES = 2.0  # quick products are renewed half as often as fits would be
_LAST_FITS = 16
_ASK_AGAIN_S = 2.0
_COUNT_EVERY_S = 2.0
_DECLARED = (Evidence.CORRELATED, Evidence.CONFIRMED)


class LaunchFollower:
    """A `Follower` for radar and infrared scans."""

    def __init__(
        self,
        sensors: Mapping[str, Sensor],
        mode: Mode = Mode.REAL,
        policy: LaunchPolicy | None = None,
        earth_orientation: EarthOrientation | None = None,
        reference: Reference | None = None,
        known_objects: KnownObjects | None = None,
        assessment: AssessmentPolicy | None = None,
        natural: NaturalContext | None = None,
    ) -> None:
        self.sensors, self.mode = dict(sensors), mode
        self.policy = policy or packaged_policy()
        self._tracker = Tracker(sensors=list(self.sensors.values()), known_objects=known_objects)
        self._orbits = OrbitWatch(self.sensors, earth_orientation)
        self._watch = None if reference is None else SensorWatch.of(self.sensors, reference)
        self.assessment = assessment or packaged_assessment_policy()
        self._assessor = Assessor(self.assessment, mode, natural, has_catalogue=known_objects is not None)
        self._sayings = LaunchSayings(self.policy, self._assessor)
        self._budget = FitBudget(self.assessment.raid)
        self._raids: tuple[Raid, ...] = ()
        self._t_raid_tai_ns: int | None = None
        self._raid_members = 0
        self._raid_lights = RaidLights(self.sensors)
        self._objects: dict[str, LaunchObject] = {}  # by track
        self._summaries: dict[str, ObjectSummary] = {}  # of objects unchanged since

    def hear_catalogue(self, known: KnownObjects, natural: NaturalContext | None) -> None:
        """From now on these objects are known to be up there."""
        self._tracker.known_objects = known
        self._assessor.natural = natural or self._assessor.natural
        self._assessor.has_catalogue = True

    # ---- the Follower interface

    def absorb(self, scan: Scan) -> Said:
        """Track a scan, and say what it makes certain enough."""
        said: list[Finding | Alert] = self._register(scan)
        self._raid_lights.take(scan)
        tracks = self._tracker.step(scan)
        said += self._tracker.findings()
        for finding in tuple(said):
            if isinstance(finding, Finding) and finding.data.get("mark") == "merged":
                said += self._merge(finding)
        if self._watch is not None:
            self._watch.learn_from_tracks(scan, tracks, self._tracker.pairs_of_last_look())
        self._summaries.clear()
        ids = tracks.ids
        for index, track_id in enumerate(ids):
            one = self._objects.get(track_id)
            if one is None:
                one = self._begin(tracks, index)
                said.append(self._detected(one))
            self._move(one, tracks, index)
        said += self._assess_all([self._objects[track_id] for track_id in ids], tracks.t_tai_ns)
        living = frozenset(ids)
        for one in self._objects.values():
            said += self._sayings.come_down(one, tracks.t_tai_ns)
            is_gone = one.track_id not in living
            if is_gone:
                said += self._sayings.unseen(one, tracks.t_tai_ns)
            self._sayings.age(one, tracks.t_tai_ns, is_gone)
        said += self._match(tracks.t_tai_ns)
        said += self._count_raids(tracks.t_tai_ns)
        return tuple(said)

    def settle(self, t_tai_ns: int) -> Said:
        """The feeds have ended: every object still followed is fitted once more, and then no longer seen."""
        self._summaries.clear()
        said: list[Finding | Alert] = []
        open_ones = [one for one in self._objects.values() if one.phase not in ("lost", "down")]
        last = sorted(open_ones, key=lambda one: (-self._overdue(one), one.t_first_tai_ns, one.track_id))
        fitted = {one.track_id for one in last[:_LAST_FITS]}  # of hundreds not every one is fitted once more
        for one in open_ones:
            if one.track_id in fitted:
                said += self._assess(one, is_final=True)
            one.t_state_tai_ns = max(one.t_state_tai_ns, t_tai_ns)
            said += self._sayings.come_down(one, t_tai_ns)
            said += self._sayings.unseen(one, t_tai_ns, is_over=True)
        said += self._match(t_tai_ns)
        return tuple(said)

    def hear_notice(self, notice: Notice, t_tai_ns: int | None) -> Said:
        """A notice has come: what is seen is held against it at once; `t_tai_ns`: now, None before the first report."""
        self._assessor.announced.take(notice)
        return () if t_tai_ns is None else self._match(t_tai_ns)

    def objects(self) -> tuple[ObjectSummary, ...]:
        """What is believed of every object."""
        return tuple(self._summary(one) for one in self._objects.values())

    def alerts(self) -> tuple[Alert, ...]:
        """Every alert in its newest revision."""
        return tuple(alert for one in self._objects.values() for alert in one.alerts.values())

    def candidates(self) -> tuple[Candidate, ...]:
        """Every object with all that it may be, most probable first, and how well that is founded."""
        return tuple(self._assessor.candidate(one) for one in self._objects.values() if not one.is_merged)

    def raids(self) -> tuple[Raid, ...]:
        """Launches that belong together: how many and of what kinds."""
        return self._raids

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Height and speed at an instant of every object whose thrust has ended."""
        found = []
        for one in self._objects.values():
            if one.fit is not None and one.is_burnout_said:
                found.append(prediction(one.id, one.fit.cloud, t_tai_ns))
            else:
                found.append(self._orbits.predict(one.id, t_tai_ns))
        return tuple(p for p in found if p is not None)

    def registration(self) -> tuple[SensorRegistration, ...]:
        """What is known of the sensors' constant errors; empty without reference orbits."""
        return () if self._watch is None else self._watch.summaries()

    def _register(self, scan: Scan) -> list[Finding | Alert]:
        """Learn the sensors' biases from what has a known orbit, and let tracks and fits have what is known."""
        if self._watch is None:
            return []
        said, news = self._watch.absorb(scan)
        if news is not None:
            self._tracker.calibrate(news.calibration, news.moved)
            self.sensors = news.calibration.sensors_left(self._watch.sensors)
            self._orbits.take_sensors(self.sensors)
        return list(said)

    @property
    def tracker(self) -> Tracker:
        """The tracker whose tracks these objects are."""
        return self._tracker

    def track_of(self, object_id: str) -> str | None:
        """The track behind an object; None when there is no such object."""
        return next((track_id for track_id, one in self._objects.items() if one.id == object_id), None)

    def cloud_of(self, object_id: str) -> Cloud | None:
        """Equally likely flights of an object, as last fitted; None while no launch fits it."""
        one = next((one for one in self._objects.values() if one.id == object_id), None)
        return None if one is None or one.fit is None else one.fit.cloud

    def last_seen(self) -> dict[str, int]:
        """When each object was last seen, by its id, TAI ns."""
        return {one.id: one.t_seen_tai_ns for one in self._objects.values()}

    def looks_of(self, object_id: str) -> Looks | None:
        """Everything an object was seen as; None of what is not remembered."""
        track_id = self.track_of(object_id)
        try:
            return None if track_id is None else self._tracker.looks(track_id)
        except NotFoundError:
            return None

    def states(self) -> dict[str, tuple[int, Scalar, Rows]]:
        """Of every object that is tracked now, by its id: the instant, the state (6,) and its covariance, ITRF."""
        return {
            one.id: (one.t_state_tai_ns, one.state_itrf, one.state_cov_itrf)
            for one in self._objects.values()
            if one.phase not in ("lost", "down") and not one.is_merged
        }

    def object_of(self, track_id: str) -> str | None:
        """The object that a track has become; None while it is none."""
        one = self._objects.get(track_id)
        return None if one is None else one.id

    # ---- from tracks to objects

    def _merge(self, finding: Finding) -> Said:
        """Two tracks were one object: the one that goes is lost, and says which it was."""
        gone, stays = self._objects.get(str(finding.data["merged"])), self._objects.get(finding.object_id)
        if gone is None or gone.is_lost_said:
            return ()
        gone.is_lost_said, gone.phase, gone.is_merged = True, "lost", True
        self._assessor.announced.forget(gone.id)
        text = f"was the same object as {stays.id if stays is not None else finding.object_id}"
        return (finding_of(gone, FindingKind.LOST, finding.t_tai_ns, text, finding.t_declared_tai_ns),)

    def _begin(self, tracks: Tracks, index: int) -> LaunchObject:
        track_id = tracks.ids[index]
        one = LaunchObject(
            id=f"O{len(self._objects) + 1}",
            track_id=track_id,
            t_first_tai_ns=int(tracks.t_start_tai_ns[index]),
            t_seen_tai_ns=int(tracks.t_last_seen_tai_ns[index]),
            state_itrf=tracks.states_itrf[index],
            state_cov_itrf=tracks.state_covs_itrf[index],
            t_state_tai_ns=tracks.t_tai_ns,
            existence=float(tracks.existence[index]),
            never=1.0 - float(tracks.existence[index]),
        )
        self._objects[track_id] = one
        self._count(one, self._tracker.looks(track_id))
        self._assessor.explain(one)
        return one

    def _move(self, one: LaunchObject, tracks: Tracks, index: int) -> None:
        since_s = (tracks.t_tai_ns - one.t_state_tai_ns) / NS_PER_S
        one.take_existence(float(tracks.existence[index]), since_s, self._tracker.policy.survival_hazard_1_s)
        one.state_itrf, one.state_cov_itrf = tracks.states_itrf[index], tracks.state_covs_itrf[index]
        one.t_state_tai_ns = tracks.t_tai_ns
        one.t_seen_tai_ns = int(tracks.t_last_seen_tai_ns[index])
        one.history.note(one.t_state_tai_ns, one.state_itrf, one.state_cov_itrf)
        if one.phase == "lost":  # found again
            one.phase = "coast" if one.is_burnout_said else "unknown" if one.fit is None else "boost"
            one.is_lost_said = False

    def _count(self, one: LaunchObject, looks: Looks) -> None:
        seen = looks.is_detection
        counts = np.bincount(looks.sensor_index[seen], minlength=len(looks.sensor_ids))
        one.looks_by_sensor = {name: int(n) for name, n in zip(looks.sensor_ids, counts, strict=True) if n}
        codes = set(looks.kind_code[seen].tolist())
        one.phenomena = tuple(kind.value for kind, code in KIND_CODES.items() if code in codes)

    def _detected(self, one: LaunchObject) -> Finding:
        text = (
            f"something is there: {sum(one.looks_by_sensor.values())} looks by {', '.join(one.looks_by_sensor)} agree"
        )
        return finding_of(one, FindingKind.DETECTED, one.t_first_tai_ns, text)

    # ---- what is believed of one object

    def _assess_all(self, objects: list[LaunchObject], t_tai_ns: int) -> Said:
        """Everything that is due; of the fits only as many as the budget bears, the most urgent first."""
        said: list[Finding | Alert] = []
        waiting: dict[str, tuple[LaunchObject, Looks]] = {}
        for one in objects:
            if one.phase != "down" and self._is_due(one) and self._may_ask(one):
                looks = self._tracker.looks(one.track_id)
                found, wants_fit = self._look_into(one, looks)
                said += found
                if wants_fit and one.has_fitted(looks):
                    said += self._fit(one, looks)  # nothing new to fit: no turn is spent
                elif wants_fit:
                    waiting[one.track_id] = (one, looks)
            elif self._is_early(one):
                said += self._weigh_early(one)
        asking = [Asking(name, self._overdue(one), one.t_first_tai_ns) for name, (one, _) in waiting.items()]
        granted = self._budget.grant(asking, t_tai_ns)
        for name, (one, looks) in waiting.items():
            one.t_refused_tai_ns = None if name in granted else t_tai_ns
            said += self._fit(one, looks) if name in granted else self._make_do(one, looks)
        return tuple(said)

    def _is_early(self, one: LaunchObject) -> bool:
        """Whether its first looks are still weighed one by one: not declared, and no launch fitted."""
        if one.phase == "down" or one.fit is not None or one.dossier.level.evidence in _DECLARED:
            return False
        if SensorKind.INFRARED.value not in one.phenomena or one.looks_weighed > MOST_LOOKS:
            return False
        launch = sum(e.probability for e in one.dossier.explanations if e.name in LAUNCHES)
        return launch >= self.assessment.fits.launch_min

    def _weigh_early(self, one: LaunchObject) -> Said:
        """A look more of something that may be a launch: weighed at once, declared if it is enough."""
        looks = self._tracker.looks(one.track_id)
        count = int(looks.is_detection.sum())
        if count == one.looks_weighed:
            return ()
        one.looks_weighed = count
        self._count(one, looks)
        return (*self._judge(one, looks), *self._say_early(one))

    def _say_early(self, one: LaunchObject) -> Said:
        """The launch that the first looks declare, and where it would fall if thrust stopped now."""
        if not one.is_early or one.launch is None or one.dossier.level.evidence not in _DECLARED:
            return ()
        is_new = "launch" not in one.alerts
        said = self._sayings.say_launch(one)
        if not is_new or one.conditional is None:
            return said
        one.t_conditional_tai_ns = one.t_state_tai_ns
        text = f"if thrust stopped now: {impact_sentence(one.conditional, one.t_state_tai_ns)}"
        return (*said, finding_of(one, FindingKind.IMPACT_CONDITIONAL, one.t_state_tai_ns, text))

    @staticmethod
    def _may_ask(one: LaunchObject) -> bool:
        """Whoever was refused asks again after some seconds: asking costs a little too."""
        refused = one.t_refused_tai_ns
        return refused is None or (one.t_state_tai_ns - refused) / NS_PER_S >= _ASK_AGAIN_S

    def _make_do(self, one: LaunchObject, looks: Looks) -> Said:
        """Until its turn comes: class by its state, launch point by its first states, impact if thrust stopped now."""
        if one.fit is not None or one.t_quick_tai_ns is not None:
            since = one.t_quick_tai_ns if one.fit is None else one.t_fit_tai_ns
            assert since is not None
            if (one.t_state_tai_ns - since) / NS_PER_S < _QUICK_PACES * self._pace_s(one):
                return ()
        one.t_quick_tai_ns = one.t_state_tai_ns
        if not one.is_burnout_said:
            one.conditional = conditional_impact(one.t_state_tai_ns, one.state_itrf, one.state_cov_itrf)
        if one.fit is None and not one.is_early:
            history = one.history
            found = quick_launch(history.t_tai_ns, history.states_itrf, history.velocity_variances_m2_s2)
            one.launch, one.quick_sigma_km = found or (None, None)
        said = self._judge(one, looks)
        return (*said, *self._sayings.say_launch(one)) if one.launch is not None else said

    def _assess(self, one: LaunchObject, is_final: bool = False) -> Said:
        """One object as it stands, due or not."""
        looks = self._tracker.looks(one.track_id)
        found, wants_fit = self._look_into(one, looks, is_final)
        return (*found, *self._fit(one, looks)) if wants_fit else found

    def _look_into(self, one: LaunchObject, looks: Looks, is_final: bool = False) -> tuple[Said, bool]:
        """What is quickly said of an object, and whether a launch is worth fitting to it."""
        self._count(one, looks)
        said: list[Finding | Alert] = []
        if SensorKind.INFRARED.value not in one.phenomena:
            found = self._orbits.consider(one.id, looks, is_final=is_final)
            known = self._orbits.assessment(one.id)
            if known is None or not known.is_ballistic:
                one.t_fit_tai_ns = one.t_state_tai_ns
                if known is not None and known.is_orbit:
                    one.phase = "orbit"
                return (*found, *self._assessor.judge(one, looks, self.sensors, known)), False
            said += [finding for finding in found if finding.kind is not FindingKind.IMPACT_PREDICTED]
        if int((looks.is_detection & is_for_fit(looks)).sum()) < self.policy.looks_min:
            one.t_fit_tai_ns = one.t_state_tai_ns
            one.looks_weighed = int(looks.is_detection.sum())
            return (*said, *self._judge(one, looks), *self._say_early(one)), False
        is_followed = one.fit is not None and not one.patience.in_vain
        if one.dossier.level.evidence in _DECLARED or is_followed:
            return tuple(said), True
        said += self._judge(one, looks)
        said += self._say_early(one)
        if not self._wants_fit(one, is_final):
            one.t_fit_tai_ns = one.t_state_tai_ns
            return tuple(said), False
        return tuple(said), True

    def _wants_fit(self, one: LaunchObject, is_final: bool) -> bool:
        """Among hundreds of fires the time for fits is for what may be a launch, by the weights just renewed."""
        rules, explanations = self.assessment.fits, one.dossier.explanations
        pace_s, t = self.policy.boost_s, one.t_state_tai_ns
        is_over = one.patience.is_over(explanations, len(one.phenomena), t, pace_s, rules) or is_final
        return is_over and is_worth_a_fit(explanations, moves(one.state_itrf, one.state_cov_itrf, rules), rules)

    def _fit(self, one: LaunchObject, looks: Looks) -> Said:
        """A launch fitted to the looks, judged beside everything else, and what follows said."""
        one.t_fit_tai_ns = one.t_state_tai_ns
        if one.has_fitted(looks):
            fit = one.fit
        else:
            fit = fit_launch(looks, self.sensors, before=one.fit, draws=self.policy.draws)
        if fit is None or fit.misfit > self.policy.misfit_max:
            one.marks = ("no-launch-fits",)
            one.patience.take(True, len(one.phenomena), one.t_state_tai_ns)
            return self._judge(one, looks)
        one.marks = ()
        one.take_fit(fit, one.t_state_tai_ns, looks)
        said: list[Finding | Alert] = [*self._judge(one, looks, is_fresh=True)]
        one.patience.take(is_led_by_nature(one.dossier.explanations), len(one.phenomena), one.t_state_tai_ns)
        said += self._sayings.say_launch(one)
        if one.launch is None or "launch" not in one.alerts:
            return tuple(said)
        said += self._sayings.say_class(one)
        said += self._sayings.say_burnout(one)
        said += self._sayings.say_impact(one) if one.is_burnout_said else self._sayings.say_conditional(one)
        said += self._sayings.say_apogee(one)
        self._assessor.hold_against_notices(one)
        return tuple(said)

    def _judge(self, one: LaunchObject, looks: Looks, is_fresh: bool = False) -> Said:
        return self._assessor.judge(one, looks, self.sensors, self._orbits.assessment(one.id), is_fresh)

    def _overdue(self, one: LaunchObject) -> float:
        if one.fit is None:
            return np.inf
        if one.t_fit_tai_ns is None:
            return np.inf
        return (one.t_state_tai_ns - one.t_fit_tai_ns) / NS_PER_S / self._pace_s(one)

    def _is_due(self, one: LaunchObject) -> bool:
        if one.t_fit_tai_ns is None:
            return True
        return (one.t_state_tai_ns - one.t_fit_tai_ns) / NS_PER_S >= self._pace_s(one)

    def _pace_s(self, one: LaunchObject) -> float:
        policy = self.policy
        if not one.is_burnout_said or one.fit is None:
            return policy.boost_s
        since_s = (one.t_state_tai_ns - float(np.median(one.fit.cloud.t_burnout_tai_ns))) / NS_PER_S
        return policy.coast_s if since_s < 120.0 else policy.late_s

    # ---- notices and raids

    def _match(self, t_tai_ns: int) -> Said:
        """What is seen against what was announced; explanations follow at once."""
        said, changed = self._assessor.announced.consider(t_tai_ns)
        for one in self._objects.values():
            if one.id in changed:
                self._assessor.explain(one)
        return said

    def _count_raids(self, t_tai_ns: int) -> Said:
        """Launches that belong together; said when there are more of them than were said."""
        rules = self.assessment.raid
        members = raid_members(self._objects.values())
        is_early = self._t_raid_tai_ns is not None and (t_tai_ns - self._t_raid_tai_ns) / NS_PER_S < _COUNT_EVERY_S
        is_known = len(members) == self._raid_members  # what has just been found counts at once
        is_raid = sum(one.is_told for one in members) >= rules.least_count
        if is_raid:
            told = [one for one in members if one.is_told]
            newest = max(told, key=lambda one: (one.t_tai_ns, one.id))
            self._raid_lights.follow(newest.place_itrf_m, newest.t_tai_ns, rules.together_s)
        else:
            self._assessor.raids = ()
            self._raid_lights.rest()
        if not is_raid or (is_early and is_known):
            return ()
        self._t_raid_tai_ns, self._raid_members = t_tai_ns, len(members)
        before = {raid.id: raid for raid in self._raids}
        a_year = {cause: self.assessment.rates[cause].per_year for cause in LAUNCHES}
        self._assessor.raids = raids_under_way(members, rules.together_s, rules.least_count, a_year)
        self._raids = raid_of(members, rules.together_s, rules.least_count, a_year, self._raid_lights)
        said = []
        for raid in self._raids:
            known = before.get(raid.id)
            if known is not None and known.count_90 == raid.count_90:
                continue
            said.append(raid_finding(raid, t_tai_ns))
        return tuple(said)

    # ---- words

    def _summary(self, one: LaunchObject) -> ObjectSummary:
        made = self._summaries.get(one.track_id)
        if made is None:
            seen_as_orbit = self._orbits.summary(one.id, tuple(one.looks_by_sensor)) if one.fit is None else None
            made = seen_as_orbit or one.summary(*reasons(one))
            self._summaries[one.track_id] = made
        return made
