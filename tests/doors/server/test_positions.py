"""Positions in bulk: the bytes are those of the contract, and the places those of the `sgp4` package."""

import struct

import numpy as np
import pytest
from benchmarks._sky_population import T0_TAI_NS, population
from sgp4.api import WGS72, Satrec

from vedette.core.constants import NS_PER_S
from vedette.doors.server.positions import (
    CATALOGUE,
    TRACKS,
    CataloguePositions,
    kind_of,
    position_frame,
    read_position_frame,
)
from vedette.time import jd_utc_from_tai_ns, tai_ns_from_utc_text

EARTH_RATE_RADPS = 7.292115e-5  # WGS 84
half_a_metre = 0.5  # a single-precision number of 7,000 km has steps of 0.5 m
of_a_geostationary = 4.0  # and one of 42,000 km steps of 4 m


def test_a_frame_is_laid_out_byte_by_byte_as_the_contract_says():
    t = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
    states = np.array([[7e6, 1.0, 2.0, 3.0, 4.0, 5.0], [np.nan] * 6, [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0]])
    frame = position_frame(TRACKS, t, np.array([7, 8, 9]), states)
    magic, version, kind, count, reserved, t_tai_s, t_utc_unix_s = struct.unpack_from("<IHHIIdd", frame)
    assert (magic, version, kind, count, reserved) == (0x54444556, 1, 2, 2, 0)
    assert frame[:4] == b"VEDT"
    unix_s = 1_932_811_200.0  # date -ud 2031-04-01T12:00Z +%s
    assert abs(t_utc_unix_s - unix_s) < 1e-3
    assert abs(t_tai_s - unix_s - 37.0) < 1e-6  # TAI is 37 s ahead of UTC since 2017
    assert struct.unpack_from("<II", frame, 32) == (7, 9)
    assert struct.unpack_from("<6f", frame, 40) == (7e6, 1.0, 2.0, -1.0, -2.0, -3.0)
    assert struct.unpack_from("<6f", frame, 64) == (3.0, 4.0, 5.0, -4.0, -5.0, -6.0)
    assert len(frame) == 32 + 28 * 2


def test_what_is_no_frame_is_refused():
    with pytest.raises(ValueError, match="no frame"):
        read_position_frame(b"\0" * 60)


def test_places_and_speeds_are_those_of_the_sgp4_package():
    sets = population(300, seed=4)
    t = T0_TAI_NS + 1234 * NS_PER_S
    read = read_position_frame(CataloguePositions(sets).frame(t))
    assert read.kind == CATALOGUE and len(read.numbers) > 290
    jd_1, jd_2 = jd_utc_from_tai_ns(np.array([t], dtype=np.int64))
    for place, i in enumerate(read.numbers.tolist()):
        theirs = satrec(sets, i)
        trouble, position_km, velocity_kmps = theirs.sgp4(float(jd_1[0]), float(jd_2[0]))
        assert trouble == 0
        # a turn of the axes leaves lengths alone, and the Earth's own turn the speed along its axis
        radius_m = np.linalg.norm(position_km) * 1e3
        tolerance = of_a_geostationary if radius_m > 1e7 else 2 * half_a_metre
        ours_m = read.positions_itrf_m[place].astype(float)
        assert abs(np.linalg.norm(ours_m) - radius_m) < tolerance
        spin = np.array([0.0, 0.0, EARTH_RATE_RADPS])
        inertial_mps = read.velocities_itrf_mps[place] + np.cross(spin, ours_m)
        assert abs(np.linalg.norm(inertial_mps) - np.linalg.norm(velocity_kmps) * 1e3) < 0.01


def satrec(sets, i):
    one = Satrec()
    jd_1, jd_2 = jd_utc_from_tai_ns(sets.t_epoch_tai_ns[i : i + 1])
    epoch_days = float(jd_1[0]) - 2_433_281.5 + float(jd_2[0])
    one.sgp4init(
        WGS72, "i", int(sets.number[i]) % 99_999, epoch_days, sets.bstar_per_er[i], 0.0, 0.0, sets.eccentricity[i],
        sets.perigee_argument_rad[i], sets.inclination_rad[i], sets.mean_anomaly_rad[i], sets.mean_motion_radpmin[i],
        sets.node_teme_rad[i],
    )  # fmt: skip
    return one


def test_kinds_are_read_from_names():
    kinds = [kind_of(name) for name in ("ISS (ZARYA)", "FENGYUN 1C DEB", "SL-8 R/B", "OBJECT A", "", "H-2A DEB")]
    assert kinds == ["payload", "debris", "rocket-body", "unknown", "unknown", "debris"]
