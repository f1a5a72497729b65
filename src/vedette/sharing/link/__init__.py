"""A link between two owners: messages signed and counted for one recipient, heard once, doubted by name."""

from vedette.sharing.link.message import LANES, LinkHeader, LinkMessage, sign_again, take_apart
from vedette.sharing.link.receiver import Heard, LinkReceiver, Patience
from vedette.sharing.link.sender import LinkSender, Sealed
from vedette.sharing.link.session import ExerciseSession, read_session, write_session
from vedette.sharing.link.state import Receipt, ReceiverState, SenderState, decode_state, encode_state, link_id
from vedette.sharing.link.troubles import Trouble

__all__ = [
    "LANES",
    "ExerciseSession",
    "Heard",
    "LinkHeader",
    "LinkMessage",
    "LinkReceiver",
    "LinkSender",
    "Patience",
    "Receipt",
    "ReceiverState",
    "Sealed",
    "SenderState",
    "Trouble",
    "decode_state",
    "encode_state",
    "link_id",
    "read_session",
    "sign_again",
    "take_apart",
    "write_session",
]
