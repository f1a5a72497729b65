"""Figures of the tracker alone: varied two-launch nights of the scenario maker, whose forces it does not share."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tools.accuracy.figures import Figure
from vedette.core.constants import NS_PER_S
from vedette.metrics import nees
from vedette.scenario import Made, TrueFlight, make_scenario, read_story
from vedette.tracking import Tracker, Tracks

NIGHTS = 25
JUDGED_AFTER_BURNOUT_S = 60.0


@dataclass(slots=True)
class Tally:
    """What was found over the nights."""

    superfluous: list[float] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    honesty: list[float] = field(default_factory=list)
    position_errors_m: list[float] = field(default_factory=list)
    speed_errors_mps: list[float] = field(default_factory=list)


def track_figures() -> Iterator[Figure]:
    """Tracks per object, time to believe, honesty and error in the coast."""
    tally = Tally()
    for seed in range(NIGHTS):
        watch(make_scenario(read_story("two-launches"), seed, is_varied=True), tally)
    sample = f"{2 * NIGHTS} launches in {NIGHTS} nights"
    against = "the scenario's truth"
    yield Figure("tracks too many or too few", against, f"{NIGHTS} nights", "", np.array(tally.superfluous))
    yield Figure("from first detection to belief", against, sample, "s", np.array(tally.waits_s))
    when = "60 s after burnout"
    yield Figure(f"squared error over variance, {when}", against, sample, "", np.array(tally.honesty))
    yield Figure(f"position, {when}", against, sample, "m", np.array(tally.position_errors_m))
    yield Figure(f"velocity, {when}", against, sample, "m/s", np.array(tally.speed_errors_mps))


def watch(made: Made, tally: Tally) -> None:
    """Track a night in order of arrival, and judge it against what happened."""
    tracker = Tracker(list(made.sensors.values()))
    believed_at: dict[str, int] = {}
    waiting = {one.id: one.t_burnout_tai_ns + round(JUDGED_AFTER_BURNOUT_S * NS_PER_S) for one in made.flights}
    for scan in made.scans:
        tracks = tracker.step(scan)
        for name in tracks.ids:
            believed_at.setdefault(name, tracks.t_tai_ns)
        for one in made.flights:
            if one.id in waiting and tracks.t_tai_ns >= waiting[one.id] and len(tracks):
                del waiting[one.id]
                judge(one, tracks, tally)
    tally.superfluous.append(float(len(believed_at) - len(made.flights)))
    for name, t_tai_ns in believed_at.items():
        looks = tracker.looks(name)
        tally.waits_s.append((t_tai_ns - int(looks.t_measured_tai_ns[looks.is_detection][0])) / NS_PER_S)


def judge(one: TrueFlight, tracks: Tracks, tally: Tally) -> None:
    """Compare a flight with the nearest track."""
    truth = one.states_itrf(np.array([tracks.t_tai_ns]))[0]
    apart = tracks.states_itrf - truth
    i = int(np.argmin(np.linalg.norm(apart[:, :3], axis=1)))
    tally.honesty.append(float(nees(apart[i], tracks.state_covs_itrf[i])) / 6.0)
    tally.position_errors_m.append(float(np.linalg.norm(apart[i, :3])))
    tally.speed_errors_mps.append(float(np.linalg.norm(apart[i, 3:])))
