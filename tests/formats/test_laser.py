"""Laser ranges, predictions and station coordinates as the ranging service publishes them, whole and damaged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.core.errors import BadInputError
from vedette.formats.cpf import read_cpf
from vedette.formats.crd import BOUNCED, TRANSMITTED, read_crd
from vedette.formats.sinex import read_sinex
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

A_PASS = """h1 CRD  1 2016  2 13 14
h2 YARL       7090  5 13 3
h3 lageos2     9207002 5986    22195 0 1
h4  1 2016  2 13 23 58 16 2016  2 14  0  6 46  0 0 0 0 1 0 2 0
c0 0  532.000 std la1 mcp ti1
20 86300.401  983.70 301.40  24. 0
11 86300.400562600000     0.039237325685 std 2  120.0     94   57.0   0.183  -0.536      -1.0  15.67 0
20 100.401  983.90 301.00  24. 0
11 100.500567399997     0.038462695003 std 2  120.0     39   65.0   0.083  -0.301      -1.0   6.50 0
h8
h9
"""


def slr(name):
    return real_data("tracking", "slr", name).read_text(errors="replace")


def test_a_pass_over_midnight_goes_on_the_next_day_with_its_weather():
    (one,) = read_crd(A_PASS)
    assert (one.station, one.pad, one.target, one.catalogue_number) == ("YARL", 7090, "lageos2", 22195)
    assert utc_text_from_tai_ns(int(one.t_tai_ns[0]), 9) == "2016-02-13T23:58:20.400562600Z"
    assert utc_text_from_tai_ns(int(one.t_tai_ns[1]), 9) == "2016-02-14T00:01:40.500567400Z"
    assert list(one.epoch_event) == [TRANSMITTED, TRANSMITTED]
    assert one.wavelength_m == pytest.approx([532e-9, 532e-9])
    assert one.pressure_pa == pytest.approx([98_370.0, 98_390.0], abs=0.1)
    assert one.rms_m[0] == pytest.approx(0.5 * 57e-12 * 299_792_458.0)


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("lageos2_20160214.npt", 11),
        ("lageos2_201802.npt.v2C", 37),
        ("crd201_all_samples", 12),
        ("hy2c_202109.fr2", 6),
        ("Rollover.frd", 3),
        ("champ_201709-small.frd", 1),
        ("crd_all_fields.frd", 1),
        ("glonass125_trunc.frd", 1),
        ("lageos1-test.npt", 3),
    ],
)
def test_every_range_of_the_published_files_is_read(name, passes):
    read = read_crd(slr(name), name)
    lines = sum(line.lower().startswith(("10 ", "11 ")) for line in slr(name).splitlines())
    assert (len(read), sum(map(len, read))) == (passes, lines)


@pytest.mark.parametrize(
    ("name", "line", "word"),
    [
        ("crd_invalid_format.v2C", 1, "CPF"),
        ("crd_invalid_range_type.v2C", 4, "type 9"),
        ("crd_corrupted_data.v2C", 19, "corrupted"),
        ("crd_unexpected_end_of_file.v2C", 23, "without h8"),
    ],
)
def test_damaged_ranges_are_refused_by_name(name, line, word):
    with pytest.raises(BadInputError) as refused:
        read_crd(slr(name), name)
    assert f"{name}:{line}:" in str(refused.value) and word in str(refused.value)


@pytest.mark.parametrize(
    ("name", "line", "word"),
    [
        ("cpf_invalid_format.csg", 1, "CDR"),
        ("cpf_corrupted_data.csg", 4, "corrupted"),
        ("cpf_unexpected_end_of_file.csg", 5, "99"),
    ],
)
def test_damaged_predictions_are_refused_by_name(name, line, word):
    with pytest.raises(BadInputError) as refused:
        read_cpf(slr(name), name)
    assert f"{name}:{line}:" in str(refused.value) and word in str(refused.value)


def test_a_prediction_is_read_with_its_instants_and_places():
    told = read_cpf(slr("lageos2_cpf_160213_5441.sgf"))
    assert (told.target, told.source, told.catalogue_number, len(told.t_tai_ns)) == ("lageos2", "SGF", 22195, 288)
    assert told.t_tai_ns[0] == tai_ns_from_utc_text("2016-02-13T00:00:00Z")
    assert told.positions_itrf_m[0] == pytest.approx([7_049_498.186, 5_346_456.274, 8_307_028.039], abs=1e-6)
    assert len(read_cpf(slr("blits_cpf_120626_6801.hts")).t_tai_ns) == 1800
    assert read_cpf(slr("cpf_all_fields.csg")).target == "orekitSat"


def test_stations_and_eccentricities_are_read():
    places, offsets = read_sinex(slr("SLRF2014_POS+VEL_2030.0_200428.snx")), read_sinex(slr("ecc_une.snx"))
    (yarragadee,) = [m for m in places.markers if m.code == "7090"]
    assert yarragadee.name == "Yarragadee MOBLAS-5"
    assert yarragadee.position_itrf_m == pytest.approx(
        [-2_389_007.53398029, 5_043_329.44749889, -3_078_524.22322662], abs=1e-6
    )
    year_later = yarragadee.at(yarragadee.t_epoch_tai_ns + int(365.25 * 86_400e9))
    assert year_later - yarragadee.position_itrf_m == pytest.approx([-0.0468, 0.0084, 0.0509], abs=1e-4)
    told = [e for e in offsets.eccentricities if e.code == "7090" and e.t_to_tai_ns > 2**61]
    assert [(e.up_m, e.north_m, e.east_m) for e in told] == [(3.1827, -0.0064, 0.0194)]
    far = [e for e in offsets.eccentricities if e.code == "7300"]
    assert far[0].north_m == -516.423  # columns without a space between


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.integers(0, len(A_PASS) - 1))
def test_no_damage_crashes_the_readers(patch, where):
    damaged = A_PASS[:where] + patch + A_PASS[where + len(patch) :]
    for read in (read_crd, read_cpf, read_sinex):
        try:
            read(damaged)
        except BadInputError as trouble:
            assert str(trouble)


def test_instants_at_the_target_are_told_apart():
    (one,) = read_crd(A_PASS.replace("std 2 ", "std 1 "))
    assert np.all(one.epoch_event == BOUNCED)
