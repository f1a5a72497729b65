"""Was what is seen announced? Launches against open notices, one to one, with the near misses and their reasons.

The weight of a pair is a log-likelihood ratio: how likely the launch's place, time, azimuth and class are if the notice
tells the truth, against a launch that nobody announced (a background rate per area and time). Pairs are chosen so that
their sum is largest, each notice taking as many launches as it announces. What lies near but outside is said with the
reason. A match changes the explanation and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from vedette.core.assignment import best_pairs
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.frames import geodesic_direct, great_circle_m, polygon_area_m2, polygon_contains, polygon_distance_m
from vedette.notices.cases import Case, CaseState, state_of
from vedette.reports import Grouping, Mode, NoticeArea, NoticeKind

GROUP_S = {Grouping.SINGLE: np.inf, Grouping.SIMULTANEOUS: 300.0, Grouping.NEAR_SIMULTANEOUS: 3600.0}
BALLISTIC = frozenset({
    "short-range-ballistic", "medium-range-ballistic", "intermediate-range-ballistic", "intercontinental-ballistic",
    "submarine-launched-ballistic",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """What a notice is trusted for, and how far from it something still counts as announced."""

    background_per_m2_s: float = 1500.0 / 5.1e14 / 3.16e7  # some 1,500 launches of all sizes a year, anywhere
    least_radius_m: float = 5e3  # no announced place is better known
    margin_s: float = 600.0  # a window is kept to within ten minutes
    gate_sigmas: float = 3.0
    other_class: float = 0.02  # share of announced launches that turn out to be of another class
    azimuth_spread_rad: float = np.radians(5.0)  # beyond the announced sector
    flown: float = 0.8  # share of announced launches that are flown at all


@dataclass(frozen=True, slots=True, eq=False)
class SeenLaunch:
    """A launch as the assessment states it; position, time and azimuth with one sigma."""

    object_id: str
    mode: Mode
    t_launch_tai_ns: int
    t_sigma_s: float
    lat_rad: float
    lon_rad: float
    cov_m2: Rows  # (2, 2) east, north
    class_probabilities: Mapping[str, float] = field(default_factory=dict)
    azimuth_rad: float = np.nan  # NaN: nearly vertical, or not known
    azimuth_sigma_rad: float = np.nan
    impact_rad: tuple[float, float] | None = None  # latitude, longitude of the predicted impact
    impact_sigma_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A launch and a notice: why it is its, or why it is not."""

    object_id: str
    case_id: str
    log_ratio: float  # natural logarithm, against a launch that nobody announced
    is_matched: bool
    deviations: tuple[str, ...]  # of a match: how it differs from what was announced
    reasons: tuple[str, ...]  # of a near miss: what keeps it out


@dataclass(frozen=True, slots=True)
class Matching:
    """Launches and notices, paired."""

    pairs: tuple[Pair, ...]
    near_misses: tuple[Pair, ...]
    unnotified: tuple[str, ...]  # objects
    excess: tuple[Pair, ...]  # as announced, but beyond the announced number
    states: Mapping[str, CaseState]


def match_launches(
    cases: Sequence[Case], launches: Sequence[SeenLaunch], t_tai_ns: int, policy: MatchPolicy | None = None
) -> Matching:
    """Pair launches with cases as they stand at an instant. Only notices of a launch's own mode can explain it."""
    policy = policy or MatchPolicy()
    announced = [c for c in cases if c.notice.kind is NoticeKind.PRE_LAUNCH and not c.is_cancelled]
    scored = [
        _score(case, launch, policy)
        for launch in launches
        for case in announced
        if case.notice.mode is launch.mode and case.notice.t_received_tai_ns <= t_tai_ns
    ]
    inside = [pair for pair in scored if not pair.reasons]
    rows = {launch.object_id: i for i, launch in enumerate(launches)}
    first, slot, gain, who = [], [], [], []
    start = 0
    for case in announced:
        for pair in (pair for pair in inside if pair.case_id == case.case_id):
            for k in range(min(case.notice.count, len(launches))):
                first.append(rows[pair.object_id])
                slot.append(start + k)
                gain.append(max(pair.log_ratio, 1e-9) - 1e-12 * k)
                who.append(pair)
        start += case.notice.count
    chosen = [who[i] for i in best_pairs(np.array(first, np.int64), np.array(slot, np.int64), np.array(gain, float))]
    matched = _grouped(chosen, {c.case_id: c for c in announced}, {one.object_id: one for one in launches})
    taken = {pair.object_id for pair in matched}
    full = {c.case_id for c in announced if sum(p.case_id == c.case_id for p in matched) >= c.notice.count}
    excess = tuple(p for p in inside if p.object_id not in taken and p.case_id in full)
    beyond = {pair.object_id for pair in excess}
    states = {}
    for case in cases:
        mine = [pair for pair in matched if pair.case_id == case.case_id]
        more = any(pair.case_id == case.case_id for pair in excess)
        is_off = any(pair.deviations for pair in mine)
        states[case.case_id] = CaseState.EXCESS if more else state_of(case, t_tai_ns, len(mine), is_off)
    return Matching(
        pairs=tuple(matched),
        near_misses=tuple(pair for pair in scored if pair.reasons and pair.object_id not in taken and _is_near(pair)),
        unnotified=tuple(one.object_id for one in launches if one.object_id not in taken | beyond),
        excess=excess,
        states=states,
    )


def _is_near(pair: Pair) -> bool:
    return len(pair.reasons) == 1  # all else fits


def _score(case: Case, launch: SeenLaunch, policy: MatchPolicy) -> Pair:
    notice = case.notice
    parts = [
        _place(notice.launch_areas, launch, policy),
        _time(case, launch, policy),
        _azimuth(notice.azimuth_rad, launch, policy),
        _class(notice.class_name, launch, policy),
    ]
    log_ratio = np.log(policy.flown) + sum(part[0] for part in parts) - np.log(policy.background_per_m2_s)
    reasons = tuple(part[1] for part in parts if part[1])
    return Pair(launch.object_id, case.case_id, float(log_ratio), False, () if reasons else _off(case, launch), reasons)


def _place(areas: Sequence[NoticeArea], launch: SeenLaunch, policy: MatchPolicy) -> tuple[float, str]:
    """Log density of the launch point, per m2, over the announced areas."""
    if not areas:
        return float(np.log(1.0 / 5.1e14)), ""  # it may be anywhere
    root = np.linalg.cholesky(launch.cov_m2 + np.eye(2))
    east_north = _PLANE @ root.T
    bearing, reach = np.arctan2(east_north[:, 0], east_north[:, 1]), np.hypot(*east_north.T)
    lat, lon, _ = geodesic_direct(launch.lat_rad, launch.lon_rad, bearing, reach)
    share = np.array([inside_of(area, lat, lon, policy.least_radius_m).mean() for area in areas])
    size = np.array([size_of(area, policy.least_radius_m) for area in areas])
    if share.max() > 0.0:
        return float(np.log(np.max(share / size))), ""
    apart_m = min(float(distance_of(area, launch.lat_rad, launch.lon_rad)) for area in areas)
    sigma_m = float(np.sqrt(np.linalg.eigvalsh(launch.cov_m2)[-1]))
    return -np.inf, f"launched {apart_m / 1e3:.0f} km outside the announced area ({sigma_m / 1e3:.1f} km one sigma)"


def _time(case: Case, launch: SeenLaunch, policy: MatchPolicy) -> tuple[float, str]:
    """Log density of the launch time, per second, over the announced windows."""
    if not case.notice.windows:
        return float(np.log(1.0 / 3.16e7)), ""
    best, early_s = -np.inf, np.inf
    for window in case.notice.windows:
        start_s = (window.t_from_tai_ns - launch.t_launch_tai_ns) / NS_PER_S - policy.margin_s
        end_s = (window.t_to_tai_ns - launch.t_launch_tai_ns) / NS_PER_S + policy.margin_s
        sigma_s = max(launch.t_sigma_s, 1.0)
        share = float(ndtr(end_s / sigma_s) - ndtr(start_s / sigma_s))
        if share > 1.0 - ndtr(policy.gate_sigmas):
            best = max(best, np.log(share / (end_s - start_s)))
        off_s = start_s + policy.margin_s if start_s > 0.0 else end_s - policy.margin_s
        early_s = off_s if abs(off_s) < abs(early_s) else early_s
    if np.isfinite(best):
        return float(best), ""
    words = "before the window opens" if early_s > 0.0 else "after it closed"
    return -np.inf, f"launched {abs(early_s) / 60.0:.0f} min {words}"


def _azimuth(sector: tuple[float, float] | None, launch: SeenLaunch, policy: MatchPolicy) -> tuple[float, str]:
    """Log of the density of the azimuth over the announced sector against any azimuth."""
    if sector is None or not np.isfinite(launch.azimuth_rad):
        return 0.0, ""
    width = (sector[1] - sector[0]) % (2.0 * np.pi)
    away = (launch.azimuth_rad - sector[0]) % (2.0 * np.pi)
    off = 0.0 if away <= width else min(away - width, 2.0 * np.pi - away)
    sigma = float(np.hypot(launch.azimuth_sigma_rad, policy.azimuth_spread_rad))
    if off > policy.gate_sigmas * sigma:
        return -np.inf, f"flies {np.degrees(off):.0f} degrees outside the announced sector"
    return float(np.log(2.0 * np.pi / (width + 2.5 * sigma)) - 0.5 * (off / sigma) ** 2), ""


def _class(announced: str, launch: SeenLaunch, policy: MatchPolicy) -> tuple[float, str]:
    """Log of the probability that the launch is of the announced class, against what is common."""
    if not announced or not launch.class_probabilities:
        return 0.0, ""
    wanted = BALLISTIC if announced == "ballistic" else frozenset({announced})
    fits = sum(p for name, p in launch.class_probabilities.items() if name in wanted)
    if fits < policy.other_class:
        likely = max(launch.class_probabilities, key=lambda name: launch.class_probabilities[name])
        return -np.inf, f"is {likely}, not the announced {announced} (probability {fits:.3f})"
    return float(np.log((1.0 - policy.other_class) * fits + policy.other_class)), ""


def _off(case: Case, launch: SeenLaunch) -> tuple[str, ...]:
    """How a launch that fits its notice still differs from it: where it will come down."""
    areas = case.notice.hazard_areas
    if not areas or launch.impact_rad is None:
        return ()
    apart_m = min(float(distance_of(area, *launch.impact_rad)) for area in areas)
    if apart_m <= 3.0 * launch.impact_sigma_m:
        return ()
    return (f"predicted impact lies {apart_m / 1e3:.0f} km outside every announced area",)


def _grouped(
    pairs: Sequence[Pair], cases: Mapping[str, Case], launches: Mapping[str, SeenLaunch]
) -> tuple[Pair, ...]:
    """Matches in order, those of one notice that come too far apart marked."""
    out = []
    for pair in sorted(pairs, key=lambda p: (p.case_id, launches[p.object_id].t_launch_tai_ns, p.object_id)):
        mine = [p for p in pairs if p.case_id == pair.case_id]
        first_ns = min(launches[p.object_id].t_launch_tai_ns for p in mine)
        late_s = (launches[pair.object_id].t_launch_tai_ns - first_ns) / NS_PER_S
        limit_s = GROUP_S[cases[pair.case_id].notice.grouping]
        words = f"launched {late_s / 60.0:.0f} min after the first of its group, not within {limit_s / 60.0:.0f} min"
        deviations = (*pair.deviations, words) if late_s > limit_s else pair.deviations
        out.append(Pair(pair.object_id, pair.case_id, pair.log_ratio, True, deviations, ()))
    return tuple(out)


def inside_of(area: NoticeArea, lat_rad: Scalar, lon_rad: Scalar, least_radius_m: float = 0.0) -> Scalar:
    """(...) whether places lie in an announced area."""
    if len(area.corners_rad) >= 3:
        return np.asarray(polygon_contains(np.array(area.corners_rad), lat_rad, lon_rad))
    return np.asarray(great_circle_m(*area.corners_rad[0], lat_rad, lon_rad) <= max(area.radius_m, least_radius_m))


def distance_of(area: NoticeArea, lat_rad: Scalar | float, lon_rad: Scalar | float) -> Scalar:
    """(...) metres from places to an announced area; zero inside."""
    if len(area.corners_rad) >= 3:
        return polygon_distance_m(np.array(area.corners_rad), lat_rad, lon_rad)
    return np.maximum(great_circle_m(*area.corners_rad[0], lat_rad, lon_rad) - area.radius_m, 0.0)


def size_of(area: NoticeArea, least_radius_m: float = 0.0) -> float:
    """Square metres."""
    if len(area.corners_rad) >= 3:
        return polygon_area_m2(np.array(area.corners_rad))
    return float(np.pi * max(area.radius_m, least_radius_m) ** 2)


def _plane(count: int) -> Rows:
    """Points (count, 2) of a standard normal, evenly spread [sunflower; Vogel 1979]."""
    i = np.arange(count) + 0.5
    radius = np.sqrt(-2.0 * np.log(1.0 - i / count))
    turn = i * np.pi * (3.0 - np.sqrt(5.0))
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


_PLANE = _plane(400)
