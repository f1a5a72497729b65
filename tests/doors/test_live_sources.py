"""The live screen shows its sources, and has room for a crowd only as a number."""

import io
from types import SimpleNamespace

from rich.console import Console
from tests.assessment.test_sky_follower import looks, played

from vedette.doors.live import LiveReporter, shown_objects, sources_table


def test_sources_stand_on_the_screen_and_a_crowd_is_a_number():
    scans, _ = looks(3)
    picture = played(scans)
    out = Console(file=io.StringIO(), width=120, height=50, force_terminal=False)
    screen = LiveReporter(out, "test")
    out.print(screen._screen(picture), height=50)
    screen._live.stop()
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert "sources" in text and "+0.500 s" in text
    assert f"{len(picture.followers['sky'])} in the sky" in text  # type: ignore[arg-type]
    assert shown_objects(picture) == () and len(picture.objects) > 10


def test_doubtful_sources_come_first_and_the_rest_are_counted():
    def clock(name: str, words: tuple[str, ...]) -> SimpleNamespace:
        return SimpleNamespace(sensor_id=name, scan_count=1, delay_s=0.1, jitter_s=None, t_heard_tai_ns=0, words=words)

    clocks = {f"r{i}": clock(f"r{i}", ("not synchronised",) if i == 7 else ()) for i in range(9)}
    picture = SimpleNamespace(sources=clocks, t_liftoff_tai_ns=None, is_epoch_known=True, liftoff_object_id=None)
    out = Console(file=io.StringIO(), width=120)
    out.print(sources_table(picture))  # type: ignore[arg-type]
    lines = out.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("r7") and "not synchronised" in lines[0]
    assert lines[-1].startswith("and 3 more")
