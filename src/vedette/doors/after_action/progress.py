"""How far a replay is, told to a person who waits at a terminal."""

import sys
from collections.abc import Callable


def progress(is_quiet: bool, words: str) -> Callable[[int, int], None] | None:
    """What `gather` may call; None where nobody looks."""
    if is_quiet or not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        sys.stderr.write(f"\r{words}: {done:,} of {total:,} entries" + ("\n" if done >= total else ""))
        sys.stderr.flush()

    return tell
