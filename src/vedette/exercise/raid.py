"""A raid seen by three radars while one of them is in trouble: does anybody lose sight of anything, and stay honest?

Some objects on ballistic arcs rise side by side towards three radars. At `TROUBLE_S` one radar is jammed, or its feed
comes 30 s late, or its site is lost, or its clock steps by 2 s; the first two end at `OVER_S`. What is asked: no track
is lost that another radar still sees, and squared errors stay in proportion to covariances before, during and after.

Truth flies the motion floor's own arcs: this judges how trouble is borne, not whether gravity is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.metrics import nees
from vedette.motion.propagate import propagate_coast
from vedette.reports import FindingKind, Mode, Scan, SensorKind
from vedette.scenario.disturbance import Disturbance, NoisyLooks, noisy_looks, strobe_scans
from vedette.sensing import Emitter, Radar, Repeater, Site, detection_probability_in_noise, in_region, sigma_factor
from vedette.tracking import Tracker, Tracks
from vedette.tracking.motions import Coasting

T0_TAI_NS = 1_000_000_000 * NS_PER_S
TROUBLES = ("none", "jammed", "late-feed", "site-lost", "clock-step")
TROUBLE_S, OVER_S, END_S = 120.0, 210.0, 300.0
LATE_S, STEP_S = 30.0, -2.0
TROUBLED = "radar-b"
PHASES = ("before", "during", "after")
_LOST_SIGMAS, _LOST_M = 8.0, 10e3


@dataclass(frozen=True, slots=True, eq=False)
class Raid:
    """What flew, and what three radars handed in, in order of arrival."""

    trouble: str
    times_s: Scalar  # (k,) a beat
    states_itrf: Rows  # (k, n, 6)
    radars: tuple[Radar, ...]
    scans: tuple[Scan, ...]
    false_return_count: int


@dataclass(frozen=True, slots=True)
class RaidScore:
    """How a raid was borne."""

    trouble: str
    objects: int
    tracked: int  # objects that had a track before the trouble
    lost: int  # of them, how many were without one at some later beat while another radar saw them
    false_tracks: int  # tracks that were ever believed and belong to nothing
    duplicates: int  # of the last picture
    nees: tuple[tuple[float, ...], ...]  # by phase: squared normalised errors over six, every beat and object
    degraded_said: bool

    def mean_nees(self, phase: str) -> float:
        """Mean over objects and beats; one is honest."""
        return float(np.mean(self.nees[PHASES.index(phase)]))


def radars_of_raid() -> tuple[Radar, ...]:
    """Three that all see the whole raid."""
    places = {"radar-a": (38.0, -8.0), TROUBLED: (40.5, -2.0), "radar-c": (36.5, 2.0)}
    return tuple(
        Radar(
            Site(lat, lon, 200.0), 30.0, 0.08, range_rate_sigma_mps=2.0, revisit_s=5.0, elevation_min_deg=1.0,
            range_max_km=3000.0, range_1m2_km=1800.0, detection_probability=0.95, false_alarms_per_look=0.3,
            range_bias_sigma_m=15.0, angle_bias_sigma_deg=0.02, latency_s=0.5, name=name,
        )
        for name, (lat, lon) in places.items()
    )  # fmt: skip


def make_raid(trouble: str, seed: int, objects: int = 6) -> Raid:
    """One raid and one trouble from a seed."""
    assert trouble in TROUBLES, trouble
    rng = np.random.default_rng([seed, TROUBLES.index(trouble), 0x4A1D])
    times = np.arange(0.0, END_S + 1.0, 5.0)
    grid = np.arange(0.0, END_S + 1.0, 1.0)
    states = np.stack([propagate_coast(_start(rng), grid) for _ in range(objects)], axis=1)
    radars = radars_of_raid()
    emitters: tuple[Emitter, ...] = ()
    if trouble == "jammed":  # abreast of the raid, loud enough to blind the beams near it and to raise the rest
        emitters = (
            Emitter(
                Site(43.5, -1.0, 11_000.0), 4.0, 400.0, 450.0, east_mps=-180.0, t_start_s=TROUBLE_S, t_end_s=OVER_S
            ),
        )
    scans: list[Scan] = []
    false_count = 0
    for radar in radars:
        own = np.random.default_rng([seed, len(radar.name), sum(radar.name.encode())])
        hears = Disturbance()
        if radar.name == TROUBLED:
            hears = Disturbance(emitters=emitters, repeaters=tuple(Repeater(one, 2.0, 500.0) for one in emitters))
        looks = np.arange(own.uniform(0.0, radar.revisit_s), END_S, radar.revisit_s)
        noisy = noisy_looks(hears, radar, looks, T0_TAI_NS, own)
        biases = tuple(float(b) for b in radar.bias_sigmas[:3] * own.standard_normal(3))
        made = _looks(radar, noisy, np.array(biases), looks, grid, states, own)
        strobes = strobe_scans(noisy, (biases[0], biases[1], biases[2]), 0.0, looks, T0_TAI_NS, own)
        scans += [one for scan in [*made, *strobes] for one in _troubled(scan, radar, trouble)]
        false_count += sum(len(rows) for rows in noisy.false_values)
    scans.sort(key=lambda scan: (scan.t_received_tai_ns, scan.sensor_id, scan.kind.value))
    return Raid(trouble, times, states[::5], radars, tuple(scans), false_count)


def play_raid(raid: Raid, tracker: Tracker | None = None) -> RaidScore:
    """Track a raid and judge it at every beat, once everything measured until then has had time to come."""
    tracker = tracker or Tracker(raid.radars, motion=Coasting())
    n = raid.states_itrf.shape[1]
    beats = list(range(1, len(raid.times_s)))
    scores: tuple[list[float], list[float], list[float]] = ([], [], [])
    had, lost = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    owners: dict[str, set[int]] = {}
    said = False
    visible = _seen_by_others(raid)
    for scan in raid.scans:
        while beats and scan.t_received_tai_ns > T0_TAI_NS + round((raid.times_s[beats[0]] + 1.5) * NS_PER_S):
            beat = beats.pop(0)
            _judge(raid, beat, tracker, scores, had, lost, visible[beat], owners)
        tracker.step(scan)
        said |= any(f.kind in (FindingKind.DOUBT, FindingKind.SENSOR_DEGRADED) for f in tracker.findings())
    final = _owner_of(tracker.tracks, raid.states_itrf[-1], END_S)
    counted = np.bincount([i for i in final if i >= 0], minlength=n)
    false = sum(1 for seen in owners.values() if seen == {-1})
    return RaidScore(
        raid.trouble, n, int(had.sum()), int((had & lost).sum()), false, int(np.maximum(counted - 1, 0).sum()),
        tuple(tuple(part) for part in scores), said,
    )  # fmt: skip


def _judge(
    raid: Raid, beat: int, tracker: Tracker, scores: Sequence[list[float]], had: Bools, lost: Bools, visible: Bools,
    owners: dict[str, set[int]],
) -> None:  # fmt: skip
    t_s = float(raid.times_s[beat])
    tracks = tracker.predict(T0_TAI_NS + round(t_s * NS_PER_S)) if len(tracker.tracks) else tracker.tracks
    if len(tracks) and tracks.t_tai_ns > T0_TAI_NS + round((t_s + 6.0) * NS_PER_S):
        return
    t_s = (tracks.t_tai_ns - T0_TAI_NS) / NS_PER_S
    truth = propagate_coast(raid.states_itrf[beat], t_s - float(raid.times_s[beat])) if len(tracks) else None
    if truth is None:
        return
    truth = np.reshape(truth, (-1, 6))
    owner = _owner_of(tracks, truth, t_s)
    for name, which in zip(tracks.ids, owner, strict=True):
        owners.setdefault(name, set()).add(int(which))
    phase = 0 if t_s < TROUBLE_S else 1 if t_s < OVER_S + 10.0 else 2
    for i in range(len(truth)):
        mine = np.flatnonzero(owner == i)
        if len(mine) == 0:
            lost[i] |= bool(had[i] and visible[i] and t_s > TROUBLE_S)
            continue
        if t_s < TROUBLE_S:
            had[i] = True
        best = mine[np.argmin([np.linalg.norm(tracks.states_itrf[m, :3] - truth[i, :3]) for m in mine])]
        if tracks.hits[best] >= 6:
            off = tracks.states_itrf[best] - truth[i]
            scores[phase].append(float(nees(off, tracks.state_covs_itrf[best])) / 6.0)


def _owner_of(tracks: Tracks, truth: Rows, t_s: float) -> Ints:
    """(tracks,) which object each track is on; -1 none."""
    out = np.full(len(tracks), -1)
    for k in range(len(tracks)):
        apart = np.linalg.norm(truth[:, :3] - tracks.states_itrf[k, :3], axis=1)
        i = int(np.argmin(apart))
        sigma_m = float(np.sqrt(np.trace(tracks.state_covs_itrf[k, :3, :3])))
        if apart[i] < max(_LOST_SIGMAS * sigma_m, 1e3) and apart[i] < _LOST_M:
            out[k] = i
    return out


def _seen_by_others(raid: Raid) -> Bools:
    """(k, n) whether a radar without trouble has the object in its field."""
    others = [radar for radar in raid.radars if radar.name != TROUBLED]
    return np.any([radar.is_visible(raid.states_itrf) for radar in others], axis=0)


def _start(rng: np.random.Generator) -> Rows:
    """An object some minutes after burnout, rising north of the radars."""
    lat, lon = np.radians(46.0 + rng.uniform(-0.4, 0.4)), np.radians(-6.0 + rng.uniform(-1.0, 1.0))
    place = itrf_from_geodetic(lat, lon, 220e3 + rng.uniform(-40e3, 40e3))
    course, climb, speed = np.radians(rng.uniform(135.0, 160.0)), np.radians(rng.uniform(15.0, 30.0)), 2600.0
    enu = speed * np.array([np.sin(course) * np.cos(climb), np.cos(course) * np.cos(climb), np.sin(climb)])
    return np.concatenate([place, enu @ enu_from_itrf_matrix(lat, lon)])


def _looks(
    radar: Radar, noisy: NoisyLooks, bias: Scalar, looks: Scalar, grid: Scalar, states: Rows, rng: np.random.Generator
) -> list[Scan]:
    out = []
    for number, t_s in enumerate(looks):
        before = int(t_s)
        now = np.reshape(propagate_coast(states[before], float(t_s - grid[before])), (-1, 6))
        values = radar.measure(now)
        rise = noisy.rise(number, values)
        chance = detection_probability_in_noise(radar, values[:, 2], 1.0, rise)
        hit = in_region(values, radar.region) & (rng.random(len(now)) < chance)
        factor = sigma_factor(rise)[hit, None]
        seen = values[hit] + radar.sigmas * factor * rng.standard_normal((int(hit.sum()), 4))
        seen[:, :3] += bias
        count = int(rng.poisson(radar.false_alarms_per_look))
        false = np.column_stack([
            rng.uniform(0.0, 2 * np.pi, count), np.arcsin(rng.uniform(0.02, 1.0, count)),
            rng.uniform(50e3, 3e6, count), rng.uniform(-4e3, 4e3, count),
        ])  # fmt: skip
        rows = np.concatenate([seen, false, noisy.false_values[number]])
        rows[:, 0] %= 2 * np.pi
        extra = sigma_factor(noisy.rise(number, rows[len(seen) :]))[:, None]
        sigmas = radar.sigmas * np.concatenate([factor, extra])
        order = rng.permutation(len(rows))
        t = T0_TAI_NS + round(float(t_s) * NS_PER_S)
        late_s = radar.latency_s * (0.7 + 0.3 * rng.standard_exponential())
        out.append(
            Scan(
                sensor_id=radar.name, kind=SensorKind.RADAR, mode=Mode.SIMULATED,
                t_received_tai_ns=t + round(late_s * NS_PER_S),
                t_measured_tai_ns=np.full(len(rows), t, dtype=np.int64), values=rows[order], sigmas=sigmas[order],
                looked_at=radar.region, noise_rise_db=float(noisy.floor_db[number]),
            )
        )  # fmt: skip
    return out


def _troubled(scan: Scan, radar: Radar, trouble: str) -> list[Scan]:
    """What becomes of a report on its way."""
    t_s = (scan.t_received_tai_ns - T0_TAI_NS) / NS_PER_S
    if radar.name != TROUBLED or t_s < TROUBLE_S:
        return [scan]
    if trouble == "site-lost":
        return []
    if trouble == "late-feed" and t_s < OVER_S:
        return [replace(scan, t_received_tai_ns=scan.t_received_tai_ns + round(LATE_S * NS_PER_S))]
    if trouble == "clock-step":
        return [replace(scan, t_measured_tai_ns=scan.t_measured_tai_ns + round(STEP_S * NS_PER_S))]
    return [scan]
