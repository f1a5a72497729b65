"""Two owners' ends of a link, for tests."""

from vedette.reports import Evidence, Mode, SharedEvent, SharedTrack
from vedette.sharing import DrillKey, LiveKey, make_key
from vedette.sharing.key_life import KeyBook
from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState, read_session, write_session

T = 1_000_000_000_000_000_000
S = 1_000_000_000
DAY = 86_400 * S
KEY = make_key(LiveKey, "NORTH", bytes([1]) * 32)
NEXT = make_key(LiveKey, "NORTH", bytes([2]) * 32)
STRANGER = make_key(LiveKey, "NORTH", bytes([3]) * 32)
DRILL = make_key(DrillKey, "NORTH", bytes([4]) * 32)
PLAY = make_key(DrillKey, "", bytes([5]) * 32)
SESSION = read_session(write_session(PLAY, "Northern Watch", {"NORTH": (DRILL.key_id,)}, T - DAY, T + DAY))


def sender(key=KEY, mode=Mode.REAL, owner="NORTH", node="north-1", to="SOUTH", session=""):
    return LinkSender(SenderState(owner=owner, node=node, to=to, mode=mode, session=session), key)


def receiver(*keys, mode=Mode.REAL, session=None, state=None):
    book = KeyBook(owner="NORTH")
    for key in keys or (KEY, DRILL):
        book = book.with_key(key.public)
    played = "" if session is None else session.session
    state = state or ReceiverState(owner="NORTH", node="north-1", to="SOUTH", mode=mode, session=played)
    return LinkReceiver(state, book, session)


def event(number=1, revision=1):
    return SharedEvent(
        event_id=f"E{number}", revision=revision, kind="launch", evidence=Evidence.CORRELATED, t_said_tai_ns=T
    )


def track(number=1):
    return SharedTrack(
        number=f"NORTH-{number:06d}", t_tai_ns=T, position_itrf_m=(7e6, 0.1, -0.0), velocity_itrf_mps=(0.0, 7e3, 1.0),
        covariance=tuple(float(n + 1) for n in range(21)), provenance=("NORTH",),
    )  # fmt: skip
