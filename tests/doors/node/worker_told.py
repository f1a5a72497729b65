"""What a whole watch that is one of several services would report, written down by its own process as it changes."""

import json
import time
from pathlib import Path
from typing import Any

from tests.doors.node.one_service import Told

from vedette.doors.node.service_desk import ServiceDesk
from vedette.doors.node.shared_numbers import SharedNumbers
from vedette.reports import SharedTrack

PLACES_S = 3.0


def tell(folder: Path) -> None:
    """`FOLDER/NAME/reports`: numbers as the desk publishes them; `places`: where what they are given to is."""
    begin, look = ServiceDesk.__init__, SharedNumbers.look
    t_told: dict[int, float] = {}

    def begun(desk: ServiceDesk, store: Any, group: Any, name: str, *more: Any) -> None:
        begin(desk, store, group, name, *more)
        Told(desk, folder / name.lower() / "reports")

    def looked(numbers: SharedNumbers, offers: Any, picture: Any, name_of: Any) -> None:
        look(numbers, offers, picture, name_of)
        now = time.monotonic()
        if now - t_told.get(id(numbers), 0.0) < PLACES_S:
            return
        t_told[id(numbers)] = now
        desk = numbers._desk
        names = desk.standing.names
        rows = [
            (names[one.number], one.t_tai_ns, *one.position_itrf_m)
            for one in offers
            if isinstance(one, SharedTrack) and one.provenance[:1] == (numbers._owner,) and one.number in names
        ]
        with (folder / desk.service.name.lower() / "places").open("a") as file:
            file.write(json.dumps(rows) + "\n")

    ServiceDesk.__init__, SharedNumbers.look = begun, looked  # type: ignore[assignment, method-assign]
