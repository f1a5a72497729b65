"""What is said of one object as belief changes: launch, class, burnout, impact, apogee; and when nobody sees it.

Each method looks at what has been said before (it stands in the object) and gives what is new; alerts follow the level
of evidence, down as well as up.
"""

import numpy as np

from vedette.assessment.candidates.ageing import age_marks, is_expired_unseen, overlooked_m, widened_impact
from vedette.assessment.candidates.assessor import Assessor
from vedette.assessment.follower import Said
from vedette.assessment.launch_object import LaunchObject
from vedette.assessment.launch_policy import LaunchPolicy
from vedette.assessment.launch_products import burnout_words, conditional_impact, interval_tai_ns
from vedette.assessment.launch_words import area_90, impact_sentence, launch_sentence, make_alert, size_text
from vedette.core.constants import NS_PER_S
from vedette.reports import Alert, Evidence, Finding, FindingKind
from vedette.reports.words import place_words


class LaunchSayings:
    """The voice of a launch follower; it holds the policy, and what was said stands in the objects."""

    def __init__(self, policy: LaunchPolicy, assessor: Assessor) -> None:
        self.policy, self._assessor = policy, assessor

    def say_launch(self, one: LaunchObject) -> Said:
        """A launch is said once its level is that of an alert; the alert follows the level, down as well as up."""
        assert one.launch is not None
        text, level = launch_sentence(one), one.dossier.level.evidence
        standing = one.alerts.get("launch")
        if standing is None:
            if level not in (Evidence.CORRELATED, Evidence.CONFIRMED):
                return ()
            alert = one.alerts["launch"] = make_alert(one, "launch", one.t_state_tai_ns, text, level)
            return (finding_of(one, FindingKind.LAUNCH, one.launch.t_tai_ns, text), alert)
        alert = one.alerts["launch"] = make_alert(one, "launch", one.t_state_tai_ns, text, level)
        return (alert,) if alert.evidence is not standing.evidence else ()

    def say_class(self, one: LaunchObject) -> Said:
        """The most probable class of launch, when it is probable enough and another than was said."""
        name, p = next(iter(one.probabilities.items()))
        if p < self.policy.classified_min or name == one.named:
            return ()
        one.named = name
        second = list(one.probabilities.items())[1]
        text = f"most likely {name} ({100 * p:.0f} %); next {second[0]} ({100 * second[1]:.0f} %)"
        return (finding_of(one, FindingKind.CLASSIFIED, one.t_state_tai_ns, text),)

    def say_burnout(self, one: LaunchObject) -> Said:
        """That thrust has ended, once the fit is sure of it; or that it burns again."""
        assert one.fit is not None
        if one.p_burnt_out < self.policy.p_burnt_out:
            one.t_burnt_since_tai_ns = None
            if one.is_burnout_said and one.p_burnt_out < 0.5:  # thrust after all
                one.is_burnout_said, one.phase, one.impact = False, "boost", None
                words = "burns again: its thrust had not ended"
                return (
                    finding_of(one, FindingKind.IGNITION, one.t_state_tai_ns, words),
                    *self.withdraw(one, words),
                )
            return ()
        blind_s = (one.t_state_tai_ns - one.fitted[1]) / NS_PER_S
        if not one.is_burnout_said and blind_s >= self._assessor.policy.ageing.boost_claim_s:
            return ()  # nobody has looked since: that it should have burnt out by now is habit, and no sight
        if one.t_burnt_since_tai_ns is None:
            one.t_burnt_since_tai_ns = one.t_state_tai_ns
        if one.is_burnout_said or (one.t_state_tai_ns - one.t_burnt_since_tai_ns) / NS_PER_S < self.policy.settle_s:
            return ()
        one.is_burnout_said, one.phase, one.conditional = True, "coast", None
        at_end = burnout_words(one.fit)
        text = (
            f"thrust has ended: {at_end['speed_itrf_mps'] / 1e3:.2f} km/s ± {at_end['speed_sigma_mps']:.0f} m/s "
            f"at {at_end['altitude_km']:.1f} ± {at_end['altitude_sigma_km']:.1f} km"
        )
        return (finding_of(one, FindingKind.BURNOUT, int(at_end["t_tai_ns"]), text),)

    def say_impact(self, one: LaunchObject) -> Said:
        """Where it comes down, as well founded as the looks allow; an orbit where it does not."""
        standing = one.alerts.get("impact")
        is_alert = standing is not None and standing.evidence not in (Evidence.WITHDRAWN, Evidence.PASSED)
        if one.p_falls < self.policy.p_withdraw:
            said: list[Finding | Alert] = []
            one.impact = None
            if is_alert:
                said += self.withdraw(one, "its energy now carries it round the Earth")
            if not one.is_orbit_said and 1.0 - one.p_falls >= self.policy.p_orbit:
                one.is_orbit_said, one.phase = True, "orbit"
                text = f"goes round the Earth: stays up with {100 * (1 - one.p_falls):.0f} %"
                said.append(finding_of(one, FindingKind.ORBIT, one.t_state_tai_ns, text))
            return tuple(said)
        if one.p_falls < self.policy.p_suborbital:
            return ()
        one.renew_impact()
        if one.impact is None:
            return ()
        level, why = self._assessor.impact_level(one)
        if level not in (Evidence.CORRELATED, Evidence.CONFIRMED):
            return self.withdraw(one, why or "that it was launched is no longer well founded")
        size = area_90(one.impact.areas)
        text = impact_sentence(one.impact, one.t_state_tai_ns)
        before = standing.evidence if standing is not None else None
        alert = one.alerts["impact"] = make_alert(one, "impact", one.t_state_tai_ns, text, level)
        shrunk = (
            one.area_said_km2 is not None and size is not None and (size < self.policy.renew_shrink * one.area_said_km2)
        )
        if is_alert and not shrunk and before is alert.evidence:
            return ()
        words = text
        if is_alert and shrunk and one.area_said_km2 is not None:
            words += f" (was {size_text(one.area_said_km2)})"
        one.area_said_km2 = size
        return (finding_of(one, FindingKind.IMPACT_PREDICTED, one.t_state_tai_ns, words), alert)

    def say_conditional(self, one: LaunchObject) -> Said:
        """While it burns: where it would fall if thrust stopped now. A figure, never an alert."""
        t = one.t_conditional_tai_ns
        if (one.t_state_tai_ns - one.t_seen_tai_ns) / NS_PER_S >= self._assessor.policy.ageing.boost_claim_s:
            return ()
        if t is not None and (one.t_state_tai_ns - t) / NS_PER_S < self.policy.conditional_s:
            return ()
        one.t_conditional_tai_ns = one.t_state_tai_ns
        one.conditional = conditional_impact(one.t_state_tai_ns, one.state_itrf, one.state_cov_itrf)
        if one.conditional is None:
            return ()
        text = f"if thrust stopped now: {impact_sentence(one.conditional, one.t_state_tai_ns)}"
        return (finding_of(one, FindingKind.IMPACT_CONDITIONAL, one.t_state_tai_ns, text),)

    def say_apogee(self, one: LaunchObject) -> Said:
        """The highest point, once it is past."""
        if one.is_apogee_said or not one.is_burnout_said or one.fit is None or one.phase == "orbit":
            return ()
        top = one.fit.cloud
        t = int(np.median(top.t_apogee_tai_ns))
        if t > one.t_state_tai_ns or not np.isfinite(top.apogee_m).any():
            return ()
        one.is_apogee_said = True
        low, mid, high = np.nanquantile(top.apogee_m / 1e3, [0.05, 0.5, 0.95])
        return (finding_of(one, FindingKind.APOGEE, t, f"highest point {mid:.1f} km (90 % {low:.1f}..{high:.1f})"),)

    def withdraw(self, one: LaunchObject, why: str) -> Said:
        """Take a standing impact warning back, and say why."""
        standing = one.alerts.get("impact")
        if standing is None or standing.evidence is Evidence.WITHDRAWN:
            return ()
        text = f"the impact warning is withdrawn: {why}"
        alert = one.alerts["impact"] = make_alert(one, "impact", one.t_state_tai_ns, text, Evidence.WITHDRAWN)
        one.area_said_km2 = None
        return (finding_of(one, FindingKind.IMPACT_WITHDRAWN, one.t_state_tai_ns, text), alert)

    # ---- what is no longer seen

    def come_down(self, one: LaunchObject, t_tai_ns: int) -> Said:
        """The impact's 90 % interval is over and nobody has seen it since: the alert has passed."""
        impact = one.impact
        if impact is None and one.phase == "lost":
            return self._run_out(one, t_tai_ns)
        if impact is None or one.phase == "down" or t_tai_ns <= impact.t_90_tai_ns[1]:
            return ()
        if one.t_seen_tai_ns > impact.t_90_tai_ns[1]:  # still seen: the next fit will tell
            return ()
        one.phase = "down"
        standing = one.alerts.get("impact")
        if standing is None or standing.evidence is Evidence.WITHDRAWN:
            return ()
        text = f"has come down near {place_words(impact.lat_deg, impact.lon_deg)}"
        rules = self._assessor.policy.ageing
        if is_expired_unseen(one.t_seen_tai_ns, one.t_first_tai_ns, impact.t_90_tai_ns[1], rules):
            one.dossier.age_marks = ("expired-unseen",)
            unseen_s = (t_tai_ns - one.t_seen_tai_ns) / NS_PER_S
            text = f"the prediction has expired: not seen for {unseen_s:.0f} s, that it came down there is not known"
        alert = one.alerts["impact"] = make_alert(one, "impact", t_tai_ns, text, Evidence.PASSED)
        return (alert,)

    def _run_out(self, one: LaunchObject, t_tai_ns: int) -> Said:
        """Lost while it burnt: its launch is told until whatever fits its looks has come down, and then no longer."""
        if one.fit is None or "launch" not in one.alerts or one.p_falls < self.policy.p_suborbital:
            return ()
        t_end_tai_ns = interval_tai_ns(one.fit.cloud.t_impact_tai_ns[one.fit.cloud.falls])[1]
        if t_tai_ns <= t_end_tai_ns:
            return ()
        one.phase, one.dossier.age_marks = "down", ("expired-unseen",)
        unseen_s = (t_tai_ns - one.t_seen_tai_ns) / NS_PER_S
        text = f"expired: lost while it burnt, not seen for {unseen_s:.0f} s; what became of it is not known"
        alert = one.alerts["launch"] = make_alert(one, "launch", t_tai_ns, text, Evidence.PASSED)
        return (alert,)

    def unseen(self, one: LaunchObject, t_tai_ns: int, is_over: bool = False) -> Said:
        """That nobody sees it any more, and what stands of what was said; once."""
        said: list[Finding | Alert] = []
        impact = one.impact
        if one.is_lost_said or one.phase == "down":
            return tuple(said)
        one.is_lost_said = True
        words = (
            "the feeds have ended"
            if is_over
            else f"no sensor has seen it for {(t_tai_ns - one.t_seen_tai_ns) / NS_PER_S:.0f} s"
        )
        if one.phase == "orbit":
            text = f"{words}; it is in orbit"
        elif impact is not None:
            text = f"{words}; the impact area stands"
        elif one.phase == "boost":
            text = f"{words}; thrust had not ended, and where it falls is not known"
            one.phase = "lost"
        elif one.phase == "unknown":
            text = f"{words}; it was seen too little to say what it was"
            one.phase = "lost"
        else:
            text = words
            one.phase = "lost"
        said.append(finding_of(one, FindingKind.LOST, one.t_seen_tai_ns, text, t_tai_ns))
        return tuple(said)

    def age(self, one: LaunchObject, t_tai_ns: int, is_gone: bool) -> None:
        """What is no longer seen claims less: marks, a wider area, and nothing at all if it was lost while it burnt."""
        rules, unseen_s = self._assessor.policy.ageing, (t_tai_ns - one.t_seen_tai_ns) / NS_PER_S
        if one.phase == "down" or one.is_merged:
            return
        one.dossier.age_marks = age_marks(unseen_s, is_gone, rules)
        if not one.dossier.age_marks:
            one.t_widened_tai_ns = None
            return
        if not one.is_burnout_said and unseen_s >= rules.boost_claim_s:
            one.conditional = None
        before = one.t_widened_tai_ns
        if one.impact is None or one.fit is None or (before and (t_tai_ns - before) / NS_PER_S < rules.renew_s):
            return
        one.t_widened_tai_ns = t_tai_ns
        one.impact = widened_impact(one.fit, overlooked_m(unseen_s, rules)) or one.impact


def finding_of(
    one: LaunchObject, kind: FindingKind, t_tai_ns: int, text: str, t_declared_tai_ns: int | None = None
) -> Finding:
    """A finding of an object; declared at its state's time where nothing else is said."""
    declared = one.t_state_tai_ns if t_declared_tai_ns is None else t_declared_tai_ns
    return Finding(
        kind=kind,
        object_id=one.id,
        t_tai_ns=t_tai_ns,
        t_declared_tai_ns=declared,
        text=text,
        data={"sensors": list(one.looks_by_sensor)},
    )
