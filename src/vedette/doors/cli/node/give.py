"""`vedette node give` and `identify`: people decide which service reports a track, and what it is."""

from pathlib import Path


def give(track: str, service: str, /, *, by: str = "", data_dir: Path | None = None, json: bool = False) -> int:
    """Let another service of this owner report a track from now on; until it has said yes, the track stays here.

    The other service takes what it sees itself, and nothing else. Whether it took it is said within seconds.

    vedette node give NORTH-000042 SPACE

    Parameters
    ----------
    track
        Its number, or the name that it has in this watch, such as O3: `vedette node status` lists them.
    service
        The node of this owner that is to report it.
    by
        The account that says it.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.doors.node.service_asks import Ask

    return _ask(Ask(do="give", track=track, to=service.upper(), by=by), data_dir, json)


def identify(track: str, what: str, /, *, by: str = "", data_dir: Path | None = None, json: bool = False) -> int:
    """Decide what a track is, where services of this owner take it for different things. It ends the conflict.

    Parameters
    ----------
    track
        Its number, or the name that it has in this watch.
    what
        A class, a catalogue number, a name.
    by
        The account that says it.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.doors.node.service_asks import Ask

    return _ask(Ask(do="identify", track=track, identity=what, by=by), data_dir, json)


def _ask(ask, data_dir: Path | None, json: bool) -> int:  # type: ignore[no-untyped-def]
    import sys

    import msgspec

    from vedette.core.errors import UsageError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.acting import store_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.service_asks import ask_service

    folder, settings = read_node(data_dir_of(data_dir))
    if not settings.services:
        raise UsageError(f"{settings.name} is its owner's only node; `vedette node init --service` names several")
    store = store_of(folder.path)
    try:
        said = ask_service(store, ask)
    finally:
        store.close()
    sys.stdout.write(msgspec.json.encode({"track": ask.track, "says": said}).decode() + "\n" if json else said + "\n")
    return 0
