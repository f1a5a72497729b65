"""What our desk has said of each alert, for what partners are told: the picture does not know, people's acts do."""

import time
from contextlib import suppress
from pathlib import Path

from vedette.assessment.alerts import DESK_OF_MODE
from vedette.core.errors import VedetteError
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.seal_file import now_tai_ns
from vedette.engine import Picture
from vedette.reports import Message, Mode

LOOK_S = 0.4  # between two looks at the desk


class DeskSaid:
    """Reads what is new on the desk of one journal's mode; a desk that cannot be read leaves what was read last."""

    def __init__(self, data_dir: Path, mode: Mode, first_link: bytes) -> None:
        self._data_dir, self._kind = data_dir, DESK_OF_MODE[mode]
        self._prefix = f"E-{first_link.hex()[:16]}-"
        self._desk: AlertDesk | None = None
        self._said: dict[str, Message] = {}  # by object
        self._t_looked_s = float("-inf")

    def messages(self, picture: Picture) -> dict[str, Message]:
        """By the id of each alert of a picture, where anything was said."""
        self._look()
        return {one.id: self._said[one.object_id] for one in picture.alerts if one.object_id in self._said}

    def close(self) -> None:
        """Let go of the file."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def _look(self) -> None:
        if time.monotonic() - self._t_looked_s < LOOK_S:
            return
        self._t_looked_s = time.monotonic()
        with suppress(VedetteError, OSError):  # not there yet, or busy
            if self._desk is None:
                self._desk = AlertDesk.look(self._data_dir, self._kind)
            now = now_tai_ns()
            self._said = {
                life.event_id.removeprefix(self._prefix): life.message(now)
                for life in self._desk.now().lives.values()
                if life.event_id.startswith(self._prefix)
            }
