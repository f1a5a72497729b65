"""A follower whose object is no longer seen: what it still claims (rule R32)."""

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
