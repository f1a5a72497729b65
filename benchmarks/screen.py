"""All against all for a day: ours and astroz (where it can be imported) on the same element sets, one core, one run.

30,000 drawn objects, 24 hours, 5 km; with `--elements=FILE` those of a file of two-line sets. Then one changed object
against kept knots. `--quick`: 3,000 objects. `--spread`: instead, two processes (Dask) against one, by the clock on the
wall, so on a quiet machine of two cores: the same bits, then the same once more with a worker killed on the way. What
the machine itself gives to two is in the line too (`machine_times`): two processes that share nothing, against one.
`--days=7` screens so many.
"""

import datetime
import json
import os
import platform
import signal
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks import harness

WHAT = "a day of conjunctions, all against all"
_MU_KM3_S2 = 398_600.8
_DAY_NS = 86_400 * 10**9


def run(options):
    """JSON lines."""
    from vedette.catalogue.conjunctions.screen import Screen, screen
    from vedette.formats.tle import read_tle
    from vedette.time import tai_ns_from_utc_text

    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    harness.use_one_core()
    is_quick = "--quick" in options
    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    if "elements" in told:
        text = Path(told["elements"]).read_text(encoding="utf-8")
    else:
        text = drawn(3_000 if is_quick else 30_000, 11)
    sets, _ = read_tle(text)
    start = tai_ns_from_utc_text("2026-05-10T00:00:00Z")
    if "elements" in told:
        start = int(np.median(sets.t_epoch_tai_ns))
    screen(sets.take(np.arange(0, len(sets), 10)), start, start + _DAY_NS // 100)
    if "--spread" in options:
        return _spread(sets, start, start + int(told.get("days", 1)) * _DAY_NS, cores)
    found, ours_s = _timed(lambda: screen(sets, start, start + _DAY_NS))
    peer, peer_s, events = _astroz(text, start)
    _say(harness.line(
        "screen_all_24h_5km", "s", ours_s, goal=12.0, better="less", peer=peer, peer_value=peer_s, objects=len(sets),
        events=len(found), stay_near=len(found.near_i), peer_events=events,
    ))  # fmt: skip
    kept = Screen(sets, start, start + _DAY_NS)
    rows = np.linspace(0, len(sets) - 1, 40).astype(int)
    kept.of_one(sets.take(rows[:1]), int(rows[0]))
    taken = [_timed(lambda row=row: kept.of_one(sets.take(np.array([row])), int(row)))[1] for row in rows]
    _say(harness.line("screen_one_changed", "ms", 1e3 * float(np.median(taken)), goal=20.0, better="less",
                      objects=len(sets), worst_ms=1e3 * max(taken)))  # fmt: skip
    return 0


def _spread(sets, start, end, cores):
    from vedette.catalogue.conjunctions.screen import screen
    from vedette.doors.screen_run import dask_run

    def on_the_wall(**how):
        begin = time.monotonic()
        found = screen(sets, start, end, **how)
        return found, time.monotonic() - begin

    here, one_s = on_the_wall()
    if cores:
        os.sched_setaffinity(0, cores)  # for the workers, which inherit it
    with dask_run(2) as run:
        screen(sets.take(np.arange(0, len(sets), 10)), start, start + _DAY_NS // 4, run=run)  # both have compiled code
        (alone,) = run.each(_quarter, [(sets, start)])
        beside = run.each(_quarter, [(sets, start), (sets, start)])
        spread, two_s = on_the_wall(run=run)
        killed = []

        def told(share):
            if not killed and share > 0.3:
                killed.append(run.worker_pids()[0])
                os.kill(killed[0], signal.SIGKILL)

        survived, killed_s = on_the_wall(run=run, told=told)
    same = [all(np.array_equal(getattr(here, name), getattr(other, name)) for name in ("i", "j", "t_tai_ns", "miss_m"))
            for other in (spread, survived)]  # fmt: skip
    _say(harness.line(
        "screen_two_processes", "times", one_s / two_s, goal=1.7, machine_times=round(2.0 * alone / max(beside), 3),
        objects=len(sets), days=(end - start) / _DAY_NS, events=len(here), one_s=round(one_s, 2),
        two_s=round(two_s, 2), same_bits=same[0], killed_a_worker=bool(killed), killed_s=round(killed_s, 2),
        same_bits_after_it=same[1],
    ))  # fmt: skip
    return int(not all(same))


def _quarter(job):
    """Seconds by the clock on the wall for six hours of one process that shares nothing with another."""
    from vedette.catalogue.conjunctions.screen import screen

    sets, start = job
    begin = time.monotonic()
    screen(sets, start, start + _DAY_NS // 4)
    return time.monotonic() - begin


def _timed(work):
    start = time.process_time()
    out = work()
    return out, time.process_time() - start


def _astroz(text, start):
    if find_spec("astroz") is None:
        return None, None, None
    from vedette.time import utc_text_from_tai_ns

    astroz = import_module("astroz")
    began = datetime.datetime.fromisoformat(utc_text_from_tai_ns(start).replace("Z", "+00:00"))
    many = astroz.Constellation(text)
    found, taken_s = _timed(lambda: astroz.screen(many, 1440.0, threshold=5.0, step=0.5, start_time=began))
    return f"astroz {getattr(astroz, '__version__', '')}".strip(), taken_s, len(found.i)


def drawn(count, seed):
    """Two-line sets of a catalogue that is nobody's, as crowded as the sky is."""
    from benchmarks._sky_population import population
    from vedette.time import tai_ns_from_utc_text

    sets = population(count, seed, tai_ns_from_utc_text("2026-05-10T00:00:00Z"))
    epoch_day = (sets.t_epoch_tai_ns - tai_ns_from_utc_text("2026-01-01T00:00:00Z")) / 8.64e13 + 1.0
    lines = []
    for k in range(count):
        turns = sets.mean_motion_radpmin[k] * 1440.0 / (2.0 * np.pi)
        drag = _power(sets.bstar_per_er[k])
        one = f"1 {k + 1:05d}U 26001A   26{epoch_day[k]:012.8f}  .00000000  00000+0 {drag} 0  999"
        degrees = np.degrees([sets.inclination_rad[k], sets.node_teme_rad[k], sets.perigee_argument_rad[k],
                              sets.mean_anomaly_rad[k]])  # fmt: skip
        two = (f"2 {k + 1:05d} {degrees[0]:8.4f} {degrees[1] % 360:8.4f} {round(sets.eccentricity[k] * 1e7):07d} "
               f"{degrees[2] % 360:8.4f} {degrees[3] % 360:8.4f} {turns:11.8f}    1")  # fmt: skip
        for line in (one[:68], two[:68]):
            lines.append(line + str(sum(int(c) if c.isdigit() else c == "-" for c in line) % 10))
    return "\n".join(lines)


def _power(value):
    if value == 0.0:
        return " 00000+0"
    power = int(np.floor(np.log10(abs(value)))) + 1
    digits = round(abs(value) / 10.0**power * 1e5)
    digits, power = (10_000, power + 1) if digits > 99_999 else (digits, power)
    return f"{'-' if value < 0 else ' '}{digits:05d}{'-' if power <= 0 else '+'}{abs(power)}"


def _say(line):
    line |= {"python": platform.python_version(), "machine": platform.machine()}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
