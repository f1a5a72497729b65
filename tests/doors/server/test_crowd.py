"""A crowd on the stream: the rows are those of `wire` when they are spelled, and the places are always fresh."""

import msgspec
import numpy as np
from tests.assessment.test_sky_follower import SESSION, looks

from vedette.doors.server.crowd import CrowdRows, crowd_frame, number_in
from vedette.doors.server.frames import fold
from vedette.doors.server.framing import Framer
from vedette.doors.server.positions import TRACKS, read_position_frame
from vedette.doors.wire import document
from vedette.engine import advance, open_picture

one_metre = 1.0  # single precision at 8,000 km


def without_places(rows):
    return [{name: value for name, value in row.items() if name not in ("state", "reasons_for")} for row in rows]


def test_a_crowd_is_told_by_words_now_and_then_and_by_places_always():
    scans, _ = looks(4)
    picture, framer, held = open_picture(SESSION), Framer("x", objects_of=CrowdRows().of), None
    for number, scan in enumerate(scans):
        picture = advance(picture, scan)
        frame = msgspec.json.decode(msgspec.json.encode(framer.frame(picture, number)))
        held = frame["picture"] if frame["type"] == "snapshot" else fold(held, frame)
        whole = msgspec.json.decode(msgspec.json.encode(document(picture)))
        assert held["objects"] == whole["objects"]  # looks are 10 s apart: spelled at each
        again = msgspec.json.decode(msgspec.json.encode(framer.frame(picture, number)))
        assert "objects" not in again
    read = read_position_frame(crowd_frame(picture))
    assert read.kind == TRACKS and len(read.numbers) == len(held["objects"]) > 40
    by_number = {number_in(row["id"]): row["state"] for row in held["objects"]}
    assert len(by_number) == len(held["objects"])
    for number, place in zip(read.numbers.tolist(), read.positions_itrf_m, strict=True):
        assert np.linalg.norm(place - by_number[number]["position_itrf_m"]) < one_metre


def test_between_two_spellings_who_is_new_comes_and_who_is_gone_goes():
    scans, _ = looks(3)
    picture, rows = open_picture(SESSION), CrowdRows()
    for scan in scans:
        picture = advance(picture, scan)
    whole = rows.of(picture)
    names = [row["id"] for row in whole]
    rows._rows = {name: row for name, row in rows._rows.items() if name != names[0]} | {"TGONE": whole[0]}
    assert [row["id"] for row in rows.of(picture)] == names


def test_a_watch_without_a_crowd_is_spelled_as_ever():
    assert CrowdRows().of(open_picture(SESSION)) is None and crowd_frame(open_picture(SESSION)) is None
