"""Any instant of a day's journal: how long until its picture is there.  ./run bench scrub [--quick] [--journal=PATH]

A journal of 24 hours is made from a seed (80 catalogued objects under a radar, three infrared watchers, two launch
nights), its reel in one pass; then instants drawn at random are asked for as the replay worker is asked: found, folded
and encoded. Beside it, from the same file, the engine itself taken from the nearest checkpoint to the same instants.
`--quick` makes half an hour with one night. With `--journal` a journal made before is used, and its reel where it fits.
"""

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np

from vedette.doors.evidence_at import picture_after
from vedette.doors.long_watch_journal import make_long_journal
from vedette.doors.reel import ReelBuilder
from vedette.doors.seeking import Reading
from vedette.time import utc_text_from_tai_ns

WHAT = "instants of a 24-hour journal shown: found, folded, encoded"
GOAL_S = 1.0
INSTANTS, BY_ENGINE = 400, 12


def run(options):
    """One JSON line; exit code 1 when the slowest instant took longer than the goal."""
    is_quick = "--quick" in options
    given = next((Path(word.partition("=")[2]) for word in options if word.startswith("--journal=")), None)
    with tempfile.TemporaryDirectory() as folder:
        path = given or Path(folder) / "day.sqlite"
        if not path.exists():
            make_long_journal(path, *((0.5, 1, 80, 1, 16.0) if is_quick else (24.0, 1, 80, 2, 16.0)))
        line = measured(path, 60 if is_quick else INSTANTS)
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    return int(line["worst_s"] > GOAL_S)


def measured(path, instants):
    """The figures of one journal."""
    reading = Reading.open(path)
    begin_s = time.process_time()
    before = reading.reel.last_entry
    ReelBuilder(reading.journal, reading.reel).step()
    built_s = time.process_time() - begin_s if reading.reel.last_entry > before else None
    first, last = reading.reel.span_tai_ns
    rng = np.random.default_rng(7)
    texts = [utc_text_from_tai_ns(int(t)) for t in rng.integers(first, last, instants)]
    wall_s, cpu_s, sizes = [], [], []
    for text in texts:
        wall, cpu = time.perf_counter(), time.process_time()
        sizes.append(len(msgspec.json.encode(reading.picture_at(text))))
        wall_s.append(time.perf_counter() - wall)
        cpu_s.append(time.process_time() - cpu)
    reading.close()
    cold = time.perf_counter()
    reading = Reading.open(path)
    reading.picture_at(texts[0])
    cold_s = time.perf_counter() - cold
    engine_s = []
    for entry in rng.integers(1, reading.reel.last_entry, BY_ENGINE):
        begin = time.process_time()
        picture_after(reading, int(entry))
        engine_s.append(time.process_time() - begin)
    found = {
        "benchmark": "scrub", "what": WHAT, "hours": round((last - first) / 3.6e12, 2),
        "entries": reading.journal.store.entry_count, "instants": instants, "goal_s": GOAL_S,
        "p50_s": _at(wall_s, 50), "p95_s": _at(wall_s, 95), "worst_s": _at(wall_s, 100), "cold_s": round(cold_s, 4),
        "cpu_p50_s": _at(cpu_s, 50), "cpu_p95_s": _at(cpu_s, 95), "cpu_worst_s": _at(cpu_s, 100),
        "picture_kb_p50": round(_at(sizes, 50) / 1e3, 1), "from_checkpoint_cpu_p50_s": _at(engine_s, 50),
        "from_checkpoint_cpu_worst_s": _at(engine_s, 100),
        "build_cpu_s": None if built_s is None else round(built_s, 1),
        "journal_mb": round(path.stat().st_size / 1e6, 1), "reel_mb": round(reading.reel.counts["bytes"] / 1e6, 1),
        "chunks": reading.reel.counts["chunks"], "checkpoints": reading.reel.counts["checkpoints"],
        "load": round(os.getloadavg()[0], 1), "python": platform.python_version(), "machine": platform.machine(),
    }  # fmt: skip
    reading.close()
    return found


def _at(values, share):
    return round(float(np.percentile(values, share)), 5)
