"""`vedette node key exercise` and `join`: an exercise that several owners play, bound to one session key."""

from pathlib import Path


def exercise(
    name: str, out: Path, /, *, hours: float = 12.0, data_dir: Path | None = None, json: bool = False
) -> int:
    """Write the statement of an exercise: whose drill keys play it, and until when; this node joins it.

    A key is made for this exercise alone, signs the statement, and is not kept. Hand the file to every partner, who
    joins with the words of that key. From then on an EXERCISE link believes only what names this exercise and is signed
    by a drill key that the statement lists. What is REAL names none, and is heard by no link of an exercise.

    Parameters
    ----------
    name
        What people call it.
    out
        The file for the partners.
    hours
        From now, for how long it is on.
    data_dir
        The directory of the node that leads; our drill key and those of all its partners are listed.
    json
        One JSON document instead of text.
    """
    import secrets

    from vedette.core.errors import UsageError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.exercise_file import keep_exercise
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.node.peer_keys import PeerKeys
    from vedette.doors.seal_file import now_tai_ns
    from vedette.sharing import DrillKey, Purpose, make_key
    from vedette.sharing.key_life import Standing
    from vedette.sharing.key_words import key_words
    from vedette.sharing.link import write_session

    if not 0.0 < hours <= 24.0 * 366.0:
        raise UsageError(f"--hours {hours:g}: more than none, and a year at most")
    folder, settings = read_node(data_dir_of(data_dir))
    t = now_tai_ns()
    owners: dict[str, tuple[str, ...]] = {settings.owner: (folder.keys.read(DrillKey).key_id,)}
    for peer in peers_of(folder):
        good = [one for one in PeerKeys(folder, peer.name).book().keys if one.standing(t) is Standing.GOOD]
        drill = tuple(one.key_id for one in good if one.key.purpose is Purpose.DRILL)
        owners[peer.owner] = tuple(dict.fromkeys((*owners.get(peer.owner, ()), *drill)))
    key = make_key(DrillKey, name, secrets.token_bytes(32))
    statement = write_session(key, name, owners, t - 60 * 10**9, t + int(hours * 3600e9))
    out.write_bytes(statement)
    keep_exercise(folder, statement)
    words = key_words(key.public)
    text = (
        f"exercise {name!r}, for {hours:g} h, of {', '.join(owners)}; {settings.name} has joined it\n"
        f"hand {out} to the partners, and read them the words: {words}\n"
    )
    return _tell({"session": key.key_id, "words": words, "owners": list(owners), "file": str(out)}, text, json)


def join(
    statement: Path, /, *, words: str = "", data_dir: Path | None = None, json: bool = False
) -> int:
    """Join an exercise that a partner leads, once the words of its key have been compared by telephone.

    Without --words they are shown, and nothing is joined. A node that runs takes it up when it is begun again.

    Parameters
    ----------
    statement
        The file that the partner's `vedette node key exercise` wrote.
    words
        As the partner read them.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import RefusedError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.exercise_file import keep_exercise
    from vedette.doors.node.folder import read_node
    from vedette.sharing import DrillKey, PublicKey, Purpose
    from vedette.sharing.key_words import are_the_words, key_words
    from vedette.sharing.link import read_session

    folder, settings = read_node(data_dir_of(data_dir))
    data = statement.read_bytes()
    said = read_session(data, str(statement))
    key = PublicKey(Purpose.DRILL, said.public)
    if not words:
        raise RefusedError(
            f"not joined yet. The words of exercise {said.name!r} are\n  {key_words(key)}\n"
            "have the partner read theirs over a telephone, and give them as they were heard: --words 'WORDS'"
        )
    if not are_the_words(words, key):
        raise RefusedError(f"these are not the words of exercise {said.name!r}: misheard, or it is another statement")
    ours = folder.keys.read(DrillKey).key_id
    if ours not in said.owners.get(settings.owner, ()):
        raise RefusedError(f"exercise {said.name!r} does not list {ours}, the drill key of {settings.owner}")
    keep_exercise(folder, data)
    text = f"{settings.name} has joined exercise {said.name!r} of {', '.join(said.owners)}\n"
    return _tell({"session": said.session, "name": said.name, "owners": list(said.owners)}, text, json)


def _tell(document: dict[str, object], text: str, is_json: bool) -> int:
    import sys

    import msgspec

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n" if is_json else text)
    return 0
