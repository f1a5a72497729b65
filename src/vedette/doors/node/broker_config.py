"""The broker's configuration, written from `node.toml` and `peers/` at each start.

One account for each partner, in which the partner's broker and our gateway meet, and nothing else: what has not been
released never enters it. The partner's broker is joined to it as a leaf, by TLS from the first byte, and may do there
what the lists below allow: draw from the streams that are its own, say that it has them, answer. It may make, change or
remove nothing. The same lists are held whether it calls us or we call it.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from vedette.doors.key_files import read_secret, write_secret
from vedette.doors.node.folder import NodeFolder, NodeSettings, host_and_port
from vedette.doors.node.peer_file import Peer, ca_path
from vedette.doors.node.subjects import DUTY, LANES, OWN_ACCOUNT, SYSTEM_ACCOUNT, account_of, stream_of, subjects_of

KEEPER = "keeper"  # our own programs, in a partner's account
READER = "reader"  # whoever may look on in a partner's account, with a plain client
MAX_PAYLOAD = 8 << 20


def broker_config(
    folder: NodeFolder, settings: NodeSettings, peers: tuple[Peer, ...], is_syncing: bool = True,
    relays: Mapping[tuple[str, ...], int] | None = None,
) -> str:  # fmt: skip
    """The text of `nats.conf`; partners who are suspended have no account and no line in it.

    `relays`: the local ports by which partners' addresses are dialled; those without are dialled as they are.
    """
    open_peers = tuple(peer for peer in peers if not peer.is_suspended)
    sync = "sync_interval: always, " if is_syncing else ""
    parts = [
        "# Written at each start of the node; changes here are lost. See node.toml and peers/.",
        f"server_name: {_q(settings.name)}",
        f"listen: {_q(settings.client_listen)}",
        f"max_payload: {MAX_PAYLOAD}",
        'ping_interval: "2s", ping_max: 10, write_deadline: "5s"',
        f"jetstream {{ store_dir: {_q(str(folder.broker / 'store'))}, {sync}domain: {_q(settings.name)} }}",
        f"system_account: {SYSTEM_ACCOUNT}",
        _accounts(folder, settings, open_peers),
        _leafnodes(folder, settings, open_peers, relays or {}),
    ]
    return "\n".join(parts) + "\n"


def lanes_with(settings: NodeSettings, peer: Peer) -> tuple[str, ...]:
    """The streams that pass between us and a partner's node: one more between services of one owner."""
    return (*LANES, DUTY) if peer.owner == settings.owner else LANES


def allowed_to(settings: NodeSettings, peer: Peer) -> tuple[list[str], list[str]]:
    """What a partner's broker may send into its account here, and what it may hear of it."""
    name, js = settings.name, f"$JS.{settings.name}.API"
    streams = [stream_of(name, peer.name, lane) for lane in lanes_with(settings, peer)]
    send = [
        subjects_of(peer.owner, peer.node, name),
        *(f"{js}.CONSUMER.MSG.NEXT.{one}.{peer.name}" for one in streams),
        *(f"{js}.CONSUMER.INFO.{one}.{peer.name}" for one in streams),
        *(f"$JS.ACK.{one}.{peer.name}.>" for one in streams),
        "_INBOX.>",
    ]
    theirs = [stream_of(peer.name, name, lane) for lane in lanes_with(settings, peer)]
    hear = [
        subjects_of(settings.owner, settings.node, peer.name),
        *(f"$JS.{peer.name}.API.CONSUMER.MSG.NEXT.{one}.{name}" for one in theirs),
        *(f"$JS.{peer.name}.API.CONSUMER.INFO.{one}.{name}" for one in theirs),
        *(f"$JS.ACK.{one}.{name}.>" for one in theirs),
        "_INBOX.>",
    ]
    return send, hear


def denied_to(settings: NodeSettings, peer: Peer) -> list[str]:
    """The same for a partner whom we call: a leaf that calls can only forbid."""
    js = f"$JS.{settings.name}.API"
    words = ("STREAM.>", "CONSUMER.CREATE.>", "CONSUMER.DURABLE.>", "CONSUMER.DELETE.>", "CONSUMER.LIST.>",
             "CONSUMER.NAMES.>", "CONSUMER.PAUSE.>", "CONSUMER.UNPIN.>", "CONSUMER.RESET.>", "CONSUMER.LEADER.>",
             "DIRECT.>", "META.>", "SERVER.>", "ACCOUNT.>", "INFO")  # fmt: skip
    return [
        *(f"{js}.{word}" for word in words), "$JS.API.>", "$KV.>", "$O.>", "keep.>",
    ]  # fmt: skip


def _accounts(folder: NodeFolder, settings: NodeSettings, peers: tuple[Peer, ...]) -> str:
    secret = folder.local_secret()
    rows = [
        f"  {SYSTEM_ACCOUNT} {{ users: [ {{ user: system, password: {_q(secret)} }} ] }}",
        f"  {OWN_ACCOUNT} {{ jetstream: enabled, users: [ {{ user: own, password: {_q(secret)} }} ] }}",
    ]
    for peer in peers:
        send, hear = allowed_to(settings, peer)
        rows.append(
            f"  {_q(account_of(peer.name))} {{ jetstream: {{ max_file: 8G, max_mem: 0, "
            f"max_streams: {len(lanes_with(settings, peer))} }}\n"
            f"    users: [\n"
            f"      {{ user: {_q(KEEPER + '.' + peer.name)}, password: {_q(secret)} }}\n"
            f"      {{ user: {_q(READER + '.' + peer.name)}, password: {_q(folder.reader_secret())}, "
            f'permissions {{ publish {{ deny: ">" }} }} }}\n'
            f"      {{ nkey: {peer.broker_key}, permissions {{ publish {{ allow: {_list(send)} }}, "
            f"subscribe {{ allow: {_list(hear)} }} }} }}\n    ] }}"
        )
    return "accounts {\n" + "\n".join(rows) + "\n}"


def _leafnodes(
    folder: NodeFolder, settings: NodeSettings, peers: tuple[Peer, ...], relays: Mapping[tuple[str, ...], int]
) -> str:
    tls = folder.broker / "tls"
    own = f"cert_file: {_q(str(tls / 'broker.pem'))}, key_file: {_q(str(tls / 'broker.key'))}"
    lines = ["leafnodes {", '  reconnect: "1s", no_advertise: true, write_deadline: "5s", compression: off']
    if settings.link_addresses:
        lines += [
            f"  listen: {_q(settings.link_listen)}",
            f"  tls {{ {own}, ca_file: {_q(str(folder.broker / 'tls' / 'partners.pem'))}, verify: true, "
            "handshake_first: true, timeout: 15 }",
        ]
    seed = read_secret(folder.seed_file).strip()
    lines.append("  remotes: [")
    for peer in peers:
        if peer.calls and peer.addresses:
            port = relays.get(peer.addresses)
            called = peer.addresses if port is None else (f"127.0.0.1:{port}",)
            urls = ", ".join(_q(f"tls://{_authority(one)}") for one in called)
            lines.append(
                f"    {{ urls: [{urls}], account: {_q(account_of(peer.name))}, nkey: {_q(seed)}, "
                f'first_info_timeout: "15s",\n      tls {{ {own}, ca_file: {_q(str(ca_path(folder, peer)))}, '
                f"handshake_first: true, timeout: 15 }},\n      deny_imports: {_list(denied_to(settings, peer))} }}"
            )
    lines += ["  ]", "}"]
    return "\n".join(lines)


def partners_pem(folder: NodeFolder, peers: tuple[Peer, ...]) -> bytes:
    """The authorities whose brokers may begin to speak with ours; who they are is told by their keys."""
    held = [ca_path(folder, peer) for peer in peers if not peer.is_suspended]
    found = b"".join(path.read_bytes() for path in held if path.is_file())
    return found or (folder.broker / "tls" / "ca.pem").read_bytes()  # nobody: only our own, who never calls


def write_config(
    folder: NodeFolder, settings: NodeSettings, peers: tuple[Peer, ...], is_syncing: bool = True,
    relays: Mapping[tuple[str, ...], int] | None = None,
) -> Path:  # fmt: skip
    """The configuration and what it needs, in place; readable by nobody else, since it holds our own word."""
    import datetime

    from vedette.doors.node.certificates import renew_broker

    hosts = tuple(dict.fromkeys(
        [*(host_and_port(one, "link_addresses")[0] for one in settings.link_addresses), "localhost", "127.0.0.1"]
    ))  # fmt: skip
    renew_broker(folder.broker / "tls", settings.name, hosts, datetime.datetime.now(datetime.UTC))
    (folder.broker / "tls" / "partners.pem").write_bytes(partners_pem(folder, peers))
    path = folder.broker / "nats.conf"
    path.unlink(missing_ok=True)
    write_secret(path, broker_config(folder, settings, peers, is_syncing, relays))
    return path


def _authority(address: str) -> str:
    host, port = host_and_port(address, "address")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _q(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _list(words: list[str]) -> str:
    return "[" + ", ".join(_q(one) for one in words) + "]"
