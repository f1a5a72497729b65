"""`vedette journal`: which journals there are, and whether one is as it was written."""

from pathlib import Path
from typing import Literal


def journal(
    action: Literal["list", "verify"], path: Path | None = None, /, *, data_dir: Path | None = None, json: bool = False
) -> int:
    """List the journals there are, or check that one is as it was written.

    Exit code 1 when a journal was changed or damaged.

    Parameters
    ----------
    action
        `list` the journals of the data directory, or `verify` one: every entry and every link of its chain.
    path
        The journal to verify.
    data_dir
        Where journals are kept.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError

    if action == "list":
        return _list(path, data_dir, json)
    if path is None:
        raise UsageError("journal verify needs a journal; `vedette journal list` shows the ones there are")
    return _verify(path, json)


def _list(path: Path | None, data_dir: Path | None, is_json: bool) -> int:
    import sys

    import msgspec

    from vedette.doors.data_dir import journals_dir_of
    from vedette.doors.sqlite_journal import list_journals

    folder = path or journals_dir_of(data_dir)
    journals = list_journals(folder)
    if is_json:
        rows = [
            {
                "path": str(found.path),
                "entries": found.entry_count,
                "mode": found.session.mode if found.session else None,
                "feeds": list(found.session.feeds) if found.session else [],
                "trouble": found.trouble or None,
            }
            for found in journals
        ]
        sys.stdout.write(msgspec.json.encode({"folder": str(folder), "journals": rows}).decode() + "\n")
        return 0
    for found in journals:
        if found.session is None:
            sys.stdout.write(f"{found.trouble}\n")
        else:
            feeds = ", ".join(found.session.feeds)
            sys.stdout.write(f"{found.path}  {found.session.mode}  {found.entry_count} entries  {feeds}\n")
    if not journals:
        sys.stderr.write(f"no journals in {folder}\n")
    return 0


def _verify(path: Path, is_json: bool) -> int:
    import sys

    import msgspec

    from vedette.doors.sqlite_journal import SqliteJournal

    with SqliteJournal.open(path) as opened:
        found = opened.verify()
    if is_json:
        row = {
            "path": str(path),
            "is_whole": found.is_whole,
            "good_entries": found.entry_count,
            "broken_entry": found.broken_seq,
            "what": found.what or None,
        }
        sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
    elif found.is_whole:
        sys.stdout.write(f"{path}: {found.entry_count} entries, every one as it was written\n")
    else:
        sys.stdout.write(f"{path}: entry {found.broken_seq}: {found.what}; {found.entry_count} before it are good\n")
    return 0 if found.is_whole else 1
