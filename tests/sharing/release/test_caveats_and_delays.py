"""Caveats go with what they stand on, delays hold, batches fill up, and several grants are asked in their order."""

import msgspec
import numpy as np
import pytest
from tests.sharing.release.makings import SECRET, T0, S, content_of, event, track

from vedette.reports import Evidence, Mode, SharedDrop, SharedEvent, SharedHealth, SharedTrack, SharedWords
from vedette.sharing.release import Releaser, padded_size, parse_policy
from vedette.sharing.release.policy import third_party_trouble

HEAD = 'version = 1\npeer = "SOUTH-A"\nmodes = ["EXERCISE"]\n'
EXACT = 'position_km = 0\nvelocity_mps = 0\ncovariance = "full"\n'


def by(*grants: str) -> Releaser:
    """A releaser of these grants."""
    text = HEAD + "".join(f"[[grant]]\n{one}\n" for one in grants)
    return Releaser(parse_policy(text), owner="NORTH", mode=Mode.EXERCISE, secret=SECRET)


@pytest.mark.parametrize(
    ("provenance", "caveats", "is_passed"),
    [
        (("NORTH",), (), True),
        (("NORTH",), ("no third party",), True),  # our own caveat binds the peer, not us
        (("NORTH",), ("only EAST",), False),
        (("WEST",), (), True),
        (("WEST",), ("no third party",), False),
        (("NORTH", "WEST"), ("no third party",), False),
        (("WEST",), ("only SOUTH, EAST",), True),
        (("WEST",), ("only EAST",), False),
        (("WEST",), ("eyes of commanders",), False),
        (("SOUTH",), (), False),  # back to whom it came from
        (("WEST", "SOUTH"), (), True),
    ],
)
def test_caveats(provenance: tuple[str, ...], caveats: tuple[str, ...], is_passed: bool) -> None:
    assert (third_party_trouble(provenance, caveats, "NORTH", "SOUTH") == "") is is_passed


def test_a_partners_track_is_passed_on_only_on_purpose_unchanged_and_with_its_caveats() -> None:
    foreign = msgspec.structs.replace(
        track("WEST-1", T0 - 7 * S), provenance=("WEST",), caveats=("only SOUTH",), sensors=("radar-west",)
    )
    grant = 'class = "track"\nareas = ["everywhere"]\ncaveats = ["no third party"]\n' + EXACT
    assert not content_of(by(grant).release([foreign], T0), "track")
    (told,) = content_of(by(grant + "third_party = true\n").release([foreign], T0), "track")
    assert isinstance(told, SharedTrack)
    assert (told.number, told.provenance, told.t_tai_ns) == ("WEST-1", ("WEST",), T0 - 7 * S)
    assert told.caveats == ("only SOUTH", "no third party")
    assert told.position_itrf_m == foreign.position_itrf_m and told.sensors == ()


def test_a_delayed_track_is_told_as_it_was_then() -> None:
    one = by('class = "track"\nareas = ["everywhere"]\ncadence_s = 10\ndelay_s = 30\n' + EXACT)
    told = {}
    for step in range(6):
        now = T0 + 10 * S * step
        told[step] = content_of(one.release([track(t_tai_ns=now, lat_deg=30.0 + step)], now), "track")
    assert [len(told[step]) for step in range(6)] == [0, 0, 0, 1, 1, 1]
    (first,) = told[3]
    assert isinstance(first, SharedTrack)
    assert first.t_tai_ns == T0 and first.position_itrf_m == track(lat_deg=30.0).position_itrf_m


def test_a_delayed_event_is_told_late_and_its_withdrawal_at_once() -> None:
    one = by('class = "event"\nareas = ["everywhere"]\ndelay_s = 60\n')
    assert not content_of(one.release([event()], T0), "warn")
    assert not content_of(one.release([event()], T0 + 59 * S), "warn")
    assert len(content_of(one.release([event()], T0 + 60 * S), "warn")) == 1
    (last,) = content_of(one.release([event(Evidence.WITHDRAWN)], T0 + 61 * S), "warn")
    assert isinstance(last, SharedEvent) and last.evidence is Evidence.WITHDRAWN and last.revision == 2


def test_an_event_that_ends_within_the_delay_is_never_told() -> None:
    one = by('class = "event"\nareas = ["everywhere"]\ndelay_s = 60\n')
    one.release([event()], T0)
    assert not content_of(one.release([event(Evidence.WITHDRAWN)], T0 + 30 * S), "warn")


def test_an_event_that_falls_below_what_is_granted_still_says_so() -> None:
    one = by('class = "event"\nareas = ["everywhere"]\nevidence_least = "confirmed"\n')
    assert not content_of(one.release([event()], T0), "warn")
    one.release([event(Evidence.CONFIRMED)], T0 + S)
    (told,) = content_of(one.release([event(Evidence.CORRELATED)], T0 + 2 * S), "warn")
    assert isinstance(told, SharedEvent) and told.evidence is Evidence.CORRELATED


def test_the_first_grant_that_fits_decides() -> None:
    area = "[area.here]\ncorners = [[36.0, -36.0], [36.0, -28.0], [32.0, -28.0], [32.0, -36.0]]\n"
    fine = f'[[grant]]\nclass = "track"\nareas = ["here"]\nfields = ["phase"]\n{EXACT}'
    rest = '[[grant]]\nclass = "track"\nareas = ["everywhere"]\nposition_km = 50\n'
    one = Releaser(parse_policy(HEAD + area + fine + rest), owner="NORTH", mode=Mode.EXERCISE, secret=SECRET)
    out = one.release([track("near"), track("far", lat_deg=10.0)], T0)
    near, far = content_of(out, "track")
    assert isinstance(near, SharedTrack) and isinstance(far, SharedTrack)
    assert near.phase == "coast" and far.phase == ""
    assert near.covariance[0] < 1e5 < 1e8 < far.covariance[0]


def test_suspended_by_region_only_what_lies_there_stays() -> None:
    area = "[area.here]\ncorners = [[36.0, -36.0], [36.0, -28.0], [32.0, -28.0], [32.0, -36.0]]\n"
    policy = parse_policy(HEAD + area + '[[grant]]\nclass = "track"\nareas = ["everywhere"]\n' + EXACT)
    one = Releaser(policy, owner="NORTH", mode=Mode.EXERCISE, secret=SECRET)
    both = [track("near"), track("far", lat_deg=10.0)]
    assert len(content_of(one.release(both, T0), "track")) == 2
    one.suspend(areas=policy.areas)
    told = content_of(one.release(both, T0 + 10 * S), "track")
    assert [type(item) for item in told] == [SharedTrack, SharedDrop]
    one.suspend(False)
    assert len(content_of(one.release(both, T0 + 20 * S), "track")) == 2


def test_what_is_not_seen_any_more_goes_on_and_says_nothing_of_it() -> None:
    one = by('class = "track"\nareas = ["everywhere"]\nfields = ["phase"]\n' + EXACT)
    one.release([track()], T0)
    lost = msgspec.structs.replace(track(), phase="")
    (told,) = content_of(one.release([lost], T0 + 60 * S), "track")
    assert isinstance(told, SharedTrack)
    assert told.phase == "coast" and told.t_tai_ns == T0 + 60 * S
    moved = np.linalg.norm(np.array(told.position_itrf_m) - np.array(track().position_itrf_m))
    assert 150e3 < moved < 300e3  # 60 s at some 3.7 km/s, and what it falls


def test_parents_are_told_when_the_peer_knows_them() -> None:
    grant = 'class = "track"\nareas = ["everywhere"]\nfields = ["parents"]\n' + EXACT
    child = msgspec.structs.replace(track("child"), parents=("mother", "stranger"))
    told = content_of(by(grant).release([track("mother"), child], T0), "track")
    mother, told_child = told
    assert isinstance(mother, SharedTrack) and isinstance(told_child, SharedTrack)
    assert told_child.parents == (mother.number,)


def test_words_wait_out_a_suspension_and_go_once() -> None:
    one = by('class = "words"\nwords = ["query"]\n')
    words = SharedWords(words_id="q1", kind="query", text="is O3 yours?")
    one.suspend()
    assert not content_of(one.release([words], T0), "words")
    one.suspend(False)
    one.release([words], T0 + S)
    later = one.release([], T0 + 2 * S)
    assert not content_of(later, "words")


def test_health_tells_what_is_granted() -> None:
    health = SharedHealth(t_tai_ns=T0 + 7, working={"radar": 2}, silent={"infrared": 1}, text="radar-north is well")
    (told,) = content_of(by('class = "health"\nfields = ["working"]\n').release([health], T0 + 7), "track")
    assert isinstance(told, SharedHealth)
    assert told == SharedHealth(t_tai_ns=told.t_tai_ns, working={"radar": 2}) and told.t_tai_ns % (60 * S) == 0


def test_sizes_are_steps() -> None:
    assert [padded_size(n, 4096) for n in (0, 4096, 4097, 9000)] == [4096, 4096, 8192, 16384]
    assert padded_size(17, 0) == 17
