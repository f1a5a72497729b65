"""`vedette catalogue load`: keep the element sets of files."""

from pathlib import Path


def load(*files: Path, data_dir: Path | None = None, json: bool = False) -> int:
    """Keep the element sets of two-line or OMM files (KVN, XML, JSON, CSV; .gz too), with their source and history.

    What is unusable is refused by itself with a sentence, everything else is kept, and the exit code is 3. Loading a
    file twice changes nothing.

    Parameters
    ----------
    files
        What to load.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.core.errors import UsageError
    from vedette.doors.catalogue_files import read_elements
    from vedette.doors.catalogue_sets import catalogue_store
    from vedette.doors.wire import json_bytes

    if not files:
        raise UsageError("`vedette catalogue load` needs files of element sets")
    store, rows, worst = catalogue_store(data_dir), [], 0
    for path in files:
        sets, refused = read_elements(path)
        new = store.add(sets)
        for trouble in refused:
            sys.stderr.write(f"refused: {trouble}\n")
            worst = 3
        rows.append({"file": str(path), "read": len(sets), "new": new, "refused": [str(one) for one in refused]})
        if not json:
            sys.stdout.write(f"{path.name}: {len(sets):,} sets read, {new:,} of them new, {len(refused):,} refused\n")
    if json:
        sys.stdout.write(json_bytes({"files": rows, **store.counts(), "kept_in": str(store.path)}).decode() + "\n")
    return worst
