"""`vedette node transcript` writes what `vedette verify` checks without a node."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.doors.node.nodes import make_partners, node
from tests.sharing.link.wires import event

from vedette.doors.cli import main
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.own_keys import Signer
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.node.store import REPORT, Received, ToPost
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Mode, SharedEvent
from vedette.sharing import Trust, format_trust
from vedette.sharing.link import LinkReceiver, ReceiverState, SenderState

S = 1_000_000_000


class Side:
    """A node that keeps what it tells and hears, as a gateway does."""

    def __init__(self, one, partner):
        self.node, self.partner = one, partner
        mine, theirs = one.settings, partner.settings
        self.store = open_store(one.folder.path / "node.sqlite", reserve_bytes=0)
        state = SenderState(owner=mine.owner, node="A", to=theirs.owner, to_node="A", mode=Mode.REAL)
        self.sender = Signer(one.folder.keys).sender(state)
        heard = ReceiverState(owner=theirs.owner, node="A", to=mine.owner, to_node="A", mode=Mode.REAL)
        self.receiver = LinkReceiver(heard, PeerKeys(one.folder, partner.name).book())

    def say(self, t, *content):
        one = self.sender.seal("warn", content, t, self.receiver.receipts())
        row = ToPost(
            link=self.partner.name, lane="warn", sequence=one.sequence, digest=one.digest, message=one.data, t_tai_ns=t,
            event_ids=tuple(f"{self.node.settings.owner}/{e.event_id}" for e in content if isinstance(e, SharedEvent)),
        )  # fmt: skip
        self.store.write(lambda writing: writing.post([row]))
        return one.data

    def hear(self, data, t):
        report = self.receiver.hear(data, t).report
        row = Received(
            link=self.partner.name, lane="warn", sequence=report.sequence, kind=REPORT, digest=report.digest,
            message=data, t_tai_ns=t,
            event_ids=tuple(f"{report.owner}/{e.event_id}" for e in report.content if isinstance(e, SharedEvent)),
        )  # fmt: skip
        self.store.write(lambda writing: writing.receive(row))


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    folder = tmp_path_factory.mktemp("owners")
    north, south = node(folder, "NORTH"), node(folder, "SOUTH")
    make_partners(north, south)
    one, other = Side(north, south), Side(south, north)
    t = now_tai_ns()
    for n in range(6):
        other.hear(one.say(t + 2 * n * S, event(n)), t + 2 * n * S)
        one.hear(other.say(t + (2 * n + 1) * S), t + (2 * n + 1) * S)
    yield one, other
    one.store.close()
    other.store.close()


def written(side, folder, *words):
    file = folder / f"{side.node.name}.jsonl"
    command = ["node", "transcript", side.partner.name, "--out", str(file), *words]
    assert main([*command, "--data-dir", str(side.node.folder.path)]) == 0
    return file


def verdict(capsys, *words):
    capsys.readouterr()
    code = main(["verify", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_both_owners_transcripts_agree_with_and_without_content(sides, tmp_path, capsys):
    files = [written(side, tmp_path) for side in sides]
    code, found = verdict(capsys, *files)
    assert code == 0 and found["is_whole"] and found["message_count"] == 12
    assert found["history_joined_count"] == found["history_count"]
    written(sides[0], tmp_path, "--withhold")
    assert b"event_id" not in files[0].read_bytes()
    assert verdict(capsys, *files)[0] == 0
    trusted = tmp_path / "trusted.txt"
    keys = [side.node.folder.keys.own()[0].public for side in sides]
    trusted.write_text(format_trust(Trust.of(*keys)))
    assert verdict(capsys, *files, "--trust", trusted)[0] == 0
    trusted.write_text(format_trust(Trust.of(keys[0])))
    assert main(["verify", *map(str, files), "--trust", str(trusted), "--list"]) == 6
    told = capsys.readouterr()
    assert "receipt signed" in told.out and "nothing contradicts" in told.out and "is not in" in told.err


def test_one_event_is_proved_without_the_rest(sides, tmp_path, capsys):
    for side in sides:  # the one who told it, and the one who heard it
        file = written(side, tmp_path, "--event", "NORTH/E3")
        assert b"E2" not in file.read_bytes()
        code, found = verdict(capsys, file)
        (told,) = [one for one in found["messages"] if one["events"]]
        assert code == 0 and told["events"] == ["E3/1"] and told["sequence"] == 4
        assert told["receipt_utc"] and found["history_joined_count"]
    assert main(["node", "transcript", "SOUTH", "--event", "X/9", "--data-dir", str(sides[0].node.folder.path)]) == 4


def test_what_was_changed_is_found_and_what_is_no_transcript_is_said(sides, tmp_path, capsys):
    file = written(sides[0], tmp_path)
    text = file.read_text()
    file.write_text(text.replace('\\"event_id\\":\\"E3\\"', '\\"event_id\\":\\"E8\\"'))
    code, found = verdict(capsys, file)
    assert code == 1 and "is not what was signed" in found["troubles"][0]
    file.write_text("not a transcript\n")
    assert main(["verify", str(file)]) == 3
    assert main(["verify", str(tmp_path / "none")]) == 4
    assert "no such file" in capsys.readouterr().err


def test_verifying_needs_no_store_and_no_broker():
    code = (
        "import sys; from vedette.doors.cli import main\n"
        "main(['verify', '/nowhere/at/all'])\n"
        "print(sorted({'sqlite3', 'nats', 'litestar', 'vedette.doors.node.folder'} & set(sys.modules)))"
    )
    source = str(Path(__file__).resolve().parents[2] / "src")
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": source}, check=False
    )
    assert said.stdout.strip() == "[]", said.stdout + said.stderr
