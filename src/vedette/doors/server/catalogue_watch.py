"""The catalogue for readers: who is in it, where everything is, and a frame to each reader at its own period."""

import asyncio
import contextlib
import sys

from vedette.core.errors import VedetteError
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.hub import CATALOGUE, Hub
from vedette.doors.server.pipe import Catalogue
from vedette.doors.server.positions import CataloguePositions
from vedette.time import tai_ns_from_utc_text

LOOK_S = 0.25


class CatalogueWatch:
    """Holds the catalogue of the watch, and hands its positions out."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.sha256 = ""
        self.positions: CataloguePositions | None = None
        self._making = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._taking: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._tell(), name="catalogue")

    async def stop(self) -> None:
        """End."""
        for task in (self._task, *self._taking):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def take(self, given: Catalogue) -> None:
        """The worker holds looks against these element sets."""
        if given.sha256 != self.sha256:
            task = asyncio.create_task(self._prepare(given))
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)

    async def frame(self, t_tai_ns: int) -> bytes | None:
        """Where everything is at an instant; None without a catalogue."""
        positions = self.positions
        if positions is None:
            return None
        async with self._making:  # one core's worth at a time
            return await asyncio.to_thread(positions.frame, t_tai_ns)

    @property
    def is_time_known(self) -> bool:
        """True when there is an instant to show; a story's begins with its first report."""
        return self.hub.picture.get("t_now_utc") is not None or self.hub.picture.get("mode") == "REAL"

    def now_tai_ns(self) -> int:
        """The picture's own time: a story's is not the wall's."""
        t_utc = self.hub.picture.get("t_now_utc")
        return now_tai_ns() if t_utc is None else tai_ns_from_utc_text(t_utc)

    async def _prepare(self, given: Catalogue) -> None:
        try:
            self.positions = await asyncio.to_thread(_made, given)
            self.sha256 = given.sha256
        except VedetteError as trouble:
            sys.stderr.write(f"the catalogue cannot be shown: {trouble}\n")

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            if self.positions is None or not self.is_time_known:
                continue
            now = loop.time()
            due = [
                one for one in self.hub.readers
                if one.catalogue_period_s is not None and now - one.t_catalogue_s >= one.catalogue_period_s
            ]  # fmt: skip
            if not due:
                continue
            frame = await self.frame(self.now_tai_ns())
            if frame is not None:
                for one in due:
                    one.t_catalogue_s = now
                    one.give_binary(CATALOGUE, frame)


def _made(given: Catalogue) -> CataloguePositions:
    from vedette.formats.elements_pack import unpack_elements

    return CataloguePositions(unpack_elements(given.packed, given.sha256))
