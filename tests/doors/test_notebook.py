"""What a notebook shows: every class its table, words of others escaped, nothing that runs, no notebook needed."""

import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from tests.doors.after_action.journals import drill, two_launches

import vedette.doors.notebook as notebook
from vedette.core.errors import UsageError
from vedette.doors.after_action.gathering import gather
from vedette.doors.notebook import belief_plot, install, show
from vedette.engine import Session, open_picture
from vedette.engine.track_history import trackers_of
from vedette.reports import Alert, Evidence, Message, Mode, Scan, SensorKind
from vedette.reports.words import place_words

EVIL = "<img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.attributes, self.words = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.words += data


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = two_launches(tmp_path_factory.mktemp("story"), cut_after_s=100.0)
    return gather(path, with_histories=False).picture


def test_every_class_shows_itself_and_runs_nothing(picture):
    (one,) = picture.objects
    (tracker,) = trackers_of(picture)
    for thing in (picture, one, one.launch, one.impact, picture.alerts[0], tracker.tracks):
        html = thing._repr_html_()
        assert html == show(thing)
        read = Reader(html)
        assert not read.names & {"script", "iframe", "img", "link", "object"}
        assert not [name for name in read.attributes if name.startswith("on") or name in ("src", "href")]
        assert "table" in read.names or thing is tracker.tracks


def test_a_picture_tells_what_it_believes(picture):
    words = Reader(show(picture)).words
    (one,) = picture.objects
    place = place_words(one.launch.lat_deg, one.launch.lon_deg)
    assert "SIMULATED" in words and one.class_name in words and place in words
    assert all(alert.id in words for alert in picture.alerts)


def test_words_of_others_are_escaped():
    alert = Alert(
        id=EVIL, kind="launch", object_id=EVIL, evidence=Evidence.CANDIDATE, message=Message.NONE, t_tai_ns=0,
        text=EVIL, reasons_for=(EVIL,), reasons_against=(EVIL,),
    )  # fmt: skip
    scan = Scan(
        EVIL, SensorKind.RADAR, Mode.TEST, 10**18, np.array([10**18]), np.array([[0.5, 0.1, 2e6, np.nan]]),
        np.array([[1e-3, 1e-3, 30.0, np.nan]]),
    )  # fmt: skip
    for thing in (alert, scan):
        assert "img" not in Reader(show(thing)).names and EVIL in Reader(show(thing)).words
    words = Reader(show(scan)).words
    assert "28.65 ± 0.057" in words and "2,000 ± 0.03" in words and "–" in words  # degrees, km, not measured


def test_a_picture_of_nothing_is_shown_too():
    assert "before any report" in show(open_picture(Session(mode=Mode.TEST)))


def test_how_the_belief_moved_is_two_plots(tmp_path):
    path = drill(tmp_path)

    def pictures():
        from vedette.doors.sqlite_journal import SqliteJournal
        from vedette.engine import advance

        with SqliteJournal.open(path) as journal:
            one = open_picture(journal.session)
            for event in journal.events():
                one = advance(one, event)
                yield one

    html = belief_plot(pictures(), "O1")
    assert html.count("<svg") == 2 and "seconds after lift-off" in html
    with pytest.raises(UsageError, match="'O9'"):
        belief_plot(iter(()), "O9")


def test_what_cannot_be_shown_says_what_can():
    with pytest.raises(UsageError, match="Picture"):
        show(42)
    install()
    assert Alert._repr_html_ is notebook.of_alert


@pytest.mark.parametrize(("running", "shows"), [(True, True), (False, False)])
def test_it_is_there_where_a_notebook_runs_and_nowhere_else(running, shows):
    words = "import sys, types; " + ("sys.modules['IPython'] = types.ModuleType('IPython'); " if running else "")
    words += "import vedette; vedette.Site; from vedette.reports import Alert; print(hasattr(Alert, '_repr_html_'))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(shows)
