"""Four seeded stories for association: clutter, a close formation, crossings at small angles, and separations.

Objects fly straight but for a little noise, in level axes (north, east, up) about one radar that measures azimuth,
elevation and range once a second. The noise and the clutter are known to whoever tracks; births are not.
"""

from dataclasses import dataclass

import numpy as np

DETECTED, Q_M2_S3, DT_S = 0.9, 1.0, 1.0
SIGMAS = np.array([0.3e-3, 0.3e-3, 50.0])  # azimuth, elevation, range: about 100, 100 and 50 m where the objects are
CENTRE_M = np.array([240e3, 180e3, 100e3])  # north, east, up of the radar
CUTOFF_M = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What flew and what the radar said of it."""

    name: str
    truth_m: list[np.ndarray]  # of each look (n, 3), north, east, up
    looks: list[np.ndarray]  # of each look (m, 3), azimuth, elevation, range
    box_m: np.ndarray  # (2, 3) opposite corners of where there is clutter
    clutter: float  # false detections to a look

    @property
    def clutter_per_m3(self) -> float:
        """False detections to a look and cubic metre."""
        return self.clutter / float(np.prod(self.box_m[1] - self.box_m[0]))

    @property
    def clutter_per_rad2_m(self) -> float:
        """The same in the radar's own coordinates, in the middle of the box."""
        reach = float(np.linalg.norm(CENTRE_M))
        return self.clutter_per_m3 * reach * reach * float(np.hypot(CENTRE_M[0], CENTRE_M[1])) / reach


def polar(position_m: np.ndarray) -> np.ndarray:
    """Azimuth, elevation and range of (n, 3) positions north, east, up."""
    north, east, up = position_m.T
    level = np.hypot(north, east)
    return np.column_stack([np.arctan2(east, north), np.arctan2(up, level), np.hypot(level, up)])


def clutter_scene(seed: int, objects: int = 15, looks: int = 30, spacing_m: float = 2000.0) -> Scene:
    """Objects all over a box, one to a cube of 2 km, and as many false detections in each look."""
    rng = np.random.default_rng([1, seed])
    side = spacing_m * objects ** (1.0 / 3.0)
    place = CENTRE_M + (rng.random((objects, 3)) - 0.5) * side
    speed = rng.uniform(-100.0, 100.0, (objects, 3))
    return _played("clutter", rng, place, speed, np.zeros(objects, dtype=int), looks, side / 2.0, float(objects))


def formation_scene(seed: int, looks: int = 30) -> Scene:
    """Two groups of five that fly together, neighbours one and a half sigma apart."""
    rng = np.random.default_rng([2, seed])
    places, speeds = [], []
    for group in range(2):
        middle = CENTRE_M + np.array([0.0, 4000.0 * (group - 0.5), 0.0])
        step = 150.0 * np.arange(5)[:, None] * _direction(rng)
        places.append(middle + step - step.mean(axis=0) + rng.normal(0.0, 30.0, (5, 3)))
        speeds.append(np.tile(rng.uniform(-80.0, 80.0, 3), (5, 1)) + rng.normal(0.0, 1.0, (5, 3)))
    return _played("closely spaced", rng, np.vstack(places), np.vstack(speeds), np.zeros(10, int), looks, 6000.0, 10.0)


def crossing_scene(seed: int, bundles: int = 3, looks: int = 50) -> Scene:
    """Bundles of four that all cross one another at small angles in mid-story, some metres to a sigma apart."""
    rng = np.random.default_rng([3, seed])
    places, speeds = [], []
    for bundle in range(bundles):
        middle = CENTRE_M + 5000.0 * np.array([0.0, bundle - 1.0, 0.0])
        along = 150.0 * _direction(rng)
        for _ in range(4):
            t_meet_s = rng.uniform(0.4, 0.6) * looks * DT_S
            speed = along + rng.uniform(8.0, 16.0) * _direction(rng)
            places.append(middle + rng.normal(0.0, 30.0, 3) + (0.5 * looks * DT_S - t_meet_s) * (speed - along))
            places[-1] = places[-1] - 0.5 * looks * DT_S * speed
            speeds.append(speed)
    began = np.zeros(4 * bundles, dtype=int)
    return _played("crossing", rng, np.array(places), np.array(speeds), began, looks, 10000.0, 12.0)


def separation_scene(seed: int, looks: int = 40) -> Scene:
    """Three bodies, each of which becomes four that drift apart at 10 to 30 m/s."""
    rng = np.random.default_rng([4, seed])
    places, speeds, began = [], [], []
    for body in range(3):
        start = CENTRE_M + np.array([0.0, 4000.0 * (body - 1.0), 0.0])
        speed = rng.uniform(-80.0, 80.0, 3)
        look = 10 + 4 * body
        places.append(start)
        speeds.append(speed)
        began.append(0)
        for _ in range(3):
            push = rng.uniform(10.0, 30.0) * _direction(rng)
            places.append(start - look * DT_S * push)  # where it would have come from
            speeds.append(speed + push)
            began.append(look)
    return _played("separation", rng, np.array(places), np.array(speeds), np.array(began), looks, 8000.0, 12.0)


SCENES = {
    "clutter": clutter_scene, "closely spaced": formation_scene, "crossing": crossing_scene,
    "separation": separation_scene,
}  # fmt: skip


def _direction(rng: np.random.Generator) -> np.ndarray:
    d = rng.standard_normal(3)
    return d / np.linalg.norm(d)


def _played(
    name: str, rng: np.random.Generator, place: np.ndarray, speed: np.ndarray, began: np.ndarray, looks: int,
    half_m: float, clutter: float,
) -> Scene:  # fmt: skip
    """Fly, look, and add false detections; an object is there from the look with the number `began` on."""
    noise = np.array([[DT_S**3 / 3.0, DT_S**2 / 2.0], [DT_S**2 / 2.0, DT_S]]) * Q_M2_S3
    root = np.linalg.cholesky(noise)
    box = np.array([CENTRE_M - half_m, CENTRE_M + half_m])
    truth, found = [], []
    for look in range(looks):
        shake = np.einsum("ij,njk->nik", root, rng.standard_normal((len(place), 2, 3)))
        there = began <= look
        shake[~there] = 0.0
        place, speed = place + DT_S * speed + shake[:, 0], speed + shake[:, 1]
        truth.append(place[there])
        seen = polar(place[there & (rng.random(len(place)) < DETECTED)])
        seen = seen + SIGMAS * rng.standard_normal(seen.shape)
        false = polar(box[0] + rng.random((rng.poisson(clutter), 3)) * (box[1] - box[0]))
        z = np.vstack([seen, false])
        found.append(z[rng.permutation(len(z))])
    return Scene(name, truth, found, box, clutter)
