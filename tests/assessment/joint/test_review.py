"""Own, partner's and joint views side by side: what two phenomena make, what is not averaged, what is late."""

import msgspec
import numpy as np
import pytest
from tests.assessment.joint.made import event, impact, launch, own, report, seconds
from tests.assessment.joint.test_lights import WATCHERS, scan

from vedette.assessment.joint import JointReview, Partners, Surroundings
from vedette.frames import itrf_from_geodetic
from vedette.reports import KIND_CODES, Evidence, Looks, Message, Mode, SensorKind, SharedTrack, Timing

NOTHING_LOOKS = Surroundings({}, {}, lambda _: None)


class Desk:
    """Partners and a review, asked as the engine asks."""

    def __init__(self, around=NOTHING_LOOKS):
        self.around = around
        self.partners = Partners(Mode.REAL)
        self.review = JointReview(self.partners)
        self.said = []

    def hear(self, message, *ours, at_s=None):
        self.said += self.partners.hear(message)
        return self.look(*ours, at_s=(message.t_received_tai_ns - seconds(0)) / 1e9 if at_s is None else at_s)

    def look(self, *ours, at_s):
        self.said += self.review.review(ours, self.around, seconds(at_s))
        return self.review.assessments


def test_one_phenomenon_each_is_confirmed_together_and_says_whose_is_whose():
    (joint,) = Desk().hear(report(event()), own())
    assert joint.own.evidence is Evidence.CORRELATED and joint.partners[0].evidence is Evidence.CORRELATED
    assert joint.evidence is Evidence.CONFIRMED
    assert joint.phenomena == ("infrared", "radar (SOUTH)")
    assert any("a partner's released report" in words for words in joint.reasons_for)
    assert joint.own.message is Message.NONE


@pytest.mark.parametrize(
    ("ours", "theirs", "level"),
    [
        ({}, {"phenomena": ("infrared",)}, Evidence.CORRELATED),  # the same phenomenon twice
        ({}, {"phenomena": ()}, Evidence.CORRELATED),  # withheld: nothing to count
        ({}, {"evidence": Evidence.CANDIDATE}, Evidence.CORRELATED),
        ({"evidence": Evidence.CANDIDATE, "p_launch": 0.2}, {}, Evidence.CORRELATED),
        ({"evidence": Evidence.CANDIDATE, "p_launch": 0.9}, {}, Evidence.CORRELATED),  # 9 to 1 and 99 to 1: too little
        ({"evidence": Evidence.CANDIDATE, "p_launch": 0.95}, {}, Evidence.CONFIRMED),
        ({}, {"probabilities": {}}, Evidence.CONFIRMED),  # withheld, and its level still says 20 to 1
        ({"p_launch": 0.9}, {"probabilities": {"unknown": 0.5, "space-launch": 0.5}}, Evidence.CORRELATED),
        ({"evidence": Evidence.PASSED}, {}, Evidence.PASSED),
        ({"evidence": Evidence.CONFIRMED, "phenomena": ("infrared", "radar")}, {}, Evidence.CONFIRMED),
        ({"evidence": Evidence.WITHDRAWN}, {"evidence": Evidence.CANDIDATE}, Evidence.WITHDRAWN),
    ],
)
def test_the_joint_level(ours, theirs, level):
    (joint,) = Desk().hear(report(event(**theirs)), own(**ours))
    assert joint.evidence is level, joint


def test_a_partner_alone_never_makes_more_than_correlated_and_releases_nothing():
    theirs = event(evidence=Evidence.CONFIRMED, phenomena=("infrared", "radar"), message=Message.RELEASED)
    (joint,) = Desk().hear(report(theirs))
    assert joint.own is None and joint.evidence is Evidence.CORRELATED
    assert joint.partners[0].message is Message.RELEASED  # shown as theirs
    assert "none of our infrared watchers looks there" in joint.disagreements[0]


def test_contradiction_is_shown_and_never_averaged():
    desk = Desk()
    far = event(impact=impact(34.5, -20.0))
    (joint,) = desk.hear(report(far), own(impact=impact()))
    assert joint.impact is None  # no area between the two
    assert joint.own.impact is not None and joint.partners[0].impact is not None
    assert any("puts the impact" in words and "north-east of ours" in words for words in joint.disagreements)
    said = [f for f in desk.said if f.data.get("what") == "disagreement"]
    assert len(said) == 1
    desk.look(own(impact=impact()), at_s=70)
    assert len([f for f in desk.said if f.data.get("what") == "disagreement"]) == 1  # once


def test_a_launch_elsewhere_is_another_event():
    rows = Desk().hear(report(event(launch=launch(35.0, -20.0))), own())
    assert [(row.own is None, len(row.partners)) for row in rows] == [(False, 0), (True, 1)]


def test_two_agreeing_areas_make_a_smaller_one_that_is_not_counted_again():
    desk = Desk()
    (joint,) = desk.hear(report(event(impact=impact(32.92, -23.2))), own(impact=impact()))
    size = joint.impact.areas[1].area_km2
    assert size == pytest.approx(0.5 * impact().areas[1].area_km2, rel=0.01)  # two alike: half the area
    for n in range(2, 30):  # the same words for half a minute are no new looks
        (joint,) = desk.hear(
            report(event(revision=n, impact=impact(32.92, -23.2)), received_s=60 + n, sequence=n), own(impact=impact())
        )
    assert joint.impact.areas[1].area_km2 == size


def test_launch_and_impact_of_one_object_are_one_event():
    a = event("L", tracks=("S-1",))
    b = event("I", kind="impact", tracks=("S-1",), impact=impact(), launch=None)
    (joint,) = Desk().hear(report(a, b), own())
    (side,) = joint.partners
    assert side.impact is not None and side.launch is not None


def test_late_words_are_told_once_by_their_newest_revision():
    desk = Desk()
    for n in range(1, 6):
        desk.hear(
            report(event(revision=n), received_s=300.0 + 0.1 * n, sequence=n, sent_s=60.0 + n, is_gateway_late=True),
            at_s=300.0 + 0.1 * n,
        )
    assert not [f for f in desk.said if f.data["mark"] == "joint"]
    (joint,) = desk.look(at_s=301.2)
    told = [f for f in desk.said if f.data["mark"] == "joint" and f.data["what"] == "level"]
    assert len(told) == 1 and "LATE" in told[0].text
    assert joint.timing is Timing.LATE and joint.may_sound and joint.partners[0].revision == 5
    assert joint.partners[0].text.startswith("LATE, 5 revisions as one")


def test_nothing_sounds_for_a_past_impact():
    desk = Desk()
    past = event(impact=impact(), t_expires_tai_ns=seconds(410))
    desk.hear(report(past, received_s=500.0, sent_s=60.0))
    (joint,) = desk.look(at_s=501.5)
    assert joint.timing is Timing.EXPIRED and not joint.may_sound
    assert joint.evidence is Evidence.PASSED
    told = [f for f in desk.said if f.data["mark"] == "joint"]
    assert told and all(f.data["may_sound"] is False for f in told)


def test_names_stay_when_we_come_to_see_it_too():
    desk = Desk()
    (before,) = desk.hear(report(event()))
    (after,) = desk.look(own(), at_s=70)
    assert before.id == after.id and before.evidence is Evidence.CORRELATED and after.evidence is Evidence.CONFIRMED


def watched(*scans, until_s=90.0):
    return Surroundings(
        WATCHERS, dict.fromkeys(WATCHERS, seconds(until_s)), lambda _: None, scans=lambda: scans,
        looks_of=lambda name: looks_of(scans) if name == "O7" else None,
    )  # fmt: skip


def looks_of(scans):
    names = tuple(WATCHERS)
    return Looks(
        sensor_ids=names, sensor_index=np.array([names.index(one.sensor_id) for one in scans]),
        kind_code=np.full(len(scans), KIND_CODES[SensorKind.INFRARED]),
        t_measured_tai_ns=np.concatenate([one.t_measured_tai_ns for one in scans]),
        values=np.concatenate([one.values for one in scans]), sigmas=np.concatenate([one.sigmas for one in scans]),
        sensor_positions_itrf_m=np.concatenate(
            [WATCHERS[one.sensor_id].position_itrf_m(one.t_measured_tai_ns) for one in scans]),
    )  # fmt: skip


def doubts(desk):
    return [f.data["trouble"] for f in desk.said if f.data["mark"] == "partner"]


def test_who_saw_a_light_there_has_not_seen_nothing():
    (joint,) = (dark := Desk(watched())).hear(report(event()), at_s=90)
    assert doubts(dark) == ["contradicted"] and joint.evidence is Evidence.CANDIDATE
    lit = Desk(watched(scan("ir-west", 40, 31.45, -29.7)))
    (joint,) = lit.hear(report(event()), at_s=90)
    assert doubts(lit) == [] and joint.evidence is Evidence.CORRELATED
    assert "ir-west saw a light there" in joint.disagreements[0]


def test_a_light_of_ours_is_what_a_partner_calls_a_launch_though_we_call_it_a_bolide():
    flame = (scan("ir-west", 40, 31.45, -29.7), scan("ir-east", 43, 31.46, -29.68))
    bolide = own("O7", evidence=Evidence.CANDIDATE, p_launch=0.003, launch=None, leading=("bolide", 0.99),
                 t_first_tai_ns=seconds(40), is_light=True)  # fmt: skip
    desk = Desk(watched(*flame))
    (joint,) = desk.hear(report(event()), bolide, at_s=90)
    assert doubts(desk) == [] and joint.own.event_id == "O7"
    assert joint.evidence is Evidence.CORRELATED  # by what we see ourselves it is none: no second phenomenon
    assert any("SOUTH says short-range-ballistic" in words and "we bolide" in words for words in joint.disagreements)
    (alone,) = Desk(watched(*flame)).hear(report(event(launch=launch(35.0, -20.0))), bolide, at_s=60)
    assert alone.own is None  # a launch elsewhere


def test_a_flight_that_a_partner_lost_and_found_again_is_one_and_counts_by_its_new_number():
    gave_up = event("E1", evidence=Evidence.CANDIDATE, phenomena=("infrared",))
    again = event("E2", phenomena=("radar",))
    desk = Desk(watched())
    desk.hear(report(event("E1", phenomena=("infrared",))), own())
    (joint,) = desk.hear(report(msgspec.structs.replace(gave_up, revision=2), again, sequence=2), own(), at_s=90)
    assert doubts(desk) == [] and joint.evidence is Evidence.CONFIRMED
    assert [side.event_id for side in joint.partners] == ["E2", "E1"] and not joint.disagreements


def test_what_we_gave_up_and_found_again_is_paired_by_what_stands():
    desk = Desk()
    desk.hear(report(event(phenomena=("infrared",))), own("O1", phenomena=("infrared", "radar")))
    ours = (own("O1", evidence=Evidence.WITHDRAWN), own("O2", phenomena=("radar",)))
    first, second = desk.look(*ours, at_s=70)
    assert (first.own.event_id, first.evidence) == ("O1", Evidence.WITHDRAWN)
    assert (second.own.event_id, second.evidence) == ("O2", Evidence.CONFIRMED)


def test_of_two_numbers_of_ours_that_stand_the_one_that_is_seen_is_what_a_partner_tells_of():
    desk = Desk()
    desk.hear(report(event(phenomena=("infrared",))), own("O1"))
    blind = own("O1", t_seen_tai_ns=seconds(63))
    again = own("O2", phenomena=("radar",), t_first_tai_ns=seconds(66), t_seen_tai_ns=seconds(70))
    first, second = desk.look(blind, again, at_s=70)
    assert (first.evidence, second.evidence) == (Evidence.CORRELATED, Evidence.CONFIRMED)
    amidst = own("O2", phenomena=("radar",), t_first_tai_ns=seconds(50), t_seen_tai_ns=seconds(70))
    desk = Desk()
    desk.hear(report(event(phenomena=("infrared",))), own("O1"))
    first, second = desk.look(blind, amidst, at_s=70)  # both were seen at one time: two flights
    assert first.partners and not second.partners


def test_two_launches_that_both_stand_are_not_made_one():
    desk = Desk()
    rows = desk.hear(report(event("E1"), event("E2", launch=launch(31.42, -29.8))), own())
    assert [len(row.partners) for row in rows] == [1, 1] and rows[1].own is None


def test_one_event_told_again_is_no_further_evidence_against_its_owner():
    desk = Desk(watched())
    for n in range(1, 6):
        desk.hear(report(event(revision=n, said_s=60 + n), sequence=n, received_s=90.0 + n))
    assert doubts(desk) == ["contradicted"] and desk.partners.views["SOUTH"].is_believed(seconds(100))


def test_a_flight_under_two_standing_numbers_is_one_where_one_track_began_after_the_other_was_blind():
    def lives(*tracks):
        desk = Desk(watched())
        for k in range(8):
            told = [track(name, 60.0 + k, sigma_m) for name, since, until, sigma_m in tracks if since <= k <= until]
            desk.hear(report(*told, received_s=60.2 + k, sequence=k + 1), at_s=60.2 + k)
        both = (event("E1", tracks=("S-1",)), event("E2", tracks=("S-2",)))
        return desk.hear(report(*both, received_s=90.0, sequence=20), own(phenomena=("infrared",)))

    (one,) = lives(("S-1", 0, 2, 900.0), ("S-2", 4, 7, 300.0))
    assert [side.event_id for side in one.partners] == ["E2", "E1"] and one.evidence is Evidence.CONFIRMED
    assert not one.disagreements
    first, second = lives(("S-1", 0, 7, 300.0), ("S-2", 0, 7, 300.0))  # seen at one time: two of them
    assert second.own is None and "our O1 agrees with it" in second.disagreements[0]
    assert first.own is not None and second.partners[0].is_counted


def track(number, at_s, sigma_m):
    """A state over the place of launch, known better from message to message."""
    sigma_m = sigma_m / (at_s - 59.0)
    up = itrf_from_geodetic(np.radians(31.5), np.radians(-29.5), 60e3 + 1e3 * (at_s - 60.0))
    x, y, z = (float(v) for v in up)
    cov = np.diag([sigma_m**2] * 3 + [(0.05 * sigma_m) ** 2] * 3)
    return SharedTrack(
        number=number, t_tai_ns=seconds(at_s), position_itrf_m=(x, y, z), velocity_itrf_mps=(0.0, 0.0, 1e3),
        covariance=tuple(cov[np.tril_indices(6)]), phase="boost", phenomena=("radar",), provenance=("SOUTH",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "level"),
    [
        ({"phenomena": ("infrared",)}, Evidence.CONFIRMED),
        ({"phenomena": ("infrared",), "evidence": Evidence.WITHDRAWN}, Evidence.CONFIRMED),
        ({"phenomena": ("infrared", "radar"), "probabilities": {"unknown": 0.9, "glide": 0.1}}, Evidence.CORRELATED),
    ],
    ids=["it stands by infrared alone", "it was given up", "its event says as much, and is unsure"],
)
def test_a_track_by_another_phenomenon_counts_beside_an_event_that_it_is_not_named_in(theirs, level):
    states, around = {}, Surroundings({}, {}, lambda _: None)
    desk = Desk(around)
    for k in range(8):
        told = track("S-2", 60.0 + k, 300.0)
        state = np.array([*told.position_itrf_m, *told.velocity_itrf_mps])
        states["O1"] = (told.t_tai_ns, state, np.diag([400.0**2] * 3 + [20.0**2] * 3))
        desk.around = Surroundings({}, {}, lambda _: None, states, {"O1": "boost"})
        ours = own(state_itrf=state, state_cov_itrf=states["O1"][2], t_state_tai_ns=told.t_tai_ns, p_launch=0.999)
        desk.hear(report(told, received_s=60.2 + k, sequence=k + 1), ours, at_s=60.2 + k)
    (joint,) = desk.hear(report(event(**theirs), received_s=67.5, sequence=20), ours)
    assert joint.evidence is level, joint


def test_a_new_fit_of_ours_is_joined_at_once_and_a_partners_new_state_after_some_seconds(monkeypatch):
    joined = []
    monkeypatch.setattr(
        "vedette.assessment.joint.review.fused_by_state",
        lambda cloud, told: joined.append((cloud, (told.t_tai_ns - seconds(60)) // 1_000_000_000)) or (impact(), ""),
    )
    cloud = ["first"]
    desk = Desk(Surroundings({}, {}, lambda _: cloud[0]))
    ours = own(impact=impact())
    for k in range(8):
        cloud[0] = "first" if k < 3 else "second"
        both = (track("S-2", 60.0 + k, 300.0), *((event(tracks=("S-2",)),) if k == 0 else ()))
        desk.hear(report(*both, received_s=61.0 + k, sequence=k + 1), ours, at_s=61.0 + k)
    assert joined == [("first", 0), ("second", 3)]
    desk.look(ours, at_s=69.5)
    assert joined[2:] == [("second", 7)]
