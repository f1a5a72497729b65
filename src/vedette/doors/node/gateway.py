"""The gateway of a node: a thread beside the watch that tells partners what may be told and hears what they say.

The watch hands it offers and takes what came, and waits for it at no time. Whatever breaks here (a broker, a link, a
disk, a partner) is told in the node's status and to the watch as news of the link, and never keeps the watch.
"""

import asyncio
import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec

from vedette.core.errors import VedetteError
from vedette.doors.node.exercise_file import exercise_of
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.link_broker import GIVE_WAY_S, BrokerLink
from vedette.doors.node.link_draw import Drawn
from vedette.doors.node.link_in import Came, LinkIn
from vedette.doors.node.link_out import LinkOut
from vedette.doors.node.link_status import write_status
from vedette.doors.node.peer_file import Peer, peers_of
from vedette.doors.node.store import NodeStore, NotRecordedError, StoreWriting
from vedette.doors.node.words import to_say, was_told
from vedette.reports import LinkState, Mode, Shared

SWITCH_S = 0.001  # between threads of this process
ROUND_S = 0.05  # between two looks at what may be released
HEED_S = 0.5  # between two looks at the partners' files
DOWN_S = 3.0  # without a sign from the partner's broker
MOST_WAITING = 5_000  # events that the watch has not taken: until then nothing more is drawn


class Link:
    """One partner: out, in, and its place at the broker."""

    def __init__(self, peer: Peer, out: LinkOut, way_in: LinkIn, broker: BrokerLink) -> None:
        self.peer, self.out, self.way_in, self.broker = peer, out, way_in, broker
        self.state = LinkState.DOWN
        self.is_told = False
        self.t_began_s = time.monotonic()
        self.once: deque[Shared] = deque()  # looks, notices, words: said once
        self.letters: deque[str] = deque()  # of `once`, those that a desk said: their keys in the store, else ""
        self.lock = asyncio.Lock()
        self.task: asyncio.Task[None] | None = None
        self.telling: asyncio.Task[None] | None = None  # of tracks
        self.t_rests_s = 0.0  # after trouble
        self.not_recorded = False


class Gateway:
    """Runs in a thread of its own from `start` to `stop`."""

    def __init__(
        self, folder: NodeFolder, settings: NodeSettings, store: NodeStore, mode: Mode, now: Callable[[], int | None]
    ) -> None:
        self.folder, self.settings, self.store, self.mode, self._now = folder, settings, store, mode, now
        self.links: dict[str, Link] = {}
        self.trouble = ""
        self._offers: tuple[Shared, ...] = ()
        self._came: deque[Came] = deque()
        self._once: deque[tuple[str, Shared]] = deque()
        self._journaled: deque[tuple[str, dict[int, int]]] = deque()
        self._is_warm = False
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)

    # ---- for the watch, from its own thread

    def start(self) -> None:
        """Begin."""
        # a thread that judges tracks gives way to one that has a warning in hand sooner than Python would have it
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_S))
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End; what is in the store stays there."""
        self._is_stopping.set()
        self._thread.join(timeout_s)

    def offer(self, offers: tuple[Shared, ...]) -> None:
        """What could be told now, all of it; the newest takes the place of the one before."""
        self._offers = offers

    def say(self, one: Shared, peer: str = "") -> None:
        """Something said once: a look, a notice, words of a desk; to one partner, or to whoever may have it."""
        self._once.append((peer, one))

    def taken(self) -> list[Came]:
        """What came since the last call, in order."""
        came = []
        with contextlib.suppress(IndexError):
            while True:
                came.append(self._came.popleft())
        return came

    def journaled(self, journal: str, entries: dict[int, int]) -> None:
        """These inbox numbers stand durably in the journal, as these entries."""
        if entries:
            self._journaled.append((journal, entries))

    @property
    def has_partners(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self.links)

    @property
    def wants_looks(self) -> bool:
        """Whether any partner may have measurements."""
        return any(link.out.wants_looks for link in tuple(self.links.values()))

    # ---- the thread

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        for one in self.store.waiting(limit=1_000_000):
            self._came.append(_came_again(one))
        await self._heed()
        works = (self._look_after(), self._keep_inbox(), self._warm_up())
        beside = [asyncio.create_task(work) for work in works]
        try:
            while not self._is_stopping.is_set():
                now = self._now()
                if now is not None:
                    self._share_once()
                    offers = self._offers
                    await asyncio.gather(*(self._release(link, offers, now) for link in tuple(self.links.values())))
                await asyncio.sleep(ROUND_S)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            for link in self.links.values():
                await self._end(link)

    async def _look_after(self) -> None:
        """What is no matter of moments: files, letters, states of links, our own status."""
        while True:
            with contextlib.suppress(VedetteError, OSError):
                await self._heed()
                await self._take_letters()
                await self._tell_states()
                await asyncio.to_thread(write_status, self)
            await asyncio.sleep(HEED_S)

    async def _warm_up(self) -> None:
        """Tracks are told when what judges them is ready; warnings do not wait for that."""
        from vedette.sharing.release import warm_up

        with contextlib.suppress(Exception):
            await asyncio.to_thread(warm_up)
        self._is_warm = True

    async def _keep_inbox(self) -> None:
        while True:
            await self._keep_journaled()
            await asyncio.sleep(ROUND_S)

    async def _heed(self) -> None:
        """The partners' files as they are now: links begun, ended, changed."""
        try:
            peers = {peer.name: peer for peer in await asyncio.to_thread(peers_of, self.folder)}
        except (VedetteError, OSError) as trouble:
            self.trouble = str(trouble)
            return
        self.trouble = ""
        for name in [name for name in self.links if name not in peers]:
            await self._end(self.links.pop(name))
        for name, peer in peers.items():
            link = self.links.get(name)
            try:
                if link is None:
                    link = self.links[name] = await asyncio.to_thread(self._open, peer)
                was_suspended = link.peer.is_suspended
                link.peer = link.broker.peer = peer
                async with link.lock:
                    await asyncio.to_thread(link.out.heed, peer)
            except (VedetteError, OSError) as trouble:
                self.trouble = f"{name}: {trouble}"
                continue
            if peer.is_suspended and link.task is not None:
                await self._end(link)
            elif not peer.is_suspended and link.task is None:
                link.task = asyncio.create_task(link.broker.run(), name=f"link {name}")
            if was_suspended and not peer.is_suspended:
                link.is_told = False

    def _open(self, peer: Peer) -> Link:
        session = exercise_of(self.folder, self.mode)
        way_in = LinkIn(self.folder, self.settings, peer, self.mode, self.store, session)
        out = LinkOut(
            self.folder, self.settings, peer, self.mode, self.store, "" if session is None else session.session
        )

        async def take(lane: str, drawn: list[Drawn]) -> bool:
            return await self._take(link, lane, drawn)

        link = Link(peer, out, way_in, BrokerLink(self.folder, self.settings, peer, self.store, take))
        return link

    async def _end(self, link: Link) -> None:
        for task in (link.task, link.telling):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        link.task = link.telling = None

    async def _release(self, link: Link, offers: tuple[Shared, ...], now: int) -> None:
        """One round for one partner: warnings and words at once, tracks some at a time beside what follows."""
        if link.peer.is_suspended or time.monotonic() < link.t_rests_s:
            return
        once = list(link.once)

        async def work() -> None:
            posted = await asyncio.to_thread(
                link.out.release_quick, offers, once, now, link.way_in.receiver.receipts()
            )
            keys = [key for key in list(link.letters)[: len(once)] if key]
            if keys or link.out.fates:
                await asyncio.to_thread(self._letters_told, link, keys)
            link.broker.posted(posted)
            link.not_recorded = False

        if not await self._guarded(link, work):
            return
        for _ in once:
            link.once.popleft()
            link.letters.popleft()
        if self._is_warm and (link.telling is None or link.telling.done()):
            link.telling = asyncio.create_task(self._tell_tracks(link, offers, now), name=f"tracks {link.peer.name}")

    async def _tell_tracks(self, link: Link, offers: tuple[Shared, ...], now: int) -> None:
        """All tracks, a message at a time: between two of them whatever is more urgent has its turn."""
        if not link.out.are_tracks_due(now):
            return
        has_more, t_patient_s = False, time.monotonic() + GIVE_WAY_S

        async def begin() -> None:
            nonlocal has_more
            has_more = await asyncio.to_thread(link.out.begin_tracks, offers, now)

        async def some() -> None:
            nonlocal has_more, t_patient_s
            if link.broker.has_warnings and time.monotonic() < t_patient_s:  # sealed while this waited for its turn
                return
            has_more = False
            posted, has_more = await asyncio.to_thread(
                link.out.release_some_tracks, self._now() or now, link.way_in.receiver.receipts()
            )
            link.broker.posted(posted)
            t_patient_s = time.monotonic() + GIVE_WAY_S

        await self._guarded(link, begin)
        while has_more:
            await link.broker.let_warnings_pass(t_patient_s)
            await self._guarded(link, some)

    async def _guarded(self, link: Link, work: Callable[[], Awaitable[None]]) -> bool:
        """Do it alone; a full disk keeps everything where it is, and is said. False when it could not be done."""
        try:
            async with link.lock:
                await work()
        except NotRecordedError:
            link.not_recorded = True
        except Exception as trouble:  # one partner's policy or key never stops the others
            link.out.trouble = f"nothing is released: {' '.join(str(trouble).split()) or type(trouble).__name__}"[:300]
        else:
            return True
        link.t_rests_s = time.monotonic() + 1.0
        return False

    async def _take(self, link: Link, lane: str, drawn: list[Drawn]) -> bool:
        """Hear what came by a lane; True when it is safe and may be answered."""
        now = self._now()
        if now is None or len(self._came) > MOST_WAITING:
            return False
        try:
            async with link.lock:
                came = await asyncio.to_thread(
                    link.way_in.hear, lane, [(one.data, one.is_again) for one in drawn], now, link.out.sender.noted
                )
        except NotRecordedError:
            link.not_recorded = True
            return False
        except Exception as trouble:
            link.way_in.trouble = " ".join(str(trouble).split())[:300] or type(trouble).__name__
            return False
        self._hand_on(came)
        return True

    def _hand_on(self, came: Iterable[Came]) -> None:
        self._came.extend(came)

    async def _tell_states(self) -> None:
        """Links that came up or fell silent, to the watch."""
        now = self._now()
        if now is None:
            return
        for link in tuple(self.links.values()):
            age_s = time.monotonic() - link.broker.t_heard_s
            if link.peer.is_suspended:
                state, words = LinkState.SUSPENDED, f"the link to {link.peer.name} is suspended by people here"
            elif age_s < DOWN_S:
                state, words = LinkState.UP, f"the link to {link.peer.name} is up"
            else:
                state, words = LinkState.DOWN, f"the link to {link.peer.name} is down"
            if state is link.state and link.is_told:
                continue
            if state is LinkState.DOWN and not link.is_told and time.monotonic() - link.t_began_s < 2 * DOWN_S:
                continue  # it may still come up
            try:
                async with link.lock:
                    self._hand_on(await asyncio.to_thread(link.way_in.say, state, words, now))
            except Exception:
                continue  # a full disk: told when there is room
            link.state, link.is_told = state, True

    async def _keep_journaled(self) -> None:
        while self._journaled:
            journal, entries = self._journaled[0]

            def work(writing: StoreWriting, journal: str = journal, entries: dict[int, int] = entries) -> None:
                writing.journaled(journal, entries)

            try:
                await asyncio.to_thread(self.store.write, work)
            except Exception:
                return  # kept, and tried again
            self._journaled.popleft()

    def _share_once(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                name, one = self._once.popleft()
                for link in self.links.values():
                    if not name or link.peer.name == name:
                        link.once.append(one)
                        link.letters.append("")

    async def _take_letters(self) -> None:
        """What our desks have said since, each to its partner; it leaves the store when it has been released."""
        try:
            found = await asyncio.to_thread(to_say, self.store)
        except Exception:
            return  # no store to read: tried again
        for key, letter in found:
            link = self.links.get(letter.peer)
            if link is not None and key not in link.letters:
                link.once.append(letter.content)
                link.letters.append(key)

    def _letters_told(self, link: Link, keys: list[str]) -> None:
        """What became of what our desks said, for them to read."""
        fates, link.out.fates = link.out.fates, {}
        if keys or fates:
            self.store.write(lambda writing: was_told(writing, keys, fates, link.peer.name))


def _came_again(kept: Any) -> Came:
    """Out of the inbox, what the journal does not have yet."""
    from vedette.doors.node.store import REPORT
    from vedette.reports import PartnerNews, PartnerReport

    if kept.kind == REPORT:
        return Came(kept.number, msgspec.msgpack.decode(kept.event, type=PartnerReport))
    return Came(kept.number, msgspec.msgpack.decode(kept.event, type=PartnerNews))
