"""What follows a break-up, against counting by hand at short steps."""

from dataclasses import replace

import numpy as np
from benchmarks.screen import drawn

from vedette.catalogue.changes.consequences import fence_crossings, met_by_pieces
from vedette.catalogue.passes import find_passes
from vedette.formats.tle import read_tle
from vedette.motion.sgp4 import Sgp4
from vedette.sensing import packaged_sensors
from vedette.time import tai_ns_from_utc_text

_FROM = tai_ns_from_utc_text("2026-05-10T00:00:00Z")
_HOUR_NS = 3600 * 10**9


def test_a_fence_counts_the_passes_of_the_pieces_alone() -> None:
    sets, _ = read_tle(drawn(60, 5))
    sensor = next(one for one in packaged_sensors().values() if one.kind.value == "radar")
    pieces = np.arange(10, 60, 2)
    told = fence_crossings(sets, pieces, sensor, _FROM, _FROM + 12 * _HOUR_NS)
    everybody = [one for one in find_passes(sets, sensor, _FROM, _FROM + 12 * _HOUR_NS) if one.row in set(pieces)]
    assert len(everybody) > 5
    assert told.row.tolist() == [one.row for one in everybody]
    assert told.hours.sum() == len(everybody) and len(told.hours) == 12
    assert told.piece_count == len({one.row for one in everybody})
    minutes = [0] * (12 * 60 + 120)
    for one in everybody:
        for m in range(one.rise.t_tai_ns // (60 * 10**9), one.set.t_tai_ns // (60 * 10**9) + 1):
            minutes[m - _FROM // (60 * 10**9)] += 1
    assert told.busiest_minute == max(minutes)


def test_pieces_meet_others_as_often_as_walking_along_both_paths_finds() -> None:
    sets, _ = read_tle(drawn(1500, 7))
    pieces = np.arange(0, 1500, 150)
    km, span_s = 60.0, 5400.0
    found, mine, others = met_by_pieces(sets, pieces, _FROM, _FROM + round(span_s * 1e9), km)
    assert set(mine.tolist()) <= set(pieces.tolist()) and not set(others.tolist()) & set(pieces.tolist())
    times = _FROM + np.arange(0, round(span_s * 1e9), 10**9)
    flown = Sgp4.of(sets)
    expected = set()
    every = flown.take(pieces).states_teme(times)[0][:, :, :3]
    for other in sorted(set(range(1500)) - set(pieces.tolist())):
        place = flown.take(np.array([other])).states_teme(times)[0][0, :, :3]
        for piece, path in zip(pieces.tolist(), every, strict=True):
            far = np.linalg.norm(place - path, axis=1)
            inner = np.flatnonzero((far[1:-1] < far[:-2]) & (far[1:-1] <= far[2:]) & (far[1:-1] < 1e3 * km)) + 1
            expected |= {(piece, other, round(float(t) / 60.0)) for t in inner.tolist()}
    told = zip(mine.tolist(), others.tolist(), found.t_tai_ns.tolist(), strict=True)
    got = {(piece, other, round((t - _FROM) / 60e9)) for piece, other, t in told}
    assert expected and got == expected


def test_no_pieces_is_an_answer() -> None:
    sets, _ = read_tle(drawn(30, 5))
    sensor = next(iter(packaged_sensors().values()))
    told = fence_crossings(sets, np.empty(0, np.int64), sensor, _FROM, _FROM + _HOUR_NS)
    assert told.piece_count == 0 and told.busiest_minute == 0
    assert replace(told, sensor_id="x").sensor_id == "x"
