"""Every way out against a real server on this machine: what arrives, what the receipt says, what trouble says."""

import base64
import email
import sys
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.doors.channels.servers import mail_server, self_signed, web_server
from tests.reports.test_alert_event import EVENT

from vedette.core.errors import NotFoundError, RefusedError, UnreachableError
from vedette.doors.channels import Channel, payload, probe, send
from vedette.formats.alert_json import read_alert_event
from vedette.formats.cap import read_cap
from vedette.reports import Mode
from vedette.reports.alert_event import MessageType


def sign(content: bytes, content_type: str) -> bytes:
    return f"signed {content_type} {len(content)}".encode()


def webhook(port: int, **words: object) -> Channel:
    return Channel(name="web", kind="webhook", mode=Mode.TEST, url=f"http://127.0.0.1:{port}/in?x=1", **words)


def test_files_appear_whole_with_their_signatures(tmp_path: Path) -> None:
    formats = ("cap", "event", "pager")
    channel = Channel(name="f", kind="file", mode=Mode.TEST, format=formats, folder=str(tmp_path / "out"))
    receipt = send(channel, payload(EVENT, channel, sign))
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"E1-1.{end}{sig}" for end in ("cap.xml", "json", "pager.txt") for sig in ("", ".sig")}
    assert read_alert_event((tmp_path / "out" / "E1-1.json").read_bytes()) == EVENT
    assert read_cap((tmp_path / "out" / "E1-1.cap.xml").read_bytes()).identifier == "E1-1"
    assert "E1-1.json sha256" in receipt
    send(channel, payload(EVENT, channel, sign))  # again: nothing doubles
    assert {path.name for path in (tmp_path / "out").iterdir()} == names


def test_a_name_cannot_leave_its_folder(tmp_path: Path) -> None:
    event = replace(EVENT, message_id="../../etc/passwd")
    channel = Channel(name="f", kind="file", mode=Mode.TEST, folder=str(tmp_path / "out"))
    send(channel, payload(event, channel))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["%2F..%2Fetc%2Fpasswd.json"]


def test_a_webhook_gets_the_bytes_the_mode_and_the_signature() -> None:
    with web_server() as (taken, port):
        channel = webhook(port, format=("cap",))
        one = payload(EVENT, channel, sign)
        assert "R-17" in send(channel, one)
    ((headers, body),) = taken.requests
    assert body == one.parts[0].content and headers["Vedette-Mode"] == "TEST"
    assert headers["Content-Type"] == "application/cap+xml" and headers["Idempotency-Key"] == "E1-1"
    assert base64.b64decode(headers["Vedette-Signature"]) == one.parts[0].signature


@pytest.mark.parametrize(("status", "is_fine"), [(204, True), (409, True), (500, False), (302, False), (401, False)])
def test_a_webhook_that_answers(status: int, is_fine: bool) -> None:
    with web_server() as (taken, port):
        taken.answers.append(status)
        channel = webhook(port)
        if is_fine:
            assert send(channel, payload(EVENT, channel)).startswith(str(status))
        else:
            with pytest.raises(UnreachableError, match=f"answers {status}"):
                send(channel, payload(EVENT, channel))
        assert len(taken.requests) == 1


def test_certificates_are_checked(tmp_path: Path) -> None:
    context, pem = self_signed(tmp_path)
    with web_server(context) as (taken, port):
        good = replace(webhook(port, ca_file=pem), url=f"https://127.0.0.1:{port}/in")
        assert "R-17" in send(good, payload(EVENT, good)) and "certificate holds" in probe(good)
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            send(replace(good, ca_file=""), payload(EVENT, good))
        with pytest.raises(NotFoundError, match="no certificates"):
            send(replace(good, ca_file=str(tmp_path / "gone")), payload(EVENT, good))
    assert len(taken.requests) == 1


def smtp(port: int, **words: object) -> Channel:
    return Channel(
        name="m", kind="smtp", mode=Mode.TEST, format=("text", "cap"), languages=("en", "ja"), host="127.0.0.1",
        port=port, tls="none", sender="watch@example.org", to=("one@example.org", "two@example.org"), **words,
    )  # fmt: skip


def test_a_mail_says_it_in_words_and_carries_the_cap() -> None:
    earlier = EVENT.reference()
    event = replace(EVENT, message_id="E1-2", message_type=MessageType.CANCEL, cancels=(earlier,))
    with mail_server() as (taken, port):
        channel = smtp(port)
        assert "took it for one@example.org, two@example.org" in send(channel, payload(event, channel, sign))
        assert "answers 250" in probe(channel)
    ((to, data),) = taken.mails
    message = email.message_from_bytes(data, policy=default)
    assert to == ["one@example.org", "two@example.org"]
    assert message["Subject"].startswith("[TEST] TEST TEST TEST: withdrawal") and message["X-Vedette-Mode"] == "TEST"
    assert message["Message-ID"] == "<E1-2@example.org>" and message["References"] == "<E1-1@example.org>"
    body = message.get_body()
    assert body is not None and "取り消すメッセージ" in body.get_content()
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert read_cap(attached["E1-2.cap.xml"]).msg_type == "Cancel"
    assert set(attached) == {"E1-2.cap.xml", "E1-2.cap.xml.sig", "E1-2.txt.sig"}


def test_a_recipient_turned_away_is_trouble() -> None:
    with mail_server(refuses="two@") as (_, port):
        channel = smtp(port)
        with pytest.raises(UnreachableError, match=r"refused two@example\.org"):
            send(channel, payload(EVENT, channel))


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_mail_is_encrypted_checked_and_logged_in(tmp_path: Path, tls: str) -> None:
    context, pem = self_signed(tmp_path)
    (tmp_path / "password").write_text("secret\n")
    with mail_server(context=context, is_tls_first=tls == "ssl") as (taken, port):
        words = {"ca_file": pem, "user": "watch", "password_file": str(tmp_path / "password")}
        channel = replace(smtp(port, **words), tls=tls)
        assert "took it" in send(channel, payload(EVENT, channel))
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            send(replace(channel, ca_file=""), payload(EVENT, channel))
        (tmp_path / "password").write_text("guess")
        with pytest.raises(UnreachableError, match="535"):
            send(channel, payload(EVENT, channel))
    assert len(taken.mails) == 1


def test_a_command_gets_the_line_on_standard_input(tmp_path: Path) -> None:
    out = tmp_path / "line"
    program = f"import sys,os; open({str(out)!r},'w').write(os.environ['VEDETTE_MODE']+' '+sys.stdin.read())"
    channel = Channel(
        name="c", kind="command", mode=Mode.TEST, format=("pager",), command=(sys.executable, "-c", program)
    )
    assert "ended with 0" in send(channel, payload(EVENT, channel))
    assert out.read_text().startswith("TEST TEST TEST Alert E1 #1 IMPACT") and len(out.read_text()) <= 5 + 160 + 1
    with pytest.raises(UnreachableError, match="ended with 3"):
        send(replace(channel, command=(sys.executable, "-c", "raise SystemExit(3)")), payload(EVENT, channel))
    slow = replace(channel, command=(sys.executable, "-c", "import time; time.sleep(9)"), timeout_s=0.2)
    with pytest.raises(UnreachableError, match=r"did not end within 0\.2 s"):
        send(slow, payload(EVENT, channel))
    with pytest.raises(NotFoundError, match="no such program"):
        probe(replace(channel, command=("vedette-no-such-program",)))


def test_what_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with web_server() as (_, port):
        pass
    for channel in (webhook(port), smtp(port)):
        with pytest.raises(UnreachableError):
            send(channel, payload(EVENT, channel))
        with pytest.raises(UnreachableError):
            probe(channel)


def test_no_channel_carries_another_mode() -> None:
    for mine in Mode:
        channel = Channel(name="x", kind="file", mode=mine, folder="/nowhere")
        for other in Mode:
            if other is not mine:
                with pytest.raises(RefusedError, match=f"carries {mine}; message E1-1 is {other}"):
                    payload(replace(EVENT, mode=other), channel)


def test_cap_is_signed_inside_where_a_channel_has_a_key(tmp_path: Path) -> None:
    pytest.importorskip("signxml", reason="the package signxml is not installed")
    from datetime import UTC, datetime

    from vedette.formats.cap_signature import make_signing_key, read_signed_cap

    key, cert = make_signing_key("centre", datetime(2026, 1, 1, tzinfo=UTC))
    (tmp_path / "key.pem").touch(mode=0o600)
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "cert.pem").write_bytes(cert)
    channel = Channel(
        name="f", kind="file", mode=Mode.TEST, format=("cap",), folder=str(tmp_path / "out"),
        xml_key_file=str(tmp_path / "key.pem"), xml_cert_file=str(tmp_path / "cert.pem"),
    )  # fmt: skip
    one = payload(EVENT, channel, sign)
    assert read_signed_cap(one.parts[0].content, cert).identifier == "E1-1"
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(RefusedError, match="others can read"):
        payload(EVENT, channel)
