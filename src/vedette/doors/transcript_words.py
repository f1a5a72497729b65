"""A transcript read from a file, and what came of checking it, for people and programs."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, NotFoundError
from vedette.sharing.key_words import key_words
from vedette.sharing.transcript import Transcript, parse_transcript
from vedette.sharing.transparency import Found, Verdict
from vedette.time import utc_text_from_tai_ns

LISTED_MOST = 20


def read_transcript(path: Path) -> Transcript:
    """A file, or - for standard input."""
    if str(path) == "-":
        return parse_transcript(sys.stdin.buffer, "-")
    try:
        with path.open("rb") as file:
            return parse_transcript(file, path.name)
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise BadInputError("a directory", str(path), "give the file that `vedette node transcript` wrote") from None


def verdict_document(read: list[Transcript], verdict: Verdict) -> dict[str, Any]:
    """Everything that was found."""
    return {
        "transcripts": [
            {"where": one.where, "written_by": one.head.written_by, "t_utc": one.head.t_utc, "about": one.head.about}
            for one in read
        ],
        "is_whole": verdict.is_whole, "troubles": verdict.troubles, "doubtful": verdict.doubtful,
        "message_count": len(verdict.messages), "without_receipt_count": verdict.without_receipt_count,
        "history_count": verdict.claim_count, "history_joined_count": verdict.joined_count,
        "keys": _keys(read, verdict), "messages": [_row(one) for one in verdict.messages],
    }  # fmt: skip


def verdict_text(read: list[Transcript], verdict: Verdict, is_listing: bool) -> str:
    """The same in words."""
    lines = []
    lanes = Counter((one.link, one.lane) for one in verdict.messages)
    silent = Counter((one.link, one.lane) for one in verdict.messages if one.receipt_tai_ns is None)
    for (link, lane), count in sorted(lanes.items()):
        only = f", {silent[link, lane]} without a receipt by the other owner" if silent[link, lane] else ""
        lines.append(f"{link} {lane}: {count} messages{only}")
    shown = verdict.messages if is_listing else [one for one in verdict.messages if one.events][:LISTED_MOST]
    for one in shown:
        row = _row(one)
        events = f"  {' '.join(one.events)}" if one.events else ""
        after = f"after {row['not_before_utc']}, " if row["not_before_utc"] else ""
        seen = f"receipt signed {row['receipt_utc']}" if row["receipt_utc"] else "no receipt"
        name = f"{one.owner} {one.lane} {one.sequence}{events}"
        lines.append(f"  {name}: says {row['t_sent_utc']}; {after}{seen}  {one.digest[:16]}")
    for doubt in verdict.doubtful:
        lines.append(f"doubtful: {doubt}")
    for trouble in verdict.troubles:
        lines.append(f"CONTRADICTION {trouble}")
    unjoined = verdict.claim_count - verdict.joined_count
    if verdict.is_whole:
        also = f"; {unjoined} more reach beyond what is shown here" if unjoined else ""
        lines.append(f"nothing contradicts: {verdict.joined_count} signed histories are those shown{also}")
    lines.append("signed by, to be compared with what the owners read to you:")
    lines += [f"  {key['owner']}  {key['key_id']}  {key['words']}" for key in _keys(read, verdict)]
    return "\n".join(lines) + "\n"


def _keys(read: list[Transcript], verdict: Verdict) -> list[dict[str, str]]:
    keys = {key.key_id: key for one in read for key in one.head.keys}
    return [
        {"owner": owner, "key_id": key_id, "words": key_words(keys[key_id].key)}
        for key_id, owner in sorted(verdict.keys.items(), key=lambda item: (item[1], item[0]))
    ]


def _row(one: Found) -> dict[str, Any]:
    return {
        "link": one.link, "lane": one.lane, "sequence": one.sequence, "digest": one.digest, "owner": one.owner,
        "key_id": one.key_id, "t_sent_utc": _utc(one.t_sent_tai_ns), "not_before_utc": _utc(one.not_before_tai_ns),
        "receipt_utc": _utc(one.receipt_tai_ns), "events": list(one.events), "has_content": one.has_content,
        "where": one.where,
    }  # fmt: skip


def _utc(t_tai_ns: int | None) -> str | None:
    if t_tai_ns is None:
        return None
    try:
        return utc_text_from_tai_ns(t_tai_ns)
    except (ValueError, OverflowError):
        return f"instant {t_tai_ns}"
