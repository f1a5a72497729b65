"""Strobes of several sites: places without ghosts, ambiguity said where it is, honest covariance."""

import numpy as np
import pytest
from tests.tracking.strobe_scene import THREE_SITES, bearings_of, emitter

from vedette.tracking.interference.triangulation import triangulate


def members_agree(sources, heard):
    return all(len({heard[number] for number in source.members}) == 1 for source in sources)


@pytest.mark.parametrize("seed", [1, 2])
def test_three_sites_place_two_sources_without_a_ghost_by_azimuth_alone(seed):
    sources = [emitter(42.0, 11.0, east_mps=200.0), emitter(41.9, 13.5)]
    bearings, heard, radars = bearings_of(THREE_SITES, sources, seed, has_elevation=False)
    found = triangulate(bearings, radars)
    assert len(found.sources) == 2 and not found.doubtful and not found.alone
    assert members_agree(found.sources, heard)
    for source in found.sources:
        truth = sources[heard[next(iter(source.members))]].position_itrf_m(90.0)
        off = source.position_itrf_m - truth
        assert off @ np.linalg.solve(source.position_cov_itrf_m2, off) < 16.3  # one in a thousand


def test_two_sites_and_two_sources_by_azimuth_alone_are_ambiguous_and_it_is_said():
    sources = [emitter(42.0, 11.0), emitter(41.9, 12.5)]
    bearings, heard, radars = bearings_of(THREE_SITES[:2], sources, 3, has_elevation=False)
    found = triangulate(bearings, radars)
    assert not found.sources and found.is_ambiguous
    pairings = {tuple(sorted(heard[number] for number in source.members)) for source in found.doubtful}
    assert {(0, 0), (1, 1), (0, 1)} <= pairings  # the true crossings are among those mentioned, ghosts too


def test_elevation_tells_which_crossings_are_sources():
    sources = [emitter(42.0, 11.0, 3000.0), emitter(41.9, 12.5, 12_000.0)]
    bearings, heard, radars = bearings_of(THREE_SITES[:2], sources, 3, has_elevation=True)
    found = triangulate(bearings, radars)
    assert len(found.sources) == 2 and members_agree(found.sources, heard)


def test_one_site_places_nothing():
    bearings, _, radars = bearings_of(THREE_SITES[:1], [emitter(42.0, 11.0)], 3, has_elevation=True)
    found = triangulate(bearings, radars)
    assert not found.sources and not found.doubtful and len(found.alone) == 1
    assert not triangulate([], radars).sources


def test_a_source_that_one_site_should_hear_and_does_not_is_less_likely():
    bearings, _, radars = bearings_of(THREE_SITES, [emitter(42.0, 12.0)], 5, has_elevation=False)
    with_all = triangulate(bearings, radars)
    assert with_all.sources[0].sensors == ("r0", "r1", "r2")
    two = triangulate(bearings[:2], radars)
    two_listening = triangulate(bearings[:2], radars[:2])
    best = (two.sources or two.doubtful)[0].log_evidence
    assert best < (two_listening.sources or two_listening.doubtful)[0].log_evidence


def test_places_are_as_sure_as_they_say():
    """Squared error over covariance, 60 drawn emitters: mean within 3 sigma of 3 degrees of freedom each."""
    rng = np.random.default_rng(7)
    total = []
    for seed in range(60):
        lat, lon, height = rng.uniform(40.5, 41.8), rng.uniform(10.8, 13.0), rng.uniform(7e3, 12e3)
        east, north = rng.normal(0.0, 120.0, 2)
        source = emitter(lat, lon, height, east, north)
        bearings, _, radars = bearings_of(THREE_SITES, [source], seed, has_elevation=True, looks=6)
        found = triangulate(bearings, radars)
        assert len(found.sources) == 1
        off = found.sources[0].position_itrf_m - source.position_itrf_m(50.0)
        total.append(off @ np.linalg.solve(found.sources[0].position_cov_itrf_m2, off) / 3.0)
    spread = np.sqrt(2.0 / (3.0 * len(total)))
    # the prior's share and the doubt of the bend make it a little too modest, never too sure
    assert 0.6 < np.mean(total) < 1.0 + 3.0 * spread
