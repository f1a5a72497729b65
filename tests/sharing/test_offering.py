"""What a picture could tell: here, how its sensors do and what share of launches they would see."""

import pytest

from vedette.engine import Session, advance, open_picture
from vedette.reports import Mode, SharedHealth
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors
from vedette.sharing.offering import offers_of


@pytest.fixture(scope="module")
def picture():
    made = make_scenario(read_story("two-launches"), 1)
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors)))
    t_first = made.scans[0].t_received_tai_ns
    for scan in made.scans:
        picture = advance(picture, scan)
        if scan.t_received_tai_ns - t_first > 20 * 10**9:
            break
    return picture


def health_of(picture, **how) -> SharedHealth:
    (found,) = [one for one in offers_of(picture, "NORTH", **how) if isinstance(one, SharedHealth)]
    return found


def test_coverage_is_offered_when_it_is_asked_for(picture):
    assert health_of(picture).coverage == {}
    (share,) = health_of(picture, has_coverage=True).coverage.values()
    assert 0.0 < share <= 1.0
    assert sum(health_of(picture).working.values()) > 0
