"""The sensors' constant errors on their own: `vedette registration`."""

import sys
from typing import Any

from vedette.doors.wire import document, json_bytes
from vedette.engine.picture import Picture
from vedette.reports import FindingKind


class RegistrationReporter:
    """Tells what was found of the sensors, and nothing else; people read lines, programs one JSON document."""

    def __init__(self, is_json: bool, out: Any = None) -> None:
        self.is_json, self.out = is_json, out or sys.stdout.buffer

    def said(self, picture: Picture) -> None:
        """A line as a bias is established or moves."""
        if not self.is_json:
            for finding in picture.new_findings:
                if finding.kind is FindingKind.REGISTRATION:
                    self.out.write(finding.text.encode() + b"\n")
            self.out.flush()

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """What is known at the end."""
        if self.is_json:
            whole = document(picture)
            kept = ("mode", "engine_version", "t_now_utc", "registration")
            said = [event for event in whole["events"] if event["kind"] == FindingKind.REGISTRATION.value]
            self.out.write(json_bytes({**{key: whole[key] for key in kept}, "events": said}, is_pretty=True) + b"\n")
        else:
            for one in picture.registration:
                self.out.write(f"[{one.state}] {one.text} ({one.looks} looks)\n".encode())
                for sentence in (*one.alarms, *one.untold):
                    self.out.write(f"    {sentence}\n".encode())
            if not picture.registration:
                self.out.write(b"nothing here can be registered: no radar, laser, telescope or infrared sensor\n")
        self.out.flush()
