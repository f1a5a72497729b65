"""Screening against brute force over the real catalogue, and what peers miss, invent or say a thousand times."""

import gzip
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sgp4.api import Satrec, SatrecArray
from tests.data import real_data

from vedette.catalogue.conjunctions.ranking import rank
from vedette.catalogue.conjunctions.screen import Screen, run_here, screen
from vedette.core.errors import UsageError
from vedette.formats.tle import read_tle
from vedette.time import jd_utc_from_tai_ns, tai_ns_from_utc_text

AT = "2025-09-01T12:00:00Z"
HOUR = 3600 * 10**9
TCA_S, MISS_M = 2e-3, 0.5  # python-sgp4's split day, against TAI minutes: microseconds; refined to micrometres
RING = """
1 {number:05d}U 25001A   25244.50000000  .00000000  00000-0  00000-0 0  9990
2 {number:05d}  53.0000 {node:8.4f} 0001000  90.0000 {anomaly:8.4f} 15.06000000    1"""


def lines_of(text):
    rows = [line.rstrip() for line in text.splitlines() if line[:2] in ("1 ", "2 ")]
    return list(zip(rows[::2], rows[1::2], strict=True))


def made(*places):
    """Element sets in one shell, by node and mean anomaly (deg)."""
    text = ""
    for number, (node, anomaly) in enumerate(places, 1):
        for line in RING.format(number=number, node=node % 360, anomaly=anomaly % 360).strip().splitlines():
            digits = sum(int(c) if c.isdigit() else c == "-" for c in line[:68])
            text += f"{line[:68]}{digits % 10}\n"
    sets, refused = read_tle(text)
    assert not refused
    return sets


def brute_force(pairs, t_from, hours, km):
    """Every approach by python-sgp4 every two seconds, a tree, and Newton: slow and simple."""
    sats = [Satrec.twoline2rv(a, b) for a, b in pairs]
    everyone = SatrecArray(sats)
    day, part = jd_utc_from_tai_ns(t_from)
    times = np.arange(0.0, hours * 3600.0 + 1.0, 2.0)
    seeds = set()
    for k in range(0, len(times), 300):
        some = times[k : k + 300]
        _, r, _ = everyone.sgp4(np.full(len(some), day), part + some / 86_400.0)
        for m in range(len(some)):
            places = np.where(np.isfinite(r[:, m]), r[:, m], 1e9 + 1e6 * np.arange(len(sats))[:, None])
            for i, j in cKDTree(places).query_pairs(km + 16.0):
                seeds.add((i, j, round(some[m] / 20.0)))
    found = set()
    for i, j, slot in seeds:
        t = 20.0 * slot
        for _ in range(8):
            e, r1, v1 = sats[i].sgp4(day, part + t / 86_400.0)
            f, r2, v2 = sats[j].sgp4(day, part + t / 86_400.0)
            if e or f:
                break
            d, w = np.subtract(r2, r1), np.subtract(v2, v1)
            t -= float(np.clip(d @ w / max(w @ w, 1e-12), -30.0, 30.0))
        if not (e or f) and np.linalg.norm(d) <= km and 0.0 <= t <= hours * 3600.0 and np.linalg.norm(w) > 0.5:
            found.add((i, j, round(t, 1), round(float(np.linalg.norm(d)), 4)))
    return found


def snapshot(step):
    text = gzip.decompress(real_data("catalogue", "snapshots", "20250901.tle.gz").read_bytes()).decode()
    pairs = lines_of(text)[::step]
    sets, _ = read_tle("\n".join(a + "\n" + b for a, b in pairs))
    return pairs, sets


def test_nothing_that_brute_force_finds_is_missed_and_nothing_is_invented():
    pairs, sets = snapshot(14)
    assert len(sets) == len(pairs) > 2000
    t_from, km = tai_ns_from_utc_text(AT), 30.0
    truth = brute_force(pairs, t_from, 0.5, km)
    found = screen(sets, t_from, t_from + HOUR // 2, km)
    near = set(zip(found.near_i.tolist(), found.near_j.tolist(), strict=True))
    fast = found.speed_mps > 500.0  # the simple search takes straight steps, which lead slower ones astray
    ours = [one[fast] for one in (found.i, found.j, (found.t_tai_ns - t_from) / 1e9, found.miss_m / 1e3)]
    ours = list(zip(*ours, strict=True))
    passing = [one for one in truth if (one[0], one[1]) not in near]
    assert len(passing) > 50
    for i, j, t, miss in passing:
        assert any(a == i and b == j and abs(s - t) < 0.06 and abs(m - miss) < 1e-3 for a, b, s, m in ours), (i, j, t)
    for i, j, t, miss in ours:
        assert any(a == i and b == j and abs(s - t) < 0.06 and abs(m - miss) < 1e-3 for a, b, s, m in truth), (i, j, t)


def test_some_against_all_is_all_against_all_with_the_others_left_out():
    _, sets = snapshot(9)
    t_from = tai_ns_from_utc_text(AT)
    whole = screen(sets, t_from, t_from + HOUR, 20.0)
    some = np.array([int(whole.i[0]), int(whole.j[1])])
    part = screen(sets, t_from, t_from + HOUR, 20.0, among=some)
    keep = np.isin(whole.i, some) | np.isin(whole.j, some)
    np.testing.assert_array_equal(part.t_tai_ns, whole.t_tai_ns[keep])
    np.testing.assert_array_equal(part.miss_m, whole.miss_m[keep])


def test_one_changed_object_is_found_from_kept_knots_as_from_the_whole():
    _, sets = snapshot(9)
    t_from = tai_ns_from_utc_text(AT)
    whole = screen(sets, t_from, t_from + 3 * HOUR, 20.0)
    kept = Screen(sets, t_from, t_from + 3 * HOUR, 20.0)
    together = set(whole.near_i.tolist()) | set(whole.near_j.tolist())
    for row in [one for one in np.unique(np.concatenate([whole.i, whole.j])).tolist() if one not in together][:25]:
        one = kept.of_one(sets.take(np.array([row])), row)
        mine = (whole.i == row) | (whole.j == row)
        np.testing.assert_allclose(np.sort(one.t_tai_ns), np.sort(whole.t_tai_ns[mine]), atol=1e6)
        np.testing.assert_allclose(np.sort(one.miss_m), np.sort(whole.miss_m[mine]), atol=1e-2)


def test_any_cut_into_stretches_gives_the_same_bits():
    _, sets = snapshot(29)
    t_from = tai_ns_from_utc_text(AT)

    def run(sgp4, t_start, km, pieces, told):
        first, last = pieces[0][0], pieces[-1][1]
        cuts = [first, first + 3, first + 4, last]
        return run_here(sgp4, t_start, km, list(pairwise(cuts)), told)

    one, two = (screen(sets, t_from, t_from + 2 * HOUR, 30.0, run=r) for r in (None, run))
    np.testing.assert_array_equal(one.t_tai_ns, two.t_tai_ns)
    np.testing.assert_array_equal(one.miss_m, two.miss_m)


def test_two_that_stay_together_are_said_once():
    """A peer lists thousands of least distances for a docked pair."""
    sets = made((10.0, 0.0), (10.0, 0.005), (200.0, 90.0))
    t_from = tai_ns_from_utc_text(AT)
    found = screen(sets, t_from, t_from + 24 * HOUR)
    assert len(found) == 0 and len(found.near_i) == 1
    assert (int(found.near_i[0]), int(found.near_j[0])) == (0, 1)
    assert found.near_to_tai_ns[0] - found.near_from_tai_ns[0] > 23 * HOUR and found.near_least_m[0] < 1000.0


def test_two_on_opposite_sides_of_the_earth_are_no_conjunction():
    """A peer compares positions of different epochs and reports 0.000 km for two that are 13,800 km apart."""
    sets = made((10.0, 0.0), (10.0, 180.0))
    t_from = tai_ns_from_utc_text(AT)
    found = screen(sets, t_from, t_from + 24 * HOUR, 25.0)
    assert len(found) == 0 and len(found.near_i) == 0


def test_a_head_on_meeting_of_a_blink_is_not_stepped_over():
    """Peers that look every two minutes with a gate find 4 % of these: two circles cross twice a turn."""
    sets = made((0.0, 0.0), (180.0, 180.0))  # crossing planes, meeting at the nodes
    t_from = tai_ns_from_utc_text(AT)
    found = screen(sets, t_from, t_from + 3 * HOUR, 50.0)
    truth = brute_force([line for line in lines_of(_text_of(sets))], t_from, 3.0, 50.0)
    assert len(found) == len(truth) >= 3


def test_ranking_puts_near_and_big_first_and_marks_old_elements():
    _, sets = snapshot(9)
    t_from = tai_ns_from_utc_text(AT) + 20 * 24 * HOUR
    found = screen(sets, t_from, t_from + HOUR, 20.0)
    ranked = rank(sets, found, {int(sets.number[found.i[0]]): 40.0})
    assert ranked.radius_m[0] > 40.0 and np.all(ranked.is_old) and np.all(ranked.pc_max >= ranked.pc)
    assert np.all((ranked.pc >= 0.0) & (ranked.pc < 1.0))
    # twice the doubt makes it likelier just where it is not diluted: within sqrt 2 sigmas or beyond
    assert np.any(ranked.is_diluted) and np.any(~ranked.is_diluted)
    miss = np.linalg.norm(ranked.states[:, 1, :3] - ranked.states[:, 0, :3], axis=1)
    np.testing.assert_allclose(miss, found.miss_m, atol=0.01)


@pytest.mark.parametrize(("hours", "km"), [(0.0, 5.0), (-1.0, 5.0), (1.0, 0.0), (1.0, 1e6), (24.0 * 100, 5.0)])
def test_impossible_questions_are_refused(hours, km):
    t_from = tai_ns_from_utc_text(AT)
    with pytest.raises(UsageError):
        screen(made((0.0, 0.0)), t_from, t_from + int(hours * HOUR), km)


def _text_of(sets):
    text = ""
    for row in range(len(sets)):
        node, anomaly = np.degrees(sets.node_teme_rad[row]), np.degrees(sets.mean_anomaly_rad[row])
        for line in RING.format(number=row + 1, node=node, anomaly=anomaly).strip().splitlines():
            text += line[:68] + "0\n"
    return text
