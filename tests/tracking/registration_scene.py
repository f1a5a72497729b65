"""Satellites on drawn orbits, sensors with drawn errors that look at them, references that are off as they state."""

from dataclasses import dataclass, replace

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, NS_PER_S
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import coast_track, fly_to_ground, propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.time import tai_ns_from_utc_text
from vedette.tracking import Coasting, Tracker
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.policy import RegistrationPolicy
from vedette.tracking.registration.references import Coast, CoastingReference, covariance_of_track

T0 = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
SPIN = np.array([0.0, 0.0, 7.292115e-5])
RADAR = Radar(
    Site(54.4, -0.7, 260.0), range_sigma_m=30.0, angle_sigma_deg=0.05, range_max_km=4000.0, elevation_min_deg=5.0,
    range_bias_sigma_m=100.0, angle_bias_sigma_deg=0.05, clock_bias_sigma_s=0.1, revisit_s=5.0, name="radar-east",
)  # fmt: skip
SECOND = replace(RADAR, site=Site(58.0, -7.0, 80.0), name="radar-west")
GOOD_M, PUBLIC_M = (5.0, 7.5, 5.0), (300.0, 3000.0, 300.0)  # radial, along, cross: 10 m in all, and kilometres


@dataclass(frozen=True, slots=True)
class Errors:
    """What a sensor reads too much; a step of some of it from `step_s` on."""

    angles_rad: tuple[float, float] = (0.0, 0.0)
    range_m: float = 0.0
    clock_s: float = 0.0
    step_s: float = np.inf
    step_range_m: float = 0.0
    drift_range_mps: float = 0.0


def satellites(rng, count, near=RADAR.site, seconds=1200.0):
    """(count, 6) states at T0 of low orbits that pass within 2,500 km of a site at some time of the span."""
    site = near.position_itrf_m
    found = []
    while len(found) < count:
        # a point of the orbit near the site at a drawn time, carried back to T0
        away = rng.uniform(0.0, 1500e3) / 6.378e6
        bearing = rng.uniform(0, 2 * np.pi)
        lat = np.arcsin(np.sin(near.lat_rad) * np.cos(away) + np.cos(near.lat_rad) * np.sin(away) * np.cos(bearing))
        lon = near.lon_rad + np.arctan2(
            np.sin(bearing) * np.sin(away) * np.cos(near.lat_rad), np.cos(away) - np.sin(near.lat_rad) * np.sin(lat)
        )
        height = rng.uniform(450e3, 1500e3)
        place = itrf_from_geodetic(lat, lon, height)
        azimuth = rng.uniform(0, 2 * np.pi)
        east, north, up = enu_from_itrf_matrix(lat, lon)
        speed = np.sqrt(EARTH_MU_M3_S2 / np.linalg.norm(place))
        going = speed * (np.sin(azimuth) * east + np.cos(azimuth) * north + rng.normal(0.0, 0.003) * up)
        state = np.concatenate([place, going - np.cross(SPIN, place)])
        found.append(propagate_coast(state, -rng.uniform(0.0, seconds)))
        assert np.linalg.norm(place - site) < 4e6
    return np.array(found)


def references(rng, states, sigmas_m, name="S"):
    """A reference whose orbits are off by draws from the covariance that it states."""
    orbits = {}
    for i, state in enumerate(states):
        cov = covariance_of_track(state, np.array(sigmas_m))
        error = rng.multivariate_normal(np.zeros(6), cov, method="eigh")
        orbits[f"{name}{i}"] = Coast(T0, state + error, cov)
    return CoastingReference(orbits)


def radar_looks(rng, radar, states, errors, times_s, pd=0.9, name="S"):
    """(t_s, scan, matches) of every look of a radar at satellites in truth (flown with a fuller gravity field)."""
    field = field_coefficients(8)
    tracks = np.array([coast_track(state, times_s, field=field) for state in states])
    out = []
    for k, t_s in enumerate(times_s):
        seen = np.flatnonzero(radar.is_visible(tracks[:, k]) & (rng.random(len(states)) < pd))
        values = radar.measure(tracks[seen, k]) + np.nan_to_num(radar.sigmas) * rng.standard_normal((len(seen), 4))
        values[:, :2] += errors.angles_rad
        values[:, 2] += errors.range_m + errors.step_range_m * (t_s >= errors.step_s) + errors.drift_range_mps * t_s
        values[:, 0] %= 2 * np.pi
        values[:, ~np.isfinite(radar.sigmas)] = np.nan
        t = T0 + round((t_s + errors.clock_s) * NS_PER_S)
        scan = Scan(
            radar.name, SensorKind.RADAR, Mode.SIMULATED, T0 + round((t_s + 0.5) * NS_PER_S),
            np.full(len(seen), t), values, np.tile(radar.sigmas, (len(seen), 1)),
        )  # fmt: skip
        out.append((t_s, scan, [(i, f"{name}{s}") for i, s in enumerate(seen)]))
    return out


def drawn_errors(rng, radar, share=1.0):
    """Errors drawn from what the radar states, times `share`."""
    a, e, r, _ = radar.bias_sigmas * rng.standard_normal(4) * share
    return Errors((a, e), r, share * radar.clock_bias_sigma_s * rng.standard_normal())


def three_sigma(rng, radar):
    """Every bias at three of its sigmas, either sign."""
    signs = 3.0 * rng.choice([-1.0, 1.0], 4)
    a, e, r, _ = radar.bias_sigmas * signs
    return Errors((a, e), r, signs[3] * radar.clock_bias_sigma_s)


def truth_of(errors):
    """(4,) azimuth, elevation, range, clock as a Registration orders them for a radar."""
    return np.array([*errors.angles_rad, errors.range_m, errors.clock_s])


def merged(*feeds):
    """Looks of several sensors in order of time."""
    return sorted((look for feed in feeds for look in feed), key=lambda look: (look[0], look[1].sensor_id))


def registered(sensors, looks, reference, policy=None, upto_s=np.inf):
    """A registration that has heard all looks."""
    registration = Registration(sensors, policy or RegistrationPolicy())
    for t_s, scan, matches in looks:
        if t_s <= upto_s:
            registration.absorb(scan, matches, reference)
    return registration


def falling_body(rng):
    """An ITRF state at T0 of a body that passes the radar within 900 to 1,300 km, 500 km up, and comes down beyond."""
    site = RADAR.site
    away, bearing = rng.uniform(0.14, 0.2), rng.uniform(0.0, 2.0 * np.pi)
    lat = np.arcsin(np.sin(site.lat_rad) * np.cos(away) + np.cos(site.lat_rad) * np.sin(away) * np.cos(bearing))
    lon = site.lon_rad + np.arctan2(
        np.sin(bearing) * np.sin(away) * np.cos(site.lat_rad), np.cos(away) - np.sin(site.lat_rad) * np.sin(lat)
    )
    east, north, up = enu_from_itrf_matrix(lat, lon)
    going = bearing + rng.choice([-1.0, 1.0]) * rng.uniform(1.2, 1.9)  # across the radar's view
    speed, climb = rng.uniform(4000.0, 4600.0), rng.uniform(0.35, 0.6)
    level = np.sin(going) * east + np.cos(going) * north
    return np.concatenate(
        [itrf_from_geodetic(lat, lon, rng.uniform(350e3, 500e3)), speed * (np.cos(climb) * level + np.sin(climb) * up)]
    )


def impact_of_track(rng, errors, radar, calibration, seconds=180.0):
    """A track of a falling body by a radar with errors, flown to the ground: miss (m), squared normalised miss over 2.

    `radar` is what the tracker believes of the sensor; `calibration` what a registration found, or None.
    """
    state = falling_body(rng)
    tracker = Tracker([radar], motion=Coasting())
    if calibration is not None:
        tracker.calibrate(calibration)
    tracks = tracker.tracks
    for _, scan, _ in radar_looks(rng, RADAR, state[None], errors, np.arange(0.0, seconds, 5.0), pd=1.0):
        tracks = tracker.step(scan)
    if not len(tracks):
        return np.nan, np.nan
    truth = fly_to_ground(state, field=field_coefficients(8))[3][:3]
    cov = tracks.state_covs_itrf[0]
    mean = tracks.states_itrf[0]
    root = np.linalg.cholesky(cov)
    points = np.concatenate([mean[None], mean + np.sqrt(6.0) * root.T, mean - np.sqrt(6.0) * root.T])
    places = fly_to_ground(points, field=field_coefficients(8))[3][:, :3]
    basis = enu_from_itrf_matrix(*geodetic_from_itrf(places[0])[:2])[:2]
    level = (places - places[0]) @ basis.T
    spread = np.einsum("ij,ik->jk", level[1:], level[1:]) / 12.0
    miss = basis @ (truth - places[0])
    return float(np.linalg.norm(miss)), float(miss @ np.linalg.solve(spread, miss)) / 2.0
