"""Does another's node keep the rules of a link? It is asked from outside, as its partner, and judged by what it signs.

A node answers by its messages: they must be in order, addressed to us and signed; and by its receipts, in which it
signs what it has heard of us. After everything that is asked a true message follows, and the node's next receipt must
be for exactly what we sent: all that it had to take, and nothing that it had to refuse.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import msgspec

from vedette.doors.node.conformance_cases import CASES, PASSES_OVER, REFUSES, TAKES, Asking, Case, Key
from vedette.sharing.link import LinkReceiver, LinkSender, Receipt, Sealed
from vedette.sharing.link.message import read_header, take_apart
from vedette.sharing.link.peaks import peaks_after
from vedette.sharing.link.state import LaneSent
from vedette.sharing.link.troubles import KEPT, Trouble

ANSWERS = "answers"
_HARMLESS = frozenset({Trouble.NEW_KEY, Trouble.NOT_ALL_READ})


class Wire(Protocol):
    """The way to the node and back."""

    def send(self, lane: str, data: bytes) -> None:
        """Bytes to the node, by a lane."""
        ...

    def hear(self, wait_s: float) -> list[tuple[str, bytes, bool]]:
        """What the node has said since: lane, bytes, and whether its broker brought it before."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one thing asked."""

    name: str
    rule: str  # what the node must do: answers, takes, refuses, passes over
    is_kept: bool
    text: str = ""  # what it did instead
    took_s: float = 0.0


class Examiner:
    """Asks one node, one thing after another."""

    def __init__(
        self, sender: LinkSender, receiver: LinkReceiver, wire: Wire, stranger: Key, now: Callable[[], int],
        patience_s: float = 20.0, kept: Callable[[Sealed], None] = lambda sealed: None,
    ) -> None:  # fmt: skip
        self.sender, self.receiver, self.wire, self.stranger, self._now = sender, receiver, wire, stranger, now
        self.patience_s, self._keep = patience_s, kept
        self.receipts: dict[str, Receipt] = {}
        self.heard_count = 0
        self._troubles: list[str] = []
        self._last: dict[str, bytes] = {}
        self._forked: dict[str, str] = {}  # lanes of which the node now signs another history, for good

    def examine(self, cases: tuple[Case, ...] = CASES) -> Iterator[Verdict]:
        """A verdict for each case, as it is known; the last is on all that the node itself has said."""
        alive = self._timed(ANSWERS, "a sign of life", self._wait_for_life)
        yield alive
        if not alive.is_kept:
            return
        for case in cases:
            yield self._timed(case.rule, case.name, lambda case=case: self._ask(case))  # type: ignore[misc]
        yield self._timed(TAKES, "messages out of order", self._ask_out_of_order)
        trouble = "; ".join(dict.fromkeys(self._troubles))
        yield Verdict("every message of its own keeps the rules", ANSWERS, not trouble, trouble)

    def _timed(self, rule: str, name: str, work: Callable[[], str]) -> Verdict:
        begin_s = time.monotonic()
        text = work()
        return Verdict(name, rule, not text, text, round(time.monotonic() - begin_s, 3))

    def _wait_for_life(self) -> str:
        before = self.heard_count
        self._wait(lambda: self.heard_count > before)
        return "" if self.heard_count > before else f"nothing believable came in {self.patience_s:g} s"

    def _ask(self, case: Case) -> str:
        if case.lane in self._forked:
            return f"not judged: since what went wrong above it {self._forked[case.lane]}"
        if case.rule != TAKES and case.lane not in self._last:
            self._say(case.lane)
        asking = Asking(
            self.sender.state, self.sender.key, self.stranger, self._now(), case.lane, self._last.get(case.lane, b"")
        )
        data = case.make(asking)
        if case.rule == TAKES:
            return self._given(case.lane, data)
        self.wire.send(case.by_lane or case.lane, data)
        self._say(case.lane)  # the true one, under the number that the other claimed
        text = self._until_receipt(case.lane)
        if text and case.rule == REFUSES:
            return f"it was not refused, or what came after it was: {text}"
        return text and (f"it was counted: {text}" if case.rule == PASSES_OVER else text)

    def _given(self, lane: str, data: bytes) -> str:
        """A message of the case's own making takes the place of the one that comes next."""
        self._advance(lane, data)
        self.wire.send(lane, data)
        return self._until_receipt(lane)

    def _ask_out_of_order(self) -> str:
        first, second = (self._sealed("track") for _ in range(2))
        for data in (second, first):
            self.wire.send("track", data)
        return self._until_receipt("track")

    def _say(self, lane: str) -> None:
        self.wire.send(lane, self._sealed(lane))

    def _sealed(self, lane: str) -> bytes:
        sealed = self.sender.seal(lane, (), self._now(), self.receiver.receipts())
        self._keep(sealed)
        self._last[lane] = sealed.data
        return sealed.data

    def _advance(self, lane: str, data: bytes) -> None:
        """Our own count and tree go on by a message that was not made by the sender."""
        message = take_apart(data)
        state, leaf = self.sender.state, message.leaf
        sent = state.lanes.get(lane, LaneSent())
        after = LaneSent(count=sent.count + 1, peaks=peaks_after(sent.peaks, sent.count, leaf))
        self.sender.state = msgspec.structs.replace(state, lanes={**state.lanes, lane: after})
        self._keep(Sealed(lane, after.count, message.digest, leaf, data, self.sender.state))
        self._last[lane] = data

    def _until_receipt(self, lane: str) -> str:
        """Wait until the node signs that it has heard all of a lane; what it signs instead, or says nothing of."""
        wanted = self.sender.state.lanes[lane].count

        def is_there() -> bool:
            return lane in self.receipts and self.receipts[lane].count >= wanted

        self._wait(is_there)
        receipt = self.receipts.get(lane)
        if receipt is None:
            return f"no receipt for lane {lane} in {self.patience_s:g} s"
        if receipt.count < wanted:
            return f"its receipt for lane {lane} stays at number {receipt.count}, and {wanted} were sent"
        if receipt.missing:
            return f"its receipt for lane {lane} has holes: {receipt.missing}"
        text = self.sender.noted({lane: receipt})
        if text:
            self._forked[lane] = text
        return text

    def _wait(self, is_done: Callable[[], bool]) -> None:
        end_s = time.monotonic() + self.patience_s
        while True:
            for lane, data, is_again in self.wire.hear(0.05):
                self._hear(lane, data, is_again)
            if is_done() or time.monotonic() > end_s:
                return

    def _hear(self, lane: str, data: bytes, is_again: bool) -> None:
        heard = self.receiver.hear(data, self._now(), lane, is_again)
        trouble = heard.trouble
        if trouble and Trouble(trouble) not in _HARMLESS:
            kept = "" if Trouble(trouble) in KEPT else "is not to be believed: "
            self._troubles.append(f"a message of its own {kept}{trouble}")
        if heard.report is None or heard.message is None:
            return
        self.heard_count += 1
        for name, receipt in read_header(take_apart(data)).heard.items():
            self.receipts[name] = receipt
            sent = self.sender.state.lanes.get(name)
            if sent is None or receipt.count > sent.count:
                self._troubles.append(f"a receipt for lane {name} counts {receipt.count}, more than was ever sent")
