"""A line of any length costs a bounded amount of memory."""

import io
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from vedette.formats import Quarantined, open_feed
from vedette.formats.lines import read_lines

GIGABYTE = 1_000_000_000


class LongLine(io.RawIOBase):
    """A stream that holds a header, one line of a gigabyte, and one good scan, without having them in memory."""

    def __init__(self, head: bytes, byte_count: int, tail: bytes) -> None:
        self.parts = [head, byte_count, tail]

    def readline(self, limit=-1):
        while self.parts:
            part = self.parts[0]
            if isinstance(part, int):
                if part == 0:
                    self.parts.pop(0)
                    continue
                taken = min(part, limit)
                self.parts[0] = part - taken
                return b"x" * taken
            end = part.find(b"\n") + 1 or len(part)
            taken, self.parts[0] = part[: min(end, limit)], part[min(end, limit) :]
            if not self.parts[0]:
                self.parts.pop(0)
            return taken
        return b""


def test_a_line_of_a_gigabyte_is_refused_and_the_next_line_read():
    head = b'{"vedette_scan_file":1,"mode":"TEST"}\n'
    scan = b'{"kind":"radar","sensor_id":"r","mode":"TEST","t_received_utc":"2031-04-01T12:00:00Z","detections":[]}\n'
    tracemalloc.start()
    records = list(open_feed("feed", stream=LongLine(head, GIGABYTE, b"\n" + scan)))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    _, refusal, last = records
    assert isinstance(refusal, Quarantined) and "1,000,000,001 bytes" in refusal.what and refusal.where == "feed:2"
    assert last.sensor_id == "r"
    three_lines_at_their_limit = 3 * 8 * 1024 * 1024 + 1_000_000
    assert peak_bytes < three_lines_at_their_limit


def test_a_document_that_is_one_endless_line_is_refused_too():
    for start in (b'{"time": [', b"<tdm>", b"CCSDS_TDM_VERS = 2.0"):
        records = list(open_feed("feed", stream=LongLine(start, 100_000_000, b"")))
        assert len(records) == 1 and isinstance(records[0], Quarantined) and records[0].exit_code == 3


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"").rstrip(b"\r"))), st.booleans())
def test_lines_come_back_with_their_numbers(texts, ends_with_newline):
    raw = b"\n".join(texts) + (b"\n" if ends_with_newline and texts else b"")
    lines = list(read_lines(io.BytesIO(raw), max_bytes=50))
    expected = raw.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert [line.data for line in lines] == [text.rstrip(b"\r") for text in expected] or not texts
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@given(st.integers(0, 30), st.integers(1, 10))
def test_too_long_is_told_by_the_limit(length, limit):
    lines = list(read_lines(io.BytesIO(b"x" * length + b"\nnext\n"), max_bytes=limit))
    assert lines[0].is_too_long == (length > limit)
    assert lines[0].byte_count == length + 1
    assert lines[1].is_too_long == (limit < 4)


def test_a_pipe_is_read_line_by_line():
    """A live feed must not wait for a full buffer: the first line is out before the second is written."""
    import os

    out, inn = os.pipe()
    with os.fdopen(out, "rb") as reader, os.fdopen(inn, "wb", buffering=0) as writer:
        writer.write(b"first\n")
        lines = read_lines(reader)
        assert next(lines).data == b"first"
        writer.write(b"second\n")
        assert next(lines).data == b"second"
