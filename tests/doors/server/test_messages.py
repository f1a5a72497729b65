"""The types of the stream hold everything that `doors.wire` and the desk write, and leave nothing over."""

import jsonschema
import msgspec
import pytest
from tools.console_types import FILE, typescript

from vedette.doors.alert_words import alert_document
from vedette.doors.proposing import Proposer
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.asyncapi import asyncapi_document
from vedette.doors.server.desk_types import DeskAlert
from vedette.doors.server.framing import Framer
from vedette.doors.server.messages import ServerFrame, SnapshotFrame, UpdateFrame
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session, advance, open_picture
from vedette.reports import Mode
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors

SCANS = 103  # of the story: both launches are found, and one is named


def encoded(value):
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Frames of a story as the watch worker makes them, and the alerts that were proposed."""
    folder = tmp_path_factory.mktemp("data")
    made = make_scenario(read_story("two-launches"), 1)
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors))
    framer, frames = Framer("one"), []
    (folder / "journals").mkdir()
    with SqliteJournal.create(folder / "journals" / "one.sqlite", session) as journal:
        proposer = Proposer(journal, folder)
        picture = open_picture(session)
        for scan in made.scans[:SCANS]:
            journal.append_event(scan)
            picture = advance(picture, scan)
            proposer.heard(scan)
            if picture.new_findings or picture.new_alerts or not frames:
                journal.commit()
                proposer.look(picture)
                frames.append(framer.frame(picture, journal.store.entry_count))
        now = now_tai_ns()
        lives = proposer._opened().now().lives.values()
        desk = [alert_document(life, now, folder) for life in lives]
        proposer.close()
    return frames, framer.document, desk


def test_the_types_hold_every_frame_of_a_played_story(played):
    frames, document, desk = played
    assert document["objects"] and document["alerts"] and document["candidates"] and desk
    read = msgspec.json.Decoder(ServerFrame)
    for frame in frames:
        if frame["type"] == "snapshot":
            frame = {**frame, "audit_tail": None}
        typed = read.decode(msgspec.json.encode(frame))
        assert isinstance(typed, SnapshotFrame if frame["type"] == "snapshot" else UpdateFrame)
        assert encoded(typed) == encoded(frame)


def test_the_types_hold_every_alert_of_the_desk(played):
    for alert in played[2]:
        assert encoded(msgspec.json.decode(msgspec.json.encode(alert), type=DeskAlert)) == encoded(alert)


def test_every_field_of_a_picture_is_typed(played):
    """No field is looser than the document: a name that wire does not write is refused."""
    document = played[1]
    whole = {"type": "snapshot", "seq": 1, "journal": "j", "entry": 1, "picture": {**document, "more": 1},
             "desk": [], "audit_tail": None, "notices": []}  # fmt: skip
    with pytest.raises(msgspec.ValidationError, match="more"):
        msgspec.json.decode(msgspec.json.encode(whole), type=SnapshotFrame)


def test_frames_satisfy_the_schema_that_the_asyncapi_document_gives(played):
    document = encoded(asyncapi_document())
    assert document["asyncapi"] == "3.0.0"
    for frame in played[0][-3:]:
        name = {"update": "UpdateFrame", "snapshot": "SnapshotFrame"}[frame["type"]]
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.validate(encoded(frame), schema)


def test_every_message_of_the_asyncapi_document_is_defined():
    document = encoded(asyncapi_document())
    text = msgspec.json.encode(document).decode()
    for place in {part.split('"')[0] for part in text.split('"$ref":"')[1:]}:
        here = document
        for name in place.removeprefix("#/").split("/"):
            here = here[name]
        assert here


def test_the_consoles_types_are_those_of_the_server():
    assert FILE.read_text(encoding="utf-8") == typescript(), "run python -m tools.console_types"
