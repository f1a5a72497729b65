"""The console's fold is tested with what the server's fold does today, not with what it once did."""

import json

from tests.doors.server.console_frames import PATH, frames_text

from vedette.doors.server.frames import fold


def test_the_pairs_that_the_console_is_tested_with_are_those_of_the_servers_frames():
    assert PATH.read_text(encoding="utf-8") == frames_text(), "python -m tests.doors.server.console_frames remakes them"


def test_the_servers_own_fold_agrees_with_them_and_they_hold_every_kind_of_change():
    pairs = json.loads(frames_text())
    assert all(fold(pair["before"], pair["update"]) == pair["after"] for pair in pairs)
    told = {key for pair in pairs for key in pair["update"]}
    assert {"events_plus_s", "objects_gone", "objects_order", "no_launch", "catalogue"} <= told
    assert any("is_whole" in (pair["update"].get("catalogue") or {}) for pair in pairs)
