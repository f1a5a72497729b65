"""A catalogue given to a watch names what is seen, begins no launch from it, and is replayed to the same bytes."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.small_scene import radar_scan

from vedette.core.constants import NS_PER_S
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.wire import document, json_bytes
from vedette.engine import CatalogueGiven, FeedEnded, Session, advance, open_picture
from vedette.formats.elements_pack import pack_elements, unpack_elements
from vedette.formats.tle import read_tle
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports import LAUNCHES, Mode, Scan
from vedette.sensing import Radar, Site, format_sensors

STATION = """ISS (ZARYA)
1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537
"""
RADAR = Radar(
    Site(48.0, 11.0, 500.0), range_sigma_m=30.0, angle_sigma_deg=0.05, range_rate_sigma_mps=2.0, range_max_km=4000.0,
    elevation_min_deg=3.0, revisit_s=5.0, name="radar-test",
)  # fmt: skip


def given(sets, t):
    packed, sha256 = pack_elements(sets)
    return CatalogueGiven(t_received_tai_ns=t, source="test", count=len(sets), sha256=sha256, packed=packed)


def a_pass(sets, late_s=0.0):
    """Every five seconds while the station is over the radar's horizon, some seconds late along its way."""
    flown, earth = Sgp4.of(sets), EarthOrientation.packaged()
    t = int(sets.t_epoch_tai_ns[0]) + np.arange(0, 86_400, 5, dtype=np.int64) * NS_PER_S
    teme, _ = flown.states_teme(t - round(late_s * NS_PER_S))
    states = np.stack([state_itrf_from_teme(int(one), teme[0, k], earth) for k, one in enumerate(t)])
    seen = np.flatnonzero(RADAR.is_visible(states, t))
    first = seen[: int(np.argmax(np.diff(seen, append=seen[-1] + 9) > 1)) + 1]
    rng = np.random.default_rng(4)
    for k in first:
        scan, _ = radar_scan(RADAR, states[k : k + 1], 0.0, rng, clutter=False, pd=1.0)
        when = np.full(len(scan), t[k])
        yield Scan(
            "radar-test", scan.kind, Mode.SIMULATED, int(t[k]) + NS_PER_S // 2, when, scan.values, scan.sigmas
        )  # fmt: skip


@pytest.fixture(scope="module")
def sets():
    return read_tle(STATION)[0]


def watched(events):
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors({"radar-test": RADAR}))
    picture = open_picture(session)
    launched = set()
    for event in (*events, FeedEnded()):
        picture = advance(picture, event)
        launched |= {one.object_id for one in picture.candidates if one.explanations[0].name in LAUNCHES}
    return picture, launched


def test_a_catalogued_satellite_seen_by_radar_is_named_and_never_becomes_a_launch_candidate(sets):
    scans = list(a_pass(sets, late_s=0.15))  # a kilometre late: usual for elements hours old
    assert len(scans) > 40
    blind, _ = watched(scans[:12])
    picture, launched = watched([given(sets, scans[0].t_received_tai_ns), *scans])
    assert len(blind.objects) == 1  # what happens without a catalogue
    assert not picture.objects and not launched and not picture.alerts and not picture.candidates
    (met,) = picture.catalogue.met.values()
    assert met.number == 25544 and met.looks == len(scans) and met.probability > 0.99
    assert document(picture)["catalogue"]["met"][0]["name"] == "ISS (ZARYA)"


def test_one_whose_elements_are_further_off_than_is_stated_begins_nothing_either(sets):
    """Seven kilometres late: beyond the tracker's gate of one stated size, within the catalogue's tails."""
    scans = list(a_pass(sets, late_s=0.9))[:15]
    picture, launched = watched([given(sets, scans[0].t_received_tai_ns), *scans])
    assert not picture.objects and not launched and not picture.candidates
    (met,) = picture.catalogue.met.values()
    assert met.looks == len(scans)


def test_one_that_has_manoeuvred_is_followed_and_still_no_launch(sets):
    """A minute late is 460 km: nothing silent explains it, and it is weighed in the open."""
    scans = list(a_pass(sets, late_s=60.0))
    picture, launched = watched([given(sets, scans[0].t_received_tai_ns), *scans])
    assert not launched
    assert not any(alert.kind.startswith("launch") for alert in picture.alerts)


def test_the_journal_holds_the_catalogue_and_a_replay_gives_the_same_bytes(sets, tmp_path):
    scans = list(a_pass(sets))[:8]
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors({"radar-test": RADAR}))
    picture = open_picture(session)
    with SqliteJournal.create(tmp_path / "night.sqlite", session) as journal:
        for event in (given(sets, 0), *scans, FeedEnded()):
            journal.append_event(event)
            picture = advance(picture, event)
        journal.commit()
    with SqliteJournal.open(tmp_path / "night.sqlite") as journal:
        again = open_picture(journal.session)
        for event in journal.events():
            again = advance(again, event)
    assert json_bytes(document(again)) == json_bytes(document(picture))
    assert again.catalogue is not None and len(again.catalogue.met) == 1


def test_element_sets_packed_and_unpacked_are_the_same_and_damage_is_refused(sets):
    packed, sha256 = pack_elements(sets)
    back = unpack_elements(packed, sha256)
    assert back.name == sets.name and back.t_epoch_tai_ns.tolist() == sets.t_epoch_tai_ns.tolist()
    assert back.mean_motion_radpmin.tobytes() == sets.mean_motion_radpmin.tobytes()
    for bad in (packed[:-3], packed[:20], b"", packed[::-1]):
        with pytest.raises(Exception, match="catalogue that cannot be read"):
            unpack_elements(bad, sha256)
    with pytest.raises(Exception, match="its hash is another"):
        unpack_elements(packed, "0" * 64)


def test_what_is_named_is_taken_out_and_the_rest_keeps_its_rows_of_the_look(sets):
    scan = next(iter(a_pass(sets)))
    values = np.repeat(scan.values, 2, axis=0)
    values[1, 2] -= 200e3  # a stranger, well before the station
    times, sigmas = np.repeat(scan.t_measured_tai_ns, 2), np.repeat(scan.sigmas, 2, axis=0)
    two = replace(scan, t_measured_tai_ns=times, values=values, sigmas=sigmas)
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors({"radar-test": RADAR}))
    picture = advance(open_picture(session), given(sets, scan.t_received_tai_ns - NS_PER_S))
    left = picture.catalogue.without_named(two, picture.catalogue.hear(two, RADAR))
    assert left.rows_of_look.tolist() == [1] and left.values.tolist() == values[1:].tolist()
