"""From a fit to what people read: launch estimate, impact area, intervals, sentences."""

import numpy as np

from vedette.assessment.areas import areas_of, local_m, patch_from_cloud
from vedette.assessment.launch_fit import Cloud, LaunchFit
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.propagate import fly_to_ground, propagate_coast
from vedette.reports import ImpactArea, LaunchEstimate, Prediction

NEAR_VERTICAL_DEG = 60.0  # an azimuth interval wider than this says nothing of a heading
TYPICAL_BETA_KG_M2 = 5000.0  # for "if thrust stopped now", before a ballistic coefficient is known
CONDITIONAL_DRAWS = 200


def launch_estimate(fit: LaunchFit) -> LaunchEstimate:
    """Launch point, time and azimuth, each with its doubt."""
    cloud = fit.cloud
    patch = fit.launch_patch()
    azimuth_deg, azimuth_90_deg = azimuth_words(cloud.azimuth_rad)
    return LaunchEstimate(
        lat_deg=round(float(np.degrees(patch.lat_rad)), 5),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 5),
        areas=areas_of(patch),
        t_tai_ns=int(np.median(cloud.t_launch_tai_ns)),
        t_90_tai_ns=interval_tai_ns(cloud.t_launch_tai_ns),
        azimuth_deg=azimuth_deg,
        azimuth_90_deg=azimuth_90_deg,
        is_near_vertical=azimuth_deg is None,
    )


def azimuth_words(azimuth_rad: Scalar) -> tuple[float | None, tuple[float, float] | None]:
    """Degrees: the middle of equally likely azimuths and their 90 %; None where they say nothing of a heading."""
    middle = float(np.angle(np.mean(np.exp(1j * azimuth_rad))))
    off_deg = np.degrees(np.angle(np.exp(1j * (azimuth_rad - middle))))
    low, mid, high = np.quantile(off_deg, [0.05, 0.5, 0.95])
    if high - low > NEAR_VERTICAL_DEG:
        return None, None
    middle_deg = np.degrees(middle)
    first, best, last = (round(float((middle_deg + x) % 360.0), 2) for x in (low, mid, high))
    return best, (first, last)


def impact_area(fit: LaunchFit) -> ImpactArea | None:
    """Where and when it comes down; None when hardly any fitted flight does."""
    patch = fit.impact_patch()
    if patch is None:
        return None
    down = fit.cloud.falls
    return ImpactArea(
        areas=areas_of(patch),
        lat_deg=round(float(np.degrees(patch.lat_rad)), 5),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 5),
        t_90_tai_ns=interval_tai_ns(fit.cloud.t_impact_tai_ns[down]),
    )


def conditional_impact(t_tai_ns: int, state_itrf: Scalar, state_cov_itrf: Rows) -> ImpactArea | None:
    """Where it would fall if thrust stopped now, from the track's state; None when it would stay up or is too vague."""
    rng = np.random.default_rng([abs(int(t_tai_ns)) % 2**63])  # the same state gives the same area
    values, vectors = np.linalg.eigh(0.5 * (state_cov_itrf + state_cov_itrf.T))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draws = state_itrf + rng.standard_normal((CONDITIONAL_DRAWS, 6)) @ root.T
    _, _, height_m = geodetic_from_itrf(draws[:, :3])
    lat_rad, lon_rad, after_s, _ = fly_to_ground(draws[height_m > 0.0], TYPICAL_BETA_KG_M2)
    falls = np.isfinite(after_s)
    if np.count_nonzero(falls) < 0.9 * CONDITIONAL_DRAWS:
        return None
    patch = patch_from_cloud(lat_rad[falls], lon_rad[falls])
    times = t_tai_ns + np.round(after_s[falls] * NS_PER_S).astype(np.int64)
    return ImpactArea(
        areas=areas_of(patch),
        lat_deg=round(float(np.degrees(patch.lat_rad)), 5),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 5),
        t_90_tai_ns=interval_tai_ns(times),
        is_conditional=True,
    )


def prediction(object_id: str, cloud: Cloud, t_tai_ns: int) -> Prediction | None:
    """Height and speed at an instant after burnout, with 90 % and 99 % intervals; None for the time of thrust."""
    after_s = (t_tai_ns - cloud.t_burnout_tai_ns) / NS_PER_S
    flying = after_s > 0.0
    flying &= ~(cloud.falls & (t_tai_ns > cloud.t_impact_tai_ns))
    if np.count_nonzero(flying) < 20:
        return None
    states = propagate_coast(cloud.burnout_itrf[flying], after_s[flying], cloud.beta_kg_m2[flying])
    return prediction_from_states(object_id, t_tai_ns, states)


def prediction_from_states(object_id: str, t_tai_ns: int, states_itrf: Rows) -> Prediction:
    """The intervals that a cloud of equally likely states gives."""
    _, _, height_m = geodetic_from_itrf(states_itrf[:, :3])
    speed_mps = np.linalg.norm(states_itrf[:, 3:], axis=1)
    shares = [0.005, 0.05, 0.5, 0.95, 0.995]
    h99, h90, h, h_90, h_99 = (round(float(x), 3) for x in np.quantile(height_m / 1e3, shares))
    v99, v90, v, v_90, v_99 = (round(float(x), 2) for x in np.quantile(speed_mps, shares))
    return Prediction(
        object_id=object_id,
        t_tai_ns=t_tai_ns,
        altitude_km=h,
        altitude_90_km=(h90, h_90),
        altitude_99_km=(h99, h_99),
        speed_mps=v,
        speed_90_mps=(v90, v_90),
        speed_99_mps=(v99, v_99),
    )


def apogee_km(cloud: Cloud) -> tuple[float, tuple[float, float]] | None:
    """Median and 90 % interval of the greatest height."""
    top_km = cloud.apogee_m[np.isfinite(cloud.apogee_m)] / 1e3
    if len(top_km) < 20:
        return None
    low, mid, high = np.quantile(top_km, [0.05, 0.5, 0.95])
    return round(float(mid), 2), (round(float(low), 2), round(float(high), 2))


def launch_sigma_km(fit: LaunchFit) -> float:
    """Root mean square distance of the fitted launch points from their middle."""
    patch = fit.launch_patch()
    away = local_m(fit.cloud.launch_lat_rad, fit.cloud.launch_lon_rad, patch.lat_rad, patch.lon_rad)
    return float(np.sqrt(np.mean(np.sum(away * away, axis=1)))) / 1e3


def burnout_words(fit: LaunchFit) -> dict[str, float]:
    """Burnout in figures for people: seconds, kilometres, metres per second, with one sigma."""
    cloud = fit.cloud
    lat_rad, lon_rad, height_m = geodetic_from_itrf(cloud.burnout_itrf[:, :3])
    speed_mps = np.linalg.norm(cloud.burnout_itrf[:, 3:], axis=1)
    t = int(np.median(cloud.t_burnout_tai_ns))
    return {
        "t_tai_ns": t,
        "t_sigma_s": round(float(np.std((cloud.t_burnout_tai_ns - t) / NS_PER_S)), 3),
        "lat_deg": round(float(np.degrees(np.median(lat_rad))), 4),
        "lon_deg": round(float(np.degrees(np.median(lon_rad))), 4),
        "altitude_km": round(float(np.median(height_m)) / 1e3, 3),
        "altitude_sigma_km": round(float(np.std(height_m)) / 1e3, 3),
        "speed_itrf_mps": round(float(np.median(speed_mps)), 2),
        "speed_sigma_mps": round(float(np.std(speed_mps)), 2),
    }


def interval_tai_ns(times: Ints) -> tuple[int, int]:
    """The middle 90 % of equally likely instants."""
    low, high = np.quantile(times.astype(float) - float(times[0]), [0.05, 0.95])
    return int(times[0]) + round(float(low)), int(times[0]) + round(float(high))
