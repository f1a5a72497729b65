"""What each object may be: launches, orbits, nature and notices, weighed in one list; and how well that is founded.

One for a follower. It holds no looks and draws nothing; what it believes of an object stands in the object's dossier.
"""

from collections.abc import Mapping
from math import exp, log

import numpy as np

from vedette.assessment.candidates.announced import AnnouncementWatch
from vedette.assessment.candidates.dossier import Basis, Dossier, best_of, separation_deg
from vedette.assessment.candidates.fit_evidence import log_ratio_of_launch, with_fit
from vedette.assessment.candidates.ladder import (
    Level,
    Standing,
    known_log_odds,
    launch_log_odds,
    level_of,
    may_warn_of_impact,
    unknown_log_odds,
)
from vedette.assessment.candidates.policy import AssessmentPolicy
from vedette.assessment.candidates.raid_mix import place_logs
from vedette.assessment.candidates.raid_prior import RaidUnderWay, in_the_midst
from vedette.assessment.early.brightness import log_ratio_of_stages, unknown_log_ratio
from vedette.assessment.early.products import early_products
from vedette.assessment.early.weighing import EarlyTest, early_test, is_early, with_early, with_light
from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.launch_object import LaunchObject
from vedette.assessment.launch_products import conditional_impact, launch_sigma_km
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.natural.reference import reference_of_sightings
from vedette.assessment.natural.sightings import sightings_of
from vedette.assessment.orbit_assessment import OrbitAssessment
from vedette.assessment.raid_members import member_of
from vedette.assessment.typing import flight_causes
from vedette.assessment.weighing import Weighed, explained
from vedette.core.constants import NS_PER_S
from vedette.notices import SeenLaunch
from vedette.reports import LAUNCHES, Candidate, Cause, Evidence, Finding, FindingKind, ImpactArea, Looks, Mode
from vedette.sensing import Sensor

_CHI2_90 = 4.605  # of two degrees of freedom


class Assessor:
    """Explanations, levels and notices of the objects of one follower."""

    def __init__(
        self,
        policy: AssessmentPolicy,
        mode: Mode,
        natural: NaturalContext | None = None,
        has_catalogue: bool = False,
    ) -> None:
        self.policy, self.mode = policy, mode
        self.natural = natural or NaturalContext()
        self.has_catalogue = has_catalogue or self.natural.orbits is not None
        self.announced = AnnouncementWatch(policy, mode)
        self.raids: tuple[RaidUnderWay, ...] = ()  # what may be is judged amidst them

    # ---- one object

    def judge(
        self, one: LaunchObject, looks: Looks, sensors: Mapping[str, Sensor], orbit: OrbitAssessment | None,
        is_fresh: bool = False,
    ) -> tuple[Finding, ...]:
        """Believe anew what an object may be and how well founded that is; a finding where the level changed.

        `is_fresh`: its fit is of these very looks.
        """
        dossier, early = one.dossier, None
        fit = one.fit if "no-launch-fits" not in one.marks else None
        basis = Basis(len(looks), int(looks.t_measured_tai_ns.max(initial=0)), fit, self.natural)
        if not basis.is_that_of(dossier.basis):  # what nobody has looked at since is what it was
            early = self._weigh(one, looks, sensors, fit, is_fresh)
            dossier.basis = basis
        dossier.t_tai_ns = one.t_state_tai_ns
        self.explain(one)
        borne = self.policy.unexplained_log_odds(one.phenomena, len(sensors))
        # lost is not unmade; but amidst a raid looks are lent from track to track, and only what is there now counts
        existence = one.existence if self.raids else 1.0 - one.never
        dossier.is_unexplained = launch_log_odds(dossier.unannounced, existence) >= borne
        nearly = self.policy.declaration_log_odds(one.phenomena) - self.policy.evidence.fall_log_odds
        is_near = known_log_odds(dossier.unannounced, existence) > nearly
        if self.raids:  # a ghost amidst a raid was launched nowhere, and is told as unknown
            is_near &= unknown_log_odds(dossier.unannounced) > log(max(self.policy.evidence.unknown_odds, 1e-9))
        if early is not None and one.fit is None and is_near:
            one.take_early(early_products(early, one.t_state_tai_ns))
        now = Standing(
            explanations=dossier.unannounced,
            existence=existence,
            phenomena=one.phenomena,
            separation_deg=separation_deg(looks, one.state_itrf[:3]),
            has_launch=_launch_sigma_km(one) <= self.policy.evidence.launch_sigma_max_km,
            goes=_goes(one, orbit),
        )
        return self._take(dossier, one, level_of(now, self.policy, dossier.level.evidence))

    def _weigh(
        self, one: LaunchObject, looks: Looks, sensors: Mapping[str, Sensor], fit: LaunchFit | None, is_fresh: bool
    ) -> EarlyTest | None:
        """Every cause against the looks; what the first looks tell, while there are no more."""
        sightings = sightings_of(looks, sensors)
        reference = reference_of_sightings(sightings)
        nature = natural_causes(looks, sensors, self.natural, reference=reference, sightings=sightings)
        asked = {weight.name for weight in nature}
        flights = flight_causes(looks, sensors, fit, one, one.history)
        early = early_test(sightings, reference) if is_early(looks) else None
        if early is not None:
            one.light_log_ratios = early.light_log_ratio, early.unknown.log_ratio
            one.t_light_tai_ns = int(sightings.t_tai_ns[-1])
        if fit is not None and is_fresh:
            flights = with_fit(flights, log_ratio_of_launch(fit, reference))
        if early is not None and one.fit is None:
            flights = with_early(flights, early)
        else:
            launch, unknown = one.light_log_ratios
            if early is None and (fit is not None or one.t_light_tai_ns):  # else nothing has judged its path as a whole
                launch += log_ratio_of_stages(sightings, one.t_light_tai_ns)
                unknown += unknown_log_ratio(sightings, one.t_light_tai_ns)
            flights = with_light(flights, launch, unknown)
        weighed = (*nature, *(weight for weight in flights if weight.name not in asked))
        one.dossier.weighed, one.dossier.best = weighed, best_of(weighed)
        place = place_logs(one.state_itrf[:3])
        one.dossier.log_looks = {w.name: w.log_ratio - place[w.name] for w in weighed if w.name in LAUNCHES}
        return early

    def explain(self, one: LaunchObject) -> None:
        """The explanations of what is already weighed, with the notices as they stand now."""
        dossier, said = one.dossier, self.announced.of(one.id)
        grounds = (dossier.weighed, said, one.phenomena, self.has_catalogue)
        if not self.raids and dossier.are_same_grounds(grounds):
            return
        dossier.grounds = None if self.raids else grounds
        priors = self.policy.log_priors(one.phenomena, self.has_catalogue)
        weighed = dossier.weighed or [Weighed(cause, 0.0) for cause in priors]  # not judged yet: as before any look
        dossier.by_year = explained(weighed, priors)
        if self.raids and dossier.weighed:
            seen = {c: exp(priors[c]) / self.policy.rates[c].per_year for c in LAUNCHES}
            count = sum(one.looks_by_sensor.values())
            priors = in_the_midst(priors, dossier.best, member_of(one), self.raids, seen, count)
            dossier.unannounced = dossier.explanations = explained(weighed, priors)
        else:
            dossier.unannounced = dossier.explanations = dossier.by_year
        if said.log_ratio > -np.inf:
            known = said.log_priors(priors, self.policy.notices.other_class)
            dossier.explanations = explained(weighed, known)
        dossier.notices, dossier.notice_marks = said.case_ids, said.marks

    def impact_level(self, one: LaunchObject) -> tuple[Evidence, str]:
        """How well founded an impact is: no better than its launch, none while an orbit explains it as well."""
        level = one.dossier.level.evidence
        if level not in (Evidence.CORRELATED, Evidence.CONFIRMED):
            return level, ""
        may, why = may_warn_of_impact(one.dossier.best, self.policy)
        return (level, "") if may else (Evidence.CANDIDATE, why)

    def _take(self, dossier: Dossier, one: LaunchObject, level: Level) -> tuple[Finding, ...]:
        before, dossier.level = dossier.level, level
        if before.evidence is level.evidence:
            return ()
        why = "; ".join((*level.reasons_for, *level.reasons_against))
        text = f"{before.evidence} -> {level.evidence}: {why}; most likely {dossier.leading}"
        t = one.t_state_tai_ns
        data = {
            "evidence": level.evidence.value,
            "before": before.evidence.value,
            "explanations": {e.name.value: round(e.probability, 4) for e in dossier.explanations[:4]},
            "sensors": list(one.looks_by_sensor),
        }
        return (
            Finding(kind=FindingKind.EVIDENCE, object_id=one.id, t_tai_ns=t, t_declared_tai_ns=t, text=text, data=data),
        )

    # ---- notices

    def hold_against_notices(self, one: LaunchObject) -> None:
        """Let the notices know a launch as it is now estimated, and where it would fall if thrust stopped now."""
        if one.fit is None or one.launch is None:
            return
        area: ImpactArea | None = one.impact
        if not one.is_burnout_said and self.announced.of(one.id).case_ids:
            area = conditional_impact(one.t_state_tai_ns, one.state_itrf, one.state_cov_itrf)
        self.announced.see(seen_launch(one, self.mode), None if area is None else _fall(area))

    # ---- what people read

    def candidate(self, one: LaunchObject) -> Candidate:
        """The object as a candidate."""
        dossier = one.dossier
        marks = [*one.marks, *dossier.notice_marks, *dossier.age_marks]
        if dossier.is_unexplained:
            marks.append("unexplained")
        if not self.has_catalogue and dossier.best.get(Cause.SATELLITE, -np.inf) > 0.0:
            marks.append("no-catalogue")
        return Candidate(
            id=f"C-{one.id}",
            subject="object",
            object_id=one.id,
            sensors=tuple(one.looks_by_sensor),
            t_first_tai_ns=one.t_first_tai_ns,
            t_tai_ns=one.t_state_tai_ns,
            evidence=Evidence.PASSED if one.phase == "down" and dossier.level.evidence in _RAISED
            else dossier.level.evidence,
            explanations=dossier.explanations,
            notices=dossier.notices,
            marks=tuple(marks),
        )  # fmt: skip


_RAISED = (Evidence.CORRELATED, Evidence.CONFIRMED)


def _launch_sigma_km(one: LaunchObject) -> float:
    """How well the launch point is known: by the fit, or by the first states until there is one."""
    if one.fit is not None:
        return launch_sigma_km(one.fit)
    return np.inf if one.quick_sigma_km is None else one.quick_sigma_km


def _goes(one: LaunchObject, orbit: OrbitAssessment | None) -> str:
    """Where it goes, as far as it is known: an area, a fan while it burns, an orbit."""
    if orbit is not None and orbit.is_orbit:
        return "orbit"
    if one.fit is None:
        return "fan" if one.conditional is not None else ""
    if one.p_falls < 0.1:
        return "orbit"
    if one.fit.impact_patch() is None:
        return ""
    return "impact" if one.p_burnt_out > 0.95 else "fan"


def seen_launch(one: LaunchObject, mode: Mode) -> SeenLaunch:
    """A launch as notices are matched by: place, time, azimuth, kind, each with its doubt."""
    assert one.fit is not None and one.launch is not None
    cloud, patch = one.fit.cloud, one.fit.launch_patch()
    middle = float(np.angle(np.mean(np.exp(1j * cloud.azimuth_rad))))
    off = np.angle(np.exp(1j * (cloud.azimuth_rad - middle)))
    is_upright = one.launch.is_near_vertical
    impact = one.impact if one.is_burnout_said else None
    return SeenLaunch(
        object_id=one.id,
        mode=mode,
        t_launch_tai_ns=one.launch.t_tai_ns,
        t_sigma_s=max(float(np.std((cloud.t_launch_tai_ns - one.launch.t_tai_ns) / NS_PER_S)), 1.0),
        lat_rad=float(np.radians(one.launch.lat_deg)),
        lon_rad=float(np.radians(one.launch.lon_deg)),
        cov_m2=np.asarray(patch.cov_m2, dtype=float),
        class_probabilities=_launch_shares(one),
        azimuth_rad=np.nan if is_upright else middle % (2.0 * np.pi),
        azimuth_sigma_rad=np.nan if is_upright else float(np.std(off)),
        impact_rad=None if impact is None else (np.radians(impact.lat_deg), np.radians(impact.lon_deg)),
        impact_sigma_m=0.0 if impact is None else _fall(impact)[2],
    )


def _launch_shares(one: LaunchObject) -> dict[str, float]:
    """Of the explanations that no notice has touched."""
    return {e.name.value: e.probability for e in one.dossier.unannounced}


def _fall(area: ImpactArea) -> tuple[float, float, float]:
    """Latitude, longitude (rad) and one sigma (m) of an impact area, from the size of its 90 % part."""
    size_km2 = next((a.area_km2 for a in area.areas if abs(a.probability - 0.9) < 1e-6), 0.0)
    sigma_m = 1e3 * float(np.sqrt(size_km2 / np.pi / _CHI2_90))
    return float(np.radians(area.lat_deg)), float(np.radians(area.lon_deg)), sigma_m
