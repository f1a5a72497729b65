"""Recorded nature: fireballs, their sign errors set aside, known for what they are; a day of fires set aside."""

from collections import Counter

import numpy as np
import pytest
from tests.data import real_data

from vedette.core.errors import BadInputError, NotFoundError
from vedette.exercise import hot_spots
from vedette.exercise.calibrate_nature import judge_fireball
from vedette.exercise.real_lights import HotSpots, hot_spot_looks, read_fireballs, read_hot_spots, watchers_of
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Geostationary, Infrared
from vedette.tracking.still_lights import StillLights


@pytest.fixture(scope="module")
def fireballs():
    """All rows of the list."""
    return read_fireballs(real_data("false-alarms", "cneos_fireballs_1988_2021.csv"))


def test_velocities_that_cannot_be_right_are_quarantined(fireballs) -> None:
    assert len(fireballs) == 898
    own = [one for one in fireballs if not one.is_drawn]
    put_aside = [one.quarantined for one in fireballs if one.quarantined]
    assert len(own) + len(put_aside) == 257  # rows with a velocity, as the list's own description counts them
    assert sum("climb" in why for why in put_aside) == 4
    assert sum("components" in why for why in put_aside) == 4
    assert all(9e3 < one.speed_mps < 60e3 for one in own)
    assert all(0.0 < one.descent_deg <= 90.0 for one in fireballs)


def test_chelyabinsk_came_in_as_it_was_published(fireballs) -> None:
    """Popova et al. 2013 (Science 342): 19.2 km/s, 18 deg steep, from azimuth 103 (heading 283)."""
    one = next(f for f in fireballs if f.t_utc.startswith("2013-02-15T03:20"))
    assert one.speed_mps == pytest.approx(18_600.0, abs=700.0)
    assert one.descent_deg == pytest.approx(18.0, abs=3.0)
    assert one.heading_deg == pytest.approx(283.0, abs=6.0)


def test_a_place_near_the_pole_has_no_geostationary_watcher() -> None:
    assert len(watchers_of(88.0, 0.0)) == 0
    assert len(watchers_of(20.0, 10.0)) == 2


def test_bolide_leads_among_nature_and_unknown(fireballs) -> None:
    own = [(n, one) for n, one in enumerate(fireballs) if not one.is_drawn][:24:2]
    said = [judge_fireball(one, n, by_tracker=False) for n, one in own]
    judged = Counter(row["leading"] for row in said if "leading" in row)
    assert sum(judged.values()) >= 8  # the others were in nobody's view, or between two looks
    assert judged["bolide"] >= 0.9 * sum(judged.values())


def test_a_day_of_hot_spots_is_still_within_minutes() -> None:
    watcher = Infrared(
        orbit=Geostationary(30.0), los_sigma_urad=30.0, threshold_w_sr=8_000.0, noise_w_sr=1_500.0, name="ir"
    )
    spots = read_hot_spots(real_data("false-alarms", "firms_modis_global_24h_20221111.csv.gz"), watcher)
    assert len(spots.intensities_w_sr) > 3_000
    lights, rng = StillLights(), np.random.default_rng(1)
    for k, (t, values, sigmas) in enumerate(hot_spot_looks(spots, watcher, 20, rng, 1_700_000_000_000_000_000)):
        scan = Scan(
            sensor_id="ir", kind=SensorKind.INFRARED, mode=Mode.SIMULATED, t_received_tai_ns=t,
            t_measured_tai_ns=np.full(len(values), t), values=values, sigmas=sigmas,
        )  # fmt: skip
        aside = lights.judge(scan, watcher.position_itrf_m(t), watcher.los_sigma_rad, t)
        if k >= 4:
            assert np.mean(aside) > 0.85  # a few per cent flare up anew in every look of this day of three minutes
    assert np.mean(aside) > 0.93


def test_a_day_of_fires_is_dealt_whole_and_a_handful_of_it_says_no_launch(tmp_path) -> None:
    path = real_data("false-alarms", "firms_modis_global_24h_20221111.csv.gz")
    spots = read_hot_spots(path, hot_spots.WATCHER)
    parts = [hot_spots.dealt(spots, 1, part) for part in range(hot_spots.PARTS)]
    together = np.sort(np.concatenate([part.intensities_w_sr for part in parts]))
    np.testing.assert_array_equal(together, np.sort(spots.intensities_w_sr))
    few = HotSpots(spots.places_itrf_m[::150], spots.intensities_w_sr[::150])
    row = hot_spots.play_part(few, 6, 1, 0)
    assert row["candidates"] > 0 and row["raised"] == row["launches_said"] == row["alerts"] == 0
    assert row["leading"]["fire-or-flare"] > 0.8 * row["candidates"]


def test_what_is_no_list_of_hot_spots_is_refused_in_a_sentence(tmp_path) -> None:
    with pytest.raises(NotFoundError, match="no hot spots"):
        hot_spots.play_hot_spots(tmp_path / "none.csv.gz")
    (tmp_path / "text.csv.gz").write_text("latitude,longitude\n")
    with pytest.raises(BadInputError, match="hot spots"):
        hot_spots.play_hot_spots(tmp_path / "text.csv.gz")
