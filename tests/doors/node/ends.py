"""An end of a link: a node's gateway without a watch behind it, that offers numbered warnings and keeps what comes."""

import time
from collections.abc import Callable

from tests.doors.node.nodes import Node

from vedette.doors.feeds.clock import now_tai_ns
from vedette.doors.node.gateway import Gateway
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.store import NodeStore
from vedette.reports import Evidence, Mode, PartnerNews, PartnerReport, Shared, SharedEvent, SharedTrack
from vedette.sharing.release.open_policy import open_policy_text

DEADLINE_S = 120.0  # against hanging
MOST_OFFERED = 300  # a watch does not go on offering what is long over

def grant_everything(node: Node) -> None:
    """Every partner may have everything, as it is."""
    for peer in node.peers:
        (node.folder.release / f"{peer.name}.toml").write_text(open_policy_text(peer.name))


def warning(number: int) -> SharedEvent:
    """A warning that says which it is, by its count."""
    t = now_tai_ns()
    return SharedEvent(
        event_id=f"W{number}", revision=1, kind="launch", evidence=Evidence.CORRELATED, t_said_tai_ns=t,
        count=number,
    )  # fmt: skip


def track(number: str = "T1") -> SharedTrack:
    """Something over an ocean."""
    cov = [0.0] * 21
    for k in range(6):
        cov[k * (k + 3) // 2] = 1e6 if k < 3 else 1e2
    return SharedTrack(
        number=number, t_tai_ns=now_tai_ns(), position_itrf_m=(5.2e6, -2.1e6, 3.6e6), velocity_itrf_mps=(1e3, 2e3, 1e2),
        covariance=tuple(cov), phase="coast", provenance=("NORTH",),
    )  # fmt: skip


class End:
    """One end."""

    def __init__(self, node: Node, mode: Mode = Mode.SIMULATED, store: NodeStore | None = None) -> None:
        self.node = node
        self.store = store or open_store(node.folder.path / "node.sqlite")
        self.gateway = Gateway(node.folder, node.settings, self.store, mode, now_tai_ns)
        self.events: list[PartnerReport | PartnerNews] = []
        self.t_heard_s: dict[int, float] = {}  # by warning: when it was handed to the watch
        self._offers: tuple[Shared, ...] = ()
        self.offered: list[int] = []  # warnings

    def __enter__(self) -> "End":
        self.gateway.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.stop()
        self.store.close()

    def warn(self, *numbers: int) -> None:
        """Offer warnings, besides those offered before."""
        self.offered += numbers
        self._offers = (*self._offers, *(warning(number) for number in numbers[-MOST_OFFERED:]))[-MOST_OFFERED:]
        self.gateway.offer(self._offers)

    def offer(self, *offers: Shared) -> None:
        """Offer other things besides."""
        self._offers = (*self._offers, *offers)
        self.gateway.offer(self._offers)

    def look(self) -> None:
        """Take what came."""
        for came in self.gateway.taken():
            self.events.append(came.event)
            if isinstance(came.event, PartnerReport):
                for one in came.event.content:
                    if isinstance(one, SharedEvent):
                        self.t_heard_s.setdefault(one.count or 0, time.monotonic())

    @property
    def reports(self) -> list[PartnerReport]:
        """Every message heard."""
        self.look()
        return [one for one in self.events if isinstance(one, PartnerReport)]

    @property
    def warnings(self) -> list[int]:
        """The numbers of all warnings heard, in the order in which they came."""
        said = [one for report in self.reports for one in report.content if isinstance(one, SharedEvent)]
        return [one.count or 0 for one in said]

    @property
    def news(self) -> list[PartnerNews]:
        """What was told of links."""
        self.look()
        return [one for one in self.events if isinstance(one, PartnerNews)]

    @property
    def troubles(self) -> list[str]:
        """What links were found to do wrong."""
        return [one.trouble for one in self.news if one.trouble]


def wait_for(is_so: Callable[[], bool], what: str = "", seconds: float = DEADLINE_S) -> None:
    """Until it is so; an AssertionError that says what never was."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.01)
