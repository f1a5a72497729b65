"""From ASTERIX messages to scans: places, sectors, midnight, drills, and what a radar says of itself."""

from dataclasses import replace
from math import pi, radians, tau

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data
from tests.formats.asterix_samples import datagrams_of_pcap

from vedette.formats import AsterixReader, FeedSensor, Quarantined, SourceHealth
from vedette.formats.asterix import instant_of
from vedette.formats.asterix_fields import Plot
from vedette.formats.asterix_heights import elevation_from_height
from vedette.formats.asterix_sectors import SectorGatherer
from vedette.frames import enu_from_azel_range, geodetic_from_itrf, itrf_from_enu, itrf_from_geodetic
from vedette.reports import Mode, Scan
from vedette.time import tai_ns_from_mjd_utc, tai_ns_from_utc_text, utc_text_from_tai_ns

SITE = tuple(itrf_from_geodetic(radians(45.0), radians(16.0), 300.0).tolist())
RADAR = FeedSensor(
    "radar",
    azimuth_sigma_rad=1e-3,
    elevation_sigma_rad=2e-3,
    range_sigma_m=50.0,
    position_itrf_m=SITE,
    asterix=(25, 13),
)
NOON = tai_ns_from_utc_text("2031-04-01T12:00:00Z")


def record048(tod_s=43_200.0, rho=25_600, theta=0, first=0xA0, second=None, level=1320, source=(25, 13)) -> bytes:
    """A target report with 010, 140, 020, 040 and 090, by hand."""
    about = bytes([first]) if second is None else bytes([first | 1, second])
    body = bytes([0xF4, *source]) + round(tod_s * 128).to_bytes(3, "big") + about
    body += rho.to_bytes(2, "big") + theta.to_bytes(2, "big") + level.to_bytes(2, "big")
    return bytes([48]) + (len(body) + 3).to_bytes(2, "big") + body


def sector034(tod_s: float, azimuth_256: int, com: int | None = None, said: int = 2) -> bytes:
    """A sector crossing with 010, 000, 030, 020, and the octet COM of 050 if given."""
    body = bytes([0xF0 if com is None else 0xF4, 25, 13, said]) + round(tod_s * 128).to_bytes(3, "big")
    body += bytes([azimuth_256]) + (b"" if com is None else bytes([0x80, com]))
    return bytes([34]) + (len(body) + 3).to_bytes(2, "big") + body


def reader(mode: Mode = Mode.REAL, **more) -> AsterixReader:
    return AsterixReader("udp://test", mode, {"radar": replace(RADAR, **more)})


def at(seconds: float) -> int:
    return NOON + round(seconds * 1e9)


def scans(records) -> list[Scan]:
    return [record for record in records if isinstance(record, Scan)]


def test_a_report_becomes_a_row_where_its_height_says():
    read = reader()
    records = list(read.read(record048(), at(0.1))) + list(read.overdue(at(0.5)))
    (scan,) = records
    assert scan.sensor_id == "radar" and scan.mode is Mode.REAL and "pressure-height" in scan.marks
    assert scan.t_measured_tai_ns.tolist() == [NOON] and scan.t_received_tai_ns == at(0.5)
    azimuth, elevation, reach, rate = scan.values[0]
    assert azimuth == 0.0 and reach == 100 * 1852.0 and np.isnan(rate)
    place = itrf_from_enu(enu_from_azel_range(azimuth, elevation, reach), np.array(SITE))
    assert geodetic_from_itrf(place)[2] == pytest.approx(33_000 * 0.3048, abs=0.01)
    assert np.all(scan.sigmas[0, [0, 1, 2]] > 0)


@settings(max_examples=40)
@given(
    azimuth=st.floats(0, 6.28), elevation=st.floats(-0.05, 1.3), reach_m=st.floats(2e3, 4.7e5), lat=st.floats(-85, 85)
)
def test_the_elevation_of_a_height_is_found_again(azimuth, elevation, reach_m, lat):
    site = itrf_from_geodetic(radians(lat), 0.3, 500.0)
    height_m = geodetic_from_itrf(itrf_from_enu(enu_from_azel_range(azimuth, elevation, reach_m), site))[2]
    arrays = (np.array([x]) for x in (azimuth, reach_m, float(height_m), 30.0))
    found, sigma = elevation_from_height(*arrays, site)
    assert found[0] == pytest.approx(elevation, abs=1e-7)
    assert sigma[0] >= 30.0 / reach_m * 0.99


def test_an_impossible_height_gives_no_elevation():
    found, sigma = elevation_from_height(
        np.array([0.0]), np.array([5_000.0]), np.array([12_000.0]), np.array([30.0]), np.array(SITE)
    )
    assert np.isnan(found[0]) and np.isnan(sigma[0])


@given(day=st.integers(51_000, 80_000), second=st.integers(0, 86_399), late_s=st.floats(-40_000, 40_000))
def test_the_day_is_the_nearest_one(day, second, late_s):
    happened = tai_ns_from_mjd_utc(day, second * 10**9)
    assert instant_of(float(second), happened + round(late_s * 1e9)) == happened


def test_a_report_from_before_midnight_that_comes_after_it():
    read = reader()
    midnight = tai_ns_from_utc_text("2031-04-02T00:00:00Z")
    list(read.read(record048(tod_s=86_399.5), midnight + 700_000_000))
    (scan,) = read.rest(midnight + 10**9)
    assert utc_text_from_tai_ns(int(scan.t_measured_tai_ns[0])) == "2031-04-01T23:59:59.500Z"


def test_a_sector_goes_out_when_the_antenna_has_left_it():
    read = reader()
    assert list(read.read(sector034(43_200.0, 0), at(0.05))) == []
    inside = record048(43_200.2, theta=4 * 256) + record048(43_200.1, theta=2 * 256)
    assert list(read.read(inside, at(0.3))) == []
    (scan,) = read.read(sector034(43_200.4, 8), at(0.45))
    assert len(scan) == 2 and scan.looked_at is not None
    assert (scan.looked_at.azimuth_min_rad, scan.looked_at.azimuth_max_rad) == (0.0, tau * 8 / 256)
    (empty,) = read.read(sector034(43_200.8, 16), at(0.85))
    assert len(empty) == 0 and empty.looked_at.azimuth_min_rad == tau * 8 / 256


def test_a_sector_waits_for_a_radar_whose_plots_come_two_seconds_later():
    gatherer = SectorGatherer()
    out = []
    for step in range(80):
        t = 100.0 + 0.2 * step
        plot_t = t - 1.9
        plot = Plot((1, 1), plot_t, (plot_t - 100.0) / 0.2 * tau / 32 % tau, 1e5, np.nan, np.nan, None, 5, *[False] * 5)
        gatherer.add(plot, t)
        out += [(t, gathered) for gathered in gatherer.cross(step * tau / 32 % tau, t, t)]
    settled = [gathered for t, gathered in out if t > 106.0]
    assert settled and all(len(gathered.plots) == 1 and gathered.t_crossing_s for gathered in settled)
    assert all(t - gathered.t_crossing_s < 2.5 for t, gathered in out if gathered.t_crossing_s)


def test_drills_never_enter_real_and_are_read_in_their_own_mode():
    for first, second in ((0xB0, None), (0xA0, 0x80)):
        (refused,) = reader().read(record048(first=first, second=second), NOON)
        assert isinstance(refused, Quarantined) and refused.exit_code == 6
        read = reader(Mode.TEST)
        assert list(read.read(record048(first=first, second=second), NOON)) == []
        (scan,) = read.rest(NOON)
        assert scan.mode is Mode.TEST


@pytest.mark.parametrize(("first", "second"), [(0x00, None), (0xA2, None)])
def test_what_the_radar_only_supposes_is_no_detection(first, second):
    read = reader()
    assert list(read.read(record048(first=first, second=second), NOON)) == []
    assert list(read.rest(NOON)) == []


def test_a_target_beyond_the_items_reach_is_set_aside_once():
    read = reader()
    said = [*read.read(record048(second=0x40), NOON), *read.read(record048(second=0x40), NOON)]
    (trouble,) = said
    assert "256 NM" in trouble.sentence


def test_an_unknown_radar_and_category_are_said_once():
    read = reader()
    other = bytes([62, 0, 4, 0])
    said = [item for _ in range(5) for item in read.read(record048(source=(9, 9)) + other, NOON)]
    assert ["SAC 9 SIC 9" in item.what or "category 062" in item.what for item in said] == [True, True]


def test_a_bad_record_costs_the_rest_of_its_block_and_nothing_else():
    read = reader()
    good = record048()
    broken = bytes([48, 0, 8, 0xF4, 25, 13, 0, 0])
    (trouble,) = read.read(good + broken + good, NOON)
    assert "cut off" in trouble.sentence and trouble.sha256
    (scan,) = read.rest(NOON)
    assert len(scan) == 2


def test_a_radar_that_loses_its_clock_says_so_when_it_changes():
    read = reader()
    said = []
    for step, com in enumerate((0x00, 0x00, 0x02, 0x02, 0x00)):
        said += [r for r in read.read(sector034(43_200.0 + step, step, com), at(step)) if isinstance(r, SourceHealth)]
    assert [health.is_clock_valid for health in said] == [True, False, True]


def test_the_recorded_radars_come_out_whole():
    """Two hundred milliseconds of six radars: every detection once, in the sector that the antenna swept."""
    datagrams = datagrams_of_pcap(real_data("messages", "asterix", "cat_034_048.pcap"))
    sensors = {
        f"r{sic:02x}": replace(RADAR, sensor_id=f"r{sic:02x}", asterix=(25, sic))
        for sic in (*range(11, 15), 201, 204, 205)
    }
    read = AsterixReader("capture", Mode.REAL, sensors)
    start = tai_ns_from_utc_text("2016-05-05T07:35:56.5Z")  # the capture's own clock
    records = []
    for t_s, datagram in datagrams:
        records += read.read(datagram, start + round((t_s - datagrams[0][0]) * 1e9))
    records += read.rest(start + 10**9)
    found = scans(records)
    plots = sum(len(scan) for scan in found)
    assert plots == 126
    for scan in found:
        region = scan.looked_at
        assert region is not None
        offset = (scan.values[:, 0] - region.azimuth_min_rad) % tau
        assert np.all(offset <= (region.azimuth_max_rad - region.azimuth_min_rad) % tau + 1e-9)
        assert np.all(np.abs(scan.values[np.isfinite(scan.values[:, 1]), 1]) < pi / 2)
    assert {health.is_clock_valid for health in records if isinstance(health, SourceHealth)} >= {True}
    assert not [r for r in records if isinstance(r, Quarantined) and not r.is_kept]


@settings(max_examples=100)
@given(data=st.binary(max_size=200), wrap=st.sampled_from([0, 34, 48]))
def test_no_datagram_breaks_the_reader(data, wrap):
    read = reader()
    datagram = bytes([wrap]) + (len(data) + 3).to_bytes(2, "big") + data if wrap else data
    for record in [*read.read(datagram, NOON), *read.rest(at(20.0))]:
        assert isinstance(record, Scan | Quarantined | SourceHealth)
