"""A release that is killed goes on where it was: what it has told, what waits out a delay, what it was half through."""

from tests.sharing.release.makings import SECRET, T0, S, content_of, event, track

from vedette.reports import Evidence, Mode, SharedDrop, SharedEvent, SharedTrack
from vedette.sharing.release import Releaser, parse_policy, state_of

HEAD = 'version = 1\npeer = "SOUTH-A"\nmodes = ["EXERCISE"]\n'
EXACT = 'class = "track"\nareas = ["everywhere"]\nposition_km = 0\nvelocity_mps = 0\ncovariance = "full"\n'
EVENTS = 'class = "event"\nareas = ["everywhere"]\n'


class Disk:
    """The pieces of a release's state, as a store keeps them."""

    def __init__(self) -> None:
        self.pieces: dict[str, bytes] = {}

    def keep(self, one: Releaser) -> None:
        for key, body in one.unkept().items():
            if body is None:
                self.pieces.pop(key, None)
            else:
                self.pieces[key] = body
        one.kept()

    def begin(self, grant: str) -> Releaser:
        policy = parse_policy(f"{HEAD}[[grant]]\n{grant}")
        return Releaser(policy, owner="NORTH", mode=Mode.EXERCISE, secret=SECRET, state=state_of(self.pieces))


def test_tracks_that_wait_out_a_delay_survive_a_kill() -> None:
    grant = EXACT + "cadence_s = 10\ndelay_s = 30\n"
    disk, told = Disk(), []
    for step in range(6):  # killed after every step
        one = disk.begin(grant)
        offers = [track(lat_deg=30.0 + step)] if step < 2 else []
        told.append(content_of(one.release(offers, T0 + 10 * step * S), "track"))
        assert one.has_taken
        disk.keep(one)
    assert [[type(item) for item in step] for step in told[3:]] == [[SharedTrack], [SharedTrack], [SharedDrop]]
    (first,), (second,) = told[3], told[4]
    assert isinstance(first, SharedTrack) and isinstance(second, SharedTrack)
    assert first.position_itrf_m == track(lat_deg=30.0).position_itrf_m and first.t_tai_ns == T0
    assert len([key for key in disk.pieces if key.startswith("snapshot")]) == 4, "what is over is not kept"


def test_an_event_that_waits_out_a_delay_survives_a_kill_and_is_told_once() -> None:
    disk, told = Disk(), []
    for t_s in (0, 30, 59, 60, 90):
        one = disk.begin(EVENTS + "delay_s = 60\n")
        told += content_of(one.release([event()], T0 + t_s * S), "warn")
        disk.keep(one)
        assert (len(told) == 1) == (t_s >= 60)
    one = disk.begin(EVENTS + "delay_s = 60\n")
    (last,) = content_of(one.release([event(Evidence.WITHDRAWN)], T0 + 91 * S), "warn")
    assert isinstance(last, SharedEvent) and last.revision == 2


def test_tracks_told_a_few_at_a_time_are_those_told_at_once() -> None:
    offers = [track(f"T{n}", lat_deg=30.0 + n) for n in range(7)]
    whole = content_of(Disk().begin(EXACT).release(offers, T0), "track")
    one, parts = Disk().begin(EXACT), []
    assert one.begin_tracks(offers, T0)
    while (part := one.next_tracks(2)) is not None:
        parts.append(part.content)
    assert [len(part) for part in parts] == [2, 2, 2, 1]
    assert [item for part in parts for item in part] == list(whole)
    assert not one.are_tracks_due(T0) and one.are_tracks_due(T0 + 10 * S)


def test_killed_between_two_messages_of_tracks_it_still_takes_back_what_it_told() -> None:
    disk = Disk()
    one = disk.begin(EXACT)
    one.begin_tracks([track("T1"), track("T2", lat_deg=20.0)], T0)
    (told,) = one.next_tracks(1).content
    disk.keep(one)
    (drop,) = content_of(disk.begin(EXACT).release([], T0 + 10 * S), "track")
    assert isinstance(drop, SharedDrop) and drop.number == told.number


def test_what_could_not_be_kept_is_told_again_as_if_for_the_first_time() -> None:
    one = Disk().begin(EVENTS)
    one.release([event()], T0)
    one.kept()
    for t_s in (1, 2):
        mark = one.mark()
        (told,) = content_of(one.release([event(Evidence.CONFIRMED)], T0 + t_s * S), "warn")
        assert isinstance(told, SharedEvent) and told.revision == 2
        assert any(key.startswith("event") for key in one.unkept())
        if t_s == 1:
            one.go_back(mark)  # the disk was full
    assert not content_of(one.release([event(Evidence.CONFIRMED)], T0 + 3 * S), "warn")


def test_a_pass_of_tracks_that_could_not_be_kept_begins_anew() -> None:
    one = Disk().begin(EXACT)
    offers = [track("T1"), track("T2", lat_deg=20.0)]
    one.begin_tracks(offers, T0)
    mark = one.mark()
    assert one.next_tracks(1) is not None
    one.go_back(mark)
    assert len(content_of(one.release(offers, T0 + S), "track")) == 2
