"""Draws what was believed second by second in stories of false alarms. `python -m tools.false_alarm_pictures [ID...]`.

Writes docs/pictures/false-alarm-ID.svg for the stories of `SHOWN`, or for those named; `--check` says whether what lies
there is still what the engine believes (to two hundredths), and writes nothing.
"""

import json
import re
import sys
from html import escape
from itertools import pairwise
from pathlib import Path

from vedette.exercise.rehearse_stories import read_pack
from vedette.exercise.story_outcome import main_candidate
from vedette.exercise.story_run import StoryRun, play_story
from vedette.scenario import make_scenario, read_story

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SHOWN = ("FA-05", "FA-10", "FA-12")
SEED, LINES, TOLERANCE = 1, 5, 0.02
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 900, 380, 60, 260, 56, 46
COLOURS = ("#0b6e4f", "#b3261e", "#3f51b5", "#b26a00", "#6a4c93")
Series = dict[str, list[tuple[float, float]]]


def believed(run: StoryRun) -> Series:
    """Probabilities of the causes that mattered most, in seconds after the story's start, of the main candidate."""
    main = main_candidate(run)
    assert main is not None, "nothing was assessed"
    rows: list[tuple[float, dict[str, float]]] = []
    for moment in run.moments:
        for one in moment.candidates:
            if one.id == main.id:
                rows.append((round(moment.t_s, 1), {e.name.value: round(e.probability, 2) for e in one.explanations}))
    height: dict[str, float] = {}
    for _, told in rows:
        for name, p in told.items():
            height[name] = max(height.get(name, 0.0), p)
    best = sorted(height, key=lambda name: (-height[name], name))[:LINES]
    shown = [name for name in best if height[name] >= 0.02]
    return {name: [(t, told.get(name, 0.0)) for t, told in rows] for name in shown}


def svg(title: str, series: Series, seconds: float) -> str:
    """One picture; the figures it shows are kept in it as JSON."""
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    seconds = max([seconds, *(t for row in series.values() for t, _ in row)])  # what was seen last comes a little later

    def x(t: float) -> float:
        return LEFT + across * t / seconds

    def y(p: float) -> float:
        return TOP + down * (1.0 - p)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f"<metadata>{escape(json.dumps(series, separators=(',', ':')))}</metadata>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" fill="#1b1b1b">{escape(title)}</text>',
    ]
    for p in (0.0, 0.25, 0.5, 0.75, 1.0):
        out.append(f'<line x1="{LEFT}" x2="{LEFT + across}" y1="{y(p):.1f}" y2="{y(p):.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(p) + 4:.1f}" text-anchor="end" fill="#555555">{p:g}</text>')
    step = next(s for s in (10, 20, 30, 60, 120, 300, 600, 1200) if seconds / s <= 9)
    for t in range(0, int(seconds) + 1, step):
        out.append(f'<text x="{x(t):.1f}" y="{HEIGHT - 24}" text-anchor="middle" fill="#555555">{t}</text>')
    out.append(f'<text x="{LEFT + across / 2}" y="{HEIGHT - 6}" text-anchor="middle" fill="#555555">seconds</text>')
    ends = sorted(((row[-1][1], name) for name, row in series.items()), reverse=True)
    places: dict[str, float] = {}
    last = 1e9
    for p, name in reversed(ends):  # from the lowest up, so that none leaves the picture
        last = places[name] = min(y(p) + 4.0, last - 16.0)
    for number, (name, row) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = [f"{x(row[0][0]):.1f},{y(row[0][1]):.1f}"]
        for (_, before), (t, p) in pairwise(row):
            points += [f"{x(t):.1f},{y(before):.1f}", f"{x(t):.1f},{y(p):.1f}"]
        out.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        label = f"{name} {row[-1][1]:.2f}"
        out.append(f'<text x="{LEFT + across + 10}" y="{places[name]:.1f}" fill="{colour}">{escape(label)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def drawn(story_id: str) -> tuple[str, Series, float]:
    """A story's title, what was believed in it, and how long it lasts."""
    pack = read_pack("false-alarms")
    made = make_scenario(read_story(pack.folder / f"{story_id}.toml"), SEED)
    return f"{story_id}: {made.story.title}", believed(play_story(made)), made.story.seconds


def shown_in(text: str) -> Series:
    """The figures that a picture keeps."""
    found = re.search(r"<metadata>(.*?)</metadata>", text, re.DOTALL)
    assert found is not None, "a picture without figures"
    told = json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))
    return {name: [(float(t), float(p)) for t, p in row] for name, row in told.items()}


def stale(story_id: str) -> str:
    """What a picture shows and the engine no longer believes, in words; empty when nothing."""
    path = FOLDER / f"false-alarm-{story_id}.svg"
    if not path.is_file():
        return f"{path.name} is not there"
    _, now, _ = drawn(story_id)
    then = shown_in(path.read_text(encoding="utf-8"))
    if set(now) != set(then):
        return f"{path.name} shows {', '.join(then)}; the engine weighs {', '.join(now)}"
    for name, row in now.items():
        if [t for t, _ in row] != [t for t, _ in then[name]]:
            return f"{path.name}: {name} is weighed at other seconds"
        if any(abs(p - q) > TOLERANCE for (_, p), (_, q) in zip(row, then[name], strict=True)):
            return f"{path.name}: the probability of {name} has moved"
    return ""


def main(words: list[str]) -> int:
    """Write the pictures, or check them."""
    wanted = [word for word in words if not word.startswith("--")] or list(SHOWN)
    troubles = 0
    for story_id in wanted:
        if "--check" in words:
            if said := stale(story_id):
                sys.stderr.write(f"{said}; run `python -m tools.false_alarm_pictures`\n")
                troubles += 1
            continue
        title, series, seconds = drawn(story_id)
        (FOLDER / f"false-alarm-{story_id}.svg").write_text(svg(title, series, seconds), encoding="utf-8")
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
