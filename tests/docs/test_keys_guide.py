"""The guide to keys between owners: its commands are run in order on two nodes, its table is whole, its code runs."""

import contextlib
import io
import re
import shlex

from tests.doors.node.nodes import make_partners, node
from tests.doors.test_verify import Side
from tests.sharing.link.wires import event
from tests.tidy.repository import ROOT

from vedette.doors.cli import main
from vedette.doors.node.own_keys import Signer
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.seal_file import now_tai_ns
from vedette.sharing import LiveKey
from vedette.sharing.key_words import key_words
from vedette.sharing.link.troubles import Trouble

PAGE = (ROOT / "docs" / "guides" / "keys-between-owners.md").read_text(encoding="utf-8")


def run(*words):
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        code = main([*words])
    return code, told.getvalue()


def test_the_compromise_drill_is_walked_command_by_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    one, other = Side(north, south), Side(south, north)
    t = now_tai_ns()

    def talk():  # as gateways do: what is owed first, and every file is looked at before each message
        signer = Signer(north.folder.keys)
        one.sender = signer.sender(one.sender.state)
        due = signer.due(one.sender, t)
        heard = []
        for data in [*(sealed.data for sealed in due), one.say(t, event(1))]:
            keys = PeerKeys(south.folder, "NORTH-A")
            other.receiver.keys = keys.book()
            heard.append(other.receiver.hear(data, t))
            if heard[-1].keys is not None:
                keys.keep(heard[-1].keys)
            one.sender.noted(other.receiver.receipts())
        return heard[-1]

    lines = re.findall(r"^\$ vedette (.*)$", PAGE, re.MULTILINE)
    said = {"WORDS": "", "live-OLD": one.sender.key.key_id, "live-NEW": "", "LINE": ""}
    for line in lines:
        words = [said.get(word, word) for word in shlex.split(line)]
        if words[:3] == ["node", "key", "trust"]:
            assert run(*words[:5], "--data-dir", "south")[0] == 6  # without the words nothing is believed
        code, told = run(*words)
        assert code == 0, (line, told)
        if words[:3] == ["node", "key", "rotate"]:
            new = north.folder.keys.read(LiveKey)
            said |= {"live-NEW": new.key_id, "WORDS": key_words(new.public)}
            assert talk().report  # announced, receipted
            assert talk().report and one.sender.key.key_id == new.key_id
            said["live-OLD"] = new.key_id  # it is this one that is stolen
        if words[:3] == ["node", "key", "revoke"] and "south" in words:
            stolen = one.sender.seal("warn", (event(666),), t)  # by the thief, from a copy
            other.receiver.keys = PeerKeys(south.folder, "NORTH-A").book()
            assert other.receiver.hear(stolen.data, t).trouble == "revoked"
        if words[:2] == ["keys", "list"]:
            new = north.folder.keys.read(LiveKey)
            (row,) = (row for row in told.splitlines() if row.startswith(new.key_id))
            said |= {"LINE": row, "WORDS": key_words(new.public)}
        if words[:3] == ["node", "key", "trust"] and said["LINE"]:
            heard = talk()
            assert heard.report and heard.message.key_id == north.folder.keys.read(LiveKey).key_id
        if words[:3] == ["node", "key", "exercise"]:
            said["WORDS"] = told.split("words: ")[1].strip()
        if words[0] == "verify":
            assert "nothing contradicts" in told and "doubtful" in told
    assert len(lines) == 15
    one.store.close()
    other.store.close()


def test_every_trouble_stands_in_the_table_and_nothing_else():
    table = PAGE.split("## What a link can be found")[1].split("## For programs")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [str(one) for one in Trouble]


def test_the_python_runs_and_prints_what_is_shown():
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(block, "keys-between-owners.md", "exec"), {})
    assert said.getvalue().splitlines() == re.findall(r"^# (L1 .*)$", block, re.MULTILINE)
