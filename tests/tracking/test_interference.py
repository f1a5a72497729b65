"""The watch over noise, fed by stories: nature is asked first, jamming is said after, and the sensor is restored."""

from dataclasses import replace

import pytest
from tests.tracking.strobe_scene import AURORA, JAMMING, SUN_BURST, story_text

from vedette.core.errors import BadInputError
from vedette.reports import Condition, FindingKind, SensorKind
from vedette.scenario import make_scenario
from vedette.scenario.story import parse_story
from vedette.tracking import CrowdTracker
from vedette.tracking.crowd.look import look_of
from vedette.tracking.interference.watcher import InterferenceWatch
from vedette.tracking.sensor_views import views_of


def watched(text, seed=1):
    made = make_scenario(parse_story(text), seed)
    watch = InterferenceWatch(made.sensors.values())
    findings, conditions = [], set()
    for scan in made.scans:
        findings += watch.absorb(scan)
        conditions |= {health.condition for health in watch.health}
    return watch, findings, conditions


def test_jamming_is_said_placed_and_over():
    watch, findings, conditions = watched(story_text(JAMMING))
    kinds = [finding.kind for finding in findings]
    assert kinds.count(FindingKind.SENSOR_DEGRADED) == 3 and kinds.count(FindingKind.SENSOR_RESTORED) == 3
    named = [finding for finding in findings if finding.data["mark"] == "interference"]
    assert {finding.object_id for finding in named} == {"ra", "rb", "rc"}
    placed = [finding for finding in findings if finding.data["mark"] == "placed"]
    place = placed[-1].data["emitter"]
    assert abs(place["lat_deg"] - 42.0) < 0.05 and 12.0 < place["lon_deg"] < 12.3
    assert Condition.DEGRADED in conditions
    assert all(health.condition is Condition.OK for health in watch.health)  # restored at the end


def test_a_solar_burst_at_three_sites_is_never_called_jamming():
    _, findings, conditions = watched(story_text(SUN_BURST))
    assert {f.object_id for f in findings if f.data["mark"] == "Sun"} == {"ra", "rb", "rc"}
    assert not any(f.kind is FindingKind.INTERFERENCE for f in findings)
    assert Condition.DEGRADED in conditions


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_aurora_over_a_northern_site_is_never_called_jamming(seed):
    _, findings, _ = watched(story_text(AURORA, north_deg=20.0), seed)
    assert any(f.data["mark"] == "aurora" for f in findings)
    assert not any(f.kind is FindingKind.INTERFERENCE for f in findings)


def test_without_noise_nothing_is_said():
    watch, findings, conditions = watched(story_text(""))
    assert not findings and conditions == {Condition.OK} and not watch.emitters


def test_the_same_scans_say_the_same_things():
    again = [watched(story_text(AURORA, north_deg=20.0))[1] for _ in range(2)]
    assert again[0] == again[1]


def test_a_wrong_table_is_refused_in_words():
    with pytest.raises(BadInputError, match="power_density_w_mhz missing"):
        parse_story(story_text("\n[[jamming]]\nlat_deg = 1.0\nlon_deg = 2.0\n"))
    with pytest.raises(BadInputError, match="unknown key flux"):
        parse_story(story_text("\n[[sun_burst]]\nflux = 1.0\n"))
    with pytest.raises(BadInputError, match="kp is 0 to 9"):
        parse_story(story_text("\n[[aurora]]\nkp = 12.0\nrise_db = 3.0\n"))
    with pytest.raises(BadInputError, match="side lobes"):
        parse_story(story_text("\n[receivers.ra]\nsidelobe_db = 80.0\n"))


def test_the_crowd_tracker_lets_strobes_pass_and_expects_less_of_a_noisy_look():
    made = make_scenario(parse_story(story_text(JAMMING)), 1)
    tracker = CrowdTracker(list(made.sensors.values()))
    strobe = next(scan for scan in made.scans if scan.kind is SensorKind.STROBE and len(scan))
    assert len(tracker.step(strobe)) == 0
    radar = replace(made.sensors["ra"], range_1m2_km=None)
    (view,) = views_of([radar])
    scan = next(scan for scan in made.scans if scan.sensor_id == "ra" and scan.kind is SensorKind.RADAR)
    quiet, noisy = (look_of(replace(scan, noise_rise_db=db), view, 0).chance_of[0] for db in (0.0, 10.0))
    assert noisy < 0.8 * quiet
