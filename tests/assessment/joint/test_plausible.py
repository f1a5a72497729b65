"""A partner that errs or lies: every kind is named within three messages, and counts for nothing in the joint view."""

import math

import msgspec
import numpy as np
import pytest
from tests.assessment.joint.made import event, impact, launch, own, report, seconds
from tests.assessment.joint.test_review import NOTHING_LOOKS, Desk

from vedette.assessment.joint.plausible import chance_seen
from vedette.reports import Evidence, Message, Mode, SharedTrack
from vedette.sensing import packaged_sensors


def names(desk):
    return [f.data["trouble"] for f in desk.said if f.data["mark"] == "partner"]


def changed(one, **more):
    return msgspec.structs.replace(one, **more)


IMPOSSIBLE = {
    "from the future": event(said_s=500.0),
    "no revision": event(revision=0),
    "minus one": event(count=-1),
    "too probable": event(probabilities={"space-launch": 0.9, "glide": 0.9}),
    "not a number": event(probabilities={"space-launch": math.nan}),
    "nowhere": event(launch=changed(launch(), lat_deg=400.0)),
    "backwards": event(launch=changed(launch(), t_90_tai_ns=(seconds(5), seconds(-5)))),
    "shrinking": event(launch=changed(launch(), areas=tuple(
        changed(a, probability=p) for a, p in zip(launch().areas, (0.99, 0.9, 0.5), strict=True)))),
    "down before up": event(impact=impact(t=seconds(-60))),
    "faster than an orbit": event(impact=impact(-32.0, 150.0, t=seconds(300))),
    "launched later than said": event(launch=launch(t=seconds(120))),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_named_at_once_and_not_taken(name):
    desk = Desk()
    desk.hear(report(IMPOSSIBLE[name]), own())
    assert names(desk) == ["impossible"]
    assert not desk.partners.views["SOUTH"].events


@pytest.mark.parametrize(
    ("position", "velocity"),
    [((1.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ((7e6, 0.0, 0.0), (0.0, 2e4, 0.0)), ((math.nan, 0.0, 0.0), (0.0, 0.0, 0.0))],
)
def test_tracks_that_cannot_be_are_not_taken(position, velocity):
    desk = Desk()
    track = SharedTrack(
        number="S-1", t_tai_ns=seconds(50), position_itrf_m=position, velocity_itrf_mps=velocity,
        covariance=tuple(np.eye(6)[np.tril_indices(6)]),
    )  # fmt: skip
    desk.hear(report(track))
    assert names(desk) == ["impossible"] and not desk.partners.views["SOUTH"].tracks


def test_revisions_that_go_back_are_named_and_what_stood_stands():
    desk = Desk()
    desk.hear(report(event(revision=3, evidence=Evidence.CONFIRMED, phenomena=("radar", "infrared"))))
    desk.hear(report(event(revision=2), sequence=2, received_s=62.0))
    assert names(desk) == ["goes-back"]
    assert desk.partners.views["SOUTH"].events["E1"].revision == 3
    desk.hear(report(event(revision=3, count=7), sequence=3, received_s=63.0))
    assert names(desk)[-2:] == ["two-contents", "goes-back"] or "two-contents" in names(desk)


@pytest.mark.parametrize(
    "later", [{"said_s": 10.0}, {"message": Message.NONE}], ids=["said before what it follows", "no longer released"]
)
def test_time_and_message_do_not_go_back(later):
    desk = Desk()
    desk.hear(report(event(message=Message.RELEASED)))
    desk.hear(report(event(revision=2, **({"message": Message.RELEASED} | later)), sequence=2, received_s=62.0))
    assert names(desk) == ["goes-back"]


def test_confirmed_by_one_phenomenon_is_taken_for_correlated_and_no_lie():
    desk = Desk()
    (joint,) = desk.hear(report(event(evidence=Evidence.CONFIRMED)))
    assert names(desk) == []
    (side,) = joint.partners
    assert side.evidence is Evidence.CORRELATED and side.is_counted and not side.doubts
    assert "alone" in side.text


@pytest.mark.parametrize("seed", range(3))
def test_a_filled_count_field_is_named_within_three_messages(seed):
    rng = np.random.default_rng(seed)
    digit = int(rng.integers(1, 10))
    shapes = zip(rng.integers(1, 4, 3).tolist(), rng.integers(0, 3, 3).tolist(), strict=True)
    counts = [int(str(digit) * n) * 10**zeros for n, zeros in shapes]
    counts[-1] = max(counts[-1], digit * 111)
    desk = Desk()
    for n, count in enumerate(counts, 1):
        (joint,) = desk.hear(report(event(revision=n, said_s=60 + n, count=count), sequence=n, received_s=61.0 + n))
    assert "count-filled" in names(desk)
    assert not joint.partners[0].is_counted


def test_an_honest_raid_is_not_taken_for_a_filled_field():
    desk = Desk()
    for n in range(1, 23):
        where = launch(31.0 + 0.05 * n, -29.8)
        desk.hear(report(event(f"E{n}", count=n, launch=where), sequence=n, received_s=61.0 + n))
    assert names(desk) == []


def test_a_drill_sent_as_real_is_named_by_its_words():
    desk = Desk()
    desk.hear(report(event(text="EXERCISE EXERCISE launch of one")))
    assert names(desk) == ["drill-words"]


def test_after_three_doubtful_messages_nothing_of_a_partner_counts_until_it_is_sound_again():
    desk = Desk()
    for n in range(1, 4):
        desk.hear(report(event(f"X{n}", said_s=900.0), sequence=n, received_s=61.0 + n), own())
    assert "not-believed" in names(desk)
    rows = desk.hear(report(event("E9"), sequence=9, received_s=70.0), own())
    assert not rows[0].partners[0].is_counted and rows[0].evidence is Evidence.CORRELATED
    (row,) = desk.look(own(), at_s=70.0 + 700.0)
    assert row.partners[0].is_counted and row.evidence is Evidence.CONFIRMED


def test_a_launch_that_our_watchers_would_have_seen_is_contradicted():
    sensors = {name: one for name, one in packaged_sensors().items() if name in ("ir-east", "ir-west")}
    heard = dict.fromkeys(sensors, seconds(90))
    chance, looking = chance_seen(launch(), sensors, heard, seconds(90))
    assert looking == ("ir-east", "ir-west") and chance > 0.98
    assert chance_seen(launch(), sensors, dict.fromkeys(sensors, seconds(30)), seconds(90)) == (0.0, ())  # deaf since
    vague = changed(launch(), t_90_tai_ns=(seconds(-40), seconds(45)))
    assert chance_seen(vague, sensors, heard, seconds(90)) == (0.0, ())  # it may have just left
    elsewhere, none = chance_seen(launch(0.0, 150.0), sensors, heard, seconds(90))
    assert none == () and elsewhere == 0.0


def test_nothing_looks_there_and_nothing_is_contradicted():
    assert NOTHING_LOOKS.sensors == {} and Mode.REAL is not Mode.EXERCISE
    desk = Desk()
    (joint,) = desk.hear(report(event()))
    assert names(desk) == [] and joint.partners[0].is_counted
