"""Who owns what in a joint exercise: a story's sensors split between two owners, and each owner's looks of a flight."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.reports import Looks, Scan
from vedette.scenario import Made
from vedette.sensing import Sensor

STORY = "joint/two-owners"
OWNERS = ("NORTH", "SOUTH")


@dataclass(frozen=True, slots=True)
class Split:
    """The sensors of each owner."""

    name: str
    owned: Mapping[str, tuple[str, ...]]

    def sensors(self, made: Made, owner: str) -> dict[str, Sensor]:
        """An owner's sensors, as its own engine is told of them."""
        return {name: made.sensors[name] for name in self.owned[owner]}

    def scans(self, made: Made, owner: str) -> tuple[Scan, ...]:
        """What an owner's sensors report, in order of arrival."""
        mine = set(self.owned[owner])
        return tuple(scan for scan in made.scans if scan.sensor_id in mine)


ONE_EACH = Split(
    "one-each",  # one owner has radars alone, the other infrared alone
    {"NORTH": ("radar-north", "radar-uhf"), "SOUTH": ("ir-east", "ir-west", "ir-molniya")},
)
BOTH_EACH = Split(
    "both-each",
    {"NORTH": ("ir-east", "radar-north"), "SOUTH": ("ir-west", "ir-molniya", "radar-uhf")},
)
SPLITS = {one.name: one for one in (ONE_EACH, BOTH_EACH)}


def looks_of(looks: Looks, names: tuple[str, ...]) -> Looks:
    """The part of a flight's looks that these sensors made, from their first detection on."""
    mine = np.isin(looks.sensor_index, [looks.sensor_ids.index(name) for name in names])
    found = mine & looks.is_detection
    mine[: int(np.argmax(found)) if found.any() else len(mine)] = False
    return Looks(
        sensor_ids=looks.sensor_ids,
        sensor_index=looks.sensor_index[mine],
        kind_code=looks.kind_code[mine],
        t_measured_tai_ns=looks.t_measured_tai_ns[mine],
        values=looks.values[mine],
        sigmas=looks.sigmas[mine],
        sensor_positions_itrf_m=looks.sensor_positions_itrf_m[mine],
    )
