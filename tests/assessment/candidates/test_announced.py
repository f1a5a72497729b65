"""Notices held against launches: a match changes the explanation, takes nothing away, and is taken back in time."""

from dataclasses import replace
from math import exp, inf

import numpy as np
import pytest

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.announced import Announced, AnnouncementWatch
from vedette.assessment.candidates.corridor import corridor_of, outside_m
from vedette.core.constants import NS_PER_S
from vedette.frames import geodesic_direct
from vedette.notices import CaseState, SeenLaunch
from vedette.reports import LAUNCHES, Cause, Mode, Notice, NoticeArea, NoticeKind, Window

POLICY = packaged_assessment_policy()
T0 = 10**18
HOUR_NS = 3600 * NS_PER_S
PAD = (np.radians(69.3), np.radians(16.0))


def area(lat_deg, lon_deg, radius_km, role):
    return NoticeArea(role, ((float(np.radians(lat_deg)), float(np.radians(lon_deg))),), radius_km * 1e3)


def notice(**changes):
    told = Notice(
        notice_id="N-1", kind=NoticeKind.PRE_LAUNCH, party="Northland", mode=Mode.SIMULATED,
        t_issued_tai_ns=T0 - 48 * HOUR_NS, t_received_tai_ns=T0 - 48 * HOUR_NS, class_name="sounding-rocket",
        windows=(Window(T0 - HOUR_NS, T0 + HOUR_NS),),
        launch_areas=(area(69.3, 16.0, 10, "launch"),), hazard_areas=(area(78.0, 12.0, 150, "payload"),),
    )  # fmt: skip
    return replace(told, **changes)


def launch(name="O1", lat_rad=PAD[0], lon_rad=PAD[1], after_s=0.0, **changes):
    seen = SeenLaunch(
        object_id=name, mode=Mode.SIMULATED, t_launch_tai_ns=T0 + round(after_s * NS_PER_S), t_sigma_s=2.0,
        lat_rad=lat_rad, lon_rad=lon_rad, cov_m2=np.eye(2) * 2e3**2,
        class_probabilities={"medium-range-ballistic": 0.6, "sounding-rocket": 0.3},
    )  # fmt: skip
    return replace(seen, **changes)


def watch(*notices):
    made = AnnouncementWatch(POLICY, Mode.SIMULATED)
    for one in notices or (notice(),):
        made.take(one)
    return made


def states(findings):
    return [(f.object_id, f.data["state"]) for f in findings]


def test_an_announced_launch_is_matched_and_the_announced_kind_becomes_likelier():
    made = watch()
    made.see(launch())
    said, changed = made.consider(T0 + 60 * NS_PER_S)
    assert states(said) == [("O1", "matched")] and changed == {"O1"}
    priors = POLICY.log_priors(("radar",))
    known = made.of("O1").log_priors(priors, POLICY.notices.other_class)
    assert known[Cause.SOUNDING_ROCKET] > priors[Cause.SOUNDING_ROCKET] + 4.0
    assert all(known[cause] >= priors[cause] - 1e-12 for cause in priors)  # nothing becomes less frequent
    assert all(known[cause] == priors[cause] for cause in priors if cause not in LAUNCHES)


def test_the_rate_an_announced_launch_adds_is_that_of_its_notice():
    """By hand: three kinds, 10 a year in all; a notice that makes a launch here and now a hundred times as likely."""
    priors = {Cause.SHORT_RANGE: np.log(5.0), Cause.SPACE_LAUNCH: np.log(3.0), Cause.SOUNDING_ROCKET: np.log(2.0)}
    said = Announced(("N",), ("announced",), np.log(100.0), "sounding-rocket")
    known = said.log_priors(priors, other_class=0.1)
    assert exp(known[Cause.SOUNDING_ROCKET]) == pytest.approx(2.0 + 1000.0 * (0.9 + 0.1 * 0.2))
    assert exp(known[Cause.SHORT_RANGE]) == pytest.approx(5.0 + 1000.0 * 0.1 * 0.5)
    assert sum(map(exp, known.values())) == pytest.approx(10.0 + 1000.0)


def test_nothing_known_of_a_launch_that_nobody_announced():
    made = watch()
    far = geodesic_direct(*PAD, np.array([1.0]), np.array([500e3]))
    made.see(launch(lat_rad=float(far[0][0]), lon_rad=float(far[1][0])))
    said, changed = made.consider(T0 + 60 * NS_PER_S)
    assert states(said) == [("O1", "unnotified")] and "outside the announced area" in said[0].text
    assert not changed and made.of("O1") == Announced()


def test_more_than_announced_takes_the_explanation_back_from_all_of_them():
    made = watch()
    made.see(launch("O1"))
    made.consider(T0 + 60 * NS_PER_S)
    assert made.of("O1").log_ratio > 0.0
    made.see(launch("O2", after_s=5.0))
    said, changed = made.consider(T0 + 70 * NS_PER_S)
    assert ("O2", "excess") in states(said) or ("O1", "excess") in states(said)
    assert changed == {"O1", "O2"}
    for name in ("O1", "O2"):
        assert made.of(name).log_ratio == -inf and made.of(name).marks == ("excess",)
    assert made.states["N-1"] is CaseState.EXCESS


def test_whoever_leaves_the_corridor_deviates_at_once_and_for_good():
    made = watch()
    inside, outside = (np.radians(73.0), np.radians(14.5)), (np.radians(66.0), np.radians(30.0))
    made.see(launch(), (*inside, 10e3))
    assert states(made.consider(T0 + 30 * NS_PER_S)[0]) == [("O1", "matched")]
    made.see(launch(), (*outside, 10e3))
    said, changed = made.consider(T0 + 60 * NS_PER_S)
    assert states(said) == [("O1", "matched-deviating")] and changed == {"O1"}
    assert made.of("O1").log_ratio == -inf and made.of("O1").case_ids == ("N-1",)
    made.see(launch(), (*inside, 10e3))
    assert made.consider(T0 + 90 * NS_PER_S)[0] == () and made.of("O1").marks == ("deviating",)
    assert made.states["N-1"] is CaseState.DEVIATING


def test_a_notice_of_another_mode_explains_nothing():
    made = watch(notice(mode=Mode.EXERCISE))
    made.see(launch())
    assert made.consider(T0) == ((), frozenset())
    assert made.of("O1") == Announced()


def test_a_window_that_passes_without_a_launch_is_said_once():
    made = watch()
    assert made.consider(T0)[0] == ()
    late = T0 + 2 * HOUR_NS
    assert states(made.consider(late)[0]) == [("", "overdue")]
    assert made.consider(late + 60 * NS_PER_S)[0] == ()


def test_the_corridor_runs_from_the_pad_to_the_hazard_area_over_pole_and_date_line_too():
    over_pole = notice(hazard_areas=(area(69.3, -164.0, 50, "impact"),))
    corridor = corridor_of(over_pole)
    assert outside_m(corridor, np.radians(90.0), 0.0) == 0.0
    assert outside_m(corridor, np.radians(80.0), np.radians(16.0)) == 0.0
    off = outside_m(corridor, np.radians(80.0), np.radians(-74.0))
    half_width_m = 0.5 * (10e3 + 50e3)  # of the corridor, near its middle
    assert off == pytest.approx(np.radians(10.0) * 6.371e6 - half_width_m, rel=0.01)  # distances are good to 0.6 %
    date_line = notice(
        launch_areas=(area(10.0, 175.0, 20, "launch"),), hazard_areas=(area(10.0, -175.0, 20, "impact"),)
    )
    assert outside_m(corridor_of(date_line), np.radians(10.0), np.radians(180.0)) == 0.0
    assert outside_m(corridor_of(date_line), np.radians(10.0), 0.0) > 5e6


def test_a_notice_without_areas_has_no_corridor_to_leave():
    assert corridor_of(notice(hazard_areas=())) == () and outside_m((), 0.0, 0.0) == 0.0
