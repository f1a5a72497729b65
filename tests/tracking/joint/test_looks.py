"""Looks of two owners in one tracker come to what a tracker with all sensors does; bad ones are refused in words."""

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.formats.scan_codec import encode_scan
from vedette.reports import SharedLook
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors
from vedette.tracking import Tracker
from vedette.tracking.joint.looks import JointLooks

OURS = ("radar-north",)


@pytest.fixture(scope="module")
def night():
    made = make_scenario(read_story("two-launches"), 1)
    end = made.story.t_start_tai_ns + 130 * NS_PER_S
    return made, [scan for scan in made.scans if scan.t_received_tai_ns < end and scan.sensor_id != "ir-molniya"]


def test_shared_looks_are_as_good_as_all_sensors_in_one_hand(night):
    made, scans = night
    sensors = made.sensors
    toml = format_sensors({name: one for name, one in sensors.items() if name.startswith("ir-")})
    joint = JointLooks([sensors[name] for name in OURS])
    central = Tracker([sensors[name] for name in ("radar-north", "ir-east", "ir-west", "ir-molniya")])
    for i, scan in enumerate(scans):
        central.step(scan)
        if scan.sensor_id in OURS:
            joint.hear_own(scan)
        else:
            told = toml if i < 5 else ""  # said once, repeated a few times
            look = SharedLook(scan=encode_scan(scan), sensor_toml=told)
            assert joint.hear_partner("SOUTH", look, scan.t_received_tai_ns) == ""
    mine, whole = joint.tracks, central.tracks
    assert mine is not None and len(mine) == len(whole) >= 2
    size = np.linalg.slogdet(mine.state_covs_itrf)[1] - np.linalg.slogdet(whole.state_covs_itrf)[1]
    assert np.all(np.exp(np.sort(size) / 12.0) < 1.15)  # the bar of issue 7; the two are in fact the same to rounding
    same = np.sort(mine.states_itrf, axis=0) / np.sort(whole.states_itrf, axis=0)
    assert np.max(np.abs(same - 1.0)) < 1e-6


def test_looks_that_cannot_be_used_are_refused_in_a_sentence(night):
    made, scans = night
    joint = JointLooks([made.sensors["radar-north"]])
    seen = next(scan for scan in scans if scan.sensor_id == "ir-east")
    payload = encode_scan(seen)

    def answer(payload: bytes, toml: str = "") -> str:
        return joint.hear_partner("SOUTH", SharedLook(scan=payload, sensor_toml=toml), 0)

    assert "was not described" in answer(payload)
    assert "not a scan payload" in answer(b"garbage")
    assert "no [sensors.NAME]" in answer(payload, "x = 1")
    assert "described as radar" in answer(payload, format_sensors({"ir-east": made.sensors["radar-north"]}))
    assert joint.tracks is None
