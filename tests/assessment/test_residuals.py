"""Which beliefs a detection may be near: all at once, and never one too few."""

import numpy as np
import pytest

from vedette.assessment.residuals import may_be_near, residuals_of
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site

RADAR = Radar(Site(57.6, -7.4, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.05, range_max_km=4000.0, name="north")


@pytest.mark.parametrize("has_rate", [True, False])
def test_who_may_be_near_is_everybody_who_is_and_hardly_another(has_rate: bool):
    rng = np.random.default_rng(4)
    azimuth, elevation, reach = rng.uniform(0, 2 * np.pi, 60), rng.uniform(0.2, 1.2, 60), rng.uniform(5e5, 2e6, 60)
    los = np.stack([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], -1)
    places = RADAR.site.position_itrf_m + (reach[:, None] * los) @ RADAR.site.enu_from_itrf
    states = np.concatenate([places, rng.normal(0.0, 4e3, (60, 3))], axis=1)
    roots = rng.normal(size=(60, 6, 6)) * np.array([3e3] * 3 + [30.0] * 3)[:, None]
    covs = roots @ np.swapaxes(roots, 1, 2)
    values = RADAR.measure(states[:20]) + RADAR.sigmas * rng.normal(size=(20, 4)) * rng.choice([1.0, 30.0], (20, 1))
    values[:, 0] %= 2.0 * np.pi
    if not has_rate:
        values[:, 3] = np.nan
    t, sigmas = np.full(20, 10**18), np.tile(RADAR.sigmas, (20, 1))
    scan = Scan("north", SensorKind.RADAR, Mode.TEST, 10**18, t, values, sigmas)
    may_be = may_be_near(RADAR, scan, states, covs, 5.0)
    near = []
    for state, cov in zip(states, covs, strict=True):
        found = residuals_of(RADAR, scan, state, cov)
        near.append(bool(np.any(np.sqrt(found.nis) < 5.0 + np.sqrt(np.maximum(found.dof, 1)))))
    assert np.all(may_be >= near) and sum(near) >= 10
    assert np.count_nonzero(may_be) <= sum(near) + 5
