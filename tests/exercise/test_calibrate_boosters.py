"""A short run of the booster calibration; the long one is `./run calibrate`."""

from vedette.exercise.booster_truth import draw_booster, readings
from vedette.exercise.calibrate_boosters import QUANTITIES, run


def test_intervals_hold_about_as_often_as_they_say() -> None:
    result = run(range(20))
    assert result["runs"] == 40 and result["untold"] <= 2
    for quantity in QUANTITIES:
        # of 40 at 0.90, fewer than 30 come about once in a thousand runs
        assert result["all"]["inside_90"][quantity] >= 0.75, result
    assert result["all"]["median_apogee_error_km"] < 0.3
    assert result["boost-back"]["median_entry_error_km"] < 1.0


def test_a_booster_is_drawn_again_the_same_and_shown_in_steps() -> None:
    one, two = draw_booster(3, "boost-back"), draw_booster(3, "boost-back")
    assert (one.altitude_m == two.altitude_m).all() and one.apogee_m == two.apogee_m
    shown = readings(one, 30.0)[:, 2]
    assert set(shown[shown > 100_500.0] % 1_000.0) <= {0.0}
    assert abs(shown % 100.0).max() < 1e-6 or abs(shown % 100.0 - 100.0).min() < 1e-6
