"""A bolide: something from space that enters at 11 to 72 km/s, burns for seconds, and never climbs.

Speed, steepness and course are drawn as they fall on the Earth (steepness as sin 2z, every course alike; speeds as
published for fireballs). It comes down through the last hundred kilometres, brakes hard at the end, and is over: a
light that lasts minutes is none. Even one look counts, for what one look can say.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.light import Light
from vedette.assessment.natural.sightings import Sightings, height_of, level_axes
from vedette.assessment.weighing import Weighed
from vedette.core.shapes import Rows, Scalar
from vedette.reports import Cause

# above a ton of TNT: visible some seconds; warm dust and train may stay for some more
_LARGE = Light(life_s=2.5, life_log=1.0, level_w_sr=300_000.0, level_log=2.2, flicker_log=0.5, walk_log=0.8)
# Below, they are so many more (E^-0.9) that nine flashes in ten are theirs: about the threshold of a watcher of 5 to 10
# kW/sr, and as a rule for one look only (experiments/bolides_by_law: entry physics under the law of Brown et al. 2002)
_SMALL = Light(life_s=1.2, life_log=0.5, level_w_sr=20_000.0, level_log=0.9, flicker_log=0.5, walk_log=0.8)
_SMALL_SHARE = 0.9
# heights at which they shine: CNEOS peaks lie at 20 to 60 km; the first faint light of a large one at 80 to 130 km
_HEIGHT_M, _HEIGHT_SIGMA_M = 65e3, 30e3
# km/s at entry and how many come so fast: Ceplecha et al. 1998 (Space Sci. Rev. 84), CNEOS fireballs with velocity
_SPEEDS = ((14.0, 0.35), (19.0, 0.40), (29.0, 0.18), (52.0, 0.07))
_STEEPNESS_DEG = ((28.0, 0.5), (58.0, 0.5))  # below the horizontal, by sin 2z
_COURSES = 6
_SPREAD = 0.18  # one sigma of speed over speed within one of the above
_SLACKS = ((0.5, 15.0), (0.5, 300.0))  # braking and breaking up, m/s2: high in the air, and deep in it
_SLACK_MEMORY_S = 4.0
_LONGEST_S = 90.0  # a burning trail is not followed longer; beyond it the life alone decides


def weigh_bolide(sightings: Sightings, sensors: Mapping[str, object], context: NaturalContext) -> tuple[Weighed, ...]:
    """ln p(looks | something that enters from space, burns out and is gone), with reasons."""
    s = sightings
    t = s.evidence.t_s
    span_s = float(t[-1] - t[0])
    if span_s > _LONGEST_S:
        return (Weighed(Cause.BOLIDE, -1e9, (), (f"seen for {span_s:.0f} s: bolides last seconds",)),)
    velocities, spreads, logs = _entries(s)
    place, cov3, share = s.anywhere(_HEIGHT_M, _HEIGHT_SIGMA_M)
    k = len(logs)
    means, covs = np.zeros((k, 9)), np.zeros((k, 9, 9))
    means[:, :3], covs[:, :3, :3] = place, cov3
    means[:, 3:6], covs[:, 3:6, 3:6] = velocities, spreads
    parts = []
    for slack_share, slack_mps2 in _SLACKS:
        covs[:, range(6, 9), range(6, 9)] = slack_mps2**2
        log, _ = s.log_density_of_mixture(means, covs, logs, slack_mps2, _SLACK_MEMORY_S)
        parts.append(np.log(slack_share) + log)
    shines = np.logaddexp(
        np.log(1.0 - _SMALL_SHARE) + _LARGE.log_likelihood(s), np.log(_SMALL_SHARE) + _SMALL.log_likelihood(s)
    )
    log_total = share + float(np.logaddexp.reduce(parts)) + float(shines)
    return (Weighed(Cause.BOLIDE, log_total, *_reasons(s, span_s)),)


def _entries(s: Sightings) -> tuple[Rows, Rows, Scalar]:
    """Velocities (k, 3), their covariances (k, 3, 3) and log shares (k,) of the ways to come in.

    Looks too few to tell courses apart are weighed on a coarser set with the same spread.
    """
    if len(s) == 1 and not s.known[:, 3].any():  # one direction: velocity says nothing
        return np.zeros((1, 3)), np.eye(3)[None] * 1e8, np.zeros(1)
    means, covs, logs = _entries_enu()
    enu = np.stack([*level_axes(s.up), s.up])
    return means @ enu, enu.T @ covs @ enu, logs


@lru_cache(maxsize=1)
def _entries_enu() -> tuple[Rows, Rows, Scalar]:
    """The same where east, north and up are the axes."""
    east, north, up = np.eye(3)
    means, covs, logs = [], [], []
    for course in np.arange(_COURSES) * 2.0 * np.pi / _COURSES:
        level = np.sin(course) * east + np.cos(course) * north
        across = np.cross(up, level)
        for steep_deg, steep_share in _STEEPNESS_DEG:
            steep = np.radians(steep_deg)
            along = np.cos(steep) * level - np.sin(steep) * up
            third = np.cross(along, across)
            for speed_kmps, speed_share in _SPEEDS:
                speed = speed_kmps * 1e3
                sizes = speed * np.array([_SPREAD, 0.5 * np.cos(steep) + 0.05, 0.3])
                axes = np.stack([along, across, third])
                means.append(speed * along)
                covs.append(np.einsum("ki,k,kj->ij", axes, sizes**2, axes))
                logs.append(np.log(steep_share * speed_share / _COURSES))
    return np.array(means), np.array(covs), np.array(logs)


def _reasons(s: Sightings, span_s: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for_: list[str] = []
    against: list[str] = []
    t = s.evidence.t_s
    later = int(np.sum(s.t_dark_s > t[-1] + 0.5))
    if span_s < 15.0 and later:
        for_.append(f"over after {span_s:.0f} s: {later} look{'s' if later != 1 else ''} after it found nothing")
    elif span_s == 0.0:
        for_.append("one flash")
    elif span_s > 15.0:
        against.append(f"seen for {span_s:.0f} s: bolides last seconds")
    moved, moved_s, blur_m = s.drift()
    if moved_s > 0.0 and len(s) > 1:
        ranged = bool((~s.is_direction).all())
        speed = float(np.linalg.norm(moved)) / moved_s
        words = f"{speed / 1e3:.1f} km/s {'through space' if ranged else 'across the ground'}"
        if 5e3 < speed < 75e3:
            for_.append(words)
        elif speed + 3.0 * blur_m / moved_s < 5e3:
            against.append(words)
        if ranged and height_of(s.places_itrf_m[-1]) > height_of(s.places_itrf_m[0]) + 2e3:
            against.append("it climbs; what falls in does not")
    return tuple(for_), tuple(against)
