"""Two duty desks: what one asks the other hears; plans are screened by both; each owner signs its own notices."""

import json
from dataclasses import replace

import msgspec
import pytest
from tests.doors.node.ends import End, wait_for
from tests.doors.node.nodes import broker_program, make_partners, node

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.doors.cli.main import main
from vedette.doors.feeds.clock import now_tai_ns
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.saying import Desk
from vedette.doors.node.shared_notices import check_notice, notices_heard, signed_notice
from vedette.doors.node.word_documents import read_document, type_of
from vedette.doors.node.words import Letter, conversation, say, to_say
from vedette.doors.notice_store import NoticeStore
from vedette.reports import Mode, Notice, NoticeKind, SharedWords, Window
from vedette.sharing.release.open_policy import open_policy_text

WORDS = """
words = ["query", "reply", "note", "cue-request", "cue-answer", "plan", "plan-answer"]
documents = ["application/vnd.vedette.cue+json", "application/vnd.vedette.burns+json",
             "application/vnd.vedette.screening+json"]
"""
HOUR_NS = 3600 * NS_PER_S


def desk_of(one, store, t=None):
    return Desk(one.folder, one.settings, store, now_tai_ns() if t is None else t, "operator-1")


@pytest.fixture
def alone(tmp_path):
    one, other = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(one, other)
    store = open_store(one.folder.path / "node.sqlite")
    yield one, store
    store.close()


@pytest.fixture
def pair(tmp_path):
    broker_program()
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    for one, peer in ((north, "SOUTH-A"), (south, "NORTH-A")):
        policy = open_policy_text(peer).replace('words = ["query", "reply", "note"]\n', WORDS)
        policy += '[[grant]]\nclass = "notice"\ncadence_s = 0.1\n'
        (one.folder.release / f"{peer}.toml").write_text(policy)
    for one in (south, north):
        one.start_broker()
    yield north, south
    for one in (south, north):
        one.stop_broker()


def rows(end):
    return conversation(end.store, now_tai_ns())


def notice(party="NORTH", name="N-1"):
    t = now_tai_ns()
    return Notice(
        notice_id=name, kind=NoticeKind.PRE_LAUNCH, party=party, mode=Mode.SIMULATED, t_issued_tai_ns=t,
        t_received_tai_ns=t, windows=(Window(t + HOUR_NS, t + 2 * HOUR_NS),),
    )  # fmt: skip


def test_questions_are_answered_across_the_link_and_both_sides_tell_the_same_story(pair, capsys, tmp_path):
    north, south = pair
    NoticeStore(north.folder.path).add([notice()])
    cue = tmp_path / "cue.json"
    cue.write_text('{"cues": [{"sensor": "radar-south"}]}')
    with End(north) as here, End(south) as there:
        asked = desk_of(north, here.store).ask("SOUTH-A", "Is your radar down?", due_s=300.0)
        look = desk_of(north, here.store).ask("SOUTH-A", "Look for O1", kind="cue-request", document=cue)
        assert desk_of(north, here.store).share(("N-1",), (), Mode.SIMULATED) == 1
        wait_for(lambda: {row["id"] for row in rows(there)} == {asked.words_id, look.words_id}, "both asked")
        assert {row["state"] for row in rows(there)} == {"to answer"}
        with pytest.raises(UsageError, match="--accept or --decline"):
            desk_of(south, there.store).answer(look.words_id)
        desk_of(south, there.store).answer(asked.words_id, "Until noon.")
        desk_of(south, there.store).answer(look.words_id, answer="declined")
        with pytest.raises(RefusedError, match="answered already"):
            desk_of(south, there.store).answer(asked.words_id, "Again.")
        wait_for(lambda: len(rows(here)) == 4, "both answers")
        told = {row["id"]: row for row in rows(here)}
        assert told[asked.words_id]["state"] == "answered" and told[look.words_id]["state"] == "declined"
        assert told[look.words_id]["document_says"] == "a cue: 1 search volumes"
        wait_for(lambda: not to_say(here.store), "the gateway to have taken all")
        assert {row["fate"] for row in rows(here) if row["is_ours"]} == {"told"}
        wait_for(lambda: notices_heard(south.folder, there.store), "the notice")
        (heard,) = notices_heard(south.folder, there.store)
        assert heard.notice is not None and heard.notice.notice_id == "N-1"
    assert main(["node", "words", "--data-dir", str(north.folder.path), "--json"]) == 0  # nothing waits for us
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["words"]] == list(told)
    assert main(["node", "notices", "--take", "--data-dir", str(south.folder.path), "--json"]) == 0
    assert [one.notice_id for one in NoticeStore(south.folder.path).read()] == ["N-1"]


def test_a_planned_flight_is_screened_by_both_owners_and_both_answers_are_shown(pair, tmp_path):
    north, south = pair
    plan = tmp_path / "burns.json"
    plan.write_text('{"id": 25544, "t_utc": "2031-01-01T00:00:00Z", "delta_v_rtn_mps": [0, 1, 0]}')
    with End(north) as here, End(south) as there:
        ours = desk_of(north, here.store).ask("SOUTH-A", "A boost", kind="plan", document=plan)
        wait_for(lambda: rows(there), "the plan")
        with pytest.raises(NotFoundError, match="no catalogue"):
            desk_of(south, there.store).answer(ours.words_id, "?")
        screened = tmp_path / "screened.json"
        screened.write_text('{"km": 5.0, "objects": 3, "events": []}')
        desk_of(south, there.store).answer(ours.words_id, "clear", document=screened)
        wait_for(lambda: len(rows(here)) == 2, "the answer")
        (row,) = (row for row in rows(here) if row["id"] == ours.words_id)
        assert row["screenings"] == {"ours": None, "theirs": {"km": 5.0, "objects": 3, "events": []}}


def test_words_that_the_policy_withholds_are_told_to_be_withheld(pair):
    north, _ = pair
    (north.folder.release / "SOUTH-A.toml").write_text(open_policy_text("SOUTH-A"))
    with End(north) as here:
        desk_of(north, here.store).ask("SOUTH-A", "Look", kind="cue-request")
        wait_for(lambda: rows(here)[0]["fate"].startswith("withheld"), "the fate")
        assert "cue-request" in rows(here)[0]["fate"]


def test_time_that_is_over_is_told_and_what_waits_outlives_the_program(alone):
    one, store = alone
    t = now_tai_ns()
    asked = desk_of(one, store, t).ask("SOUTH-A", "Are you there?", due_s=60.0)
    assert [row["state"] for row in conversation(store, t + 59 * NS_PER_S)] == ["waiting"]
    (row,) = conversation(store, t + 61 * NS_PER_S)
    assert row["state"] == "no answer" and row["fate"] == "waits for the link" and row["due_in_s"] == -1
    again = open_store(one.folder.path / "node.sqlite")
    ((_, letter),) = to_say(again)
    assert letter.content == asked and letter.by == "operator-1"
    again.close()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"kind": "order"}, "not 'order'"),
        ({"kind": "query", "due_s": -1.0}, "deadline"),
        ({"kind": "plan"}, "an OEM, or burns"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(alone, words, why):
    one, store = alone
    with pytest.raises(UsageError, match=why):
        desk_of(one, store).ask("SOUTH-A", "x", **words)
    with pytest.raises(NotFoundError, match="partners are SOUTH-A"):
        desk_of(one, store).ask("EAST-A", "x")
    assert to_say(store) == []


def test_a_heard_document_that_is_not_what_it_is_called_is_told_and_harms_nothing(alone):
    _, store = alone
    for number, (body, kind) in enumerate(
        [(b"\xff\x00", "text/plain"), (b"{}", "application/vnd.ccsds.oem"), (b"[" * 5000, "application/vnd.ccsds.omm"),
         (b"x", "application/vnd.ccsds.tdm"), (b'{"events": 3}', "application/vnd.vedette.screening+json"),
         (b"x", "image/png")]
    ):  # fmt: skip
        words = SharedWords(words_id=f"S-{number}", kind="note", document=body, document_type=kind)
        say(store, Letter(peer="SOUTH-A", t_tai_ns=now_tai_ns(), content=words))
    assert all("cannot be read" in row["document_says"] for row in conversation(store, now_tai_ns()))


def test_a_burn_reads_as_what_it_is():
    body = b'[{"id": 1, "t_utc": "2031-01-01T00:00:00Z", "delta_v_rtn_mps": [0, 1, 0]}]'
    assert read_document(body, type_of(body)) == "1 planned burns"
    assert type_of(b"CCSDS_OEM_VERS = 2.0\n") == "application/vnd.ccsds.oem"


def test_a_notice_is_signed_by_its_own_owner_and_by_nobody_else(alone):
    one, _ = alone
    signed = signed_notice(one.folder, one.settings, notice(), Mode.SIMULATED)
    keys = {key.key_id: key.public for key in one.folder.keys.own()}
    assert check_notice(signed, keys, "NORTH", now_tai_ns()).notice_id == "N-1"
    changed = msgspec.structs.replace(signed, notice_json=signed.notice_json.replace(b"N-1", b"N-2"))
    for shared, owner in ((changed, "NORTH"), (signed, "SOUTH")):
        with pytest.raises(Exception, match=r"not signed|each owner|shares a notice"):
            check_notice(shared, keys, owner, now_tai_ns())
    with pytest.raises(Exception, match="belongs to 'NORTH'"):
        signed_notice(one.folder, one.settings, replace(notice(), party="SOUTH"), Mode.SIMULATED)
