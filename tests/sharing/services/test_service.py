"""Services over a wire that works: numbers, hand-over, take-over, drops, conflicts; regions and bad descriptions."""

import pytest

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, UsageError
from vedette.sharing.services import Member, Service, ServiceGroup, decode_kept, encode_kept, group_of

SQUARE = ((50.0, -10.0), (60.0, -10.0), (60.0, 5.0), (50.0, 5.0))


class Few:
    """Some services that hear each other at once."""

    def __init__(self, nodes: int = 3, votes: tuple[int, ...] = ()) -> None:
        members = tuple(
            Member(name=f"s{i}", slot=i, votes=votes[i] if votes else 1, region=SQUARE if i == 1 else ())
            for i in range(nodes)
        )
        self.group = ServiceGroup(owner="NORTH", members=members)
        self.t = 0
        self.up = {one: Service(self.group, one, 0) for one in self.group.names}
        self.told: list[tuple[str, str]] = []
        self.passes(4.0)

    def __getitem__(self, name: str) -> Service:
        return self.up[name]

    def passes(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.25)):
            self.t += NS_PER_S // 4
            queue = [m for one in self.up.values() for m in one.tick(self.t)]
            while queue:
                message = queue.pop(0)
                if message.to in self.up:
                    queue += self.up[message.to].hear(message, self.t)
            self.told += [(name, news.kind) for name, one in self.up.items() for news in one.take_news()]

    def who(self, number: str) -> list[str]:
        return [name for name, one in self.up.items() if one.may_report(number, self.t)]


def test_a_track_is_handed_over_when_the_other_sees_it_and_its_number_stays() -> None:
    few = Few()
    number = few["s0"].begin("O1", few.t)
    few.passes(1.0)
    assert few.who(number) == ["s0"]
    assert few["s0"].hand_over(number, "s1", few.t)
    few.passes(2.0)
    assert few.who(number) == ["s0"], "who does not see it takes nothing over"
    few["s1"].adopt("T7", number)
    assert few["s0"].hand_over(number, "s1", few.t)
    few.passes(2.0)
    assert few.who(number) == ["s1"]
    assert {one.holder_of(number) for one in few.up.values()} == {"s1"}
    assert few["s1"].begin("T7", few.t) == number


def test_what_a_silent_service_reported_goes_to_who_sees_it_best_and_comes_not_back_by_itself() -> None:
    few = Few()
    number = few["s0"].begin("O1", few.t)
    few["s1"].adopt("A", number, quality=2)
    few["s2"].adopt("B", number, quality=5)
    few.passes(2.0)
    kept = decode_kept(encode_kept(few["s0"].kept))
    del few.up["s0"]
    few.passes(6.0)
    assert few.who(number) == ["s2"]
    few.up["s0"] = Service(few.group, "s0", few.t, kept)
    few.passes(6.0)
    assert few.who(number) == ["s2"]
    assert set(few["s0"].kept.members) == {"s0", "s1", "s2"}
    assert few["s0"].begin("O2", few.t) != number


def test_a_service_that_is_cut_off_stops_reporting_before_others_begin() -> None:
    few = Few()
    number = few["s0"].begin("O1", few.t)
    few.passes(2.0)
    alone = few.up.pop("s0")
    t_stopped = next(few.t + i * 10**8 for i in range(100) if not alone.may_report(number, few.t + i * 10**8))
    t_begun = None
    while t_begun is None:
        few.passes(0.25)
        t_begun = few.t if few.who(number) else None
    assert t_stopped < t_begun


def test_of_two_services_the_one_with_two_votes_goes_on_alone() -> None:
    for gone, is_reported in (("s0", False), ("s1", True)):
        few = Few(2, votes=(2, 1))
        number = few["s0"].begin("O1", few.t)
        other = few["s1"].begin("O2", few.t)
        few.passes(2.0)
        del few.up[gone]
        few.passes(6.0)
        mine = other if gone == "s0" else number
        assert bool(few.who(mine)) is is_reported


def test_a_drop_reaches_all_and_says_what_goes_on() -> None:
    few = Few()
    one, other = few["s0"].begin("O1", few.t), few["s1"].begin("X", few.t)
    few.passes(1.0)
    keep, lose = sorted((one, other))
    loser = few["s0"] if lose == one else few["s1"]
    assert loser.same(one, other, few.t)
    few.passes(2.0)
    assert all(service.holder_of(lose) == "" for service in few.up.values())
    assert {service.kept.duties[lose].into for service in few.up.values()} == {keep}
    assert len(few.who(keep)) == 1
    assert not loser.drop(keep, "lost", few.t), "only the holder drops"
    with pytest.raises(UsageError):
        loser.drop(keep, "bored", few.t)


def test_two_identities_for_one_track_are_raised_to_people_and_nothing_is_merged_until_they_decide() -> None:
    few = Few()
    one, other = few["s0"].begin("O1", few.t), few["s1"].begin("X", few.t)
    few.passes(1.0)
    few["s0"].identify(one, "satellite 25544", few.t)
    few["s1"].identify(one, "upper stage", few.t)
    few["s1"].identify(other, "upper stage", few.t)
    few.passes(2.0)
    assert {name for name, kind in few.told if kind == "conflict"} == {"s0", "s1", "s2"}
    assert not any(service.same(one, other, few.t) for service in few.up.values())
    few["s2"].identify(one, "upper stage", few.t, who="person-3")
    few.passes(1.0)
    few.told.clear()
    few["s0"].identify(one, "piece of debris", few.t)
    few.passes(2.0)
    assert not [kind for _, kind in few.told if kind == "conflict"], "people have decided"


def test_one_service_alone_reports_at_once() -> None:
    few = Few(1)
    number = few["s0"].begin("O1", few.t, parents=("NORTH-000900",))
    assert few.who(number) == ["s0"]
    assert few["s0"].kept.duties[number].parents == ("NORTH-000900",)


def test_a_region_of_responsibility_is_kept_within_a_margin() -> None:
    group = Few().group
    assert group.region_of(55.0, 0.0) == "s1"
    assert group.region_of(55.0, 5.5) == ""
    assert group.region_of(55.0, 5.5, now="s1", margin_km=50.0) == "s1"
    assert group.region_of(55.0, 20.0, now="s1", margin_km=50.0) == ""


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"member": []},
        {"member": [{"name": "a", "slot": 0}, {"name": "a", "slot": 1}]},
        {"member": [{"name": "a", "slot": 64}]},
        {"member": [{"name": "a", "slot": 0, "votes": 0}]},
        {"member": [{"name": "a", "slot": 0}], "lease_s": 0.1},
        {"member": [{"name": "a", "slot": 0, "region": [[0.0, 0.0], [1.0, 1.0]]}]},
        {"member": [{"name": "a", "slot": 0, "colour": "red"}]},
    ],
)
def test_a_description_that_makes_no_sense_is_refused_with_a_sentence(table: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match="services"):
        group_of("NORTH", table)
