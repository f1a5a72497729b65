"""SGP4 against the published verification set, and against the published program on a whole catalogue."""

import gzip
from functools import cache

import numpy as np
import pytest
from sgp4.api import Satrec, SatrecArray
from tests.data import real_data

from vedette.formats.tle import read_tle
from vedette.motion.sgp4 import TROUBLES, Sgp4
from vedette.motion.sgp4.kernels import one_state
from vedette.time import jd_utc_from_tai_ns

ONE_MILLIMETRE = 1e-3
# 23333 has eccentricity 0.9733 and its published digits come from a program that rounds otherwise; the `sgp4` package
# differs from them as much as we do
ROUNDED_M = {23333: 5e-3}
FAILING = {22312: 1, 28350: 1, 28872: 6, 33333: 4, 33334: 3, 20413: 6}  # the published program's own numbers of trouble
STATION = """1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537"""


@cache
def published():
    """By object: minutes and states as printed (km, km/s), and the span that was asked for."""
    rows, current = {}, []
    for line in real_data("validation/sgp4/tforverf.out").read_text().splitlines():
        words = line.split()
        if len(words) == 2 and words[1] == "xx":
            current = []
            rows.setdefault(int(words[0]), []).append(current)
        elif words:
            current.append([float(word) for word in words[:7]])
    return rows


@cache
def verification():
    text = real_data("validation/sgp4/SGP4-VER.TLE").read_text()
    asked = [tuple(map(float, line[69:].split())) for line in text.splitlines() if line.startswith("2 ")]
    sets, refused = read_tle(text, "SGP4-VER", has_checksums=False)
    assert len(refused) == 1 and "ephemeris type 4" in str(refused[0])  # the last set asks for that
    asked = asked[: len(sets)]
    return sets, asked


def states(sets, k, minutes):
    components, troubles = Sgp4.of(sets.take(np.array([k])), is_old=True).components_after(np.array([minutes]))
    return np.stack(components, axis=-1)[0], troubles[0]


def test_the_published_states_within_a_millimetre():
    sets, _ = verification()
    seen = {}
    for k, number in enumerate(sets.number.tolist()):
        turn = seen.get(number, 0)
        seen[number] = turn + 1
        rows = np.array(published()[number][turn])
        found, troubles = states(sets, k, rows[:, 0])
        if number == 33334:  # its one row is left over from the object before it; there is no state
            assert troubles[0] == 3
            continue
        off_m = np.abs(found[:, :3] - 1e3 * rows[:, 1:4]).max()
        assert off_m < ROUNDED_M.get(number, ONE_MILLIMETRE), number
        assert np.abs(found[:, 3:] - 1e3 * rows[:, 4:7]).max() < 2e-6, number
    assert len(seen) >= 32


def test_the_expected_failures_fail_at_the_published_instant():
    """Where the published table stops short of what was asked for, the next instant is refused, and none before."""
    sets, asked = verification()
    failed = {}
    for k, number in enumerate(sets.number.tolist()):
        start, stop, step = asked[k]
        rows = [row[0] for row in published()[number][-1 if sets.number[:k].tolist().count(number) else 0]]
        after = max(rows) + step if len(rows) > 1 else start
        if number == 33334 or after <= stop - 0.5 * step:
            _, troubles = states(sets, k, np.array([*rows, after]))
            assert number == 33334 or not troubles[:-1].any(), number
            failed[number] = int(troubles[-1])
    assert failed == FAILING and set(FAILING.values()) < set(TROUBLES)


@pytest.mark.parametrize("is_deep", [False, True])
def test_a_whole_catalogue_as_the_published_program_has_it(is_deep):
    lines = gzip.decompress(real_data("catalogue/snapshots/20250901.tle.gz").read_bytes()).decode().splitlines()
    sets, _ = read_tle("\n".join(lines))
    ready = Sgp4.of(sets)
    which = np.flatnonzero((ready.records["is_deep"] == 1.0) == is_deep)[:: 2 if is_deep else 12]
    t_tai_ns = int(sets.t_epoch_tai_ns.max()) + np.arange(7) * 4 * 3600 * 10**9
    found, troubles = ready.take(which).states_teme(t_tai_ns)
    theirs = SatrecArray([Satrec.twoline2rv(lines[3 * i + 1], lines[3 * i + 2]) for i in which])
    trouble, position_km, velocity_kmps = theirs.sgp4(*jd_utc_from_tai_ns(t_tai_ns))
    assert np.array_equal(trouble, troubles)
    good = troubles == 0
    assert np.linalg.norm(found[..., :3] - 1e3 * position_km, axis=-1)[good].max() < ONE_MILLIMETRE
    assert np.linalg.norm(found[..., 3:] - 1e3 * velocity_kmps, axis=-1)[good].max() < 1e-6


def test_the_fast_way_and_the_published_way_are_one():
    sets, _ = verification()
    ready = Sgp4.of(sets)
    minutes = np.tile(np.array([-300.0, 0.0, 17.5, 719.0, 721.0, 1500.0, 900.0]), (len(ready), 1))
    components, troubles = ready.components_after(minutes)
    out, memory = np.empty(6), np.zeros(3)
    for i in range(len(ready)):
        memory[:] = 0.0
        for k, t in enumerate(minutes[i]):
            trouble = one_state(ready.records[i], t, memory, out)
            assert trouble == troubles[i, k]
            if trouble == 0:
                state = np.array([component[i, k] for component in components])
                assert np.abs(state[:3] - 1e3 * out[:3]).max() < ONE_MILLIMETRE


def test_each_object_may_have_instants_of_its_own():
    sets, _ = read_tle(f"{STATION}\n{STATION}")
    ready = Sgp4.of(sets)
    t = sets.t_epoch_tai_ns[:, None] + np.array([[0, 60], [600, 6000]]) * 10**9
    own, _ = ready.states_teme(t)
    for k in range(2):
        shared, _ = ready.states_teme(t[k])
        assert np.array_equal(own[k], shared[k])


def test_a_state_is_the_same_bits_in_any_company():
    """Asked for alone, or among other instants, objects and blocks: that is what lets a day be cut anywhere."""
    sets, _ = verification()
    ready = Sgp4.of(sets)
    minutes = np.tile(np.linspace(-2000.0, 4000.0, 301), (len(ready), 1))
    together, troubles = ready.components_after(minutes)
    for k in (0, 7, 130, 255, 256, 300):
        alone, trouble = ready.components_after(minutes[:, k : k + 1])
        assert np.array_equal(trouble[:, 0], troubles[:, k])
        assert all(np.array_equal(a[:, k], b[:, 0], equal_nan=True) for a, b in zip(together, alone, strict=True))


def test_nearly_round_and_long_orbits_meet_without_a_step():
    """Two ways to solve Kepler's equation and two to fly near the Earth, on both sides of where they change over."""
    lines = STATION.splitlines()
    sets = read_tle("\n".join(
        f"{lines[0]}\n{lines[1][:26]}{round(e * 1e7):07d}{lines[1][33:52]}{turns:11.8f}{lines[1][63:]}"
        for turns in (15.0, 9.0, 5.0, 1.0) for e in (0.001, 0.149, 0.151, 0.199, 0.201, 0.35)
    ), has_checksums=False)[0]  # fmt: skip
    assert len(sets) == 24
    ready = Sgp4.of(sets)
    minutes = np.tile(np.linspace(-3000.0, 3000.0, 37), (len(ready), 1))
    components, troubles = ready.components_after(minutes)
    out, memory = np.empty(6), np.zeros(3)
    for i in range(len(ready)):
        for k, t in enumerate(minutes[i]):
            memory[:] = 0.0
            assert one_state(ready.records[i], t, memory, out) == troubles[i, k]
            if troubles[i, k] == 0:
                state = np.array([component[i, k] for component in components])
                assert np.abs(state[:3] - 1e3 * out[:3]).max() < 1e-4 * (1.0 if ready.records[i]["is_deep"] else 0.3)
