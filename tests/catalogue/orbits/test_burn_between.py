"""Burns between arcs: against burns flown by our forces with errors drawn as stated, and against laser orbits of a body
without engines."""

from pathlib import Path

import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue.orbits.burn_between import BurnBetween, OrbitArc, burn_between
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.doors.track_burns import arcs_of, burns_in_tracks
from vedette.motion.orbit import OrbitForces, propagate_orbit

_FORCES = OrbitForces.gravity_only(4)
_HOUR_NS = 3600 * NS_PER_S
_T0 = 1_800_000_000 * NS_PER_S
_RADIUS_M = 7.7e6
_SPEED = np.sqrt(3.986004418e14 / _RADIUS_M)
_START = np.array([_RADIUS_M, 0.0, 0.0, 0.0, _SPEED * np.cos(1.15), _SPEED * np.sin(1.15)])


def _flown(state: np.ndarray, t: int, to: int) -> np.ndarray:
    return np.asarray(propagate_orbit(state, t, np.array([to]), _FORCES)[0])


def _rtn(state: np.ndarray) -> np.ndarray:
    radial, normal = state[:3] / np.linalg.norm(state[:3]), np.cross(state[:3], state[3:])
    normal = normal / np.linalg.norm(normal)
    return np.stack([radial, np.cross(normal, radial), normal])


def _cov(state: np.ndarray) -> np.ndarray:
    """Some metres; the speed along tied to the height as in an orbit whose size is known to a metre."""
    rate = _SPEED / _RADIUS_M
    root = np.zeros((6, 6))
    root[:3, :3] = np.diag([2.0, 10.0, 4.0])
    root[3, 1], root[4, 0] = -rate * 10.0, -rate * 2.0
    root[3:, 3:] = np.diag([rate * 1.0, rate * 1.0, rate * 4.0])
    turn = np.zeros((6, 6))
    turn[:3, :3] = turn[3:, 3:] = _rtn(state).T
    return turn @ root @ root.T @ turn.T


def _told(burn_rtn: tuple[float, float, float], seed: int, gap_hours: float = 6.0) -> tuple[BurnBetween, int]:
    rng = np.random.default_rng(seed)
    at = _T0 + 2 * _HOUR_NS + int(0.37 * gap_hours * _HOUR_NS)
    there = _flown(_START, _T0, at)
    there[3:] += _rtn(there).T @ np.array(burn_rtn)
    end = _T0 + int((3.0 + gap_hours) * _HOUR_NS)
    states = _flown(_START, _T0, _T0 + _HOUR_NS), _flown(there, at, end)
    arcs = []
    for state, middle in zip(states, (_T0 + _HOUR_NS, end), strict=True):
        cov = _cov(state)
        drawn = state + np.linalg.cholesky(cov) @ rng.normal(size=6)
        arcs.append(OrbitArc(middle, drawn, cov, middle - _HOUR_NS, middle + _HOUR_NS))
    return burn_between(arcs[0], arcs[1], _FORCES), at


@pytest.mark.parametrize(
    ("burn_rtn", "axis"),
    [((0.0, 0.1, 0.0), "along"), ((0.0, -0.1, 0.0), "along"), ((0.0, 0.0, 1.0), "across"), ((0.5, 0.0, 0.0), "radial")],
)
def test_a_burn_is_told_with_time_vector_axis_and_honest_sigmas(
    burn_rtn: tuple[float, float, float], axis: str
) -> None:
    ninety_nine_point_nine = 16.3  # chi squared of three numbers
    one, at = _told(burn_rtn, 1)
    assert one.probability > 0.99
    assert one.axis == axis
    told = one.delta_v_rtn_mps
    if axis == "across":  # half a revolution on, its opposite is as good
        told = told * np.sign(told @ np.array(burn_rtn))
    off = told - np.array(burn_rtn)
    assert off @ np.linalg.solve(one.cov_rtn, off) < ninety_nine_point_nine
    assert abs(one.t_tai_ns - at) / NS_PER_S < max(4.0 * one.t_sigma_s, 60.0)
    assert one.sigma_mps < 0.3 * one.delta_v_mps


def test_no_burn_is_no_burn_and_the_misfit_is_as_it_should_be() -> None:
    quiet = [_told((0.0, 0.0, 0.0), seed)[0] for seed in range(2, 8)]
    assert max(one.probability for one in quiet) < 0.05
    mean = float(np.mean([one.misfit for one in quiet]))
    assert 3.0 < mean < 10.0  # six numbers, six draws: 6 +- 1.4, and 2.8 of those


def test_a_burn_far_below_what_arcs_tell_is_not_claimed() -> None:
    assert _told((0.0, 1e-4, 0.0), 3)[0].probability < 0.05


def test_arcs_that_overlap_are_refused_and_arcs_are_cut_at_gaps_and_by_length() -> None:
    arc = OrbitArc(_T0, _START, _cov(_START), _T0, _T0 + _HOUR_NS)
    with pytest.raises(UsageError, match="overlap"):
        burn_between(arc, arc, _FORCES)
    hours = np.array([0.0, 1.0, 2.0, 8.0, 9.0, 10.0, 11.0, 12.0])
    cut = arcs_of((hours * _HOUR_NS).astype(np.int64), gap_hours=3.0, arc_hours=3.0)
    assert [(a // _HOUR_NS, b // _HOUR_NS) for a, b in cut] == [(0, 2), (8, 11), (12, 12)]


def test_a_laser_satellite_without_engines_never_burned() -> None:
    """LAGEOS-1, three hours of a precise orbit in two arcs, good to the decimetre here."""
    path: Path = real_data("tracking/sp3/asi_slr_20160706.sp3")
    rows, _ = burns_in_tracks((path,), arc_hours=1.45, position_sigma_m=0.1)
    assert rows
    for row in rows:
        assert row["probability"] < 0.05
        assert row["delta_v_mps"] < 0.01
