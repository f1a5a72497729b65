"""The routes of reports and exports: what the commands write, to whom may look, from the journals that are there."""

import json

import pytest
from tests.doors.after_action.journals import drill
from tests.doors.server.door import door_at

from vedette.doors import accounts
from vedette.doors.after_action import report_html
from vedette.doors.export import export
from vedette.doors.server.afterwards import MOST_KEPT, Afterwards

pytestmark = pytest.mark.slow  # processes that load the engine, again and again

REPORT, EXPORT = "/api/v1/report", "/api/v1/export"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watch")
    drill(folder)
    return folder


@pytest.fixture
def door(folder, monkeypatch):
    monkeypatch.setattr(accounts, "_N", 2**4)
    return door_at(folder, has_accounts=not (folder / "accounts.sqlite").exists())


@pytest.fixture
def journal(folder):
    (path,) = (folder / "journals").glob("*.sqlite")
    return path


def test_the_page_is_that_of_the_command_with_its_own_policy(door, journal):
    got = door.get(f"{REPORT}?journal={journal.stem}", "visitor")
    assert got.status_code == 200 and got.headers["content-type"].startswith("text/html")
    assert got.text == report_html(journal, data_dir=door.folder)
    policy = got.headers["content-security-policy"]
    assert "style-src 'sha256-" in policy and "frame-ancestors 'none'" in policy and "script-src" not in policy


def test_an_export_is_a_file_and_the_second_is_at_hand(door, journal, monkeypatch):
    path = f"{EXPORT}?journal={journal.name}&format=geojson&at=T%2B60"
    got = door.get(path, "visitor")
    assert got.status_code == 200 and got.headers["content-type"] == "application/geo+json"
    assert got.headers["content-disposition"] == f'attachment; filename="{journal.stem}.geojson"'
    assert got.content == export(journal, "geojson", "T+60")

    async def never(*words):
        raise AssertionError("it was at hand")

    monkeypatch.setattr("vedette.doors.server.afterwards._run", never)
    assert door.get(path, "visitor").content == got.content


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{REPORT}?journal=nowhere", 404),
        (f"{REPORT}?journal=..%2Faccounts", 404),
        (REPORT, 404),  # nothing is watched yet
        (f"{EXPORT}?format=shapefile", 400),
        (f"{EXPORT}?format=csv&table=people", 400),
        (EXPORT, 400),
    ],
)
def test_mistakes_are_problems_with_words(door, path, status):
    got = door.get(path, "visitor")
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "application/problem+json" and got.json()["detail"]


def test_an_instant_that_is_none_is_the_commands_sentence(door, journal):
    got = door.get(f"{EXPORT}?journal={journal.stem}&format=kml&at=teatime", "visitor")
    assert got.status_code == 400 and "no time" in got.json()["detail"]


def test_nobody_reads_them_without_coming_in(door, journal):
    for path in (f"{REPORT}?journal={journal.stem}", f"{EXPORT}?journal={journal.stem}&format=csv"):
        assert door.get(path).status_code == 401


def test_what_is_kept_is_bounded_and_goes_stale_with_its_files(tmp_path):
    made = Afterwards(tmp_path)
    for number in range(3 * MOST_KEPT):
        made._keep((number,), b"x" * number)
    assert len(made._kept) == MOST_KEPT and (3 * MOST_KEPT - 1,) in made._kept


@pytest.mark.slow
def test_the_document_can_be_had_too(door, journal):
    got = door.get(f"{REPORT}?journal={journal.stem}&document=json&at=T%2B20", "visitor")
    assert got.status_code == 200 and json.loads(got.content)["journal"]["until"] == "T+20"
