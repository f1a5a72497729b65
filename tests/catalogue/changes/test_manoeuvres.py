"""Manoeuvres against what operators published, the shape of a burn against fits, and laws on made histories."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue.changes.history import history_of
from vedette.catalogue.changes.kink import FIT_DAYS, IS_STEP, KINKS, LATE_DAYS, response, take_out
from vedette.catalogue.changes.manoeuvres import find_manoeuvres, manoeuvres_in
from vedette.catalogue.changes.pattern import pattern_of_life
from vedette.catalogue.changes.planes import MeanOrbits
from vedette.doors.catalogue_files import read_elements
from vedette.reports.elements import ElementSets
from vedette.time import tai_ns_from_utc_text

_DAY_NS = 86_400 * 10**9


def _operator_times(path: Path) -> np.ndarray:
    """Middle of each manoeuvre of an operator's file (IDS form: year, day of year from one, hour, minute; twice)."""
    out = []
    for line in path.read_text().splitlines():
        p = [int(word) for word in line.split()[1:9]]
        ends = [datetime(y, 1, 1) + timedelta(days=d - 1, hours=h, minutes=m) for y, d, h, m in (p[:4], p[4:])]
        out.append(np.mean([tai_ns_from_utc_text(end.isoformat() + "Z") for end in ends]))
    return np.sort(np.array(out))


def _matched(found: np.ndarray, true: np.ndarray) -> int:
    """One to one within a day, both in order of time."""
    count, j = 0, 0
    for t in found:
        while j < len(true) and true[j] < t - _DAY_NS:
            j += 1
        if j < len(true) and abs(true[j] - t) <= _DAY_NS:
            count, j = count + 1, j + 1
    return count


def test_sentinel_3a_is_told_as_its_operator_did() -> None:
    folder = real_data("catalogue/manoeuvres")
    sets, refused = read_elements(folder / "Sentinel-3A.tle.gz")
    assert not refused
    found = np.array([one.t_tai_ns for one in find_manoeuvres(sets)], dtype=float)
    true = _operator_times(folder / "raw_s3aman.txt")
    true = true[(true > sets.t_epoch_tai_ns.min()) & (true < sets.t_epoch_tai_ns.max())]
    true = true[np.append(True, np.diff(true) > _DAY_NS)]
    hits = _matched(found, true)
    assert hits / len(found) >= 0.9
    assert hits / len(true) >= 0.9


@pytest.mark.parametrize("shape", range(1, KINKS))
def test_the_shape_of_a_burn_is_what_a_straight_fit_makes_of_it(shape: int) -> None:
    """Against numpy's least squares on ten thousand looks; they are that dense that a thousandth is left."""
    one_thousandth = 1e-3
    fit, late = FIT_DAYS[shape], LATE_DAYS[shape]
    for since in np.linspace(0.05, fit + late + 1.0, 9):
        looks = np.linspace(since - late - fit, since - late, 10_001)
        pace, start = np.polyfit(looks, np.maximum(looks, 0.0), 1)
        place, moved = response(np.array([since]), shape)
        assert abs(moved[0] - pace) < one_thousandth
        assert abs(place[0] - (start + pace * since)) < one_thousandth * max(fit, 1.0)


def _made(burns: dict[float, float], noise_m: float = 20.0, days: int = 240) -> ElementSets:
    """Sets of a round orbit, one a day, whose mean motion steps; `burns` in m/s ahead by day."""
    rng = np.random.default_rng(3)
    t = np.arange(0.0, days, 1.0)
    motion, axis = 2.0 * np.pi / 100.0, 7_150e3
    sets = ElementSets(
        number=np.full(days, 7), name=("",) * days, designator=("",) * days,
        t_epoch_tai_ns=(t * _DAY_NS).astype(np.int64), mean_motion_radpmin=np.full(days, motion),
        eccentricity=np.full(days, 1e-3), inclination_rad=np.full(days, 1.7), node_teme_rad=np.zeros(days),
        perigee_argument_rad=np.zeros(days), mean_anomaly_rad=np.zeros(days), bstar_per_er=np.zeros(days),
        mean_motion_dot_radpmin2=np.zeros(days), mean_motion_ddot_radpmin3=np.zeros(days),
        revolution=np.zeros(days, np.int64), source=np.zeros(days, np.int64), sources=("made",),
    )  # fmt: skip
    step = sum((np.where(t > day, -3.0 * dv * 60.0 / axis, 0.0) for day, dv in burns.items()), 0.0 * t)
    stepped = replace(sets, mean_motion_radpmin=motion + step)
    rates = MeanOrbits.of(stepped)
    share_before = np.array([next((d - np.floor(d) for d in burns if k < d < k + 1), 0.0) for k in t[:-1]])

    def carried(rate: np.ndarray) -> np.ndarray:
        return np.append(0.0, np.cumsum(share_before * rate[:-1] + (1.0 - share_before) * rate[1:]))

    return replace(
        stepped,
        node_teme_rad=carried(rates.node_rate_radpday) % (2.0 * np.pi),
        perigee_argument_rad=carried(rates.perigee_rate_radpday) % (2.0 * np.pi),
        mean_anomaly_rad=(carried(rates.anomaly_rate_radpday) + rng.normal(0.0, noise_m, days) / axis) % (2.0 * np.pi),
        mean_motion_radpmin=stepped.mean_motion_radpmin + rng.normal(0.0, noise_m / 2.0, days) / axis / 1440.0,
    )


def test_burns_of_a_made_history_are_told_with_time_size_and_sign() -> None:
    burns = {50.4: 0.02, 111.8: -0.01, 170.2: 0.3}
    found = find_manoeuvres(_made(burns))
    assert len(found) == len(burns)
    for one, (day, dv) in zip(found, burns.items(), strict=True):
        assert abs(one.t_tai_ns / _DAY_NS - day) < 0.3  # sets are a day apart
        assert one.along_mps == pytest.approx(dv, rel=0.1)
        assert one.axis == "along"
        assert one.probability > 0.8


def test_noise_drag_and_bad_sets_are_no_manoeuvres() -> None:
    quiet = _made({})
    assert find_manoeuvres(quiet) == ()
    bad = quiet.mean_anomaly_rad.copy()
    bad[100] += 0.01
    bad[150] -= 0.002
    assert find_manoeuvres(replace(quiet, mean_anomaly_rad=bad)) == ()
    assert find_manoeuvres(quiet.take(np.arange(5))) == ()


def test_the_order_of_sets_does_not_matter() -> None:
    sets = _made({50.4: 0.05})
    order = np.random.default_rng(1).permutation(len(sets))
    mixed = sets.take(order)
    assert [one.t_tai_ns for one in find_manoeuvres(sets)] == [one.t_tai_ns for one in find_manoeuvres(mixed)]


def test_burns_a_few_days_apart_are_told_one_by_one_and_no_stay_is_taken_for_bad_sets() -> None:
    """As in commissioning: up in three burns, and out to another orbit for three days and back."""
    burns = {50.4: 0.5, 53.7: 0.8, 55.2: 0.3, 150.3: -0.03, 153.6: 0.03}
    found = find_manoeuvres(_made(burns))
    assert len(found) == len(burns)
    for one, (day, dv) in zip(found, burns.items(), strict=True):
        assert abs(one.t_tai_ns / _DAY_NS - day) < 0.3
        assert one.along_mps == pytest.approx(dv, rel=0.1)


def test_a_burn_across_the_orbit_is_as_large_as_its_operator_said() -> None:
    """Sentinel-3A turned its plane by about 2 m/s a few times a year."""
    folder = real_data("catalogue/manoeuvres")
    sets, _ = read_elements(folder / "Sentinel-3A.tle.gz")
    told = find_manoeuvres(sets)
    when = np.array([one.t_tai_ns for one in told], dtype=float)
    three_hundredths = 0.03  # the plane is known to 0.01 m/s or two; three of those are three hundredths
    held = 0
    for line, middle in zip(*_sorted_lines(folder / "raw_s3aman.txt"), strict=True):
        words = line.split()
        across = 0.0
        for k in range(int(words[10])):
            half_arc = np.pi * float(words[16 + 15 * k]) / 6_059.0  # of the orbit, flown while burning: turns cancel
            across += float(words[19 + 15 * k]) * np.sin(half_arc) / half_arc
        near = int(np.argmin(np.abs(when - middle)))
        if abs(across) < 1.5 or abs(when[near] - middle) > _DAY_NS:
            continue
        held += 1
        assert told[near].axis == "across"
        assert told[near].across_mps == pytest.approx(abs(across), rel=three_hundredths)
    assert held >= 15


def _sorted_lines(path: Path) -> tuple[list[str], np.ndarray]:
    """Lines of an operator's file by time, and their times."""
    lines = sorted(path.read_text().splitlines(), key=lambda line: [int(word) for word in line.split()[1:5]])
    return lines, _operator_times(path)


def test_kinks_are_taken_out_as_their_response_says() -> None:
    t = np.sort(np.random.default_rng(5).uniform(0.0, 40.0, 60))
    shapes = np.array([0, 3, 6, KINKS])
    when, sizes = np.array([5.2, 17.0, 21.3, 30.1]), np.array([100.0, -40.0, 7.0, 900.0])
    along, pace = np.zeros(60), np.zeros(60)
    take_out(t, when, FIT_DAYS[shapes], LATE_DAYS[shapes], IS_STEP[shapes], sizes, along, pace)
    told = [response(t - day, int(shape)) for day, shape in zip(when, shapes, strict=True)]
    here = [t >= day for day in when]
    np.testing.assert_allclose(along, -sum(s * y[0] * h for s, y, h in zip(sizes, told, here, strict=True)), atol=1e-9)
    np.testing.assert_allclose(pace, -sum(s * y[1] * h for s, y, h in zip(sizes, told, here, strict=True)), atol=1e-9)


def test_small_burns_of_well_tracked_objects_are_told_where_drag_hides_them_in_longer_windows() -> None:
    """Sets good to 10 m of an object whose drag swings by more in a week than the burns, of 3 mm/s, change its pace."""
    burns = {60.4: 0.003, 121.7: 0.003, 180.2: -0.003}
    quiet, told = (history_of(_made(those, noise_m=10.0)) for those in ({}, burns))
    t = told.t_days
    swing = 400.0 * np.sin(2.0 * np.pi * t / 13.0)  # metres a day; a burn is 780
    carried = -400.0 * 13.0 / (2.0 * np.pi) * np.cos(2.0 * np.pi * t / 13.0)
    swayed = [replace(one, along_m=one.along_m + carried, pace_mpd=one.pace_mpd + swing) for one in (quiet, told)]
    assert manoeuvres_in(swayed[0]) == ()
    found = manoeuvres_in(swayed[1])
    assert len(found) == len(burns)
    for one, (day, dv) in zip(found, burns.items(), strict=True):
        assert abs(one.t_tai_ns / _DAY_NS - day) < 0.6  # sets are a day apart
        assert one.along_mps == pytest.approx(dv, rel=0.25)


def test_burns_out_and_back_between_two_sets_are_one_manoeuvre() -> None:
    """30 mm/s ahead for seven hours of a day without sets: the same pace as before, and 2.3 km along the way."""
    quiet = history_of(_made({}))
    behind = np.where(quiet.t_days > 110.4, -3.0 * 0.03 * 0.3 * 86_400.0, 0.0)
    found = manoeuvres_in(replace(quiet, along_m=quiet.along_m + behind))
    assert [int(one.t_tai_ns / _DAY_NS) for one in found] == [110]
    least = 2.0 * 0.03 * 0.3  # so small if they were as far apart as the sets
    assert found[0].delta_v_mps == pytest.approx(least, rel=0.15)
    assert found[0].along_mps == 0.0


def test_an_object_that_stops_burning_or_burns_far_more_is_off_its_pattern() -> None:
    """Burns of 0.1 m/s every 30 days for 240 days; then none, as ever, or one ten times as large."""
    usual = {10.4 + 30.0 * k: 0.1 for k in range(1, 7)}
    held, quiet, large = (
        _made(burns) for burns in ({**usual, 220.4: 0.1}, {k: v for k, v in usual.items() if k < 170.0},
                                   {**usual, 220.4: 1.0})
    )  # fmt: skip
    life = pattern_of_life(held, find_manoeuvres(held))
    assert life["burns"] == 7
    assert life["days_between_burns"] == pytest.approx(30.0, abs=0.5)
    assert life["last_burn_days_ago"] == pytest.approx(239.0 - 220.4, abs=0.5)
    assert not life["off_pattern"]
    assert pattern_of_life(quiet, find_manoeuvres(quiet))["off_pattern"]
    assert pattern_of_life(large, find_manoeuvres(large))["off_pattern"]
