"""Live feeds: sockets and brokers that hand in reports as they happen, each with the time it was received."""

from vedette.doors.feeds.address import Address, is_address, parse_address
from vedette.doors.feeds.live import LiveFeeds

__all__ = ["Address", "LiveFeeds", "is_address", "parse_address"]
