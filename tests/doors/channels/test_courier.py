"""From the desk to every channel: signed, cancellations first, no dead channel holds another, no mode crosses."""

import time
from pathlib import Path

import pytest
from tests.assessment.alerts.samples import act, draft, name_of, person, second
from tests.doors.channels.servers import web_server

from vedette.assessment.alerts import DESK_OF_MODE, DeskKind, cancel, release
from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.channels import Channel, Told, deliver, standing
from vedette.doors.key_files import KeyRing
from vedette.formats.alert_json import read_alert_event
from vedette.formats.cap import read_cap
from vedette.reports import Mode
from vedette.sharing import Purpose
from vedette.sharing.envelope import open_envelope, open_live

ANNA, BEN = person("anna"), person("ben")


def made(tmp_path: Path, mode: Mode = Mode.REAL) -> Path:
    """A data directory with keys, and an alert that two people released."""
    kind = DESK_OF_MODE[mode]
    for purpose in (Purpose.LIVE, Purpose.DRILL):
        if not KeyRing(tmp_path).path(purpose).is_file():
            KeyRing(tmp_path).make(purpose)
    with AlertDesk.open(tmp_path, kind) as desk:
        desk.propose([(name_of(mode), draft(mode=mode))], second(0))
        for who in (ANNA, BEN):
            desk.do(act(desk.now(), who, alert_id=name_of(mode)), release, "release")
    return tmp_path


def take_back(folder: Path, mode: Mode = Mode.REAL, t: float = 20.0) -> None:
    with AlertDesk.open(folder, DESK_OF_MODE[mode]) as desk:
        desk.do(act(desk.now(), ANNA, t, alert_id=name_of(mode), reason="mistake"), cancel, "cancel")


def files(folder: Path, mode: Mode = Mode.REAL, name: str = "files", **words: object) -> Channel:
    return Channel(name=name, kind="file", mode=mode, folder=str(folder / name), **words)


class Clock:
    """The time of the samples, running."""

    def __init__(self, at_s: float = 11.0) -> None:
        self.start = time.monotonic() - at_s

    def __call__(self) -> int:
        return second(time.monotonic() - self.start)


def states(rows: tuple[Told, ...]) -> dict[tuple[str, str], str]:
    return {(row.posted.event.message_type.value, row.channel): row.state for row in rows}


def test_what_was_released_arrives_signed_by_the_live_key(tmp_path: Path) -> None:
    folder = made(tmp_path)
    rows = deliver(folder, DeskKind.LIVE, [files(folder)], for_s=5.0, clock=Clock())
    assert states(rows) == {("Alert", "files"): "told"} and "sha256" in rows[0].delivery.receipt
    (content,) = (folder / "files").glob("*.json")
    body = content.read_bytes()
    message = open_live(content.with_name(content.name + ".sig").read_bytes(), KeyRing(folder).trust(), body)
    assert message.content == body and message.header.message_id == read_alert_event(body).message_id
    with pytest.raises(RefusedError, match="not what was signed"):
        open_live(content.with_name(content.name + ".sig").read_bytes(), KeyRing(folder).trust(), body + b" ")


def test_a_cancellation_reaches_every_channel_within_two_seconds_though_one_is_dead(tmp_path: Path) -> None:
    folder = made(tmp_path)
    with web_server() as (_, port):
        pass  # nobody listens there any more
    dead = Channel(name="dead", kind="webhook", mode=Mode.REAL, url=f"http://127.0.0.1:{port}/")
    with web_server() as (taken, good):
        web = Channel(name="web", kind="webhook", mode=Mode.REAL, format=("cap",), url=f"http://127.0.0.1:{good}/")
        channels = [dead, web, files(folder)]
        first = deliver(folder, DeskKind.LIVE, channels, for_s=0.5, clock=Clock())
        assert states(first) == {("Alert", "dead"): "failed", ("Alert", "web"): "told", ("Alert", "files"): "told"}
        began = time.monotonic()
        take_back(folder)
        rows = deliver(folder, DeskKind.LIVE, channels, for_s=1.5, clock=Clock(21.0))
        assert time.monotonic() - began < 2.0 + 1.0  # two seconds are asked for; one more for a crowded machine
    told = states(rows)
    assert told[("Cancel", "web")] == told[("Cancel", "files")] == "told"
    assert told[("Cancel", "dead")] == "failed" and told[("Alert", "dead")] == "overtaken"
    last = read_cap(taken.requests[-1][1])
    assert last.msg_type == "Cancel" and last.references[0][1] == read_cap(taken.requests[0][1]).identifier


def test_what_was_owed_is_delivered_by_the_next_run_once(tmp_path: Path) -> None:
    folder = made(tmp_path)
    with web_server() as (taken, port):
        taken.answers += [503]
        web = Channel(name="web", kind="webhook", mode=Mode.REAL, url=f"http://127.0.0.1:{port}/")
        assert states(deliver(folder, DeskKind.LIVE, [web], for_s=0.3, clock=Clock()))[("Alert", "web")] == "failed"
        rows = deliver(folder, DeskKind.LIVE, [web], for_s=5.0, clock=Clock(30.0))
        assert states(rows)[("Alert", "web")] == "told" and rows[0].delivery.tries == 2
        deliver(folder, DeskKind.LIVE, [web], for_s=0.2, clock=Clock(40.0))
    assert len(taken.requests) == 2  # the one that was turned away, and the one that was taken


def test_what_has_expired_is_not_told_but_a_cancellation_always_is(tmp_path: Path) -> None:
    folder = made(tmp_path)
    late = lambda: second(0) + 10**6 * NS_PER_S  # noqa: E731
    rows = deliver(folder, DeskKind.LIVE, [files(folder)], for_s=2.0, clock=late)
    assert states(rows) == {("Alert", "files"): "expired"} and not (folder / "files").exists()
    take_back(folder)
    assert states(deliver(folder, DeskKind.LIVE, [files(folder)], for_s=2.0, clock=late))[("Cancel", "files")] == "told"


def test_without_a_key_nothing_leaves_unsigned(tmp_path: Path) -> None:
    folder = made(tmp_path)
    KeyRing(folder).path(Purpose.LIVE).unlink()
    (row,) = deliver(folder, DeskKind.LIVE, [files(folder)], for_s=0.3, clock=Clock())
    assert row.state == "failed" and "no live key" in row.delivery.trouble and not (folder / "files").exists()


def test_every_message_by_every_channel_and_no_mode_crosses(tmp_path: Path) -> None:
    """Exhaustive: each mode and act against channels of each mode; who gets what opens as what it is, or not at all."""
    channels = [files(tmp_path, mode, mode.value.lower()) for mode in Mode]
    for mode in Mode:
        made(tmp_path, mode)
        deliver(tmp_path, DESK_OF_MODE[mode], channels, for_s=5.0, clock=Clock())
        take_back(tmp_path, mode)
        deliver(tmp_path, DESK_OF_MODE[mode], channels, for_s=5.0, clock=Clock(21.0))
    trust = KeyRing(tmp_path).trust()
    for mode in Mode:
        contents = sorted((tmp_path / mode.value.lower()).glob("*.json"))
        assert len(contents) == 2  # the alert and its cancellation: nothing is lost
        for path in contents:
            body, signature = path.read_bytes(), path.with_name(path.name + ".sig").read_bytes()
            assert read_alert_event(body).mode is mode
            assert open_envelope(signature, trust, body).header.mode is mode
            if mode is Mode.REAL:
                assert open_live(signature, trust, body)
            else:
                with pytest.raises(RefusedError, match="not REAL; do not act on it"):
                    open_live(signature, trust, body)
    for kind in DeskKind:
        assert all(row.posted.event.mode.value.lower() == row.channel for row in standing(tmp_path, kind, channels))


def test_a_command_line_shows_and_delivers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from vedette.doors.channel_show import deliver_now, list_channels, show_status, test_channels

    folder = made(tmp_path)
    toml = tmp_path / "channels.toml"
    toml.write_text(
        f'[[channel]]\nname="a"\nkind="file"\nmode="REAL"\nfolder="{tmp_path / "a"}"\n'
        f'[[channel]]\nname="b"\nkind="file"\nmode="TEST"\nformat=["text"]\nfolder="{tmp_path / "b"}"\n'
    )
    assert list_channels(None, folder, False) == 0 and "REAL" in capsys.readouterr().out
    assert show_status(None, folder, None, True) == 1 and '"owed": 1' in capsys.readouterr().out
    assert deliver_now(None, folder, None, 5.0, False) == 0  # told, or expired once 2031 has come
    assert "1 deliveries, 0 owed" in capsys.readouterr().out
    assert test_channels(None, folder, "b", False) == 0
    assert "nothing has happened" in capsys.readouterr().out
    (text,) = (tmp_path / "b").glob("*.txt")
    assert "Nothing has happened" in text.read_text()
    before = sorted(tmp_path.rglob("*"))
    assert test_channels(None, folder, "a", True) == int(not (tmp_path / "a").is_dir())
    assert sorted(tmp_path.rglob("*")) == before  # a REAL channel is reached, and nothing is sent by it
