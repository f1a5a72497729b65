"""The ways out, one function each: a payload in, a receipt out, `UnreachableError` or another VedetteError otherwise.

Only what is configured is ever spoken to. Certificates are always checked; redirects are never followed; a program is
started without a shell and gets the message on its standard input; files are written aside and renamed.
"""

import base64
import hashlib
import http.client
import os
import smtplib
import ssl
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from vedette.core.errors import NotFoundError, UnreachableError, UsageError
from vedette.doors.channels.config import Channel
from vedette.doors.channels.payload import ENDINGS, Part, Payload


def send(channel: Channel, one: Payload) -> str:
    """Send a payload by its channel; the receipt."""
    return _SENDERS[channel.kind](channel, one)


def probe(channel: Channel) -> str:
    """See whether a channel would work, without sending anything; what was found."""
    match channel.kind:
        case "file":
            folder = Path(channel.folder).expanduser()
            if not folder.is_dir() or not os.access(folder, os.W_OK):
                raise NotFoundError(f"{folder} is no folder that can be written to")
            return f"{folder} can be written to"
        case "command":
            return f"{_program(channel)} is there"
        case "smtp":
            with _smtp(channel) as link:
                code, words = link.noop()
            return f"{channel.host}:{channel.port} answers {code} {_text(words)}"
    parts = urlsplit(channel.url)
    web = _connection(channel)
    try:
        web.connect()
    except OSError as trouble:
        raise UnreachableError(f"{parts.hostname}: {trouble}") from None
    finally:
        web.close()
    return f"{parts.hostname} is reached{' and its certificate holds' if parts.scheme == 'https' else ''}"


def _send_file(channel: Channel, one: Payload) -> str:
    folder = Path(channel.folder).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        said = []
        for part in one.parts:
            name = f"{_safe(one.message_id)}.{ENDINGS[part.format]}"
            if part.signature is not None:  # first, so that who finds the message finds its signature
                _write(folder / f"{name}.sig", part.signature)
            _write(folder / name, part.content)
            said.append(f"{name} sha256 {hashlib.sha256(part.content).hexdigest()[:16]}")
    except OSError as trouble:
        raise UnreachableError(f"{folder}: {trouble.strerror or trouble}") from None
    return ", ".join(said)


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with aside.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    aside.replace(path)


def _send_webhook(channel: Channel, one: Payload) -> str:
    part, parts = one.parts[0], urlsplit(channel.url)
    headers = {
        "Content-Type": part.content_type,
        "Idempotency-Key": _safe(one.message_id),
        "Vedette-Mode": one.mode,
        "Vedette-Message": _safe(one.message_id),
        "Vedette-Event": _safe(one.event_id),
    }
    if part.signature is not None:
        headers["Vedette-Signature"] = base64.b64encode(part.signature).decode()  # the detached envelope
    if channel.token_file:
        headers["Authorization"] = f"Bearer {_secret(channel.token_file)}"
    link = _connection(channel)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        link.request("POST", path, body=part.content, headers=headers)
        answer = link.getresponse()
        words = _text(answer.read(2000))
    except (OSError, http.client.HTTPException) as trouble:
        raise UnreachableError(f"{parts.hostname}: {trouble or type(trouble).__name__}") from None
    finally:
        link.close()
    if not 200 <= answer.status < 300 and answer.status != 409:  # 409: it has this message already
        raise UnreachableError(f"{parts.hostname} answers {answer.status} {answer.reason}: {words}")
    return f"{answer.status} {answer.reason} {words}".strip()


def _connection(channel: Channel) -> http.client.HTTPConnection:
    parts = urlsplit(channel.url)
    assert parts.hostname is not None
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=channel.timeout_s)
    return http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=channel.timeout_s, context=_trusting(channel)
    )


def _trusting(channel: Channel) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=channel.ca_file or None)
    except OSError as trouble:
        raise NotFoundError(f"{channel.ca_file}: no certificates ({trouble})") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _send_mail(channel: Channel, one: Payload) -> str:
    message = mail(channel, one)
    with _smtp(channel) as link:
        try:
            refused = link.send_message(message, channel.sender, list(channel.to))
        except (OSError, smtplib.SMTPException) as trouble:
            raise UnreachableError(f"{channel.host}: {trouble}") from None
    if refused:  # some of them: those who have it may get it twice, those who have not must get it
        raise UnreachableError(f"{channel.host} refused {', '.join(refused)}")
    return f"{channel.host} took it for {', '.join(channel.to)}"


def mail(channel: Channel, one: Payload) -> EmailMessage:
    """The e-mail of a payload: texts are its body, everything else is attached with its signature."""
    message = EmailMessage()
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Subject"] = f"[{one.mode}] {' '.join(one.subject.split())}"
    domain = channel.sender.rpartition("@")[2].strip("> ") or "vedette.invalid"
    message["Message-ID"] = f"<{_safe(one.message_id)}@{domain}>"
    if one.replaces:
        message["References"] = " ".join(f"<{_safe(name)}@{domain}>" for name in one.replaces)
    message["X-Vedette-Mode"], message["X-Vedette-Event"] = one.mode, _safe(one.event_id)
    message["Auto-Submitted"] = "auto-generated"
    texts = [part for part in one.parts if part.content_type.startswith("text/")]
    message.set_content("\n".join(part.content.decode() for part in texts) or f"{one.subject}\n")
    for part in one.parts:
        if part not in texts:
            _attach(message, part, part.content, f"{_safe(one.message_id)}.{ENDINGS[part.format]}")
        if part.signature is not None:
            name = f"{_safe(one.message_id)}.{ENDINGS[part.format]}.sig"
            _attach(message, part, part.signature, name)
    return message


def _attach(message: EmailMessage, part: Part, content: bytes, name: str) -> None:
    main, _, sub = part.content_type.partition(";")[0].partition("/")
    if name.endswith(".sig") or main == "text":
        main, sub = "application", "octet-stream"
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)


def _smtp(channel: Channel) -> smtplib.SMTP:
    try:
        if channel.tls == "ssl":
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                channel.host, channel.port, timeout=channel.timeout_s, context=_trusting(channel)
            )
        else:
            link = smtplib.SMTP(channel.host, channel.port, timeout=channel.timeout_s)
    except (OSError, smtplib.SMTPException) as trouble:
        raise UnreachableError(f"{channel.host}:{channel.port}: {trouble}") from None
    try:
        if channel.tls == "starttls":
            link.starttls(context=_trusting(channel))
        if channel.user:
            link.login(channel.user, _secret(channel.password_file))
    except (OSError, smtplib.SMTPException) as trouble:
        link.close()
        raise UnreachableError(f"{channel.host}:{channel.port}: {trouble}") from None
    except BaseException:
        link.close()
        raise
    return link


def _send_command(channel: Channel, one: Payload) -> str:
    program = _program(channel)
    try:
        done = subprocess.run(
            [program, *channel.command[1:]], input=one.parts[0].content, capture_output=True,
            timeout=channel.timeout_s, check=False, shell=False,
            env={**os.environ, "VEDETTE_MODE": one.mode, "VEDETTE_MESSAGE": one.message_id},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UnreachableError(f"{program} did not end within {channel.timeout_s:g} s") from None
    except OSError as trouble:
        raise UnreachableError(f"{program}: {trouble.strerror or trouble}") from None
    if done.returncode != 0:
        raise UnreachableError(f"{program} ended with {done.returncode}: {_text(done.stderr)}")
    return f"{program} ended with 0 {_text(done.stdout)}".strip()


def _program(channel: Channel) -> str:
    from shutil import which

    found = which(channel.command[0])
    if found is None:
        raise NotFoundError(f"{channel.command[0]}: no such program")
    return found


def _secret(path: str) -> str:
    if not path:
        raise UsageError("a user needs password_file: a file that holds the password")
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip()
    except OSError as trouble:
        raise NotFoundError(f"{path}: {trouble.strerror or trouble}") from None


def _text(data: bytes | str) -> str:
    words = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200]


def _safe(text: str) -> str:
    """A name for files and headers: what else is written as %XX."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-@") else f"%{ord(c):X}" for c in text).lstrip(".")


_SENDERS: dict[str, Callable[[Channel, Payload], str]] = {
    "file": _send_file, "webhook": _send_webhook, "smtp": _send_mail, "command": _send_command,
}  # fmt: skip
