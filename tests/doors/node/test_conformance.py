"""A node that keeps the rules passes; one that breaks a rule is told which."""

import secrets

import msgspec
import pytest

from vedette.doors.node.conformance import Examiner
from vedette.reports import Mode
from vedette.sharing import LiveKey, make_key
from vedette.sharing.key_life import KeyBook
from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState
from vedette.sharing.link import receiver as receiver_module
from vedette.sharing.link.troubles import NotBelieved

START_NS = 10**18


def key(owner):
    return make_key(LiveKey, owner, secrets.token_bytes(32))


class Clock:
    def __init__(self):
        self.t_tai_ns = START_NS

    def __call__(self):
        self.t_tai_ns += 10**6
        return self.t_tai_ns


class NodeHere:
    """A partner's node in this process: hears what is sent, and gives receipts with its signs of life."""

    def __init__(self, mine, theirs, clock):
        book = KeyBook(owner="NORTH").with_key(theirs.public)
        self.receiver = LinkReceiver(
            ReceiverState(owner="NORTH", node="n", to="SOUTH", to_node="s", mode=Mode.REAL, link="NORTH"), book
        )
        self.sender = LinkSender(SenderState(owner="SOUTH", node="s", to="NORTH", to_node="n", mode=Mode.REAL), mine)
        self.clock, self.said, self.reports = clock, [], []

    def send(self, lane, data):
        self.take(lane, data)

    def take(self, lane, data):
        heard = self.receiver.hear(data, self.clock(), lane)
        if heard.report is not None:
            self.reports.append(heard.report)

    def hear(self, wait_s):
        self.say()
        said, self.said = self.said, []
        return said

    def say(self):
        self.said.append(("warn", self.sender.seal("warn", (), self.clock(), self.receiver.receipts()).data, False))


def examined(kind=NodeHere, patience_s=0.3):
    clock, own, theirs = Clock(), key("NORTH"), key("SOUTH")
    node = kind(theirs, own, clock)
    sender = LinkSender(SenderState(owner="NORTH", node="n", to="SOUTH", to_node="s", mode=Mode.REAL), own)
    state = ReceiverState(owner="SOUTH", node="s", to="NORTH", to_node="n", mode=Mode.REAL, link="SOUTH")
    receiver = LinkReceiver(state, KeyBook(owner="SOUTH").with_key(theirs.public))
    examiner = Examiner(sender, receiver, node, key("NORTH"), clock, patience_s)
    return node, list(examiner.examine())


def broken(verdicts):
    return {verdict.name for verdict in verdicts if not verdict.is_kept and "not judged" not in verdict.text}


def test_a_node_that_keeps_the_rules_passes_them_all():
    node, verdicts = examined()
    assert [(v.name, v.text) for v in verdicts if not v.is_kept] == []
    assert len(verdicts) >= 29 and {v.rule for v in verdicts} == {"answers", "takes", "refuses", "passes over"}
    notes = [thing for report in node.reports for thing in report.content]
    assert [thing.kind for thing in notes] == ["note"]  # nothing else was ever said, nothing that alarms
    assert node.receiver.state.counts["garbage"] >= 4


class Deaf(NodeHere):
    def say(self):
        return


class Forgetful(NodeHere):
    """Takes what comes twice as new, as a node does whose state was lost."""

    def take(self, lane, data):
        super().take(lane, data)
        if len(self.reports) > 3:
            self.receiver.state = msgspec.structs.replace(self.receiver.state, lanes={})


class Touchy(NodeHere):
    """Hears nothing more after something that it refused."""

    is_hurt = False

    def take(self, lane, data):
        if self.is_hurt:
            return
        self.is_hurt = self.receiver.hear(data, self.clock(), lane).news != ()


class Narrow(NodeHere):
    """Drops a message in which it does not understand everything."""

    def take(self, lane, data):
        if b"hologram" not in data:
            super().take(lane, data)


class Repeating(NodeHere):
    """Uses the numbers of its own messages twice."""

    def say(self):
        before = self.sender.state
        super().say()
        if self.sender.state.lanes["warn"].count % 3 == 0:
            self.sender.state = before


class Boastful(NodeHere):
    """Signs receipts for more than was sent."""

    def say(self):
        receipts = {
            name: msgspec.structs.replace(one, count=one.count + 1000) for name, one in self.receiver.receipts().items()
        }
        self.said.append(("warn", self.sender.seal("warn", (), self.clock(), receipts).data, False))


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        (Deaf, {"a sign of life"}),
        (Touchy, {"nothing at all"}),
        (Narrow, {"what a newer version says"}),
        (Repeating, {"every message of its own keeps the rules"}),
        (Boastful, {"a message on lane warn", "every message of its own keeps the rules"}),
        (Forgetful, {"a message on lane words"}),
    ],
)
def test_a_node_that_breaks_a_rule_is_told_which(kind, rules):
    _, verdicts = examined(kind, patience_s=0.15)
    assert rules <= broken(verdicts), [(v.name, v.text) for v in verdicts if not v.is_kept]


def _loose_address(self, message, header, modes, lane, t_tai_ns):
    return None


def _loose_mode(strict):
    def check(self, message, header, modes, lane, t_tai_ns):
        strict(self, message, msgspec.structs.replace(header, mode=self.state.mode), modes, lane, t_tai_ns)

    return check


@pytest.mark.parametrize(
    ("patch", "rule"),
    [
        (("check_signature", None), "one bit of the signature"),
        (("_check_address", _loose_address), "a message for another owner"),
        (("_check_address", "mode"), "a drill on a link that is live, or the other way round"),
    ],
)
def test_a_check_that_was_left_out_is_found_by_what_the_node_signs(monkeypatch, patch, rule):
    name, instead = patch

    class Loose(LinkReceiver):
        pass

    if name == "check_signature":
        strict = receiver_module.check_signature

        def checked(message, public):
            try:
                strict(message, public)
            except NotBelieved:
                if b"NORTH" not in message.header_bytes:
                    raise

        monkeypatch.setattr(receiver_module, name, checked)
    else:
        loose = _loose_mode(LinkReceiver._check_address) if instead == "mode" else instead
        monkeypatch.setattr(Loose, name, loose, raising=False)

    class LooseNode(NodeHere):
        def __init__(self, *words):
            super().__init__(*words)
            if name != "check_signature":
                old = self.receiver
                self.receiver = Loose(old.state, old.keys)

    _, verdicts = examined(LooseNode, patience_s=0.15)
    first = next(v for v in verdicts if not v.is_kept)
    assert first.name == rule and "not refused" in first.text
