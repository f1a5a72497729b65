"""Claims of something grave, held against themselves and against the looks: 1965, 1979, 1980, 2018."""

from itertools import pairwise

import pytest
from tests.assessment.incidents.made_watch import PLACES, claim, looks, told, watched

from vedette.assessment.incidents.messages import Support, features_of, weigh_message
from vedette.assessment.incidents.policy import packaged_incident_policy, parse_incident_policy
from vedette.assessment.incidents.yes_no import weigh_yes_no
from vedette.core.errors import BadInputError
from vedette.core.tables import table_text
from vedette.reports import THREATS, Cause, Evidence
from vedette.sensing.links import NO_LINKS, Link, Links

POLICY = packaged_incident_policy()
SEEING = Support(launches=0, coverage=0.95, sensors=("ir-east",))


def judged(claims, support=SEEING, links=NO_LINKS, sensors=(), age_s=60.0):
    found = features_of(claims, links, sensors, support)
    rows = weigh_message(claims, found, support, age_s, POLICY)
    from vedette.assessment.incidents.episode import log_priors
    from vedette.assessment.weighing import explained

    return explained(rows, log_priors(rows, POLICY.message))


def p_threat(found):
    return sum(one.probability for one in found if one.name in THREATS)


def test_a_broken_count_field_is_a_message_fault():
    """3 June 1980: 2, then 200, 220, 2,200 in messages that only keep the line busy; displays disagree."""
    shown = enumerate((2, 200, 220, 2200))
    chip = [claim(10.0 * i, source_id="sac", what="filler", count=n, sequence=i) for i, n in shown]
    chip.append(claim(41.0, source_id="nmcc", what="filler", count=0, sequence=1))
    found = features_of(chip, NO_LINKS, ())
    assert found >= {"count-differs", "alike-digits", "filler", "copies-differ"}
    assert judged(chip)[0].name is Cause.MESSAGE_FAULT and p_threat(judged(chip)) < 1e-6


def test_a_tape_of_a_thousand_tracks_that_no_sensor_sees_is_test_data():
    """9 November 1979: a full-scale attack on the displays, nothing in the raw looks."""
    listed = tuple(f"T{i}" for i in range(1400))
    found = judged([claim(1.0, what="impacts", count=1400, listed=listed)])
    assert [one.name for one in found[:2]] == [Cause.TEST_DATA, Cause.SENSOR_FAULT]
    assert p_threat(found) < 0.01


def test_an_alert_that_people_send_without_a_sensor_is_procedure():
    """13 January 2018: no sensor at all."""
    sent = [claim(1.0, source_id="warning-point", what="alert", text="this is not a drill; exercise, exercise")]
    assert judged(sent)[0].name is Cause.PROCEDURE
    found = judged([claim(1.0, source_id="warning-point", what="alert")], Support())
    assert found[0].name is Cause.PROCEDURE
    assert any("no sensor of this watch" in why for e in found for why in e.reasons_against)


def test_a_report_by_another_sites_line_is_a_fault_of_the_message():
    """28 October 1962: one site's report was shown as another's."""
    links = Links((Link("laredo", (("laredo-line", ("relay-l",)),)), Link("moorestown", (("moor-line", ()),))))
    wrong = [claim(1.0, source_id="moorestown", route="laredo-line", count=2, listed=("T1", "T2"))]
    right = [claim(1.0, source_id="laredo", route="laredo-line", count=2, listed=("T1", "T2"))]
    assert "other-route" in features_of(wrong, links, ()) and "other-route" not in features_of(right, links, ())
    p = lambda found: next(e.probability for e in found if e.name is Cause.MESSAGE_FAULT)  # noqa: E731
    assert p(judged(wrong, links=links)) > 3.0 * p(judged(right, links=links))


def test_what_our_own_looks_support_is_taken_for_what_it_says():
    support = Support(launches=2, coverage=0.95, sensors=("ir-east",), objects=("O1", "O2"))
    found = judged([claim(1.0, count=2, listed=("T1", "T2"), is_authentic=True)], support)
    assert found[0].name in THREATS


def test_the_threat_falls_with_what_would_have_been_seen_and_never_to_nothing():
    sent = [claim(1.0, count=2, listed=("T1", "T2"), is_authentic=True)]
    ps = [p_threat(judged(sent, Support(0, c, ("ir-east",)))) for c in (0.0, 0.5, 0.9, 0.99)]
    assert all(a > b > 0.0 for a, b in pairwise(ps))


def test_a_wrong_code_and_a_count_that_lists_nothing_stand_against_every_threat():
    good = [claim(1.0, count=2, listed=("T1", "T2"), is_authentic=True)]
    forged = [claim(1.0, count=2, listed=("T1", "T2"), is_authentic=False)]
    empty = [claim(1.0, count=2, listed=(), is_authentic=True)]
    assert p_threat(judged(forged)) < 0.1 * p_threat(judged(good))
    assert p_threat(judged(empty)) < 0.1 * p_threat(judged(good))


@pytest.mark.parametrize(
    ("states", "leading"),
    [
        (("yes", "yes", "failed", "failed", "no", "no", "no", "no"), Cause.COMMON_FAULT),
        (("yes", "no", "no", "no", "no", "no", "no", "no"), Cause.SENSOR_FAULT),
    ],
)
def test_yes_or_no_sensors_on_one_dead_supply_are_one_witness(states, leading):
    """9 November 1965: displays without power said "detonation" instead of "fault"."""
    from vedette.assessment.incidents.episode import log_priors
    from vedette.assessment.weighing import explained

    links = Links(tuple(Link(f"d{i}", (), ("grid-ne",) if i < 4 else (f"grid-{i}",)) for i in range(8)))
    rows = weigh_yes_no({f"d{i}": s for i, s in enumerate(states)}, links, (), SEEING, POLICY)
    found = explained(rows, log_priors(rows, POLICY.message))
    assert found[0].name is leading and p_threat(found) < 0.05


def test_a_watch_withdraws_a_claim_that_its_looks_do_not_bear_out_and_says_so():
    sent = [claim(100.0 + i, source_id="sac", what="filler", count=200, sequence=i) for i in range(3)]
    picture = watched(looks(PLACES, 0, 200) + sent)
    (one,) = told(picture, "message")
    assert one.leading is Cause.MESSAGE_FAULT and one.evidence is Evidence.WITHDRAWN and "unsupported" in one.marks
    assert any("message-fault" in f.text for f in picture.timeline)
    assert not picture.alerts and not picture.objects


def test_a_quiet_display_is_no_incident():
    sent = [claim(100.0 + i, what="filler", count=0, sequence=i) for i in range(60)]
    assert told(watched(looks(PLACES, 0, 200) + sent), "message") == []


def test_a_policy_that_makes_something_impossible_is_refused():
    text = table_text("incident_policy.toml")
    assert parse_incident_policy(text).version == 1
    with pytest.raises(BadInputError, match="threat"):
        parse_incident_policy(text.replace("threat = 1.0 ", "threat = 0.0 "))
