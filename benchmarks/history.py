"""A year of messages shared between owners: how long until one event's are found.  ./run bench history [--quick]

Ten million messages (`--quick`: a hundred thousand; `--count=N`), fifty to an event, are put into a node's store, in
SQLite and, where a server's programs are on the machine, in PostgreSQL. The bulk goes in by one statement of the
database itself; then, as the node does it: an event's messages drawn at random, a message by its digest, a hundred
messages posted in one transaction (the same at the beginning, for what growth costs), and old ones let go.
`--in=FOLDER` says on which disk, `--only=sqlite` which database.
"""

import json
import platform
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tools.local_postgres import find_postgres, running_postgres

from vedette.doors.node.opening_store import open_store
from vedette.doors.node.store import ToPost

WHAT = "one event's messages out of a year's"
GOAL_S = 1.0
PER_EVENT, BODY_BYTES = 50, 300
DAY_NS = 86_400 * 10**9

_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers (n) AS (SELECT {a} UNION ALL SELECT n + 1 FROM numbers WHERE n < {b}) ",
    "postgresql": "WITH numbers AS (SELECT generate_series({a}::bigint, {b}::bigint) AS n) ",
}
_DIGEST = {"sqlite": "randomblob(32)", "postgresql": "sha256(int8send(n))"}
_BODY = {"sqlite": f"zeroblob({BODY_BYTES})", "postgresql": f"decode(repeat('00', {BODY_BYTES}), 'hex')"}
_TEXT = {"sqlite": "CAST(n / {k} AS TEXT)", "postgresql": "(n / {k})::text"}


def run(options):
    """A JSON line for each database; exit code 1 when the slowest event took longer than the goal."""
    given = {word.partition("=")[0]: word.partition("=")[2] for word in options}
    count = int(given.get("--count", 100_000 if "--quick" in given else 10_000_000))
    where = Path(given["--in"]) if "--in" in given else None
    worst_s = 0.0
    for kind in ("sqlite", "postgresql"):
        if kind not in given.get("--only", kind):
            continue
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=where)))
            address = str(folder / "node.sqlite")
            if kind == "postgresql":
                try:
                    find_postgres()
                except LookupError as missing:
                    sys.stderr.write(f"{missing}\n")
                    continue
                server = stack.enter_context(running_postgres(where))
                address, folder = server.address, server.folder
            line = measured(kind, address, folder, count)
        worst_s = max(worst_s, line["event_worst_s"])
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return int(worst_s > GOAL_S)


def measured(kind, address, folder, count, asked=200):
    """The figures of one database."""
    rng = random.Random(7)
    with open_store(address, reserve_bytes=0) as store:
        empty_s = posting_s(store, 0)
        begin_s = time.perf_counter()
        fill(store, kind, count)
        filled_s = time.perf_counter() - begin_s
    with open_store(address, reserve_bytes=0) as store:  # a connection that has seen nothing
        events = [timed(lambda: store.history(f"NORTH/L{rng.randrange(1, count // PER_EVENT)}")) for _ in range(asked)]
        assert all(len(found) == PER_EVENT for _, found in events)
        some = [found[0].digest for _, found in events]
        digests = [timed(lambda digest=digest: store.find(digest)) for digest in some]
        assert all(len(found) == 1 for _, found in digests)
        full_s = posting_s(store, count)
        disk_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        trim_s, trimmed = timed(lambda: store.trim(DAY_NS, DAY_NS // 2))
        again = posting_s(store, 2 * count)
    return {
        "benchmark": "history", "what": WHAT, "store": kind, "count": count,
        "event_p50_s": middle(events), "event_worst_s": round(max(s for s, _ in events), 5),
        "digest_p50_s": middle(digests), "digest_worst_s": round(max(s for s, _ in digests), 5),
        "post_100_empty_s": round(empty_s, 5), "post_100_full_s": round(full_s, 5),
        "post_100_trimmed_s": round(again, 5),
        "trim_s": round(trim_s, 4), "trimmed_rows": trimmed.row_count, "trimmed_bodies": trimmed.body_count,
        "bytes_per_message": round(disk_bytes / count), "fill_s": round(filled_s, 1),
        "free_gb": round(shutil.disk_usage(folder).free / 1e9), "python": platform.python_version(),
        "machine": platform.machine(),
    }  # fmt: skip


def fill(store, kind, count):
    """A year of messages: one a few seconds, of which nothing is under way any longer."""
    sql = store._sql
    apart_ns = 365 * DAY_NS // count
    piece = 100_000
    if kind == "sqlite":
        sql.run("PRAGMA cache_size = -1048576")  # for the bulk alone
    first = store.log(limit=10**6)[-1].number + 1
    for start in range(first, first + count, piece):
        end = min(start + piece, first + count) - 1
        numbers = _NUMBERS[kind].format(a=start, b=end)
        event = "'NORTH/L' || " + _TEXT[kind].format(k=PER_EVENT).replace("n /", f"(n - {first}) /")
        sql.begin()
        sql.run(
            f"{numbers}INSERT INTO log SELECT n, 'sent', 'south', 'warn', n, 'report', {_DIGEST[kind]}, "
            f"n * {apart_ns}, {_BODY[kind]}, {_BODY[kind].replace(str(BODY_BYTES), '0')}, '', {event} FROM numbers"
        )
        sql.run(f"{numbers}INSERT INTO log_events SELECT {event}, n FROM numbers")
        sql.run("UPDATE counters SET value = ? WHERE name = 'log'", end)
        sql.commit()
        sys.stderr.write(f"\r{kind}: {end - first + 1:,} of {count:,} ")
    sys.stderr.write("\n")


def posting_s(store, start, times=10):
    """A hundred messages and a state in one transaction, durable: the middle one of a few."""

    def post(begin):
        def work(writing):
            writing.keep_state("south", "sender", b"state")
            writing.acknowledged(writing.post([message(n) for n in range(begin, begin + 100)]))

        store.write(work)

    return middle([timed(lambda begin=begin: post(begin)) for begin in range(start, start + 100 * times, 100)])


def message(number):
    """Distinct from every message of the bulk."""
    return ToPost(
        link="south", lane="warn", sequence=number, digest=f"{(1 << 200) + number:064x}", message=bytes(BODY_BYTES),
        t_tai_ns=366 * DAY_NS if number > 1000 else 1, event_ids=(f"NORTH/M{number // PER_EVENT}",),
    )  # fmt: skip


def timed(work):
    """Seconds, and what was given."""
    start = time.perf_counter()
    given = work()
    return time.perf_counter() - start, given


def middle(pairs):
    """The median of the seconds."""
    return round(sorted(seconds for seconds, _ in pairs)[len(pairs) // 2], 5)
