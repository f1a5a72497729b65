"""Three nodes of one owner at work on one story: watches, brokers, links, and the commands of people."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.doors.node.nodes import Node, broker_program, make_partners, node

from vedette.doors.node.demo import DemoOrder
from vedette.doors.server.pipe import WatchPlan
from vedette.scenario import read_story

NAMES = {"AIR": ("radar",), "SPACE": ("radar", "infrared"), "NAVY": ("infrared",)}
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
MOST_S = 400.0  # for what a loaded machine may take; nothing is judged by it
LEAD_S, STORY = 15.0, "two-launches"


def granted(one: Node) -> None:
    """What `node peer add` wrote for a node of our own owner, the marks taken off."""
    for peer in one.peers:
        path = one.folder.release / f"{peer.name}.toml"
        lines = path.read_text().splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("# version"))
        path.write_text("\n".join(line.removeprefix("# ") for line in lines[at:]) + "\n")


def begin(one: Node, t_zero_s: float) -> subprocess.Popen[bytes]:
    path = one.folder.path
    plan = WatchPlan(
        scenario=STORY, mode="SIMULATED", data_dir=str(path), node=str(path), only=NAMES[one.settings.node],
        wall_zero_s=t_zero_s, story_zero_tai_ns=read_story(STORY).t_start_tai_ns,
    )  # fmt: skip
    order = DemoOrder(folder=str(path), plan=plan, port=0, address_file=str(path / "address"))
    (path / "order").write_bytes(msgspec.json.encode(order))
    with (path / "log").open("ab") as log:
        words = [sys.executable, "-m", "vedette.doors.node.demo", str(path / "order")]
        return subprocess.Popen(words, env=ENV, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def vedette(one: Node, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "vedette", "node", *words, "--data-dir", str(one.folder.path)], env=ENV,
        capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def services(one: Node) -> dict[str, Any]:
    return dict(json.loads(vedette(one, "status", "--json")[1])["services"] or {})


def until(what: Callable[[], Any], words: str) -> Any:
    t_end = time.monotonic() + MOST_S
    while time.monotonic() < t_end:
        if found := what():
            return found
        time.sleep(0.5)
    raise AssertionError(f"never came: {words}")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[dict[str, tuple[Node, subprocess.Popen[bytes]]]]:
    broker_program()
    subprocess.run([sys.executable, "-m", "vedette.doors.server.warming"], env=ENV, capture_output=True, check=True)
    made = [node(tmp_path, "NORTH", name=name, services=tuple(NAMES)) for name in NAMES]
    for one, other in combinations(made, 2):
        make_partners(one, other)
    for one in made:
        granted(one)
    t_zero_s = time.time() + LEAD_S
    processes = {one.settings.node: (one, begin(one, t_zero_s)) for one in made}
    yield processes
    for _, process in processes.values():
        process.send_signal(signal.SIGINT)
    for _, process in processes.values():
        try:
            process.wait(40.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_one_object_of_two_watches_has_one_number_and_one_reporter(
    running: dict[str, tuple[Node, subprocess.Popen[bytes]]]
) -> None:  # fmt: skip
    air, space, navy = (running[name][0] for name in NAMES)

    def shared() -> dict[str, Any] | None:
        """A track that AIR and SPACE both see, by one number."""
        seen = ([t for t in services(one).get("tracks", ()) if t["is_seen"]] for one in (air, space))
        mine, theirs = ({t["number"]: t for t in one} for one in seen)
        return next((mine[number] for number in mine if number in theirs), None)

    track = until(shared, "an object that two services see by one number")
    told = services(navy)
    assert told["has_lease"] and {one["state"] for one in told["members"]} == {"here", "up"}
    holder = track["by"]
    other = "SPACE" if holder == "AIR" else "AIR"
    code, said = vedette(running[holder][0], "give", track["number"], "NAVY")
    assert code != 0 and "NAVY does not see" in said, said
    code, said = vedette(running[other][0], "give", track["number"], "NAVY")
    assert code != 0 and "alone can give it" in said, said
    code, said = vedette(running[holder][0], "give", track["number"], other)
    assert code == 0 and f"is reported by {other} now" in said, said
    assert "reports" in vedette(navy, "status")[1]
    victim = running[other][1]
    worker = Path(f"/proc/{victim.pid}/task/{victim.pid}/children").read_text().split()
    for pid in (victim.pid, *map(int, worker)):
        os.kill(pid, signal.SIGKILL)

    def taken_over() -> bool:
        by = {t["number"]: t["by"] for t in services(navy).get("tracks", ())}
        return by.get(track["number"]) not in (None, other)

    until(taken_over, "the dead one's track to have another reporter")
