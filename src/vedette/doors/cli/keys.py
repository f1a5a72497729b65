"""`vedette keys`: the keys that sign, and those that are believed."""

from pathlib import Path
from typing import Literal


def keys(
    action: Literal["make", "list", "trust", "verify"],
    what: str | None = None,
    *,
    owner: str = "",
    content: Path | None = None,
    drill: bool = False,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Make signing keys, list those that are believed here, believe another, and check a signed message.

    A live key signs what is REAL, a drill key what is played, tried or computed, a record key the audit log and the
    checkpoints of journals. They are three things: none can sign for another, and a drill key cannot become a live one.
    `list` prints the lines that a consumer gives to `trust`. `verify` is what whoever passes a message on must do
    first: it refuses, with exit code 6, what is unsigned, changed, signed by an unknown key, or a drill.

    Parameters
    ----------
    action
        make, list, trust or verify.
    what
        Of `make`: live, drill or record. Of `trust`: a file with lines of `list`, or `-`. Of `verify`: the envelope.
    owner
        Of `make`: whose key it is, in public.
    content
        Of `verify`: the message, when the envelope stands beside it.
    drill
        Of `verify`: a drill is expected and is accepted; what is live is refused.
    data_dir
        Where keys are kept.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.core.errors import UsageError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.key_files import KeyRing
    from vedette.sharing import Purpose, format_trust

    ring = KeyRing(data_dir_of(data_dir))
    if action == "list":
        trust = ring.trust()
        own = {key.key_id for key in ring.own()}
        rows = [
            {"key_id": name, "modes": sorted(one.modes), "owner": one.key.owner, "is_own": name in own}
            for name, one in trust.keys.items()
        ]
        sys.stdout.write(msgspec.json.encode({"keys": rows}).decode() + "\n" if json else format_trust(trust))
        return 0
    if what is None:
        raise UsageError(f"`vedette keys {action}` needs one more word; `vedette keys --help`")
    if action == "make":
        if what not in tuple(Purpose):
            raise UsageError(f"{what!r}: a key is live, drill or record")
        key = ring.make(Purpose(what), owner)
        said = {"key_id": key.key_id, "file": str(ring.path(Purpose(what)))}
    elif action == "trust":
        text = sys.stdin.read(1 << 20) if what == "-" else Path(what).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        said = {"trusted": ", ".join(ring.add(line).key.key_id for line in lines)}
    else:
        said = _verified(ring, Path(what), content, drill)
    words = "  ".join(f"{name} {value}" for name, value in said.items())
    sys.stdout.write((msgspec.json.encode(said).decode() if json else words) + "\n")
    return 0


def _verified(ring: object, envelope: Path, content: Path | None, is_drill: bool) -> dict[str, str]:
    from vedette.doors.key_files import KeyRing
    from vedette.sharing import checked

    assert isinstance(ring, KeyRing)
    body = None if content is None else content.read_bytes()
    opened = checked(envelope.read_bytes(), ring.trust(), body, is_drill=is_drill)
    header = opened.header
    return {
        "mode": header.mode.value, "act": header.act, "message_id": header.message_id, "event_id": header.event_id,
        "key_id": header.key_id, "sequence": str(header.sequence), "expires_utc": header.expires_utc,
    }  # fmt: skip
