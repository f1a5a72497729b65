"""The tracker itself at long range with coarse angles: honest, where spherical coordinates were six times too sure."""

import numpy as np

from vedette.metrics import nees
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import Coasting, Tracker

RUNS, LOOKS, T0_TAI_NS = 16, 50, 10**18


def test_a_radar_of_coarse_angles_is_believed_no_more_than_it_says():
    """Two metres and two milliradians at 1,950 km, a look a second, bodies that cross at 4.5 km/s."""
    radar = Radar(
        Site(57.6, -7.4, 80.0), range_sigma_m=2.0, angle_sigma_deg=float(np.degrees(2e-3)), revisit_s=1.0,
        range_max_km=4000.0, false_alarms_per_look=0.0, detection_probability=1.0, elevation_min_deg=1.0, name="coarse",
    )  # fmt: skip
    rng, turn = np.random.default_rng(0), radar.site.enu_from_itrf
    place = radar.site.position_itrf_m + np.array([900e3, -1500e3, 860e3]) @ turn
    start = np.concatenate([place, np.array([-1500.0, 4200.0, 1800.0]) @ turn])
    states = start + np.repeat([5e3, 300.0], 3) * rng.normal(size=(RUNS, 6))
    scores = np.full((RUNS, LOOKS), np.nan)
    for run in range(RUNS):
        tracker = Tracker(motion=Coasting(), sensors=[radar])
        for k in range(LOOKS):
            truth = propagate_coast(states[run], float(k))
            values = radar.measure(truth[None]) + radar.sigmas * rng.standard_normal((1, 4))
            values[:, 0] %= 2.0 * np.pi
            t = T0_TAI_NS + k * 10**9
            sigmas = np.broadcast_to(radar.sigmas, (1, 4)).copy()
            tracks = tracker.step(
                Scan("coarse", SensorKind.RADAR, Mode.SIMULATED, t, np.array([t]), values, sigmas)
            )
            if len(tracks) == 1:
                scores[run, k] = nees(tracks.states_itrf[0] - truth, tracks.state_covs_itrf[0]) / 6.0
    late = scores[:, LOOKS // 2 :]
    assert np.isfinite(late).all()
    by_chance = 0.45  # sixteen runs, their looks hardly independent; spherical coordinates alone give 3 to 6 here
    assert abs(late.mean() - 1.0) < by_chance
