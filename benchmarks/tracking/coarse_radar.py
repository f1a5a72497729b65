"""Honest at long range with coarse angles (1,150 to 1,830 km, 2 mrad, 2 m)? Ours over thousands of runs, and the peers.

Errors are pooled over the second half of the track. The peers run fewer, being hundreds of times slower; a mean over a
hundred runs is known to some three per cent.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import is_quick, line, peer_lines
from benchmarks.tracking._coarse_radar import bound, followed, judged
from benchmarks.tracking._one_radar import play
from vedette.tracking.kernels.sigma import COURSE, SPHERICAL

SEED = 11


def lines() -> Iterator[dict[str, Any]]:
    """Mean normalised error, steps in the band, error over the bound: course coordinates, spherical, the peers."""
    runs, groups, theirs = (200, 1, 4) if is_quick() else (2000, 4, 60)
    limit = bound("B")
    found = [judged(*followed("B", runs, SEED + k, COURSE), limit) for k in range(groups)]
    mean = {key: float(np.mean([one[key] for one in found])) for key in found[0]}
    sizes = {"runs": runs * groups, "groups": groups}
    scene = play("B", theirs, SEED)
    peers = peer_lines("stonesoup_filters", scene) + peer_lines("filterpy_filters", scene)
    half = len(limit) // 2
    place, speed = (
        float(np.sqrt(np.trace(limit[half:, part, part], axis1=1, axis2=2).mean())) for part in (slice(3), slice(3, 6))
    )
    for peer in peers or [{}]:
        name = f"{peer['peer']} {peer['what']}" if peer else None
        seen = {"peer": name, "peer_runs": peer.get("runs"), "peer_lost": peer.get("lost"), **sizes}
        yield line(
            "case B, mean normalised error, all steps", "1", mean["anees"], goal=(0.95, 1.05), better="less",
            peer_value=peer.get("anees"), **seen,
        )  # fmt: skip
        for what, least, key in (("position", place, "rmse_m"), ("velocity", speed, "rmse_mps")):
            value = peer[key] / least if key in peer else None
            yield line(
                f"case B, {what} error over the bound, second half", "1", mean[f"{what}_over_bound"], goal=1.02,
                better="less", peer_value=value, **seen,
            )  # fmt: skip
    yield line(
        "case B, mean normalised error, second half", "1", mean["anees_second_half"], goal=(0.95, 1.05), better="less",
        **sizes,
    )  # fmt: skip
    share = mean["in_band_second_half"]
    yield line("case B, steps in the 95 % band of all runs, second half", "1", share, goal=0.93, **sizes)
    yield line("case B, steps in the 95 % band of all runs, all steps", "1", mean["in_band"], goal=0.93, **sizes)
    share = mean["in_band_of_100"]
    yield line("case B, steps in the 95 % band of means of 100 runs, all steps", "1", share, **sizes)
    plain = judged(*followed("B", runs, SEED, SPHERICAL), limit)
    yield line("case B in spherical coordinates, mean normalised error", "1", plain["anees"], better="less", runs=runs)
