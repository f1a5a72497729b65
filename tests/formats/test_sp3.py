"""Precise orbits: the standard's own examples, and damaged files refused by line."""

import numpy as np
import pytest
from tests.data import real_data

from vedette.core.errors import BadInputError
from vedette.formats.sp3 import read_sp3
from vedette.time import utc_text_from_tai_ns


def read(name, **options):
    return read_sp3(real_data("tracking/sp3", name).read_text(errors="replace"), name, **options)


def test_the_first_row_of_a_day_of_navigation_satellites():
    found = read("gnss136_20240220.sp3")
    assert len(found.names) == 136 and found.positions_itrf_m.shape == (136, 4, 3) and found.time_system == "GPS"
    assert (found.positions_itrf_m[0, 0] / 1e3).round(6).tolist() == [-30637.964795, 25249.134782, 19304.283632]
    assert utc_text_from_tai_ns(int(found.t_tai_ns[0])) == "2024-02-19T23:59:42.000Z"  # GPS is 18 s ahead


def test_the_standards_examples_are_read_and_zeros_are_no_places():
    for version in ("a-1", "c-1", "d-2"):
        found = read(f"format_example-{version}.sp3")
        assert len(found.names) == 26
        assert not np.any(np.all(found.positions_itrf_m == 0.0, axis=-1))


def test_days_and_minutes_past_the_end_are_carried_over():
    assert np.all(np.diff(read("jcet_slr_20211230.sp3").t_tai_ns) > 0)
    assert np.all(np.diff(read("asi_slr_20160706.sp3").t_tai_ns) > 0)


@pytest.mark.parametrize("name", ["missing-eof", "truncated-line", "unsupported-version", "wrong-line-identifier"])
def test_damaged_files_are_refused_by_line(name):
    with pytest.raises(BadInputError, match=rf"format_{name}\.sp3:\d+"):
        read(f"format_{name}.sp3")


def test_a_cut_anywhere_is_noticed():
    text = real_data("tracking/sp3/gfz24_20150505.sp3").read_text()
    for end in range(0, len(text) - 4, 997):
        with pytest.raises(BadInputError):
            read_sp3(text[:end])
