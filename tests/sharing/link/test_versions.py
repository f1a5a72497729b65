"""A newer version's words never hide what an older one understands, and nothing is left out unsaid."""

import hashlib

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sharing.link.wires import KEY, T, event, receiver, sender, track

from vedette.reports import Evidence, TrackContent
from vedette.sharing.link import take_apart
from vedette.sharing.link.message import LinkHeader, write_message


def newer(items, schema=2, header_more=None):
    """What a node of a later version would send: its own content, and fields in the header we do not know."""
    old = take_apart(sender().seal("warn", (), T).data)
    body = msgspec.json.encode(items)
    header = msgspec.json.decode(old.header_bytes, type=dict)
    header |= {"schema": schema, "content_sha256": hashlib.sha256(body).hexdigest(), **(header_more or {})}
    return write_message(KEY, msgspec.json.encode(header), body)


def plain(one):
    return msgspec.json.decode(msgspec.json.encode(one))


def test_unknown_fields_are_left_and_said_and_the_track_stands():
    item = plain(track()) | {"wobble_rad": 0.1, "temper": {"deep": [1, 2]}}
    heard = receiver().hear(newer([item, plain(event())], header_more={"weather": "fine"}), T)
    assert heard.report.content == (track(), event())
    assert heard.trouble == "not-all-read"
    assert "temper, wobble_rad" in heard.news[0].text and "its schema is 2, ours 1" in heard.news[0].text
    (unread,) = heard.report.unread
    assert unread.is_kept and unread.name == track().number and msgspec.json.decode(unread.raw) == item


def test_unknown_kinds_stand_aside_as_they_came():
    strange = {"type": "gravity-wave", "number": "G1", "h": 1e-21}
    heard = receiver().hear(newer([strange, plain(track()), 7, {"no": "type"}]), T)
    assert heard.report.content == (track(),)
    assert [one.kind for one in heard.report.unread] == ["gravity-wave", "", ""]
    assert msgspec.json.decode(heard.report.unread[0].raw) == strange
    assert "gravity-wave" in heard.news[0].text


def test_new_words_in_old_fields_are_taken_modestly():
    newer_track = plain(track()) | {"content": "smoothed", "phase": 3}
    newer_event = plain(event()) | {"evidence": "certain", "impact": {"shape": "banana"}}
    heard = receiver().hear(newer([newer_track, newer_event]), T)
    first, second = heard.report.content
    assert first.content is TrackContent.FILTERED and first.phase == ""  # fused as correlated: the careful way
    assert second.evidence is Evidence.CANDIDATE and second.impact is None
    assert all(one.is_kept for one in heard.report.unread) and len(heard.report.unread) == 2


def test_a_track_without_what_makes_it_one_stands_aside():
    lame = {k: v for k, v in plain(track()).items() if k != "position_itrf_m"}
    short = plain(track(2)) | {"covariance": [1.0, 2.0]}
    flat = plain(track(3)) | {"covariance": [0.0] * 21}
    heard = receiver().hear(newer([lame, short, flat, plain(track(4))]), T)
    assert [one.number for one in heard.report.content] == ["NORTH-000004"]
    texts = [one.text for one in heard.report.unread]
    assert any("missing" in one for one in texts) and any("2 terms" in one for one in texts)
    assert any("variance" in one for one in texts)


def test_the_same_schema_is_read_without_a_word():
    heard = receiver().hear(newer([plain(track())], schema=1), T)
    assert heard.report.content == (track(),) and not heard.news and not heard.report.unread


def test_a_content_that_is_no_list_is_refused_by_name():
    heard = receiver().hear(newer({"type": "track"}), T)
    assert heard.report is None and heard.trouble == "unreadable"
    broken = write_message(KEY, b'{"schema":"one"}', b"[]")
    assert receiver().hear(broken, T).trouble == "unreadable"


def test_an_older_header_without_the_newer_fields_is_read():
    """What this version added to the header has defaults: a node that never says it is understood."""
    required = {f.name for f in msgspec.structs.fields(LinkHeader) if f.required}
    assert {"to_node", "session", "peaks", "heard"}.isdisjoint(required)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(json_values | st.dictionaries(st.sampled_from(["type", "number", "event_id", "kind", "t_tai_ns"]),
                                              json_values | st.just("track") | st.just("event"), max_size=4),
                max_size=4), st.integers(1, 3))  # fmt: skip
def test_no_signed_content_raises_or_hides_the_track_beside_it(items, schema):
    heard = receiver().hear(newer([*items, plain(track())], schema), T)
    assert track() in heard.report.content
    assert len(heard.report.content) + len(heard.report.unread) >= len(items) + 1
