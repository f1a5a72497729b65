"""A track that was led from one fire to another: a density by hand, and what it does to a flame that moves."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from tests.assessment.natural.made_looks import looks_of_path
from tests.assessment.natural.test_natural_causes import EARTH, GEO, STARE, weights
from tests.data import real_data

from vedette.assessment.natural import two_fires
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.fires import _AT_SEA, FIRES, fire_start, on_the_ground, weigh_fire
from vedette.assessment.natural.sightings import sightings_of
from vedette.assessment.typing.sea import clear_of_land_km, sea_shares
from vedette.core.tables import table_text
from vedette.frames import itrf_from_geodetic
from vedette.reports import Cause

SENSORS = {"geo": GEO}
STAYS = np.zeros(3)


def place(lat_deg: float, lon_deg: float, height_m: float = 500.0) -> np.ndarray:
    return np.asarray(itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m))


def led(cut_s: float, times: np.ndarray, missed: np.ndarray, seed: int = 5, apart_deg: float = 0.4, sensors=SENSORS):
    """Looks at a light in the Sudan until `cut_s`, and then at another some way north-east of it."""
    a, b = place(10.0, 28.0), place(10.0 + apart_deg, 28.0 + 0.5 * apart_deg)

    def path(t_s: np.ndarray) -> np.ndarray:
        return np.array([np.concatenate([a if t < cut_s else b, STAYS]) for t in t_s])

    watched = {name: times + 0.7 * k for k, name in enumerate(sensors)}
    return looks_of_path(
        sensors, path, watched, np.random.default_rng(seed), intensity_w_sr=20e3, missed={"geo": missed}
    )


@pytest.mark.parametrize("sensors", [SENSORS, {"geo": GEO, "stare": STARE}], ids=["one", "two"])
@pytest.mark.parametrize("cut", [1, 3, 4])
def test_two_places_are_a_gaussian_of_all_looks(cut: int, sensors) -> None:
    """Against the covariance of all whitened numbers, written out; the first light's doubt is none of the second's."""
    s = sightings_of(led(25.0, np.array([0.0, 10.0, 20.0, 70.0, 80.0]), np.empty(0), sensors=sensors), sensors)
    where = on_the_ground(s)
    row, column = np.nonzero(s.known)
    slope, bias = s.slope[row, column], s.bias_slope[row, column]
    mean, cov = np.zeros(len(row)), np.eye(len(row))
    share = 0.0
    for rows in (np.flatnonzero(row < cut), np.flatnonzero(row >= cut)):
        start, spread, log = fire_start(s, where[row[rows[0]]])
        t = s.evidence.t_s[row[rows]] - s.evidence.t_s[row[rows[0]]]
        move = np.hstack([slope[rows, :3], slope[rows, 3:] + t[:, None] * slope[rows, :3]])
        mean[rows] += move @ start[:6]
        cov[np.ix_(rows, rows)] += move @ spread[:6, :6] @ move.T
        share += log
    for sensor in range(len(s.bias_sigmas)):
        mine = np.where((s.sensor[row] == sensor)[:, None], bias, 0.0) * s.bias_sigmas[sensor]
        cov += mine @ mine.T
    by_hand = multivariate_normal.logpdf(s.value[row, column], mean, cov) + share + s.log_scale
    # 1 mm/s2 of unrest is in the filter and not here: 5 m in 100 s, where a look is good to a kilometre
    assert two_fires.log_of_places(s, where, cut) == pytest.approx(by_hand, abs=2e-3, rel=1e-5)


def test_each_light_has_a_life_of_its_own() -> None:
    """What both were seen and missed for, against each light's looks weighed as an object of its own."""
    times, missed = np.array([0.0, 10.0, 20.0, 70.0, 80.0]), np.array([30.0, 40.0, 50.0, 60.0, 90.0])
    both = led(25.0, times, missed)
    order = np.round((both.t_measured_tai_ns - both.t_measured_tai_ns[0]) / 1e9)
    parts = "sensor_index", "kind_code", "t_measured_tai_ns", "values", "sigmas", "sensor_positions_itrf_m"
    early = replace(both, **{name: getattr(both, name)[order <= 70.0] for name in parts})
    late = replace(both, **{name: getattr(both, name)[order >= 70.0] for name in parts})
    gone = early.values.copy()
    gone[-1] = np.nan  # at the look that found the other light the first was not found
    by_hand = 0.0
    for looks in (replace(early, values=gone), late):
        s = sightings_of(looks, SENSORS)
        by_hand += float(np.logaddexp.reduce([np.log(p) + light.log_likelihood(s) for p, light in FIRES]))
    s = sightings_of(both, SENSORS)
    # the second's chance to be found is judged by the first's light: the one thing that is not its own
    assert two_fires._log_lights(s, 3) == pytest.approx(by_hand, abs=0.05)


@pytest.mark.parametrize("seed", range(4))
def test_the_likeliest_cuts_are_nearly_all(seed: int) -> None:
    """The few looks that are weighed, against all of them."""
    s = sightings_of(led(85.0, np.arange(16) * 10.0, np.empty(0), seed, apart_deg=0.1), SENSORS)
    where, context = on_the_ground(s), NaturalContext(EARTH)
    every = [two_fires.log_of_cut(s, where, cut, context) for cut in range(1, len(s))]
    (found,) = two_fires.weigh_two_fires(s, SENSORS, context)
    assert found.log_ratio == pytest.approx(np.logaddexp.reduce(every), abs=0.01)
    assert int(np.argmax(every)) + 1 in two_fires.likely_cuts(s, where) and int(np.argmax(every)) == 8


@pytest.mark.parametrize("seed", range(3))
def test_a_fire_that_went_out_and_another_are_fires(seed: int) -> None:
    """Three looks, fifty seconds of nothing, and one look 49 km away: as in the day of hot spots."""
    missed = np.array([30.0, 40.0, 50.0, 60.0, *np.arange(80.0, 161.0, 10.0)])
    looks = led(25.0, np.array([0.0, 10.0, 20.0, 70.0]), missed, seed)
    s = sightings_of(looks, SENSORS)
    (one_place,) = weigh_fire(s, SENSORS, NaturalContext(EARTH))
    (two_places,) = two_fires.weigh_two_fires(s, SENSORS, NaturalContext(EARTH))
    assert two_places.log_ratio > one_place.log_ratio + 200.0
    assert weights(looks, SENSORS)[Cause.FIRE] > 0.0  # better than anything unknown would make them
    assert "two lights" in two_places.reasons_for[0] and "3 looks" in two_places.reasons_for[0]


def test_one_fire_is_no_two() -> None:
    still = led(1e9, np.arange(12) * 10.0, np.array([55.0]))
    assert two_fires.weigh_two_fires(sightings_of(still, SENSORS), SENSORS, NaturalContext(EARTH)) == ()


@pytest.mark.parametrize("found_s", [10.0, 25.0])
def test_a_flame_that_leaves_is_no_two_fires(found_s: float) -> None:
    """A launch under twelve metres a second squared, first found a while after lift-off: two places do not make it."""
    up = place(10.0, 28.0) / np.linalg.norm(place(10.0, 28.0))
    west = np.array([np.sin(np.radians(28.0)), -np.cos(np.radians(28.0)), 0.0])

    def path(t_s: np.ndarray) -> np.ndarray:
        t = np.asarray(t_s)[:, None] + found_s
        return np.hstack([place(10.0, 28.0) + 6.0 * t**2 * up + 3.0 * t**2 * west, 12.0 * t * up + 6.0 * t * west])

    looks = looks_of_path(
        {"stare": STARE}, path, {"stare": np.arange(10) * 3.0}, np.random.default_rng(3), intensity_w_sr=120e3
    )
    s = sightings_of(looks, {"stare": STARE})
    (one_place,) = weigh_fire(s, {"stare": STARE}, NaturalContext(EARTH))
    (two_places,) = two_fires.weigh_two_fires(s, {"stare": STARE}, NaturalContext(EARTH))
    assert one_place.log_ratio < two_places.log_ratio  # it is offered ...
    assert weights(looks, {"stare": STARE})[Cause.FIRE] < -12.0  # ... and explains nothing


def test_new_lights_are_those_of_the_table() -> None:
    """As many as `natural_rates.toml` plays in the background."""
    import tomllib

    rows = tomllib.loads(table_text("natural_rates.toml"))["happening"]
    (fires,) = [row for row in rows if row["cause"] == Cause.FIRE.value]
    assert pytest.approx(fires["per_day"]) == two_fires.NEW_A_SECOND * 86_400.0


def test_fires_at_sea_are_where_a_day_of_hot_spots_has_them() -> None:
    """Counts of the day's spots by how far land is, over the chance of places drawn evenly on the sphere."""
    import csv
    import gzip

    with gzip.open(real_data("false-alarms/firms_modis_global_24h_20221111.csv.gz"), "rt", encoding="utf-8") as lines:
        rows = [(float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(lines)]
    spots, rng = np.array(rows), np.random.default_rng(3)
    drawn = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 1_000))), rng.uniform(-180.0, 180.0, 1_000)
    at_sea = spots[sea_shares(*spots.T) >= 1.0]
    far = np.array([clear_of_land_km(*one) for one in at_sea])
    even = np.array([clear_of_land_km(*one) for one in zip(*drawn, strict=True)])
    for number, (from_km, density) in enumerate(_AT_SEA):
        upto_km = np.inf if number == 0 else _AT_SEA[number - 1][0]
        least_km = max(from_km, 25.0)
        count = int(np.sum((far >= least_km) & (far < upto_km)))
        share = float(np.mean((even >= least_km) & (even < upto_km)))
        doubt = 4.0 * np.sqrt(share / len(even)) / share  # of the drawn places
        assert density * share * len(spots) == pytest.approx(count + 1, rel=doubt)
