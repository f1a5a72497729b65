"""Cases, matching and records, told with invented parties over the open ocean."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.constants import NS_PER_S
from vedette.notices import CaseState, SeenLaunch, cases_of, match_launches, records, shortfalls, state_of, unanswered
from vedette.reports import Grouping, Mode, Notice, NoticeArea, NoticeKind, Window

HOUR = 3600 * NS_PER_S
NOON = 986_083_237 * NS_PER_S  # 2031-04-01T12:00:00Z
PAD = (np.radians(31.0), np.radians(-29.0))


def announced(**changes: object) -> Notice:
    """One launch between noon and two, from within 20 km of a place in the open ocean, towards the south-west."""
    plain = Notice(
        notice_id="N1", kind=NoticeKind.PRE_LAUNCH, party="Northland", mode=Mode.SIMULATED,
        t_issued_tai_ns=NOON - 30 * HOUR, t_received_tai_ns=NOON - 30 * HOUR, instrument="launch-1988",
        class_name="short-range-ballistic", windows=(Window(NOON, NOON + 2 * HOUR),),
        launch_areas=(NoticeArea("launch", (PAD,), 20e3),), azimuth_rad=(np.radians(200.0), np.radians(240.0)),
        hazard_areas=(NoticeArea("impact", ((np.radians(28.0), np.radians(-31.5)),), 60e3),),
    )  # fmt: skip
    return replace(plain, **changes)


def about(kind: NoticeKind, number: str, **changes: object) -> Notice:
    plain = Notice(
        notice_id=number, kind=kind, party="Northland", mode=Mode.SIMULATED, about="N1",
        t_issued_tai_ns=NOON - HOUR, t_received_tai_ns=NOON - HOUR,
    )  # fmt: skip
    return replace(plain, **changes)


def seen(**changes: object) -> SeenLaunch:
    """A launch as announced, five minutes after noon."""
    plain = SeenLaunch(
        "O1", Mode.SIMULATED, NOON + 300 * NS_PER_S, 3.0, *PAD, np.eye(2) * 1e6,
        {"short-range-ballistic": 0.9, "medium-range-ballistic": 0.1}, np.radians(220.0), np.radians(2.0),
        (np.radians(28.0), np.radians(-31.5)), 5e3,
    )  # fmt: skip
    return replace(plain, **changes)


def matched(notices: list[Notice], *launches: SeenLaunch, hours: float = 1.0):  # type: ignore[no-untyped-def]
    cases, _ = cases_of(notices)
    return match_launches(cases, launches, NOON + round(hours * HOUR))


def test_a_launch_as_announced_is_matched_and_one_that_nobody_announced_is_not() -> None:
    far = seen(object_id="O2", lat_rad=np.radians(45.0))
    found = matched([announced()], seen(), far)
    assert [(pair.object_id, pair.case_id, pair.deviations) for pair in found.pairs] == [("O1", "N1", ())]
    assert found.unnotified == ("O2",)
    assert found.states == {"N1": CaseState.MATCHED}
    assert "outside the announced area" in found.near_misses[0].reasons[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lat_rad": np.radians(31.9)}, "80 km outside the announced area"),
        ({"t_launch_tai_ns": NOON - HOUR}, "60 min before the window opens"),
        ({"t_launch_tai_ns": NOON + 3 * HOUR}, "60 min after it closed"),
        ({"azimuth_rad": np.radians(300.0)}, "60 degrees outside the announced sector"),
        ({"class_probabilities": {"space-launch": 1.0}}, "is space-launch, not the announced"),
    ],
    ids=["place", "early", "late", "azimuth", "class"],
)
def test_what_lies_just_outside_is_not_explained_and_says_why(change: dict[str, object], words: str) -> None:
    found = matched([announced()], seen(**change), hours=4.0)
    assert found.pairs == ()
    assert found.unnotified == ("O1",)
    assert words in found.near_misses[0].reasons[0]


def test_a_launch_that_will_come_down_elsewhere_deviates() -> None:
    found = matched([announced()], seen(impact_rad=(np.radians(33.0), np.radians(-31.5))))
    assert "outside every announced area" in found.pairs[0].deviations[0]
    assert found.states["N1"] is CaseState.DEVIATING


def test_more_launches_than_announced_are_excess_whatever_else_fits() -> None:
    found = matched([announced(count=2)], *(seen(object_id=f"O{i}") for i in range(5)))
    assert len(found.pairs) == 2
    assert len(found.excess) == 3
    assert found.unnotified == ()
    assert found.states["N1"] is CaseState.EXCESS


def test_launches_of_a_group_must_come_together() -> None:
    notice = announced(count=2, grouping=Grouping.SIMULTANEOUS)
    late = seen(object_id="O2", t_launch_tai_ns=NOON + 1200 * NS_PER_S)
    found = matched([notice], seen(), late)
    assert [bool(pair.deviations) for pair in found.pairs] == [False, True]
    assert "15 min after the first of its group" in found.pairs[1].deviations[0]


def test_a_drill_explains_nothing_real_and_the_other_way_round() -> None:
    assert matched([announced(mode=Mode.EXERCISE)], seen(mode=Mode.REAL)).unnotified == ("O1",)
    assert matched([announced(mode=Mode.REAL)], seen(mode=Mode.EXERCISE)).unnotified == ("O1",)


def test_each_launch_takes_the_notice_that_fits_it_better() -> None:
    near = announced(notice_id="N2", launch_areas=(NoticeArea("launch", (PAD,), 5e3),))
    aside = seen(object_id="O2", lat_rad=PAD[0] + 15e3 / 6.371e6)
    found = matched([announced(), near], aside, seen())
    assert {pair.object_id: pair.case_id for pair in found.pairs} == {"O1": "N2", "O2": "N1"}


def test_a_case_goes_through_its_states() -> None:
    (case,), _ = cases_of([announced()])
    for hours, state in ((-2, "expected"), (1, "open"), (3, "overdue"), (80, "not-flown")):
        assert state_of(case, NOON + hours * HOUR).value == state
    moved = about(NoticeKind.POSTPONEMENT, "N1-P", windows=(Window(NOON + 24 * HOUR, NOON + 26 * HOUR),))
    (later,), _ = cases_of([announced(), moved])
    assert state_of(later, NOON + 3 * HOUR) is CaseState.EXPECTED
    (gone,), _ = cases_of([announced(), about(NoticeKind.CANCELLATION, "N1-C")])
    assert state_of(gone, NOON + HOUR) is CaseState.NOT_FLOWN
    (told,), _ = cases_of([announced(), about(NoticeKind.POST_LAUNCH, "N1-A", is_launched=True)])
    assert state_of(told, NOON + 80 * HOUR) is CaseState.DONE


def test_nobody_cancels_what_another_announced() -> None:
    (case,), _ = cases_of([announced(), about(NoticeKind.CANCELLATION, "X", party="Southland")])
    assert not case.is_cancelled
    assert "Southland" in case.doubts[0]
    (case,), _ = cases_of([announced(), announced(count=9)])
    assert case.notice.count == 1
    assert "two texts under number N1" in case.doubts[0]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_in_which_notices_are_given_does_not_matter(order: list[int]) -> None:
    notices = [
        announced(), announced(version=2, count=2, t_received_tai_ns=NOON - 5 * HOUR),
        about(NoticeKind.POSTPONEMENT, "N1-P", windows=(Window(NOON + HOUR, NOON + 3 * HOUR),)),
        about(NoticeKind.QUERY, "Q", party="Southland", question="why", t_deadline_tai_ns=NOON),
        about(NoticeKind.REPLY, "R", about="Q", answer="because", t_received_tai_ns=NOON - HOUR // 2),
    ]  # fmt: skip
    assert cases_of([notices[i] for i in order]) == cases_of(notices)
    assert unanswered(notices[:4], NOON + HOUR)[0].is_late
    assert unanswered([notices[i] for i in order], NOON + HOUR) == ()


def test_pairing_does_not_depend_on_the_order_of_launches() -> None:
    launches = [seen(object_id=f"O{i}", lat_rad=PAD[0] + i * 4e3 / 6.371e6) for i in range(3)]
    notices = [announced(notice_id=f"N{i}") for i in range(3)]
    told = [matched(notices, *order) for order in permutations(launches)]
    assert all({pair.object_id for pair in found.pairs} == {"O0", "O1", "O2"} for found in told)
    assert all({pair.case_id for pair in found.pairs} == {"N0", "N1", "N2"} for found in told)


def test_shortfalls_and_records_count_what_was_agreed() -> None:
    hasty = announced(notice_id="N2", t_issued_tai_ns=NOON - 3 * HOUR)
    query = about(NoticeKind.QUERY, "Q", party="Southland", t_deadline_tai_ns=NOON)
    cases, loose = cases_of([announced(), hasty, query])
    assert shortfalls(cases[0]) == ()
    assert shortfalls(cases[1]) == ("notified 3 h ahead; 24 h are asked for",)
    north, south = records(cases, loose, match_launches(cases, [seen()], NOON + HOUR), NOON + HOUR)
    assert (north.announced, north.in_time, north.notice_h) == (2, 0.5, (3.0, 16.5))
    assert north.states == {"matched": 1, "open": 1}
    assert (north.queries, north.answered) == (1, 0.0)
    assert (south.announced, south.in_time) == (0, None)
