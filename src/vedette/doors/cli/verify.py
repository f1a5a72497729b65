"""`vedette verify`: a transcript of what two owners told each other, checked without a node."""

from pathlib import Path


def verify(
    transcript: Path,
    /,
    *others: Path,
    trust: Path | None = None,
    clocks_s: float = 5.0,
    list_: bool = False,
    json: bool = False,
) -> int:
    """Check a transcript of what two owners signed to each other, on any machine, without a node or a network.

    Every message signs what came before it on its lane, and what its sender has heard of the other owner. This finds a
    message that was changed, put in or taken out; a number that stands for two messages; two histories told to two
    listeners; a receipt that does not fit; a time that lies before what the same sender had acknowledged. Give the
    transcripts of both owners to hold one against the other. `vedette node transcript` writes one.

    Exit code 1 when something contradicts; 6 when nothing does, but a key that signed is not in the --trust file.
    Without --trust the keys are listed with their words: compare them with what the owners read to you.

    Parameters
    ----------
    transcript
        The file, or - for standard input.
    others
        More of them: the other owner's, later ones.
    trust
        Keys that you believe, as lines of `vedette keys list`.
    clocks_s
        By how much the owners' clocks may differ, s, before a time is doubted.
    list_
        Every message with the instants between which it was sent, as --list.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.core.errors import RefusedError
    from vedette.doors.transcript_words import read_transcript, verdict_document, verdict_text
    from vedette.sharing import parse_trust
    from vedette.sharing.transparency import judge

    read = [read_transcript(path) for path in (transcript, *others)]
    verdict = judge(read, clocks_s)
    if json:
        sys.stdout.write(msgspec.json.encode(verdict_document(read, verdict)).decode() + "\n")
    else:
        sys.stdout.write(verdict_text(read, verdict, list_))
    if not verdict.is_whole:
        return 1
    if trust is not None:
        believed = parse_trust(trust.read_text(encoding="utf-8"), str(trust)).keys
        strangers = sorted(set(verdict.keys) - set(believed))
        if strangers:
            raise RefusedError(f"nothing contradicts, but {', '.join(strangers)} signed and is not in {trust}")
    return 0
