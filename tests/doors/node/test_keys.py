"""Keys of a node from making to taking back, by command and on an open link, without a restart."""

import json

import pytest
from tests.doors.node.nodes import make_partners, node

from vedette.core.errors import NotFoundError, RefusedError
from vedette.doors.cli import main
from vedette.doors.node.exercise_file import exercise_of
from vedette.doors.node.own_keys import Signer, own_keys, revoke, rotate
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Mode
from vedette.sharing import LiveKey, Purpose, Trust, format_trust, make_key
from vedette.sharing.key_life import rotation
from vedette.sharing.key_words import key_words
from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState

S = 1_000_000_000


class Line:
    """NORTH tells SOUTH, both from their files, as a gateway does; every message is looked at on both sides."""

    def __init__(self, folder):
        self.north, self.south = node(folder, "NORTH"), node(folder, "SOUTH")
        make_partners(self.north, self.south)
        self.ring = self.north.folder.keys
        self.peer = PeerKeys(self.south.folder, "NORTH-A")
        self.signer = Signer(self.ring)
        self.sender = self.signer.sender(SenderState(owner="NORTH", node="A", to="SOUTH", mode=Mode.REAL))
        self.receiver = LinkReceiver(
            ReceiverState(owner="NORTH", node="A", to="SOUTH", mode=Mode.REAL), self.peer.book()
        )

    def tell(self, t=None):
        """One message, after what is owed; what came of each."""
        t = now_tai_ns() if t is None else t
        due = self.signer.due(self.sender, t)
        return [self.hear(one.data, t) for one in [*due, self.sender.seal("warn", (), t)]]

    def hear(self, data, t):
        self.receiver.keys = self.peer.book()
        heard = self.receiver.hear(data, t, "warn")
        if heard.keys is not None:
            self.peer.keep(heard.keys)
        if heard.report:
            assert self.sender.noted(self.receiver.receipts()) == ""
        return heard

    def restart(self):
        self.signer = Signer(self.ring)
        self.sender = self.signer.sender(self.sender.state)
        self.receiver = LinkReceiver(self.receiver.state, self.peer.book())
        self.peer = PeerKeys(self.south.folder, "NORTH-A")


@pytest.fixture
def line(tmp_path):
    return Line(tmp_path)


def run(capsys, *words):
    code = main([*map(str, words), "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else told.err


def test_show_gives_the_same_words_on_both_sides(line, capsys):
    _, ours = run(capsys, "node", "key", "show", "--data-dir", line.north.folder.path)
    _, theirs = run(capsys, "node", "key", "show", "NORTH", "--data-dir", line.south.folder.path)
    own = {row["key_id"]: row["words"] for row in ours["keys"] if row["is_own"]}
    assert {row["key_id"]: row["words"] for row in theirs["keys"]} == own and len(own) == 3
    assert main(["node", "key", "show", "--spell", "--data-dir", str(line.north.folder.path)]) == 0
    assert "Alfa" in capsys.readouterr().out


@pytest.mark.parametrize("restarts", [False, True])
def test_a_change_of_keys_loses_nothing_and_needs_no_restart(line, capsys, restarts):
    assert line.tell()[0].report
    old = line.sender.key.key_id
    code, said = run(capsys, "node", "key", "rotate", "live", "--data-dir", line.north.folder.path)
    assert code == 0 and said["old_key_id"] == old
    if restarts:
        line.restart()
    announced, after = line.tell()
    assert announced.trouble == "new-key" and said["words"] in announced.news[0].text
    assert after.report and line.sender.key.key_id == said["new_key_id"]  # receipted, so the new one signs
    if restarts:
        line.restart()
    (more,) = line.tell()
    assert more.report and line.sender.state.key_id == said["new_key_id"]
    kept = line.peer.book()
    assert not kept.find(said["new_key_id"]).is_confirmed
    later = now_tai_ns() + 8 * 86_400 * S
    assert kept.standing(old, later) == "retired" and kept.standing(said["new_key_id"], later) == "good"
    words = ["node", "key", "trust", "NORTH", said["new_key_id"], "--data-dir", line.south.folder.path]
    assert run(capsys, *words)[0] == 6  # the words are shown, and nothing is believed
    assert run(capsys, *words, "--words", "lusab babad")[0] == 6
    assert run(capsys, *words, "--words", said["words"].upper().replace("-", " "))[0] == 0
    assert line.peer.book().find(said["new_key_id"]).is_confirmed
    assert line.tell()[0].report


def test_a_partners_key_revoked_here_is_refused_with_the_very_next_message(line, capsys):
    assert line.tell()[0].report
    key_id = line.sender.key.key_id
    words = ["node", "key", "revoke", key_id, "--why", "laptop stolen", "--data-dir", line.south.folder.path]
    assert run(capsys, *words) == (0, {"revoked": [key_id], "owner": "NORTH"})
    (heard,) = line.tell()
    assert heard.report is None and heard.trouble == "revoked" and "laptop stolen" in heard.news[0].text
    line.restart()
    assert line.tell()[0].trouble == "revoked"
    with pytest.raises(RefusedError, match="never comes back"):
        line.peer.trust(line.sender.key.public)


def test_our_own_key_signs_its_revocation_and_nothing_after_it(line, capsys):
    assert line.tell()[0].report
    thief = line.sender.key
    words = ["node", "key", "revoke", thief.key_id, "--data-dir", line.north.folder.path]
    assert run(capsys, *words)[0] == 0
    t = now_tai_ns()
    (last,) = line.signer.due(line.sender, t)
    assert line.hear(last.data, t).trouble == "key-taken-back"
    with pytest.raises(NotFoundError, match="keys make live"):
        line.signer.due(line.sender, t)
    with pytest.raises(RefusedError, match="signs nothing more"):
        line.sender.seal("warn", (), t)
    theft = LinkSender(line.sender.state, thief).seal("warn", (), t)
    assert line.hear(theft.data, t).trouble == "revoked"
    # people make another and read its words over the telephone; the link goes on where it stood
    assert main(["keys", "make", "live", "--owner", "NORTH", "--data-dir", str(line.north.folder.path)]) == 0
    new = line.ring.read(LiveKey)
    (row,) = format_trust(Trust.of(new.public)).splitlines()[1:]
    capsys.readouterr()
    trusted = ["node", "key", "trust", "NORTH", row, "--words", key_words(new.public)]
    assert run(capsys, *trusted, "--data-dir", line.south.folder.path)[0] == 0
    heard = line.tell()
    assert heard[-1].report and heard[-1].report.sequence == 3 and line.sender.key.key_id == new.key_id


def test_what_a_stolen_key_introduced_falls_with_it(line):
    line.tell()
    stolen = line.sender.key
    thiefs = make_key(LiveKey, "NORTH", bytes([9]) * 32)
    t = now_tai_ns()
    forged = line.sender.announce(rotation(stolen, thiefs, "NORTH", t, t + S), t)
    assert line.hear(forged.data, t).trouble == "new-key"  # people are told to compare the words
    book = line.peer.revoke(stolen.key_id, t, "stolen")
    assert book.standing(thiefs.key_id, t) == "revoked"


def test_a_lost_key_is_taken_back_by_the_record_key(line, tmp_path):
    line.tell()
    key_id = line.sender.key.key_id
    line.ring.path(Purpose.LIVE).unlink()
    with pytest.raises(NotFoundError, match="by-record-key"):
        revoke(line.ring, key_id, "NORTH", now_tai_ns(), "lost")
    statement = revoke(line.ring, key_id, "NORTH", now_tai_ns(), "lost", by_record_key=True)
    file = tmp_path / "lost.json"
    file.write_bytes(statement)
    assert main(["node", "key", "take", "NORTH", str(file), "--data-dir", str(line.south.folder.path)]) == 0
    assert line.peer.book().standing(key_id, 0) == "revoked"


def test_a_link_that_was_down_for_the_overlap_goes_over_to_the_new_key_by_itself(line):
    line.tell()
    t = now_tai_ns()
    new, _ = rotate(line.ring, Purpose.LIVE, "NORTH", t, 60.0)
    assert line.signer.due(line.sender, t)  # announced into the void
    assert line.signer.due(line.sender, t + S) == [] and line.sender.key.key_id != new.key_id
    assert line.signer.due(line.sender, t + 61 * S) == [] and line.sender.key.key_id == new.key_id
    assert {key.key_id for key in own_keys(line.ring)} >= {new.key_id}


def test_a_key_taken_out_of_the_partners_file_is_believed_no_more(line):
    path = line.south.folder.peers / "NORTH-A.toml"
    before = line.peer.book()
    text = path.read_text("utf-8")
    path.write_text("\n".join(row for row in text.splitlines() if "live-" not in row) + "\n", "utf-8")
    if "trusted_keys" in path.read_text("utf-8"):
        assert len(line.peer.book().keys) == len(before.keys) - 1
    assert line.tell()[0].trouble == "wrong-key"


def test_an_exercise_is_led_by_one_and_joined_by_words(line, tmp_path, capsys):
    file = tmp_path / "watch.session"
    north, south = line.north.folder, line.south.folder
    code, said = run(capsys, "node", "key", "exercise", "Northern Watch", file, "--data-dir", north.path)
    assert code == 0 and sorted(said["owners"]) == ["NORTH", "SOUTH"]
    assert run(capsys, "node", "key", "join", file, "--data-dir", south.path)[0] == 6
    assert exercise_of(north, Mode.EXERCISE).session == said["session"]
    words = ["node", "key", "join", file, "--words", said["words"], "--data-dir", south.path]
    assert run(capsys, *words)[1]["session"] == said["session"]
    session = exercise_of(south, Mode.EXERCISE)
    played = SenderState(owner="NORTH", node="A", to="SOUTH", mode=Mode.EXERCISE, session=said["session"])
    state = ReceiverState(owner="NORTH", node="A", to="SOUTH", mode=Mode.EXERCISE, session=said["session"])
    t = now_tai_ns()
    sealed = Signer(line.ring).sender(played).seal("warn", (), t)
    assert LinkReceiver(state, line.peer.book(), session).hear(sealed.data, t).report.mode is Mode.EXERCISE
    assert line.hear(sealed.data, t).trouble == "wrong-mode"  # on the live link
    live = line.sender.seal("warn", (), t)
    assert LinkReceiver(state, line.peer.book(), session).hear(live.data, t).trouble == "wrong-mode"
    file.write_bytes(file.read_bytes().replace(b"Northern", b"Southern"))
    assert run(capsys, *words)[0] == 6


def test_a_link_that_has_said_nothing_begins_with_the_key_its_partner_has(line, tmp_path):
    rotate(line.ring, Purpose.LIVE, "NORTH", now_tai_ns(), 60.0)
    line.restart()  # SOUTH has the card of before, and has heard nothing
    announced, after = line.tell()
    assert announced.trouble == "new-key" and after.report
    late = node(tmp_path / "late", "EAST")
    make_partners(line.north, late)  # has the card of now
    book = PeerKeys(late.folder, "NORTH-A").book()
    sender = Signer(line.ring).sender(SenderState(owner="NORTH", node="A", to="EAST", mode=Mode.REAL))
    heard = LinkReceiver(ReceiverState(owner="NORTH", node="A", to="EAST", mode=Mode.REAL), book)
    t = now_tai_ns()
    for one in [*Signer(line.ring).due(sender, t), sender.seal("warn", (), t)]:
        assert heard.hear(one.data, t).report
