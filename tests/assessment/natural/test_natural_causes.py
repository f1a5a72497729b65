"""Every cause on looks of its own making and on looks of others, and on what history says of them."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assessment.natural.made_looks import T0, looks_of_path

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.natural.celestial import MOON_RADIUS_M, body_position_itrf_m
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.fires import _log_ground
from vedette.assessment.natural.glint_geometry import glint_geometry, specular_point, tilt_area_share
from vedette.assessment.natural.known_orbits import ElementSets, KnownBodies, perigee_height_m
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.weighing import explained
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, SPEED_OF_LIGHT_MPS
from vedette.frames import (
    EarthOrientation,
    azel_range_from_enu,
    enu_from_itrf,
    enu_from_itrf_matrix,
    geodetic_from_itrf,
    itrf_from_gcrf_matrix,
    itrf_from_geodetic,
    sun_position_gcrf_m,
)
from vedette.motion.propagate import coast_track, propagate_coast
from vedette.reports import Cause, KnownBody
from vedette.sensing import Geostationary, Infrared, Radar, Site, sun_direction
from vedette.sensing.daylight import sun_elevation_rad
from vedette.time import tai_ns_from_utc_text

EARTH = EarthOrientation.packaged()
GEO = Infrared(orbit=Geostationary(20.0), los_sigma_urad=30.0, los_bias_sigma_urad=10.0, name="geo")
STARE = Infrared(orbit=Geostationary(60.0), los_sigma_urad=30.0, los_bias_sigma_urad=10.0, revisit_s=1.0, name="stare")


def radar(lat_deg: float, lon_deg: float, **more) -> Radar:
    """A warning radar of usual figures."""
    usual = {"range_sigma_m": 50.0, "angle_sigma_deg": 0.15, "range_rate_sigma_mps": 5.0, "name": "radar"}
    return Radar(site=Site(lat_deg, lon_deg, 100.0), **(usual | more))


def state_over(lat_deg, lon_deg, height_m, heading_deg, climb_deg=0.0, speed_share=1.0) -> np.ndarray:
    """A share of the speed of a round orbit, over a place."""
    lat, lon, heading, climb = np.radians([lat_deg, lon_deg, heading_deg, climb_deg])
    place = itrf_from_geodetic(lat, lon, height_m)
    speed = speed_share * np.sqrt(EARTH_MU_M3_S2 / np.linalg.norm(place))
    enu = speed * np.array([np.sin(heading) * np.cos(climb), np.cos(heading) * np.cos(climb), np.sin(climb)])
    velocity = enu @ enu_from_itrf_matrix(lat, lon)
    velocity[:2] += EARTH_SPIN_RADPS * np.array([place[1], -place[0]])
    return np.concatenate([place, velocity])


def weights(looks, sensors, context=None) -> dict[Cause, float]:
    """Log ratio of each cause, shares joined."""
    found: dict[Cause, float] = {}
    for one in natural_causes(looks, sensors, context or NaturalContext(EARTH)):
        found[one.name] = float(np.logaddexp(found.get(one.name, -np.inf), one.log_ratio))
    return found


# ---- the Moon, 5 October 1960


def test_the_moon_stood_where_thule_looked() -> None:
    """FA-01: it rose at azimuth 66, stood 2.4 deg high at 22:20 UT; the echo took 2.55 s."""
    thule = Site(76.57, -68.30, 400.0)

    def seen(clock: str):
        moon = body_position_itrf_m("Moon", tai_ns_from_utc_text(f"1960-10-05T{clock}Z"), EARTH)
        return azel_range_from_enu(enu_from_itrf(moon, thule.position_itrf_m))

    azimuth, elevation, range_m = seen("22:20:00")
    assert np.degrees(elevation) == pytest.approx(2.4, abs=0.1)
    assert 2.0 * range_m / SPEED_OF_LIGHT_MPS == pytest.approx(2.553, abs=0.003)
    azimuth, elevation, _ = seen("21:37:00")
    assert np.degrees(azimuth) == pytest.approx(66.0, abs=1.0)
    assert abs(np.degrees(elevation)) < 0.3


def moon_looks(sensor: Radar, start: str, count: int, rng, fold_m=None):
    """Echoes of the Moon's near edge, folded."""
    t0 = tai_ns_from_utc_text(start)

    def path(t_s):
        t = t0 + np.rint(t_s * 1e9).astype(np.int64)
        ahead, behind = (body_position_itrf_m("Moon", t + s * 500_000_000, EARTH) for s in (1, -1))
        return np.hstack([body_position_itrf_m("Moon", t, EARTH), ahead - behind])

    looks = looks_of_path({"radar": sensor}, path, {"radar": np.arange(count) * 10.0}, rng, t0_tai_ns=t0)
    values = looks.values.copy()
    near = values[:, 2] - MOON_RADIUS_M + rng.exponential(75e3, count)  # the near edge and some depth
    values[:, 2] = sensor.folded_range_m(near, looks.t_measured_tai_ns) if fold_m is None else near % fold_m
    return replace(looks, values=values)


@pytest.mark.parametrize("stated", [True, False])
def test_a_folded_moonrise_is_the_moon(stated: bool) -> None:
    thule = radar(76.57, -68.30, angle_sigma_deg=0.5, pulse_interval_ms=33.356409519815205 if stated else None)
    looks = moon_looks(thule, "1960-10-05T22:20:00", 8, np.random.default_rng(1), None if stated else 5_000e3)
    said = natural_causes(looks, {"radar": thule}, NaturalContext(EARTH))
    moon = next(one for one in said if one.name is Cause.MOON_OR_SUN)
    assert moon.log_ratio > 8.0 and moon.log_ratio > max(one.log_ratio for one in said if one is not moon) + 5.0
    assert any("from the Moon" in reason for reason in moon.reasons_for)
    assert any("x 5,000 km" in reason for reason in moon.reasons_for) == stated


def test_an_echo_beside_the_moon_is_not_the_moon() -> None:
    thule = radar(76.57, -68.30, angle_sigma_deg=0.5, pulse_interval_ms=33.356)
    looks = moon_looks(thule, "1960-10-05T22:20:00", 8, np.random.default_rng(1))
    values = looks.values.copy()
    values[:, 0] += np.radians(12.0)
    assert weights(replace(looks, values=values), {"radar": thule})[Cause.MOON_OR_SUN] < -20.0
    values = looks.values.copy()
    values[:, 2] = (values[:, 2] + 2_400e3) % 5_000e3  # the right direction, a wrong range
    away = weights(replace(looks, values=values), {"radar": thule})[Cause.MOON_OR_SUN]
    assert away < weights(looks, {"radar": thule})[Cause.MOON_OR_SUN] - 3.0


# ---- the Sun, 23 May 1967 and 26 September 1983


def test_the_sun_stood_in_three_radars_fields() -> None:
    """FA-05: 32 deg at Thule, 36 at Clear, 10 at Fylingdales at 18:44 UT."""
    t = tai_ns_from_utc_text("1967-05-23T18:44:00Z")
    sites = {(76.57, -68.30): 32.0, (64.29, -149.19): 36.0, (54.36, -0.67): 10.0}
    for (lat, lon), elevation_deg in sites.items():
        assert np.degrees(sun_direction(Site(lat, lon, 100.0), t, EARTH)[1]) == pytest.approx(elevation_deg, abs=0.6)


FIELDS = {"Malmstrom": (47.5, -111.2), "Warren": (41.1, -104.9), "Whiteman": (38.7, -93.5)}


def test_sunlight_on_the_missile_fields_in_september_1983() -> None:
    """FA-10: declination -0.9, sub-solar longitude 126 W, the Sun 40 to 44 deg high over the fields."""
    t = tai_ns_from_utc_text("1983-09-25T20:15:00Z")
    sun = itrf_from_gcrf_matrix(t, EARTH) @ sun_position_gcrf_m(t)
    assert np.degrees(np.arcsin(sun[2] / np.linalg.norm(sun))) == pytest.approx(-0.9, abs=0.05)
    assert np.degrees(np.arctan2(sun[1], sun[0])) == pytest.approx(-126.0, abs=0.3)
    for lat, lon in FIELDS.values():
        place = itrf_from_geodetic(np.radians(lat), np.radians(lon), 12e3)
        assert 39.5 < np.degrees(sun_elevation_rad(place, t)) < 44.5


class _Molniya:
    """A watcher that stands over Europe as Oko's did, for the minutes of a story."""

    def position_itrf_m(self, t_tai_ns=0):
        here = itrf_from_geodetic(np.radians(62.0), np.radians(38.0), 37_000e3)
        return np.broadcast_to(here, (*np.shape(t_tai_ns), 3)).copy()


@pytest.mark.parametrize("field", FIELDS)
def test_what_the_molniya_watcher_saw_is_explained_by_glint(field: str) -> None:
    lat, lon = np.radians(FIELDS[field])
    t0 = tai_ns_from_utc_text("1983-09-25T20:14:00Z")
    watcher = Infrared(orbit=_Molniya(), los_sigma_urad=60.0, los_bias_sigma_urad=20.0, name="oko")
    cloud = np.concatenate([itrf_from_geodetic(lat, lon, 10e3), np.zeros(3)])
    looks = looks_of_path(
        {"oko": watcher}, lambda t: np.repeat(cloud[None], len(t), axis=0), {"oko": np.arange(5) * 10.0},
        np.random.default_rng(2), t0_tai_ns=t0, intensity_w_sr=lambda t: 3e4 * np.exp(0.3 * np.sin(2.0 + t)),
    )  # fmt: skip
    said = {one.name: one for one in natural_causes(looks, {"oko": watcher}, NaturalContext(EARTH))}
    glint = said[Cause.GLINT]
    ranked = sorted(said.values(), key=lambda one: -one.log_ratio)
    assert glint.log_ratio > 1.0 and glint in ranked[:2]
    assert any("grazes sunlit cloud" in words or "specular" in words for words in glint.reasons_for)
    # twelve hours later it was night there
    night = replace(looks, t_measured_tai_ns=looks.t_measured_tai_ns + 12 * 3600 * 1_000_000_000)
    dark = {one.name: one for one in natural_causes(night, {"oko": watcher}, NaturalContext(EARTH))}[Cause.GLINT]
    assert dark.log_ratio < -10.0 and any("below the horizon" in words for words in dark.reasons_against)


def test_the_specular_point_is_where_no_tilt_is_needed() -> None:
    """Against a search of the whole ground on a grid of a tenth of a degree."""
    t = tai_ns_from_utc_text("2023-03-20T10:00:00Z")
    here = GEO.position_itrf_m(t)
    found = specular_point(here, t, 6e3)
    assert found is not None
    lat, lon = np.meshgrid(np.radians(np.arange(-20, 20, 0.1)), np.radians(np.arange(0, 60, 0.1)), indexing="ij")
    ground = itrf_from_geodetic(lat.ravel(), lon.ravel(), 6e3)
    seen = glint_geometry(ground, np.broadcast_to(here, ground.shape), t)
    best = ground[np.argmin(seen.tilt_rad)]
    assert np.linalg.norm(best - found) < 10e3  # half a cell
    # tilts near it fill the ground as the density says: a mirror of any tilt is somewhere, once
    sigma = np.radians(1.2)
    density = np.exp(-0.5 * (seen.tilt_rad / sigma) ** 2) / (2.0 * np.pi * sigma**2) * tilt_area_share(found, here, t)
    cell_m2 = np.cos(lat.ravel()) * (np.radians(0.1) * 6.378e6) ** 2
    assert np.sum(density * cell_m2) == pytest.approx(1.0, abs=0.03)


def test_the_sun_on_the_other_side_leaves_no_specular_point() -> None:
    t = tai_ns_from_utc_text("2023-03-20T22:30:00Z")
    assert specular_point(GEO.position_itrf_m(t), t) is None


def test_glint_by_geometry_is_told_from_a_light_elsewhere() -> None:
    t0 = tai_ns_from_utc_text("2023-03-20T10:00:00Z")

    def spot(shift_m):
        def path(t_s):
            t = t0 + np.rint(t_s * 1e9).astype(np.int64)
            places = np.array([specular_point(GEO.position_itrf_m(int(k)), int(k), 6e3) for k in t])
            return np.hstack([places + shift_m, np.zeros((len(t), 3))])

        return path

    times = {"geo": np.arange(6) * 10.0}
    rng = np.random.default_rng(3)
    at = weights(looks_of_path({"geo": GEO}, spot(np.zeros(3)), times, rng, t0_tai_ns=t0), {"geo": GEO})
    off = weights(looks_of_path({"geo": GEO}, spot([0.0, 0.0, 3e6]), times, rng, t0_tai_ns=t0), {"geo": GEO})
    assert at[Cause.GLINT] > 4.0 and at[Cause.GLINT] > at[Cause.FIRE] + 5.0
    assert off[Cause.GLINT] < -2.0


# ---- fires, bolides


def climb(acceleration, velocity, height_m, lat_deg=36.0, lon_deg=52.0):
    """A parabola over a place, east, north, up."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    a, v, enu = np.array(acceleration, float), np.array(velocity, float), enu_from_itrf_matrix(lat, lon)

    def states(t_s):
        t = np.asarray(t_s, float)[:, None]
        away = v * t + 0.5 * a * t * t + [0.0, 0.0, height_m]
        return np.hstack([itrf_from_geodetic(lat, lon, 0.0) + away @ enu, (v + a * t) @ enu])

    return states


def test_a_fire_stays_and_a_launch_does_not() -> None:
    rng = np.random.default_rng(4)
    times = {"geo": np.arange(8) * 10.0}
    fire = weights(looks_of_path({"geo": GEO}, climb((0, 0, 0), (0, 0, 0), 300.0), times, rng), {"geo": GEO})
    assert fire[Cause.FIRE] == max(fire.values()) and fire[Cause.FIRE] > 2.0
    launch = weights(looks_of_path({"geo": GEO}, climb((8, 3, 12), (0, 0, 100), 10e3), times, rng), {"geo": GEO})
    assert max(launch.values()) < -8.0


def test_a_bolide_is_fast_brief_and_falls() -> None:
    rng = np.random.default_rng(5)
    fall = climb((0, 0, 0), (11e3, 4e3, -12e3), 75e3)
    brief = lambda t: 4e5 * np.exp(-((np.asarray(t) - 2.5) ** 2))  # noqa: E731
    looks = looks_of_path(
        {"stare": STARE}, fall, {"stare": np.arange(1, 5.0)}, rng, intensity_w_sr=brief,
        missed={"stare": np.arange(5, 30.0)},
    )  # fmt: skip
    seen = weights(looks, {"stare": STARE})
    assert seen[Cause.BOLIDE] > 3.0 and seen[Cause.BOLIDE] == max(seen.values())
    up = looks_of_path({"stare": STARE}, climb((20, 0, 15), (0, 0, 200), 15e3), {"stare": np.arange(40.0)}, rng)
    assert weights(up, {"stare": STARE})[Cause.BOLIDE] < -20.0


def flash(lat_deg, lon_deg):
    """Beliefs by the packaged rates in a light that one look found and five after it did not."""
    looks = looks_of_path(
        {"geo": GEO}, climb((0, 0, 0), (0, 0, 0), 40e3, lat_deg, lon_deg), {"geo": np.zeros(1)},
        np.random.default_rng(6), intensity_w_sr=3e5, missed={"geo": np.arange(1, 6) * 10.0},
    )  # fmt: skip
    weighed = natural_causes(looks, {"geo": GEO}, NaturalContext(EARTH))
    said = explained(weighed, packaged_assessment_policy().log_priors(("infrared",)))
    return {one.name: one.probability for one in said}, said


def test_one_flash_over_land_leaves_nature_open_and_one_at_sea_is_hardly_a_fire() -> None:
    land, _ = flash(25.0, 10.0)  # the Sahara, at night
    assert land[Cause.BOLIDE] + land[Cause.FIRE] > 0.95
    assert min(land[Cause.BOLIDE], land[Cause.FIRE]) > 0.05
    sea, said = flash(-15.0, 0.0)  # the South Atlantic
    assert sea[Cause.BOLIDE] == max(sea.values()) and sea[Cause.FIRE] < 0.2 * land[Cause.FIRE]
    fire = next(one for one in said if one.name is Cause.FIRE)
    assert any("sea" in reason for reason in fire.reasons_against)


def test_fires_by_land_and_sea_come_to_one_whole_earth() -> None:
    # the mean of the density over places drawn evenly on the sphere is that of "anywhere"
    rng = np.random.default_rng(7)
    places = np.arcsin(rng.uniform(-1.0, 1.0, 4000)), rng.uniform(-np.pi, np.pi, 4000)
    shares = [np.exp(_log_ground(lat, lon)) for lat, lon in zip(*places, strict=True)]
    assert np.mean(shares) == pytest.approx(1.0, abs=4.0 * np.std(shares) / np.sqrt(len(shares)))


# ---- orbits


def known(name, state, beta_kg_m2, age_h, drag_error, rng) -> KnownBody:
    """Elements of hours ago, a little off, of a body whose drag was foretold wrongly."""
    sigmas = np.array([175.0] * 3 + [0.19] * 3)
    then = propagate_coast(state, -age_h * 3600.0, beta_kg_m2)
    return KnownBody(
        id=name, name=name, t_epoch_tai_ns=T0 - round(age_h * 3.6e12),
        state_itrf=then + sigmas * rng.standard_normal(6),
        cov_itrf=np.diag(sigmas**2), beta_kg_m2=beta_kg_m2 / (1.0 + drag_error), beta_sigma_share=0.15,
    )  # fmt: skip


def test_a_decaying_body_off_oregon_is_found_in_the_catalogue_late_as_it_is() -> None:
    """FA-06: hours-old elements, tens of kilometres along the track; and a real shot from the same sea is not it."""
    hebo, rng = radar(45.2, -123.7, angle_bias_sigma_deg=0.05, range_bias_sigma_m=20.0), np.random.default_rng(7)
    body = state_over(44.0, -131.0, 130e3, 55.0)
    elsewhere = [state_over(*rng.uniform((-60, -180, 3e5), (60, 180, 9e5)), 80.0) for _ in range(12)]
    others = [known(f"other {i}", one, 100.0, 4.0, 0.0, rng) for i, one in enumerate(elsewhere)]
    context = NaturalContext(EARTH, orbits=KnownBodies([known("1975-1A", body, 100.0, 2.0, 0.15, rng), *others]))
    times = {"radar": np.arange(8) * 5.0}
    looks = looks_of_path({"radar": hebo}, lambda t: coast_track(body, t, 100.0), times, rng)
    said = natural_causes(looks, {"radar": hebo}, context)
    best = max(said, key=lambda one: one.log_ratio)
    assert best.name is Cause.DECAYING_BODY and best.log_ratio > 25.0
    assert "1975-1A" in best.reasons_for[0] and "along the track" in best.reasons_for[0]
    shot = state_over(44.0, -131.0, 100e3, 55.0, 25.0, 0.8)
    away = weights(looks_of_path({"radar": hebo}, lambda t: coast_track(shot, t), times, rng), {"radar": hebo}, context)
    assert max(away.values()) < -10.0


def test_without_a_catalogue_any_orbit_will_do_and_the_reasons_say_so() -> None:
    site, rng = radar(45.2, -123.7), np.random.default_rng(8)
    high = state_over(47.0, -128.0, 600e3, 60.0)
    looks = looks_of_path({"radar": site}, lambda t: coast_track(high, t), {"radar": np.arange(10) * 5.0}, rng)
    said = natural_causes(looks, {"radar": site}, NaturalContext(EARTH))
    satellite = next(one for one in said if one.name is Cause.SATELLITE)
    assert satellite.log_ratio > 10.0 and satellite.log_ratio == max(one.log_ratio for one in said)
    assert "no catalogue was at hand to ask" in satellite.reasons_for


def test_the_sounding_rocket_of_1995_is_nothing_natural() -> None:
    """FA-12: Andoya, straight up to 1,453 km, seen by a radar on the Kola peninsula as it climbs."""
    olenegorsk, rng = radar(68.1, 33.9, angle_sigma_deg=0.3), np.random.default_rng(9)
    up = climb((0, 0, -8.0), (200.0, 500.0, 4_700.0), 150e3, 69.3, 16.0)
    start = up(np.zeros(1))[0]
    looks = looks_of_path({"radar": olenegorsk}, lambda t: coast_track(start, t), {"radar": np.arange(12) * 5.0}, rng)
    assert max(weights(looks, {"radar": olenegorsk}).values()) < -10.0


def test_element_sets_and_sgp4_agree_with_the_published_example() -> None:
    """Vallado's example, satellite 00005: its place at epoch; and who is asked for elsewhere gets nothing."""
    lines = (
        "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
        "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
    )
    sets = ElementSets({"Vanguard 1": lines}, EARTH)
    t = tai_ns_from_utc_text("2000-06-27T18:50:19.733568Z")
    height_m = np.linalg.norm([7022.46529266, -1400.08296755, 0.03995155]) * 1e3  # teme at epoch, km
    teme_place = np.array([7022.46529266, -1400.08296755, 0.03995155]) * 1e3
    from vedette.frames import itrf_from_teme_matrix

    place = itrf_from_teme_matrix(t, EARTH) @ teme_place
    near = sets.near(t, place, 10e3)
    assert near.ids == ("Vanguard 1",)
    assert np.linalg.norm(near.states_itrf[0, :3] - place) < 20.0
    assert not near.is_decaying[0] and perigee_height_m(near.states_itrf)[0] > 600e3
    assert len(sets.near(t, -place, 10e3)) == 0
    assert height_m > 7e6


def test_heights_of_paths_are_those_of_the_ellipsoid() -> None:
    """The helper of this file: a climb begins at the height it was given."""
    assert geodetic_from_itrf(climb((0, 0, 0), (0, 0, 0), 12e3)(np.zeros(1))[0, :3])[2] == pytest.approx(12e3, abs=1.0)
