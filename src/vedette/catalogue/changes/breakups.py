"""Break-ups: many new orbits that once passed through one point, where an older object was.

Every piece leaves the place of the event on an orbit of its own, so all their planes hold that place at that time
and at no other: oblateness turns the planes apart at rates that differ with size and inclination. So the new objects
are searched day by day for a crowd of planes, the day is refined until planes and place fit best (a line in the
plane of inclination and node, whose direction tells the argument of latitude; Gauss's equations, Vallado 2013, 9.3),
and an old object is sought whose orbit goes through the place. A launch differs: its objects stay in one plane, with
no across-track spread, and draw apart in no way that leads back to one day.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from vedette.catalogue.changes.newcomers import newcomers
from vedette.catalogue.changes.planes import MeanOrbits
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports.elements import ElementSets

_NS_PER_DAY: Final = 86_400 * 10**9
_FEWEST: Final = 10
_CELL_RAD: Final = np.radians(1.0)
_NEAR_PERIOD_RADPMIN: Final = 2.0 * np.pi / 225.0
_FLOOR_RAD: Final = np.radians(0.02)  # what a plane is unsure by at best
_BEND_SHARE: Final = 0.25  # of what drag did to the node is not known
_KNOWN_RAD: Final = np.radians(0.15)  # a plane known worse tells nothing
_NARROW_RAD: Final = np.radians(0.12)  # a chance crowd is wider across its line
_TIGHT_M: Final = 25e3  # and its orbits cross the place at heights that differ more
_REACH_RAD: Final = np.radians(8.0)  # about 1 km/s across
_LEAST_ACROSS_MPS: Final = 1.0  # a launch spreads less
_TURN: Final = 2.0 * np.pi


@dataclass(frozen=True, slots=True, eq=False)
class Breakup:
    """One event.

    parent : row of the old catalogue, or None
    parents : rows of the likeliest, best first, and their probabilities
    pieces : rows of the new catalogue
    t_tai_ns, t_sigma_s : when
    place_teme : unit vector to the place; radius_m its distance from the centre
    across_mps, along_mps : robust spread of the pieces' speeds, from inclination and node, and from size
    probability : that this is a break-up of an old object
    """

    parent: int | None
    parents: Ints
    parent_probabilities: Scalar
    pieces: Ints
    t_tai_ns: int
    t_sigma_s: float
    place_teme: Rows
    radius_m: float
    latitude_argument_rad: float
    across_mps: float
    along_mps: float
    probability: float


def find_breakups(old: ElementSets, new: ElementSets, fewest: int = _FEWEST) -> tuple[Breakup, ...]:
    """Break-ups between two catalogues, the largest first. Names and designators are not looked at."""
    rows = newcomers(old, new)
    rows = rows[new.mean_motion_radpmin[rows] > _NEAR_PERIOD_RADPMIN]
    if len(rows) < fewest or not len(old):
        return ()
    t_first = int(np.percentile(old.t_epoch_tai_ns, 5))
    t_last = int(np.percentile(new.t_epoch_tai_ns, 50))
    near_old = np.flatnonzero(old.mean_motion_radpmin > _NEAR_PERIOD_RADPMIN)
    return breakups_of_orbits(
        MeanOrbits.of(new.take(rows)), rows, MeanOrbits.of(old.take(near_old)), near_old, t_first, t_last, fewest
    )


def breakups_of_orbits(
    orbits: MeanOrbits, rows: Ints, olds: MeanOrbits, old_rows: Ints, t_first: int, t_last: int, fewest: int = _FEWEST
) -> tuple[Breakup, ...]:
    """The same for orbits from anywhere (uncorrelated tracks too) that are not in the old catalogue.

    `rows` and `old_rows` are the numbers by which answers name the orbits.
    """
    left = np.ones(len(orbits), dtype=bool)
    found: list[Breakup] = []
    while int(left.sum()) >= fewest:
        index = np.flatnonzero(left)
        core, t_rough = _crowd(orbits.take(index), t_first, t_last)
        if len(core) < fewest:
            break
        event = _event(orbits, index, index[core], t_rough, olds, old_rows, t_first, t_last, fewest)
        left[index[core]] = False
        if event is not None:
            left[event.pieces] = False
            found.append(replace(event, pieces=np.sort(rows[event.pieces])))
    return tuple(sorted(found, key=lambda one: -len(one.pieces)))


def _crowd(orbits: MeanOrbits, t_first: int, t_last: int) -> tuple[Ints, int]:
    """Members of the densest cell of inclination and node over all days, and its day."""
    best, rough, cell = 0.0, t_first, (0, 0)
    side = round(_TURN / _CELL_RAD)
    band = (orbits.inclination_rad / _CELL_RAD).astype(np.int64) + 1
    for t in range(t_first, t_last, _NS_PER_DAY):
        column = (orbits.nodes_rad(t) / _CELL_RAD).astype(np.int64) % side
        counts = np.bincount(band * side + column, minlength=183 * side).reshape(-1, side).astype(float)
        counts = counts + np.roll(counts, 1, axis=1) + np.roll(counts, -1, axis=1)
        counts[1:-1] += counts[:-2] + counts[2:]
        top = int(np.argmax(counts))
        if counts.flat[top] > best:
            best, rough, cell = float(counts.flat[top]), t, divmod(top, side)
    column = (orbits.nodes_rad(rough) / _CELL_RAD).astype(np.int64) % side
    aside = np.abs((column - cell[1] + side // 2) % side - side // 2)
    return np.flatnonzero((np.abs(band - cell[0]) <= 1) & (aside <= 1)), rough


@dataclass(frozen=True, slots=True)
class _Line:
    """Planes at an instant as points (inclination, node times sine of it) about a centre, and the line through them."""

    centre: tuple[float, float]
    latitude_argument_rad: float
    residuals_rad: Scalar
    sigmas_rad: Scalar
    along_rad: Scalar
    cost: float


def _line(orbits: MeanOrbits, core: Ints, t: int) -> _Line:
    node, lean = orbits.nodes_rad(t), orbits.inclination_rad
    some = node[core]
    middle = float(np.angle(np.exp(1j * some).mean()))
    middle += float(np.median(_wrapped(some - middle)))
    level = float(np.median(lean[core]))
    p, q = lean - level, _wrapped(node - middle) * np.sin(level)
    days = orbits.days_to(t)
    sigma = np.hypot(_FLOOR_RAD, _BEND_SHARE * np.abs(orbits.node_bend) * days**2 * np.sin(level))
    weight = 1.0 / sigma[core] ** 2
    angle = 0.0
    for _ in range(12):
        total = weight.sum()
        mean_p, mean_q = (weight @ p[core]) / total, (weight @ q[core]) / total
        dp, dq = p[core] - mean_p, q[core] - mean_q
        angle = 0.5 * float(np.arctan2(2.0 * (weight @ (dp * dq)), weight @ (dp * dp) - weight @ (dq * dq)))
        off = dq * np.cos(angle) - dp * np.sin(angle)
        weight = 1.0 / (sigma[core] ** 2 + off**2 / 3.0)
    off = (q - mean_q) * np.cos(angle) - (p - mean_p) * np.sin(angle)
    cost = 2.0 * float(np.log1p((off[core] / sigma[core]) ** 2 / 3.0).sum())
    centre = (level + mean_p, middle + mean_q / np.sin(level))
    along = (p - mean_p) * np.cos(angle) + (q - mean_q) * np.sin(angle)
    return _Line(centre, angle, off, sigma, along, cost)


def _event(
    orbits: MeanOrbits, index: Ints, core: Ints, t_rough: int, olds: MeanOrbits, old_rows: Ints,
    t_first: int, t_last: int, fewest: int,
) -> Breakup | None:  # fmt: skip
    """The event of a crowd, pieces as rows of `orbits`; None where it is none."""
    core = core[_near_median(orbits.node_rate_radpday[core], 60.0)]
    line, t = _line(orbits, core, t_rough), t_rough
    for step in (_NS_PER_DAY, _NS_PER_DAY // 8, _NS_PER_DAY // 40):
        low, high = (t_first, t_last) if step == _NS_PER_DAY else (t - 9 * step, t + 10 * step)
        days = list(range(low, high, step))
        lines = [_line(orbits, core, day) for day in days]
        k = int(np.argmin([one.cost for one in lines]))
        line, t = lines[k], days[k]
    costs = np.array([one.cost for one in lines])
    weights = np.exp(-0.5 * (costs - costs.min()))
    sigma_s = max(float(np.sqrt(weights @ ((np.array(days) - t) / 1e9) ** 2 / weights.sum())), 3600.0)
    edge = 0.6 * _NS_PER_DAY
    if not t_first + edge < t < t_last - edge:
        return None
    # which of the two places where the planes cross: where the distances agree
    choices = []
    for angle in (line.latitude_argument_rad, line.latitude_argument_rad + np.pi):
        radii = orbits.radii_m(t, angle)
        choices.append((_spread(radii[core]), angle % _TURN, radii, float(np.median(radii[core]))))
    tight, angle, radii, radius = min(choices, key=lambda one: one[0])
    doubt = np.hypot(3.0 * _spread(line.residuals_rad[core]), 3.0 * line.sigmas_rad)
    room = 4.0 * max(tight, 5e3) + 0.5 * orbits.semi_axis_m * orbits.eccentricity * 0.05
    inside = (np.abs(line.residuals_rad) < doubt) & (np.abs(line.along_rad) < _REACH_RAD)
    inside &= (np.abs(radii - radius) < room) & np.isin(np.arange(len(orbits)), index)
    pieces = np.flatnonzero(inside)
    if len(pieces) < fewest:
        return None
    speed = float(np.sqrt(3.986004418e14 / radius))
    across = speed * float(np.hypot(_spread(orbits.inclination_rad[core]), _spread(line.along_rad[core])))
    along = 0.5 * speed * _spread(orbits.semi_axis_m[core]) / radius
    parents, weights_p, miss = _parents(olds, line, t, angle, radius)
    known = line.sigmas_rad[core] < _KNOWN_RAD
    fits = known & (np.abs(line.residuals_rad[core]) < _KNOWN_RAD)
    is_pinch = known.mean() > 0.5 and fits.sum() > 0.75 * known.sum() and tight < _TIGHT_M
    is_pinch &= _spread(line.residuals_rad[core]) < _NARROW_RAD
    opens = _opening(orbits, core, t, t_last)
    gain = _line(orbits, core, t_first).cost - line.cost
    if not is_pinch or across < _LEAST_ACROSS_MPS or opens < 1.3 or gain < 12.0 or miss > 12.0:
        return None
    lean, node = line.centre
    place = np.array([
        np.cos(node) * np.cos(angle) - np.sin(node) * np.sin(angle) * np.cos(lean),
        np.sin(node) * np.cos(angle) + np.cos(node) * np.sin(angle) * np.cos(lean),
        np.sin(angle) * np.sin(lean),
    ])  # fmt: skip
    best = int(parents[0])
    t_event = _passage(olds, best, t, angle)
    odds = 0.5 * (gain - 12.0) + 0.3 * (len(pieces) - fewest) + 2.0 * np.log(across / _LEAST_ACROSS_MPS) - 0.5 * miss
    return Breakup(
        parent=int(old_rows[best]),
        parents=old_rows[parents],
        parent_probabilities=weights_p,
        pieces=pieces,
        t_tai_ns=t_event,
        t_sigma_s=sigma_s,
        place_teme=place,
        radius_m=radius,
        latitude_argument_rad=angle,
        across_mps=across,
        along_mps=along,
        probability=float(1.0 / (1.0 + np.exp(-np.clip(odds, -20.0, 12.0)))),
    )


def _parents(olds: MeanOrbits, line: _Line, t: int, angle: float, radius: float) -> tuple[Ints, Scalar, float]:
    """Old objects whose orbits go through the place, best first; their probabilities; how far off the best is."""
    level, middle = line.centre
    p = olds.inclination_rad - level
    q = _wrapped(olds.nodes_rad(t) - middle) * np.sin(level)
    off = q * np.cos(line.latitude_argument_rad) - p * np.sin(line.latitude_argument_rad)
    along = p * np.cos(line.latitude_argument_rad) + q * np.sin(line.latitude_argument_rad)
    height = olds.radii_m(t, angle) - radius
    across_room = max(_FLOOR_RAD, 0.5 * _spread(line.residuals_rad[np.abs(line.along_rad) < _REACH_RAD]))
    off_room = np.radians(0.08)
    along_room = max(0.4 * across_room, np.radians(0.06))
    # a piece's speed is as often ahead as behind, so the parent is in the middle of the line
    core = np.abs(line.residuals_rad) < 3.0 * line.sigmas_rad
    along_room = max(along_room, 0.5 * _spread(line.along_rad[core]) if core.any() else 0.0)
    miss = (off / off_room) ** 2 + (along / along_room) ** 2 + (height / 8e3) ** 2
    order = np.argsort(miss)[:8]
    weight = np.exp(-0.5 * (miss[order] - miss[order[0]]))
    return order, weight / weight.sum(), float(miss[order[0]])


def _passage(olds: MeanOrbits, row: int, t: int, angle: float) -> int:
    """The parent's passage of the place nearest to the fitted time."""
    one = olds.take(np.array([row]))
    days = float(one.days_to(t)[0])
    e = float(one.eccentricity[0])
    true = angle - float(one.perigee_rad[0] + days * one.perigee_rate_radpday[0])
    half = 2.0 * np.arctan2(np.sqrt(1.0 - e) * np.sin(true / 2.0), np.sqrt(1.0 + e) * np.cos(true / 2.0))
    wanted = half - e * np.sin(half)
    now = float(one.anomaly_rad[0] + days * one.anomaly_rate_radpday[0])
    ahead = float(_wrapped(np.array(wanted - now)))
    return t + int(ahead / float(one.anomaly_rate_radpday[0] + one.perigee_rate_radpday[0]) * _NS_PER_DAY)


def _opening(orbits: MeanOrbits, core: Ints, t: int, t_last: int) -> float:
    """How much wider apart the nodes are at the end than at the event."""
    then, now = (_wrapped(nodes - nodes[0]) for nodes in (orbits.nodes_rad(t)[core], orbits.nodes_rad(t_last)[core]))
    return _spread(now) / max(_spread(then), 1e-9)


def _near_median(values: Scalar, times: float) -> np.ndarray:
    return np.abs(values - np.median(values)) <= times * max(_spread(values), 1e-12)


def _spread(values: Scalar) -> float:
    """Robust standard deviation."""
    return float(1.4826 * np.median(np.abs(values - np.median(values)))) if len(values) else 0.0


def _wrapped(angle: Scalar) -> Scalar:
    return (angle + np.pi) % _TURN - np.pi
