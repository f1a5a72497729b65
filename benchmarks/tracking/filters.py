"""Predict and correct of single filters, updates a second on one core: extended, unscented, a bank of three.

The peers follow one track, as they are made to; ours follow two thousand at once. Case A of the comparison: 500 km,
half a milliradian, 20 m, a look a second.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import is_quick, line, peer_lines, seconds_of
from benchmarks.tracking._one_radar import EAST_NORTH_UP, NOISE_M2_S3, RADAR_M, ROUND_EARTH, play
from vedette.motion.atmosphere import standard_air
from vedette.tracking.anchors import local_from_itrf
from vedette.tracking.kernels.bank import bank_radar_rows
from vedette.tracking.kernels.batch import SCRATCH_SIZE, ekf_radar_rows
from vedette.tracking.kernels.flight_kernel import BOOST, COAST, ENTRY
from vedette.tracking.kernels.sigma import CARTESIAN, SPHERICAL
from vedette.tracking.kernels.step_arithmetic import EARTH
from vedette.tracking.motions import PARAMETER_MEAN, PARAMETER_SIGMA

CHANGE = np.array([[0.96, 0.02, 0.02], [0.05, 0.9, 0.05], [0.02, 0.02, 0.96]])
GOALS = {"ekf": 2_000_000.0, "ukf": 300_000.0, "imm3": 80_000.0}


def lines() -> Iterator[dict[str, Any]]:
    """Ours, then each peer's beside it."""
    runs, steps = (200, 20) if is_quick() else (2000, 20)
    scene = play("A", runs, seed=1, steps=steps)
    one = {**scene, "seen": scene["seen"][:, 0], "guess": scene["guess"][0]}
    del one["truth"]  # the peers are timed on one track here, and judged elsewhere
    found = peer_lines("stonesoup_filters", one) + peer_lines("filterpy_filters", one)
    ours = {
        "ekf": extended_per_s(scene, ROUND_EARTH),
        "ukf": bank_per_s(scene, 1, kappa=1.0),
        "imm3": bank_per_s(scene, 3, kappa=1.0),
    }
    for what, value in ours.items():
        for peer in ("Stone Soup", "filterpy"):
            theirs = next((row for row in found if row["what"] == what and row["peer"].startswith(peer)), {})
            if what == "imm3" and peer == "Stone Soup":
                continue  # it has none
            yield line(
                f"{what} predict + update, gravity + radar", "updates/s", value, goal=GOALS[what],
                peer=theirs.get("peer", peer), peer_value=theirs.get("per_s"), tracks=runs, looks=steps,
            )  # fmt: skip
    full = extended_per_s(scene, EARTH)
    yield line("ekf predict + update, J4 and rotation + radar", "updates/s", full, goal=GOALS["ekf"], tracks=runs)
    ckf = bank_per_s(scene, 1, kappa=0.0)
    yield line("ckf predict + update, gravity + radar", "updates/s", ckf, goal=GOALS["ukf"], tracks=runs)
    full = bank_per_s(scene, 3, kappa=0.0, earth=EARTH, coordinates=SPHERICAL)
    what = "imm of 3 ckf, J4, rotation, drag, in the radar's spherical coordinates"
    yield line(what, "updates/s", full, goal=GOALS["imm3"], tracks=runs)


def extended_per_s(scene: dict[str, np.ndarray], earth: tuple[float, ...]) -> float:
    """Extended Kalman updates a second of all runs of a scene side by side, by `ekf_radar_rows`."""
    steps, runs, _ = scene["seen"].shape
    looks = np.full((steps, runs, 4), np.nan)
    looks[..., :3] = scene["seen"]
    variances = np.ones((runs, 4))
    variances[:, :3] = np.diag(scene["R"])
    start = scene["guess"] + np.concatenate([RADAR_M, np.zeros(3)])
    out, scratch, dt_s = (np.empty(runs), np.empty(runs)), np.empty(SCRATCH_SIZE), np.ones(runs)

    def work() -> None:
        means, covs = start.copy(), np.tile(scene["cov"], (runs, 1, 1))
        for z in looks:
            ekf_radar_rows(
                means, covs, dt_s, NOISE_M2_S3, z, variances, RADAR_M, EAST_NORTH_UP, earth, *out, scratch
            )

    return steps * runs / seconds_of(work)


def bank_per_s(
    scene: dict[str, np.ndarray],
    modes: int,
    kappa: float,
    earth: tuple[float, ...] = ROUND_EARTH,
    coordinates: int = CARTESIAN,
) -> float:
    """Updates a second of a sigma-point filter (one mode) or of a bank of boost, coast and re-entry (three)."""
    steps, runs, _ = scene["seen"].shape
    looks = np.full((steps, runs, 4), np.nan)
    looks[..., :3] = scene["seen"]
    variances = np.ones((runs, 4))
    variances[:, :3] = np.diag(scene["R"])
    start = scene["guess"] + np.concatenate([RADAR_M, np.zeros(3)])
    origin, axes = np.zeros((runs, 3)), np.tile(np.eye(3), (runs, 1, 1))
    cov = np.tile(scene["cov"], (runs, 1, 1))
    if coordinates == SPHERICAL:
        origin = np.tile(RADAR_M, (runs, 1))
        start = local_from_itrf(start, origin, axes)
        cov[:] = np.diag(np.array([4e-3, 4e-3, 2000.0, 4e-4, 4e-4, 200.0]) ** 2)
    noise = np.array([[NOISE_M2_S3, 0.0, 0.0], [4.0, 1.0, 0.0], [0.5, 0.0, 0.01]])[:modes]
    prior = np.concatenate([PARAMETER_MEAN, PARAMETER_SIGMA**2])
    order, change = np.array([COAST, BOOST, ENTRY])[:modes], CHANGE if modes == 3 else np.ones((1, 1))
    air, log_likelihood, nis = standard_air(), np.empty(runs), np.empty((runs, modes))

    def work() -> None:
        probability, means = np.full((runs, modes), 1.0 / modes), np.zeros((runs, modes, 8))
        covs = np.zeros((runs, modes, 8, 8))
        means[..., :6], means[..., 6:] = start[:, None], PARAMETER_MEAN
        covs[..., :6, :6], covs[..., 6, 6], covs[..., 7, 7] = cov[:, None], *PARAMETER_SIGMA**2
        for z in looks:
            bank_radar_rows(
                probability, means, covs, coordinates, origin, axes, 1.0, change, order, noise, prior, kappa, earth,
                air, z, variances, RADAR_M, EAST_NORTH_UP, log_likelihood, nis,
            )  # fmt: skip
        assert np.isfinite(log_likelihood).all()

    return steps * runs / seconds_of(work)
