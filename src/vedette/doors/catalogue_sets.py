"""The element sets that a command is asked about: of the files it was given, or of the store."""

import sys
from pathlib import Path

import numpy as np

from vedette.doors.catalogue_files import read_elements
from vedette.doors.catalogue_store import CatalogueStore
from vedette.doors.data_dir import data_dir_of
from vedette.reports.elements import ElementSets


def catalogue_store(data_dir: Path | None) -> CatalogueStore:
    """The store of one data directory."""
    return CatalogueStore(data_dir_of(data_dir))


def sets_of_files(files: tuple[Path, ...]) -> ElementSets:
    """All sets of these files, in their order; what is refused is said on stderr."""
    parts = []
    for path in files:
        sets, refused = read_elements(path)
        for trouble in refused:
            sys.stderr.write(f"refused: {trouble}\n")
        parts.append(sets)
    return ElementSets.joined(parts)


def sets_of(
    elements: tuple[Path, ...], data_dir: Path | None, t_tai_ns: int | None = None, number: int | None = None
) -> ElementSets:
    """Every set of the files where some are named; else from the store the newest of each object.

    With an instant the store's nearest to it instead of the newest; with a number that object alone.
    """
    if not elements:
        return catalogue_store(data_dir).newest(t_tai_ns, number)
    joined = sets_of_files(elements)
    return joined if number is None else joined.take(np.flatnonzero(joined.number == number))


def nearest_in_time(sets: ElementSets, t_tai_ns: int) -> ElementSets:
    """For every catalogue number the set nearest to an instant; what has no number stays as it is."""
    order = np.lexsort((np.abs(sets.t_epoch_tai_ns - t_tai_ns), sets.number))
    number = sets.number[order]
    first = np.ones(len(number), dtype=bool)
    first[1:] = (number[1:] != number[:-1]) | (number[1:] == 0)
    return sets.take(np.sort(order[first]))
