"""What the demonstration makes is what the program takes: accounts, keys, channels, areas, notices, a sky."""

import json
import stat
from pathlib import Path

import pytest

from vedette.doors.account_keeping import unrecorded
from vedette.doors.accounts import AccountBook
from vedette.doors.alert_desk import AlertDesk, kinds_kept
from vedette.doors.catalogue_store import CatalogueStore
from vedette.doors.channels.config import read_channels
from vedette.doors.key_files import KeyRing
from vedette.doors.notice_store import notices_in
from vedette.doors.proposing import places_of
from vedette.doors.server.demo import PERSONAS, make_demo
from vedette.reports import Mode, Notice
from vedette.scenario import read_story
from vedette.sharing import DrillKey


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, make_demo(folder, "two-launches", 1, 1.0, 50)


def test_it_is_an_exercise_with_everything_named(made):
    folder, plan = made
    assert plan.mode == "EXERCISE" and plan.catalogue == ("store",) and plan.data_dir == str(folder)
    story = read_story("two-launches")
    assert 0.0 < plan.head_s < story.seconds
    sky = CatalogueStore(folder).newest(story.t_start_tai_ns)
    assert len(sky) == 50 and int(sky.t_epoch_tai_ns.max()) < story.t_start_tai_ns


def test_two_may_release_one_may_operate_and_the_desks_know_of_them(made):
    folder, _ = made
    path = folder / "personas.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    drawn, book = json.loads(path.read_text()), AccountBook(folder)
    assert set(drawn) == {name for name, _, _ in PERSONAS}
    assert len(set(drawn.values())) == len(drawn)
    proved = {name: book.prove(name, word).roles for name, word in drawn.items()}
    assert sum("releasing-officer" in roles for roles in proved.values()) == 2
    assert proved["operator"] == ("watch-officer",)
    for kind in kinds_kept(folder):
        with AlertDesk.look(folder, kind) as desk:
            assert unrecorded(book.accounts(), [record for _, record in desk.log.read()]) == []
    assert KeyRing(folder).read(DrillKey)


def test_released_messages_go_into_a_folder_as_cap_and_nowhere_else(made):
    folder, _ = made
    (channel,) = read_channels(folder / "channels.toml")
    assert (channel.kind, channel.mode, channel.folder) == ("file", Mode.EXERCISE, str(folder / "released"))
    assert "cap" in channel.format


def test_every_area_and_notice_is_taken(made):
    _, plan = made
    assert len(places_of(Path(plan.areas))) == 4
    notices = list(notices_in(Path(plan.notices), 0))
    assert len(notices) == 2 and all(isinstance(one, Notice) and one.mode is Mode.EXERCISE for one in notices)


def test_made_again_in_the_same_folder_it_keeps_its_accounts(made, capsys):
    folder, plan = made
    before = (folder / "personas.json").read_text()
    assert make_demo(folder, "two-launches", 1, 1.0, 50) == plan
    assert (folder / "personas.json").read_text() == before
    assert "are kept" in capsys.readouterr().err
