"""`./run joint-demo`: two owners side by side, each with a broker, a watch and a console in processes of their own.

One owns the infrared satellites of a story, the other its radar. The satellites see flames, and one phenomenon alone
confirms nothing; what the radar's owner releases does. Everything passes the real link: cards added by fingerprint,
two brokers joined by TLS, signed messages, release policies. It lies in a scratch folder and on this machine alone.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vedette.core.errors import UnreachableError, VedetteError
from vedette.doors.node.adding import add_partner
from vedette.doors.node.broker_program import find_broker
from vedette.doors.node.card import card_of, fingerprint_lines
from vedette.doors.node.exercise_file import EXERCISE_FILE
from vedette.doors.node.folder import NodeFolder, NodeSettings, make_node
from vedette.doors.node.ports import free_port
from vedette.doors.server.pipe import WatchPlan

OWNERS = (
    ("NORTH", ("infrared",), "owns the infrared satellites: sees flames, and nothing after burn-out"),
    ("SOUTH", ("radar",), "owns the radar: sees what rises above its horizon, and no launch itself"),
)
LEAD_S = 6.0  # from the start of both processes to the first instant played
READY_S = 90.0
POLICY = """# What {owner} tells {peer} in this exercise.
version = 1
peer = "{peer}"
modes = ["EXERCISE"]

[[grant]]  # launches and impacts as they are assessed, to a kilometre and a second
class = "event"
areas = ["everywhere"]
place_km = 1
time_s = 1
evidence_least = "candidate"
cadence_s = 1
fields = ["phenomena", "probabilities", "launch", "azimuth", "impact", "count", "tracks", "message", "text"]

[[grant]]  # how many sensors work, not which, and what share of launches they would see
class = "health"
cadence_s = 10
fields = ["working", "degraded", "silent", "coverage"]

[[grant]]  # what the desks write to each other
class = "words"
words = ["query", "reply", "cue-request", "cue-answer", "plan", "plan-answer", "note"]
"""

TRACKS = """
[[grant]]  # tracks, to a kilometre, every other second: a radar's, for flames tell angles alone
class = "track"
areas = ["everywhere"]
position_km = 1
velocity_mps = 5
cadence_s = 2
fields = ["phase", "probabilities", "phenomena", "provenance"]
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """One owner of the demonstration."""

    owner: str
    folder: NodeFolder
    settings: NodeSettings
    kinds: tuple[str, ...]
    about: str


class DemoOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of one owner is told."""

    folder: str
    plan: WatchPlan
    port: int
    address_file: str


def run_joint_demo(
    scenario: str, seed: int, speed: float, data_dir: Path | None, *, ports: tuple[int, int], is_browser: bool,
    until_s: float | None = None,
) -> int:  # fmt: skip
    """Until Ctrl-C, or for so many seconds; exit code 1 when one of the two could not be kept going."""
    program = find_broker()
    if program.trouble:
        sys.stderr.write(f"degraded: {program.trouble}\n")
    folder = Path(tempfile.mkdtemp(prefix="vedette-joint-")) if data_dir is None else data_dir
    stands = make_stands(folder)
    _warm()
    t_zero_s = time.time() + LEAD_S
    pairs = zip(stands, ports, strict=True)
    processes = [_begin(stand, scenario, seed, speed, port, t_zero_s) for stand, port in pairs]
    try:
        addresses = [_address(stand, process) for stand, process in zip(stands, processes, strict=True)]
        sys.stdout.write(_told(stands, addresses, folder))
        sys.stdout.flush()
        if is_browser:
            _open(addresses)
        follow = JointEye(stands)
        end = None if until_s is None else time.monotonic() + until_s
        while all(process.poll() is None for process in processes):
            for line in follow.news():
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            if end is not None and time.monotonic() > end:
                return 0
            time.sleep(0.5)
        dead = next(stand for stand, process in zip(stands, processes, strict=True) if process.poll() is not None)
        sys.stderr.write(f"{dead.owner} has ended; its words are in {dead.folder.path / 'demo.log'}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end(processes)


def _warm() -> None:
    """Kernels compiled here, once, rather than by two watches at the same time."""
    from vedette.doors.server.warming import is_cold, prepare

    if is_cold():
        sys.stderr.write("compiling kernels, once on this machine: a minute or so\n")
        prepare(lambda done, of: None)


def make_stands(folder: Path) -> tuple[Stand, ...]:
    """Two nodes that know each other, bound to one exercise."""
    from vedette.doors.server.demo import areas_document, channels_toml, make_personas

    stands = []
    for owner, kinds, about in OWNERS:
        link, client = free_port(), free_port()
        settings = NodeSettings(
            owner=owner, node="A", link_listen=f"127.0.0.1:{link}", link_addresses=(f"127.0.0.1:{link}",),
            client_listen=f"127.0.0.1:{client}",
        )  # fmt: skip
        node = make_node(folder / owner.lower(), settings)
        (node.path / "channels.toml").write_text(channels_toml(node.path / "released"), "utf-8")
        (node.path / "released").mkdir(exist_ok=True)
        (node.path / "areas.geojson").write_bytes(msgspec.json.encode(areas_document()))
        with _words_of(node.path / "personas.txt"):
            make_personas(node.path)
        stands.append(Stand(owner, node, settings, kinds, about))
    for here in stands:
        for there in stands:
            if here is not there:
                card = card_of(there.folder, there.settings)
                add_partner(here.folder, here.settings, card, fingerprint_lines(card)[0])
                name = there.settings.name
                policy = POLICY.format(owner=here.owner, peer=name) + (TRACKS if "radar" in here.kinds else "")
                (here.folder.release / f"{name}.toml").write_text(policy, "utf-8")
    _bind(stands)
    return tuple(stands)


def _bind(stands: list[Stand]) -> None:
    """One exercise: a session key made for it alone, and a statement of who takes part."""
    from vedette.sharing import DrillKey, make_key
    from vedette.sharing.keys import SECRET_SIZE
    from vedette.sharing.link import write_session

    session = make_key(DrillKey, "joint demonstration", secrets.token_bytes(SECRET_SIZE))
    owners: dict[str, tuple[str, ...]] = {stand.owner: (stand.folder.keys.read(DrillKey).key_id,) for stand in stands}
    year_2100 = 3_155_673_600 * 10**9
    statement = write_session(session, "joint demonstration", owners, 0, year_2100)
    for stand in stands:
        (stand.folder.path / EXERCISE_FILE).write_bytes(statement)


def _begin(
    stand: Stand, scenario: str, seed: int, speed: float, port: int, t_zero_s: float
) -> "subprocess.Popen[bytes]":
    from vedette.scenario import read_story

    path = stand.folder.path
    plan = WatchPlan(
        scenario=scenario, seed=seed, speed=speed, mode="EXERCISE", data_dir=str(path), node=str(path),
        areas=str(path / "areas.geojson"), only=stand.kinds, wall_zero_s=t_zero_s,
        story_zero_tai_ns=read_story(scenario).t_start_tai_ns,
    )  # fmt: skip
    order = DemoOrder(folder=str(path), plan=plan, port=port, address_file=str(path / "address"))
    (path / "address").unlink(missing_ok=True)
    (path / "demo.order").write_bytes(msgspec.json.encode(order))
    with (path / "demo.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "vedette.doors.node.demo", str(path / "demo.order")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _address(stand: Stand, process: "subprocess.Popen[bytes]") -> str:
    end = time.monotonic() + READY_S
    path = stand.folder.path / "address"
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            if text := path.read_text("utf-8").strip():
                return text
        time.sleep(0.05)
    log = (stand.folder.path / "demo.log").read_text("utf-8", "replace").strip().splitlines()
    raise UnreachableError(f"{stand.owner} did not come up: {log[-1] if log else 'it said nothing'}")


def _told(stands: tuple[Stand, ...], addresses: list[str], folder: Path) -> str:
    lines = ["", "Two owners, one sky. Each has a watch, a broker and a console of its own:", ""]
    for stand, address in zip(stands, addresses, strict=True):
        lines += [f"  {stand.owner}  {stand.about}", f"         {address}"]
    lines += [
        "", "Open both side by side. Who may log in, and how, stands in personas.txt of each folder:",
        *(f"  {stand.folder.path / 'personas.txt'}" for stand in stands),
        f"How the link stands: vedette node status --data-dir {stands[0].folder.path}",
        f"Everything of this demonstration lies in {folder}; Ctrl-C ends it.", "",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


class JointEye:
    """Reads the stores of both nodes, and says in plain lines what passes between them."""

    def __init__(self, stands: tuple[Stand, ...]) -> None:
        self._stands = stands
        self._after = {stand.owner: 0 for stand in stands}
        self._read = {stand.owner: 0 for stand in stands}  # bytes of what the watch has said
        self._said: set[tuple[str, ...]] = set()

    def news(self) -> list[str]:
        """Lines to be shown; nothing while a store is still to be made."""
        from vedette.doors.node.opening_store import open_store

        lines: list[str] = []
        for stand in self._stands:
            place = stand.folder.path / stand.settings.store
            if not place.is_file():
                continue
            with contextlib.suppress(VedetteError, OSError):
                store = open_store(place, reserve_bytes=0)
                try:
                    rows = store.log(self._after[stand.owner], 200, "received")
                finally:
                    store.close()
                for row in rows:
                    self._after[stand.owner] = max(self._after[stand.owner], row.number)
                    lines += self._line(stand, row.kind, row.event)
            lines += self._joint(stand)
        return lines

    def _joint(self, stand: Stand) -> list[str]:
        """What the watch of one owner concludes from its own and the partner's."""
        lines: list[str] = []
        with contextlib.suppress(OSError, msgspec.DecodeError, KeyError, IndexError):
            path = sorted((stand.folder.path / "journals").glob("*.said"))[-1]
            with path.open("rb") as file:
                file.seek(self._read[stand.owner])
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read[stand.owner] += len(line)
                    event = msgspec.json.decode(line).get("event")
                    if event and event["kind"] == "joint" and event["data"]["what"] == "level":
                        is_both = event["data"]["evidence"] == "confirmed"
                        mark = "== JOINT ==  " if is_both else "   "
                        lines.append(f"  {event['t_utc'][11:19]}  {stand.owner} {mark}{event['text']}")
        return lines

    def _line(self, stand: Stand, kind: str, event: bytes) -> list[str]:
        from vedette.doors.node.store import REPORT
        from vedette.reports import PartnerNews, PartnerReport, SharedEvent
        from vedette.time import utc_text_from_tai_ns

        if kind != REPORT:
            news = msgspec.msgpack.decode(event, type=PartnerNews)
            return [f"  {utc_text_from_tai_ns(news.t_received_tai_ns)[11:19]}  {stand.owner}: {news.text}"]
        report = msgspec.msgpack.decode(event, type=PartnerReport)
        lines = []
        for one in report.content:
            if isinstance(one, SharedEvent):
                key = (stand.owner, one.event_id, one.evidence)
                if key not in self._said:
                    self._said.add(key)
                    at = utc_text_from_tai_ns(report.t_received_tai_ns)[11:19]
                    seen = " and ".join(one.phenomena) or "what it does not tell"
                    words = f"{report.owner} tells of a {one.kind}, {one.evidence}, seen by {seen}"
                    lines.append(f"  {at}  {stand.owner} hears: {words}")
        return lines


def _open(addresses: list[str]) -> None:
    import webbrowser

    from vedette.doors.server.demo import can_open

    if can_open():
        for address in addresses:
            webbrowser.open(address)


def _end(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(20.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def _words_of(path: Path) -> Iterator[None]:
    """What is written to stderr meanwhile goes into a file that only its owner reads."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file, contextlib.redirect_stderr(file):
        yield


def _serve_one(order_file: Path) -> int:
    """The process of one owner."""
    from vedette.doors.node.running import run_node
    from vedette.doors.server.opening import Opening

    order = msgspec.json.decode(order_file.read_bytes(), type=DemoOrder)

    def opened(address: str) -> None:
        aside = Path(order.address_file + ".part")
        aside.write_text(address + "\n", "utf-8")
        aside.replace(order.address_file)

    parent = os.getppid()

    def leave_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    try:
        return run_node(Path(order.folder), order.plan, Opening(port=order.port), is_quiet=True, on_open=opened)
    except VedetteError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code


if __name__ == "__main__":
    sys.exit(_serve_one(Path(sys.argv[1])))
