"""Naming unknown positions: navigation satellites from elements twelve days old, and laws on made skies."""

import gzip
from functools import cache

import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue import element_sigmas_m, identify, whereabouts
from vedette.core.constants import NS_PER_S
from vedette.formats.sp3 import read_sp3
from vedette.formats.tle import read_tle
from vedette.reports.elements import ElementSets

HALF_HOUR_NS = 1800 * NS_PER_S


@cache
def sky():
    """A made sky: 60 objects in three shells, their elements two days old."""
    rng = np.random.default_rng(5)
    n = 60
    motion = 2 * np.pi / np.repeat([95.0, 110.0, 718.0], n // 3)
    zeros = np.zeros(n)
    return ElementSets(
        number=np.arange(1, n + 1), name=tuple(f"S{i}" for i in range(n)), designator=("",) * n,
        t_epoch_tai_ns=np.zeros(n, np.int64), mean_motion_radpmin=motion, eccentricity=rng.uniform(0.0, 0.01, n),
        inclination_rad=rng.uniform(0.5, 1.7, n), node_teme_rad=rng.uniform(0, 6.28, n),
        perigee_argument_rad=rng.uniform(0, 6.28, n), mean_anomaly_rad=rng.uniform(0, 6.28, n),
        bstar_per_er=zeros, mean_motion_dot_radpmin2=zeros, mean_motion_ddot_radpmin3=zeros,
        revolution=np.zeros(n, np.int64), source=np.zeros(n, np.int64), sources=("made",),
    )  # fmt: skip


def asked(sets, rows, t, rng, share=1.0):
    """Where objects are, moved by as much as their elements' age allows."""
    found = whereabouts(sets.take(rows), t)
    off = rng.standard_normal((len(rows), 3)) * found.sigmas_m[:, 0].mean(axis=1, keepdims=True) * share
    return found.positions_itrf_m + off[:, None]


def test_objects_are_named_from_old_elements_and_strangers_are_not():
    sets, rng = sky(), np.random.default_rng(1)
    t = 2 * 86_400 * NS_PER_S + np.array([0, HALF_HOUR_NS // 30])
    rows = np.arange(0, 60, 2)
    known, missing = rows[::2], rows[1::2]
    places = asked(sets, rows, t, rng)
    catalogue = sets.take(np.setdiff1d(np.arange(60), missing))
    found = identify([str(k) for k in rows], places, t, catalogue)
    assert found.clock_offset_s is None
    for k, one in zip(rows, found.answers, strict=True):
        if k in known:
            assert one.match is not None and catalogue.name[one.match] == f"S{k}" and one.probability > 0.9
        else:
            assert one.match is None and one.probability > 0.9


@pytest.mark.parametrize("off_s", [18.0, -18.0, 3.0])
def test_a_wrong_clock_is_found_and_taken_out(off_s):
    sets, rng = sky(), np.random.default_rng(2)
    t = 2 * 86_400 * NS_PER_S + np.array([0, HALF_HOUR_NS // 10])
    rows = np.arange(60)
    places = asked(sets, rows, t, rng, share=0.2)
    found = identify([str(k) for k in rows], places, t + round(off_s * NS_PER_S), sets)
    assert found.clock_offset_s == pytest.approx(-off_s, abs=max(6 * found.clock_sigma_s, 0.1)) and found.warnings
    assert sum(one.match == k for k, one in zip(rows, found.answers, strict=True)) >= 58


def test_nothing_is_asked_and_nothing_known():
    sets = sky()
    t = np.array([86_400 * NS_PER_S])
    assert identify([], np.empty((0, 1, 3)), t, sets).answers == ()
    one = identify(["X"], np.full((1, 1, 3), np.nan), t, sets).answers[0]
    assert one.match is None and one.nearest == -1


def test_doubt_grows_with_age_on_both_sides_of_the_epoch():
    sets = sky()
    day = 86_400 * NS_PER_S
    fresh, old, before = (element_sigmas_m(sets, np.full(60, k * day)) for k in (0, 10, -10))
    assert np.all(old > fresh) and np.array_equal(old, before)


@cache
def navigation():
    text = real_data("tracking/sp3/gnss136_20240220.sp3").read_text()
    lines = gzip.decompress(real_data("catalogue/snapshots/20240208.tle.gz").read_bytes()).decode()
    return text, read_tle(lines, "20240208")[0]


SYSTEM = {"G": ("NAVSTAR",), "R": ("GLONASS", "COSMOS"), "E": ("GALILEO",), "C": ("BEIDOU", "BD-2"), "J": ("QZS",)}


def test_navigation_satellites_are_named_from_elements_of_twelve_days_before():
    text, sets = navigation()
    file = read_sp3(text)
    found = identify(file.names, file.positions_itrf_m, file.t_tai_ns, sets)
    assert found.clock_offset_s is None
    matched = [one for one in found.answers if one.match is not None]
    assert len(matched) >= 130 and len({one.match for one in matched}) >= len(matched) - 1  # J07 and L26 are one, twice
    for one in matched:
        if one.name[0] in SYSTEM:
            assert any(word in sets.name[one.match] for word in SYSTEM[one.name[0]]), one.name
    assert np.median([one.distance_m for one in matched]) < 3e3  # asked: 3 km


def test_gps_time_offered_as_utc_is_said():
    text, sets = navigation()
    file = read_sp3(text, time_scale="UTC")
    found = identify(file.names, file.positions_itrf_m, file.t_tai_ns, sets)
    assert found.clock_offset_s == pytest.approx(-18.0, abs=0.5)
    assert "GPS time offered as UTC" in found.warnings[0]
