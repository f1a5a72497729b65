"""A journal played again by today's engine, held against what was said when it was written. Neither is changed."""

import sys
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import msgspec

from vedette import __version__
from vedette.doors.engine_mark import engine_mark
from vedette.doors.said_file import SaidRecord, SaidRow, read_said
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.wire import json_bytes, spelling_of
from vedette.engine import Event, Session, advance, open_picture

TELL_EVERY = 200


def run_compare(path: Path, is_json: bool) -> int:
    """Play, compare, tell; exit code 1 when anything is said otherwise now."""
    from vedette.doors.progress_bar import progress_bar

    with SqliteJournal.open(path) as journal, progress_bar("playing the journal") as tell:
        then = read_said(path, journal.store.first_link)
        count = journal.store.entry_count
        now = said_now(journal.session, journal.events(), None if tell is None else lambda done: tell(done / count))
    found = comparison(then, now)
    found = {"journal": str(path), "session_version": journal.session.engine_version, **found}
    if is_json:
        sys.stdout.buffer.write(json_bytes(found, is_pretty=True) + b"\n")
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write("\n".join(comparison_lines(found)) + "\n")
    return 1 if found["differences"] else 0


def said_now(session: Session, events: Iterable[Event], tell: Callable[[int], None] | None = None) -> list[SaidRow]:
    """What this engine says of the same entries."""
    picture = open_picture(session)
    rows: list[SaidRow] = []
    for entry, event in enumerate(events, 1):
        picture = advance(picture, event)
        spell = spelling_of(picture)
        rows += [SaidRow(entry, {"event": spell.event(one)}) for one in picture.new_findings]
        rows += [SaidRow(entry, {"alert": spell.alert(one)}) for one in picture.new_alerts]
        if tell is not None and entry % TELL_EVERY == 0:
            tell(entry)
    return [SaidRow(one.entry, msgspec.json.decode(msgspec.json.encode(one.body))) for one in rows]


def comparison(then: SaidRecord, now: list[SaidRow]) -> dict[str, Any]:
    """What is said otherwise, in order: said only then, said only now, or said of the same thing in other words."""
    old, new = list(then.rows), now
    keys_then, keys_now = [_bytes(one) for one in old], [_bytes(one) for one in new]
    differences: list[dict[str, Any]] = []
    same = 0
    for tag, a, b, c, d in SequenceMatcher(None, keys_then, keys_now, autojunk=False).get_opcodes():
        if tag == "equal":
            same += b - a
            continue
        gone, come = old[a:b], new[c:d]
        for one in gone:
            twin = next((other for other in come if _thing(other) == _thing(one)), None)
            if twin is None:
                differences.append(_difference("only-then", one, None))
            else:
                come = [other for other in come if other is not twin]
                differences.append(_difference("otherwise", one, twin))
        differences += [_difference("only-now", None, one) for one in come]
    differences.sort(key=lambda row: row["entry"])
    return {
        "then": [{"from_entry": entry, "version": version, "engine": mark} for entry, version, mark in then.engines],
        "now": {"version": __version__, "engine": engine_mark()},
        "said_then": len(old),
        "said_now": len(new),
        "same": same,
        "differences": differences,
    }


def comparison_lines(found: dict[str, Any]) -> list[str]:
    """What a person reads: who said it then, and each difference with the words of both."""
    versions = ", ".join(dict.fromkeys(f"{one['version']} ({_short(one['engine'])})" for one in found["then"]))
    lines = [
        f"then: {found['said_then']} things said by {versions or 'nobody'}",
        f"now: {found['said_now']} by {found['now']['version']} ({_short(found['now']['engine'])}); "
        f"{found['same']} are the same, {len(found['differences'])} are not",
    ]
    for one in found["differences"]:
        for sign, said in (("-", one["then"]), ("+", one["now"])):
            if said is not None:
                body = said.get("event") or said["alert"]
                lines.append(
                    f"{sign} entry {said['entry']}  {body['t_utc'] or body['t_plus_s']}  {body['kind']} "
                    f"{body['object_id']}  {body['text']}"
                )
    return lines


def _difference(what: str, then: SaidRow | None, now: SaidRow | None) -> dict[str, Any]:
    first = then or now
    assert first is not None
    told = {
        name: None if one is None else {"entry": one.entry, **one.body} for name, one in (("then", then), ("now", now))
    }
    return {"entry": first.entry, "what": what, **told}


def _bytes(one: SaidRow) -> bytes:
    return msgspec.json.encode([one.entry, one.body])


def _thing(one: SaidRow) -> tuple[str, str, str]:
    name, body = next(iter(one.body.items()))
    return name, body["kind"], body["object_id"]


def _short(mark: str) -> str:
    return mark.rpartition("+")[2][:8]
