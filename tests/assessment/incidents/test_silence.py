"""Silence is the lack of data: who shares a part, who is alive by another way, and never an attack."""

from math import exp, log

import pytest
from tests.assessment.incidents.made_watch import life_sign, looks, told, watched

from vedette.assessment.incidents.policy import packaged_incident_policy
from vedette.assessment.incidents.silence import YEAR_S, lessened, weigh_silence
from vedette.core.errors import BadInputError
from vedette.reports import THREATS, Cause, Evidence
from vedette.sensing.links import NO_LINKS, Link, Links, format_links, parse_links

SITES = ("north", "west", "east")
# two ways for each of three sites that all lead through one relay, as on 24 November 1961
ONE_RELAY = Links(
    tuple(
        Link(name, (("cable", (f"cable-{name}", "relay-a")), ("tropo", ("mast", "relay-a"))), (f"grid-{name}",))
        for name in SITES
    )
)
POLICY = packaged_incident_policy().silence


def test_two_ways_through_one_relay_are_one_way():
    assert ONE_RELAY.single_points["relay-a"] == SITES
    assert "cable-north" not in ONE_RELAY.single_points  # the other way goes on without it
    assert parse_links(format_links(ONE_RELAY)) == ONE_RELAY


@pytest.mark.parametrize(
    "text", ["[links]\nx = 3", "[links.a]\nways = {}", "[links.a]\nroutes = {c = 'r'}", "links = 3"]
)
def test_links_that_cannot_be_read_are_told_with_their_place(text):
    with pytest.raises(BadInputError, match="links"):
        parse_links(text, "night.toml")


def test_three_sites_dead_at_once_are_one_relay_and_alive_by_an_aircraft():
    events = looks(SITES, 0, 120) + looks(["south"], 0, 500)
    signs = [life_sign(300 + 20 * i, name, "aircraft", has_power=True) for i, name in enumerate(SITES)]
    before = told(watched(events[: len(events)], links=ONE_RELAY), "silence")
    after = told(watched([*events, *signs], links=ONE_RELAY), "silence")
    assert [one.sensors for one in before] == [SITES]
    assert before[0].leading is Cause.COMMON_FAULT and before[0].evidence is Evidence.CANDIDATE
    assert after[0].evidence is Evidence.WITHDRAWN and "alive" in after[0].marks
    assert after[0].probability_of(Cause.COMMON_FAULT) > 0.99
    for one in (*before, *after):
        assert one.probability_of(*THREATS) == 0.0
        assert any("no evidence of an attack" in why for e in one.explanations for why in e.reasons_against)


def test_the_silence_is_said_once_and_its_end_is_said():
    picture = watched(looks(SITES, 0, 120) + looks(["south"], 0, 300) + looks(SITES, 200, 300), links=ONE_RELAY)
    said = [f.text for f in picture.timeline if f.data.get("incident") == "silence-1"]
    assert len(said) == 2 and "common-fault" in said[0] and "heard again" in said[1]
    assert told(picture, "silence")[0].evidence is Evidence.PASSED


def test_one_silent_sensor_is_most_likely_its_own_fault():
    (one,) = told(watched(looks(["north"], 0, 60) + looks(["west", "east"], 0, 120)), "silence")
    assert one.sensors == ("north",) and one.leading is Cause.SENSOR_FAULT


def test_weights_follow_from_enumerated_chances():
    """Three of three stop: an unknown cause takes 0..3 of 3 alike, and own faults have to meet twice more."""
    rows = {row.name: row for row in weigh_silence(SITES, (), NO_LINKS, (), POLICY)}
    any_set = 1.0 / 4.0
    again = POLICY["sensor_fault"] * POLICY["together_s"] / YEAR_S
    assert rows[Cause.SENSOR_FAULT].log_ratio == pytest.approx(log(again**2 / any_set))
    hang = {row.name: row for row in weigh_silence(SITES, (), ONE_RELAY, (), POLICY)}
    assert exp(hang[Cause.COMMON_FAULT].log_ratio) == pytest.approx(1.0 / any_set)


def test_a_site_that_hangs_on_the_relay_and_goes_on_clears_the_relay():
    with_all = {r.name: r.log_ratio for r in weigh_silence(SITES[:2], (), ONE_RELAY, (), POLICY)}
    spared = max(
        r.log_ratio for r in weigh_silence(SITES[:2], SITES[2:], ONE_RELAY, (), POLICY) if r.name is Cause.COMMON_FAULT
    )
    assert spared < with_all[Cause.COMMON_FAULT] - 3.0


def test_a_sign_by_the_cut_way_speaks_against_the_cut():
    by_air = weigh_silence(SITES, (), ONE_RELAY, [life_sign(1, "north", "aircraft")], POLICY)
    by_cable = weigh_silence(SITES, (), ONE_RELAY, [life_sign(1, "north", "cable")], POLICY)
    assert _relay(by_cable) < _relay(by_air) - 4.0


def test_who_hangs_on_the_same_supply_is_trusted_less():
    links = Links((Link("a", power=("grid",)), Link("b", power=("grid",)), Link("c", power=("diesel",))))
    assert lessened(["a"], links) == ("b",) and lessened(["c"], links) == ()


def _relay(rows):
    return max(row.log_ratio for row in rows if row.name is Cause.COMMON_FAULT)
