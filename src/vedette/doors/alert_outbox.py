"""What became of every message on every channel: told with a receipt, or to be tried again.

The messages stand in the desk's outbox and are never changed; in a book beside it stands how far each channel has got.
A channel that was never tried for a message is due for it at once. Several processes may deliver: whoever claims a
message for a channel first has it to itself for a while, and another takes over if it dies.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vedette.core.constants import NS_PER_S
from vedette.doors.alert_desk import AlertDesk, Posted

SETTLED = ("told", "expired", "overtaken", "refused")  # nothing more is tried
CLAIM_S = 10.0  # so long a channel may take for one message before another process tries
_OPEN = f"state NOT IN ({', '.join(repr(state) for state in SETTLED)})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one message stands on one channel."""

    sequence: int
    channel: str
    state: str  # "claimed", "failed", or one of `SETTLED`
    tries: int
    t_next_tai_ns: int | None  # of what failed or is claimed: when it may be tried again
    t_done_tai_ns: int | None
    receipt: str  # what the channel answered
    trouble: str


def deliveries(desk: AlertDesk, sequence: int | None = None) -> list[Delivery]:
    """How every message stands on every channel that was tried, or how one does."""
    return [
        Delivery(number, channel, state, tries, t_next, t_done, receipt or "", trouble or "")
        for number, channel, state, tries, t_next, t_done, receipt, trouble in desk.book.rows(sequence)
    ]


def due(desk: AlertDesk, channels: Iterable[str], t_tai_ns: int) -> list[tuple[Posted, str]]:
    """What is still to be told on these channels and may be tried now, cancellations first, newest before oldest.

    A message that was replaced or taken back before a channel was reached is still due: its cancellation refers to it.
    """
    known = {(one.sequence, one.channel): one for one in deliveries(desk)}
    found = []
    for posted in desk.outbox():
        for channel in channels:
            one = known.get((posted.sequence, channel))
            if one is None or (one.state not in SETTLED and (one.t_next_tai_ns or 0) <= t_tai_ns):
                found.append((posted, channel))
    return sorted(found, key=lambda pair: (not pair[0].event.cancels, -pair[0].sequence, pair[1]))


def claim(desk: AlertDesk, sequence: int, channel: str, t_tai_ns: int) -> bool:
    """Take a message for a channel; False when somebody else has it, or it was told."""
    until = t_tai_ns + round(CLAIM_S * NS_PER_S)
    with desk.book.writing() as book:
        done = book.execute(
            "INSERT INTO deliveries VALUES (?, ?, 'claimed', 1, ?, NULL, NULL, NULL) ON CONFLICT (sequence, channel) "
            "DO UPDATE SET state = 'claimed', tries = tries + 1, t_next_tai_ns = excluded.t_next_tai_ns "
            f"WHERE {_OPEN} AND coalesce(t_next_tai_ns, 0) <= ?",
            (sequence, channel, until, t_tai_ns),
        )
        return done.rowcount == 1


def told(desk: AlertDesk, sequence: int, channel: str, t_tai_ns: int, receipt: str) -> None:
    """The channel has it, and answered so."""
    _set(desk, sequence, channel, "told", None, t_tai_ns, receipt, "")


def failed(desk: AlertDesk, sequence: int, channel: str, t_next_tai_ns: int, trouble: str) -> None:
    """It could not be told; when to try again."""
    _set(desk, sequence, channel, "failed", t_next_tai_ns, None, "", trouble)


def set_aside(desk: AlertDesk, sequence: int, channel: str, state: str, t_tai_ns: int, trouble: str) -> None:
    """It is not told and will not be: expired, overtaken by a newer message, or not for this channel."""
    assert state in SETTLED
    _set(desk, sequence, channel, state, None, t_tai_ns, "", trouble)


def _set(
    desk: AlertDesk, sequence: int, channel: str, state: str, t_next: int | None, t_done: int | None, receipt: str,
    trouble: str,
) -> None:  # fmt: skip
    with desk.book.writing() as book:
        book.execute(
            "INSERT INTO deliveries VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (sequence, channel) DO UPDATE SET "
            "state = excluded.state, t_next_tai_ns = excluded.t_next_tai_ns, t_done_tai_ns = excluded.t_done_tai_ns, "
            f"receipt = excluded.receipt, trouble = excluded.trouble WHERE {_OPEN}",
            (sequence, channel, state, t_next, t_done, receipt, trouble),
        )
