"""Looks are as surprising as the filter says, also where a sensor's constant error is larger than its noise."""

import numpy as np
from tests.tracking.small_scene import coast_start, coasting, radar_scan

from vedette.assessment.residuals import residuals_of
from vedette.metrics import chi_square_band
from vedette.sensing import Radar, Site
from vedette.tracking import Coasting, Tracker

NIGHTS, TIMES_S = 12, np.arange(0.0, 200.0, 10.0)
ONE_IN_A_MILLION = 1.0 - 1e-6


def biased_radar():
    return Radar(
        Site(57.6, -7.4, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.05, range_bias_sigma_m=60.0,
        angle_bias_sigma_deg=0.1, revisit_s=10.0, range_max_km=4000.0, false_alarms_per_look=0.0,
        detection_probability=0.95, name="radar-north",
    )  # fmt: skip


def test_a_biased_radar_is_judged_with_its_bias_counted_once():
    """NIS of all looks after the third in its chi-square band; with the bias counted twice it lies far below."""
    radar = biased_radar()
    own, twice, dof = 0.0, 0.0, 0
    for night in range(NIGHTS):
        rng = np.random.default_rng(night)
        start = coast_start(rng.uniform(45, 52), rng.uniform(-25, -10), 300e3, rng.uniform(3000, 6000), 20.0, 30.0)
        bias = np.nan_to_num(radar.residual_bias_sigmas) * rng.standard_normal(4)
        tracker = Tracker(motion=Coasting(), sensors=[radar])
        for number, (t_s, state) in enumerate(zip(TIMES_S, coasting(start, TIMES_S), strict=True)):
            scan, _ = radar_scan(radar, state, t_s, rng, bias=bias)
            t = int(scan.t_measured_tai_ns.max()) if len(scan) else None
            expected = tracker.predict(t) if t is not None and len(tracker.tracks) else ()
            tracker.step(scan)
            for row, name in tracker.pairs_of_last_look() if number > 3 else ():
                if not len(expected) or name not in expected.ids:
                    continue
                nis, size = tracker.surprise(expected, name, scan, row)
                own, dof = own + nis, dof + size
                i = expected.ids.index(name)
                twice += residuals_of(radar, scan, expected.states_itrf[i], expected.state_covs_itrf[i]).nis[row]
    low, high = chi_square_band(dof, probability=ONE_IN_A_MILLION)
    assert dof > 400
    assert low < own / dof < high
    assert twice / dof < low
