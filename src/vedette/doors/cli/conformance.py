"""`vedette conformance NODE`: whether a partner's node keeps the rules of a link."""

from pathlib import Path
from typing import Literal


def conformance(
    node: str,
    /,
    *,
    mode: Literal["REAL", "EXERCISE", "TEST", "SIMULATED"] = "TEST",
    patience_s: float = 20.0,
    nats_server: str = "",
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Examine a partner's node from outside: what it must answer, take, refuse and pass over.

    Our node must not be running, and the partner's must be, in the same mode. Nothing that is sent alarms anybody: what
    is well signed is empty, or a note that says that it is a test. The partner's node names every refusal to its own
    people, as it should, so tell them before. A verdict follows from what the node signs as heard, some seconds each.

    Exit code 1 when a rule is broken; 5 when the node does not answer.

    Parameters
    ----------
    node
        The partner's node, or its owner: `vedette node status` lists them.
    mode
        Of the link that is examined.
    patience_s
        How long a receipt is waited for.
    nats_server
        Path of nats-server; by default as for `vedette node run`.
    data_dir
        Our node's directory.
    json
        One JSON document at the end.
    """
    import sys

    import msgspec

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.conformance_run import examine_peer
    from vedette.reports import Mode

    verdicts = []
    for verdict in examine_peer(data_dir_of(data_dir), node, Mode(mode), nats_server, patience_s):
        verdicts.append(verdict)
        if not json:
            mark = "kept  " if verdict.is_kept else "BROKEN"
            more = f": {verdict.text}" if verdict.text else ""
            sys.stdout.write(f"{mark}  {verdict.rule}  {verdict.name}{more}\n")
            sys.stdout.flush()
    broken = sum(not verdict.is_kept for verdict in verdicts)
    if json:
        document = {"node": node, "mode": mode, "broken": broken, "verdicts": verdicts}
        sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
    else:
        sys.stderr.write(f"{len(verdicts) - broken} of {len(verdicts)} rules kept\n")
    if len(verdicts) == 1 and broken:
        return 5
    return 1 if broken else 0
