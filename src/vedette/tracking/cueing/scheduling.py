"""Spending radar seconds: which tracks to look at, with which radar, and how long is left for search.

`schedule` is a pure function of the tracks, the radars and the seconds there are. It buys looks by what they are
worth for a second of radar time (`look_value`), each look making the next at the same track worth less, and keeps a
floor of every radar's time for search. For the entropy of the state the worth is monotone and submodular, so that
buying greedily is never far from the best plan (Krause and Golovin 2014); small cases are tested against every plan
there is.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Rows
from vedette.estimation import chi_square_gate
from vedette.motion.propagate import propagate_coast_stm
from vedette.sensing import Radar, Sensor
from vedette.sensing.chances import Health, health_of
from vedette.tracking.cueing.look_value import Goal, Stake, stakes_of
from vedette.tracking.cueing.search_volume import LATTICE, beam_of
from vedette.tracking.motions import PARAMETER_SIGMA
from vedette.tracking.tracks import Tracks

SEARCH_SHARE = 0.3
LEAST_GAIN_NATS = 1e-4  # a look that tells less than this is not worth the beam
IN_VOLUME = 0.99
EXCHANGED_MOST = 12  # looks in a plan whose every look is tried for exchange; longer plans are close already


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of a radar's time. `track_id` is empty for search."""

    sensor_id: str
    start_s: float  # after the plan's beginning
    dwell_s: float
    track_id: str
    azimuth_rad: float
    elevation_rad: float
    beam_count: int
    detection_probability: float
    gain_nats: float  # expected, after the tasks that were bought before it
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What every radar does for some seconds, and what is expected of it."""

    seconds: float
    goal: Goal
    tasks: tuple[Task, ...]  # by radar, then by time

    @property
    def gain_nats(self) -> float:
        """All that is expected to be learnt."""
        return sum(task.gain_nats for task in self.tasks)

    def seconds_of(self, sensor_id: str, track_id: str | None = None) -> float:
        """Time a radar spends on one track ("" is search), or on everything."""
        return sum(t.dwell_s for t in self.tasks if t.sensor_id == sensor_id and track_id in (None, t.track_id))

    def summary(self) -> str:
        """A line for each task, and why."""
        lines = [f"{self.seconds:g} s by {self.goal}: {self.gain_nats:.1f} nats expected"]
        for task in self.tasks:
            when = f"{task.start_s:6.2f} s +{task.dwell_s:5.2f}"
            lines.append(f"{task.sensor_id:<14} {when}  {task.track_id or 'search':<9} {task.why}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One look that could be bought: a radar at a track."""

    track: int
    radar: int
    information: Rows  # (6, 6) that it brings, times its chance to find the object
    dwell_s: float
    detection_probability: float
    azimuth_rad: float
    elevation_rad: float
    beam_count: int


def schedule(
    tracks: Tracks,
    sensors: Iterable[Sensor],
    seconds: float,
    *,
    goal: Goal = "impact",
    search_share: float = SEARCH_SHARE,
    weights: Mapping[str, float] | None = None,
    health: Mapping[str, Health] | None = None,
    rcs_m2: float = 0.5,
) -> Plan:
    """How to spend the next seconds of the radars among `sensors` on these tracks.

    Parameters
    ----------
    tracks : at the plan's beginning
    seconds : of every radar; looks are judged by where the tracks will be in the middle of them
    goal : what looks are to make surer: `impact` (where it comes down), `identity` (which class), `state`
    search_share : of every radar's time that is kept for search, whatever the tracks would bear
    weights : by track id, how much more one track matters than another; 1 by default
    health : radars that are lost or work in noise, by name
    """
    if not seconds > 0.0:
        raise UsageError(f"{seconds:g} s to spend; give a positive time")
    if not 0.0 <= search_share <= 1.0:
        raise UsageError(f"search_share = {search_share:g} must be in [0, 1]")
    if goal not in ("impact", "identity", "state"):
        raise UsageError(f"no goal {goal!r}; there are impact, identity, state")
    radars = [s for s in sensors if isinstance(s, Radar) and not health_of(s.name, health).is_lost]
    rises = [health_of(radar.name, health).noise_rise_db for radar in radars]
    states, covs = _in_the_middle(tracks, seconds)
    stakes = stakes_of(goal, states, covs, [(weights or {}).get(name, 1.0) for name in tracks.ids])
    offers = looks_on_offer(states, covs, radars, rcs_m2, rises)
    budgets = [seconds * (1.0 - search_share)] * len(radars)
    bought = buy(stakes, offers, budgets)
    return Plan(seconds, goal, _tasks(tracks.ids, radars, offers, bought, seconds))


def buy(
    stakes: Sequence[Stake], offers: Sequence[Offer], budgets_s: Sequence[float]
) -> tuple[tuple[int, float], ...]:
    """Which offers to take, in order, each as often as is worth it, and the nats that each brings when it is taken.

    Greedy by worth for a second and then by worth alone (dear looks must not be crowded out by cheap ones); the better
    of the two, improved while giving up one look for others pays.
    """

    def for_a_second(gain: float, offer: Offer) -> float:
        return gain / offer.dwell_s

    def alone(gain: float, offer: Offer) -> float:
        return gain

    plans = [_greedy(stakes, offers, budgets_s, (), rule) for rule in (for_a_second, alone)]
    best = max(plans, key=_total)
    for _ in range(3):
        if len(best) > EXCHANGED_MOST:
            break
        tries = [
            _greedy(stakes, offers, budgets_s, tuple(k for j, (k, _) in enumerate(best) if j != i), rule, best[i][0])
            for i in range(len(best))
            for rule in (for_a_second, alone)
        ]
        better = max(tries, key=_total, default=best)
        if _total(better) <= _total(best) + 1e-9:
            break
        best = better
    return best


def _total(plan: tuple[tuple[int, float], ...]) -> float:
    return sum(gain for _, gain in plan)


def worth(stakes: Sequence[Stake], offers: Sequence[Offer], taken: Iterable[int]) -> float:
    """What a bag of offers is expected to bring, nats; the order does not matter."""
    information = [stake.information for stake in stakes]
    for k in taken:
        information[offers[k].track] = information[offers[k].track] + offers[k].information
    return sum(s.doubt(s.information) - s.doubt(now) for s, now in zip(stakes, information, strict=True))


def _greedy(
    stakes: Sequence[Stake], offers: Sequence[Offer], budgets_s: Sequence[float], held: tuple[int, ...],
    rule: Callable[[float, Offer], float], barred: int = -1,
) -> tuple[tuple[int, float], ...]:  # fmt: skip
    """Take `held` first, then always the best of what can still be paid for; `barred` is not taken as the next one."""
    left = list(budgets_s)
    information = [stake.information for stake in stakes]
    doubt = [stake.doubt(stake.information) for stake in stakes]
    out: list[tuple[int, float]] = []

    def gain_of(k: int) -> float:
        offer = offers[k]
        return doubt[offer.track] - stakes[offer.track].doubt(information[offer.track] + offer.information)

    def take(k: int, gain: float) -> None:
        offer = offers[k]
        left[offer.radar] -= offer.dwell_s
        information[offer.track] = information[offer.track] + offer.information
        doubt[offer.track] -= gain
        out.append((k, gain))

    for k in held:
        take(k, gain_of(k))
    versions = [0] * len(stakes)
    heap = [(-rule(gain_of(k), offer), k, 0) for k, offer in enumerate(offers)]
    heapq.heapify(heap)
    while heap:
        _, k, version = heapq.heappop(heap)
        offer = offers[k]
        if offer.dwell_s > left[offer.radar] + 1e-12:
            continue
        gain = gain_of(k)
        if version != versions[offer.track]:
            heapq.heappush(heap, (-rule(gain, offer), k, versions[offer.track]))
            continue
        if gain < LEAST_GAIN_NATS:
            continue
        if k == barred:
            barred = -1
            continue
        take(k, gain)
        versions[offer.track] += 1
        heapq.heappush(heap, (-rule(gain_of(k), offer), k, versions[offer.track]))
    return tuple(out)


def looks_on_offer(
    states_itrf: Rows,
    state_covs_itrf: Rows,
    radars: Sequence[Radar],
    rcs_m2: float = 0.5,
    noise_rises_db: Sequence[float] | None = None,
) -> list[Offer]:
    """One look of every radar at every track (n, 6), (n, 6, 6) that stands in its field, radars outermost."""
    rises = noise_rises_db or [0.0] * len(radars)
    offers = (
        _offer(i, r, states_itrf[i], state_covs_itrf[i], radar, rcs_m2, rises[r])
        for r, radar in enumerate(radars)
        for i in range(len(states_itrf))
    )
    return [offer for offer in offers if offer is not None]


def _in_the_middle(tracks: Tracks, seconds: float) -> tuple[Rows, Rows]:
    """States and covariances half way through the plan; what may still burn grows wider."""
    states, covs = np.array(tracks.states_itrf), np.array(tracks.state_covs_itrf)
    if not len(states):
        return states, covs
    dt_s = 0.5 * seconds
    moved, stm = propagate_coast_stm(states, dt_s)
    covs = stm @ covs @ np.swapaxes(stm, -1, -2)
    if "boost" in tracks.mode_names:
        burning = tracks.mode_probabilities[:, np.isin(tracks.mode_names, ("boost", "upper-stage"))].sum(axis=1)
        push = burning * PARAMETER_SIGMA[0] ** 2
        one = np.array([[0.25 * dt_s**4, 0.5 * dt_s**3], [0.5 * dt_s**3, dt_s**2]])
        covs = covs + push[:, None, None] * np.kron(one, np.eye(3))
    return moved, covs


def _offer(
    track: int, index: int, state: Rows, cov: Rows, radar: Radar, rcs_m2: float, noise_rise_db: float
) -> Offer | None:
    """A look at one track, if it stands in the field: what it brings and what it costs."""
    values, H = radar.measure_with_jacobian(state)
    if not bool(radar.is_visible(state)):
        return None
    chance = float(radar.detection_probability_of(values[2], rcs_m2, noise_rise_db))
    use = np.isfinite(radar.sigmas)
    noise = radar.sigmas[use] ** 2 + radar.bias_sigmas[use] ** 2
    information = chance * H[use].T @ (H[use] / noise[:, None])
    width, dwell_s = beam_of(radar)
    level = np.cos(values[1])
    angles = H[:2] * np.array([[level], [1.0]])
    size = np.sqrt(max(float(np.linalg.det(angles @ cov @ angles.T)), 0.0))
    beams = max(1, int(np.ceil(np.pi * chi_square_gate(IN_VOLUME, 2) * size / (LATTICE**3 * width**2))))
    return Offer(track, index, information, beams * dwell_s, chance, float(values[0]), float(values[1]), beams)


def _tasks(
    ids: Sequence[str], radars: Sequence[Radar], offers: Sequence[Offer], bought: Sequence[tuple[int, float]],
    seconds: float,
) -> tuple[Task, ...]:  # fmt: skip
    """The looks one after another on every radar, then search until the time is up."""
    tasks: list[Task] = []
    for index, radar in enumerate(radars):
        clock_s = 0.0
        for k, gain in bought:
            offer = offers[k]
            if offer.radar != index:
                continue
            beams = f"{offer.beam_count} beam{'s' if offer.beam_count > 1 else ''}"
            why = f"{gain:.2f} nats for {1e3 * offer.dwell_s:.0f} ms ({beams}, Pd {offer.detection_probability:.2f})"
            tasks.append(
                Task(
                    radar.name, clock_s, offer.dwell_s, ids[offer.track], offer.azimuth_rad, offer.elevation_rad,
                    offer.beam_count, offer.detection_probability, gain, why,
                )
            )  # fmt: skip
            clock_s += offer.dwell_s
        left_s = seconds - clock_s
        share = 100.0 * left_s / seconds
        why = f"{share:.0f} % of the time, {left_s / radar.revisit_s:.2f} of a turn over the field"
        tasks.append(Task(radar.name, clock_s, left_s, "", np.nan, np.nan, 0, np.nan, 0.0, why))
    return tuple(tasks)
