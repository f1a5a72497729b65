"""What is released of a state is as honest as what it was made of, and its offset cannot be averaged away."""

import numpy as np
import pytest
from scipy.stats import chi2

from vedette.frames import itrf_from_geodetic
from vedette.motion.propagate import propagate_coast
from vedette.sharing.release.coarse_state import Coarseness, _stepped, coarse_states
from vedette.sharing.release.ladder import step_up, steps_to
from vedette.sharing.release.secrets import Secret

SECRET = Secret(bytes(range(32)))
ONE_IN_A_MILLION = 1e-6


def truths(count: int, rng: np.random.Generator) -> np.ndarray:
    """States over half the Earth, 200 to 2,000 km up, at up to 7 km/s."""
    lat, lon = rng.uniform(-1.2, 1.2, count), rng.uniform(-3.1, 3.1, count)
    places = itrf_from_geodetic(lat, lon, rng.uniform(2e5, 2e6, count))
    velocities = rng.standard_normal((count, 3))
    velocities *= (rng.uniform(1000.0, 7000.0, count) / np.linalg.norm(velocities, axis=1))[:, None]
    return np.concatenate([places, velocities], axis=1)


def covs_like_radars(count: int, rng: np.random.Generator) -> np.ndarray:
    """Long thin ellipsoids in every direction: 20 m one way, up to 3 km across, 1 to 30 m/s."""
    turns = np.linalg.qr(rng.standard_normal((count, 6, 6)))[0] * 0.2 + np.eye(6)
    sigmas = np.stack([*rng.uniform(20.0, 3000.0, (3, count)), *rng.uniform(1.0, 30.0, (3, count))], axis=1)
    parts = np.eye(6) * sigmas[:, None, :]
    root = np.einsum("nij,njk->nik", np.where(np.eye(6, dtype=bool), turns, 0.1 * turns), parts)
    scale = np.concatenate([np.ones(3), np.full(3, 1.0)])
    return np.einsum("nij,nkj->nik", root, root) * scale


def nees_of_released(how: Coarseness, count: int = 4000) -> np.ndarray:
    """Of released states against the truth, the offset of each track drawn by its own name."""
    rng = np.random.default_rng(334)
    truth, covs = truths(count, rng), covs_like_radars(count, rng)
    believed = truth + np.einsum("nij,nj->ni", np.linalg.cholesky(covs), rng.standard_normal((count, 6)))
    names = tuple(f"w/O{i}" for i in range(count))
    told, told_covs, *_ = coarse_states(SECRET, names, believed, covs, how)
    error = told - truth
    return np.asarray(np.einsum("ni,nij,nj->n", error, np.linalg.inv(told_covs), error))


@pytest.mark.parametrize(
    "how",
    [Coarseness(0, 0, False), Coarseness(1e3, 5, False), Coarseness(1e4, 20, False), Coarseness(1e5, 100, False)],
)
def test_nees_is_six_whatever_the_step(how: Coarseness) -> None:
    nees = nees_of_released(how)
    count = len(nees)
    # rounding errors are uniform, which have a thinner tail than the normal: the bound of the normal holds for the mean
    low, high = chi2.ppf([ONE_IN_A_MILLION / 2, 1 - ONE_IN_A_MILLION / 2], 6 * count) / count
    assert low < nees.mean() < high
    assert np.mean(nees < chi2.ppf(0.9, 6)) == pytest.approx(0.9, abs=0.03)  # 6 standard errors and the thinner tail


def test_a_round_covariance_never_claims_more_than_is_true_and_not_much_less() -> None:
    for how in (Coarseness(1e4, 20, True), Coarseness(1e5, 200, True), Coarseness(1e3, 5, True)):
        nees = nees_of_released(how)
        assert 4.6 < nees.mean() < 6.0
        assert 0.9 < np.mean(nees < chi2.ppf(0.9, 6)) < 0.98


def test_a_round_covariance_says_the_same_of_a_good_track_and_of_a_bad_one() -> None:
    good, bad = np.diag([20.0**2] * 3 + [0.1] * 3), np.diag([20.0**2, 1400.0**2, 300.0**2, 0.1, 4.0, 7.0])
    states = np.repeat(truths(1, np.random.default_rng(1)), 2, axis=0)
    told, covs, *_ = coarse_states(SECRET, ("a", "a"), states, np.stack([good, bad]), Coarseness(1e4, 20, True))
    assert np.array_equal(covs[0], covs[1]) and np.array_equal(told[0], told[1])


def test_a_round_covariance_holds_the_ellipsoid() -> None:
    rng = np.random.default_rng(2)
    covs = covs_like_radars(200, rng)
    names = tuple(map(str, range(200)))
    _, told, *_ = coarse_states(SECRET, names, truths(200, rng), covs, Coarseness(2e3, 5, True))
    least = np.linalg.eigvalsh(told - covs)[:, 0]
    assert np.all(least > -1e-6 * np.linalg.norm(told, axis=(1, 2)))


def test_an_hour_of_releases_averages_to_the_offset_and_not_to_the_truth() -> None:
    """The attacker fits the true motion to every released position of an hour: what is left is the offset."""
    left_m = []
    rng = np.random.default_rng(3)
    for i in range(40):
        lat, lon = rng.uniform(-0.8, 0.8), rng.uniform(-3.0, 3.0)
        place = itrf_from_geodetic(lat, lon, 800e3)
        east = np.array([-np.sin(lon), np.cos(lon), 0.0])
        start = np.concatenate([place, 7000.0 * east])
        truth = propagate_coast(np.repeat(start[None], 360, 0), np.arange(360) * 10.0)
        told, *_ = coarse_states(
            SECRET, (f"hour {i}",) * 360, truth, np.repeat(np.eye(6)[None], 360, 0), Coarseness(1e4, 20, True)
        )
        # a turn and a stretch, best fitted [Kabsch, Acta Cryst. A32, 1976]: and still there is the offset
        u, _, vt = np.linalg.svd(told[:, :3].T @ truth[:, :3])
        turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
        left_m.append(np.linalg.norm((turn - np.eye(3)) @ truth[180, :3]))
    # one sigma each way of 5 km: two ways of it, Rayleigh; rounding alone would leave 10 km / sqrt(12 * 360) = 150 m
    assert 3e3 < np.median(left_m) < 10e3


def test_a_coarser_peer_knows_nothing_that_a_finer_one_does_not() -> None:
    """Offsets nest: the difference of two releases is independent of the finer one's offset."""
    rng = np.random.default_rng(4)
    truth = truths(3000, rng)
    names = tuple(f"n{i}" for i in range(3000))
    covs = np.repeat(np.eye(6)[None] * 1e-6, 3000, 0)
    fine, *_ = coarse_states(SECRET, names, truth, covs, Coarseness(1e4, 0, False))
    coarse, *_ = coarse_states(SECRET, names, truth, covs, Coarseness(2e4, 0, False))
    first, more = (fine - truth)[:, 0], (coarse - fine)[:, 0]
    six_standard_errors = 6.0 / np.sqrt(3000)
    # the two roundings are independent of each other but both of the truth: they share 1/12 of the first
    share = -(1e4**2 / 12) / (first.std() * more.std())
    assert abs(np.corrcoef(first, more)[0, 1] - share) < six_standard_errors


def test_steps() -> None:
    assert [step_up(v) for v in (0.0, 0.9, 1.0, 1.01, 3.0, 7.0, 10_000.0, 12_000.0)] == [
        0.0, 1.0, 1.0, 2.0, 5.0, 10.0, 10_000.0, 20_000.0,
    ]  # fmt: skip
    assert steps_to(20.0) == (1.0, 2.0, 5.0, 10.0, 20.0)


def test_steps_of_many_are_the_steps_of_each() -> None:
    drawn = 10.0 ** np.random.default_rng(8).uniform(-3.0, 7.0, 200)
    values = np.concatenate([[0.0], drawn, [1.0, 2.0, 5.0, 10.0, 2e4]])
    assert _stepped(values).tolist() == [step_up(value) for value in values.tolist()]
