"""Several services of one owner: unique track numbers, one who reports each track, hand-over, take-over, conflicts."""

from vedette.sharing.services.group import Member, ServiceGroup, group_of
from vedette.sharing.services.messages import (
    Beat,
    Duty,
    Install,
    Join,
    Message,
    NotRecorded,
    Opinion,
    Propose,
    decode_message,
    encode_message,
)
from vedette.sharing.services.numbers import NumberBlocks, Numbers, format_number, parse_number, slot_of
from vedette.sharing.services.sealed import ServiceOpener, ServiceSealer, decode_newest, encode_newest
from vedette.sharing.services.service import Service
from vedette.sharing.services.state import Kept, ServiceNews, decode_kept, encode_kept

__all__ = [
    "Beat",
    "Duty",
    "Install",
    "Join",
    "Kept",
    "Member",
    "Message",
    "NotRecorded",
    "NumberBlocks",
    "Numbers",
    "Opinion",
    "Propose",
    "Service",
    "ServiceGroup",
    "ServiceNews",
    "ServiceOpener",
    "ServiceSealer",
    "decode_kept",
    "decode_message",
    "decode_newest",
    "encode_kept",
    "encode_message",
    "encode_newest",
    "format_number",
    "group_of",
    "parse_number",
    "slot_of",
]
