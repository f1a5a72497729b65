"""Predict and correct of single filters, updates a second on one core: extended, unscented, a bank of three.

The peers follow one track, as they are made to; ours follow two thousand at once. Case A of the comparison: 500 km,
half a milliradian, 20 m, a look a second.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import is_quick, line, peer_lines, seconds_of
from benchmarks.tracking._one_radar import EAST_NORTH_UP, NOISE_M2_S3, RADAR_M, ROUND_EARTH, play
from vedette.tracking.batch_kernels import SCRATCH_SIZE, ekf_radar_rows
from vedette.tracking.step_arithmetic import EARTH

GOALS = {"ekf": 2_000_000.0, "ukf": 300_000.0, "imm3": 80_000.0}


def lines() -> Iterator[dict[str, Any]]:
    """Ours, then each peer's beside it."""
    runs, steps = (200, 20) if is_quick() else (2000, 50)
    scene = play("A", runs, seed=1, steps=steps)
    one = {**scene, "seen": scene["seen"][:, 0], "guess": scene["guess"][0]}
    found = peer_lines("stonesoup_filters", one) + peer_lines("filterpy_filters", one)
    ours = {"ekf": extended_per_s(scene, ROUND_EARTH)}
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
