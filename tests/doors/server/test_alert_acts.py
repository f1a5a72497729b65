"""Two different people release in the console what both have seen; one cancels, whatever else is the matter."""

import pytest
from tests.assessment.alerts.samples import draft, name_of
from tests.doors.server.door import SECRET, door_at

from vedette.assessment.alerts import DeskKind
from vedette.doors import accounts as accounts_module
from vedette.doors.accounts import AccountBook
from vedette.doors.alert_desk import AlertDesk, desk_path
from vedette.doors.audit_verdict import verify_audit
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.tries import FREE
from vedette.reports import Mode
from vedette.sharing import Purpose

DRILL, MODE = DeskKind.DRILL, Mode.EXERCISE
NAME = name_of(MODE)


@pytest.fixture
def door(tmp_path, monkeypatch):
    monkeypatch.setattr(accounts_module, "_N", 2**4)
    made = door_at(tmp_path)
    KeyRing(tmp_path).make(Purpose.DRILL)
    (tmp_path / "channels.toml").write_text(
        f'[[channel]]\nname = "files"\nkind = "file"\nmode = "EXERCISE"\nfolder = "{tmp_path / "out"}"\n'
    )
    propose(tmp_path)
    return made


def propose(folder, text="first", mode=MODE, kind=DRILL):
    now = now_tai_ns()
    with AlertDesk.open(folder, kind) as desk:
        desk.propose([(name_of(mode), draft(mode, text=text, t=now))], now)


def revision(door):
    return door.get(f"/api/v1/alerts/{NAME}", "watch-1").json()["revision"]


def released(door):
    for who in ("releasing-1", "releasing-2"):
        found = door.act(NAME, "release", who, revision_hash=revision(door))
        assert found.status_code == 200, found.text
    return found.json()


def records(door):
    return door.get("/api/v1/audit", "watch-1").json()["records"]


def test_two_people_release_and_the_file_is_written(door):
    first = door.act(NAME, "release", "releasing-1", revision_hash=revision(door)).json()
    assert "waits for a second person" in first["says"] and first["message_id"] is None
    waiting = door.get(f"/api/v1/alerts/{NAME}", "looker").json()
    assert waiting["approval"]["account"] == "releasing-1" and waiting["approval"]["revision"] == waiting["revision"]
    second = door.act(NAME, "release", "releasing-2", revision_hash=revision(door)).json()
    assert second["sequence"] == 1 and not second["is_owed"]
    assert (door.folder / "out" / f"{NAME}.1.json").is_file()
    shown = door.get(f"/api/v1/alerts/{NAME}", "looker").json()
    assert shown["message"] == "released" and shown["messages"][0]["released_by"] == ["releasing-1", "releasing-2"]
    assert [one["what"] for one in shown["audit"]] == ["proposed", "approved", "sent"]
    assert verify_audit(desk_path(door.folder, DRILL), KeyRing(door.folder).trust()).is_whole


def test_the_same_person_in_two_sessions_is_one(door):
    door.act(NAME, "release", "releasing-1", revision_hash=revision(door))
    del door.cookies["releasing-1"]
    again = door.act(NAME, "release", "releasing-1", revision_hash=revision(door))
    assert again.status_code == 403 and "a different person must, too" in again.json()["detail"]


def test_a_revision_that_is_not_the_newest_is_refused_with_the_reason(door):
    seen = revision(door)
    propose(door.folder, "second")
    found = door.act(NAME, "release", "releasing-1", revision_hash=seen)
    assert found.status_code == 403 and "the picture has changed" in found.json()["detail"]
    assert door.act(NAME, "release", "releasing-1").status_code == 400


def test_a_new_revision_voids_the_first_of_two(door):
    door.act(NAME, "release", "releasing-1", revision_hash=revision(door))
    propose(door.folder, "second")
    found = door.act(NAME, "release", "releasing-2", revision_hash=revision(door)).json()
    assert found["message_id"] is None and "approved by releasing-2" in found["says"]


@pytest.mark.parametrize("action", ["release", "update", "cancel", "acknowledge", "start", "shelve", "unshelve"])
def test_nothing_is_done_to_what_is_seen_in_the_past(door, action):
    found = door.act(NAME, action, "releasing-1", revision_hash=revision(door), clock="replay")
    assert found.status_code == 409 and "shows the past" in found.json()["detail"]
    assert {one["what"] for one in records(door)} == {"proposed", "noted"}


MAY = {
    "office": (), "looker": (), "visitor": (), "watch-1": ("acknowledge",), "senior-1": ("acknowledge", "cancel"),
    "releasing-1": ("acknowledge", "cancel", "release"),
}  # fmt: skip


@pytest.mark.parametrize("who", MAY)
def test_who_may_do_what_and_every_refusal_is_recorded(door, who):
    released(door)
    propose(door.folder, "second")
    for action in ("acknowledge", "start", "shelve", "unshelve", "update", "cancel"):
        needed = {"update": "release", "cancel": "cancel"}.get(action, "acknowledge")
        found = door.act(NAME, action, who, revision_hash=revision(door))
        if needed in MAY[who]:
            assert found.status_code == 200, (action, found.text)
        elif who == "visitor":
            assert found.status_code == 401
        else:
            assert found.status_code == 403 and f"may not {needed}" in found.json()["detail"]
            assert records(door)[0]["what"] == "refused" and records(door)[0]["people"][0]["account"] == who


def test_the_credential_is_asked_again_for_what_goes_out_and_not_for_attention(door):
    for action in ("release", "cancel"):
        found = door.act(NAME, action, "releasing-1", revision_hash=revision(door), credential="")
        assert found.status_code == 403 and "not its credential" in found.json()["detail"]
    assert door.act(NAME, "acknowledge", "releasing-1", credential="", reason="seen").status_code == 200
    attended = door.get(f"/api/v1/alerts/{NAME}", "looker").json()["attended"]["releasing-1"]
    assert (attended["attention"], attended["reason"]) == ("acknowledged", "seen")


def test_a_cancellation_needs_no_session_and_waits_for_no_lockout(door):
    released(door)
    for _ in range(FREE + 3):
        door.post("/api/v1/session/login", {"account": "senior-1", "credential": "a guess"})
    locked = door.post("/api/v1/session/login", {"account": "senior-1", "credential": SECRET})
    assert locked.status_code == 429 and int(locked.headers["retry-after"]) >= 1
    wrong = door.act(NAME, "cancel", account="senior-1", credential="a guess")
    assert wrong.status_code == 403
    found = door.act(NAME, "cancel", account="senior-1", reason="mistake")
    assert found.status_code == 200 and found.json()["message_id"]
    assert door.act(NAME, "acknowledge", account="senior-1").status_code == 401


def test_a_cancellation_says_one_of_its_reasons(door):
    released(door)
    found = door.act(NAME, "cancel", "releasing-1", reason="because")
    assert found.status_code == 400 and "mistake" in found.json()["detail"]


def test_nothing_is_released_by_an_account_that_was_made_unseen(door):
    AccountBook(door.folder).add("ghost", ("releasing-officer",), SECRET, now_tai_ns())
    found = door.act(NAME, "release", "ghost", revision_hash=revision(door))
    assert found.status_code == 403 and "tells who made this account" in found.json()["detail"]
    assert door.get("/api/v1/audit", "watch-1").json()["accounts_unrecorded"] == [
        {"name": "ghost", "roles": ["releasing-officer"]}
    ]
    assert door.act(NAME, "release", "releasing-1", revision_hash=revision(door)).status_code == 200


def test_an_administrator_makes_a_releaser_in_everybodys_sight_and_releases_nothing(door):
    asked = {"name": "releasing-3", "roles": ["releasing-officer"], "new_credential": SECRET, "credential": SECRET}
    assert door.post("/api/v1/accounts", asked, "releasing-1").status_code == 403
    assert door.post("/api/v1/accounts", {**asked, "credential": "wrong one"}, "office").status_code == 403
    assert door.post("/api/v1/accounts", asked, "office").status_code == 201
    for desk in ("live", "drill"):
        newest = door.get(f"/api/v1/audit?desk={desk}", "watch-1").json()["records"][0]
        assert "releasing-3: releasing-officer (by office)" in newest["words"]
    both = {**asked, "name": "both", "roles": ["releasing-officer", "administrator"]}
    assert door.post("/api/v1/accounts", both, "office").status_code == 400
    assert door.act(NAME, "release", "office", revision_hash=revision(door)).status_code == 403
    assert door.post("/api/v1/accounts/office/close", {"credential": SECRET}, "office").status_code == 403
    door.cookie("releasing-3")
    assert door.post("/api/v1/accounts/releasing-3/close", {"credential": SECRET}, "office").status_code == 200
    door.gate._known.clear()
    assert door.get("/api/v1/picture", "releasing-3").status_code == 401


def test_the_other_desk_is_out_of_reach(door):
    propose(door.folder, mode=Mode.REAL, kind=DeskKind.LIVE)
    real = name_of(Mode.REAL)
    assert [one["id"] for one in door.get("/api/v1/alerts", "looker").json()["alerts"]] == [NAME]
    assert door.get(f"/api/v1/alerts/{real}", "looker").status_code == 404
    assert door.act(real, "release", "releasing-1", revision_hash="0" * 64).status_code == 404


def test_alerts_come_in_pages_and_need_not_be_sent_twice(door):
    now = now_tai_ns()
    drafts = [(name_of(MODE, f"O{i}"), draft(MODE, object_id=f"O{i}", t=now)) for i in range(2, 6)]
    with AlertDesk.open(door.folder, DRILL) as desk:
        desk.propose(drafts, now)
    seen, cursor = [], ""
    while cursor is not None:
        found = door.get(f"/api/v1/alerts?most=2{cursor and '&cursor=' + cursor}", "looker").json()
        seen += [one["id"] for one in found["alerts"]]
        cursor = found["next"]
    assert seen == [NAME, *(name for name, _ in drafts)] and found["total"] == 5
    first = door.get("/api/v1/audit", "watch-1")
    again = door.get("/api/v1/audit", "watch-1", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize("cursor", ["-1", "x", "1e3", "²", "9" * 30])
def test_a_cursor_that_is_none_is_refused(door, cursor):
    assert door.get("/api/v1/alerts", "looker", params={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"action": "launch"}, {"action": "release", "revision_hash": "xyz"}, {"action": "cancel", "more": 1},
     {"action": "shelve", "shelve_s": 1e9}, {"action": "shelve", "shelve_s": "NaN"}, [], "release", None,
     {"action": "acknowledge", "reason": "x" * 201}],
)  # fmt: skip
def test_an_act_that_cannot_be_read_is_refused_with_the_reason(door, body):
    found = door.post(f"/api/v1/alerts/{NAME}/acts", body, "releasing-1")
    assert found.status_code == 400 and found.headers["content-type"] == "application/problem+json"
    assert found.json()["detail"]
