"""Which channels there are: a TOML file, checked whole before anything is sent.

    [[channel]]
    name = "gateway"
    kind = "webhook"                 # file, webhook, smtp or command
    mode = "REAL"                    # the only mode it ever carries
    format = ["cap"]                 # cap, event, text, short, pager
    languages = ["en", "fr"]
    url = "https://gateway.example.org/alerts"

A channel is bound to one mode, and no two channels of different modes may lead to the same place: an address that gets
drills never gets live messages.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from vedette.core.errors import BadInputError, NotFoundError
from vedette.formats.alert_texts import languages as known_languages
from vedette.reports.mode import Mode

Format = Literal["cap", "event", "text", "short", "pager"]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NEEDS = {"file": ("folder",), "webhook": ("url",), "smtp": ("host", "sender", "to"), "command": ("command",)}


class Channel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way out."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
    kind: Literal["file", "webhook", "smtp", "command"]
    mode: Mode
    format: tuple[Format, ...] = ("event",)
    languages: tuple[str, ...] = ("en",)
    timeout_s: Annotated[float, Meta(gt=0, le=9)] = 5.0  # less than another process waits before it takes over
    is_off: bool = False

    xml_key_file: str = ""  # CAP is signed inside as well, by this key (PEM, elliptic curve) ...
    xml_cert_file: str = ""  # ... with this certificate

    folder: str = ""  # file: where messages are put, each in files of its own

    url: str = ""  # webhook: https, or http to this machine only
    ca_file: str = ""  # webhook and smtp: certificates to trust instead of the system's
    token_file: str = ""  # webhook: a file that holds the bearer token

    host: str = ""  # smtp
    port: int = 587
    tls: Literal["starttls", "ssl", "none"] = "starttls"  # none: to this machine only
    user: str = ""
    password_file: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()

    command: tuple[str, ...] = ()  # command: a program and its arguments; the message goes to its standard input

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it leads, spelled so that two that lead to the same place are seen to."""
        match self.kind:
            case "file":
                return ("file", str(Path(self.folder).expanduser().resolve()))
            case "webhook":
                parts = urlsplit(self.url)
                port = parts.port or (443 if parts.scheme == "https" else 80)
                return ("webhook", (parts.hostname or "").lower(), port, parts.path or "/", parts.query)
            case "command":
                return ("command", *self.command)
        return ("smtp", self.host.lower(), self.port)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    channel: tuple[Channel, ...] = ()


def read_channels(path: Path) -> tuple[Channel, ...]:
    """The channels of a file; NotFoundError, or BadInputError with the channel and what is wrong with it."""
    try:
        return parse_channels(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file of channels; see docs/guides/messages.md") from None
    except UnicodeDecodeError as trouble:
        raise BadInputError(f"not UTF-8 ({trouble})", str(path)) from None


def parse_channels(text: str, where: str = "channels") -> tuple[Channel, ...]:
    """Channels from TOML text."""
    try:
        document = tomllib.loads(text)
        channels = msgspec.convert(document, _File).channel
    except tomllib.TOMLDecodeError as trouble:
        raise BadInputError(f"not TOML: {trouble}", where) from None
    except msgspec.ValidationError as trouble:
        raise BadInputError(f"{trouble}", where, "see docs/guides/messages.md") from None
    names = [one.name for one in channels]
    for name in names:
        if names.count(name) > 1:
            raise BadInputError(f"two channels are called {name!r}", where)
    for one in channels:
        if trouble_words := channel_trouble(one):
            raise BadInputError(trouble_words, f"{where}: channel {one.name}")
    _check_places(channels, where)
    return channels


def channel_trouble(one: Channel) -> str:
    """What is wrong with a channel, in words; empty when nothing is."""
    for key in _NEEDS[one.kind]:
        if not getattr(one, key):
            return f"a {one.kind} channel needs {key}"
    if not one.format:
        return "format is empty; give cap, event, text, short or pager"
    if bool(one.xml_key_file) != bool(one.xml_cert_file):
        return "xml_key_file and xml_cert_file belong together"
    if one.mode is Mode.SIMULATED and "cap" in one.format:
        return "SIMULATED never leaves as CAP; give another format"
    if one.kind in ("webhook", "command") and len(one.format) > 1:
        return f"a {one.kind} carries one format; make a channel for each"
    for language in one.languages:
        if language not in known_languages():
            return f"no words for the language {language!r}; there are {', '.join(known_languages())}"
    if one.kind == "webhook":
        return _url_trouble(one.url)
    if one.kind == "smtp" and one.tls == "none" and one.host not in LOOPBACK:
        return f"mail to {one.host} would travel unencrypted; set tls to starttls or ssl"
    if one.kind == "smtp" and any("\n" in word or "\r" in word for word in (one.sender, *one.to)):
        return "an address holds a line break"
    return ""


def _url_trouble(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as trouble:
        return f"url {url[:80]!r} is none ({trouble})"
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return f"url {url[:80]!r} is none; write https://HOST/PATH"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return f"url {url[:80]!r} is not encrypted; only this machine may be spoken to without TLS"
    if parts.username or parts.password:
        return "url holds a password; put a token into token_file"
    return ""


def _check_places(channels: tuple[Channel, ...], where: str) -> None:
    """No address of one mode is an address of another; of mail each recipient counts."""
    seen: dict[tuple[Any, ...], Channel] = {}
    by_key: dict[str, Channel] = {}
    for one in channels:
        other = by_key.setdefault(one.xml_key_file, one)
        if one.xml_key_file and (other.mode is Mode.REAL) != (one.mode is Mode.REAL):
            names = f"channels {other.name} and {one.name}"
            raise BadInputError(f"{names} sign drills and live messages with one key", where)
    for one in channels:
        places = [("mail", name.lower()) for name in one.to] if one.kind == "smtp" else [one.place]
        for place in places:
            other = seen.setdefault(place, one)
            if other.mode is not one.mode:
                raise BadInputError(
                    f"channels {other.name} ({other.mode}) and {one.name} ({one.mode}) lead to the same place",
                    where, "a drill and a live message never share an address",
                )  # fmt: skip
