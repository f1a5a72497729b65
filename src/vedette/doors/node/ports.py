"""A port of this machine that nobody holds, for what is made on the spot."""

import socket


def free_port() -> int:
    """Free a moment ago: for demonstrations and tests, where nobody else is told of it."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
