"""Channels: how messages leave. Each is bound to one mode; an outbox keeps what is owed, tried and received.

    channels = read_channels(path)
    box = Outbox(data_dir / "outbox.sqlite")
    box.put(event, channels, t_now_tai_ns, sign)     # once for each channel of the event's mode
    entries = deliver(box.path, channels, for_s=2.0)  # side by side; what is left waits in the outbox
"""

from vedette.doors.channels.config import Channel, parse_channels, read_channels
from vedette.doors.channels.courier import deliver, wall_clock_tai_ns
from vedette.doors.channels.outbox import Entry, Outbox
from vedette.doors.channels.payload import Part, Payload, Sign, payload
from vedette.doors.channels.senders import probe, send

__all__ = [
    "Channel",
    "Entry",
    "Outbox",
    "Part",
    "Payload",
    "Sign",
    "deliver",
    "parse_channels",
    "payload",
    "probe",
    "read_channels",
    "send",
    "wall_clock_tai_ns",
]
