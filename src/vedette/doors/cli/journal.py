"""`vedette journal`: which journals there are, whether one is as it was written, and one in a server to be read."""

from pathlib import Path
from typing import Literal


def journal(
    action: Literal["list", "verify", "attach"],
    path: Path | None = None,
    address: str | None = None,
    /,
    *,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """List the journals there are, check that one is as it was written, or read one that lies in a server.

    Exit code 1 when a journal was changed, damaged, or cut shorter than its last signed checkpoint; 6 when it is whole
    but its checkpoints are signed by a key that is not trusted here.

    Parameters
    ----------
    action
        `list` the journals of the data directory, or `verify` one: every entry, every link of its chain, and every
        signed checkpoint beside it. `attach` makes a file by which a journal in a PostgreSQL server is read here.
    path
        The journal to verify, or the file that `attach` shall make.
    address
        Of `attach`: where the journal lies, as `journal list` shows it where it is written.
    data_dir
        Where journals are kept, and the keys that are trusted; of `verify`, by default where the journal lies.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError

    if action == "list":
        return _list(path, data_dir, json)
    if action == "attach":
        if path is None or address is None:
            raise UsageError("journal attach needs a file to make and an address: postgresql://USER@HOST/DB?schema=NAME")
        return _attach(path, address)
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
                "server": found.server_address,
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
            where = f"  in {found.server_address}" if found.server_address else ""
            sys.stdout.write(f"{found.path}  {found.session.mode}  {found.entry_count} entries  {feeds}{where}\n")
    if not journals:
        sys.stderr.write(f"no journals in {folder}\n")
    return 0


def _attach(path: Path, address: str) -> int:
    import sys

    from vedette.doors.journal_store import JournalStore

    with JournalStore.attach(path, address) as found:
        sys.stderr.write(f"{path}: {found.entry_count} entries so far; vedette replay {path}\n")
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
