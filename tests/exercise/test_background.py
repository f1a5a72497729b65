"""Days without launches: limits from tables, clutter that could mislead, and days that are kept."""

import json
from dataclasses import replace

import numpy as np
import pytest

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.exercise import background
from vedette.exercise.background import STATES, poisson_upper, rehearse_background, summary
from vedette.exercise.background_clutter import ClutterDay, clutter_day, may_become_something, suspicious_spans
from vedette.exercise.background_kinds import FIRST_DAY_TAI_NS, KINDS, happening, natural_rates, story_text
from vedette.frames import itrf_from_geodetic
from vedette.reports import Cause
from vedette.scenario import make_scenario, parse_story
from vedette.scenario.returns import Luck
from vedette.sensing import los_from_itrf, packaged_sensors


@pytest.mark.parametrize(("count", "upper"), [(0, 2.996), (1, 4.744), (5, 10.513), (10, 16.962)])
def test_poisson_limits_are_those_of_the_tables(count, upper):
    # 95 % one-sided limits (Gehrels 1986, ApJ 303, table 1)
    assert poisson_upper(count) == pytest.approx(upper, abs=2e-3)


def day_of(places, times_s):
    """One watcher, one false detection a look, towards these places."""
    sensor = packaged_sensors()["ir-east"]
    here = sensor.position_itrf_m(FIRST_DAY_TAI_NS)
    rows = [np.append(los_from_itrf(itrf_from_geodetic(*np.radians(p), 0.0), here), 6e3)[None] for p in places]
    luck = Luck((0.0, 0.0, 0.0), 0.0, 0.0, 315.0)
    return ClutterDay(FIRST_DAY_TAI_NS, {"ir-east": np.array(times_s)}, {"ir-east": rows}, {"ir-east": luck},
                      {"ir-east": sensor})  # fmt: skip


def test_two_flashes_close_together_in_place_and_time_are_played_and_others_are_not():
    assert len(suspicious_spans(day_of([(10.0, 10.0), (10.3, 10.0)], [100.0, 106.0]))) == 1
    assert suspicious_spans(day_of([(10.0, 10.0), (-10.0, 10.0)], [100.0, 106.0])) == []
    assert suspicious_spans(day_of([(10.0, 10.0), (10.3, 10.0)], [100.0, 140.0])) == []


def test_a_day_has_as_many_false_detections_as_its_sensors_say_and_few_that_could_mislead():
    sensors = packaged_sensors()
    day = clutter_day(sensors, FIRST_DAY_TAI_NS, 7_200.0, seed=3)
    mean = sum(7_200.0 / one.revisit_s * one.false_alarms_per_look for one in sensors.values())
    assert day.detection_count == pytest.approx(mean, abs=4.0 * np.sqrt(mean))
    spans = suspicious_spans(day)
    assert 0 < sum(one.t_to_s - one.t_from_s for one in spans) < 0.2 * 7_200.0
    assert all(len(one.looks) >= 2 for one in spans)
    scans = day.scans(spans[0].t_from_s, spans[0].t_to_s, seed=3)
    assert sum(len(scan) for scan in scans) >= 1 and {scan.sensor_id for scan in scans} <= set(sensors)


def test_flashes_that_walk_like_one_thing_are_played_whole_and_a_chance_pair_is_not():
    walks = day_of([(10.0 + 0.01 * k, 10.0) for k in range(8)], [100.0 + 3.0 * k for k in range(8)])
    [span] = suspicious_spans(walks)
    assert len(span.looks) == 8 and may_become_something(walks, span, seed=1)
    apart = day_of([(10.0, 10.0), (11.2, 10.0)], [100.0, 121.0])
    [span] = suspicious_spans(apart)
    assert not may_become_something(apart, span, seed=1)


def test_every_kind_makes_a_story_that_can_be_read():
    sensors = packaged_sensors()
    for number, kind in enumerate(KINDS):
        text = story_text(kind, sensors, 3, np.random.default_rng(number))
        assert text is not None and parse_story(text).seconds == kind.seconds
        assert kind.per_day(sensors) > 0.0 and 0.0 < kind.share <= 1.0 and kind.source


def row(day, **found):
    kinds = {kind.name: {"played": 1, "found": []} for kind in KINDS} | {"clutter": {"played": 2, "found": []}}
    for name, heights in found.items():
        kinds[name]["found"] = [
            {"height": h, "subject": "object", "leading": "x", "threat": 0.9, "unexplained": h > 1}
            for h in heights
        ]
    return {"day": day, "kinds": kinds, "false_detections": 10, "cpu_s": 1.0}


def test_counts_are_divided_by_the_share_played():
    sensors = packaged_sensors()
    told = summary([row(0, glint=[1, 2]), row(1)], 4, sensors)
    glint = next(one for one in told["kinds"] if one["name"] == "glint")
    share = next(kind.share for kind in KINDS if kind.name == "glint")
    assert told["sensor_days"] == 8 and glint["led_by_a_threat"] == 2
    assert [glint["states"][state]["count"] for state in STATES] == [2, 1, 0]
    assert glint["states"]["candidate"]["per_sensor_day"] == pytest.approx(2 / (8 * share))
    assert glint["states"]["confirmed"]["upper_95_per_sensor_day"] == pytest.approx(2.996 / (8 * share), rel=1e-3)
    assert told["states"]["confirmed"]["count"] == 0 and glint["states"]["unexplained"]["count"] == 1


def test_the_policy_believes_what_the_background_plays():
    """One table for both: what happens a day here is what comes to be assessed in a year there, to two digits."""
    sensors, rates = packaged_sensors(), packaged_assessment_policy().rates
    for cause, one in natural_rates().items():
        assert 0.0 < one["assessed"] <= 1.0 and 0.0 < one["unnamed"] <= 1.0 and one["source"]
        a_year = happening(cause, sensors) * 365.25 * one["assessed"] * one["unnamed"]
        assert rates[Cause(cause)].per_year == float(f"{a_year:.1e}")


def test_who_has_no_sensor_of_a_kind_plays_none_of_what_it_would_see():
    watchers = {name: one for name, one in packaged_sensors().items() if name != "radar-north"}
    assert happening("satellite", watchers) == 0.0 and happening("fire-or-flare", watchers) == 5_000.0
    assert happening("glint", watchers) == 50.0 * len(watchers)


def test_an_interrupted_run_is_taken_up_where_it_stopped(tmp_path, monkeypatch):
    played = []

    def play(text, day, seed):
        played.append(day)
        return row(day)

    monkeypatch.setattr(background, "play_day", play)
    kept = tmp_path / "days.jsonl"
    sensors = packaged_sensors()
    first = rehearse_background(sensors, 2, 1, results=kept)
    with kept.open("a", encoding="utf-8") as file:
        file.write('{"digest": "cut sh')
    again = rehearse_background(sensors, 3, 1, results=kept, is_resumed=True)
    assert played == [0, 1, 2] and first["days"] == 2 and again["days"] == 3
    assert rehearse_background(sensors, 1, 9, results=kept, is_resumed=True)["days"] == 1  # another seed: played
    assert played == [0, 1, 2, 0]
    assert json.loads(kept.read_text(encoding="utf-8").splitlines()[0])["row"]["day"] == 0


def test_a_watcher_is_shown_no_mirror_at_night():
    """At midnight under it the Sun is behind the Earth; such a moment is played as nothing and stops nothing."""
    (glint,) = [kind for kind in KINDS if kind.name == "glint"]
    sensors = {"ir-east": packaged_sensors()["ir-east"]}
    texts = [story_text(glint, sensors, 0, np.random.default_rng(seed)) for seed in range(40)]
    seen = [text for text in texts if text is not None]
    assert 0 < len(seen) < len(texts)
    for text in seen[:5]:
        make_scenario(replace(parse_story(text), sensors=sensors), 1)
