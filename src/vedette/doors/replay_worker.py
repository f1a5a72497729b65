"""The replay worker: a process that answers for the past, `python -m vedette.doors.replay_worker`.

Questions come on standard input and answers leave on what was standard output, both as a length and MessagePack. In
between it makes reels: of the journal that the watch writes now, always behind it by a second or two, and of any other
that somebody asks about. It is told to be nice, and may be killed at any instant.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from vedette.core.errors import NotFoundError, UnreachableError, UsageError, VedetteError
from vedette.doors.stepping_back import step_back

SLICE_S = 0.3  # of making one reel before the next has its turn, and before what was made can be read
FOLLOW_S = 1.0  # between two looks for what the watch has appended
PATIENCE_S = 0.8  # a question about what is nearly there waits so long
MOST_OPEN = 8
NICENESS = 15
NO_REEL = "no-reel"  # the answer where the journal itself must be played


class Question(msgspec.Struct, frozen=True, array_like=True):
    """What is asked of the worker; `journal` is a path."""

    number: int
    what: str
    journal: str = ""
    words: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What it says; `body` is JSON. Not `is_ok`: a problem, with the exit code of its kind."""

    number: int
    is_ok: bool
    body: bytes
    exit_code: int = 0


class Building(msgspec.Struct, frozen=True):
    """The answer while a reel has not come as far as was asked."""

    state: str
    done: int
    of: int


class Maker:
    """Makes reels on a thread of its own: one look may keep the engine busy for seconds, and nobody who asks waits."""

    def __init__(self) -> None:
        self.followed = ""  # the journal that the watch writes now
        self._wanted: dict[str, None] = {}  # journals whose reels are asked for, oldest first
        self._builders: dict[str, Any] = {}
        self._news = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="maker of reels", daemon=True).start()

    def want(self, journal: str) -> None:
        """Somebody asks about a journal: its reel is brought to the end."""
        self._wanted[journal] = None
        self._news.set()

    def _run(self) -> None:
        while True:
            names = list(dict.fromkeys([*self._wanted, *([self.followed] if self.followed else [])]))
            is_behind = False
            for name in names:
                try:
                    is_behind |= self._slice(name)
                except Exception as trouble:  # told, and left: the next who asks has it tried again
                    sys.stderr.write(f"{name}: no reel can be made: {type(trouble).__name__} {trouble}\n")
                    self._builders.pop(name, None)
                    self._wanted.pop(name, None)
            if not is_behind:
                self._news.wait(FOLLOW_S)
                self._news.clear()

    def _slice(self, name: str) -> bool:
        """Go on with one reel for a moment; whether there is more to do."""
        from vedette.doors.reel import ReelBuilder
        from vedette.doors.seeking import Reading

        if name not in self._builders:
            if not Path(name).exists():
                return False  # the watch is still to begin it
            reading = Reading.open(Path(name))
            self._builders[name] = (reading, ReelBuilder(reading.journal, reading.reel))
        reading, builder = self._builders[name]
        is_whole = builder.step(SLICE_S)
        if not is_whole:
            builder.recorder.flush()
        elif name != self.followed:
            self._wanted.pop(name, None)
            del self._builders[name]
            reading.close()
        return not is_whole


class Replayer:
    """Answers from reels as far as they have been made."""

    def __init__(self) -> None:
        self.maker = Maker()
        self._open: dict[str, Any] = {}  # readings by path

    def answer(self, question: Question) -> Any:
        """What a question gives, ready to be encoded; VedetteError for trouble that has words."""
        if question.what == "follow":
            self.maker.followed = question.journal
            return {"following": question.journal}
        if question.what not in ("picture", "frames", "history", "trails", "calibration", "evidence", "state"):
            known = "picture, frames, history, trails, evidence, calibration"
            raise UsageError(f"{question.what}: the replay worker answers {known}")
        words = question.words
        if question.what == "evidence":
            from vedette.doors.evidence_at import evidence_from_reel

            told = evidence_from_reel(Path(question.journal), str(words["name"]), words.get("at"))
            return told if told is not None else {"state": NO_REEL}
        at = {"frames": words.get("to"), "calibration": "end"}.get(question.what, words.get("at") or "end")
        found = self._reading_to(question.journal, str(at))
        if isinstance(found, Building):
            return found
        match question.what:
            case "picture":
                return found.picture_at(words["at"])
            case "frames":
                frames = found.frames_between(words["from"], words["to"], int(words.get("most") or 600))
                return {"frames": frames, "desk": found.acts_between(words["from"], words["to"])}
            case "history":
                return found.history_of(words["id"], words.get("at"))
            case "trails":
                return found.trails_of(str(at), float(words.get("last_s") or 900.0))
            case "calibration":
                from vedette.doors.honesty import honesty_of

                return honesty_of(found, int(words.get("last") or 200))
        return {"journal": found.name, "entry": found.reel.last_entry, **found.reel.counts}

    def _reading_to(self, journal: str, at: str) -> Any:
        """A reading that has come as far as an instant, or how far it has come when that takes longer."""
        from vedette.doors.seeking import Reading
        from vedette.doors.sqlite_journal import SqliteJournal

        t_end = time.monotonic() + PATIENCE_S
        while True:
            reading = self._open.get(journal)
            if reading is None:
                with suppress(NotFoundError):
                    reading = Reading.open(Path(journal), is_maker=False)
                    while len(self._open) >= MOST_OPEN:
                        self._open.pop(next(iter(self._open))).close()
                    self._open[journal] = reading
            if reading is not None and reading.reaches(at):
                return reading
            if journal != self.maker.followed:
                self.maker.want(journal)
            if time.monotonic() > t_end:
                break
            time.sleep(0.02)
        if reading is not None:
            return Building("running", reading.reel.last_entry, reading.journal.store.newest_entry())
        with SqliteJournal.open(journal) as there:  # NotFoundError when there is no such journal
            return Building("running", 0, there.store.entry_count)


def serve(questions: BinaryIO, out: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    replayer, encoder = Replayer(), msgspec.json.Encoder()
    replayer.maker.start()
    while (question := read_question(questions)) is not None:
        try:
            found = replayer.answer(question)
            answer = Answer(question.number, True, encoder.encode(found))
        except VedetteError as trouble:
            answer = Answer(question.number, False, encoder.encode(_problem(trouble)), trouble.exit_code)
        except Exception as trouble:  # a mistake of ours costs this answer, and neither the worker nor the watch
            words = f"the replay failed: {type(trouble).__name__} {' '.join(str(trouble).split())}"[:500]
            answer = Answer(question.number, False, encoder.encode({"kind": "fault", "detail": words}), 70)
        write_answer(out, answer)


def _problem(trouble: VedetteError) -> dict[str, Any]:
    kinds = {NotFoundError: "not-found", UsageError: "usage", UnreachableError: "unreachable"}
    kind = next((word for one, word in kinds.items() if isinstance(trouble, one)), "refused")
    return {"kind": kind, "detail": str(trouble)}


def packed(message: Question | Answer) -> bytes:
    """A message with its length before it."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(4, "little") + body


def read_question(questions: BinaryIO) -> Question | None:
    """The next question; None when the asker is gone."""
    head = _exactly(questions, 4)
    body = None if head is None else _exactly(questions, int.from_bytes(head, "little"))
    return None if body is None else msgspec.msgpack.decode(body, type=Question)


def write_answer(out: BinaryIO, answer: Answer) -> None:
    """Write it out whole."""
    out.write(packed(answer))
    out.flush()


def _exactly(pipe: BinaryIO, count: int) -> bytes | None:
    found = b""
    while len(found) < count:
        more = pipe.read(count - len(found))
        if not more:
            return None
        found += more
    return found


def main() -> int:
    """The process."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # what anybody prints is for people
    questions = os.fdopen(os.dup(0), "rb", buffering=0)  # nothing may be read ahead of select
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    step_back(NICENESS)
    with suppress(BrokenPipeError):
        serve(questions, out)
    os._exit(0)  # the maker may be in the middle of a look; what is not on disk can be made again


if __name__ == "__main__":
    sys.exit(main())
