"""A watch whose node's store does not answer waits for it, says so, and begins when it does."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from vedette.core.errors import UnreachableError
from vedette.doors.node.store import NotRecordedError, StoreRefusesError
from vedette.doors.node.store_wait import PAUSES_S, say_waiting, trouble_of
from vedette.doors.server.pipe import Waits

T = TypeVar("T")
MORE_TRIES = 3  # while the store answers: it may have come back meanwhile, or it is something else


def begun_in_time(
    stack: ExitStack, node: str | None, begin: Callable[[ExitStack], T | None], control: Any, teller: Any
) -> T | None:
    """What `begin` gives, with what it opened left to `stack`; None when the server wants no more of it.

    StoreRefusesError when the store's server says no; UnreachableError when something else cannot be reached.
    """
    if node is None:
        return begin(stack)
    waiting, tries_left = StoreWaiting(Path(node), teller), MORE_TRIES
    while not control.is_stopping.is_set():
        with ExitStack() as attempt:
            try:
                found = begin(attempt)
            except StoreRefusesError:
                waiting.over()
                raise
            except UnreachableError as trouble:
                why = str(trouble)
                if not isinstance(trouble, NotRecordedError) and not trouble_of(Path(node)):
                    tries_left -= 1
                    if tries_left < 0:
                        raise
            else:
                waiting.over()
                stack.enter_context(attempt.pop_all())
                return found
        control.is_stopping.wait(waiting.say(why))
    waiting.over()
    return None


class StoreWaiting:
    """Says what is waited for, to people, to the server and to `node status`."""

    def __init__(self, path: Path, teller: Any = None) -> None:
        self._path, self._teller = path, teller
        self._said, self._tries = "", 0

    def say(self, why: str) -> float:
        """It did not answer; how long to wait until it is asked again, seconds."""
        sentence = f"the node's store does not answer, and nothing is watched until it does: {why}"
        if sentence != self._said:
            self._said = sentence
            sys.stderr.write(sentence + "\n")
            if self._teller is not None:
                self._teller.send(Waits(sentence=sentence))
        say_waiting(self._path, why)
        self._tries += 1
        return PAUSES_S[min(self._tries, len(PAUSES_S)) - 1]

    def over(self) -> None:
        """It answered, or nobody waits any more."""
        if self._said:
            self._said = ""
            sys.stderr.write("the node's store is waited for no longer\n")
            if self._teller is not None:
                self._teller.send(Waits(sentence=""))
            say_waiting(self._path, "")
