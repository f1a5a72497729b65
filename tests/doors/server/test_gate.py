"""Sessions by cookie, one-time tokens, the credential again, and guessing that hinders no cancellation."""

import pytest

from vedette.core.errors import RefusedError
from vedette.doors import accounts as accounts_module
from vedette.doors.accounts import SESSION_S
from vedette.doors.server.exposure import Exposure
from vedette.doors.server.gate import Gate
from vedette.doors.server.one_time import LASTS_S
from vedette.doors.server.problems import LaterError, NobodyError
from vedette.doors.server.tries import FREE, Tries
from vedette.reports import Mode

SECRET = "correct horse"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(accounts_module, "_N", 2**4)  # scrypt is made slow on purpose; here only its use is judged


class Clock:
    def __init__(self):
        self.t_ns = 10**18

    def __call__(self):
        return self.t_ns

    def pass_s(self, seconds):
        self.t_ns += round(seconds * 1e9)


@pytest.fixture
def clock():
    return Clock()


def gate_at(folder, clock, has_accounts=True, **how):
    exposure = Exposure(**{"bind": "127.0.0.1", "mode": Mode.EXERCISE, "has_accounts": has_accounts, **how})
    gate = Gate(folder, exposure, 8620, now=clock)
    if has_accounts:
        for name, role in (("rel-1", "releasing-officer"), ("desk", "watch-officer"), ("office", "administrator")):
            gate.book.add(name, (role,), SECRET, clock())
    return gate


def with_cookie(cookie):
    return [(b"cookie", cookie.partition(";")[0].encode())]


def test_a_login_is_a_cookie_that_scripts_and_other_sites_never_see(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    seat, cookie = gate.login("rel-1", SECRET, "here")
    assert (seat.account, seat.roles) == ("rel-1", ("viewer", "operator", "releaser"))
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert cookie.startswith("vedette-8620=")
    assert gate.seat_of(with_cookie(cookie)) == seat
    assert gate.seat_of([]) is None


def test_with_tls_the_cookie_belongs_to_this_host_and_is_never_sent_in_clear(tmp_path, clock):
    gate = gate_at(tmp_path, clock, certificate=tmp_path / "c", key=tmp_path / "k")
    _, cookie = gate.login("rel-1", SECRET, "here")
    assert cookie.startswith("__Host-vedette-8620=") and cookie.endswith("; Secure")


def test_another_server_on_the_same_data_knows_the_page(tmp_path, clock):
    seat, cookie = gate_at(tmp_path, clock).login("rel-1", SECRET, "here")
    again = Gate(tmp_path, Exposure("127.0.0.1", Mode.EXERCISE, True), 8620, now=clock)
    assert again.seat_of(with_cookie(cookie)) == seat


def test_a_session_of_the_command_line_is_a_bearers(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    file = gate.book.open_session(gate.book.prove("desk", SECRET), "terminal", clock())
    name, token = file.read_text().split()
    assert gate.seat_of([(b"authorization", f"Bearer {name}:{token}".encode())]).account == "desk"
    with pytest.raises(NobodyError, match="over"):
        gate.seat_of([(b"authorization", f"Bearer {name}:wrong".encode())])


def test_a_session_runs_out_is_ended_and_goes_with_its_account(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    (first, cookie), (_, second) = (gate.login("rel-1", SECRET, "here") for _ in range(2))
    gate.logout(first)
    with pytest.raises(NobodyError, match="is over"):
        gate.seat_of(with_cookie(cookie))
    assert gate.seat_of(with_cookie(second)) is not None
    clock.pass_s(SESSION_S + 1)
    with pytest.raises(NobodyError, match="has run out"):
        gate.seat_of(with_cookie(second))
    _, third = gate.login("rel-1", SECRET, "here")
    gate.book.close_account("rel-1")
    with pytest.raises(NobodyError):
        gate.seat_of(with_cookie(third))


@pytest.mark.parametrize("cookie", ["vedette-8620=", "x=\x00", "vedette-8621=a:b", "vedette-8620"])
def test_other_cookies_are_not_ours(tmp_path, clock, cookie):
    assert gate_at(tmp_path, clock).seat_of([(b"cookie", cookie.encode("latin-1"))]) is None


@pytest.mark.parametrize("value", ["a", "a:b", ":", "rel-1:", "visitor-00000000:x", "a:" + "b" * 5000])
def test_made_up_cookies_open_nothing(tmp_path, clock, value):
    with pytest.raises(NobodyError, match="is over"):
        gate_at(tmp_path, clock).seat_of([(b"cookie", f"vedette-8620={value}".encode("latin-1"))])


def test_a_token_is_good_once_for_an_hour_and_the_terminal_hears_of_the_next(tmp_path, clock):
    said = []
    gate = Gate(tmp_path, Exposure("127.0.0.1", Mode.SIMULATED, False), 8620, say=said.append, now=clock)
    token = gate.tokens.make(clock())
    seat, cookie = gate.redeem(token, "here")
    assert (seat.account, seat.roles) == ("", ("viewer", "operator")) and gate.seat_of(with_cookie(cookie)) == seat
    with pytest.raises(NobodyError, match="has been used"):
        gate.redeem(token, "here")
    with pytest.raises(NobodyError, match="none of ours"):
        gate.redeem("made up", "here")
    clock.pass_s(LASTS_S + 1)
    with pytest.raises(NobodyError, match="has run out"):
        gate.redeem(said[0], "here")
    gate.redeem(said[1], "here")


def test_where_accounts_are_kept_a_visitor_only_looks(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    seat, _ = gate.redeem(gate.tokens.make(clock()), "here")
    assert seat.roles == ("viewer",)
    with pytest.raises(NobodyError, match="Log in"):
        gate.person(seat, SECRET, "here", is_cancel=False)


def test_an_act_asks_for_the_credential_again(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    seat, _ = gate.login("rel-1", SECRET, "here")
    assert gate.person(seat, SECRET, "here", is_cancel=False).session == seat.session
    with pytest.raises(RefusedError, match="not its credential"):
        gate.person(seat, "wrong one", "here", is_cancel=False)


def test_guessing_waits_longer_and_longer_but_a_cancellation_never(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    seat, _ = gate.login("rel-1", SECRET, "here")
    for _ in range(FREE):
        with pytest.raises(RefusedError, match="not its credential"):
            gate.login("rel-1", "a guess", "here")
    with pytest.raises(LaterError, match="try again in 1 s"):
        gate.login("rel-1", SECRET, "here")
    with pytest.raises(LaterError):
        gate.person(seat, SECRET, "here", is_cancel=False)
    assert gate.person(None, SECRET, "here", is_cancel=True, account="rel-1").account == "rel-1"


def test_who_mistypes_elsewhere_keeps_nobody_out(tmp_path, clock):
    gate = gate_at(tmp_path, clock)
    for _ in range(3 * FREE):
        with pytest.raises(RefusedError):
            gate.login("rel-1", "a guess", "there")
    gate.login("rel-1", SECRET, "here")


def test_the_wait_doubles_up_to_a_minute_and_ends_with_the_right_one():
    tries, waits = Tries(), []
    for _ in range(14):
        tries.wrong("a", "here", 0)
        try:
            tries.check("a", "here", 0)
            waits.append(0.0)
        except LaterError as later:
            waits.append(later.after_s)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    tries.right("a", "here")
    tries.check("a", "here", 0)


def test_without_accounts_nobody_acts(tmp_path, clock):
    gate = gate_at(tmp_path, clock, has_accounts=False, is_token_asked=False)
    anybody = gate.seat_of([])
    assert anybody.roles == ("viewer", "operator")
    with pytest.raises(NobodyError, match="there are no accounts"):
        gate.person(anybody, "", "here", is_cancel=False)
    gate.book.add("rel-1", ("releasing-officer",), SECRET, clock())
    assert gate.seat_of([]) is None
