"""A follower whose object is no longer seen: what it still claims (rule R32)."""

from types import SimpleNamespace

import numpy as np
import pytest

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.launch_follower import LaunchFollower
from vedette.assessment.launch_object import LaunchObject
from vedette.core.constants import NS_PER_S
from vedette.reports import Alert, Evidence, ImpactArea, Message, Mode
from vedette.sensing import packaged_sensors

RULES = packaged_assessment_policy().ageing
T0 = 10**18


@pytest.fixture
def follower():
    return LaunchFollower({"ir-east": packaged_sensors()["ir-east"]}, Mode.SIMULATED)


def lost_object(**changes):
    state = np.array([6.4e6, 0.0, 0.0, 500.0, 900.0, 0.0])
    one = LaunchObject("O1", "T1", T0, T0 + 30 * NS_PER_S, state, np.eye(6), T0 + 30 * NS_PER_S)
    for name, value in changes.items():
        setattr(one, name, value)
    return one


def area(first_s, last_s):
    return ImpactArea(
        areas=(), lat_deg=42.0, lon_deg=143.0, t_90_tai_ns=(T0 + first_s * NS_PER_S, T0 + last_s * NS_PER_S)
    )


def test_a_launch_that_was_seen_well_and_is_missed_was_one_all_the_same():
    """Its flame went out, and a radar does not find it where it was taken to be: the track is lost, not the launch."""
    well, ill = lost_object(existence=0.99, never=0.01), lost_object(existence=0.99, never=0.01)
    for now in (0.9999, *[0.999993] * 6):
        well.take_existence(now, 3.0, 1e-5)
    for one in (well, ill):
        for now in (0.9, 0.4, 0.1):
            one.take_existence(now, 3.0, 1e-5)
    assert well.existence == ill.existence == 0.1
    assert well.never < 1e-3 and ill.never > 0.85


def test_what_was_lost_while_it_burnt_soon_claims_no_impact_at_all(follower):
    one = lost_object(conditional=area(300, 400))
    follower._sayings.age(one, one.t_seen_tai_ns + round((RULES.boost_claim_s - 1.0) * NS_PER_S), is_gone=False)
    assert one.conditional is not None
    follower._sayings.age(one, one.t_seen_tai_ns + round(RULES.boost_claim_s * NS_PER_S), is_gone=True)
    assert one.conditional is None and one.dossier.age_marks == ("lost",)


def test_a_prediction_that_ran_out_unseen_expires_and_does_not_say_that_it_came_down(follower):
    """The Hokkaido warning of 2023 rested on a track that had been lost just after launch."""
    one = lost_object(impact=area(1500, 1800), is_burnout_said=True, phase="coast")
    one.alerts["impact"] = Alert(
        id="O1-impact", kind="impact", object_id="O1", evidence=Evidence.CORRELATED, message=Message.PROPOSED,
        t_tai_ns=T0, text="",
    )  # fmt: skip
    assert follower._sayings.come_down(one, T0 + 1700 * NS_PER_S) == ()
    (alert,) = follower._sayings.come_down(one, T0 + 1801 * NS_PER_S)
    assert alert.evidence is Evidence.PASSED and alert.message is Message.EXPIRED
    assert "has expired" in alert.text and "not known" in alert.text
    assert one.dossier.age_marks == ("expired-unseen",)


def test_what_is_seen_again_is_neither_stale_nor_lost(follower):
    one = lost_object()
    follower._sayings.age(one, one.t_seen_tai_ns + round(RULES.stale_s * NS_PER_S), is_gone=False)
    assert one.dossier.age_marks == ("stale",)
    follower._sayings.age(one, one.t_seen_tai_ns + NS_PER_S, is_gone=False)
    assert one.dossier.age_marks == ()


def fit_of(burnout_s, impacts_s):
    """A fit as far as burning and falling go: every flight burns out and comes down."""
    count = len(impacts_s)
    cloud = SimpleNamespace(
        t_burnout_tai_ns=np.full(count, T0 + burnout_s * NS_PER_S),
        t_impact_tai_ns=T0 + np.asarray(impacts_s, dtype=np.int64) * NS_PER_S,
        falls=np.ones(count, dtype=bool),
    )
    return SimpleNamespace(cloud=cloud, class_probabilities={"glide": 0.9, "other": 0.1}, misfit=1.0)


def test_nobody_who_did_not_look_saw_thrust_end(follower):
    """Sight lost at 30 s of a flight that by habit burns for 90: no later look, so no burnout and no impact area."""
    t_end = T0 + 120 * NS_PER_S
    fit, last = fit_of(90, [1500, 1600]), T0 + 30 * NS_PER_S
    blind = lost_object(fit=fit, fitted=(4, last), phase="boost", t_state_tai_ns=t_end)
    assert follower._sayings.say_burnout(blind) == () and not blind.is_burnout_said
    assert follower._sayings.say_conditional(blind) == () and blind.conditional is None


def test_a_launch_lost_under_thrust_is_told_until_all_that_fits_it_is_down(follower):
    one = lost_object(fit=fit_of(90, np.linspace(1500, 1700, 41)), phase="boost")
    one.alerts["launch"] = Alert(
        id="O1-launch", kind="launch", object_id="O1", evidence=Evidence.CONFIRMED, message=Message.PROPOSED,
        t_tai_ns=T0, text="",
    )  # fmt: skip
    follower._sayings.unseen(one, T0 + 400 * NS_PER_S)
    assert one.phase == "lost" and follower._sayings.come_down(one, T0 + 1689 * NS_PER_S) == ()
    (alert,) = follower._sayings.come_down(one, T0 + 1691 * NS_PER_S)  # nineteen in twenty are down at 1,690 s
    assert alert.kind == "launch" and alert.evidence is Evidence.PASSED and "not known" in alert.text
    assert one.dossier.age_marks == ("expired-unseen",) and follower._sayings.come_down(one, T0 + 2000 * NS_PER_S) == ()
