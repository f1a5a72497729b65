"""Does it stay up? One object's radar looks judged as an orbit: elements, doubt, and the chance that it stays.

A function for whoever holds the looks of one object (a track, a launch hypothesis, `OrbitFollower`); it fits, judges
the fit by its own residuals, and words the result. It never says "orbit" of looks that a coast does not explain: thrust
or a mixture of objects shows as residuals, and then nothing is established.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2

from vedette.core.shapes import Scalar
from vedette.frames import EarthOrientation
from vedette.reports import Looks
from vedette.time import utc_text_from_tai_ns
from vedette.tracking.orbit_elements import (
    OrbitElements,
    OrbitSpread,
    orbit_elements,
    state_and_cov_gcrf,
    state_and_cov_teme,
)
from vedette.tracking.orbit_fit import OrbitFit, fit_orbit

LASTING_PERIGEE_M = 100e3  # below, no revolution is completed
SURE = 0.99  # chance of a lasting (or of a falling) orbit that establishes it
_FITS = 0.9999  # share of true coasts that pass the test of residuals
_DOUBT_FLOOR = 1.0 / 4000.0  # half of one draw in orbit_elements: no probability is stated nearer to 0 or 1


@dataclass(frozen=True, slots=True)
class OrbitAssessment:
    """An orbit fit, its elements, and what may be said of it."""

    fit: OrbitFit
    elements: OrbitElements
    spread: OrbitSpread
    p_orbit: float  # chance that the perigee lies above 100 km, given a coast
    is_a_coast: bool  # the residuals are no larger than the stated noise explains
    marks: tuple[str, ...]

    @property
    def is_orbit(self) -> bool:
        """Established: it stays up."""
        return self.is_a_coast and self.p_orbit >= SURE

    @property
    def is_ballistic(self) -> bool:
        """Established: it comes down."""
        return self.is_a_coast and self.p_orbit <= 1.0 - SURE


def assess_orbit(
    looks: Looks,
    bias_sigmas: Mapping[str, Scalar],
    earth_orientation: EarthOrientation,
    *,
    start: OrbitFit | None = None,
) -> OrbitAssessment | None:
    """What four or more radar looks of one object say about its orbit; None when they determine none at all.

    Parameters
    ----------
    looks, bias_sigmas, start : as `vedette.tracking.orbit_fit.fit_orbit`
    earth_orientation : for the inertial frames; its marks are carried
    """
    fit = fit_orbit(looks, bias_sigmas, start=start)
    if start is not None and not fit.has_converged:
        fit = fit_orbit(looks, bias_sigmas)
    if not np.all(np.isfinite(fit.joint_cov)):
        return None
    elements, spread = orbit_elements(
        fit.t_epoch_tai_ns, fit.state_itrf, fit.state_cov_itrf, earth_orientation, LASTING_PERIGEE_M
    )
    explained = fit.has_converged and fit.cost <= chi2.ppf(_FITS, max(fit.degrees_of_freedom, 1))
    marks = earth_orientation.marks(fit.t_epoch_tai_ns)
    if not np.all(fit.is_used):
        marks = (*marks, "looks-set-aside")
    return OrbitAssessment(
        fit=fit,
        elements=elements,
        spread=spread,
        p_orbit=float(np.clip(spread.p_lasting, _DOUBT_FLOOR, 1.0 - _DOUBT_FLOOR)),
        is_a_coast=bool(explained),
        marks=marks,
    )


def orbit_sentence(assessment: OrbitAssessment) -> str:
    """The finding in one sentence: heights, tilt, and how sure."""
    e, s = assessment.elements, assessment.spread
    return (
        f"in orbit: {e.perigee_height_m / 1e3:.0f} ± {s.perigee_height_sigma_m / 1e3:.0f} km by "
        f"{e.apogee_height_m / 1e3:.0f} ± {s.apogee_height_sigma_m / 1e3:.0f} km, "
        f"inclined {np.degrees(e.inclination_rad):.2f} ± {np.degrees(s.inclination_sigma_rad):.2f}°; "
        f"perigee above {LASTING_PERIGEE_M / 1e3:.0f} km with {100 * assessment.p_orbit:.1f} %"
    )


def orbit_data(assessment: OrbitAssessment, earth_orientation: EarthOrientation) -> dict[str, Any]:
    """State, elements and biases for a finding: every number with unit and frame in its name, JSON types only."""
    fit, e, s = assessment.fit, assessment.elements, assessment.spread
    rms = fit.residual_rms
    return {
        "state": state_data(fit, earth_orientation),
        "elements": {
            "semi_major_axis_km": e.semi_major_axis_m / 1e3,
            "semi_major_axis_sigma_km": s.semi_major_axis_sigma_m / 1e3,
            "eccentricity": e.eccentricity,
            "eccentricity_sigma": s.eccentricity_sigma,
            "inclination_deg": float(np.degrees(e.inclination_rad)),
            "inclination_sigma_deg": float(np.degrees(s.inclination_sigma_rad)),
            "node_teme_deg": float(np.degrees(e.node_rad)),
            "node_sigma_deg": float(np.degrees(s.node_sigma_rad)),
            "perigee_argument_deg": float(np.degrees(e.perigee_argument_rad)),
            "perigee_km": e.perigee_height_m / 1e3,
            "perigee_sigma_km": s.perigee_height_sigma_m / 1e3,
            "apogee_km": _finite(e.apogee_height_m / 1e3),
            "apogee_sigma_km": _finite(s.apogee_height_sigma_m / 1e3),
        },
        "biases": {
            sensor: {
                "azimuth_deg": float(np.degrees(fit.biases[k, 0])),
                "azimuth_sigma_deg": float(np.degrees(fit.bias_sigmas[k, 0])),
                "elevation_deg": float(np.degrees(fit.biases[k, 1])),
                "elevation_sigma_deg": float(np.degrees(fit.bias_sigmas[k, 1])),
                "range_m": float(fit.biases[k, 2]),
                "range_sigma_m": float(fit.bias_sigmas[k, 2]),
            }
            for k, sensor in enumerate(fit.sensor_ids)
        },
        "looks": len(fit.is_used),
        "looks_set_aside": int(np.sum(~fit.is_used)),
        "residual_rms_sigmas": {
            name: _finite(float(rms[k])) for k, name in enumerate(("azimuth", "elevation", "range", "range_rate"))
        },
        "p_orbit": assessment.p_orbit,
    }


def state_data(fit: OrbitFit, earth_orientation: EarthOrientation) -> dict[str, Any]:
    """Epoch, position, velocity and covariance (metres and seconds) in gcrf, and the same in teme for SGP4's users."""
    gcrf, cov_gcrf = state_and_cov_gcrf(fit.t_epoch_tai_ns, fit.state_itrf, fit.state_cov_itrf, earth_orientation)
    teme, cov_teme = state_and_cov_teme(fit.t_epoch_tai_ns, fit.state_itrf, fit.state_cov_itrf, earth_orientation)
    return {
        "t_utc": utc_text_from_tai_ns(fit.t_epoch_tai_ns),
        "frame": "gcrf",
        "position_gcrf_m": gcrf[:3].tolist(),
        "velocity_gcrf_mps": gcrf[3:].tolist(),
        "covariance_gcrf": cov_gcrf.tolist(),
        "position_teme_m": teme[:3].tolist(),
        "velocity_teme_mps": teme[3:].tolist(),
        "covariance_teme": cov_teme.tolist(),
    }


def _finite(value: float) -> float | None:
    """A number that JSON can carry; None for what is not known or has no end."""
    return value if np.isfinite(value) else None
