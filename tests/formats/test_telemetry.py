"""Launch telemetry: three arrays are observations, everything else is ignored."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data import real_data
from tests.formats.made import GOLDEN, assert_same_scan, headers_of, read, scans_of, sentences_of

from vedette.reports import Mode, SensorKind
from vedette.time import tai_ns_from_utc_text


def telemetry(time=(0, 1, 2), velocity=(0, 10, 20), altitude=(0, 0, 0.1), **more):
    return json.dumps({"time": list(time), "velocity": list(velocity), "altitude": list(altitude), **more})


def test_the_golden_ascent_means_what_it_says():
    records = read(GOLDEN / "ascent.json")
    (header,) = headers_of(records)
    assert (header.is_epoch_known, header.t_liftoff_tai_ns, header.sensors) == (False, 0, ("ascent",))
    scans = scans_of(records)
    assert [int(scan.t_measured_tai_ns[0]) for scan in scans] == [0, 10**9, 2 * 10**9, 3 * 10**9]
    assert [scan.values[0].tolist() for scan in scans] == [[0, 0], [7.5, 0], [15.3, 100], [23.1, 100]]
    assert {scan.kind for scan in scans} == {SensorKind.TELEMETRY} and {scan.mode for scan in scans} == {Mode.REAL}
    assert all((scan.sigmas > 0).all() for scan in scans)


def test_with_a_lift_off_the_times_are_utc():
    t_liftoff_tai_ns = tai_ns_from_utc_text("2017-06-23T19:10:00Z")
    header, first, second, *_ = read(GOLDEN / "ascent.json", t_liftoff_tai_ns=t_liftoff_tai_ns)
    assert header.is_epoch_known and header.t_liftoff_tai_ns == t_liftoff_tai_ns
    assert second.t_measured_tai_ns[0] - t_liftoff_tai_ns == 10**9 and first.t_received_tai_ns == t_liftoff_tai_ns


def test_derived_arrays_are_ignored():
    document = json.loads(telemetry())
    plain = scans_of(read(json.dumps(document)))
    richer = scans_of(read(json.dumps({"q": [1], "angle": None, **document, "acceleration": "deleted"})))
    for one, other in zip(plain, richer, strict=True):
        assert_same_scan(one, other)


def test_whole_kilometres_above_100_km_are_trusted_less():
    below, fine, whole = scans_of(read(telemetry((0, 100, 101), (2000, 2000, 2000), (0, 110.1, 111))))
    assert below.sigmas[0, 1] == fine.sigmas[0, 1] == pytest.approx(28.87, abs=0.01)  # 100 m / sqrt 12
    assert whole.sigmas[0, 1] == pytest.approx(288.7, abs=0.1)  # 1 km / sqrt 12


@pytest.mark.parametrize(
    ("text", "words", "scan_count"),
    [
        (telemetry(time=(0, "one", 2)), ['time is \'one\', not a number'], 2),
        (telemetry(velocity=(0, None, 20)), ["velocity is null"], 2),
        (telemetry(velocity=(0, float("nan"), 20)), ["velocity is nan"], 2),
        (telemetry(altitude=(0, float("inf"), 1)), ["altitude is inf"], 2),
        (telemetry(altitude=(0, True, 1)), ["altitude is True"], 2),
        (telemetry(altitude=(0, 400_000, 0.1)), ["altitude 400000 km", "metres"], 2),
        (telemetry(altitude=(0, 30_000, 0.1)), ["30000 km cannot be reached", "metres"], 2),
        (telemetry(altitude=(0, -5, 0.1)), ["altitude -5 km"], 2),
        (telemetry(velocity=(0, 27_000, 20)), ["velocity 27000 m/s", "km/h"], 2),
        (telemetry(velocity=(0, -10, 20)), ["velocity -10 m/s"], 2),
        (telemetry(time=(0, 1e12, 2)), ["milliseconds"], 2),
        (telemetry(time=(0, 10**400, 2)), ["hundreds of digits"], 2),
        (telemetry(velocity=(0, 10)), ["3, 2 and 3 values", "first 2"], 2),
        (telemetry(time=(), velocity=(), altitude=()), ["without one usable sample"], 0),
        ('{"time": [0, 1], "velocity": [0, 1]}', ["without an array 'altitude'"], 0),
        ('{"time": 0, "velocity": 0, "altitude": 0}', ["without an array 'time'"], 0),
        ("[1, 2]", ["not an object"], 0),
        ('{"time": [0, 1, 2', ["not JSON"], 0),
        ("[" * 100_000, [], 0),
        ("{}", ["without an array 'time'"], 0),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_sentence(text, words, scan_count):
    records = read(text)
    (trouble,) = sentences_of(records)
    assert len(scans_of(records)) == scan_count and trouble.exit_code == 3 and trouble.cure
    for word in words:
        assert word in trouble.sentence


def test_a_clock_that_goes_back_is_kept_marked_and_said_once():
    records = read(telemetry((0, 5, 3, 4, 6), (0, 50, 30, 40, 60), (0, 0.2, 0.1, 0.1, 0.2)))
    (doubt,) = sentences_of(records)
    assert doubt.is_kept and "goes back 2.000 s" in doubt.what and doubt.where == "feed[2]"
    assert [scan.marks for scan in scans_of(records)] == [(), (), ("clock-step",), ("clock-step",), ()]


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 9000)), min_size=1, max_size=20))
def test_nothing_depends_on_the_samples_to_come(samples):
    """Causal: the records of a record cut short are the first records of the whole."""
    times = [round(t, 3) for t, _ in samples]
    speeds = [speed for _, speed in samples]
    half = len(samples) // 2 + 1
    whole = scans_of(read(telemetry(times, speeds, [0.0] * len(samples))))
    part = scans_of(read(telemetry(times[:half], speeds[:half], [0.0] * half)))
    for one, other in zip(part, whole, strict=False):
        assert_same_scan(one, other)


def test_every_real_flight_is_read_to_its_last_sample():
    folder = real_data("launch-telemetry", "falcon9")
    paths = [path for path in sorted(folder.glob("*.json")) if not path.name.endswith(".events.json")]
    assert len(paths) >= 27
    for path in paths:
        records = read(path)
        document = json.loads(path.read_text())
        assert len(scans_of(records)) == len(document["time"]), path.name
        is_stepped = path.name == "Iridium_NEXT_3.stage1_raw.json"  # its second sample is at -0.966 s
        assert [trouble.is_kept for trouble in sentences_of(records)] == [True] * is_stepped, path.name


def test_the_real_flights_read_the_same_with_only_the_three_arrays():
    path = real_data("launch-telemetry", "falcon9", "BulgariaSat-1.analysed.json")
    document = json.loads(path.read_text())
    bare = json.dumps({name: document[name] for name in ("time", "velocity", "altitude")})
    for one, other in zip(scans_of(read(path)), scans_of(read(bare)), strict=True):
        assert one.values.tobytes() == other.values.tobytes()
