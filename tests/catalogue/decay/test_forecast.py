"""Foretold re-entries against those that happened."""

import numpy as np
import pytest
from tests.data import real_data
from tests.reality.falls import FLUX, falls

from vedette.catalogue.decay import as_known_on, foretell_decay, judge_fall, known_body, track_itrf_m
from vedette.core.errors import BadInputError
from vedette.core.space_weather import SpaceWeather
from vedette.doors.reentry_report import fall_interval, read_flux
from vedette.formats.tle import read_tle
from vedette.frames import EarthOrientation, itrf_from_teme_matrix
from vedette.motion.sgp4 import Sgp4
from vedette.time import tai_ns_from_utc_text

DAY_NS = 86_400 * 10**9
DELTA = """1  9864U 77018B   19154.88021991  .03396604 -11375-4  97316-3 0  9990
2  9864  24.2945  28.9945 0363138  84.8346  87.4493 15.56457188673606
"""


def sets_of(text):
    return read_tle(text)[0]


@pytest.mark.slow
def test_windows_hold_what_happened_and_helped_falls_are_recognised():
    weather = read_flux(real_data(*FLUX))
    errors, inside, natural = [], 0, 0
    for number, kind, (low, high), lines in falls():
        decay = foretell_decay(sets_of(lines), weather, draws=300, models=("nrlmsise-00",))
        verdict = judge_fall(decay, low, high)
        if kind != "natural":
            assert verdict.verdict == "deorbited", number
            continue
        natural += 1
        middle = (low + high) // 2
        errors.append(abs(decay.t_tai_ns - middle) / (middle - decay.t_epoch_tai_ns))
        inside += decay.window_90[0] <= high and low <= decay.window_90[1]
    assert natural == 15
    assert np.median(errors) <= 0.12
    assert inside >= 12


def test_a_rocket_stage_of_2019_is_foretold_from_one_set():
    decay = foretell_decay(sets_of(DELTA), read_flux(real_data(*FLUX)), draws=60)
    low, high = fall_interval("2019-06-10")
    assert decay.window_90[0] <= high and low <= decay.window_90[1]
    assert abs(decay.t_tai_ns - (low + high) // 2) < 1.0 * DAY_NS
    assert judge_fall(decay, low, high).verdict == "natural"
    assert judge_fall(decay, *fall_interval("2019-06-04T06:00:00Z")).verdict == "deorbited"
    assert decay.window_99[0] <= decay.window_90[0] < decay.t_tai_ns < decay.window_90[1] <= decay.window_99[1]


def test_the_track_begins_where_the_element_set_is():
    sets = sets_of(DELTA)
    decay = foretell_decay(sets, SpaceWeather.of_level(70.0, 70.0, 6.0), draws=5, models=("nrlmsise-00",))
    t = int(sets.t_epoch_tai_ns[0]) + np.array([0, 1800, 3600, 7200]) * 10**9
    states, _ = Sgp4.of(sets).states_teme(t)
    said = np.einsum("nij,nj->ni", itrf_from_teme_matrix(t, EarthOrientation.packaged()), states[0, :, :3])
    apart = np.linalg.norm(track_itrf_m(decay, t) - said, axis=1)
    assert np.all(apart < 40e3), apart  # the short periods of J2 are not in the averages


def test_an_object_that_climbs_does_not_come_down():
    ferry = """1 44110U 19019A   19153.54200231 -.00002258 +00000-0 -30105-4 0  9998
2 44110 051.6440 073.9800 0007568 005.8530 338.9083 15.51157944172978
"""
    decay = foretell_decay(sets_of(ferry), SpaceWeather.of_level(70.0, 70.0, 6.0), draws=5, models=("nrlmsise-00",))
    assert decay.t_tai_ns is None and "not sinking" in decay.marks[-1]
    assert judge_fall(decay, *fall_interval("2019-07-29")).verdict == "deorbited"


def test_forgetting_the_future_keeps_the_past():
    weather = read_flux(real_data(*FLUX))
    day = 58_640
    known = as_known_on(weather, day)
    past = weather.mjd_utc < day
    assert np.array_equal(known.flux[: past.sum()], weather.flux[past])
    assert known.is_predicted(np.array([day + 1.0])) and not known.is_predicted(np.array([day - 2.0]))
    assert np.isclose(known.flux[-1], weather.flux[past][-27:].mean())


def test_a_sinking_object_is_handed_to_the_assessment_with_its_drag():
    sets = sets_of(DELTA)
    decay = foretell_decay(sets, SpaceWeather.of_level(70.0, 70.0, 6.0), draws=60, models=("nrlmsise-00",))
    body = known_body(sets, decay)
    assert body.id == "9864" and body.t_epoch_tai_ns == int(sets.t_epoch_tai_ns[0])
    assert body.beta_kg_m2 == pytest.approx(1.0 / decay.ratio.value_m2_kg)
    assert 0.05 < body.beta_sigma_share < 0.6
    assert np.all(np.linalg.eigvalsh(body.cov_itrf) > 0.0)
    assert 6_400e3 < np.linalg.norm(body.state_itrf[:3]) < 7_100e3


def test_no_set_is_refused():
    with pytest.raises(BadInputError, match="no element set"):
        foretell_decay(sets_of(DELTA).take(np.array([], dtype=np.int64)), SpaceWeather.usual())


def test_same_seed_same_windows():
    first, again = (
        foretell_decay(sets_of(DELTA), SpaceWeather.of_level(70.0, 70.0, 6.0), draws=20, models=("nrlmsise-00",))
        for _ in range(2)
    )
    assert first.window_90 == again.window_90 and tai_ns_from_utc_text("2019-06-04T00:00:00Z") < first.t_tai_ns
