"""Journals to report on: a drill at which two people act (quick to play), and the first minute of two launches."""

from pathlib import Path

from tests.assessment.alerts.samples import person
from tests.rehearsals.telemetry_feed import write_two_stage_telemetry

from vedette.assessment.alerts import Act, DeskKind, cancel, release
from vedette.core.constants import NS_PER_S
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.cli.main import main
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session
from vedette.reports import Mode
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors

CUT_AFTER_S = 70.0


def drill(folder: Path) -> Path:
    """A watched launch whose alert two people release and one takes back."""
    feed = write_two_stage_telemetry(folder / "launch.json")
    at = ["--mode", "EXERCISE", "--at", "2031-04-01T12:00:00Z", "--pad", "28.5,-80.6", "--json", "-q"]
    assert main(["watch", str(feed), *at, "--data-dir", str(folder)]) == 0
    with AlertDesk.open(folder, DeskKind.DRILL) as desk:
        (life,) = desk.now().lives.values()
        now = life.newest.t_tai_ns
        for step, (who, rule, name) in enumerate(
            [("first", release, "release"), ("second", release, "release"), ("second", cancel, "cancel")], 1
        ):
            act = Act(
                alert_id=life.alert_id, person=person(who), t_tai_ns=now + step * NS_PER_S,
                revision=life.newest.revision, reason="mistake" if rule is cancel else "",
            )  # fmt: skip
            desk.do(act, rule, name)
    (path,) = (folder / "journals").glob("*.sqlite")
    return path


def two_launches(folder: Path, seed: int = 1, told: int = 1, cut_after_s: float = CUT_AFTER_S) -> Path:
    """The beginning of a packaged story, as `vedette serve --scenario` keeps it; nothing is played yet."""
    made = make_scenario(read_story("two-launches"), seed)
    named = f"scenario:two-launches?seed={told}"
    session = Session(mode=Mode.SIMULATED, feeds=(named,), sensors_toml=format_sensors(made.sensors))
    path = folder / "story.sqlite"
    with SqliteJournal.create(path, session) as journal:
        for scan in made.scans:
            if scan.t_received_tai_ns - made.story.t_start_tai_ns > cut_after_s * NS_PER_S:
                break
            journal.append_event(scan)
    return path
