"""What the journal keeps of a record is the record."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made import GOLDEN, SENSORS, assert_same_scan, read, scans

from vedette.core.errors import BadInputError
from vedette.formats import Quarantined, decode_record, decode_scan, encode_record, encode_scan
from vedette.reports import Claim, LifeSign, Mode, Notice, NoticeArea, NoticeKind, Scan, SensorKind, Window


@settings(max_examples=60)
@given(scans())
def test_a_scan_comes_back_bit_for_bit(scan):
    assert_same_scan(decode_scan(encode_scan(scan)), scan)


def test_the_payload_of_a_nan_survives():
    odd_nan = np.array([[0x7FF8_0000_0000_1234]], dtype=np.uint64).view(np.float64)
    values = np.hstack([np.ones((1, 1)), odd_nan])
    scan = Scan("t", SensorKind.TELEMETRY, Mode.TEST, 1, np.array([1]), values, np.ones((1, 2)))
    assert decode_scan(encode_scan(scan)).values.view(np.uint64)[0, 1] == 0x7FF8_0000_0000_1234


@pytest.mark.parametrize("name", ["night.jsonl", "pass.tdm.kvn", "pass.tdm.xml", "ascent.json"])
def test_every_record_of_a_feed_comes_back(name):
    for record in read(GOLDEN / name, sensors=SENSORS if "tdm" in name else None):
        kind, payload = encode_record(record)
        back = decode_record(kind, payload)
        if isinstance(record, Scan):
            assert_same_scan(back, record)
        else:
            assert back == record


@given(st.sampled_from(["scan", "header", "quarantined", "other"]), st.binary(max_size=200))
def test_foreign_bytes_are_refused_in_words(kind, payload):
    try:
        record = decode_record(kind, payload)
    except BadInputError:
        return
    assert isinstance(record, Scan | Quarantined)  # the odds that noise is a record are small, but not ours to forbid


@given(scans(), st.data())
def test_damaged_scans_are_refused_or_are_scans(scan, data):
    payload = bytearray(encode_scan(scan))
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert isinstance(decode_scan(bytes(payload)), Scan)
    except BadInputError as refusal:
        assert str(refusal)


def test_a_payload_of_a_newer_version_says_so():
    fields = msgspec.msgpack.decode(encode_scan(read(GOLDEN / "ascent.json")[1]))
    with pytest.raises(BadInputError, match="version 2"):
        decode_scan(msgspec.msgpack.encode([2, *fields[1:]]))


def test_a_scan_journalled_before_noise_and_own_place_were_kept_still_reads():
    scan = read(GOLDEN / "ascent.json")[1]
    fields = msgspec.msgpack.decode(encode_scan(scan))
    assert_same_scan(decode_scan(msgspec.msgpack.encode(fields[:11])), scan)  # eleven fields, as versions 0.2 wrote


def test_notices_life_signs_and_claims_come_back():
    area = NoticeArea("launch", ((0.1, 0.2), (0.3, 0.4), (0.1, 0.5)), window=Window(1, 2))
    notice = Notice("N1", NoticeKind.PRE_LAUNCH, "north", Mode.TEST, 5, 6, launch_areas=(area,), azimuth_rad=(6.2, 0.1))
    sign = LifeSign(sensor_id="radar-west", route="relay", t_sent_tai_ns=1, t_received_tai_ns=2, has_power=False)
    claim = Claim(
        claim_id="M7", source_id="centre", route="line", mode=Mode.REAL, sequence=3, t_sent_tai_ns=1,
        t_received_tai_ns=2, what="launches", count=200, listed=("T1",), is_authentic=None,
    )  # fmt: skip
    for record in (notice, sign, claim):
        assert decode_record(*encode_record(record)) == record
