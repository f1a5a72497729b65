"""A light that one watcher finds and another, looking at the same place, never does."""

import numpy as np
import pytest
from tests.assessment.natural.made_looks import looks_of_path

from vedette.assessment.evidence import SILENCE_WIDTH_S, Unseen, evidence_from_looks
from vedette.assessment.flight_posterior import silence_log_likelihood
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.light import ANY_LIGHT, _log_one_gap, log_flame_never_seen, log_never_seen
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.natural.reference import reference_of_looks
from vedette.assessment.natural.sightings import sightings_of
from vedette.frames import itrf_from_geodetic
from vedette.motion.boost_layout import BURN_S, HEADER, STAGE_COUNT, STAGE_WIDTH, T0_S, TAIL_OFF_S
from vedette.reports import Cause
from vedette.sensing import Geostationary, Infrared

SENSORS = {
    name: Infrared(name=name, orbit=Geostationary(lon_deg=lon), los_sigma_urad=30.0, revisit_s=every)
    for name, lon, every in (("a", 10.0, 5.0), ("b", -40.0, 3.0), ("c", 50.0, 10.0))
}


def still_light(times, missed):
    place = itrf_from_geodetic(np.radians(20.0), np.radians(8.0), 500.0)
    path = lambda t: np.hstack([np.tile(place, (len(t), 1)), np.zeros((len(t), 3))])  # noqa: E731
    return looks_of_path(SENSORS, path, times, np.random.default_rng(5), intensity_w_sr=125e3, missed=missed)


def test_who_never_found_it_is_either_blind_or_unlucky_every_time():
    """By enumeration over blind or not of two watchers."""
    unseen = Unseen(np.array([1.0, 2.0, 40.0]), np.array([0, 1, 1]), np.array([0.9, 0.8, 0.7]))
    by_hand = sum(
        (0.3 if first else 0.7 * 0.1) * (0.3 if second else 0.7 * 0.2 * 0.3) for first in (0, 1) for second in (0, 1)
    )
    assert log_never_seen(unseen, 0.3) == pytest.approx(np.log(by_hand), rel=1e-12)
    # a flame: hidden low (0.3), of these one in ten hidden high too (0.03); the third look comes after 30 s
    first, second = 0.3 + 0.7 * 0.1, 0.03 + 0.27 * 0.3 + 0.7 * 0.2 * 0.3
    assert log_flame_never_seen(unseen) == pytest.approx(np.log(first * second), rel=1e-12)
    assert log_never_seen(Unseen(np.empty(0), np.empty(0, dtype=int), np.empty(0)), 0.3) == 0.0


def test_looks_in_vain_between_others_that_found_it_stand_apart():
    found = np.arange(0.0, 41.0, 5.0)
    e = evidence_from_looks(still_light({"a": found}, {"b": np.arange(1.0, 45.0, 3.0), "c": np.array([42.0])}), SENSORS)
    assert len(e.unseen.t_s) == 14 and set(e.unseen.sensor) == {1}
    assert sorted(e.t_silence_s) == pytest.approx([*found, 42.0])  # who looked only afterwards tells that it is over
    seen_once = still_light({"a": found, "b": np.array([19.0])}, {"b": np.arange(1.0, 18.0, 3.0)})
    assert len(evidence_from_looks(seen_once, SENSORS).unseen.t_s) == 0


def test_no_burn_explains_a_light_that_others_never_see_better_than_a_free_light_does():
    """Before, a burn of seconds whose afterglow was found ten times led by 17 natural logarithms."""
    looks = still_light(
        {"a": np.arange(0.0, 56.0, 5.0)}, {"b": np.arange(1.0, 56.0, 3.0), "c": np.arange(4.0, 56.0, 10.0)}
    )
    e, reference = evidence_from_looks(looks, SENSORS), reference_of_looks(looks, SENSORS)
    best = -np.inf
    for burn_s in np.arange(1.0, 120.0, 0.5):
        x = np.zeros(HEADER + STAGE_WIDTH)
        x[T0_S], x[STAGE_COUNT], x[TAIL_OFF_S], x[HEADER + BURN_S] = -0.5, 1, 0.6, burn_s
        best = max(best, silence_log_likelihood(x, e.t_silence_s, e.found, e.chance, SILENCE_WIDTH_S))
    assert best + reference.log_flame_never_seen - reference.log_life < 1.0
    assert reference.log_life == pytest.approx(ANY_LIGHT.log_life(sightings_of(looks, SENSORS)))
    fire = next(one for one in natural_causes(looks, SENSORS, NaturalContext()) if one.name is Cause.FIRE)
    assert fire.log_ratio > 0.0


def test_a_cloud_that_comes_and_goes_is_one_gap_by_enumeration():
    rng = np.random.default_rng(3)
    t = np.cumsum(rng.uniform(2.0, 6.0, 7))
    lit, out = np.log(rng.uniform(0.05, 0.95, 7)), np.log(rng.uniform(0.05, 0.95, 7))
    total = 0.0
    for first in range(1, 6):
        for last in range(first, 6):
            hidden = (np.arange(7) >= first) & (np.arange(7) <= last)
            came = (t[first] - t[first - 1]) / (t[-1] - t[0])
            went = np.exp(-(t[last] - t[first]) / 30.0) - np.exp(-(t[last + 1] - t[first]) / 30.0)
            total += came * went * np.exp(np.where(hidden, out, lit).sum())
    assert _log_one_gap(t, lit, out) == pytest.approx(np.log(total), rel=1e-9)


def test_a_light_back_from_behind_a_cloud_is_no_second_burn():
    """Four looks, half a minute of nothing, five looks: a free light of long life makes that far from absurd."""
    found, missed = np.r_[0.0:10.0:3.0, 45.0:58.0:3.0], np.arange(12.0, 45.0, 3.0)
    looks = still_light({"b": found}, {"b": missed})
    assert ANY_LIGHT.log_life(sightings_of(looks, SENSORS)) > -12.0  # eleven misses for themselves: -33
