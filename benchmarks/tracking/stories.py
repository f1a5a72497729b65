"""Where each association says the objects are, in four stories, beside Stone Soup's JPDA+EHM2 and GM-PHD.

Everybody gets the same detections and knows the same of noise, clutter and births; everybody's places are scored by
the same GOSPA (cut-off 500 m, order 2), averaged over the looks of a story and over its seeds. The peer's figure is the
better of its settings, story by story.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import is_quick, line, peer_lines
from benchmarks.tracking._scenes import CUTOFF_M, DETECTED, DT_S, Q_M2_S3, SCENES, SIGMAS, Scene
from vedette.frames import enu_from_itrf_matrix
from vedette.metrics import gospa
from vedette.sensing import Radar, Site
from vedette.tracking.crowd.look import EVERYWHERE, CrowdLook
from vedette.tracking.crowd.place_kernels import RADAR
from vedette.tracking.crowd.policy import STILL, CrowdPolicy
from vedette.tracking.crowd.tracker import CrowdTracker

METHODS = ("gnn", "jpda", "lmb", "mht")
BEST = "mht"  # the one that the goals are asked of (decision 0101)
SEEDS = 2
BIRTHS_A_LOOK, SPEED_SIGMA_MPS = 0.2, 100.0  # given to everybody
SITE = Site(45.0, 10.0, 0.0)
ENU = enu_from_itrf_matrix(np.radians(45.0), np.radians(10.0))


def lines() -> Iterator[dict[str, Any]]:
    """A line for each story and association of ours; the goal is set for `BEST`."""
    for name, (ours, theirs) in scores(1 if is_quick() else SEEDS).items():
        peer = min(theirs, key=lambda who: theirs[who]) if theirs else None
        for method in METHODS:
            goal = None
            if method == BEST and peer is not None:
                goal = (0.9 if name == "crossing" else 1.0) * theirs[peer]
            yield line(
                f"GOSPA, {name}, {method}", "m", ours[method], goal=goal, better="less", peer=peer,
                peer_value=theirs.get(peer) if peer else None,
                every_peer={who: round(value, 1) for who, value in theirs.items()},
            )  # fmt: skip


def scores(seeds: int) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    """Mean GOSPA (m) of each of ours and of each peer, by story."""
    scenes = {f"{name} {seed}": make(seed) for name, make in SCENES.items() for seed in range(seeds)}
    found = [row for name in scenes for row in peer_lines("stonesoup_stories", packed({name: scenes[name]}))]
    result = {}
    for name in SCENES:
        mine = {key: scene for key, scene in scenes.items() if key.rsplit(" ", 1)[0] == name}
        ours = {
            method: float(np.mean([mean_gospa(places_of(scene, method), scene) for scene in mine.values()]))
            for method in METHODS
        }
        told: dict[str, list[float]] = {}
        for row in found:
            if row["scene"] in mine and "places" in row:
                cuts = np.cumsum(row["counts"])[:-1]
                places = np.split(np.array(row["places"]).reshape(-1, 3), cuts)
                told.setdefault(row["peer"], []).append(mean_gospa(places, mine[row["scene"]]))
        theirs = {who: float(np.mean(values)) for who, values in told.items() if len(values) == seeds}
        result[name] = ours, theirs
    return result


def packed(scenes: dict[str, Scene]) -> dict[str, Any]:
    """What the peers' adapter is given."""
    data: dict[str, Any] = {
        "sigmas": SIGMAS, "q": Q_M2_S3, "detected": DETECTED, "dt_s": DT_S, "speed_sigma_mps": SPEED_SIGMA_MPS,
        "births": BIRTHS_A_LOOK, "scenes": np.array(list(scenes)),
    }  # fmt: skip
    for name, scene in scenes.items():
        data[f"{name}/detections"] = np.vstack(scene.looks)
        data[f"{name}/begins"] = np.concatenate([[0], np.cumsum([len(look) for look in scene.looks])])
        data[f"{name}/box"] = scene.box_m
        data[f"{name}/clutter_per_m3"] = scene.clutter_per_m3
    return data


def places_of(scene: Scene, association: str) -> list[np.ndarray]:
    """Positions of the confirmed tracks after each look, (k, 3) north, east, up."""
    policy = CrowdPolicy(
        noise_m2_s3=Q_M2_S3, earth=STILL, speed_sigma_mps=SPEED_SIGMA_MPS,
        births_per_hour=BIRTHS_A_LOOK * 3600.0 / DT_S,
    )  # fmt: skip
    radar = Radar(SITE, range_sigma_m=50.0, angle_sigma_deg=0.02, name="radar")
    tracker = CrowdTracker([radar], policy, association=association, lateness_s=0.0)
    found = []
    for k, look in enumerate(scene.looks):
        tracker.absorb(crowd_look(look, scene, round((k + 1) * DT_S * 1e9)), "radar")
        found.append((tracker.tracks.states_itrf[:, :3] - SITE.position_itrf_m) @ ENU[[1, 0, 2]].T)
    return found


def crowd_look(detections: np.ndarray, scene: Scene, t_tai_ns: int) -> CrowdLook:
    """Detections (m, 3) as the crowd takes them."""
    m = len(detections)
    values, variances = np.full((m, 4), np.nan), np.ones((m, 4))
    values[:, :3], variances[:, :3] = detections, SIGMAS**2
    values[:, 0] %= 2.0 * np.pi
    return CrowdLook(
        RADAR, 0, t_tai_ns, np.full(m, t_tai_ns), values, variances, SITE.position_itrf_m, ENU, EVERYWHERE,
        np.array([DETECTED, 0.0, 1e-6, 0.5]), float(np.log(scene.clutter_per_rad2_m)), scene.clutter, DT_S,
    )  # fmt: skip


def mean_gospa(places: list[np.ndarray], scene: Scene) -> float:
    """Mean over the looks, m."""
    return float(np.mean([gospa(p, t, CUTOFF_M).value for p, t in zip(places, scene.truth_m, strict=True)]))
