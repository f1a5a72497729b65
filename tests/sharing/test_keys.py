"""A live key, a drill key and a record key are three things, and a list of trusted keys says what it was given."""

import base64

import pytest

from vedette.core.errors import BadInputError, RefusedError
from vedette.reports import Mode
from vedette.sharing import (
    DrillKey,
    LiveKey,
    Purpose,
    RecordKey,
    Trust,
    Trusted,
    format_key,
    format_trust,
    make_key,
    parse_key,
    parse_trust,
)

KINDS = (LiveKey, DrillKey, RecordKey)
RFC_8032_TEST_1 = (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
)


def test_the_public_half_is_that_of_rfc_8032():
    secret, public = map(bytes.fromhex, RFC_8032_TEST_1)
    assert make_key(LiveKey, "", secret).public.raw == public


def test_one_secret_under_three_purposes_is_three_keys_that_do_not_know_one_another():
    keys = [make_key(kind, "floor", b"s" * 32) for kind in KINDS]
    assert len({key.key_id for key in keys}) == 3
    for key in keys:
        signature = key.sign(b"words")
        assert [other.public.check(b"words", signature) for other in keys] == [other is key for other in keys]
        assert not key.public.check(b"wordS", signature)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", KINDS)
def test_a_key_file_is_read_only_as_what_it_is(kind, wanted):
    text = format_key(make_key(kind, "the floor", b"k" * 32))
    if kind is wanted:
        assert parse_key(text, "a.key", wanted).key_id == make_key(kind, "", b"k" * 32).key_id
    else:
        with pytest.raises(RefusedError, match="one is never the other"):
            parse_key(text, "a.key", wanted)


def test_a_drill_key_file_whose_purpose_was_edited_is_refused():
    text = format_key(make_key(DrillKey, "floor", b"k" * 32)).replace('"purpose": "drill"', '"purpose": "live"')
    with pytest.raises(RefusedError, match="the file was changed"):
        parse_key(text, "a.key", LiveKey)


def test_a_secret_is_not_printed():
    key = make_key(LiveKey, "floor", b"k" * 32)
    assert base64.b64encode(b"k" * 32).decode() not in repr(key) and "k" * 32 not in repr(key)


@pytest.mark.parametrize("text", ["", "{}", "[", '{"vedette_key": 1}', "\0"])
def test_what_is_no_key_file_is_told_so(text):
    with pytest.raises(BadInputError, match="not a key file"):
        parse_key(text, "a.key", LiveKey)


def test_a_trust_list_comes_back_as_it_was_written():
    live, drill, record = (make_key(kind, "floor north", b"k" * 32).public for kind in KINDS)
    kept = Trusted(record, frozenset())
    trust = Trust((Trusted(live, frozenset({Mode.REAL})), Trusted(drill, frozenset({Mode.TEST})), kept))
    again = parse_trust(format_trust(trust))
    assert again.keys == trust.keys
    assert again.key(drill.key_id).modes == {Mode.TEST}


def test_a_drill_key_cannot_be_trusted_for_real():
    drill = make_key(DrillKey, "floor", b"k" * 32).public
    with pytest.raises(RefusedError, match="a drill key never signs REAL"):
        Trusted(drill, frozenset({Mode.REAL}))
    with pytest.raises(RefusedError, match="never signs REAL"):
        parse_trust(format_trust(Trust.of(drill)).replace("EXERCISE", "REAL"))


def test_a_line_whose_name_was_changed_from_drill_to_live_is_refused():
    text = format_trust(Trust.of(make_key(DrillKey, "floor", b"k" * 32).public))
    with pytest.raises(RefusedError, match="does not fit its name"):
        parse_trust(text.replace("drill-", "live-").replace("EXERCISE,SIMULATED,TEST", "REAL"))


@pytest.mark.parametrize("line", ["live", "live-1 REAL", "live-1 REAL !!!", "best-1 REAL AAAA", "live-1 TRUE AAAA"])
def test_a_line_that_is_no_key_is_told_so(line):
    with pytest.raises(BadInputError, match="line 1"):
        parse_trust(line)


def test_an_unknown_key_is_refused_by_name():
    with pytest.raises(RefusedError, match="not trusted here"):
        Trust().key("live-0000")
    assert Purpose.LIVE == "live"
