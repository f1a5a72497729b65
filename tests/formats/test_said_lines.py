"""Signs of life, claims and notices as lines: read back to the very value, refused one by one, never fatal."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.formats import (
    FeedHeader,
    Quarantined,
    Tick,
    decode_record,
    encode_record,
    open_feed,
    open_feeds,
    parse_said,
    said_line,
    scan_file_schema,
)
from vedette.formats.lines import Line
from vedette.formats.scan_lines import LiveScanLines
from vedette.reports import Claim, LifeSign, Mode, Notice, NoticeKind
from vedette.time import tai_ns_from_utc_text

T = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
SIGN = LifeSign(sensor_id="north", route="air", t_sent_tai_ns=T, t_received_tai_ns=T + 7, has_power=True, text="ok")
CLAIM = Claim(
    claim_id="c1", source_id="post", route="line-1", mode=Mode.REAL, sequence=3, t_sent_tai_ns=T,
    t_received_tai_ns=T + 10**9, what="launches", count=2, listed=("T1", "T2"), is_authentic=False,
)  # fmt: skip
NOTICE = Notice("n1", NoticeKind.PRE_LAUNCH, "A", Mode.REAL, T, T)
HEADER = b'{"vedette_scan_file": 1, "mode": "REAL"}'


def read(tmp_path, *lines, mode=None):
    path = tmp_path / "said.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return list(open_feed(path, mode=mode))


@pytest.mark.parametrize("said", [SIGN, CLAIM, NOTICE])
def test_a_line_is_read_back_to_the_very_value_and_fits_the_schema(said):
    line = said_line(said)
    assert parse_said(line, "x:1", 0) == said
    assert decode_record(*encode_record(said)) == said
    jsonschema.Draft202012Validator(scan_file_schema()).validate(json.loads(line))


def test_they_stand_in_a_scan_file_or_in_a_file_of_their_own(tmp_path):
    within = read(tmp_path, HEADER, said_line(SIGN), said_line(CLAIM), said_line(NOTICE))
    assert [type(record) for record in within] == [FeedHeader, LifeSign, Claim, Notice]
    alone = [record for record in read(tmp_path, said_line(CLAIM)) if not isinstance(record, Quarantined)]
    assert alone == [CLAIM]
    (tmp_path / "other.jsonl").write_bytes(HEADER + b"\n" + said_line(SIGN) + b"\n")
    both = list(open_feeds([tmp_path / "said.jsonl", tmp_path / "other.jsonl"]))
    assert SIGN in both and CLAIM in both and both.index(SIGN) < both.index(CLAIM)  # by the time of reception


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (b'"sequence":-3', "sequence"),
        (b'"sequence":3,"colour":1', "colour"),
        (b'"sequence":"many"', "sequence"),
        (b'"sequence":1e999', "sequence"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_the_next_line_is_read(tmp_path, change, told):
    bad = said_line(CLAIM).replace(b'"sequence":3', change)
    records = read(tmp_path, HEADER, bad, said_line(SIGN))
    assert isinstance(records[1], Quarantined) and told in records[1].sentence and records[2] == SIGN


def test_an_unknown_type_and_a_bad_time_are_told(tmp_path):
    bad_time = said_line(SIGN).replace(b"2031-04-01T12", b"2031-04-31T12", 1)
    records = read(tmp_path, HEADER, b'{"type": "rumour", "text": "they come"}', bad_time, said_line(SIGN))
    assert "known are life-sign, claim, notice" in records[1].sentence
    assert isinstance(records[2], Quarantined) and records[3] == SIGN


def test_a_claim_of_another_mode_is_refused_and_a_sign_of_life_never_is(tmp_path):
    drill = said_line(CLAIM).replace(b'"REAL"', b'"EXERCISE"')
    records = read(tmp_path, HEADER, drill, said_line(SIGN))
    assert isinstance(records[1], Quarantined) and records[1].exit_code == 6 and "EXERCISE" in records[1].sentence
    assert records[2] == SIGN


def test_a_live_door_says_itself_when_it_heard():
    reader = LiveScanLines("udp", Mode.REAL)
    for number, said in enumerate((SIGN, CLAIM, NOTICE), 1):
        line = said_line(said)
        (heard,) = reader.read(Line(number, line, len(line), False), T + 99)
        assert type(heard) is type(said) and heard.t_received_tai_ns == T + 99


def test_time_alone_is_a_record_of_the_journal():
    assert decode_record(*encode_record(Tick(t_received_tai_ns=T))) == Tick(t_received_tai_ns=T)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([SIGN, CLAIM, NOTICE]), st.data())
def test_no_damaged_line_raises_or_is_taken_for_another_mode(said, data):
    line = bytearray(said_line(said))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(line) - 1))
        if data.draw(st.booleans()):
            line[place] = data.draw(st.integers(0, 255))
        else:
            del line[place : place + data.draw(st.integers(1, 30))]
        if not line:
            return
    found = parse_said(bytes(line), "fuzz:1", T, Mode.REAL)
    assert isinstance(found, LifeSign | Claim | Notice | Quarantined)
    assert isinstance(found, LifeSign | Quarantined) or found.mode is Mode.REAL


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers(-(10**30), 10**30) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["claim", "life-sign", "notice", 3, None]),
)
def test_no_json_at_all_raises(value, kind):
    line = json.dumps({"type": kind, "id": value, "windows": value, "sent_utc": value, "count": value}).encode()
    assert isinstance(parse_said(line, "fuzz:1", T), Quarantined)


def test_a_line_nested_ten_thousand_deep_is_one_sentence():
    line = b'{"type": "notice", "orbit": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    assert isinstance(parse_said(line, "deep:1", T), Quarantined)
