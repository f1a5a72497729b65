"""`vedette node standby` and `vedette node yield`: a second process of the same node, and handing over to it."""

from pathlib import Path

from vedette.doors.cli.serving_options import SERVE, ServeOptions


def standby(
    *,
    data_dir: Path | None = None,
    port: int = 8601,
    nats_server: str = "",
    served: ServeOptions = SERVE,
) -> int:
    """Follow the watch of this node as it runs, show it, and take its place within seconds when it falls silent.

    It reads the journal that `vedette node run` writes, as it grows, and keeps its picture warm. Only one acts: who
    holds the lease in the node's store. When the lease is over (three seconds after its last sign of life) this one
    takes it, ends what may be left of the other on this machine, and goes on in the same journal with the same alerts:
    none is proposed twice. What the other does after that is refused at the journal, the desk and the store.

    `vedette node yield` hands over on purpose, either way. It watches what the other was told to watch: the same
    feeds, sensors and policies, read from the node's store. Both need the node's directory, on one machine or on a
    disk that both reach; or a copy of it each, with a store in a PostgreSQL server and `desk_in_store`. Clocks must
    agree to a second.

    Parameters
    ----------
    data_dir
        The node's directory.
    port
        Where to serve; 0 takes a free one, and says which.
    nats_server
        Path of nats-server, once it acts.
    """
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.standing_by import run_standby

    opening = served.opening(port)
    return run_standby(data_dir_of(data_dir), opening, nats_server=nats_server, is_quiet=served.quiet)


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
