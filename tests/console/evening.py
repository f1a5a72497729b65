"""A night cut short for tests: two launches up to the minute that a test is about, served as an exercise."""

from dataclasses import replace
from pathlib import Path

from vedette.core.constants import NS_PER_S
from vedette.doors.key_files import KeyRing
from vedette.doors.server.demo import areas_document, channels_toml, make_personas, notices_document
from vedette.formats.scan_file import write_scans
from vedette.reports import Mode
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors
from vedette.sharing import Purpose

# After the story begins; nothing has come down yet
BOTH_S = 165.0  # both are confirmed and have their areas
FIRST_S = 80.0  # the first is seen and proposed: a quarter of the work
ONE_S = 126.0  # one is, the other is seen by one phenomenon: half the work


def make_evening(folder: Path, cut_s: float = BOTH_S) -> tuple[str, ...]:
    """Fill a folder; the words of `vedette` that serve it."""
    import json

    data = folder / "data"
    data.mkdir()
    make_personas(data)
    ring = KeyRing(data)
    if not ring.path(Purpose.DRILL).is_file():
        ring.make(Purpose.DRILL, "exercise")
    (data / "channels.toml").write_text(channels_toml(data / "released"), encoding="utf-8")
    (data / "released").mkdir()
    story = read_story("two-launches")
    made = make_scenario(story, 1)
    until = story.t_start_tai_ns + round(cut_s * NS_PER_S)
    scans = [replace(one, mode=Mode.EXERCISE) for one in made.scans if one.t_received_tai_ns <= until]
    write_scans(folder / "night.jsonl", scans, mode=Mode.EXERCISE)
    (folder / "night.toml").write_text(format_sensors(made.sensors), encoding="utf-8")
    (folder / "areas.geojson").write_text(json.dumps(areas_document()), encoding="utf-8")
    (folder / "notices.json").write_text(json.dumps(notices_document()), encoding="utf-8")
    return (
        "serve", str(folder / "night.jsonl"), "--sensors", str(folder / "night.toml"), "--mode", "EXERCISE",
        "--areas", str(folder / "areas.geojson"), "--notices", str(folder / "notices.json"), "--speed", "max",
    )  # fmt: skip
