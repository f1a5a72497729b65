"""`vd.watch`: the same fold, for people who write Python."""

from collections.abc import Iterator
from pathlib import Path

from vedette.doors.watch_feeds import open_watch_feeds
from vedette.doors.watching import mode_and_rest
from vedette.engine import Event, FeedEnded, Picture, Session, advance, open_picture
from vedette.reports import Mode, Scan
from vedette.scenario import make_scenario, packaged_stories, read_story
from vedette.sensing import format_sensors


def watch(source: str | Path, *, seed: int = 1, sensors_toml: str | None = None) -> Iterator[Picture]:
    """Pictures, one after every report, of a named scenario or a feed.

    Each picture is the last one grown older (decision 0010): read what you need before taking the next.
    `picture.new_alerts` and `picture.new_findings` hold what the newest report let us say; `picture.objects` what is
    believed.

    Parameters
    ----------
    source
        A scenario's name ("two-launches"), or a file or directory that `vedette watch` reads.
    seed
        For a scenario: another seed, another night.
    sensors_toml
        For a feed whose sensors are not the packaged ones: the text of a sensor file.
    """
    if str(source) in packaged_stories():
        made = make_scenario(read_story(str(source)), seed)
        session = Session(mode=Mode.SIMULATED, feeds=(str(source),), sensors_toml=format_sensors(made.sensors))
        events: Iterator[Event] = iter(made.scans)
    else:
        mode, events = mode_and_rest(open_watch_feeds([source], sensors_toml=sensors_toml))
        session = Session(mode=mode, feeds=(str(source),), sensors_toml=sensors_toml)
    picture = open_picture(session)
    for event in events:
        picture = advance(picture, event)
        if isinstance(event, Scan) or picture.new_findings or picture.new_alerts:
            yield picture
    picture = advance(picture, FeedEnded())
    yield picture
