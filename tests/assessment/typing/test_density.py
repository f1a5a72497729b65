"""The compiled weighing of the bank's moments against its plain twin, and the shares of sea of many places at once."""

import numpy as np
import pytest
from scipy.special import i0e

from vedette.assessment.typing.bank import bank
from vedette.assessment.typing.density import nearness, nearness_plain
from vedette.assessment.typing.density_kernel import i0e as compiled_i0e
from vedette.assessment.typing.sea import sea_share, sea_shares
from vedette.assessment.typing.signs import Signs

NOTHING = np.full(2, np.nan)


def signs(**given: object) -> Signs:
    height_m = float(given.get("height_m", 60e3))  # type: ignore[arg-type]
    usual: dict[str, object] = {
        "t_tai_ns": 0, "state_itrf": np.array([6.44e6, 0.0, 0.0, 900.0, 1500.0, 0.0]),
        "place": np.array([np.log(height_m + 3e3), 900.0, 1500.0]), "place_sigma": np.array([0.05, 80.0, 60.0]),
        "rise_correlation": 0.4, "push": NOTHING, "push_sigma": np.inf, "age_s": 55.0, "flame_age_s": 55.0,
        "flame_first": True, "flame_last_s": 4.0, "dark_s": np.empty(0), "height_m": height_m, "speed_mps": 1750.0,
        "climb_rad": 0.54, "sensors": ("ir",),
    }  # fmt: skip
    return Signs(**(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"push": np.array([18.0, 2.0]), "push_sigma": 4.0},
        {"dark_s": np.array([7.0, 3.0]), "flame_last_s": 12.0},
        {"flame_first": False, "age_s": 80.0},
        {"flame_age_s": np.nan, "flame_last_s": np.nan, "flame_first": False, "age_s": 20.0},
        {"height_m": 900.0, "place": np.array([np.log(3_900.0), 0.0, 30.0])},
    ],
)
def test_the_compiled_weights_are_those_of_the_plain_twin(given: dict[str, object]) -> None:
    table, seen = bank(), signs(**given)
    found, plain = nearness(seen, table), nearness_plain(seen, table)
    known = np.isfinite(plain.log_kind)
    np.testing.assert_array_equal(np.isfinite(found.log_kind), known)
    a_bessel_series = 1e-6  # good to 2e-7, taken twice
    np.testing.assert_allclose(found.log_kind[known], plain.log_kind[known], atol=a_bessel_series)
    assert known.any()


def test_the_series_of_the_bessel_function_is_scipys() -> None:
    x = np.concatenate([np.linspace(0.0, 8.0, 161), [3.7499, 3.7501, 50.0, 1e3, 1e6]])
    np.testing.assert_allclose([compiled_i0e(one) for one in x], i0e(x), rtol=3e-7)


def test_many_places_have_the_shares_of_sea_that_one_by_one_they_have() -> None:
    rng = np.random.default_rng(0)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 300))), rng.uniform(-180.0, 180.0, 300)
    lat[:3] = 89.95, -89.95, 90.0
    np.testing.assert_allclose(sea_shares(lat, lon), [sea_share(*place) for place in zip(lat, lon, strict=True)])
