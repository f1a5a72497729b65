"""A question that is minutes of work, answered in a process of its own: `python -m vedette.doors.server.side_job`.

One order on standard input; progress, then the answer or a problem, a JSON line each, on what was standard output. It
comes second to the watch (niceness) and its server ends it when it takes too long.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.errors import VedetteError
from vedette.doors.stepping_back import step_back

TELL_S = 0.5


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of a journal."""

    do: str  # "explain" or "whatif"
    journal: str
    name: str = ""  # of explain: an object or track
    at: str | None = None
    without: tuple[str, ...] = ()  # of whatif: sensors
    without_notices: tuple[str, ...] = ()
    policy: str | None = None  # the text of another policy


def answer(order: Order, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """The document of an order."""
    path = Path(order.journal)
    if order.do == "explain":
        from vedette.doors.explaining import explanation

        return explanation(path, order.name, order.at, tell)
    from vedette.assessment.candidates import parse_assessment_policy
    from vedette.doors.whatif import both_runs, whatif_document
    from vedette.exercise.counterfactual import Change, differences

    if order.policy is not None:
        parse_assessment_policy(order.policy, "the policy given")
    name = "" if order.policy is None else "the policy given"
    change = Change(order.without, order.without_notices, order.policy, name)
    runs: list[str] = []

    def teller(name: str, count: int) -> Callable[[int], None]:
        runs.append(name)
        before = (len(runs) - 1) * count
        return lambda done: tell(before + done, 2 * count)

    first, second = both_runs(path, change, teller)
    return whatif_document(change, first, second, differences(first, second))


def main() -> int:
    """The process."""
    from vedette.doors.wire import json_bytes

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints is for people
    step_back()
    t_told = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal t_told
        if time.monotonic() - t_told > TELL_S:
            t_told = time.monotonic()
            out.write(json_bytes({"done": done, "of": of}) + b"\n")
            out.flush()

    try:
        order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
        out.write(json_bytes({"document": answer(order, tell)}) + b"\n")
    except VedetteError as trouble:
        from vedette.doors.server.problems import problem_of

        out.write(json_bytes({"problem": problem_of(trouble)}) + b"\n")
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
