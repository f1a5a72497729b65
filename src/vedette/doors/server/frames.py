"""Snapshots and updates: the picture as a client gets it, whole once and then only what has changed.

Live stream, replay and the reel beside a journal hold these same frames. All of it is pure: `update_between` says how
one document became another, and `fold` makes the second from the first and what was said, key by key equal.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from vedette.core.errors import BadInputError

Document = dict[str, Any]  # `wire.document`
Frame = dict[str, Any]

KEYED = {  # lists whose rows have a name: told row by row
    "objects": "id",
    "alerts": "id",
    "candidates": "id",
    "sensors": "id",
    "sources": "sensor_id",
    "registration": "sensor_id",
}
# told whole when anything in them changed
WHOLE = ("raids", "groups", "noise_sources", "predictions", "no_launch", "partners", "joint")
ALWAYS = ("t_now_utc", "t_now_plus_s", "counts")
_FIXED = ("mode", "engine_version")
_PLUS = ("t_plus_s", "t_declared_plus_s")


def snapshot_of(
    picture: Document,
    *,
    seq: int,
    entry: int,
    journal: str,
    desk: Sequence[Any] = (),
    notices: Sequence[Any] = (),
) -> Frame:
    """A frame that needs no other before it: the whole document, the desk's alerts and the notices."""
    return {
        "type": "snapshot",
        "seq": seq,
        "journal": journal,
        "entry": entry,
        "picture": picture,
        "desk": list(desk),
        "notices": list(notices),
    }


def update_between(before: Document, after: Document, *, seq: int, entry: int) -> Frame | None:
    """What must be told to whoever has `before`, so that he has `after`; None: give him a snapshot instead.

    Absent means unchanged. `objects` (and every list of `KEYED`) holds rows that are new or changed, `objects_gone` the
    names of those that went, `objects_order` all names when the order is not that of replacing in place and adding at
    the end. `events` holds the new findings; `events_plus_s`, when the zero of the seconds has moved, the two counts of
    each earlier one. `catalogue` holds its counts and, in the same way, whom it `met`.
    """
    if any(before[name] != after[name] for name in _FIXED):
        return None
    frame: Frame = {"type": "update", "seq": seq, "entry": entry, **{name: after[name] for name in ALWAYS}}
    if not _tell_events(frame, before["events"], after["events"]):
        return None
    for name, key in KEYED.items():
        if not _tell_rows(frame, name, key, before[name], after[name]):
            return None
    frame.update({name: after[name] for name in WHOLE if name in after and before.get(name) != after[name]})
    if before["catalogue"] != after["catalogue"] and not _tell_catalogue(
        frame, before["catalogue"], after["catalogue"]
    ):
        return None
    return frame


def is_empty(update: Frame) -> bool:
    """True when an update tells nothing but the time and the counts."""
    return update.keys() <= {"type", "seq", "entry", *ALWAYS}


def fold(document: Document, update: Mapping[str, Any]) -> Document:
    """The document after an update; the one given is not changed. BadInputError when the two do not belong together."""
    after = dict(document)
    after.update({name: update[name] for name in (*ALWAYS, *WHOLE) if name in update})
    events = document["events"]
    if "events_plus_s" in update:
        if len(update["events_plus_s"]) != len(events):
            raise BadInputError("the update counts other events than the document has", f"frame {update.get('seq')}")
        events = [
            {**event, "t_plus_s": plus_s, "t_declared_plus_s": declared_plus_s}
            for event, (plus_s, declared_plus_s) in zip(events, update["events_plus_s"], strict=True)
        ]
    after["events"] = [*events, *update.get("events", ())]
    for name, key in KEYED.items():
        after[name] = _fold_rows(update, name, key, document[name])
    if "catalogue" in update:
        after["catalogue"] = _fold_catalogue(document["catalogue"], update["catalogue"])
    return after


def fold_frame(snapshot: Frame, update: Mapping[str, Any]) -> Frame:
    """The snapshot that stands for a snapshot and the update after it."""
    if update["type"] == "snapshot":
        return cast(Frame, update)
    picture = fold(snapshot["picture"], update)
    return {**snapshot, "seq": update["seq"], "entry": update["entry"], "picture": picture}


def _tell_events(frame: Frame, before: Sequence[Document], after: Sequence[Document]) -> bool:
    kept = after[: len(before)]
    if len(kept) < len(before):
        return False
    if list(kept) != list(before):
        for old, new in zip(before, kept, strict=True):
            if old is not new and {**old, **{name: new[name] for name in _PLUS}} != new:
                return False
        frame["events_plus_s"] = [[event[name] for name in _PLUS] for event in kept]
    if len(after) > len(before):
        frame["events"] = list(after[len(before) :])
    return True


def _tell_rows(frame: Frame, name: str, key: str, before: Sequence[Document], after: Sequence[Document]) -> bool:
    if before == after:
        return True
    old = {row[key]: row for row in before}
    new = {row[key]: row for row in after}
    if len(old) < len(before) or len(new) < len(after):
        return False  # two rows of one name cannot be told row by row
    changed = [row for row_id, row in new.items() if row_id not in old or old[row_id] != row]
    gone = [row_id for row_id in old if row_id not in new]
    if changed:
        frame[name] = changed
    if gone:
        frame[f"{name}_gone"] = gone
    folded = [row_id for row_id in old if row_id in new] + [row_id for row_id in new if row_id not in old]
    if folded != list(new):
        frame[f"{name}_order"] = list(new)
    return True


def _fold_rows(update: Mapping[str, Any], name: str, key: str, rows: Sequence[Document]) -> list[Document]:
    found = {row[key]: row for row in rows}
    for row_id in update.get(f"{name}_gone", ()):
        if found.pop(row_id, None) is None:
            raise BadInputError(f"{name} {row_id} goes and was never there", f"frame {update.get('seq')}")
    for row in update.get(name, ()):
        found[row[key]] = row
    if f"{name}_order" not in update:
        return list(found.values())
    if sorted(map(str, update[f"{name}_order"])) != sorted(map(str, found)):
        raise BadInputError(f"the order of {name} names others than there are", f"frame {update.get('seq')}")
    return [found[row_id] for row_id in update[f"{name}_order"]]


def _tell_catalogue(frame: Frame, before: Document | None, after: Document | None) -> bool:
    if before is None or after is None or any(before[name] != after[name] for name in ("source", "sha256", "objects")):
        frame["catalogue"] = after
        return True
    told: Frame = {name: value for name, value in after.items() if name != "met"}
    frame["catalogue"] = told
    told["is_whole"] = False
    return _tell_rows(told, "met", "id", before["met"], after["met"])


def _fold_catalogue(before: Document | None, told: Document | None) -> Document | None:
    if told is None or "is_whole" not in told:
        return told
    if before is None:
        raise BadInputError("a change of the catalogue comes before the catalogue", "frame")
    met = _fold_rows(told, "met", "id", before["met"])
    counts = {name: value for name, value in told.items() if not name.startswith("met") and name != "is_whole"}
    return {**counts, "met": met}
