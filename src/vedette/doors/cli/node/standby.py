"""`vedette node standby` and `vedette node yield`: a second process of the same node, and handing over to it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def standby(
    *,
    data_dir: Path | None = None,
    port: int = 8601,
    host: str = "127.0.0.1",
    name: tuple[str, ...] = (),
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    no_token: bool = False,
    nats_server: str = "",
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Follow the watch of this node as it runs, show it, and take its place within seconds when it falls silent.

    It reads the journal that `vedette node run` writes, as it grows, and keeps its picture warm. Only one acts: who
    holds the lease in the node's store. When the lease is over (three seconds after its last sign of life) this one
    takes it, ends what may be left of the other on this machine, and goes on in the same journal with the same alerts:
    none is proposed twice. What the other does after that is refused at the journal, the desk and the store.

    `vedette node yield` hands over on purpose, either way. It watches what the other was told to watch: the same
    feeds, sensors and policies, read from the node's store. Both need the node's directory: on one machine, or on a
    disk that both reach, with clocks that agree to a second.

    Parameters
    ----------
    data_dir
        The node's directory.
    port
        Where to serve; 0 takes a free one, and says which.
    host
        The address to serve at; another than this machine's own needs accounts, --tls-cert and --tls-key.
    name
        A further name by which the server is reached; requests under other names are refused. More than once.
    tls_cert
        PEM file of the certificate, with its chain.
    tls_key
        PEM file of its key, which nobody else can read.
    no_token
        Anybody on this machine may look, without the printed address: for trying out, never REAL.
    nats_server
        Path of nats-server, once it acts.
    quiet
        No words on stderr but troubles.
    """
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.standing_by import run_standby
    from vedette.doors.server.opening import Opening

    opening = Opening(
        port=port, host=host, names=name, certificate=tls_cert, key=tls_key, is_token_asked=not no_token,
    )  # fmt: skip
    return run_standby(data_dir_of(data_dir), opening, nats_server=nats_server, is_quiet=quiet)


def yield_(*, data_dir: Path | None = None, json: bool = False) -> int:
    """Let the one that acts for this node hand over, in order, to the one that stands by.

    Exit code 1 when it has not within ten seconds, or when nobody took its place.

    Parameters
    ----------
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.standing_by import hand_over

    before, after = hand_over(data_dir_of(data_dir))
    if json:
        sys.stdout.write(msgspec.json.encode({"before": before, "now": after or None}).decode() + "\n")
    else:
        sys.stdout.write(f"{before} acted; {after or 'nobody'} acts now\n")
    return 0 if after not in ("", before) else 1
