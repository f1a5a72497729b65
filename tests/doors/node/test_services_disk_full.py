"""A service whose broker's disk is full hears the others, is heard, and goes on reporting what is its own; one whose
store can keep nothing either says so to the others, who take over what it reported."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.doors.node.ends import wait_for
from tests.doors.node.nodes import Node, broker_program, make_partners, node
from tests.doors.node.small_disk import fill

from vedette.doors.node.broker import Broker
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.running import BrokerKeeper
from vedette.doors.node.service_desk import Seen
from vedette.doors.node.service_line import ServiceLine
from vedette.reports import Mode

NAMES = ("AIR", "SPACE")  # AIR has two votes and needs nobody; SPACE reports only while AIR hears it


@contextmanager
def running(one: Node, store: Path) -> Iterator[ServiceLine]:
    """A service with its broker and its keeper."""
    keeper = BrokerKeeper(Broker(one.folder, one.settings, broker_program()), one.folder)
    keeper.start()
    with open_store(store, 0) as held:
        line = ServiceLine(one.folder, one.settings, held, Mode.SIMULATED)
        line.start()
        try:
            yield line
        finally:
            line.stop()
            keeper.stop()


def is_one_view(line: ServiceLine) -> bool:
    service = line.desk.service
    return service.has_lease(line.clock_ns()) and set(service.kept.members) == set(NAMES)


def is_reported(line: ServiceLine, number: str) -> bool:
    return line.desk.standing.may_report(number, line.clock_ns())


def begun(line: ServiceLine, other: ServiceLine, name: str) -> str:
    """The number of an object that both see and that the first of them reports."""
    seen = {**line.desk._seen.tracks, name: 5}
    joins = dict(line.desk._seen.joins)
    line.desk.see(Seen(seen, joins))
    wait_for(lambda: name in line.desk.standing.names, f"a number for {name}")
    number = line.desk.standing.names[name]
    joins |= {name: (number,)}
    for one in (line, other):
        one.desk.see(Seen(seen, joins))
    wait_for(lambda: is_reported(line, number), f"a reporter of {name}")
    wait_for(lambda: number in other.desk.service.kept.duties, f"{name} known to the other")
    return number


def test_a_service_whose_broker_can_keep_nothing_hears_is_heard_and_reports(tmp_path: Path, small_disk: Path) -> None:
    broker_program()
    air = node(tmp_path, "NORTH", name="AIR", services=NAMES)
    space = node(small_disk, "NORTH", name="SPACE", services=NAMES)
    make_partners(air, space)
    with ExitStack() as stack:
        one = stack.enter_context(running(air, tmp_path / "air.sqlite"))
        two = stack.enter_context(running(space, tmp_path / "space.sqlite"))  # its own store is on another disk
        wait_for(lambda: is_one_view(one) and is_one_view(two), "one view of both")
        ours = begun(two, one, "w/O1")
        fill(small_disk)
        wire = two.wires["AIR"]
        wait_for(lambda: fill(small_disk) is None and "our broker" in wire.trouble, "a broker that can keep nothing")
        theirs = begun(one, two, "w/O2")
        assert two.desk.service.holder_of(theirs) == "AIR", "it is heard"
        later = begun(two, one, "w/O3")
        assert one.desk.service.holder_of(later) == "SPACE", "and hears"
        wait_for(lambda: is_reported(two, ours), "still its own to report")
        assert "our broker" in wire.trouble
        two.desk.give(ours, "AIR")
        wait_for(lambda: is_reported(one, ours) and not is_reported(two, ours), "handed over")
        for filler in small_disk.glob("filler-*"):
            filler.unlink()
        wait_for(lambda: not wire.trouble, "kept again")
        wait_for(lambda: is_one_view(one) and is_one_view(two), "one view of both still")


def test_a_service_that_can_keep_nothing_says_so_and_the_others_take_over(tmp_path: Path, small_disk: Path) -> None:
    broker_program()
    air = node(tmp_path, "NORTH", name="AIR", services=NAMES)
    space = node(small_disk, "NORTH", name="SPACE", services=NAMES)
    make_partners(air, space)
    with ExitStack() as stack:
        one = stack.enter_context(running(air, tmp_path / "air.sqlite"))
        two = stack.enter_context(running(space, small_disk / "space.sqlite"))
        wait_for(lambda: is_one_view(one) and is_one_view(two), "one view of both")
        ours = begun(two, one, "w/O1")
        fill(small_disk)
        two.desk.see(Seen({"w/O1": 5, "w/O2": 5}))  # a number for it would have to be kept
        wait_for(lambda: "NOT RECORDED" in two.document()["trouble"], "what its own people are told")

        def told() -> str:
            return next(row["trouble"] for row in one.document()["members"] if row["name"] == "SPACE")

        wait_for(lambda: "NOT RECORDED" in told(), "what the other's people are told")
        wait_for(lambda: is_reported(one, ours), "taken over")
        assert not is_reported(two, ours)
        assert [news.kind for news in one.desk.news if news.node == "SPACE"].count("not-recorded") == 1
        for filler in small_disk.glob("filler-*"):
            filler.unlink()
        wait_for(lambda: is_one_view(one) and is_one_view(two) and not told(), "one view of both again")
        assert not two.document()["trouble"]
