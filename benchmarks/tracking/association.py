"""What a whole look costs under each association, with initiation and deletion, and how many tracks are false.

The peers' comparison field: one object and one false detection to a cube of 2 km, seen with 90 % and 100 m an axis,
a look a second, white acceleration 25 m²/s³. Nothing is seeded: tracks begin by themselves, and the time is that of the
looks after the tenth, when all are followed. The peer is Stone Soup's JPDA with EHM2 on seeded tracks, association and
correction alone.
"""

import resource
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import is_quick, line, peer_lines
from vedette.sensing import Radar, Site
from vedette.tracking.crowd.look import place_look
from vedette.tracking.crowd.policy import STILL, CrowdPolicy
from vedette.tracking.crowd.tracker import CrowdTracker

SPACING_M, SIGMA_M, DETECTED, NOISE_M2_S3, SPEED_MPS = 2000.0, 100.0, 0.9, 25.0, 200.0
GOALS_S = {("jpda", 100): 0.005, ("jpda", 1000): 0.05, ("mht", 1000): 0.2, ("lmb", 1000): 0.2}
MIDDLE_M = np.array([4.0e6, 3.0e6, 4.5e6])


def lines() -> Iterator[dict[str, Any]]:
    """Seconds a look, then confirmed tracks for each true object."""
    sizes = (100,) if is_quick() else (100, 1000)
    truth, looks = field(100, 6, seed=7)
    cuts = np.cumsum([len(look) for look in looks])
    found = peer_lines(
        "stonesoup_association", {"start": truth, "detections": np.vstack(looks), "cuts": cuts, "sigma_m": SIGMA_M}
    )
    theirs = found[0] if found else {}
    for objects in sizes:
        for association in ("gnn", "jpda", "lmb", "mht"):
            seconds, counts = run(association, objects, looks=16 if is_quick() else 30)
            peer_value = theirs.get("seconds") if objects == 100 and association == "jpda" else None
            yield line(
                f"whole tracker, {association}, clutter 1 per object", "s/look", seconds,
                goal=GOALS_S.get((association, objects)), better="less", peer=theirs.get("peer"),
                peer_value=peer_value, objects=objects,
            )  # fmt: skip
            yield line(
                f"confirmed tracks for each object, {association}", "1", counts / objects, goal=(0.98, 1.02),
                objects=objects,
            )  # fmt: skip
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    yield line("peak memory of all of these, compiler included", "MiB", peak_mib, goal=1024.0, better="less")


def run(association: str, objects: int, looks: int) -> tuple[float, float]:
    """Median processor time of a look after the tenth, s, and the mean count of confirmed tracks in the last five."""
    _, found = field(objects, looks, seed=7)
    tracker = flat_tracker(association)
    taken_s, counts = [], []
    for k, places in enumerate(found):
        look = place_look(
            (k + 1) * 10**9, places, SIGMA_M, DETECTED, 1.0 / SPACING_M**3, float(objects), revisit_s=1.0
        )
        start_s = time.process_time()
        tracker.absorb(look)
        taken_s.append(time.process_time() - start_s)
        counts.append(len(tracker.tracks))
    return float(np.median(taken_s[10:])), float(np.mean(counts[-5:]))


def flat_tracker(association: str) -> CrowdTracker:
    """Straight flight; what is known of the field."""
    radar = Radar(Site(45.0, 10.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.02)
    policy = CrowdPolicy(noise_m2_s3=NOISE_M2_S3, earth=STILL, speed_sigma_mps=SPEED_MPS / np.sqrt(3.0))
    return CrowdTracker([radar], policy, association=association, lateness_s=0.0)


def field(objects: int, looks: int, seed: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """States (n, 6) before the first look, and the detections (m, 3) of each look."""
    rng = np.random.default_rng(seed)
    side = SPACING_M * objects ** (1.0 / 3.0)
    place = MIDDLE_M + (rng.random((objects, 3)) - 0.5) * side
    speed = rng.uniform(-SPEED_MPS, SPEED_MPS, (objects, 3))
    start, found = np.hstack([place, speed]), []
    for _ in range(looks):
        place = place + speed
        seen = place[rng.random(objects) < DETECTED]
        seen = seen + SIGMA_M * rng.standard_normal(seen.shape)
        z = np.vstack([seen, MIDDLE_M + (rng.random((rng.poisson(objects), 3)) - 0.5) * side])
        found.append(z[rng.permutation(len(z))])
    return start, found
