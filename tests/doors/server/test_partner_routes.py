"""The joint duty desk's routes: what `vedette node` says and does, by role."""

import pytest
from tests.doors.node.ends import warning
from tests.doors.node.nodes import make_partners, node
from tests.doors.server.door import door_at

from vedette.doors.feeds.clock import now_tai_ns
from vedette.doors.node.log_rows import log_rows
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.store import RECEIVED, Received, ToPost
from vedette.doors.node.words import Letter, keep_heard, letters, to_say
from vedette.formats import encode_record
from vedette.reports import Mode, PartnerReport, SharedWords


def heard(*content, sequence=1):
    return PartnerReport(
        owner="SOUTH", node="A", link="SOUTH-A", lane="words", sequence=sequence, mode=Mode.EXERCISE,
        t_sent_tai_ns=now_tai_ns(), t_received_tai_ns=now_tai_ns(), digest=f"{sequence:064x}", content=content,
    )  # fmt: skip


@pytest.fixture
def here(tmp_path):
    one, other = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(one, other)
    store = open_store(one.folder.path / "node.sqlite")
    asked = heard(SharedWords(words_id="SOUTH-A-1", kind="cue-request", text="Look north"))

    def keep(writing):
        keep_heard(writing, "SOUTH-A", asked)
        for number in range(1, 6):
            writing.receive(Received(
                link="SOUTH-A", lane="warn", sequence=number, digest=f"{number:064x}", t_tai_ns=now_tai_ns(),
                event=encode_record(heard(warning(number), sequence=number))[1], event_ids=(f"SOUTH/W{number}",),
            ))  # fmt: skip
        note = '[{"name": "O1", "kind": "track", "is_released": false, "why": "no grant"}]'
        t = now_tai_ns()
        writing.post([ToPost(
            link="SOUTH-A", lane="warn", sequence=1, digest="ff" * 32, message=b"x" * 9, t_tai_ns=t, note=note
        )])  # fmt: skip

    store.write(keep)
    yield door_at(one.folder.path), store
    store.close()


def test_partners_and_words_are_seen_by_viewers_and_said_by_operators(here):
    door, store = here
    told = door.get("/api/v1/partners", "looker").json()
    assert told["node"]["node"] == "NORTH-A" and [row["peer"] for row in told["node"]["peers"]] == ["SOUTH-A"]
    assert "folder" not in told["node"]
    (row,) = door.get("/api/v1/partners/words", "looker").json()["words"]
    assert (row["id"], row["state"], row["text"]) == ("SOUTH-A-1", "to answer", "Look north")
    ask = {"peer": "SOUTH-A", "text": "Is it you?", "due_min": 5}
    assert door.post("/api/v1/partners/words", ask, "looker").status_code == 403
    made = door.post("/api/v1/partners/words", ask, "watch-1")
    assert made.status_code == 201
    answer = "/api/v1/partners/words/SOUTH-A-1/answer"
    assert door.post(answer, {}, "watch-1").status_code == 400  # yes or no
    assert door.post(answer, {"answer": "accepted"}, "watch-1").status_code == 201
    assert door.post(answer, {"answer": "declined"}, "watch-1").status_code in (403, 409)
    assert [letter.by for _, letter in to_say(store)] == ["watch-1", "watch-1"]
    said, _ = letters(store)
    assert isinstance(said[0], Letter) and said[0].content.words_id == made.json()["id"]
    states = {row["id"]: row["state"] for row in door.get("/api/v1/partners/words", "looker").json()["words"]}
    assert states["SOUTH-A-1"] == "accepted"


def test_the_log_comes_newest_first_in_pages(here):
    door, store = here
    rows = door.get("/api/v1/partners/log?most=4", "looker").json()["log"]
    assert [row["number"] for row in rows] == [6, 5, 4, 3]
    assert rows[0]["released"] == [
        {"name": "O1", "kind": "track", "told_as": "", "is_released": False, "why": "no grant"}
    ]
    assert rows[1]["heard"] == {"event": 1} and rows[1]["events"] == ["SOUTH/W5"]
    rest = door.get(f"/api/v1/partners/log?before={rows[-1]['number']}", "looker").json()["log"]
    assert [row["number"] for row in rest] == [2, 1]
    only = door.get("/api/v1/partners/log?direction=sent", "looker").json()["log"]
    assert [row["number"] for row in only] == [6]
    assert log_rows(store, direction=RECEIVED, limit=2)[0]["number"] == 5


def test_a_watch_of_no_node_says_so(tmp_path):
    door = door_at(tmp_path)
    assert door.get("/api/v1/partners", "looker").json() == {"node": None, "partners": []}
    refused = door.get("/api/v1/partners/words", "looker")
    assert refused.status_code == 404 and "vedette node init" in refused.text
