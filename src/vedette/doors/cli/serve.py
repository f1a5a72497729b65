"""`vedette serve`: the watch as a web page, an API and a stream."""

from pathlib import Path

from vedette.doors.cli.serving_options import SERVE, WATCH, ServeOptions, WatchOptions


def serve(
    *feeds: str,
    watched: WatchOptions = WATCH,
    data_dir: Path | None = None,
    port: int = 8600,
    served: ServeOptions = SERVE,
) -> int:
    """Watch feeds, and serve what is found: the console, an API, and a stream of what changes.

    The watch runs in a process of its own; when it dies, it is begun again from its journal. Feeds are those of
    `vedette watch`; recorded ones, and stories, are played at their own pace. Ctrl-C ends it in order: the journal is
    closed first.

    The server is reached from this machine alone, by the address that it prints, which opens one page once; the next
    one is printed then. What is REAL is served only to accounts (`vedette accounts`), and other machines are served
    only with accounts and TLS.

    Parameters
    ----------
    feeds
        Files, directories, - for standard input, or addresses of live feeds, as `vedette watch` takes them.
    data_dir
        Where journals, alerts and accounts are kept.
    port
        Where to serve; 0 takes a free one, and says which.
    """
    from vedette.doors.server.serving import run_serve

    return run_serve(watched.plan(feeds, data_dir, "serve"), served.opening(port), is_quiet=served.quiet)
