"""`vedette notices`: what partners announced, how it stands, and whether what was seen was announced."""

from pathlib import Path
from typing import Any, Literal


def notices(
    action: Literal["add", "import", "list", "match", "report"],
    file: Path | None = None,
    *,
    at: str | None = None,
    hours: float | None = None,
    text: str | None = None,
    id: str | None = None,
    party: str | None = None,
    mode: str = "SIMULATED",
    class_name: str = "",
    sensors: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Keep what partners announce, and hold what is seen against it.

    `import FILE` keeps the notices of a JSON, JSON-lines or CSV file. `add` keeps one: a JSON document in FILE or `-`,
    or the words of a warning to sailors or pilots with --text, --id and --party. `list` shows how each announced thing
    stands, `match FILE` pairs the launches of a `watch --json` document with it, `report` counts how well each party
    keeps its word. What is unusable is refused by itself with a sentence, the rest is kept, and the exit code is 3.

    Parameters
    ----------
    action
        add, import, list, match or report.
    file
        What to read; `-` for standard input.
    at
        The instant to answer for, UTC; by default now.
    hours
        Of `list`: only what is open now or opens within so many hours, and which sensors would see it, from when.
    text
        Of `add`: a NAVAREA or NOTAM text; its areas and times are read, and the words are kept.
    id
        Of `add --text`: the notice's number.
    party
        Of `add --text`: who notifies.
    mode
        Of `add --text`: REAL, EXERCISE, TEST or SIMULATED.
    class_name
        Of `add --text`: the class of flight, where it is known.
    sensors
        Of `list --hours`: TOML file that describes the sensors; by default the packaged ones.
    data_dir
        Where notices are kept.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.notice_store import NoticeStore

    store = NoticeStore(data_dir_of(data_dir))
    t_tai_ns = _instant(at)
    if action in ("add", "import"):
        if text is not None:
            if file is not None or not id or not party:
                raise UsageError("`notices add --text WORDS` needs --id and --party, and no file")
            return _keep(store, [_from_text(text, id, party, mode, class_name, t_tai_ns)], json)
        if file is None:
            raise UsageError(f"`vedette notices {action}` needs a file, or `-`")
        from vedette.doors.notice_store import notices_in

        return _keep(store, list(notices_in(file, t_tai_ns)), json)
    if action == "match":
        if file is None:
            raise UsageError("`vedette notices match` needs a document of `vedette watch --json`, or `-`")
        return _match(store, file, t_tai_ns, json)
    return _list(store, t_tai_ns, hours, json, sensors) if action == "list" else _report(store, t_tai_ns, json)


def _instant(at: str | None) -> int:
    import time

    from vedette.core.errors import UsageError
    from vedette.time import tai_ns_from_mjd_utc, tai_ns_from_utc_text

    if at is None:
        day, ns_of_day = divmod(time.time_ns(), 86_400 * 10**9)
        return tai_ns_from_mjd_utc(40_587 + day, ns_of_day)
    try:
        return tai_ns_from_utc_text(at)
    except ValueError as trouble:
        raise UsageError(f"--at: {trouble}") from None


def _from_text(text: str, notice_id: str, party: str, mode: str, class_name: str, t_tai_ns: int) -> Any:
    from vedette.formats.hazard_text import read_hazard_text
    from vedette.formats.notice_json import notice_from_document
    from vedette.time import utc_text_from_tai_ns

    found = read_hazard_text(text, notice_id)
    document = {
        "id": notice_id, "kind": "pre-launch", "party": party, "mode": mode, "class_name": class_name,
        "issued_utc": utc_text_from_tai_ns(t_tai_ns), "windows": found.windows, "hazard_areas": found.areas,
        "text": text,
    }  # fmt: skip
    return notice_from_document(document, notice_id, t_tai_ns)


def _keep(store: Any, found: list[Any], is_json: bool) -> int:
    import sys

    from vedette.core.errors import BadInputError
    from vedette.doors.notice_words import notice_line
    from vedette.doors.wire import json_bytes

    refused = [str(one) for one in found if isinstance(one, BadInputError)]
    good = [one for one in found if not isinstance(one, BadInputError)]
    added = store.add(good)
    for sentence in refused:
        sys.stderr.write(f"refused: {sentence}\n")
    if is_json:
        row = {"read": len(good), "new": added, "refused": refused, "kept_in": str(store.path)}
        sys.stdout.write(json_bytes(row).decode() + "\n")
    else:
        for notice in good:
            sys.stdout.write(notice_line(notice) + "\n")
        sys.stdout.write(f"{added} new of {len(good)}, {len(refused)} refused; kept in {store.path}\n")
    return 3 if refused else 0


def _cases(store: Any, t_tai_ns: int) -> Any:
    from vedette.notices import cases_of

    return cases_of(store.read(), t_tai_ns)


def _list(store: Any, t_tai_ns: int, hours: float | None, is_json: bool, sensors: Path | None = None) -> int:
    import sys

    from vedette.doors.notice_report import cases_within, notices_document
    from vedette.doors.notice_visibility import visibility, visibility_lines
    from vedette.doors.notice_words import case_lines
    from vedette.doors.wire import json_bytes
    from vedette.notices import unanswered

    notices = store.read()
    if is_json:
        rows = notices_document(notices, t_tai_ns, hours, sensors)
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    cases, _ = _cases(store, t_tai_ns)
    if hours is not None:
        cases = cases_within(cases, t_tai_ns, hours)
    waiting = unanswered(notices, t_tai_ns)
    seen_by = {} if hours is None else visibility(cases, sensors, t_tai_ns)
    for case in cases:
        lines = [*case_lines(case, t_tai_ns), *visibility_lines(seen_by.get(case.case_id))]
        sys.stdout.write("\n".join(lines) + "\n")
    for q in waiting:
        sys.stdout.write(f"UNANSWERED{' and late' if q.is_late else ''}: {q.query.notice_id}  {q.query.question}\n")
    if not cases:
        sys.stderr.write("no notices to show; `vedette notices import FILE` keeps some\n")
    return 0


def _match(store: Any, file: Path, t_tai_ns: int, is_json: bool) -> int:
    import json
    import sys

    from vedette.core.errors import BadInputError
    from vedette.doors.notice_store import MOST_BYTES, text_of
    from vedette.doors.notice_words import launches_of, matching_document, matching_lines
    from vedette.doors.wire import json_bytes
    from vedette.notices import match_launches

    text = sys.stdin.read(MOST_BYTES) if str(file) == "-" else text_of(file)
    try:
        launches = launches_of(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as trouble:
        raise BadInputError(
            f"not a document of `vedette watch --json` ({type(trouble).__name__}: {trouble})", str(file)
        ) from None
    t_tai_ns = max([t_tai_ns, *(one.t_launch_tai_ns for one in launches)])
    cases, _ = _cases(store, t_tai_ns)
    matching = match_launches(cases, launches, t_tai_ns)
    out = json_bytes(matching_document(matching)).decode() if is_json else "\n".join(matching_lines(matching))
    sys.stdout.write(out + "\n")
    return 0


def _report(store: Any, t_tai_ns: int, is_json: bool) -> int:
    import sys

    from vedette.doors.notice_report import parties_document
    from vedette.doors.notice_words import record_lines
    from vedette.doors.wire import json_bytes
    from vedette.notices import match_launches, records

    if is_json:
        sys.stdout.write(json_bytes(parties_document(store.read(), t_tai_ns)).decode() + "\n")
        return 0
    cases, loose = _cases(store, t_tai_ns)
    found = records(cases, loose, match_launches(cases, [], t_tai_ns), t_tai_ns)
    for one in found:
        sys.stdout.write("\n".join(record_lines(one)) + "\n")
    if not found:
        sys.stderr.write("no notices are kept; `vedette notices import FILE` keeps some\n")
    return 0
