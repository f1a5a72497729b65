"""The launch follower on radar alone: satellites are satellites, and a blip is not called a launch."""

from dataclasses import replace

import pytest

from vedette.assessment.launch_follower import LaunchFollower
from vedette.core.errors import NotFoundError
from vedette.formats import read_scans
from vedette.reports import FindingKind, Mode
from vedette.sensing import read_sensors


@pytest.fixture(scope="module")
def night():
    """The example night: two satellites and noise, seen by one radar."""
    follower = LaunchFollower(read_sensors("docs/examples/night.toml"), Mode.SIMULATED)
    said = [item for scan in read_scans("docs/examples/night.jsonl") for item in follower.absorb(scan)]
    t_last_tai_ns = max(item.t_declared_tai_ns for item in said)
    return follower, [*said, *follower.settle(t_last_tai_ns)]


def test_two_satellites_are_named_and_nobody_is_alarmed(night):
    follower, _ = night
    satellites = [one for one in follower.objects() if one.class_name == "satellite"]
    assert len(satellites) == 2
    assert all(one.phase == "orbit" and one.impact is None for one in satellites)
    assert follower.alerts() == ()


def test_what_was_hardly_seen_is_not_explained(night):
    follower, said = night
    for one in follower.objects():
        if one.class_name == "satellite":
            continue
        assert one.launch is None and one.impact is None
        (lost,) = [f for f in said if f.kind is FindingKind.LOST and f.object_id == one.id]
        assert "too little to say" in lost.text and "thrust" not in lost.text


def test_every_object_is_lost_once_and_ids_are_never_reused(night):
    follower, said = night
    ids = [one.id for one in follower.objects()]
    assert len(set(ids)) == len(ids)
    for name in ids:
        assert sum(f.kind is FindingKind.LOST and f.object_id == name for f in said) == 1


def test_a_sensor_nobody_described_is_refused_by_name():
    scan = next(iter(read_scans("docs/examples/night.jsonl")))
    sensors = read_sensors("docs/examples/night.toml")
    two = {name: replace(next(iter(sensors.values())), name=name) for name in ("alpha", "beta")}
    with pytest.raises(NotFoundError, match=scan.sensor_id):
        LaunchFollower(two).absorb(scan)
