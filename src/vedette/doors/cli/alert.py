"""`vedette alert`: what the machine proposes, and what people make of it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter


def alert(
    action: Literal["list", "show", "release", "update", "cancel", "ack", "start", "unshelve", "deliver"],
    id: str | None = None,
    *,
    revision: str = "",
    note: str = "",
    reason: Literal["mistake", "passed", "natural", "announced", "unknown"] = "mistake",
    confidence: Literal["low", "medium", "high"] | None = None,
    shelve_s: float | None = None,
    session: Path | None = None,
    credential_file: Path | None = None,
    all: bool = False,
    for_s: float = 2.0,
    data_dir: Path | None = None,
    json: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """See what is proposed, and release, update, take back or acknowledge it.

    `vedette watch` proposes; nothing reaches anybody before two different people have released it: two accounts in two
    sessions, each giving its credential at the act, both naming the revision that they saw. A new revision voids the
    first of two approvals. `cancel` is one act of one person, on the channels that were told, whether an engine runs or
    not. `show` opens an alert down to the journal's entries. What is REAL and what is played are two desks, with two
    keys, and nothing moves from one to the other.

    Exit code 6 when an act is refused; 5 when it stands but some channel is still to be told, which `deliver` and the
    next act try again.

    Parameters
    ----------
    action
        list, show, release, update, cancel, ack (seen), start (seen, and you are at it), unshelve, or deliver (what
        channels still owe).
    id
        The alert, or the beginning of its name.
    revision
        Of `release` and `update`: what you saw, as `show` names it; eight digits are enough.
    reason
        Of `cancel`: why.
    note
        Of `ack`, `start` and `unshelve`: a word for those who come after; it stands in the audit log and goes nowhere.
    confidence
        Of `release` and `update`: your own word for it.
    shelve_s
        Of `ack`: put it aside for so many seconds instead, 900 at most.
    session
        The file that `vedette accounts login` made; by default what VEDETTE_SESSION names.
    credential_file
        A file of mode 0600 with the credential; by default VEDETTE_CREDENTIAL, or a prompt.
    all
        Of `list`: also what is over.
    for_s
        Of an act and `deliver`: how many seconds to wait for channels that do not answer.
    data_dir
        Where alerts, keys, accounts and channels are kept.
    json
        One JSON document.
    quiet
        No words on stderr.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.alert_acting import Asked, do_act, run_deliver, run_list, run_show
    from vedette.doors.data_dir import data_dir_of

    folder = data_dir_of(data_dir)
    if action == "list":
        return run_list(folder, all, json)
    if action == "deliver":
        return run_deliver(folder, for_s, json)
    if id is None:
        raise UsageError(f"`vedette alert {action}` needs an alert; `vedette alert list` shows the ones there are")
    if action == "show":
        return run_show(folder, id, json)
    asked: Any = Asked(
        action=action, alert=id, revision=revision, reason=reason, confidence=confidence or "", shelve_s=shelve_s,
        note=note, session=session, credential_file=credential_file, for_s=for_s,
    )  # fmt: skip
    return do_act(folder, asked, json, quiet)
