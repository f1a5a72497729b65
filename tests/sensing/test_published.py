"""The table of published sites, read in place: every row a sensor, sectors through north, bad rows in words."""

from itertools import pairwise

import numpy as np
import pytest
from tests.data import real_data

from vedette.core.errors import BadInputError, NotFoundError
from vedette.frames import itrf_from_geodetic
from vedette.sensing import Infrared, Radar, Telescope, published_satellites, published_sensors
from vedette.sensing.bands import BANDS, air_left_over
from vedette.time import tai_ns_from_utc_text

HEADER = "id,name,system,type,band,lat,lon,alt_km,az_min,az_max,el_min,el_max,rng_min_km,rng_max_km\n"
ROW = 'X,"Place, far",S,PHASED_ARRAY_RADAR,UHF,10,20,0.1,300,60,3,85,200,5000\n'


def test_all_published_sites_load_by_name():
    sensors = published_sensors(real_data("sites", "sensors_published.csv"))
    assert len(sensors) == 101
    assert sum(isinstance(sensor, Radar) for sensor in sensors.values()) == 53
    assert sum(isinstance(sensor, Telescope) for sensor in sensors.values()) == 19
    assert all(sensor.name == name and "table of published sites" in sensor.source for name, sensor in sensors.items())
    fylingdales, beale = sensors["RAFFYL"], sensors["BLEAFB"]
    assert (fylingdales.azimuth_min_deg, fylingdales.azimuth_max_deg, fylingdales.range_max_km) == (0.0, 360.0, 5556.0)
    assert beale.azimuth_min_deg == 126.0 and beale.azimuth_max_deg == 6.0  # clockwise, through south and west to north
    north_west = itrf_from_geodetic(np.radians(45.0), np.radians(-125.0), 400e3)
    east = itrf_from_geodetic(np.radians(40.0), np.radians(-110.0), 400e3)
    still = np.zeros(3)
    assert beale.is_visible(np.concatenate([north_west, still]))
    assert not beale.is_visible(np.concatenate([east, still]))
    assert sensors["LEOKSR"].azimuth_min_deg == pytest.approx(302.0)  # written as (-13 - 45)


def test_published_warning_satellites_stand_where_their_elements_say():
    satellites = published_satellites(real_data("sites", "ir_warning_satellites_20250901.csv"))
    assert len(satellites) == 15 and all(isinstance(one, Infrared) for one in satellites.values())
    t = tai_ns_from_utc_text("2025-09-01T05:00:00Z")
    geo = satellites["SBIRS GEO 6 (USA 336)"].position_itrf_m(t)
    fifty_km = 50e3
    assert np.linalg.norm(geo) == pytest.approx(42_164e3, abs=fifty_km)
    day_later = satellites["SBIRS GEO 6 (USA 336)"].position_itrf_m(t + 86_164 * 10**9)
    assert np.linalg.norm(day_later - geo) < 2 * fifty_km  # it keeps its longitude
    assert satellites["COSMOS 2552"].position_itrf_m(t + np.arange(3) * 10**12).shape == (3, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "no column id"),
        (HEADER, "no sensors"),
        (HEADER + ROW + ROW, "two rows have the id X"),
        (HEADER + ROW.replace(",10,20", ",95,20"), "latitude 95"),
        (HEADER + ROW.replace("UHF", "Q"), "band 'Q'"),
        (HEADER + ROW.replace("PHASED_ARRAY_RADAR", "SONAR"), "type 'SONAR'"),
        (HEADER + ROW.replace(",300,60", ",north,60"), "az_min = 'north'"),
        (HEADER + "X,only\n", "too few columns"),
    ],
)
def test_a_bad_table_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "sites.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        published_sensors(path)


def test_a_missing_table_is_not_found(tmp_path):
    with pytest.raises(NotFoundError):
        published_sensors(tmp_path / "nowhere.csv")


def test_lower_bands_are_coarser_and_suffer_more_from_the_ionosphere():
    names = ("VHF", "UHF", "L", "S", "C", "X")
    assert all(BANDS[a].angle_sigma_deg > BANDS[b].angle_sigma_deg for a, b in pairwise(names))
    left_m = [float(air_left_over(BANDS[name].frequency_mhz, 0.3, 2e6, 0.0, 20.0)[1]) for name in names]
    assert np.all(np.diff(left_m) < 0) and left_m[0] > 100 * left_m[-1]


def test_a_radar_with_a_frequency_says_what_low_rays_suffer():
    from vedette.sensing import Site

    plain = Radar(Site(0, 0), 30.0, 0.1)
    uhf = Radar(Site(0, 0), 30.0, 0.1, band="UHF")
    assert uhf.frequency_mhz == 435.0 and plain.frequency_mhz is None
    low, high = np.array([0.0, np.radians(2.0), 2e6, 0.0]), np.array([0.0, np.radians(50.0), 1e6, 0.0])
    assert uhf.sigmas_at(high) == pytest.approx(uhf.sigmas, nan_ok=True)
    assert uhf.sigmas_at(low)[1] > uhf.sigmas[1] and uhf.sigmas_at(low)[2] > 40.0
    assert plain.sigmas_at(low) == pytest.approx(plain.sigmas, nan_ok=True)
    assert uhf.bias_sigmas[2] > plain.bias_sigmas[2] == 0.0
