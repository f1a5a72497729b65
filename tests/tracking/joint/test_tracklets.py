"""Tracklets, common knowledge and what comes round again: each counts once."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.exercise.joint_world import NORTH, SOUTH, T0_TAI_NS, Truth, first_belief, looks, satellites, told
from vedette.motion.propagate import propagate_coast_stm
from vedette.reports import SharedTrack, TrackContent
from vedette.tracking.joint import JointTracker
from vedette.tracking.joint.intersection import inverse
from vedette.tracking.joint.source import covariance_terms, covariances_of, states_of


def tracklet_of(before: SharedTrack, now: SharedTrack) -> SharedTrack:
    """What was learnt between two filtered tracks, as a state of its own (Chong, Mori, Barker and Chang 2000, eq. 11):
    the later information less the earlier, carried without noise."""
    dt_s = (now.t_tai_ns - before.t_tai_ns) / NS_PER_S
    state, F = propagate_coast_stm(states_of([before]), dt_s)
    earlier = inverse(F[0] @ covariances_of([before])[0] @ F[0].T)
    later = inverse(covariances_of([now])[0])
    cov = inverse(later - earlier + 1e-12 * np.diag(np.diagonal(later)))
    mean = state[0] + cov @ later @ (states_of([now])[0] - state[0])
    return msgspec.structs.replace(
        now, content=TrackContent.TRACKLET, t_since_tai_ns=before.t_tai_ns, position_itrf_m=tuple(mean[:3]),
        velocity_itrf_mps=tuple(mean[3:]), covariance=covariance_terms(cov),
    )  # fmt: skip


@pytest.fixture(scope="module")
def story():
    rng = np.random.default_rng(5)
    truth = Truth(satellites(3, rng), 0.0, rng)
    a, b = (first_belief(truth.states_itrf, rng) for _ in range(2))
    b.noise = 0.0  # so that tracklets are exact, and the test may be sharp
    out = []
    for k in range(1, 61):
        truth.advance(1.0)
        for sensor, one in ((NORTH, a), (SOUTH, b)):
            one.predict(1.0)
            one.update(*looks(sensor, truth.states_itrf, rng))
        if k % 10 == 0:
            out.append((told("NORTH", T0_TAI_NS + k * NS_PER_S, a), told("SOUTH", T0_TAI_NS + k * NS_PER_S, b)))
    return out


def fused(messages, own="NORTH"):
    joint = JointTracker(own)
    for owner, tracks in messages:
        if owner == own:
            joint.hear_own(tracks)
        else:
            joint.hear_partner(owner, tracks)
    out = joint.fused()
    assert len(out) == 3
    return out


def test_tracklets_come_to_what_the_whole_tracks_come_to(story):
    whole = fused([(name, tracks) for pair in story for name, tracks in zip(("NORTH", "SOUTH"), pair, strict=True)])
    pieces = []
    for i, (north, south) in enumerate(story):
        pieces.append(("NORTH", north))
        if i == 0:  # all it had learnt until then
            first = [
                msgspec.structs.replace(one, content=TrackContent.TRACKLET, t_since_tai_ns=T0_TAI_NS) for one in south
            ]
            pieces.append(("SOUTH", first))
        else:
            cut = [tracklet_of(before, now) for before, now in zip(story[i - 1][1], south, strict=True)]
            pieces.append(("SOUTH", cut))
    parts = fused(pieces)
    sigma = np.sqrt(np.diagonal(whole.state_covs_itrf, axis1=1, axis2=2))
    # the joint tracker carries with its own noise what the owner carried with none: a tenth of a sigma over a minute
    assert np.max(np.abs(parts.states_itrf - whole.states_itrf) / sigma) < 0.1
    size = np.linalg.slogdet(parts.state_covs_itrf)[1] - np.linalg.slogdet(whole.state_covs_itrf)[1]
    assert np.max(np.abs(np.exp(size / 12.0) - 1.0)) < 0.05


def test_what_a_third_passes_on_unchanged_counts_once(story):
    plain, again = [], []
    for north, south in story:
        plain += [("NORTH", north), ("SOUTH", south)]
        again += [("NORTH", north), ("EAST", [*north, *south]), ("SOUTH", south), ("EAST", [*south, *north])]
    one, two = fused(plain), fused(again)
    assert np.array_equal(one.states_itrf, two.states_itrf)
    assert np.array_equal(one.state_covs_itrf, two.state_covs_itrf)


def test_our_own_knowledge_told_back_with_its_time_is_taken_out(story):
    for (early_north, _), (north, south) in pairwise(story[2:]):
        want = fused([("NORTH", early_north), ("NORTH", north), ("SOUTH", south)])
        mixed = []
        for mine, theirs in zip(early_north, south, strict=True):  # SOUTH has joined what we told ten seconds ago
            state, F = propagate_coast_stm(states_of([mine]), 10.0)
            IA, IB = inverse(F[0] @ covariances_of([mine])[0] @ F[0].T), inverse(covariances_of([theirs])[0])
            cov = inverse(IA + IB)
            mean = cov @ (IA @ state[0] + IB @ states_of([theirs])[0])
            mixed.append(
                msgspec.structs.replace(
                    theirs, position_itrf_m=tuple(mean[:3]), velocity_itrf_mps=tuple(mean[3:]),
                    covariance=covariance_terms(cov), provenance=("SOUTH", "NORTH"),
                    provenance_t_tai_ns=(theirs.t_tai_ns, mine.t_tai_ns),
                )
            )  # fmt: skip
        got = fused([("NORTH", early_north), ("NORTH", north), ("SOUTH", mixed)])
        assert {view.way for view in got.views} == {"with common knowledge taken out"}
        sigma = np.sqrt(np.diagonal(want.state_covs_itrf, axis1=1, axis2=2))
        assert np.max(np.abs(got.states_itrf - want.states_itrf) / sigma) < 0.05
        size = np.linalg.slogdet(got.state_covs_itrf)[1] - np.linalg.slogdet(want.state_covs_itrf)[1]
        assert np.max(np.abs(np.exp(size / 12.0) - 1.0)) < 0.02
