"""The store: nothing lost, nothing twice, the set nearest in time, files of the first days, real snapshots whole."""

import gzip
import sqlite3
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from benchmarks._sky_population import population
from tests.data import real_data

from vedette.core.errors import NotFoundError
from vedette.doors.catalogue_files import read_elements
from vedette.doors.catalogue_store import CatalogueStore

DAY_NS = 86_400 * 10**9


def history(n=20, days=6):
    """Every object once a day, and what each row is called."""
    first = population(n, 2)
    parts = [replace(first, t_epoch_tai_ns=first.t_epoch_tai_ns + k * DAY_NS) for k in range(days)]
    return type(first).joined(parts)


def test_what_goes_in_comes_out_once_and_the_set_nearest_in_time_is_found(tmp_path):
    sets, store = history(), CatalogueStore(tmp_path)
    with pytest.raises(NotFoundError, match="empty"):
        store.newest()
    assert store.add(sets) == len(sets) and store.add(sets) == 0
    assert store.counts() == {"objects": 20, "sets": 120, "sources": 1}
    rng = np.random.default_rng(1)
    for t in rng.integers(sets.t_epoch_tai_ns.min() - DAY_NS, sets.t_epoch_tai_ns.max() + DAY_NS, 6).tolist():
        found = store.newest(t)
        assert found.number.tolist() == list(range(1, 21))
        for i, number in enumerate(found.number.tolist()):
            mine = sets.t_epoch_tai_ns[sets.number == number]
            assert abs(found.t_epoch_tai_ns[i] - t) == np.abs(mine - t).min()
    newest = store.newest()
    assert newest.t_epoch_tai_ns.tolist() == [int(sets.t_epoch_tai_ns[sets.number == k].max()) for k in range(1, 21)]
    row = int(np.flatnonzero((sets.number == 7) & (sets.t_epoch_tai_ns == newest.t_epoch_tai_ns[6]))[0])
    assert newest.mean_motion_radpmin[6] == sets.mean_motion_radpmin[row] and newest.name[6] == sets.name[row]
    assert store.history(7).t_epoch_tai_ns.tolist() == sorted(sets.t_epoch_tai_ns[sets.number == 7].tolist())


def test_two_sources_of_one_set_are_both_kept_and_one_is_told(tmp_path):
    sets, store = population(5, 3), CatalogueStore(tmp_path)
    store.add(sets)
    assert store.add(replace(sets, sources=("another",))) == 5
    assert store.counts() == {"objects": 5, "sets": 10, "sources": 2}
    assert store.newest().sources == ("drawn",) and len(store.newest()) == 5


def test_objects_without_a_number_are_told_apart_by_name(tmp_path):
    sets, store = replace(population(4, 4), number=np.zeros(4, dtype=np.int64)), CatalogueStore(tmp_path)
    assert store.add(sets) == 4 and store.counts()["objects"] == 4
    assert set(store.newest().name) == set(sets.name)


def test_a_file_of_the_first_days_is_taken_over(tmp_path):
    """As the first release of the store wrote it: one table called `sets`, without aliases."""
    sets, store = population(6, 5), CatalogueStore(tmp_path)
    store.add(sets)
    with sqlite3.connect(store.path) as db:
        db.executescript(
            "CREATE TABLE sets AS SELECT number, t_epoch_tai_ns, source, name, designator, mean_motion_radpmin, "
            "eccentricity, inclination_rad, node_teme_rad, perigee_argument_rad, mean_anomaly_rad, bstar_per_er, "
            "mean_motion_dot_radpmin2, mean_motion_ddot_radpmin3, revolution FROM element_sets; "
            "DROP TABLE element_sets; DROP TABLE objects;"
        )
    db.close()
    again = store.newest()
    assert again.number.tolist() == sets.number.tolist() and store.counts()["sets"] == 6


@pytest.mark.parametrize(
    "day", ["20061117", "20070621", "20160208", "20180319", "20190603", "20211109", "20220118", "20240208", "20250901"]
)
def test_every_object_of_a_real_snapshot_is_read_or_refused_by_name_and_then_kept(day, tmp_path):
    path = real_data("catalogue", "snapshots", f"{day}.tle.gz")
    lines = gzip.decompress(path.read_bytes()).decode("utf-8", "replace").splitlines()
    first = [line for line, after in pairwise(lines) if line[:2] == "1 " and after[:2] == "2 "]
    sets, refused = read_elements(path)
    assert len(sets) + len(refused) == len(first) > 9_000
    store = CatalogueStore(tmp_path)
    assert store.add(sets) == len(sets) and store.counts()["objects"] == len(set(sets.number.tolist()))
