"""The way out to one partner: what the policy grants, sealed, kept, and only then handed to the broker.

What is sealed and the state it leaves behind are kept in one transaction, so that a node killed at any instant neither
uses a number twice nor leaves one out. The broker takes messages of a lane one at a time, and says that it has each on
its disk; until then it stays in the outbox and is offered again, known by its digest.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.core.errors import BadInputError, NotFoundError, RefusedError, VedetteError
from vedette.doors.key_files import read_secret, write_secret
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.own_keys import Signer, waiting_again
from vedette.doors.node.peer_file import Peer, Region
from vedette.doors.node.store import NodeStore, StoreWriting, ToPost
from vedette.reports import Mode, Shared, SharedEvent
from vedette.sharing.link import Receipt, Sealed, SenderState, decode_state, encode_state, link_id
from vedette.sharing.release import (
    Kind,
    Outgoing,
    ReleaseArea,
    Releaser,
    ReleaserState,
    nothing_released,
    parse_policy,
    state_of,
)

SENDER = "sender"
MOST_THINGS = 400  # in one message: far below what a message may hold
SIGN_OF_LIFE_S = 5.0


@dataclass(frozen=True, slots=True)
class Fresh:
    """A message as it stands in the outbox."""

    number: int
    lane: str
    digest: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What one round put in the outbox."""

    rows: tuple[Fresh, ...] = ()
    is_urgent: bool = False
    is_signed_again: bool = False  # what waits has other bytes now

    @property
    def count(self) -> int:
        """How many messages."""
        return len(self.rows)


NOTHING = Posted()
_Part = tuple[Sealed, tuple[Shared, ...], str]


class LinkOut:
    """Releases, seals and keeps; used from one thread at a time."""

    def __init__(
        self, folder: NodeFolder, settings: NodeSettings, peer: Peer, mode: Mode, store: NodeStore, session: str = ""
    ) -> None:
        self.folder, self.settings, self.peer, self.mode, self.store = folder, settings, peer, mode, store
        self.trouble = ""
        self.fates: dict[str, str] = {}  # of words, by name: "told", or why they were withheld
        fresh = SenderState(
            owner=settings.owner, node=settings.node, to=peer.owner, to_node=peer.node, mode=mode, session=session
        )
        self._name = link_id(fresh)
        kept = store.state(self._name, SENDER)
        state = fresh if kept is None else decode_state(kept, SenderState)
        self._signer = Signer(folder.keys)
        self.sender = self._signer.sender(state)
        self._signed_by = ""
        self._policy_mark: tuple[int, int] | None = None
        self._releaser = self._new_releaser(_no_policy(peer))
        self._t_said_tai_ns = 0

    def heed(self, peer: Peer) -> None:
        """Take the partner's file and the policy as they are now."""
        self.peer = peer
        self._read_policy()
        self._suspend(self._releaser)

    @property
    def wants_looks(self) -> bool:
        """Whether measurements may be told."""
        return bool(self._releaser.policy.grants_of(Kind.LOOK))

    def release(
        self, offers: Iterable[Shared], once: Sequence[Shared], t_tai_ns: int, receipts: dict[str, Receipt]
    ) -> Posted:
        """One round, tracks and all; what it told is on the disk when this returns. NotRecordedError when it cannot be.

        `offers` are all there is, each time; `once` is what is said once.
        """
        given = tuple(offers)
        posted = self.release_quick(given, once, t_tai_ns, receipts)
        rows, has_more = posted.rows, self.begin_tracks(given, t_tai_ns)
        while has_more:
            some, has_more = self.release_some_tracks(t_tai_ns, receipts)
            rows = (*rows, *some.rows)
        return Posted(rows, posted.is_urgent, posted.is_signed_again)

    def release_quick(
        self, offers: Iterable[Shared], once: Sequence[Shared], t_tai_ns: int, receipts: dict[str, Receipt]
    ) -> Posted:
        """All but tracks: warnings, words, what is said once."""
        if self.peer.is_suspended or not (once or self._releaser.is_quick_due(t_tai_ns)):
            return NOTHING

        def work() -> tuple[list[_Part], bool]:
            sealed: list[_Part] = [(one, (), "of our own keys") for one in self._signer.due(self.sender, t_tai_ns)]
            is_again = self._sign_waiting_again()
            if not self.sender.is_closed:  # else it has said its last word
                outgoing = self._releaser.release_quick((*offers, *once), t_tai_ns)
                sealed += self._sealed(outgoing, t_tai_ns, receipts)
            if not sealed and t_tai_ns - self._t_said_tai_ns > SIGN_OF_LIFE_S * 1e9:
                sealed = [(self.sender.seal("warn", (), t_tai_ns, receipts), (), "")]
            return sealed, is_again

        posted = self._whole(work, t_tai_ns)
        if self.sender.is_closed and posted.count:
            raise RefusedError(f"{self.sender.key.key_id} was taken back, and no other key was made yet")
        return posted

    def are_tracks_due(self, t_tai_ns: int) -> bool:
        """Whether an instant has come at which tracks are told."""
        return not self.peer.is_suspended and self._releaser.are_tracks_due(t_tai_ns)

    def begin_tracks(self, offers: Iterable[Shared], t_tai_ns: int) -> bool:
        """Whether there are tracks to be told now: `release_some_tracks` until there are no more."""
        if self.peer.is_suspended or self.sender.is_closed:
            return False
        return self._releaser.begin_tracks(offers, t_tai_ns)

    def release_some_tracks(self, t_tai_ns: int, receipts: dict[str, Receipt]) -> tuple[Posted, bool]:
        """The next message of tracks, and whether there are more."""
        has_more = False

        def work() -> tuple[list[_Part], bool]:
            nonlocal has_more
            if self.peer.is_suspended or self.sender.is_closed:
                return [], False
            one = self._releaser.next_tracks(MOST_THINGS)
            has_more = one is not None
            return ([] if one is None else self._sealed((one,), t_tai_ns, receipts)), False

        return self._whole(work, t_tai_ns), has_more

    def _whole(self, work: Callable[[], tuple[list[_Part], bool]], t_tai_ns: int) -> Posted:
        """Seal and keep, or be as before."""
        before, mark = self.sender.state, self._releaser.mark()
        try:
            sealed, is_again = work()
            if not sealed:
                if self._releaser.has_taken:  # what waits out a delay must outlive us
                    self._keep_state()
                return Posted((), False, is_again) if is_again else NOTHING
            is_urgent = any(one.lane == "warn" and content for one, content, _ in sealed)
            rows = self._keep(sealed, t_tai_ns, is_urgent)
        except BaseException:
            self._begin_again(before)
            self._releaser.go_back(mark)
            raise
        self._releaser.kept()
        self._t_said_tai_ns = t_tai_ns
        return Posted(rows, is_urgent, is_again)

    def _begin_again(self, state: SenderState) -> None:
        """Forget what was sealed and not kept, with what rests on it: a change of keys that waits for its receipt."""
        self.sender.state = state
        self._signer = Signer(self.folder.keys)
        with contextlib.suppress(NotFoundError):  # no key just now: the sender stays closed
            self.sender = self._signer.sender(state)

    def _sign_waiting_again(self) -> bool:
        """What has not left yet under a key that was taken back leaves under the new one; its digest stays."""
        if self.sender.key.key_id == self._signed_by:
            return False
        self._signed_by = self.sender.key.key_id
        waiting = [(one.number, one.message) for one in self.store.pending(self.peer.name, limit=100_000)]
        again = waiting_again(self.folder.keys, self.sender, waiting)

        def work(writing: StoreWriting) -> None:
            for number, data in again:
                writing.sign_again(number, data)

        if again:
            self.store.write(work)
        return bool(again)

    def _sealed(
        self, outgoing: tuple[Outgoing, ...], t_tai_ns: int, receipts: dict[str, Receipt]
    ) -> list[tuple[Sealed, tuple[Shared, ...], str]]:
        out: list[_Part] = []
        for one in outgoing:
            if one.lane == "words":
                self.fates |= {row.name: "told" if row.is_released else f"withheld: {row.why}" for row in one.log}
            if not one.content and not (one.lane == "track" and self._releaser.policy.grants_of(Kind.TRACK)):
                continue  # only the account of what was withheld
            if one.lane == "warn":  # signed one by one, each with its own account; the first has that of the withheld
                rows = {row.told_as: row for row in one.log if row.is_released}
                others = [row for row in one.log if not row.is_released]
                for i, event in enumerate(one.content):
                    log = [rows[name]] if (name := getattr(event, "event_id", "")) in rows else []
                    note = msgspec.json.encode(log + others if i == 0 else log).decode()
                    sealed = self.sender.seal(one.lane, (event,), t_tai_ns, receipts, one.pad_bytes)
                    out.append((sealed, (event,), note))
                continue
            note = "" if one.lane == "track" else msgspec.json.encode(one.log).decode()
            for at in range(0, max(len(one.content), 1), MOST_THINGS):
                part = one.content[at : at + MOST_THINGS]
                out.append((self.sender.seal(one.lane, part, t_tai_ns, receipts, one.pad_bytes), part, note))
        return out

    def _keep(self, sealed: list[_Part], t_tai_ns: int, is_urgent: bool) -> tuple[Fresh, ...]:
        owner = self.settings.owner
        rows = [
            ToPost(
                link=self.peer.name, lane=one.lane, sequence=one.sequence, digest=one.digest, message=one.data,
                t_tai_ns=t_tai_ns, note=note,
                event_ids=tuple(f"{owner}/{e.event_id}" for e in content if isinstance(e, SharedEvent)),
            )
            for one, content, note in sealed
        ]  # fmt: skip
        state, told = encode_state(sealed[-1][0].state), self._releaser.unkept()
        leaves: dict[str, list[bytes]] = {}
        for one, _, _ in sealed:
            leaves.setdefault(one.lane, []).append(one.leaf)

        def work(writing: StoreWriting) -> list[int]:
            numbers = writing.post(rows)
            for lane, some in leaves.items():
                writing.add_leaves(f"{self._name} {lane}", some)
            writing.keep_state(self._name, SENDER, state)
            writing.keep_documents(f"releaser {self._name}", told)
            return numbers

        numbers = self.store.write(work, is_urgent=is_urgent)
        return tuple(Fresh(n, row.lane, row.digest, row.message) for n, row in zip(numbers, rows, strict=True))

    def _keep_state(self) -> None:
        told = self._releaser.unkept()

        def work(writing: StoreWriting) -> None:
            writing.keep_documents(f"releaser {self._name}", told)

        self.store.write(work)
        self._releaser.kept()

    def _read_policy(self) -> None:
        path = self.folder.release / f"{self.peer.name}.toml"
        mark = _mark_of(path)
        if mark == self._policy_mark:
            return
        self._policy_mark = mark
        self.trouble = ""
        policy = _no_policy(self.peer)
        if mark is not None:
            try:
                text = path.read_text("utf-8")
                if any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
                    found = parse_policy(text, str(path))
                    if found.peer not in (self.peer.name, self.peer.owner):
                        raise BadInputError(f"it is for {found.peer!r}", str(path), f"write peer = {self.peer.name!r}")
                    policy = found
            except (VedetteError, OSError, UnicodeDecodeError) as trouble:  # what nobody can read grants nothing
                self.trouble = f"nothing is released: {trouble}"
        self._releaser = self._new_releaser(policy, self._releaser.state())
        self._releaser.all_unkept()  # what the one before had not kept yet is kept by this one

    def _new_releaser(self, policy: Any, state: ReleaserState | None = None) -> Releaser:
        is_old = False
        if state is None:
            pieces = self.store.documents(f"releaser {self._name}")
            state = state_of(pieces)
            whole = self.store.document("releaser", self._name)  # in one piece, as it was kept once
            if is_old := whole is not None and not pieces:
                state = msgspec.msgpack.decode(whole, type=ReleaserState)
        made = Releaser(
            policy, owner=self.settings.owner, mode=self.mode, secret=release_secret(self.folder), state=state
        )
        if is_old:
            made.all_unkept()
        self._suspend(made)
        return made

    def _suspend(self, releaser: Releaser) -> None:
        areas = tuple(_area(one) for one in self.peer.suspended_regions)
        releaser.suspend(self.peer.is_suspended or bool(areas), areas)


def release_secret(folder: NodeFolder) -> bytes:
    """The secret that rounding and numbers rest on, made at its first use."""
    path = folder.path / "keys" / "release.secret"
    if not path.is_file():
        with contextlib.suppress(FileExistsError):
            write_secret(path, os.urandom(32).hex() + "\n")
    return bytes.fromhex(read_secret(path).strip())


def _no_policy(peer: Peer) -> Any:
    return nothing_released(peer.name)


def _area(region: Region) -> ReleaseArea:
    """The region as a polygon; across 180 degrees its longitudes go on."""
    west, east = region.west, region.east if region.west <= region.east else region.east + 360.0
    count = max(2, int((east - west) // 5) + 2)  # parallels are no great circles
    lons = np.linspace(west, east, count)
    corners = [(region.south, lon) for lon in lons] + [(region.north, lon) for lon in lons[::-1]]
    name = hashlib.sha256(repr(region).encode()).hexdigest()[:8]
    return ReleaseArea(name=f"suspended-{name}", corners_rad=np.radians(np.array(corners)))


def _mark_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
