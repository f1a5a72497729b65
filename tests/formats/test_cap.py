"""CAP messages by others, good and bad; ours, read back; and no drill, simulation or garbage let through."""

import gzip
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.core.errors import BadInputError, RefusedError
from vedette.formats.cap import CapAlert, CapArea, CapInfo, cap_bytes, read_cap, status_of
from vedette.reports import Mode

GOOD = (
    "43b080713727.cap", "KAR0-0306112239-SW.cap", "australia.cap", "canada.cap", "canada_signed.cap",
    "cap_amber_alert_example.xml", "earthquake-iso8859-1.cap", "earthquake.cap", "earthquake_signed.cap",
    "no_optional_fields.cap", "thunderstorm.cap", "wcatwc-warning.cap", "weather.cap",
)  # fmt: skip
BAD = {
    "canada_errors.cap": "references is ''",
    "invalid.cap": "has no scope",
    "noaa_errors.cap": "references is ''",
    "xee.cap": "declares entities",
}

OURS = CapAlert(
    identifier="V-1", sender="watch@example.org", sent="2031-04-01T12:01:30-00:00", status="Exercise",
    msg_type="Alert", infos=(
        CapInfo(
            category=("Safety",), event="Object falling", urgency="Immediate", severity="Extreme", certainty="Observed",
            response_types=("Shelter",), expires="2031-04-01T12:20:00-00:00", headline="Exercise & <test>",
            parameters=(("vedette:probability", "0.9"),), areas=(
                CapArea("Coast", (((10.0, 179.0), (10.0, -179.0), (11.0, 180.0)),), ((12.0, 34.0, 5.0),)),
            ),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_messages_of_others_are_read_and_can_be_written_again(name: str) -> None:
    alert = read_cap(real_data("messages", "cap", name).read_bytes(), name)
    assert alert.is_signed == ("signed" in name or name == "earthquake-iso8859-1.cap")
    again = read_cap(cap_bytes(alert), name)
    assert replace(again, version=alert.version, is_signed=alert.is_signed) == alert


@pytest.mark.parametrize("name", BAD)
def test_bad_messages_of_others_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(BadInputError, match=BAD[name]):
        read_cap(real_data("messages", "cap", name).read_bytes(), name)


def test_our_own_message_comes_back_equal_with_its_polygon_closed() -> None:
    data = cap_bytes(OURS)
    assert read_cap(data) == OURS
    assert b"10.00000,179.00000 10.00000,-179.00000 11.00000,180.00000 10.00000,179.00000" in data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"msg_type": "Cancel"}, "must say in references"),
        ({"scope": "Restricted"}, "restriction does not say"),
        ({"scope": "Private"}, "addresses names nobody"),
        ({"identifier": "a b"}, "must not be empty, nor hold blanks"),
        ({"sent": "2031-04-01T12:01:30Z"}, "write it like"),
        ({"status": "Simulated"}, "write one of Actual"),
    ],
)
def test_what_no_reader_would_take_is_never_written(change: dict[str, str], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        cap_bytes(replace(OURS, **change))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"cap:1.2", b"cap:9.9", "not a CAP alert"),
        (b"<scope>Public</scope>", b"<scope>Public</scope><scope>Public</scope>", "more than 1 times"),
        (b"<event>Object falling</event>", b"", "alert/info has no event"),
        (b"12.00000,34.00000 5.000", b"34.0,112.0,5", "write latitude,longitude radius"),
        (b"10.00000,179.00000 10", b"179.0,10.0 10", "latitude comes first"),
        (b"<msgType>", b"<colour>red</colour><msgType>", "does not know"),
        (b"<severity>Extreme", b"<severity>Awful", "write one of Extreme"),
    ],
)
def test_each_breach_is_named(old: bytes, new: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read_cap(cap_bytes(OURS).replace(old, new))


def test_every_mode_but_simulated_has_a_status() -> None:
    assert [status_of(mode) for mode in (Mode.REAL, Mode.EXERCISE, Mode.TEST)] == ["Actual", "Exercise", "Test"]
    with pytest.raises(RefusedError, match="never leaves as CAP"):
        status_of(Mode.SIMULATED)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1500), st.binary(max_size=12), st.integers(0, 40))
def test_no_damage_crashes_the_reader(at: int, put: bytes, cut: int) -> None:
    data = cap_bytes(OURS)
    with suppress(BadInputError):
        read_cap(data[:at] + put + data[at + cut :])


def test_every_sample_of_others_is_judged() -> None:
    names = {path.name for path in real_data("messages", "cap").iterdir()}
    assert names == {*GOOD, *BAD, "nws_atom_feed_example.xml.gz"}


def test_a_feed_of_messages_is_no_message() -> None:
    packed = real_data("messages", "cap", "nws_atom_feed_example.xml.gz").read_bytes()
    with pytest.raises(BadInputError, match="not XML"):
        read_cap(packed)
    with pytest.raises(BadInputError, match=r"\{http://www\.w3\.org/2005/Atom\}feed.*not a CAP alert"):
        read_cap(gzip.decompress(packed))
