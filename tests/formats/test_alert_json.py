"""The Vedette event on the wire: exact both ways, told by its schema, and refused in words when it is wrong."""

import json
from contextlib import suppress

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.reports.test_alert_event import EVENT

from vedette.core.errors import BadInputError
from vedette.formats.alert_json import alert_event_bytes, alert_event_schema, read_alert_event


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**18), 5 * 10**18), st.text(max_size=20), st.dictionaries(st.text(), st.text(), max_size=3))
def test_an_event_comes_back_equal_to_the_nanosecond(t_tai_ns: int, text: str, basis: dict[str, str]) -> None:
    event = replace(
        EVENT, t_created_tai_ns=t_tai_ns, t_valid_until_tai_ns=t_tai_ns + 1, t_sent_tai_ns=t_tai_ns, name=text,
        basis={key: value for key, value in basis.items() if not key.endswith(("_tai_ns", "_utc"))},
    )  # fmt: skip
    data = alert_event_bytes(event)
    assert read_alert_event(data) == event
    assert alert_event_bytes(read_alert_event(data)) == data


def test_what_is_written_follows_the_schema_and_every_field_has_its_meaning() -> None:
    schema = alert_event_schema()
    jsonschema.validate(json.loads(alert_event_bytes(EVENT)), schema, jsonschema.Draft202012Validator)
    for struct, said in schema["$defs"].items():
        for name, field in said.get("properties", {}).items():
            assert not name.endswith("_tai_ns")
            kinds = [field, *field.get("anyOf", ())]
            assert any("description" in kind or "$ref" in kind for kind in kinds), (struct, name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mode": "LIVE"}, "mode"),
        ({"t_sent_utc": 12}, "write UTC like"),
        ({"t_sent_utc": "yesterday"}, "not a UTC time"),
        ({"t_sent_tai_ns": 12}, "on the wire it is t_sent_utc"),
        ({"colour": "red"}, "colour"),
        ({"message_type": "Cancel"}, "must say which messages it takes back"),
        ({"sequence": 0}, "sequence"),
    ],
)
def test_a_wrong_event_is_refused_with_the_field(change: dict[str, object], words: str) -> None:
    document = json.loads(alert_event_bytes(EVENT)) | change
    with pytest.raises(BadInputError, match=words):
        read_alert_event(json.dumps(document).encode())


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1500), st.binary(max_size=8), st.integers(0, 40))
def test_no_damage_crashes_the_reader(at: int, put: bytes, cut: int) -> None:
    data = alert_event_bytes(EVENT)
    with suppress(BadInputError):
        read_alert_event(data[:at] + put + data[at + cut :])
