"""The desk as readers see it: looked at five times a second, and told when anything changed.

The file is the truth, whoever acts on it: this server, the command line, or another program.
"""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

from vedette.assessment.alerts import DeskKind
from vedette.core.errors import VedetteError
from vedette.doors.alert_desk import AlertDesk, desk_path
from vedette.doors.alert_words import alert_document
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.hub import Hub
from vedette.doors.telling import how_told

LOOK_S = 0.2
PATIENCE = 10  # looks that fail before it is said
DUTIES_S = 1.0  # deadlines pass without anybody acting


class DeskWatch:
    """Follows the desk of one kind and hands what changed to the hub."""

    def __init__(self, data_dir: Path, kind: DeskKind, hub: Hub) -> None:
        self.data_dir, self.kind, self.hub = data_dir, kind, hub
        self._desk: AlertDesk | None = None
        self._tail: tuple[int, bytes] = (-1, b"")
        self._told: dict[str, dict[str, Any]] = {}
        self._troubles = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._follow(), name="desk watch")

    async def stop(self) -> None:
        """End, and let go of the file."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._desk is not None:
            self._desk.close()

    async def _follow(self) -> None:
        looks = 0
        every = round(DUTIES_S / LOOK_S)
        while True:
            changed, tail = await asyncio.to_thread(self.look, looks % every == 0)
            if changed or tail is not None:
                self.hub.take_desk(changed, tail)
            looks += 1
            await asyncio.sleep(LOOK_S)

    def look(self, is_thorough: bool = True) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Alerts whose document is not what was told last, and the log's tail when it grew."""
        try:
            if self._desk is None:
                if not desk_path(self.data_dir, self.kind).is_file():
                    return [], None
                self._desk = AlertDesk.look(self.data_dir, self.kind)
            tail = self._desk.log.tail()
            has_grown = tail != self._tail
            if not has_grown and not is_thorough:
                return [], None
            changed = [one for one in self.documents() if self._told.get(one["id"]) != one]
            self._tail = tail
            self._told.update((one["id"], one) for one in changed)
            self._troubles = 0
        except (VedetteError, OSError) as trouble:
            self._troubles += 1
            if self._troubles == PATIENCE:  # a desk that is being made cannot be read for a moment
                sys.stderr.write(f"the desk cannot be looked at: {trouble}\n")
            return [], None
        return changed, {"seq": tail[0], "hash": tail[1].hex()} if has_grown else None

    def documents(self) -> list[dict[str, Any]]:
        """Every alert as `vedette alert show --json` tells it."""
        assert self._desk is not None
        now = now_tai_ns()
        lives = self._desk.now().lives.values()
        told = how_told(self.data_dir, self.kind) if any(life.sent for life in lives) else ()
        return [alert_document(life, now, self.data_dir, told) for life in lives]
