"""The real laser night of LAGEOS-2, 2016-02-13: normal points of three stations and the day's CPF prediction.

Read from the recorded data as far as this needs: CRD normal points (records h2, h4, 11, 20), CPF positions (record 10),
station coordinates and eccentricities (SINEX). Times of flight become one-way ranges at the bounce.
"""

from dataclasses import dataclass

import numpy as np
from tests.data import real_data

from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.time import tai_ns_from_mjd_utc, tai_ns_from_utc_text
from vedette.tracking.registration.references import TabulatedReference

CENTRE_OF_MASS_M = 0.251  # of LAGEOS: from the reflectors' mean range to the centre (Otsubo and Appleby 2003)
DAY = "2016-02-13"


@dataclass(frozen=True)
class NormalPoint:
    """One normal point, the range not yet freed of the air."""

    station: str
    t_bounce_tai_ns: int
    range_m: float
    pressure_hpa: float
    temperature_k: float
    humidity_percent: float


def prediction(sigmas_m):
    """The CPF of the day as a reference orbit."""
    times, places = [], []
    for line in real_data("tracking", "slr", "lageos2_cpf_160213_5441.sgf").read_text().splitlines():
        word = line.split()
        if word and word[0] == "10":
            times.append(tai_ns_from_mjd_utc(int(word[2]), round(float(word[3]) * NS_PER_S)))
            places.append([float(x) for x in word[5:8]])
    return TabulatedReference("lageos-2", np.array(times), np.array(places), sigmas_m, "5441")


def normal_points():
    """Those of the day that the prediction covers."""
    found, station, midnight, air = [], "", 0, (0.0, 0.0, 0.0)
    for line in real_data("tracking", "slr", "lageos2_20160214.npt").read_text().splitlines():
        word = line.split()
        if not word:
            continue
        if word[0] in ("h2", "H2"):
            station = word[2]
        elif word[0] in ("h4", "H4"):
            day = f"{word[2]}-{int(word[3]):02d}-{int(word[4]):02d}"
            midnight = tai_ns_from_utc_text(f"{day}T00:00:00Z") if day == DAY else 0
        elif word[0] == "20":
            air = (float(word[2]), float(word[3]), float(word[4]))
        elif word[0] == "11" and midnight:
            flight_s = float(word[2])
            assert word[4] == "2"  # timed at transmission
            bounce = midnight + round((float(word[1]) + 0.5 * flight_s) * NS_PER_S)
            found.append(NormalPoint(station, bounce, 0.5 * flight_s * SPEED_OF_LIGHT_MPS + CENTRE_OF_MASS_M, *air))
    return found


def place_itrf_m(code):
    """Where a station's telescope axes cross, on that day."""
    values = {}
    for line in real_data("tracking", "slr", "SLRF2014_POS+VEL_2030.0_200428.snx").read_text().splitlines():
        word = line.split()
        if len(word) > 8 and word[1] in ("STAX", "STAY", "STAZ", "VELX", "VELY", "VELZ") and word[2] == code:
            values[word[1]] = float(word[8].replace("D", "E"))
    years = 2016.12 - 2010.0
    marker = np.array([values[f"STA{axis}"] + years * values[f"VEL{axis}"] for axis in "XYZ"])
    up_north_east = np.zeros(3)
    for line in real_data("tracking", "slr", "ecc_une.snx").read_text().splitlines():
        word = line.split()
        if len(word) > 9 and word[0] == code and word[6] == "UNE" and word[5] == "00:000:00000":
            up_north_east = np.array([float(x) for x in word[7:10]])
    lat, lon, _ = geodetic_from_itrf(marker)
    up, north, east = up_north_east
    return marker + np.array([east, north, up]) @ enu_from_itrf_matrix(lat, lon)


def air_delay_m(point, elevation_rad, lat_rad, height_m):
    """One-way delay in the air of green light: Marini and Murray (1973), as in the IERS Conventions (1996), ch. 9."""
    wavelength_um = 0.532
    f = 0.9650 + 0.0164 / wavelength_um**2 + 0.000228 / wavelength_um**4
    place = 1.0 - 0.0026 * np.cos(2.0 * lat_rad) - 0.00031 * height_m / 1e3
    P, T = point.pressure_hpa, point.temperature_k
    celsius = T - 273.15
    e = point.humidity_percent / 100.0 * 6.11 * 10.0 ** (7.5 * celsius / (237.3 + celsius))
    K = 1.163 - 0.00968 * np.cos(2.0 * lat_rad) - 0.00104 * T + 0.00001435 * P
    A = 0.002357 * P + 0.000141 * e
    B = 1.084e-8 * P * T * K + 4.734e-8 * P**2 / T * 2.0 / (3.0 - 1.0 / K)
    sine = np.sin(elevation_rad)
    return f / place * (A + B) / (sine + B / (A + B) / (sine + 0.01))
