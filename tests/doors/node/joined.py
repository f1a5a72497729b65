"""Two nodes in namespaces of their own, joined by the wire: brokers there, gateways of this process reaching in."""

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

from tests.doors.node.ends import End, grant_everything
from tests.doors.node.nodes import Node, broker_program, make_partners, node
from tests.doors.node.tun_wire import ADDRESSES, TunWire, enter

from vedette.doors.feeds.clock import now_tai_ns
from vedette.doors.node.broker import Broker
from vedette.doors.node.gateway import Gateway
from vedette.reports import Mode


class FarEnd(End):
    """An end whose gateway's thread lives in a namespace."""

    def __init__(self, node: Node, namespace: str) -> None:
        super().__init__(node)
        self.gateway = _FarGateway(node.folder, node.settings, self.store, Mode.SIMULATED, now_tai_ns)
        self.gateway.namespace = namespace


class _FarGateway(Gateway):
    namespace = ""

    def _run(self) -> None:
        enter(self.namespace)
        super()._run()


@contextlib.contextmanager
def joined(path: Path, wire: TunWire, ack_wait_s: float = 2.0) -> Iterator[tuple[FarEnd, FarEnd]]:
    """Both ends, running."""
    nodes = [node(path, owner, host=host) for owner, host in zip(("NORTH", "SOUTH"), ADDRESSES, strict=True)]
    make_partners(*nodes)
    for one in nodes:
        grant_everything(one)
        for file in one.folder.peers.glob("*.toml"):
            file.write_text(file.read_text().replace("ack_wait_s = 2.0", f"ack_wait_s = {ack_wait_s}"))
    with contextlib.ExitStack() as stack:
        ends = []
        for one, namespace in zip(nodes, wire.namespaces, strict=True):
            one.broker = Broker(one.folder, one.settings, broker_program())
            one.broker.prefix = ("ip", "netns", "exec", namespace)
            one.broker.prepare = functools.partial(enter, namespace)
            one.broker.start(one.peers)
            stack.callback(one.stop_broker)
        for one, namespace in zip(nodes, wire.namespaces, strict=True):
            ends.append(stack.enter_context(FarEnd(one, namespace)))
        yield ends[0], ends[1]
