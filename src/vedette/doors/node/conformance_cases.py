"""What another's node is asked: messages that it must take, must refuse, or must pass over, and what each would show.

Nothing here alarms anybody: what is well signed says nothing but that it is a test. Whatever must be refused bears the
number that comes next, so that a node which believes it cannot afterwards take the true one: its own signed receipts
tell on it.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from vedette.reports import Mode
from vedette.sharing.keys import DrillKey, LiveKey
from vedette.sharing.link import LinkSender, SenderState
from vedette.sharing.link.message import read_header, take_apart, write_message

TAKES, REFUSES, PASSES_OVER = "takes", "refuses", "passes over"
Key = LiveKey | DrillKey
Lane = str


@dataclass(frozen=True, slots=True)
class Asking:
    """What a case may use: our sender as it stands (not to be changed), its key, another key, the time."""

    state: SenderState
    key: Key
    stranger: Key  # that nobody there has been told of
    t_tai_ns: int
    lane: Lane
    last: bytes = b""  # what was sent last on this lane

    def next_message(self, **header: Any) -> bytes:
        """The message that comes next on the lane, empty, with some of its header otherwise; well signed."""
        sealed = LinkSender(self.state, self.key).seal(self.lane, (), self.t_tai_ns)
        return rewritten(sealed.data, self.key, **header)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing asked."""

    name: str
    rule: str  # TAKES, REFUSES or PASSES_OVER
    why: str
    make: Callable[[Asking], bytes]
    lane: Lane = "warn"
    by_lane: Lane = ""  # the subject it is sent by, where that is another


def rewritten(data: bytes, key: Key, content: bytes | None = None, **header: Any) -> bytes:
    """The same message with other words in its header or content, signed again."""
    message = take_apart(data)
    words = msgspec.json.decode(message.header_bytes, type=dict[str, Any])
    body = message.content_bytes if content is None else content
    words |= {"content_sha256": hashlib.sha256(body).hexdigest(), **header}
    return write_message(key, msgspec.json.encode(words), body)


def _flipped(data: bytes, line: int) -> bytes:
    """One bit of one of the three lines is another."""
    lines = data.split(b"\n")
    if line == 0:
        signed = msgspec.json.decode(lines[0], type=dict[str, Any])
        signature = bytearray(base64.b64decode(signed["signature"]))
        signature[7] ^= 1
        lines[0] = msgspec.json.encode(signed | {"signature": base64.b64encode(signature).decode()})
    else:
        words = bytearray(lines[line])
        place = words.index(b'"sequence"') + 12 if line == 1 else len(words) - 1
        words[place] ^= 1
        lines[line] = bytes(words)
    return b"\n".join(lines)


def _newer_content(asking: Asking) -> bytes:
    """What a node of later years might say: a kind of thing and a field that nobody knows, and more in its head."""
    things = [
        {"type": "hologram", "depth": 3},
        {"type": "words", "words_id": f"CONFORMANCE-{asking.t_tai_ns}", "kind": "note",
         "text": "conformance test: nothing to be done", "mood": "calm"},
    ]  # fmt: skip
    data = asking.next_message()
    header = read_header(take_apart(data))
    return rewritten(data, asking.key, msgspec.json.encode(things), schema=header.schema + 1, colour="green")


def _other_mode(mode: Mode) -> str:
    return str(Mode.EXERCISE if mode is Mode.REAL else Mode.REAL)


def _huge(asking: Asking) -> bytes:
    return b"x" * 900_000


def _new_spelling(asking: Asking) -> bytes:
    lines = asking.next_message().split(b"\n")
    signed = msgspec.json.decode(lines[0], type=dict[str, Any])
    return b"\n".join((msgspec.json.encode(signed | {"vedette_link": 99}), *lines[1:]))


def _deep(asking: Asking) -> bytes:
    """Nested deeper than a careless reader can stand."""
    data = asking.next_message()
    return rewritten(data, asking.key, b"[" * 100_000 + b"]" * 100_000)


def _used_twice(asking: Asking) -> bytes:
    """The number that was used last, with other words."""
    header = read_header(take_apart(asking.last))
    return rewritten(asking.last, asking.key, t_sent_tai_ns=header.t_sent_tai_ns + 1)


CASES: tuple[Case, ...] = (
    *(Case(f"a message on lane {lane}", TAKES, "a link has four lanes, each counted for itself",
           lambda asking: asking.next_message(), lane) for lane in ("warn", "track", "bulk", "words")),
    Case("what a newer version says", TAKES, "an unknown field or kind never hides what is known", _newer_content,
         "words"),
    Case("the same message again", PASSES_OVER, "a broker may bring a message twice", lambda asking: asking.last),
    Case("nothing at all", REFUSES, "no message is empty", lambda asking: b""),
    Case("bytes of no kind", REFUSES, "no parser may fall over", lambda asking: bytes(range(256)) * 16),
    Case("900,000 bytes of no kind", REFUSES, "a large thing is no better than a small one", _huge),
    Case("a message cut in its middle", REFUSES, "lines may be torn by a link",
         lambda asking: asking.next_message()[:-40]),
    Case("one bit of the signature", REFUSES, "it does not fit what was signed",
         lambda asking: _flipped(asking.next_message(), 0)),
    Case("one bit of what was signed", REFUSES, "the signature is over every byte",
         lambda asking: _flipped(asking.next_message(), 1)),
    Case("one bit of the content", REFUSES, "its hash is in what was signed",
         lambda asking: _flipped(asking.next_message(), 2)),
    Case("a key of nobody's", REFUSES, "only keys that people have compared are believed",
         lambda asking: rewritten(asking.next_message(), asking.stranger)),
    Case("a message for another owner", REFUSES, "it went astray, or was passed on",
         lambda asking: asking.next_message(to="ELSEWHERE")),
    Case("a message for another node", REFUSES, "it went astray, or was passed on",
         lambda asking: asking.next_message(to_node="elsewhere-9")),
    Case("a message of another node's", REFUSES, "each link is one node's",
         lambda asking: asking.next_message(node="elsewhere-9")),
    Case("a message of another owner's", REFUSES, "a key speaks for its own owner",
         lambda asking: asking.next_message(owner="ELSEWHERE")),
    Case("a drill on a link that is live, or the other way round", REFUSES, "REAL and EXERCISE never mix",
         lambda asking: asking.next_message(mode=_other_mode(asking.state.mode))),
    Case("a message of an exercise that nobody joined", REFUSES, "an exercise is bound to one session key",
         lambda asking: asking.next_message(session="no-such-session")),
    Case("a message by another lane than it was signed for", REFUSES, "a lane is part of what is signed",
         lambda asking: asking.next_message(), "warn", "bulk"),
    Case("a lane that there is none of", REFUSES, "there are four",
         lambda asking: asking.next_message(lane="whispers")),
    Case("number nought", REFUSES, "messages are counted from one", lambda asking: asking.next_message(sequence=0)),
    Case("a number beyond all counting", REFUSES, "it would hide every number before it",
         lambda asking: asking.next_message(sequence=2**60)),
    Case("a number used twice", REFUSES, "one number stands for one message", _used_twice),
    Case("a spelling of later days", REFUSES, "what cannot be read is not guessed at", _new_spelling),
    Case("a content nested without end", REFUSES, "no parser may fall over", _deep),
    Case("a content that is no list", REFUSES, "well signed nonsense is nonsense",
         lambda asking: rewritten(asking.next_message(), asking.key, b'"words"')),
)  # fmt: skip
