"""Launches put in by the scenario's own truth, and when the tracker really believed them: the proof of an assurance.

The stated chance of a report (`assessment.assurance`) is made with the filter's own forces and a rehearsal of the
tracker's rule. Here the launch flies in the world of `scenario` (real air and wind, field to degree 20, rippling
thrust), the sensors hand in what they would (noise, bias, clutter, lost looks, late arrival), and the tracker itself
decides. The report is the confirmation of the launch's track; the launch fit that follows it is not run, being
hundreds of times dearer and never earlier.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.reports import Looks
from vedette.scenario import LaunchSpec, Made, Story, TrueFlight, make_scenario
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.story import DEFAULTS
from vedette.sensing import Infrared, Radar, Sensor
from vedette.sensing.chances import Health, health_of
from vedette.tracking import Policy, Tracker

LEAD_S = 10.0  # of empty sky before lift-off: a whole turn of the slowest packaged sensor, so that clutter is under way
_NEAR_SIGMA = 8.0
_REDRAWS, _OTHER_NIGHT = 8, 1_000_000


@dataclass(frozen=True, slots=True)
class Injected:
    """One launch that was put in; `report_s` from lift-off to the confirmation's report, infinite when none came."""

    seed: int
    lat_deg: float
    lon_deg: float
    class_name: str
    report_s: float


def inject(
    lat_deg: float,
    lon_deg: float,
    class_name: str,
    sensors: Mapping[str, Sensor],
    t_tai_ns: int,
    seed: int,
    *,
    horizon_s: float = 300.0,
    health: Mapping[str, Health] | None = None,
    cloud_top_m: tuple[float, float] = (0.0, 10e3),
    policy: Policy | None = None,
) -> Injected:
    """Put one launch in and watch for it; it leaves at `t_tai_ns`."""
    kept = {name: s for name, s in sensors.items() if not health_of(name, health).is_lost}
    shown = {
        name: _in_noise(s, health_of(name, health).noise_rise_db) if isinstance(s, Radar) else s
        for name, s in kept.items()
        if isinstance(s, Radar | Infrared)
    }
    missed = max((health_of(name, health).missed_look_probability for name in shown), default=0.0)
    quantities = dict(DEFAULTS) | {
        "lat_deg": fixed(lat_deg),
        "lon_deg": fixed(lon_deg),
        "azimuth_deg": Draw("even", 0.0, 360.0),
        "t_launch_s": fixed(LEAD_S),  # each sensor's looks begin at a drawn phase
        "cloud_top_m": Draw("even", *cloud_top_m),
    }
    spec = LaunchSpec("launch", (class_name,), quantities)
    story = Story(
        name="injection", title="one launch", about="", t_start_tai_ns=t_tai_ns - round(LEAD_S * NS_PER_S),
        seconds=LEAD_S + horizon_s, launches=(spec,), varied=(spec,), sensors=shown,
        missed_look_probability=fixed(missed), refractivity=Draw("normal", 315.0, 10.0),
    )  # fmt: skip
    for attempt in range(_REDRAWS):
        made = make_scenario(story, seed + attempt * _OTHER_NIGHT)
        if np.all(np.isfinite(made.flights[0].burnout_state_itrf)):
            break  # one that falls back while it burns is no launch of the class: another is drawn
    report_s = _report_s(made, {name: kept[name] for name in shown}, horizon_s, policy)
    return Injected(seed, lat_deg, lon_deg, class_name, report_s)


def _in_noise(radar: Radar, noise_rise_db: float) -> Radar:
    """The radar as it works in more noise: its reference range shrinks with the fourth root of the noise."""
    if radar.range_1m2_km is None or noise_rise_db == 0.0:
        return radar
    return replace(radar, range_1m2_km=radar.range_1m2_km * 10.0 ** (-noise_rise_db / 40.0))


def _report_s(made: Made, sensors: Mapping[str, Sensor], horizon_s: float, policy: Policy | None) -> float:
    (truth,) = made.flights
    tracker = Tracker(sensors=list(sensors.values()), policy=policy)
    judged: dict[str, int] = {}
    for scan in made.scans:
        after_s = (scan.t_received_tai_ns - truth.t_liftoff_tai_ns) / NS_PER_S
        if after_s > horizon_s:
            break
        tracks = tracker.step(scan)
        for track_id, hits in zip(tracks.ids, tracks.hits, strict=True):
            if judged.get(track_id) != int(hits) and after_s > 0.0:
                judged[track_id] = int(hits)
                if _is_of(truth, tracker.looks(track_id), sensors):
                    return after_s
    return float("inf")


def _is_of(truth: TrueFlight, looks: Looks, sensors: Mapping[str, Sensor]) -> bool:
    """Whether at least two of a track's detections, and half of them, point at where the launch truly was."""
    found = np.flatnonzero(looks.is_detection & (looks.t_measured_tai_ns > truth.t_liftoff_tai_ns))
    states = truth.states_itrf(looks.t_measured_tai_ns[found])
    right = 0
    for row, state in zip(found, states, strict=True):
        sensor = sensors[looks.sensor_ids[looks.sensor_index[row]]]
        if isinstance(sensor, Radar):
            sigma = np.hypot(sensor.sigmas, sensor.bias_sigmas)[:3]
            off = looks.values[row, :3] - sensor.measure(state)[:3]
            off[0] = (off[0] + np.pi) % (2.0 * np.pi) - np.pi
            right += bool(np.all(np.abs(off) < _NEAR_SIGMA * sigma * np.array([1.0, 2.0, 2.0])))
        elif isinstance(sensor, Infrared):
            away = state[:3] - looks.sensor_positions_itrf_m[row]
            apart_rad = float(np.linalg.norm(looks.values[row, :3] - away / np.linalg.norm(away)))
            right += bool(apart_rad < _NEAR_SIGMA * np.hypot(sensor.los_sigma_rad, sensor.los_bias_sigma_rad))
    return right >= 2 and 2 * right >= int(np.count_nonzero(looks.is_detection))
