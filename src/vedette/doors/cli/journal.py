"""`vedette journal`: which journals there are, and whether one is as it was written."""

from pathlib import Path
from typing import Literal


def journal(
    action: Literal["list", "verify"], path: Path | None = None, /, *, data_dir: Path | None = None, json: bool = False
) -> int:
    """List the journals there are, or check that one is as it was written.

    Exit code 1 when a journal was changed, damaged, or cut shorter than its last signed checkpoint; 6 when it is whole
    but its checkpoints are signed by a key that is not trusted here.

    Parameters
    ----------
    action
        `list` the journals of the data directory, or `verify` one: every entry, every link of its chain, and every
        signed checkpoint beside it.
    path
        The journal to verify.
    data_dir
        Where journals are kept, and the keys that are trusted; of `verify`, by default where the journal lies.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError

    if action == "list":
        return _list(path, data_dir, json)
    if path is None:
        raise UsageError("journal verify needs a journal; `vedette journal list` shows the ones there are")
    return _verify(path, data_dir, json)


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


def _verify(path: Path, data_dir: Path | None, is_json: bool) -> int:
    import sys

    import msgspec

    from vedette.doors.sealed_journal import refuse_untrusted, trust_for, verify_journal

    verdict = verify_journal(path, trust_for(path, data_dir))
    chain, seals = verdict.chain, verdict.seals
    if is_json:
        row = {
            "path": str(path),
            "is_whole": verdict.is_whole,
            "good_entries": chain.entry_count,
            "broken_entry": chain.broken_seq,
            "what": verdict.trouble or None,
            "seals": None
            if seals is None
            else {
                "count": seals.count,
                "newest_entry": seals.newest_entry,
                "key_id": seals.key_id,
                "is_trusted": verdict.is_trusted,
                "what": seals.trouble or None,
            },
        }
        sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
    elif verdict.is_whole:
        sealed = "without signed checkpoints"
        if seals is not None:
            sealed = f"{seals.count} signed checkpoints up to entry {seals.newest_entry} by {seals.key_id}"
        sys.stdout.write(f"{path}: {chain.entry_count} entries, every one as it was written; {sealed}\n")
    else:
        sys.stdout.write(f"{path}: {verdict.trouble}\n")
    if verdict.is_whole:
        refuse_untrusted(verdict, str(path))
    return 0 if verdict.is_whole else 1
