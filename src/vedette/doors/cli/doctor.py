"""`vedette doctor`: what on this machine is degraded, and the cure."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vedette.doors.machine import Check, Health


def doctor(*, data_dir: Path | None = None, json: bool = False) -> int:
    """Say what on this machine is degraded, and the cure.

    Exit code 1 when something has failed; 0 when all is well, or merely degraded.

    Parameters
    ----------
    data_dir
        Where journals are kept.
    json
        One JSON document instead of a table.
    """
    import time

    from vedette.doors.data_dir import data_dir_place
    from vedette.doors.machine import Health, examine, worst
    from vedette.time import tai_ns_from_mjd_utc

    wall_ns = time.time_ns()  # POSIX time: 86,400 s in every day since 1970-01-01, MJD 40587
    day, ns_of_day = divmod(wall_ns, 86_400 * 10**9)
    checks = examine(data_dir_place(data_dir), tai_ns_from_mjd_utc(40_587 + day, ns_of_day))
    overall = worst(checks)
    if json:
        _write_json(checks, overall)
    else:
        _write_table(checks, overall)
    return 1 if overall is Health.FAILED else 0


def _write_json(checks: "list[Check]", overall: "Health") -> None:
    import sys

    import msgspec

    rows = [
        {"name": c.name, "health": c.health, "says": c.says, "cure": c.cure or None, "values": c.values} for c in checks
    ]
    sys.stdout.write(msgspec.json.encode({"health": overall, "checks": rows}).decode() + "\n")


def _write_table(checks: "list[Check]", overall: "Health") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"ok": "green", "degraded": "yellow", "failed": "bold red"}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("part", no_wrap=True)
    table.add_column("health", no_wrap=True)
    table.add_column("what was found, and the cure")
    for check in checks:
        words = Text(check.says)
        if check.cure:
            words.append(f"\n{check.cure}", style="italic")
        table.add_row(check.name, Text(check.health, style=colours[check.health]), words)
    console = Console(highlight=False)
    console.print(table)
    console.print(Text(f"All in all: {overall}.", style=colours[overall]))
