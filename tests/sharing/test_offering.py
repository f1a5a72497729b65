"""What a picture could tell: here, how its sensors do and what share of launches they would see."""

import pytest

from vedette.engine import Session, advance, open_picture
from vedette.reports import Mode, SharedHealth, SharedTrack
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


def test_a_track_is_offered_anew_when_it_has_changed_and_only_then():
    made = make_scenario(read_story("false-alarms/FA-03"), 1)
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors)))
    kept, told = {}, set()
    for scan in made.scans[:40]:
        picture = advance(picture, scan)
        tracks = tracks_of(picture, kept=kept)
        told |= {one.position_itrf_m for one in tracks}
        assert tracks == tracks_of(picture)
        assert all(one is other for one, other in zip(tracks, tracks_of(picture, kept=kept), strict=True))
    assert len(told) > 20 and len(kept) == len(picture.objects)


def tracks_of(picture, **how) -> list[SharedTrack]:
    return [one for one in offers_of(picture, "NORTH", **how) if isinstance(one, SharedTrack)]
