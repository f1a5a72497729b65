"""`vedette version`."""

import sys


def version(*, json: bool = False) -> None:
    """Print the version of Vedette.

    Parameters
    ----------
    json
        One JSON document instead of one word.
    """
    from vedette import __version__

    sys.stdout.write(f'{{"version":"{__version__}"}}\n' if json else f"{__version__}\n")
