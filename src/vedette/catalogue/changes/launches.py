"""New objects that belong to one launch: one plane, little spread across it, and no older object in their place.

Where a plane and a launch site meet tells when the launch may have been: twice a day the turning Earth carries the
site through the plane, once for a launch to the north-east and once to the south-east.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.catalogue.changes.breakups import Breakup, find_breakups
from vedette.catalogue.changes.newcomers import newcomers
from vedette.catalogue.changes.planes import MeanOrbits
from vedette.core.constants import EARTH_SPIN_RADPS
from vedette.core.shapes import Ints, Scalar
from vedette.frames import EarthOrientation, itrf_from_teme_matrix
from vedette.reports.elements import ElementSets

_NODE_RAD: Final = np.radians(1.5)
_LEAN_RAD: Final = np.radians(0.15)
_NS_PER_DAY: Final = 86_400 * 10**9
_FALLEN_M: Final = 400e3  # air takes pieces down
_NODE_SIGMA_RAD: Final = np.radians(3.0)
_FAMILY_LEAN_RAD: Final = np.radians(0.5)
_FAMILY_NODE_RAD: Final = np.radians(6.0)
_NOTHING_YET: Final = 0.2  # launches that failed, reached no orbit, or whose objects have no sets yet


@dataclass(frozen=True, slots=True, eq=False)
class LaunchGroup:
    """Objects of one launch, as rows of the new catalogue.

    t_tai_ns : at which the plane is told, the newest epoch of the old catalogue
    """

    objects: Ints
    t_tai_ns: int
    inclination_rad: float
    node_teme_rad: float
    node_rate_radpday: float
    semi_axis_low_m: float
    semi_axis_high_m: float


def find_launches(old: ElementSets, new: ElementSets) -> tuple[LaunchGroup, ...]:
    """Groups of new objects that share a plane and are pieces of no break-up, the largest first; single ones too."""
    rows = newcomers(old, new)
    if not len(rows):
        return ()
    for event in find_breakups(old, new):
        rows = rows[~np.isin(rows, event.pieces)]
        rows = rows[~_may_be_of(event, old, MeanOrbits.of(new.take(rows)))]
    # where their planes are all known best: when they were last seen
    t = int(np.median(new.t_epoch_tai_ns[rows])) if len(rows) else 0
    orbits = MeanOrbits.of(new.take(rows))
    node = orbits.nodes_rad(t)
    left = np.ones(len(rows), dtype=bool)
    found = []
    while left.any():
        index = np.flatnonzero(left)
        lean_off = np.abs(orbits.inclination_rad[index][:, None] - orbits.inclination_rad[index])
        node_off = np.abs(_wrapped(node[index][:, None] - node[index]))
        near = (lean_off < _LEAN_RAD) & (node_off < _NODE_RAD)
        top = int(np.argmax(near.sum(axis=1)))
        members = index[near[top]]
        left[members] = False
        middle = node[index[top]]
        found.append(
            LaunchGroup(
                objects=np.sort(rows[members]),
                t_tai_ns=t,
                inclination_rad=float(np.median(orbits.inclination_rad[members])),
                node_teme_rad=float((middle + np.median(_wrapped(node[members] - middle))) % (2.0 * np.pi)),
                node_rate_radpday=float(np.median(orbits.node_rate_radpday[members])),
                semi_axis_low_m=float(orbits.semi_axis_m[members].min()),
                semi_axis_high_m=float(orbits.semi_axis_m[members].max()),
            )
        )
    return tuple(sorted(found, key=lambda one: -len(one.objects)))


def _may_be_of(event: Breakup, old: ElementSets, orbits: MeanOrbits) -> np.ndarray:
    """(n,) whether an orbit may be a piece after all: near the place at the time, and leaning as the parent did."""
    above = np.abs(np.arcsin(np.clip(orbits.normals(event.t_tai_ns) @ event.place_teme, -1.0, 1.0)))
    reaches = orbits.semi_axis_m * (1.0 + orbits.eccentricity) > event.radius_m - _FALLEN_M
    lean = float(old.inclination_rad[event.parent]) if event.parent is not None else 0.0
    return (above < _NODE_RAD) & reaches & (np.abs(orbits.inclination_rad - lean) < 2.0 * _NODE_RAD)


def tie(group: LaunchGroup, t_launch_tai_ns: int, position_itrf_m: Scalar) -> float:
    """Probability-like weight, 0 to 1, that a launch seen at a time and place made this group.

    It is how well the group's plane, carried back, goes through the place then: one where it does exactly, less by a
    normal law of three degrees; zero where the plane never comes that far from the equator.
    """
    angle = plane_distance_rad(group, t_launch_tai_ns, position_itrf_m)
    return float(np.exp(-0.5 * (angle / _NODE_SIGMA_RAD) ** 2))


@dataclass(frozen=True, slots=True, eq=False)
class LaunchTie:
    """A launch that was seen, and the new objects it has made.

    launch : row of the launches asked
    objects : rows of the new catalogue
    off_rad : how far the nearest of their planes passes from the launch point at lift-off
    """

    launch: int
    objects: Ints
    probability: float
    off_rad: float


def launch_ties(
    groups: Sequence[LaunchGroup], launches: Sequence[tuple[int, Scalar]], t_first_tai_ns: Ints
) -> tuple[LaunchTie, ...]:
    """Which groups each launch (instant, itrf place) has made; one that is as well explained by another is not told.

    t_first_tai_ns : (n groups,) the oldest epoch of each: no launch has made what was up before it

    One group is of a launch, or none is yet: it failed, or nothing of it is catalogued. The plane of the right one
    passes within some three degrees of the place; the angle to a plane that has nothing to do with it is distributed
    as any plane's, its sine evenly. Groups in one plane (a tug that went on, a stage) are told together, and a plane is
    given to the launch it fits best (Kuhn 1955).
    """
    from scipy.optimize import linear_sum_assignment

    if not groups or not launches:
        return ()
    family = _families(groups, int(np.median([t for t, _ in launches])))
    count = int(family.max()) + 1
    angle = np.array([[plane_distance_rad(one, t, place) for one in groups] for t, place in launches])
    is_after = np.asarray(t_first_tai_ns)[None, :] > np.array([t for t, _ in launches])[:, None]
    near = np.sqrt(2.0 / np.pi) / _NODE_SIGMA_RAD * np.exp(-0.5 * (angle / _NODE_SIGMA_RAD) ** 2)
    odds = np.where(is_after, near / np.maximum(np.cos(angle), 1e-3), 0.0)
    best = np.stack([odds[:, family == k].max(axis=1) for k in range(count)], axis=1)  # (launches, families)
    weight = best * (1.0 - _NOTHING_YET) / count
    chance = weight / (weight.sum(axis=1, keepdims=True) + _NOTHING_YET)
    rows, columns = linear_sum_assignment(-np.log(np.maximum(weight, 1e-12) / _NOTHING_YET))
    found = []
    for launch, k in zip(rows.tolist(), columns.tolist(), strict=True):
        mine = np.flatnonzero((family == k) & (odds[launch] > 0.0))
        if k == int(np.argmax(best[launch])) and len(mine):
            objects = np.sort(np.concatenate([groups[i].objects for i in mine.tolist()]))
            found.append(LaunchTie(launch, objects, float(chance[launch, k]), float(angle[launch, mine].min())))
    return tuple(found)


def _families(groups: Sequence[LaunchGroup], t_tai_ns: int) -> Ints:
    """(n,) which groups share one plane, now or at an instant, by number: what a launch leaves in several orbits.

    Orbits of different heights that left together have drifted apart; those that are alike now may just have met.
    """
    lean = np.array([one.inclination_rad for one in groups])
    node = np.array([one.node_teme_rad for one in groups])
    then = node + np.array([one.node_rate_radpday * (t_tai_ns - one.t_tai_ns) / _NS_PER_DAY for one in groups])
    family = np.full(len(groups), -1, dtype=np.int64)
    order = sorted(range(len(groups)), key=lambda i: -len(groups[i].objects))
    for i in order:
        if family[i] < 0:
            apart = np.minimum(np.abs(_wrapped(node - node[i])), np.abs(_wrapped(then - then[i])))
            near = apart < _FAMILY_NODE_RAD
            family[near & (np.abs(lean - lean[i]) < _FAMILY_LEAN_RAD) & (family < 0)] = family.max() + 1
    return family


def plane_distance_rad(group: LaunchGroup, t_tai_ns: int, position_itrf_m: Scalar) -> float:
    """Angle between a place on the turning Earth and the group's plane at an instant."""
    days = (t_tai_ns - group.t_tai_ns) / _NS_PER_DAY
    node = group.node_teme_rad + days * group.node_rate_radpday
    normal = np.array([
        np.sin(group.inclination_rad) * np.sin(node),
        -np.sin(group.inclination_rad) * np.cos(node),
        np.cos(group.inclination_rad),
    ])  # fmt: skip
    turn = itrf_from_teme_matrix(np.array([t_tai_ns]), EarthOrientation.packaged())[0]
    place = np.asarray(position_itrf_m, dtype=float)
    return float(np.abs(np.arcsin((turn.T @ place) @ normal / np.linalg.norm(place))))


def launch_times(group: LaunchGroup, position_itrf_m: Scalar, t_from_tai_ns: int, t_to_tai_ns: int) -> tuple[int, ...]:
    """Instants within a stretch at which a site passes through the group's plane: when it can have been launched."""
    step = 600 * 10**9
    t = np.arange(t_from_tai_ns, t_to_tai_ns + step, step)
    off = np.array([_signed(group, int(one), position_itrf_m) for one in t])
    crossed = np.flatnonzero(off[:-1] * off[1:] < 0.0)
    share = off[crossed] / (off[crossed] - off[crossed + 1])
    return tuple((t[crossed] + (share * step).astype(np.int64)).tolist())


def _signed(group: LaunchGroup, t_tai_ns: int, position_itrf_m: Scalar) -> float:
    """Sine of the angle above the plane; the Earth's turn is counted steadily, which is good to seconds."""
    place = np.asarray(position_itrf_m, dtype=float)
    turn = itrf_from_teme_matrix(np.array([group.t_tai_ns]), EarthOrientation.packaged())[0]
    at_group = turn.T @ place
    days = (t_tai_ns - group.t_tai_ns) / _NS_PER_DAY
    turned = EARTH_SPIN_RADPS * days * 86_400.0
    longitude = np.arctan2(at_group[1], at_group[0]) + turned
    level = np.hypot(at_group[0], at_group[1])
    node = group.node_teme_rad + days * group.node_rate_radpday
    lean = group.inclination_rad
    above = level * np.sin(lean) * np.sin(node - longitude) + at_group[2] * np.cos(lean)
    return float(above / np.linalg.norm(place))


def _wrapped(angle: Scalar) -> Scalar:
    return (angle + np.pi) % (2.0 * np.pi) - np.pi
