"""Channels: how messages leave. Each is bound to one mode; the desk's outbox keeps what is owed, tried and received.

    channels = read_channels(path)
    for one in deliver(data_dir, DeskKind.LIVE, channels, for_s=2.0):   # side by side; what is left waits in the outbox
        print(one.channel, one.posted.event.message_id, one.state)
"""

from vedette.doors.channels.config import Channel, parse_channels, read_channels
from vedette.doors.channels.courier import Told, channels_of, deliver, signer, standing
from vedette.doors.channels.payload import Part, Payload, Sign, payload
from vedette.doors.channels.senders import mail, probe, send

__all__ = [
    "Channel",
    "Part",
    "Payload",
    "Sign",
    "Told",
    "channels_of",
    "deliver",
    "mail",
    "parse_channels",
    "payload",
    "probe",
    "read_channels",
    "send",
    "signer",
    "standing",
]
