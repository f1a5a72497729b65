"""`vedette review`: kept journals in the console, with nothing watched."""

from pathlib import Path

from vedette.doors.cli.serving_options import SERVE, ServeOptions


def review(
    *journals: str,
    data_dir: Path | None = None,
    port: int = 8600,
    served: ServeOptions = SERVE,
) -> int:
    """Open the console on journals that are kept: the past, read only, and nothing is watched.

    Every instant of every journal, its evidence, its report and its exports, as during a watch; a banner says that it
    is a review, and no act on an alert is taken. The newest journal is opened first, at its end. Ctrl-C ends it.

    The server is reached from this machine alone, by the address that it prints, which opens one page once; the next
    one is printed then. A REAL journal is shown only to accounts (`vedette accounts`), and other machines are served
    only with accounts and TLS.

    Parameters
    ----------
    journals
        Names of journals in the data directory, or their files anywhere; by default all that the directory keeps.
    data_dir
        Where journals, alerts and accounts are kept.
    port
        Where to serve; 0 takes a free one, and says which.
    """
    from vedette.doors.server.reviewing import run_review

    return run_review(journals, data_dir, served.opening(port), is_quiet=served.quiet)
