"""The way in from one partner: held against its keys and its numbers, kept, and only then answered and handed on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.node.service_names import apart, teller_of
from vedette.doors.node.store import NEWS, REPORT, NodeStore, Received, StoreWriting
from vedette.doors.node.words import keep_heard
from vedette.formats import encode_record
from vedette.reports import LinkState, Mode, PartnerNews, PartnerReport, SharedEvent
from vedette.sharing.link import (
    ExerciseSession,
    Heard,
    LinkReceiver,
    ReceiverState,
    decode_state,
    encode_state,
    link_id,
)
from vedette.sharing.link.troubles import Trouble

RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Came:
    """An event for the watch, by its number in the inbox."""

    number: int
    event: PartnerReport | PartnerNews


class LinkIn:
    """Hears, keeps, hands on; used from one thread at a time."""

    def __init__(
        self, folder: NodeFolder, settings: NodeSettings, peer: Peer, mode: Mode, store: NodeStore,
        session: ExerciseSession | None = None,
    ) -> None:  # fmt: skip
        self.peer, self.store = peer, store
        self._teller = teller_of(peer, settings.owner)
        named = "" if session is None else session.session
        fresh = ReceiverState(
            owner=peer.owner, node=peer.node, to=settings.owner, to_node=settings.node, mode=mode, session=named,
            link=peer.name,
        )
        self._name = link_id(fresh)
        self._keys = PeerKeys(folder, peer.name)
        kept = store.state(self._name, RECEIVER)
        state = fresh if kept is None else decode_state(kept, ReceiverState)
        self.receiver = LinkReceiver(state, self._keys.book(), session)
        self.heard_count: dict[str, int] = {name: one.newest for name, one in state.lanes.items()}
        self.trouble = ""

    def hear(
        self, lane: str, messages: list[tuple[bytes, bool]], t_tai_ns: int, noted: Callable[[Any], str]
    ) -> list[Came]:
        """What some messages say, kept; NotRecordedError, and nothing taken, when it cannot be kept.

        `messages` are bytes and whether the partner's broker brings them again; `noted` holds the partner's receipts
        against what we sent, and gives a sentence when they differ.
        """
        before = self.receiver.state
        rows: list[tuple[Received, PartnerReport | PartnerNews]] = []
        leaves: list[bytes] = []
        try:
            self.receiver.keys = self._keys.book()
            for data, is_again in messages:
                heard = self.receiver.hear(data, t_tai_ns, lane, is_again)
                rows += self._rows(lane, data, heard, t_tai_ns, noted)
                if heard.message is not None and heard.report is not None:
                    leaves.append(heard.message.leaf)
            return self._keep(lane, rows, leaves)
        except BaseException:
            self.receiver.state = before
            raise

    def say(self, state: LinkState, words: str, t_tai_ns: int) -> list[Came]:
        """News of the link itself, by our own gateway."""
        news = PartnerNews(
            owner=self._teller, link=self.peer.name, t_received_tai_ns=t_tai_ns, state=state, text=words
        )
        return self._keep("", [(self._news_row(news, ""), news)], [])

    def _rows(
        self, lane: str, data: bytes, heard: Heard, t_tai_ns: int, noted: Callable[[Any], str]
    ) -> list[tuple[Received, PartnerReport | PartnerNews]]:
        rows: list[tuple[Received, PartnerReport | PartnerNews]] = []
        if heard.keys is not None:
            self._keys.keep(heard.keys)
            self.receiver.keys = self._keys.book()
        if heard.trouble:
            self.trouble = f"{heard.trouble}: {heard.news[-1].text}" if heard.news else heard.trouble
        news = list(heard.news)
        if heard.receipts and (text := noted(heard.receipts)):
            news += self.receiver.tell(Trouble.OTHER_RECEIPT, text, t_tai_ns)
        news = [apart(one, self.peer.owner, self._teller) for one in news]
        rows += [(self._news_row(one, lane), one) for one in news]
        report = None if heard.report is None else apart(heard.report, self.peer.owner, self._teller)
        if report is not None:
            self.heard_count[lane] = max(self.heard_count.get(lane, 0), report.sequence)
            owner = self.peer.owner
            events = tuple(f"{owner}/{e.event_id}" for e in report.content if isinstance(e, SharedEvent))
            row = Received(
                link=self.peer.name, lane=lane, sequence=report.sequence, kind=REPORT, digest=report.digest,
                message=data, event=encode_record(report)[1], t_tai_ns=t_tai_ns, event_ids=events,
            )  # fmt: skip
            rows.append((row, report))
        return rows

    def _news_row(self, news: PartnerNews, lane: str) -> Received:
        return Received(
            link=self.peer.name, lane=lane, sequence=news.sequence, kind=NEWS, digest=news.digest,
            event=encode_record(news)[1], t_tai_ns=news.t_received_tai_ns, note=news.text,
        )  # fmt: skip

    def _keep(
        self, lane: str, rows: list[tuple[Received, PartnerReport | PartnerNews]], leaves: list[bytes]
    ) -> list[Came]:
        state = encode_state(self.receiver.state)

        def work(writing: StoreWriting) -> list[Came]:
            numbers = writing.receive_all([row for row, _ in rows])
            kept = [(number, event) for number, (_, event) in zip(numbers, rows, strict=True)]
            for number, event in kept:
                if number is not None and isinstance(event, PartnerReport):
                    keep_heard(writing, self.peer.name, event)
            if leaves:
                writing.add_leaves(f"{self._name} {lane}", leaves)
            writing.keep_state(self._name, RECEIVER, state)
            return [Came(number, event) for number, event in kept if number is not None]

        return self.store.write(work, is_urgent=lane == "warn")
