"""What a watch hands to its service's desk, and what becomes of its offers."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from vedette.doors.node.peer_file import Peer
from vedette.doors.node.service_desk import Seen, Standing
from vedette.doors.node.service_names import apart, teller_of
from vedette.doors.node.shared_numbers import SharedNumbers, identity_of, quality_of
from vedette.frames import itrf_from_geodetic
from vedette.reports import Evidence, LinkState, Mode, PartnerNews, PartnerReport, SharedEvent, SharedTrack

PEER = Peer(owner="NORTH", node="SPACE", broker_key="U", ca_sha256="")
NOW = 10**9


def track(name: str, *provenance: str, sigma_m: float = 100.0) -> SharedTrack:
    x, y, z = (float(one) for one in itrf_from_geodetic(0.9, 0.1, 3e5))
    terms = [0.0] * 21
    terms[0] = terms[2] = terms[5] = sigma_m**2
    return SharedTrack(
        number=name, t_tai_ns=0, position_itrf_m=(x, y, z), velocity_itrf_mps=(0.0, 7e3, 0.0), covariance=tuple(terms),
        provenance=provenance,
    )  # fmt: skip


class Desk:
    standing = Standing()
    seen = Seen()

    def see(self, seen: Seen) -> None:
        self.seen = seen


def test_the_desk_hears_what_is_seen_and_what_other_services_call_it() -> None:
    desk: Any = Desk()
    numbers = SharedNumbers(desk, "NORTH", lambda: NOW)
    joined = {("NORTH-SPACE", "NORTH-000101"): "O1"}
    views = {
        "NORTH-SPACE": SimpleNamespace(owner="NORTH-SPACE", tracks=dict.fromkeys(("NORTH-000101", "NORTH-000102"))),
        "SOUTH": SimpleNamespace(owner="SOUTH", tracks={"SOUTH-000001": None}),
    }
    joining = SimpleNamespace(object_of=lambda owner, number: joined.get((owner, number)))
    picture: Any = SimpleNamespace(partners=SimpleNamespace(views=views, joining=joining))
    own = replace(track("w/O1", "NORTH"), probabilities={"ballistic": 0.97, "satellite": 0.03}, parents=("w/O0",))
    offers = (own, track("w/O2", "NORTH"), track("NORTH-000102", "NORTH-SPACE"), track("SOUTH-000001", "SOUTH"))
    numbers.look(offers, picture, lambda name: f"w/{name}")
    assert set(desk.seen.tracks) == {"w/O1", "w/O2"}
    assert desk.seen.joins == {"w/O1": ("NORTH-000101",)}
    assert desk.seen.identities == {"w/O1": "ballistic"} and desk.seen.parents == {"w/O1": ("w/O0",)}
    lat_deg, lon_deg = desk.seen.places_deg["w/O2"]
    assert (lat_deg, lon_deg) == pytest.approx((51.566, 5.730), abs=1e-3)
    alone: Any = SimpleNamespace(partners=None)
    numbers.look(offers, alone, lambda name: f"w/{name}")
    assert desk.seen.joins == {}


def test_offers_have_numbers_once_they_are_given_and_other_services_tell_their_own() -> None:
    desk: Any = Desk()
    numbers = SharedNumbers(desk, "NORTH", lambda: NOW)
    event = SharedEvent(
        event_id="w/E1", revision=1, kind="launch", evidence=Evidence.CORRELATED, tracks=("w/O1", "w/O2"),
        t_said_tai_ns=0,
    )  # fmt: skip
    offers = (track("w/O1", "NORTH"), track("w/O2", "NORTH"), track("NORTH-000101", "NORTH-SPACE"), event,
              track("SOUTH-000001", "SOUTH"))  # fmt: skip
    desk.standing = Standing({"w/O1": "NORTH-000001"}, frozenset({"NORTH-000001"}), NOW + 1)
    one, told, theirs = numbers.numbered(offers, "NORTH")
    assert isinstance(one, SharedTrack) and (one.number, one.is_responsible) == ("NORTH-000001", True)
    assert isinstance(told, SharedEvent) and told.tracks == ("NORTH-000001",) and theirs == offers[-1]
    desk.standing = Standing({"w/O1": "NORTH-000001"}, frozenset({"NORTH-000001"}), NOW)
    one, *_ = numbers.numbered(offers, "NORTH")
    assert isinstance(one, SharedTrack) and not one.is_responsible, "what was sure until now is not sure any more"


def test_who_sees_better_has_the_greater_quality_and_doubtful_classes_are_no_identity() -> None:
    assert quality_of(track("a", sigma_m=10.0)) > quality_of(track("a", sigma_m=1000.0)) >= 1
    assert quality_of(track("a", sigma_m=1e20)) >= 1 and quality_of(track("a", sigma_m=0.0)) <= 40
    assert identity_of(track("a")) == ""
    assert identity_of(replace(track("a"), probabilities={"ballistic": 0.9, "satellite": 0.1})) == ""


def test_another_service_is_a_teller_of_its_own_and_a_partner_keeps_its_name() -> None:
    assert teller_of(PEER, "NORTH") == "NORTH-SPACE" and teller_of(PEER, "SOUTH") == "NORTH"
    report = PartnerReport(
        owner="NORTH", node="SPACE", link="NORTH-SPACE", mode=Mode.TEST, lane="track", sequence=1, t_sent_tai_ns=0,
        t_received_tai_ns=0, digest="", content=(track("NORTH-000101", "NORTH", "SOUTH"),),
    )  # fmt: skip
    heard = apart(report, "NORTH", "NORTH-SPACE")
    (one,) = heard.content
    assert heard.owner == "NORTH-SPACE" and isinstance(one, SharedTrack)
    assert one.provenance == ("NORTH-SPACE", "SOUTH")
    assert apart(report, "NORTH", "NORTH") is report
    news = PartnerNews(owner="NORTH", link="NORTH-SPACE", t_received_tai_ns=0, state=LinkState.UP)
    assert apart(news, "NORTH", "NORTH-SPACE").owner == "NORTH-SPACE"
