"""The replay worker: a process that answers for the past, `python -m vedette.doors.replay_worker`.

Questions come on standard input and answers leave on what was standard output, both as a length and MessagePack. In
between it makes reels: of the journal that the watch writes now, always behind it by a second or two, and of any other
that somebody asks about. It is told to be nice, and may be killed at any instant.
"""

import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from vedette.core.errors import NotFoundError, UnreachableError, UsageError, VedetteError

SLICE_S = 0.05  # of making a reel between two looks for a question
FOLLOW_S = 1.0  # between two looks for what the watch has appended
PATIENCE_S = 0.8  # a question about what is nearly there waits so long
MOST_OPEN = 8


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


class Replayer:
    """The journals that are open, and the one whose reel is being made."""

    def __init__(self) -> None:
        self.open: dict[str, Any] = {}  # by path: (Reading, ReelBuilder)
        self.followed = ""
        self._t_followed = 0.0

    def answer(self, question: Question) -> Any:
        """What a question gives, ready to be encoded; VedetteError for trouble that has words."""
        if question.what == "follow":
            self.followed = question.journal
            return {"following": question.journal}
        if question.what == "close":
            self._close(question.journal)
            return {"closed": question.journal}
        reading, builder = self._opened(question.journal)
        words = question.words
        if question.what == "state":
            return self.state(question.journal)
        if question.what in ("picture", "frames", "history"):
            at = words.get("to") if question.what == "frames" else words.get("at")
            building = self._wait_for(reading, builder, at)
            if building is not None:
                return building
        match question.what:
            case "picture":
                return reading.picture_at(words["at"])
            case "frames":
                return {"frames": reading.frames_between(words["from"], words["to"], int(words.get("most") or 600))}
            case "history":
                return reading.history_of(words["id"], words.get("at"))
            case "calibration":
                from vedette.doors.honesty import honesty_of

                building = self._wait_for(reading, builder, None)
                return building if building is not None else honesty_of(reading, int(words.get("last") or 200))
        raise UsageError(f"{question.what}: the replay worker answers picture, frames, history, calibration")

    def state(self, journal: str) -> dict[str, Any]:
        """How far the reel of a journal has come."""
        reading, _ = self._opened(journal)
        return {
            "journal": reading.name, "entry": reading.reel.last_entry, "of": reading.journal.store.newest_entry(),
            "span_tai_ns": reading.reel.span_tai_ns, **reading.reel.counts,
        }  # fmt: skip

    def work(self) -> float:
        """Make reels for a slice of time; how long one may then sleep, s."""
        now = time.monotonic()
        behind = [one for one in self.open.values() if one[1].is_behind]
        if self.followed and now - self._t_followed > FOLLOW_S:
            self._t_followed = now
            try:
                one = self._opened(self.followed)
                if one not in behind:
                    behind.append(one)
            except VedetteError:
                return FOLLOW_S  # it is not there yet
        if not behind:
            return FOLLOW_S
        _, builder = behind[0]
        builder.step(SLICE_S)
        return 0.0 if builder.is_behind or len(behind) > 1 else FOLLOW_S

    def _opened(self, journal: str) -> Any:
        from vedette.doors.reel import ReelBuilder
        from vedette.doors.seeking import Reading

        if journal not in self.open:
            while len(self.open) >= MOST_OPEN:
                self._close(next(name for name in self.open if name != self.followed))
            reading = Reading.open(Path(journal))
            self.open[journal] = (reading, ReelBuilder(reading.journal, reading.reel))
        return self.open[journal]

    def _close(self, journal: str) -> None:
        found = self.open.pop(journal, None)
        if found is not None:
            found[0].close()

    def _wait_for(self, reading: Any, builder: Any, at: str | None) -> Building | None:
        """None once the reel has come so far (None: to the end); what is still to be done when it takes longer."""
        t_end = time.monotonic() + PATIENCE_S
        while not (reading.reaches(at) if at is not None else reading.is_whole):
            builder.step(SLICE_S)
            builder.recorder.flush()
            if time.monotonic() > t_end:
                return Building("running", builder.entry, builder.end)
        return None


def serve(questions: BinaryIO, out: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    replayer, encoder = Replayer(), msgspec.json.Encoder()
    idle_s = 0.0
    while True:
        ready, _, _ = select.select([questions], [], [], idle_s)
        if not ready:
            idle_s = replayer.work()
            continue
        idle_s = 0.0
        question = read_question(questions)
        if question is None:
            return
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
    if hasattr(os, "nice"):
        os.nice(15)
    try:
        serve(questions, out)
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
