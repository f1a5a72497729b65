"""`vedette handover`: the report of a watch for those who take over."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def handover(
    *,
    hours: float = 8.0,
    ahead: float = 12.0,
    out: Annotated[str | None, Parameter(name=["--out", "-o"])] = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Write the report of a watch that ends: what is open, who did what, what to look at first.

    It holds open alerts with what is still to be done about each, who acted, what was refused or not done in time,
    messages that a channel has not had, how links stand and who acts for the node, sensors that are degraded, what was
    doubted, and what was announced for the next hours. Everything is read from files: a watch may run meanwhile or be
    dead. Exit code 1 when there is something to look at.

    Parameters
    ----------
    hours
        How long the watch was that ends.
    ahead
        For how many hours ahead notices and answers are looked for.
    out
        Write a page too, that opens anywhere, offline, and prints cleanly; - for the page on standard output.
    data_dir
        The data directory, or a node's.
    json
        The document as JSON instead of text.
    """
    import sys
    import time

    from vedette.core.errors import UsageError
    from vedette.doors.after_action.files import check_out, write_out
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.handing_over.document import handover_document
    from vedette.doors.handing_over.page import handover_page
    from vedette.doors.handing_over.words import CALM, handover_text
    from vedette.doors.seal_file import now_tai_ns
    from vedette.doors.wire import json_bytes

    if not (0.0 < hours <= 24.0 * 31 and 0.0 <= ahead <= 24.0 * 31):
        raise UsageError("--hours and --ahead are hours, a month at most")
    if out is not None:
        check_out(out)
    told = handover_document(data_dir_of(data_dir), now_tai_ns(), time.time(), hours, ahead)
    if out is not None:
        write_out(handover_page(told).encode(), out, True)
    if json:
        sys.stdout.write(json_bytes(told, is_pretty=True).decode() + "\n")
    elif out != "-":
        sys.stdout.write(handover_text(told))
    return 0 if told["look_at"] == [CALM] else 1
