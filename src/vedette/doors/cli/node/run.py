"""`vedette node run`: the watch, its console, its broker and its links."""

from pathlib import Path

from vedette.doors.cli.serving_options import SERVE, WATCH, ServeOptions, WatchOptions


def run(
    *feeds: str,
    watched: WatchOptions = WATCH,
    nats_server: str = "",
    data_dir: Path | None = None,
    port: int = 8600,
    served: ServeOptions = SERVE,
) -> int:
    """Watch, serve the console, and keep the links to partners, until Ctrl-C.

    It is `vedette serve` with partners: the same feeds and the same options. The broker is started with it, watched,
    and started again when it dies; own warnings never wait for it, for a link, or for a partner. What partners may be
    told stands in release/, and is heeded within a second of a change, as is `vedette node peer`.

    Parameters
    ----------
    feeds
        Files, directories, - for standard input, or addresses of live feeds, as `vedette watch` takes them.
    nats_server
        Path of nats-server, for this run.
    data_dir
        The node's directory.
    port
        Where to serve; 0 takes a free one, and says which.
    """
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.server.head_start import HeadStart

    folder = data_dir_of(data_dir)
    plan = watched.plan(feeds, folder, "node run")
    begun = HeadStart(plan)  # the watch first: even before what follows is read
    try:
        from vedette.doors.node.running import run_node

        return run_node(folder, plan, served.opening(port), nats_server=nats_server, is_quiet=served.quiet, begun=begun)
    finally:
        begun.close()
