"""An explained track for a person: what it rests on, what lost, and little plots of how the belief moved."""

from math import log10
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vedette.doors.sparkline import sparkline

LAST_LOOKS = 12
MOST_LOST = 8
MOST_CAUSES = 8


def write_story(document: dict[str, Any], console: Console | None = None) -> None:
    """Print it; `--json` has every row."""
    console = console or Console(highlight=False)
    track = f", track {document['track_id']}" if document["track_id"] not in (None, document["object_id"]) else ""
    console.print(Text(f"{document['object_id']}{track}, as known at {document['t_now_utc'] or 'the end'}", "bold"))
    for event in document["said"][-6:]:
        console.print(Text(f"  {_clock(event)}  {event['kind']}: {event['text']}"), soft_wrap=True)
    for candidate in document["candidates"]:
        _may_be(candidate, console)
    if document["sensors"]:
        console.print(Text("\nWhat it rests on", "bold"))
        console.print(_sensor_table(document))
        console.print(Text(_honesty(document["nis"])))
    _plots(document, console)
    if document["looks"]:
        console.print(Text(f"\nThe last {min(LAST_LOOKS, len(document['looks']))} looks", "bold"))
        console.print(_look_table(document["looks"][-LAST_LOOKS:]))
    _lost(document, console)
    if document["doubts"]:
        console.print(Text("\nDoubtful looks of its sensors", "bold"))
        for event in document["doubts"][-MOST_LOST:]:
            console.print(Text(f"  {_clock(event)}  {event['text']}", "magenta"), soft_wrap=True)


def _may_be(candidate: dict[str, Any], console: Console) -> None:
    """Everything it may be, threat and nature alike, with what speaks for and against."""
    notices = f"; announced: {', '.join(candidate['notices'])}" if candidate["notices"] else ""
    marks = f" ({', '.join(candidate['marks'])})" if candidate["marks"] else ""
    console.print(Text(f"\nWhat it may be: {candidate['evidence']}{marks}{notices}", "bold"))
    for rank, one in enumerate(candidate["explanations"][:MOST_CAUSES]):
        if rank >= 3 and one["probability"] < 0.001:
            break
        console.print(Text(f"  {100 * one['probability']:7.3g} %  {one['name']}"))
        console.print(Text("".join(f"             + {words}\n" for words in one["reasons_for"][:3]), "green"), end="")
        console.print(Text("".join(f"             - {words}\n" for words in one["reasons_against"][:3]), "red"), end="")


def _sensor_table(document: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("sensor", "found it", "looked in vain", "typical residual, in sigma", "NIS / dof"):
        table.add_column(name)
    for row in document["sensors"]:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in row["residual_rms_sigmas"].items())
        nis = "" if row["nis_per_dof"] is None else f"{row['nis_per_dof']:.2f}"
        table.add_row(row["sensor_id"], str(row["detections"]), str(row["silences"]), parts, nis)
    return table


def _honesty(nis: dict[str, Any]) -> str:
    if nis["mean_per_dof"] is None:
        return "No look could be held against what was expected."
    share = f"{100 * nis['inside_95']:.0f} % of {nis['looks']} looks fell inside the 95 % they were expected in"
    return f"{share}; squared residual per number {nis['mean_per_dof']:.2f} (1 when belief and noise are as stated)."


def _plots(document: dict[str, Any], console: Console) -> None:
    belief = document["belief"]
    rows: list[tuple[str, str, str]] = []
    if belief:
        exists = [moment["existence"] for moment in belief]
        rows.append(("it exists", sparkline(exists, low=0.0, high=1.0), f"{100 * exists[-1]:.0f} %"))
        for name in dict.fromkeys(name for moment in belief for name in moment["modes"]):
            share = [moment["modes"].get(name, 0.0) for moment in belief]
            rows.append((f"does {name}", sparkline(share, low=0.0, high=1.0), f"{100 * share[-1]:.0f} %"))
        sigma_km = [moment["position_sigma_km"] for moment in belief]
        drawn = sparkline([log10(max(value or 1e-6, 1e-6)) for value in sigma_km])
        rows.append(("± place, log", drawn, f"{sigma_km[-1]:.3g} km"))
    judged = [look["nis"] / look["dof"] for look in document["looks"] if look["nis"] is not None]
    if judged:
        rows.append(("NIS / dof", sparkline(judged, low=0.0, high=4.0), f"{judged[-1]:.2f}"))
    classes = document["classes"]
    names = dict.fromkeys(name for moment in classes for name in moment["probabilities"])
    best = sorted(names, key=lambda name: -max(moment["probabilities"].get(name) or 0.0 for moment in classes))
    for name in best[:4]:
        share = [moment["probabilities"].get(name) or 0.0 for moment in classes]
        rows.append((f"is a {name}", sparkline(share, low=0.0, high=1.0), f"{100 * share[-1]:.0f} %"))
    if rows:
        console.print(Text("\nHow the belief moved, first look to last", "bold"))
        grid = Table.grid(padding=(0, 2))
        for name, bars, now in rows:
            grid.add_row(Text(name), Text(bars, "cyan"), Text(now))
        console.print(grid)


def _look_table(looks: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("when", "sensor", "residual, in sigma", "NIS", "heard after"):
        table.add_column(name)
    for look in looks:
        if not look["found"]:
            table.add_row(_clock(look), look["sensor_id"], Text("looked and found nothing", "dim"), "", "")
            continue
        parts = ", ".join(
            f"{name} {value:+.1f}" for name, value in look["residual_sigmas"].items() if value is not None
        )
        late = "" if look["delay_s"] is None else f"{look['delay_s']:.2f} s"
        nis = "" if look["nis"] is None else f"{look['nis']:.1f} of {look['dof']}"
        said = parts or "began it, or came when it was not yet believed"
        table.add_row(_clock(look), look["sensor_id"], said, nis, late + (" late" if look["overtaken"] else ""))
    return table


def _lost(document: dict[str, Any], console: Console) -> None:
    """What it might have been seen as and was not: by the tracker's own weights, and detections that came near."""
    losers = [one for one in document["alternatives"] if not one["taken"]]
    if losers:
        console.print(Text(f"\nWhat lost, of {len(losers)} other answers that were weighed", "bold"))
        for one in sorted(losers, key=lambda row: -(row["probability"] or 0.0))[:MOST_LOST]:
            answer = "not seen" if one["detection"] is None else f"detection {one['detection'] + 1}"
            chance = 100 * (one["probability"] or 0.0)
            console.print(Text(f"  {_clock(one)}  {one['sensor_id']}: {answer}, {chance:.0f} %"))
    if document["lost"]:
        console.print(Text(f"\nDetections near it that it did not take: {len(document['lost'])}", "bold"))
        for one in sorted(document["lost"], key=lambda row: row["nis"] or 1e9)[:MOST_LOST]:
            where = f"detection {one['detection'] + 1}, {one['nis'] ** 0.5:.1f} sigma away"
            console.print(Text(f"  {_clock(one)}  {one['sensor_id']}: {where}"))


def _clock(row: dict[str, Any]) -> str:
    if row["t_utc"]:
        return str(row["t_utc"])[11:23] + "Z"
    return f"T{row['t_plus_s']:+.1f}" if row["t_plus_s"] is not None else "--"
