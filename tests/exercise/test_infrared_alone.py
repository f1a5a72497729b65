"""The two stories of infrared alone have the geometry of the published bound, and can be judged.

Looks and bound only: the fits are the business of `./run calibrate geostationary low-orbit`.
"""

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.exercise.launch_bound import launch_bound
from vedette.exercise.truth_looks import truth_looks
from vedette.scenario import make_scenario, read_story


@pytest.mark.parametrize(
    ("story", "launch_km", "impact_km"),
    # one sigma along the two axes, from the bound computed for a round Earth without air: 0.29 x 0.37 and 8.7 x 38 km;
    # 0.04 x 0.06 and 1.2 x 9.5 km
    [("two-geostationary", np.hypot(0.29, 0.37), np.hypot(8.7, 38.0)), ("two-low-orbit", 0.072, np.hypot(1.2, 9.5))],
)
def test_the_bound_of_each_story_is_that_of_the_published_geometry(
    story: str, launch_km: float, impact_km: float
) -> None:
    made = make_scenario(read_story(story), 1)
    (flight,) = made.flights
    looks = truth_looks(made, flight)
    assert np.count_nonzero(looks.is_detection) >= 20
    bound = launch_bound(flight, made, looks, flight.t_burnout_tai_ns + 10 * NS_PER_S)
    assert bound is not None
    other_flight = 1.6  # another vehicle, azimuth and cloud than the published example: within this factor either way
    assert launch_km / other_flight < bound["launch"] / 1e3 < launch_km * other_flight
    assert impact_km / other_flight < bound["impact"] / 1e3 < impact_km * other_flight
