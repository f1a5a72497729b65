"""Three desks that hear each other without a wire: numbers, one reporter, what people ask, what contradicts itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, UsageError
from vedette.doors.node.folder import NodeSettings, check_settings, make_node, read_node
from vedette.doors.node.service_asks import Ask, Told, answer_asks, asks_in
from vedette.doors.node.service_desk import ROOM, UNSEEN_S, Seen, ServiceDesk
from vedette.doors.node.service_status import services_document, services_lines
from vedette.doors.node.service_table import services_table
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.node.store import NotRecordedError
from vedette.reports import Mode
from vedette.sharing.services import NotRecorded, decode_kept, group_of

NAMES = ("AIR", "SPACE", "NAVY")
WEST = [[50.0, -10.0], [60.0, -10.0], [60.0, 0.0], [50.0, 0.0]]
EAST = [[50.0, 0.0], [60.0, 0.0], [60.0, 9.0], [50.0, 9.0]]


class World:
    """Desks, and everything that they say carried at once."""

    def __init__(self, path: Path, regions: dict[str, list[list[float]]] | None = None) -> None:
        table = services_table("AIR", NAMES)
        for member in table["member"]:
            member |= {"region": regions[member["name"]]} if regions and member["name"] in regions else {}
        self.group, self.path, self.t_ns = group_of("NORTH", table), path, 10**12
        self.desks = {name: self.open(name) for name in NAMES}
        self.live = set(NAMES)

    def open(self, name: str) -> ServiceDesk:
        store = open_sqlite_store(self.path / f"{name}.sqlite", 0)
        return ServiceDesk(store, self.group, name, Mode.TEST, self.t_ns)

    def close(self) -> None:
        for desk in self.desks.values():
            desk.store.close()

    def passes(self, seconds: float, asks: dict[str, Ask] | None = None) -> None:
        for _ in range(round(seconds / 0.1)):
            self.t_ns += NS_PER_S // 10
            said = []
            for name in self.live:
                ask = (asks or {}).pop(name, None)
                said += self.desks[name].step(self.t_ns, (), [] if ask is None else [("ask", ask)])
            while said:
                message = said.pop(0)
                if message.to in self.live:
                    said += self.desks[message.to].step(self.t_ns, (message,))

    def reporters(self, number: str) -> list[str]:
        now = self.t_ns + 1
        return [name for name in NAMES if name in self.live and self.desks[name].standing.may_report(number, now)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.passes(4.0)
    yield made
    made.close()


def begun(world: World) -> str:
    """An object that AIR sees first, and the others too."""
    world.desks["AIR"].see(Seen({"w/O1": 3}))
    world.passes(1.0)
    number = world.desks["AIR"].standing.names["w/O1"]
    for name in ("SPACE", "NAVY"):
        world.desks[name].see(Seen({"v/O7": 2}, {"v/O7": (number,)}))
    world.passes(1.0)
    return number


def test_one_object_has_one_number_and_one_reporter_who_gives_it_when_asked(world: World) -> None:
    number = begun(world)
    assert {desk.service.number_of("v/O7") for name, desk in world.desks.items() if name != "AIR"} == {number}
    assert world.reporters(number) == ["AIR"]
    world.passes(1.0, {"AIR": Ask(do="give", track="O1", to="SPACE")})
    assert world.reporters(number) == ["SPACE"]
    assert world.desks["AIR"].answers == [("ask", True, f"{number} is reported by SPACE now")]
    world.passes(0.2, {"AIR": Ask(do="give", track=number, to="NAVY")})
    assert world.desks["AIR"].answers[-1][1:] == (False, f"{number} is reported by SPACE, which alone can give it")


def test_who_does_not_see_it_does_not_take_it_and_who_is_unknown_is_said(world: World) -> None:
    world.desks["AIR"].see(Seen({"w/O1": 3}))
    world.passes(1.0)
    world.passes(2.0, {"AIR": Ask(do="give", track="O1", to="NAVY")})
    world.passes(0.2, {"AIR": Ask(do="give", track="O1", to="FLEET")})
    world.passes(0.2, {"AIR": Ask(do="give", track="O9", to="NAVY")})
    said = [text for _, is_done, text in world.desks["AIR"].answers if not is_done]
    assert [words.split()[0] for words in said] == ["NAVY", "FLEET", "O9"] and len(said) == 3
    assert world.reporters("NORTH-000001") == ["AIR"]


def test_a_dead_services_tracks_are_taken_over_and_a_restart_begins_no_number_again(world: World) -> None:
    number = begun(world)
    world.live.discard("AIR")
    world.passes(6.0)
    assert len(world.reporters(number)) == 1 and "AIR" not in world.reporters(number)
    world.desks["AIR"].store.close()
    world.desks["AIR"] = world.open("AIR")
    world.live.add("AIR")
    world.desks["AIR"].see(Seen({"w/O1": 3, "w/O2": 1}))
    world.passes(8.0)
    assert len(world.reporters(number)) == 1
    assert world.desks["AIR"].standing.names["w/O1"] == number, "an object seen again keeps its number"
    assert world.desks["AIR"].standing.names["w/O2"] == f"NORTH-{64 * 100 + 1:06d}", "a block of its own"


def test_what_its_reporter_loses_goes_to_who_sees_it_and_is_dropped_when_nobody_does(world: World) -> None:
    number = begun(world)
    world.desks["AIR"].see(Seen())
    world.passes(UNSEEN_S + 3.0)
    (who,) = world.reporters(number)
    assert who != "AIR"
    for name in NAMES:
        world.desks[name].see(Seen())
    world.passes(3 * UNSEEN_S)
    assert world.reporters(number) == []
    assert {desk.service.kept.duties[number].dropped for desk in world.desks.values()} == {"lost"}
    world.desks["NAVY"].see(Seen({"v/O7": 2}))
    world.passes(1.0)
    again = world.desks["NAVY"].standing.names["v/O7"]
    assert again != number and world.desks["AIR"].service.kept.duties[again].parents == (number,)


def test_two_numbers_of_one_object_are_merged_unless_they_are_taken_for_different_things(world: World) -> None:
    world.desks["AIR"].see(Seen({"w/O1": 3}))
    world.desks["SPACE"].see(Seen({"v/O7": 2}))
    world.passes(1.0)
    mine, theirs = world.desks["AIR"].standing.names["w/O1"], world.desks["SPACE"].standing.names["v/O7"]
    assert mine != theirs
    world.desks["AIR"].see(Seen({"w/O1": 3}, {"w/O1": (theirs,)}, identities={"w/O1": "ballistic"}))
    world.desks["SPACE"].see(Seen({"v/O7": 2}, {"v/O7": (mine,)}, identities={"v/O7": "satellite"}))
    world.passes(4.0)
    assert world.reporters(mine) == ["AIR"] and world.reporters(theirs) == ["SPACE"], "people decide"
    (conflict,) = world.desks["NAVY"].conflicts() or world.desks["AIR"].conflicts()
    assert "ballistic" in conflict[1] and "satellite" in conflict[1]
    world.desks["SPACE"].see(Seen({"v/O7": 2}, {"v/O7": (mine,)}, identities={"v/O7": "ballistic"}))
    world.passes(4.0)
    assert world.reporters(mine) == ["AIR"] and world.reporters(theirs) == []
    assert world.desks["SPACE"].standing.names["v/O7"] == mine
    assert world.desks["AIR"].conflicts() == []


def test_services_that_differ_about_a_track_are_a_conflict_until_people_decide(world: World) -> None:
    number = begun(world)
    world.desks["AIR"].see(Seen({"w/O1": 3}, identities={"w/O1": "ballistic"}))
    world.desks["SPACE"].see(Seen({"v/O7": 2}, {"v/O7": (number,)}, identities={"v/O7": "satellite"}))
    world.passes(2.0)
    for desk in world.desks.values():
        assert [one for one, _ in desk.conflicts()] == [number]
    document = services_document(world.desks["NAVY"], {}, world.t_ns)
    assert document["conflicts"][0]["number"] == number
    assert any("CONFLICT" in line for line in services_lines(document))
    world.passes(2.0, {"NAVY": Ask(do="identify", track=number, identity="satellite", by="anna")})
    assert all(desk.conflicts() == [] for desk in world.desks.values())


def test_a_track_goes_to_whose_region_it_flies_through(tmp_path: Path) -> None:
    world = World(tmp_path, {"AIR": WEST, "SPACE": EAST})
    world.passes(4.0)
    number = begun(world)
    for lon_deg, whose in ((-5.0, "AIR"), (0.1, "AIR"), (5.0, "SPACE")):
        world.desks["AIR"].see(Seen({"w/O1": 3}, places_deg={"w/O1": (55.0, lon_deg)}))
        world.passes(2.0)
        assert world.reporters(number) == [whose], lon_deg
    world.close()


def test_nothing_is_said_or_reported_that_cannot_be_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = world.desks["AIR"]

    def full(*words: object, **more: object) -> None:
        raise NotRecordedError("the disk is full")

    monkeypatch.setattr(desk.store, "write", full)
    desk.see(Seen({"w/O1": 3}))
    world.t_ns += NS_PER_S
    said = desk.step(world.t_ns, ())
    assert {type(one) for one in said} == {NotRecorded} and {one.to for one in said} == set(desk.service.others)
    assert "w/O1" not in desk.standing.names
    assert desk.trouble == "NOT RECORDED: the disk is full" == said[0].words
    assert desk.step(world.t_ns + NS_PER_S // 10, ()) == (), "once a second is enough"
    monkeypatch.undo()
    world.passes(1.0)
    assert world.reporters(desk.standing.names["w/O1"]) == ["AIR"] and desk.trouble == ""
    body = desk.store.document(ROOM, "AIR/TEST")
    assert body is not None and "w/O1" in decode_kept(body).names


def test_what_people_ask_lies_in_the_store_until_it_is_answered(tmp_path: Path) -> None:
    import time

    import msgspec

    store = open_sqlite_store(tmp_path / "node.sqlite", 0)
    for key, age_s in (("new", 1.0), ("newest", 0.0), ("old", 100.0)):
        ask = Ask(do="give", track="O1", to="SPACE", t_posix_s=time.time() - age_s)
        store.write(lambda w, key=key, ask=ask: w.keep_document("service-asks", key, msgspec.json.encode(ask)))
    assert [key for key, _ in asks_in(store)] == ["new", "newest"]
    answer_asks(store, ["new"], [("new", True, "done")])
    assert [key for key, _ in asks_in(store)] == ["newest"]
    assert msgspec.json.decode(store.document("service-told", "new") or b"", type=Told) == Told(True, "done")
    store.close()


def test_the_table_is_written_and_read_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    made = NodeSettings(owner="NORTH", node="SPACE", services=services_table("SPACE", NAMES))
    make_node(tmp_path / "node", made)
    _, read = read_node(tmp_path / "node")
    assert group_of("NORTH", read.services) == group_of("NORTH", made.services)
    assert services_table("B", ("A", "B"))["member"][0]["votes"] == 2, "of two, one goes on alone"
    with pytest.raises(UsageError):
        services_table("ARMY", NAMES)
    with pytest.raises(BadInputError, match="none of the services"):
        check_settings(NodeSettings(owner="NORTH", node="ARMY", services=made.services), "node.toml")
