"""What a peer may have at an instant, what it was told before, and what of that is not on the disk yet."""

from collections.abc import Sequence
from dataclasses import replace

from vedette.reports import Mode
from vedette.sharing.release.policy import CADENCE_S, Grant, Kind, ReleaseArea, ReleasePolicy
from vedette.sharing.release.secrets import Secret
from vedette.sharing.release.told import ReleaseRow, ReleaserState, document_of, keys_of
from vedette.sharing.release.track_pass import TrackPass


class Granting:
    """The policy of one peer over time: suspended or not, when each class is due, and the state to go on from."""

    def __init__(
        self, policy: ReleasePolicy, *, owner: str, mode: Mode, secret: bytes, state: ReleaserState | None = None
    ) -> None:
        self.policy, self.owner, self.mode = policy, owner, mode
        self._secret = Secret(secret)
        self._state = state if state is not None else ReleaserState()
        self._unkept: set[str] = set()  # pieces of the state that have changed
        self.has_taken = False  # something that waits and that nobody will offer again as it was
        self._pass: TrackPass | None = None
        self._t_last_pass_tai_ns: int | None = None  # before the pass that is under way
        self._epoch = 0  # of what is granted: grows with every suspension
        self._suspended: tuple[ReleaseArea, ...] = ()
        self._is_suspended = False

    def state(self) -> ReleaserState:
        """What must be kept over a restart."""
        return self._state

    def unkept(self) -> dict[str, bytes | None]:
        """The pieces of the state that have changed since `kept`, by key; None for one to be taken away."""
        return {key: document_of(self._state, key) for key in sorted(self._unkept)}

    def kept(self) -> None:
        """They are on the disk."""
        self._unkept.clear()
        self.has_taken = False

    def all_unkept(self) -> None:
        """Nothing of the state is on the disk yet."""
        self._unkept |= keys_of(self._state)

    def mark(self) -> ReleaserState:
        """Where `go_back` comes back to."""
        return self._state.copied()

    def go_back(self, mark: ReleaserState) -> None:
        """As it was: what was released since could not be kept. A pass of tracks begins anew."""
        self._unkept |= keys_of(self._state) ^ keys_of(mark)
        now = self._state.events
        self._unkept |= {f"event {name}" for name, one in mark.events.items() if now.get(name) is not one}
        self._state = mark
        self._gone_back()
        if self._pass is not None or self._t_last_pass_tai_ns is not None:
            self._pass = None
            _put_back(self._state.t_last_tai_ns, Kind.TRACK.value, self._t_last_pass_tai_ns)

    def suspend(self, is_suspended: bool = True, areas: Sequence[ReleaseArea] = ()) -> None:
        """Hold everything back, or what lies in some areas, until told otherwise; withdrawals still go."""
        was = self._is_suspended, self._suspended
        self._is_suspended, self._suspended = is_suspended and not areas, tuple(areas) if is_suspended else ()
        if was != (False, ()) or is_suspended:
            self._epoch += 1

    def _gone_back(self) -> None:
        """What rests on the state that was left."""

    # ---- when, and what is allowed at all

    def _cadence_ns(self, kind: Kind) -> int:
        grants = self.policy.grants_of(kind)
        return min((one.cadence_ns for one in grants), default=round(CADENCE_S[kind] * 1e9))

    def _tick(self, kind: Kind, t_tai_ns: int) -> int | None:
        cadence = self._cadence_ns(kind)
        tick = t_tai_ns // cadence * cadence
        last = self._state.t_last_tai_ns.get(kind.value)
        return tick if last is None or tick > last else None

    def _grants(self, kind: Kind) -> tuple[Grant, ...]:
        if self.mode not in self.policy.modes or self._is_suspended:
            return ()
        grants = self.policy.grants_of(kind)
        if not self._suspended:
            return grants
        return tuple(replace(one, but_not=(*one.but_not, *self._suspended)) for one in grants)

    def _refusal(self, kind: Kind) -> str:
        """Why there is no grant to ask."""
        if self.mode not in self.policy.modes:
            allowed = ", ".join(sorted(mode.value for mode in self.policy.modes)) or "no mode at all"
            return f"this watch is {self.mode.value}; released is {allowed}"
        if self._is_suspended:
            return "releases to this peer are suspended"
        return f"no grant of class {kind.value}"

    def _name(self, own: str) -> str:
        if self.policy.numbers == "own":
            return own
        peer = "" if self.policy.numbers == "common" else self.policy.peer_owner
        return self._secret.name(self.owner, peer, own)

    def _row(self, kind: Kind, name: str, tick: int, why: str = "", **more: object) -> ReleaseRow:
        return ReleaseRow(t_tai_ns=tick, peer=self.policy.peer, kind=kind.value, name=name, why=why, **more)  # type: ignore[arg-type]


def _put_back(times: dict[str, int], kind: str, t_tai_ns: int | None) -> None:
    if t_tai_ns is None:
        times.pop(kind, None)
    else:
        times[kind] = t_tai_ns
