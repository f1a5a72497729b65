"""IOD reports of visual observers and lists of sites: which lines are read, which refused, and what they say."""

import pytest
from tests.data import real_data
from tests.formats.visual_reports import is_read, judged

from vedette.core.errors import BadInputError
from vedette.formats.observer_reports import read_observer_reports
from vedette.formats.optical_reports import parse_iod, read_sites
from vedette.formats.tracking_lines import read_observation_columns, read_told_stations, read_tracking_lines
from vedette.time import utc_text_from_tai_ns

# the two files judge these two lines differently, or a line is tabs, or 99 minutes of arc
DISPUTED = ("12345 98 123A   2007   20081122112233444", "I-020 10  12345", "\t\t", "0859511+1199")


@pytest.mark.parametrize("name", ["IOD_data_compliant_answers.txt", "IOD_data_noncompliant_answers.txt"])
def test_lines_are_read_and_refused_as_judged(name):
    lines = list(judged(real_data("tracking", "optical", name).read_text(), DISPUTED))
    lines = [(good, text[1:] if good and text.startswith(" ") else text) for good, text in lines]
    assert len(lines) > 50
    assert [text for good, text in lines if is_read(parse_iod, text) != good] == []


def test_a_report_says_where_and_when():
    one = parse_iod("23794 96 010A   2701 G 20040506012614270 17 25 1100114-184298 38 I+020 10")
    assert (one.catalogue_number, one.station, one.kind) == (23794, "2701", "RA_DEC")
    assert utc_text_from_tai_ns(one.t_tai_ns) == "2004-05-06T01:26:14.270Z"
    assert one.values_deg == pytest.approx((15.0 * (11 + 0.114 / 60.0), -(18 + 42.98 / 60.0)))
    assert one.time_sigma_s == pytest.approx(0.1)
    assert one.sigma_rad == pytest.approx(3.0 / 60.0 * 0.0174532925)


def test_codes_of_angles_agree():
    line = "23794 96 010A   2701 G 20040506012614270 17 {}5 {} 38 I+020 10"
    seconds = parse_iod(line.format(1, "1230300+123000")).values_deg
    minutes = parse_iod(line.format(2, "1230500+123000")).values_deg
    degrees = parse_iod(line.format(3, "1230500+125000")).values_deg
    assert seconds == pytest.approx((15 * (12 + 30.5 / 60), 12.5))
    assert minutes == pytest.approx(seconds) and degrees == pytest.approx(seconds)
    level = parse_iod(line.format(6, "1875000+125000"))
    assert level.kind == "AZ_EL" and level.values_deg == pytest.approx((187.5, 12.5))


def test_places_of_old_equinoxes_are_carried_to_j2000():
    told = parse_iod("23794 96 010A   2701 G 20040506012614270 17 14 0000000+000000 38 I+020 10").values_deg
    # fifty years of precession: 3.07 s of right ascension and 20.04 arcseconds of declination a year at the equinox
    assert told == pytest.approx((50 * 3.0742 * 15 / 3600, 50 * 20.041 / 3600), abs=2e-3)


def test_a_text_without_reports_is_refused_and_remarks_are_passed_over():
    good = "23794 96 010A   2701 G 20040506012614270 17 25 1100114-184298 38 I+020 10"
    (one,) = read_observer_reports(f"Clear night.\n\n{good}\nSeeing poor.\n").looks
    assert one.line == 3
    with pytest.raises(BadInputError, match=r"note\.txt:1"):
        read_observer_reports("Clouds all night.", "note.txt")


def test_sites_are_read():
    sites = read_sites(real_data("tracking", "optical", "strf_sites.txt").read_text())
    assert ("4171", 52.8344, 6.3785, 10.0) in sites
    with pytest.raises(BadInputError, match="sites:1"):
        read_sites("4171 CB north")


def test_tracking_lines_and_their_stations_are_read():
    lines = read_tracking_lines(real_data("tracking", "w3b", "W3B.aer").read_text())
    assert len(lines) == 521 and sum(line.kind == "RANGE" for line in lines) == 182
    stations = read_told_stations(real_data("tracking", "w3b", "od_test_W3.in").read_text())
    assert [one.name for one in stations] == ["Fucino", "Kumsan", "Uralla", "Pretoria", "CastleRock"]
    assert stations[0].range_sigma_m == 20.0 and stations[0].lat_deg == 41.9774962512
    when = "2010-11-02T18:45:47Z"
    for bad in (f"{when} AZ_EL Kumsan 138.4", f"{when} AZ_EL Kumsan a b", "2010-13-02 RANGE K 1"):
        with pytest.raises(BadInputError, match="tracking:1"):
            read_tracking_lines(bad)


def test_columns_of_tracking_are_read_and_refused():
    rows = read_observation_columns(real_data("tracking", "radar", "GEOS5.INP").read_text())
    assert len(rows) == 46 and rows[0].values == (60.4991, 16.1932, 2047.502)
    for bad in (" 2 7734 932 1995 1 29 02 38 37.000 2047.5 60.4", " 9 7734 932 1995 1 29 02 38 37.000 1 2 3", "x"):
        with pytest.raises(BadInputError, match="observations:1"):
            read_observation_columns(bad)
