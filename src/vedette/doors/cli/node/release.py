"""`vedette node release`: what a policy lets out, tried before it is trusted."""

from pathlib import Path


def release(
    journal: Path | None = None,
    *,
    policy: Path | None = None,
    peer: str | None = None,
    explain: str | None = None,
    dry_run: bool = False,
    check: Path | None = None,
    sensors: Path | None = None,
    example: bool = False,
    data_dir: Path | None = None,
    json: bool = False,
    jsonl: bool = False,
) -> int:
    """Say what would be released to a partner, field by field, and why the rest is withheld. Nothing is sent.

    A policy is a file release/PEER.toml in the node's directory; without one nothing is released to that peer.
    `vedette node release --example > release/SOUTH-A.toml` prints one to begin from.

    `--dry-run JOURNAL` plays a journal and tells what would have left. `--explain EVENT JOURNAL` takes one event or
    track (O3, or O3-launch) and shows ours beside what the peer would hold. `--check POLICY` reads a policy with a
    partner's eyes: what it leaks beyond what it grants, and how near the partner could come to a sensor that is not
    named. Exit code 1 when it warns.

    Parameters
    ----------
    journal
        A journal of `vedette watch`.
    policy
        A policy to try; by default that of --peer.
    peer
        A partner of this node, whose policy is tried.
    explain
        An event or track by our own name, at the journal's end.
    dry_run
        Tell what would have been released of the journal.
    check
        A policy to be read critically.
    sensors
        Of --check: the sensors that the policy is to keep hidden; by default the packaged ones.
    example
        Print a policy to begin from.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    jsonl
        Of --dry-run: every message as it would leave, a line each, with its account.
    """
    import sys

    from vedette.core.errors import UsageError
    from vedette.sharing.release import example_policy_text

    if example:
        sys.stdout.write(example_policy_text())
        return 0
    if check is not None:
        return _check(check, sensors, json)
    if journal is None or not (dry_run or explain):
        raise UsageError("say --dry-run JOURNAL, --explain EVENT JOURNAL, --check POLICY or --example")
    return _try(journal, policy, peer, explain, data_dir, json, jsonl)


def _try(
    journal: Path, policy: Path | None, peer: str | None, explain: str | None, data_dir: Path | None, is_json: bool,
    is_jsonl: bool,
) -> int:  # fmt: skip
    import sys

    import msgspec

    from vedette.core.errors import NotFoundError, UsageError
    from vedette.doors.data_dir import data_dir_place
    from vedette.doors.node.folder import is_node, read_node
    from vedette.doors.node.peer_file import read_peer
    from vedette.doors.node.release_trial import (
        explain_document,
        trial_document,
        try_policy,
        write_explanation,
        write_trial,
    )
    from vedette.doors.notice_store import text_of
    from vedette.doors.progress_bar import progress_bar
    from vedette.doors.wire import json_bytes
    from vedette.sharing.release import Outgoing, nothing_released, parse_policy

    place = data_dir_place(data_dir)
    owner = read_node(place)[1].owner if is_node(place) else "HERE"
    if policy is None:
        if peer is None:
            raise UsageError("say whose policy: --policy FILE, or --peer NAME of this node")
        folder, _ = read_node(place)
        name = read_peer(folder, peer).name
        policy = folder.release / f"{name}.toml"
        if not policy.is_file():
            sys.stderr.write(f"{policy}: there is no policy, so nothing is released to {name}\n")
            policy = None
    if not journal.is_file():
        raise NotFoundError(f"{journal}: no such journal; `vedette journal list` lists them")
    told = nothing_released(peer or "nobody") if policy is None else parse_policy(text_of(policy), str(policy))

    def line(messages: tuple[Outgoing, ...]) -> None:
        for one in messages:
            if one.content or one.log:
                sys.stdout.write(msgspec.json.encode(one).decode() + "\n")

    with progress_bar("playing the journal") as tell:
        trial = try_policy(told, journal, owner, hear=line if is_jsonl else None, tell=tell)
    if is_jsonl:
        return 0
    document = explain_document(trial, explain) if explain else trial_document(trial)
    if is_json:
        sys.stdout.buffer.write(json_bytes(document, is_pretty=True) + b"\n")
        sys.stdout.buffer.flush()
    elif explain:
        write_explanation(document)
    else:
        write_trial(trial)
    return 0


def _check(path: Path, sensors: Path | None, is_json: bool) -> int:
    import sys

    from vedette.doors.node.release_check import check_document, write_check
    from vedette.doors.notice_store import text_of
    from vedette.doors.wire import json_bytes
    from vedette.sensing import packaged_sensors, parse_sensors
    from vedette.sharing.release import parse_policy

    policy = parse_policy(text_of(path), str(path))
    known = packaged_sensors() if sensors is None else parse_sensors(text_of(sensors), str(sensors))
    document = check_document(policy, known)
    if is_json:
        sys.stdout.buffer.write(json_bytes(document, is_pretty=True) + b"\n")
        sys.stdout.buffer.flush()
    else:
        write_check(document)
    return 1 if document["warnings"] else 0
