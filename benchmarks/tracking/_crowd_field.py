"""Many straight-flying objects in a cube, and as many false detections: the field of the peer comparison.

One object and one false detection per (2 km)³, so that how much there is to confuse does not change with the number;
nine looks of ten find an object; a hundred metres per axis; speeds to 200 m/s per axis; one look a second.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import CrowdPolicy
from vedette.tracking.crowd.look import CrowdLook, place_look
from vedette.tracking.crowd.policy import STILL

SPACING_M, SIGMA_M, CHANCE, SPEED_MPS, MIDDLE_M = 2000.0, 100.0, 0.9, 200.0, np.array([300e3, 0.0, 100e3])
T0_TAI_NS = 10**18
_ROOM = 1.3  # the radar looks a little beyond the cube, as thin in false detections as within
POLICY = CrowdPolicy(noise_m2_s3=25.0, earth=STILL, speed_sigma_mps=150.0, confirm_probability=0.7)
RADAR_SIGMAS = np.array([0.3e-3, 0.3e-3, 50.0])


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """n objects, k looks; positions in axes of its own."""

    truth_m: np.ndarray  # (k, n, 3)
    seen_m: list[np.ndarray]  # k of (m, 3), true and false mixed; positions with no noise yet where `origin` is true
    origin: list[np.ndarray]  # k of (m,) which object; -1 for none
    side_m: float

    @property
    def objects(self) -> int:
        """How many."""
        return self.truth_m.shape[1]


def field(objects: int, looks: int, seed: int = 7) -> Field:
    """Draw one."""
    rng = np.random.default_rng(seed)
    side = SPACING_M * objects ** (1.0 / 3.0)
    place = (rng.random((objects, 3)) - 0.5) * side
    going = rng.uniform(-SPEED_MPS, SPEED_MPS, (objects, 3))
    truth, seen, origin = [], [], []
    for k in range(looks):
        here = place + going * (k + 1)
        hit = np.flatnonzero(rng.random(objects) < CHANCE)
        false = (rng.random((rng.poisson(objects), 3)) - 0.5) * side
        order = rng.permutation(len(hit) + len(false))
        truth.append(here)
        seen.append(np.vstack([here[hit], false])[order])
        origin.append(np.concatenate([hit, np.full(len(false), -1)])[order])
    return Field(np.array(truth), seen, origin, side)


def place_looks(scene: Field, seed: int = 8) -> list[CrowdLook]:
    """The looks as positions with noise."""
    rng = np.random.default_rng(seed)
    density = 1.0 / SPACING_M**3
    looks = []
    for k, (seen, origin) in enumerate(zip(scene.seen_m, scene.origin, strict=True)):
        noise = SIGMA_M * rng.standard_normal(seen.shape) * (origin >= 0)[:, None]
        t = T0_TAI_NS + (k + 1) * NS_PER_S
        looks.append(place_look(t, MIDDLE_M + seen + noise, SIGMA_M, CHANCE, density, float(scene.objects)))
    return looks


def radar_scans(scene: Field, seed: int = 8) -> tuple[Radar, list[Scan], np.ndarray]:
    """The looks as a radar's azimuth, elevation and range, 316 km away; and the truth in ITRF."""
    rng = np.random.default_rng(seed)
    half = _ROOM * 0.5 * scene.side_m
    away = float(np.linalg.norm(MIDDLE_M))
    centre_el, centre_az = np.arctan2(MIDDLE_M[2], MIDDLE_M[0]), 0.5 * np.pi
    wide, high = np.degrees(half / (away * np.cos(centre_el))), np.degrees(half / away)
    radar = Radar(
        Site(50.0, 0.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=float(np.degrees(0.3e-3)), revisit_s=1.0,
        azimuth_min_deg=float(np.degrees(centre_az) - wide), azimuth_max_deg=float(np.degrees(centre_az) + wide),
        elevation_min_deg=float(np.degrees(centre_el) - high), elevation_max_deg=float(np.degrees(centre_el) + high),
        range_min_km=(away - half) / 1e3, range_max_km=(away + half) / 1e3, detection_probability=CHANCE,
        false_alarms_per_look=float(_ROOM**3 * scene.objects), name="field",
    )  # fmt: skip
    scans = []
    for k, (seen, origin) in enumerate(zip(scene.seen_m, scene.origin, strict=True)):
        enu = MIDDLE_M + seen
        level = np.hypot(enu[:, 0], enu[:, 1])
        values = np.full((len(enu), 4), np.nan)
        values[:, 0] = np.arctan2(enu[:, 0], enu[:, 1]) % (2.0 * np.pi)
        values[:, 1], values[:, 2] = np.arctan2(enu[:, 2], level), np.hypot(level, enu[:, 2])
        values[:, :3] += RADAR_SIGMAS * rng.standard_normal((len(enu), 3)) * (origin >= 0)[:, None]
        sigmas = np.full(values.shape, np.nan)
        sigmas[:, :3] = RADAR_SIGMAS
        t = T0_TAI_NS + (k + 1) * NS_PER_S
        times = np.full(len(enu), t, dtype=np.int64)
        scans.append(Scan("field", SensorKind.RADAR, Mode.SIMULATED, t, times, values, sigmas))
    axes, stand = radar.site.enu_from_itrf, radar.site.position_itrf_m
    return radar, scans, (MIDDLE_M + scene.truth_m) @ axes + stand


def matched(found_m: np.ndarray, truth_m: np.ndarray, within_m: float = 500.0) -> np.ndarray:
    """(n,) which objects have a track of their own within a distance; the most there can be."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import maximum_bipartite_matching
    from scipy.spatial import cKDTree

    if len(found_m) == 0:
        return np.zeros(len(truth_m), dtype=bool)
    near = cKDTree(found_m).query_ball_point(truth_m, within_m)
    rows = np.repeat(np.arange(len(near)), [len(some) for some in near])
    columns = np.array([one for some in near for one in some], dtype=int)
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(truth_m), len(found_m))).tocsr()
    return np.asarray(maximum_bipartite_matching(graph, perm_type="column") >= 0)
