"""A journal played twice, as it is and as asked, and the difference told.

What comes before the first entry that is left out is the same in both runs: it is played once, and the second run goes
on from there.
"""

import copy
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.doors.checkpoints import freeze, thaw
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watching import policy_text
from vedette.doors.wire import json_bytes
from vedette.engine import Event
from vedette.exercise.counterfactual import Change, Difference, check_change, differences, paired, size_words
from vedette.exercise.run_history import LADDER, ObjectRun, RunHistory, area_90_km2, run_history
from vedette.reports import Notice, Scan
from vedette.time import utc_text_from_tai_ns

TELL_EVERY = 500


def run_whatif(
    path: Path,
    without: tuple[str, ...],
    without_notices: tuple[str, ...],
    policy: Path | None,
    is_json: bool,
    is_quiet: bool,
) -> int:
    """Play, compare, tell; errors of the journal, or NotFoundError for what it does not hold."""
    text = None if policy is None else policy_text(policy)
    change = Change(without, without_notices, text, "" if policy is None else policy.name)
    is_told = not is_quiet and sys.stderr.isatty()
    first, second = both_runs(path, change, lambda name, count: _progress(name, count, is_told))
    found = differences(first, second)
    document = whatif_document(change, first, second, found)
    if is_json:
        sys.stdout.buffer.write(json_bytes(document, is_pretty=True) + b"\n")
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write("\n".join(whatif_lines(change, first, second, found)) + "\n")
    return 0


def both_runs(
    path: Path, change: Change, tell: Callable[[str, int], Callable[[int], None]]
) -> tuple[RunHistory, RunHistory]:
    """The journal as it is and as asked; `tell(name, count)` gives what hears of every entry of a run."""
    with SqliteJournal.open(path) as journal:
        sensors, notices = _named(journal.events())
        check_change(change, sensors, notices)
        count = journal.store.entry_count
        alike = _alike(change, journal.events())
        events, heard = journal.events(), tell("as it is", count)
        first = run_history(journal.session, islice(events, alike), heard)
        begun = _kept(first) if alike else None
        first = run_history(journal.session, events, heard, first)
        rest = journal.events(1 if begun is None else alike + 1)
        second = run_history(change.session(journal.session), change.events(rest), tell(change.words, count), begun)
    return first, second


def _alike(change: Change, events: Iterator[Event]) -> int:
    """How many entries come before the first that is left out; none where everything is judged otherwise."""
    if change.policy_toml is not None:
        return 0
    return next((number for number, event in enumerate(events) if not any(change.events((event,)))), 0)


def _kept(run: RunHistory) -> RunHistory | None:
    """A run as it stands, to be gone on with in another way; None where its engine cannot be frozen."""
    frozen = None if run.picture is None else freeze(run.picture)
    picture = None if frozen is None else thaw(frozen[0], frozen[1].__getitem__)
    if picture is None:
        return None
    kept = copy.copy(run)
    kept.picture = None
    kept = copy.deepcopy(kept)
    kept.picture = picture
    return kept


def whatif_document(
    change: Change, first: RunHistory, second: RunHistory, found: tuple[Difference, ...]
) -> dict[str, Any]:
    """Both runs and what is otherwise, in the units of doors."""
    return {
        "change": {
            "without": change.without, "without_notices": change.without_notices, "policy": change.policy_name or None,
        },
        "as_it_is": _run(first),
        "as_asked": _run(second),
        "pairs": paired(first, second),
        "differences": [msgspec.to_builtins(one) for one in found],
    }  # fmt: skip


def whatif_lines(
    change: Change, first: RunHistory, second: RunHistory, found: tuple[Difference, ...]
) -> list[str]:
    """What a person reads: both runs in a line each object, then the differences."""
    lines = [f"as it is: {_counts(first)}", *(f"  {_line(one)}" for one in first.objects.values())]
    lines += [f"{change.words}: {_counts(second)}", *(f"  {_line(one)}" for one in second.objects.values())]
    lines.append("the difference:" if found else "the difference: none")
    for one in found:
        name = one.id or one.other_id
        also = f" (there {one.other_id})" if one.id and one.other_id and one.id != one.other_id else ""
        lines.append(f"  {name}{also}: {one.text}")
    return lines


def _named(events: Iterator[Event]) -> tuple[set[str], set[str]]:
    sensors, notices = set(), set()
    for event in events:
        if isinstance(event, Scan):
            sensors.add(event.sensor_id)
        elif isinstance(event, Notice):
            notices.add(event.notice_id)
    return sensors, notices


def _progress(name: str, count: int, is_told: bool) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if is_told and (done % TELL_EVERY == 0 or done == count):
            sys.stderr.write(f"\r{name}: {done:,} of {count:,} entries" + ("\n" if done == count else ""))
            sys.stderr.flush()

    return tell


def _counts(run: RunHistory) -> str:
    confirmed = sum(LADDER[-1] in one.t_reached_tai_ns for one in run.objects.values())
    objects, alerts = len(run.objects), len(run.alerts)
    return (
        f"{objects} object{'s' if objects != 1 else ''}, {confirmed} confirmed, "
        f"{alerts} alert{'s' if alerts != 1 else ''}, {len(run.incidents)} incidents"
    )


def _line(one: ObjectRun) -> str:
    words = [f"{one.id}: {one.leading or 'not named'}" + (f" {one.probability:.0%}" if one.leading else "")]
    reached = [
        f"{rung.value} {utc_text_from_tai_ns(t)[11:19]}" for rung in LADDER if (t := one.t_reached_tai_ns.get(rung))
    ]
    words.append(", ".join(reached) or "no evidence state")
    if one.summary is not None:
        size = area_90_km2(one.summary)
        words.append(f"90 % impact area {size_words(size)}" if size is not None else "no impact area")
        words.append(f"by {', '.join(one.summary.sensors) or 'no sensor'}")
    words += [f"matches {', '.join(one.notices)}"] if one.notices else []
    return "; ".join(words)


def _run(run: RunHistory) -> dict[str, Any]:
    return {
        "events": run.events,
        "objects": [_object(one) for one in run.objects.values()],
        "alerts": [
            {
                "id": one.alert.id, "kind": one.alert.kind, "object_id": one.alert.object_id,
                "evidence": one.alert.evidence.value, "t_first_utc": utc_text_from_tai_ns(one.t_first_tai_ns),
            }
            for one in run.alerts.values()
        ],
        "incidents": [
            {
                "id": one.id, "subject": one.subject, "sensors": one.sensors, "evidence": one.evidence.value,
                "leading": one.leading.value, "probability": round(one.explanations[0].probability, 4),
            }
            for one in run.incidents.values()
        ],
    }  # fmt: skip


def _object(one: ObjectRun) -> dict[str, Any]:
    summary = one.summary
    launch = summary.launch if summary is not None else None
    impact = summary.impact if summary is not None else None
    return {
        "id": one.id,
        "t_found_utc": utc_text_from_tai_ns(one.t_found_tai_ns),
        "reached_utc": {rung.value: utc_text_from_tai_ns(t) for rung, t in one.t_reached_tai_ns.items()},
        "leading": one.leading or None,
        "probability": round(one.probability, 4),
        "t_named_utc": None if one.t_named_tai_ns is None else utc_text_from_tai_ns(one.t_named_tai_ns),
        "notices": one.notices,
        "sensors": summary.sensors if summary is not None else (),
        "launch": None if launch is None else {"lat_deg": launch.lat_deg, "lon_deg": launch.lon_deg},
        "impact": None
        if impact is None
        else {
            "lat_deg": impact.lat_deg,
            "lon_deg": impact.lon_deg,
            "area_90_km2": None if summary is None else area_90_km2(summary),
        },
        "seconds_seen": None if not one.places_itrf_m else 5 * (max(one.places_itrf_m) - min(one.places_itrf_m)),
        "known_for_s": None
        if summary is None or summary.state is None or "t_tai_ns" not in summary.state
        else round((summary.state["t_tai_ns"] - one.t_found_tai_ns) / NS_PER_S, 3),
    }
