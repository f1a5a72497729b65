"""The catalogue at the head of a watch: element sets of files or the store, given to the engine before the first look.

They stand in the journal whole, so that a replay needs no file and gives the same bytes.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.engine import CatalogueGiven, Event
from vedette.reports import Scan
from vedette.reports.elements import ElementSets

Held = TypeVar("Held", bound=Event | None)
STORE = "store"


def with_catalogue(
    events: Iterable[Held], words: tuple[str, ...], data_dir: Path | None, is_quiet: bool = False,
    again_s: float | None = None,
) -> Iterator[Held | CatalogueGiven]:  # fmt: skip
    """The events, and before the first look the element sets that are nearest to it in time, one for each object.

    again_s : so long after each giving (by times of receipt) the sets are read again, and given when they have changed
    """
    t_given, sha256 = None, ""
    for event in events:
        if words and isinstance(event, Scan):
            now = event.t_received_tai_ns
            if t_given is None or (again_s is not None and now - t_given >= again_s * NS_PER_S):
                t = int(event.t_measured_tai_ns.min()) if len(event) else now
                given = given_at(words, data_dir, t, now, is_quiet or t_given is not None)
                t_given = now
                if given.sha256 != sha256:
                    sha256 = given.sha256
                    yield given
        yield event


def given_at(
    words: tuple[str, ...], data_dir: Path | None, t_tai_ns: int, t_received_tai_ns: int, is_quiet: bool = False
) -> CatalogueGiven:
    """The catalogue as it stands for an instant; BadInputError when there are no elements in it."""
    from vedette.catalogue.known_objects import USEFUL_DAYS
    from vedette.doors.catalogue_files import read_elements
    from vedette.doors.catalogue_sets import nearest_in_time
    from vedette.doors.catalogue_store import CatalogueStore
    from vedette.doors.data_dir import data_dir_of
    from vedette.formats.elements_pack import pack_elements

    parts = []
    for word in words:
        if word == STORE:
            parts.append(CatalogueStore(data_dir_of(data_dir)).newest(t_tai_ns))
            continue
        sets, refused = read_elements(Path(word))
        for trouble in refused[:5]:
            sys.stderr.write(f"refused: {trouble}\n")
        if len(refused) > 5:
            sys.stderr.write(f"refused: {len(refused) - 5:,} more element sets of {word}\n")
        parts.append(sets)
    sets = nearest_in_time(ElementSets.joined(parts), t_tai_ns)
    if not len(sets):
        raise BadInputError("no element sets are in it", " ".join(words), "give --catalogue a file with element sets")
    packed, sha256 = pack_elements(sets)
    if not is_quiet:
        age = np.abs(t_tai_ns - sets.t_epoch_tai_ns) / (86_400.0 * NS_PER_S)
        old = int(np.sum(age > USEFUL_DAYS))
        note = f"; {old:,} are older than {USEFUL_DAYS:.0f} days and name nothing" if old else ""
        sys.stderr.write(f"catalogue: {len(sets):,} objects, elements {np.median(age):.1f} days old{note}\n")
    return CatalogueGiven(
        t_received_tai_ns=t_received_tai_ns, source=" ".join(words), count=len(sets), sha256=sha256, packed=packed
    )
