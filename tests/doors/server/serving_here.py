"""The application on a real socket, served by uvicorn from a thread as `vedette serve` does, its watch not started."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from tests.doors.server.door import Door, door_at

from vedette.doors.server.app import make_app
from vedette.doors.server.gate import Gate
from vedette.doors.server.security import Guard
from vedette.doors.server.serving import listening_socket, server_config


@contextmanager
def served(folder: Path, **plan) -> Iterator[Door]:
    """A door whose `gate.port` answers on 127.0.0.1 until the block ends."""
    door = door_at(folder, **plan)
    bound = listening_socket("127.0.0.1", 0)
    port = bound.getsockname()[1]
    door.context.port = port
    door.context.gate = gate = Gate(folder, door.gate.how, port, mode=lambda: door.context.mode)
    config = server_config(Guard(make_app(door.context), gate))
    config.lifespan = "off"  # no watch: what is at the door is judged here
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield replace(door, gate=gate, cookies={})
    finally:
        server.should_exit = True
        thread.join(20.0)
        bound.close()
