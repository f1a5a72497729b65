"""Addresses are read plainly, show no password, and open nothing to the network unasked."""

import pytest

from vedette.core.errors import RefusedError, UsageError
from vedette.doors.feeds import is_address, parse_address


def test_what_is_a_file_and_what_an_address():
    assert is_address("udp://127.0.0.1:8600") and not is_address("night.jsonl") and not is_address("-")


@pytest.mark.parametrize(
    ("text", "name", "is_listening"),
    [
        ("udp://127.0.0.1:8600", "udp://127.0.0.1:8600", True),
        ("udp://:8600", "udp://127.0.0.1:8600", True),
        ("tcp://radar.example:8601", "tcp://radar.example:8601", False),
        ("tcp://[::1]:8601", "tcp://[::1]:8601", False),
        ("nats://127.0.0.1?subject=scans.>", "nats://127.0.0.1:4222?subject=scans.>", False),
        ("nats://me:secret@broker.example:4333?subject=a", "nats://broker.example:4333?subject=a", False),
    ],
)
def test_addresses_are_read(text, name, is_listening):
    address = parse_address(text)
    assert address.name == name and address.is_listening == is_listening
    assert "secret" not in address.name


def test_a_password_is_kept_apart():
    address = parse_address("nats://me:se%40cret@broker.example?subject=a")
    assert (address.user, address.password) == ("me", "se@cret")


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:80", "udp://127.0.0.1", "tcp://127.0.0.1:x", "tcp://127.0.0.1:99999", "nats://127.0.0.1",
        "nats://127.0.0.1?subject=a b", "udp://127.0.0.1:1?speed=3", "tcp://127.0.0.1:1/path",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said(text):
    with pytest.raises(UsageError):
        parse_address(text)


@pytest.mark.parametrize(
    "text", ["udp://0.0.0.0:8600", "udp://192.0.2.7:8600", "udp://239.1.1.1:8600", "udp://host.example:1"]
)
def test_nothing_is_opened_to_the_network_unasked(text):
    with pytest.raises(RefusedError, match="--open-to-network"):
        parse_address(text)
    assert parse_address(text, is_open=True).host in text


def test_listening_for_tcp_is_held_to_the_same(text="tcp://0.0.0.0:8601"):
    assert not parse_address(text).is_listening
    with pytest.raises(RefusedError):
        parse_address(text, is_listening=True)


def test_a_nats_server_is_not_listened_for():
    with pytest.raises(UsageError, match="without --listen"):
        parse_address("nats://127.0.0.1?subject=a", is_listening=True)
