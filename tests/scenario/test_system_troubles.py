"""Troubles of the system in a story: silence, clocks, strays, and what is said besides looks."""

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.reports import Claim, LifeSign, Mode, Notice, Scan
from vedette.scenario import make_scenario, parse_story

STORY = """
title = "Troubles"
t_start_utc = "2031-04-01T12:00:00Z"
seconds = 120
sensors = ["ir-east", "radar-north"]
[[launch]]
id = "L"
class = "short-range-stretched"
lat_deg = 31.4
lon_deg = -29.8
t_launch_s = 5.0
azimuth_deg = 75.0
"""


def made(tables="", seed=2):
    return make_scenario(parse_story(STORY + tables), seed)


def looks_s(one, sensor):
    start = one.story.t_start_tai_ns
    mine = [scan for scan in one.scans if scan.sensor_id == sensor and len(scan)]
    return [(scan.t_measured_tai_ns[0] - start) / NS_PER_S for scan in mine]


def test_without_troubles_events_are_the_scans():
    one = made()
    assert one.events == one.scans and one.catalogue == ()


def test_sensors_that_share_a_relay_are_silent_together_or_come_late_in_a_burst():
    table = '[[outage]]\nsensors = ["ir-east", "radar-north"]\nt_start_s = 60.0\nt_end_s = 90.0\n'
    lost = made(table)
    assert not [t for name in lost.sensors for t in looks_s(lost, name) if 60.0 <= t < 90.0]
    held = made(table + "is_held_back = true\n")
    assert len(held.scans) == len(made().scans)
    burst = [scan for scan in held.scans if "late" in scan.marks]
    assert burst and {scan.t_received_tai_ns - held.story.t_start_tai_ns for scan in burst} >= {90 * NS_PER_S}


def test_a_clock_walks_as_tenths_of_a_second_in_24_bits_do():
    # 0.1 s cut to 23 binary places is short by 9.5e-8 s: 0.343 s after 100 hours (GAO/IMTEC-92-26, 1992)
    per_hour = 3600 * 10 * (0.1 - int(0.1 * 2**23) / 2**23)
    assert per_hour * 100 == pytest.approx(0.343, abs=0.001)
    one = made(f'[[clock_drift]]\nsensor = "radar-north"\noffset_s = {100 * per_hour}\nrate_s_per_h = {per_hour}\n')
    off = np.array(looks_s(one, "radar-north")) - np.array(looks_s(made(), "radar-north"))
    assert off == pytest.approx(100 * per_hour, abs=2e-4)
    assert np.all(np.diff(off) > 0.0)
    assert looks_s(one, "ir-east") == looks_s(made(), "ir-east")


def test_a_replay_comes_again_with_the_times_of_now_and_a_tape_with_its_own_marks():
    table = (
        '[[stray]]\nkind = "replay"\nsensors = ["radar-north"]\nt_start_s = 100.0\n'
        "replay_from_s = 60.0\nreplay_to_s = 80.0\n"
    )
    bare, again = made(), made(table)
    extra = len(again.scans) - len(bare.scans)
    assert extra in (4, 5, 6)  # twenty seconds of looks every four
    values = [scan.values.tobytes() for scan in again.scans if scan.sensor_id == "radar-north" and len(scan)]
    assert len(values) > len(set(values))
    tape = made(
        '[[stray]]\nkind = "tape"\nsensors = ["ir-east"]\nmode = "TEST"\nroute = "training console"\n'
        'is_route_told = true\n[[stray.launch]]\nid = "T"\nclass = "medium-range-liquid"\nlat_deg = 20.0\n'
        "lon_deg = -40.0\nt_launch_s = 0.0\n"
    )
    strays = [scan for scan in tape.scans if scan.mode is Mode.TEST]
    assert strays and all(scan.marks == ("route:training console",) and len(scan) for scan in strays)
    assert len(tape.flights) == 1  # what a tape shows did not happen


def test_what_is_said_stands_among_the_looks_in_order_of_arrival():
    one = made(
        """
[[notice]]
id = "N"
kind = "pre-launch"
party = "A"
[[claim]]
claim_id = "C"
source_id = "display"
route = "line 1"
sequence = 7
what = "launches"
count = 200
t_sent_s = 30.0
t_received_s = 31.0
[[life_sign]]
sensor_id = "ir-east"
route = "aircraft"
t_sent_s = 40.0
has_power = true
"""
    )
    times = [event.t_received_tai_ns for event in one.events]
    assert times == sorted(times)
    kinds = {type(event) for event in one.events}
    assert kinds == {Notice, Claim, LifeSign, Scan}
    assert isinstance(one.events[0], Notice)
    (claim,) = [event for event in one.events if isinstance(event, Claim)]
    assert claim.count == 200 and claim.t_received_tai_ns - one.story.t_start_tai_ns == 31 * NS_PER_S


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('[[outage]]\nsensors = ["nobody"]\n', "no sensor"),
        ("[[outage]]\n", "no sensor is named"),
        ('[[stray]]\nkind = "ghost"\nsensors = ["ir-east"]\n', "tape or replay"),
        ('[[clock_drift]]\nsensor = "ir-east"\noffset = 1.0\n', "unknown key offset"),
        ('[[claim]]\nclaim_id = "C"\n', "missing required field"),
        ('[[notice]]\nid = "N"\nkind = "party"\nparty = "A"\n', "Invalid enum"),
    ],
)
def test_a_trouble_that_cannot_be_is_said_to_be_so(table, words):
    with pytest.raises(BadInputError, match=words):
        made(table)
