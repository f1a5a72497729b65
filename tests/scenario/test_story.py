"""Stories: read, refused in words, and drawn fairly."""

import numpy as np
import pytest

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.scenario import make_scenario, packaged_stories, parse_story, read_story
from vedette.scenario.draws import parse_draw

GOOD = 'title = "t"\nt_start_utc = "2031-04-01T12:00:00Z"\n[[launch]]\nid = "A"\nclass = "short-range-ballistic"\n'


def test_the_packaged_story_is_there_and_told():
    assert "two-launches" in packaged_stories()
    story = read_story("two-launches")
    assert [launch.id for launch in story.launches] == ["L1", "L2"]
    assert len(story.sensors) == 4 and story.about


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "not TOML"),
        ('title = "x"\n', "t_start_utc is missing"),
        (GOOD.replace("2031-04-01T12:00:00Z", "tomorrow"), "t_start_utc"),
        (GOOD + "azimut_deg = 3\n", "did you mean azimuth_deg"),
        (GOOD + 'azimuth_deg = "east"\n', "is not a quantity"),
        (GOOD + "azimuth_deg = [90, 60]\n", "runs backwards"),
        (GOOD.replace('class = "short-range-ballistic"\n', ""), "id or class is missing"),
        (GOOD + '[[launch]]\nid = "A"\nclass = "x"\n', "repeat"),
        ("seconds = -3\n" + GOOD, "seconds"),
        ('sensors = ["ir-nowhere"]\n' + GOOD, "no packaged sensor"),
        ("surprise = 1\n" + GOOD, "unknown key surprise"),
    ],
)
def test_a_bad_story_is_one_sentence(text, words):
    with pytest.raises(BadInputError, match=words):
        parse_story(text)


def test_an_unknown_story_names_the_known_ones():
    with pytest.raises(NotFoundError, match="two-launches"):
        read_story("no-such-story")


def test_an_unknown_class_and_a_negative_seed_are_refused():
    with pytest.raises(BadInputError, match="hovercraft"):
        make_scenario(parse_story(GOOD.replace("short-range-ballistic", "hovercraft")), 1)
    with pytest.raises(UsageError, match="-1"):
        make_scenario(parse_story(GOOD), -1)


@pytest.mark.parametrize(
    ("written", "middle", "spread"),
    [(3.0, 3.0, 0.0), ([1.0, 3.0], 2.0, 2 / np.sqrt(12)), ({"mean": 5.0, "sigma": 0.5}, 5.0, 0.5)],
)
def test_draws_have_the_middle_and_spread_that_were_written(written, middle, spread):
    draw, rng, n = parse_draw(written, "here"), np.random.default_rng(1), 4000
    values = np.array([draw.draw(rng) for _ in range(n)])
    assert draw.middle == middle
    assert abs(values.mean() - middle) <= 5.0 * spread / np.sqrt(n)
    assert values.std() == pytest.approx(spread, rel=0.06)


def test_log_normal_draws_have_their_median():
    draw, rng = parse_draw({"median": 2.0, "log_sigma": 0.3}, "here"), np.random.default_rng(2)
    logs = np.log([draw.draw(rng) for _ in range(4000)])
    assert abs(np.mean(logs) - np.log(2.0)) < 5 * 0.3 / np.sqrt(4000)
    assert np.std(logs) == pytest.approx(0.3, rel=0.06)


def test_fixing_one_quantity_leaves_the_luck_of_the_others_alone():
    loose = make_scenario(parse_story(GOOD), 4).flights[0].flight.drawn
    tight = make_scenario(parse_story(GOOD + "plume = 1.0\n"), 4).flights[0].flight.drawn
    assert tight["plume"] == 1.0
    assert {k: v for k, v in loose.items() if k != "plume"} == {k: v for k, v in tight.items() if k != "plume"}


def test_the_varied_story_draws_class_place_azimuth_and_loft():
    story = read_story("two-launches")
    flights = [make_scenario(story, seed, is_varied=True).flights[0] for seed in range(12)]
    for quantity in (
        lambda f: f.class_name,
        lambda f: f.launch_lat_deg,
        lambda f: f.azimuth_deg,
        lambda f: f.flight.drawn["loft"],
    ):
        assert len({quantity(flight) for flight in flights}) > 1


def test_a_story_without_launches_still_has_looks_and_keeps_what_people_do():
    story = parse_story(
        '''
title = "A quiet quarter of an hour"
t_start_utc = "2031-04-01T12:00:00Z"
seconds = 30.0
[[act]]
t_s = 10.0
what = "anything"
'''
    )
    assert story.acts == ({"t_s": 10.0, "what": "anything"},)
    made = make_scenario(story, 1)
    assert not made.flights
    assert {scan.sensor_id for scan in made.scans} == set(story.sensors)


def test_a_launch_with_little_luck_in_its_thrust_still_flies():
    """This seed draws 17 % less thrust than the vehicle's own: it can only rise almost upright."""
    text = """
title = "A weak one"
t_start_utc = "1979-11-09T10:50:00.000Z"
seconds = 60.0
sensors = ["ir-east"]
[[launch]]
id = "X1"
class = "intercontinental-liquid"
lat_deg = 51.0
lon_deg = 59.8
t_launch_s = 0.0
azimuth_deg = 5.0
"""
    (flight,) = make_scenario(parse_story(text), 1_000_021).flights
    assert flight.apogee_m > 0.0
