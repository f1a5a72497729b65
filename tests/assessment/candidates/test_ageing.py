"""What is no longer seen claims less, and its area grows as stated."""

from types import SimpleNamespace

import numpy as np
import pytest

from vedette.assessment.areas import patch_from_cloud
from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.ageing import age_marks, is_expired_unseen, overlooked_m, widened_impact
from vedette.core.constants import NS_PER_S

RULES = packaged_assessment_policy().ageing


def fit(sigma_m=2_000.0, count=400):
    rng = np.random.default_rng(5)
    lat, lon = 0.5 + rng.normal(0, sigma_m / 6.378e6, count), rng.normal(0, sigma_m / 6.378e6 / np.cos(0.5), count)
    cloud = SimpleNamespace(
        worth=np.inf, falls=np.ones(count, dtype=bool), impact_lat_rad=lat, impact_lon_rad=lon,
        t_impact_tai_ns=(10**18 + rng.normal(0, 3e9, count)).astype(np.int64),
    )  # fmt: skip
    return SimpleNamespace(cloud=cloud, impact_patch=lambda: patch_from_cloud(lat, lon))


def area_km2(impact, p=0.9):
    return next(a.area_km2 for a in impact.areas if a.probability == p)


def test_marks_follow_the_time_unseen():
    assert age_marks(5.0, False, RULES) == ()
    assert age_marks(RULES.stale_s, False, RULES) == ("stale",)
    assert age_marks(RULES.lost_s, False, RULES) == ("lost",)
    assert age_marks(5.0, True, RULES) == ("lost",)


def test_what_may_have_been_overlooked_is_half_the_acceleration_times_the_time_squared():
    assert overlooked_m(200.0, RULES) == pytest.approx(0.5 * RULES.unseen_mps2 * 4e4)


def test_an_area_widens_by_what_was_overlooked():
    """Sums of Gaussians: the 90 % area of sigma a and b together is pi 4.605 (a² + b²)."""
    one = fit(2_000.0)
    wide = widened_impact(one, 5_000.0)
    assert area_km2(wide) == pytest.approx(np.pi * 4.605 * (2.0**2 + 5.0**2), rel=0.15)  # 400 points
    same = widened_impact(one, 0.0)
    assert area_km2(same) == pytest.approx(np.pi * 4.605 * 2.0**2, rel=0.2)
    assert wide.t_90_tai_ns[0] < same.t_90_tai_ns[0] < same.t_90_tai_ns[1] < wide.t_90_tai_ns[1]
    assert widened_impact(one, 5_000.0) == wide  # no chance in it


def test_a_prediction_seen_late_came_true_and_one_lost_early_expired():
    start, end = 0, 600 * NS_PER_S
    assert not is_expired_unseen(550 * NS_PER_S, start, end, RULES)
    assert is_expired_unseen(100 * NS_PER_S, start, end, RULES)
