"""The tables and the picture of class beliefs, from the records that `./run calibrate classes` keeps."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.accuracy.figures import row
from vedette.exercise.calibrate_classes import INSTANTS, read_records, summarise

CLASS_RECORDS = Path("calibrate-classes.jsonl")
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "class-reliability.svg"
_LEFT, _TOP, _SIDE = 70, 50, 420


def class_tables(records: Path = CLASS_RECORDS, picture: Path = PICTURE) -> str:
    """Scores by way and instant, by class, and what became of beliefs of each size; also draws the picture."""
    rows = read_records(records)
    short = summarise([one for one in rows if one["way"] == "short"])
    tracked = summarise([one for one in rows if one["way"] == "tracker"])
    head = ("judged", "things", "beliefs", "Brier", "calibration error", "of the leading class", "led by the truth")
    lines = [row(*head), row(*["---"] * len(head))]
    for way, summary in (("in short", short), ("by the real tracker", tracked)):
        for when in INSTANTS:
            if when in summary["instants"]:
                lines.append(_score_row(f"{way}, {when}", "", summary["instants"][when]))
        if "all" in summary:
            lines.append(_score_row(f"{way}, all", str(summary["things"]), summary["all"]))
    lines += ["", row("what it was, in short", "beliefs", "Brier", "led by the truth"), row(*["---"] * 4)]
    for cause, score in short["by_cause"].items():
        lines.append(row(cause, str(score["judged"]), f"{score['brier']:.3f}", f"{100 * score['right']:.0f} %"))
    lines += ["", row("believed", "classes", "mean belief", "were it"), row(*["---"] * 4)]
    for step in short["reliability"]:
        lines.append(
            row(f"{100 * step['from']:.0f} to {100 * step['to']:.0f} %", str(step["count"]),
                f"{100 * step['believed']:.1f} %", f"{100 * step['right']:.1f} %")
        )  # fmt: skip
    picture.write_text(reliability_picture(short["reliability"], tracked.get("reliability", ())), encoding="utf-8")
    return "\n".join([*lines, "", f"![reliability diagram](pictures/{picture.name})"])


def _score_row(name: str, things: str, score: Mapping[str, Any]) -> str:
    return row(
        name, things, str(score["judged"]), f"{score['brier']:.3f}", f"{score['ece']:.3f}", f"{score['top_ece']:.3f}",
        f"{100 * score['right']:.0f} %",
    )  # fmt: skip


def reliability_picture(short: Sequence[Mapping[str, float]], tracked: Sequence[Mapping[str, float]]) -> str:
    """An SVG: how often classes came true, over how much they were believed; the diagonal is honest."""
    width, height = _LEFT + _SIDE + 190, _TOP + _SIDE + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>How often classes came true, over how much they were believed</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="26" font-size="16" fill="#1b1b1b">Class beliefs: believed and found</text>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999999" stroke-dasharray="5 4"/>',
    ]
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        parts += [
            f'<line x1="{_x(0)}" y1="{_y(share)}" x2="{_x(1)}" y2="{_y(share)}" stroke="#e3e3e3"/>',
            f'<text x="{_LEFT - 8}" y="{_y(share) + 4}" text-anchor="end" fill="#555555">{share:g}</text>',
            f'<text x="{_x(share)}" y="{_TOP + _SIDE + 18}" text-anchor="middle" fill="#555555">{share:g}</text>',
        ]
    for name, colour, table, place in (
        ("in short", "#0b6e4f", short, 0), ("by the real tracker", "#b5541c", tracked, 1),
    ):  # fmt: skip
        points = [(step["believed"], step["right"], step["count"]) for step in table]
        line = " ".join(f"{_x(p):.1f},{_y(q):.1f}" for p, q, _ in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for p, q, count in points:
            sigma = (max(p * (1.0 - p), 1e-4) / count) ** 0.5
            parts += [
                f'<line x1="{_x(p):.1f}" y1="{_y(max(q - sigma, 0)):.1f}" x2="{_x(p):.1f}" '
                f'y2="{_y(min(q + sigma, 1)):.1f}" stroke="{colour}"/>',
                f'<circle cx="{_x(p):.1f}" cy="{_y(q):.1f}" r="3.5" fill="{colour}"/>',
            ]
        parts.append(f'<text x="{_LEFT + _SIDE + 16}" y="{_TOP + 20 + 22 * place}" fill="{colour}">{name}</text>')
    parts += [
        f'<text x="{_x(0.5)}" y="{_TOP + _SIDE + 42}" text-anchor="middle" fill="#555555">believed</text>',
        f'<text x="{_LEFT + _SIDE + 16}" y="{_TOP + 70}" fill="#555555">bars: one sigma</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1.0 - share)
