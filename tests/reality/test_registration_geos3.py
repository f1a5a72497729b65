"""The real GEOS-3 pass, one radar and an orbit of which nothing is known: registration against the batch fit.

The two share the measurement model and no estimation code: a sequential filter with marginalised orbit states, and
Levenberg-Marquardt on all looks at once. There is no precise orbit of that day, so nobody knows the true biases.
"""

from dataclasses import replace

import numpy as np
from tests.tracking.geos3 import KAENA, looks

from vedette.reports import Mode, Scan, SensorKind
from vedette.tracking.orbit_fit import fit_orbit
from vedette.tracking.registration.estimator import Registration

ANGLE_SIGMA_DEG = 0.02
RADAR = replace(KAENA, range_bias_sigma_m=100.0, angle_bias_sigma_deg=ANGLE_SIGMA_DEG)


def test_one_real_pass_tells_the_same_biases_live_as_in_one_batch():
    whole = looks()
    batch = fit_orbit(whole, {RADAR.name: RADAR.bias_sigmas})
    rough = fit_orbit(looks(10), {RADAR.name: RADAR.bias_sigmas})  # where to begin; good to some kilometres
    registration = Registration([RADAR])
    for i in range(len(whole)):
        t = int(whole.t_measured_tai_ns[i])
        scan = Scan(
            RADAR.name, SensorKind.RADAR, Mode.REAL, t, np.array([t]), whole.values[i : i + 1], whole.sigmas[i : i + 1]
        )
        registration.absorb_common(scan, 0, "geos-3", rough.state_itrf, rough.t_epoch_tai_ns)
    found = registration.estimate(RADAR.name)
    assert found.looks == int(batch.is_used.sum()) == len(whole)
    apart = (found.biases[:3] - batch.biases[0]) / batch.bias_sigmas[0]
    a_tenth_of_a_sigma = 0.1  # wandering, a clock of a microsecond and a prior of 100 km are all that differs
    assert np.all(np.abs(apart) < a_tenth_of_a_sigma)
    assert np.allclose(found.sigmas[:3], batch.bias_sigmas[0], rtol=0.05)


def test_the_clock_of_one_real_pass_stays_untold():
    registration = Registration([replace(RADAR, clock_bias_sigma_s=0.1)])
    rough = fit_orbit(looks(10), {RADAR.name: RADAR.bias_sigmas})
    whole = looks()
    for i in range(len(whole)):
        t = int(whole.t_measured_tai_ns[i])
        scan = Scan(
            RADAR.name, SensorKind.RADAR, Mode.REAL, t, np.array([t]), whole.values[i : i + 1], whole.sigmas[i : i + 1]
        )
        registration.absorb_common(scan, 0, "geos-3", rough.state_itrf, rough.t_epoch_tai_ns)
    assert registration.estimate(RADAR.name).sigma("clock_s") > 0.09
    said = [one.text for one in registration.untold() if one.term == "clock_s"]
    assert "clock is not told yet" in said[0]
