"""What no estimator can beat for a launch point and an impact point, with the unknowns that the fit has.

The Cramer-Rao bound with priors (van Trees 1968): with r the whitened residuals of looks, priors, the climb at burnout
and the misfit, and J their derivatives by the unknowns at the truth, cov >= (J' J + b b' / s^2)^-1, where b is the
derivative of the burnout time, known to within the gap between the last look that found the flame and the first that
did not, s^2 = gap^2 / 12. Launch and impact points follow by their own derivatives G: G cov G'; to the impact is added
what the weather of `assessment.unknown_weather` moves it, which no look before re-entry can tell. The kind of vehicle
is taken as known: the fit does not know it.
"""

from math import log

import numpy as np
from scipy.special import ndtri

from vedette.assessment.areas import local_m
from vedette.assessment.class_fit import Problem, fly_cloud, untied
from vedette.assessment.evidence import evidence_from_looks
from vedette.assessment.flight_prior import ADDED, EVEN_LOG, FlightPrior, flight_prior
from vedette.assessment.flight_start import reference_point
from vedette.assessment.unknown_weather import DAYS
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.atmosphere import JET_HEIGHT_M, grid_heights_m
from vedette.motion.boost_layout import HEADER, JET_EAST_MPS, JET_NORTH_MPS, LAT_RAD, LON_RAD, STAGE_WIDTH, T0_S
from vedette.reports import Looks
from vedette.scenario import Made, TrueFlight

_STEP = 0.01


def true_theta(prior: FlightPrior, parameters: Scalar, epoch_s: float, biases: Rows) -> Scalar:
    """The whitened unknowns of a flight's own parameters (story clock; `epoch_s` is the fit's zero on it)."""
    truth = prior.base.copy()
    size = HEADER + STAGE_WIDTH * prior.n_stages
    truth[:size] = parameters[:size]
    truth[T0_S] -= epoch_s
    truth[size + 7 :] = biases.ravel()
    theta, done = np.zeros(len(prior)), prior.base.copy()
    for i, u in enumerate(prior.unknowns):
        at = u.targets[0]
        if u.shape == ADDED:
            theta[i] = (truth[at] - done[at]) / u.scale
        elif u.shape == EVEN_LOG:
            share = log(truth[at] / done[at]) / u.scale + 0.5
            theta[i] = float(ndtri(min(max(share, 1e-4), 1.0 - 1e-4)))
        else:
            theta[i] = log(truth[at] / done[at]) / u.scale
            for place, power in zip(u.targets, u.powers or (1.0,) * len(u.targets), strict=True):
                done[place] *= np.exp(power * u.scale * theta[i])
    return theta


def launch_bound(flight: TrueFlight, made: Made, looks: Looks, until_tai_ns: int) -> dict[str, float] | None:
    """Root mean square launch and impact errors (m) that cannot be beaten; None where it cannot be computed."""
    evidence = evidence_from_looks(looks, made.sensors, until_tai_ns)
    if len(evidence) < 3:
        return None
    reference = reference_point(evidence)
    prior = flight_prior(flight.flight.vehicle, reference, evidence.bias_sigmas)
    luck = [made.luck[name] for name in evidence.sensor_ids]
    biases = np.array([[*one.biases, one.clock_s] for one in luck])
    epoch_s = (evidence.epoch_tai_ns - flight.t_start_tai_ns) / NS_PER_S
    own, air = flight.flight.parameters.copy(), flight.flight.air
    own[[JET_EAST_MPS, JET_NORTH_MPS]] = air[np.searchsorted(grid_heights_m(), JET_HEIGHT_M), 2:]
    tied = true_theta(prior, own, epoch_s, biases)
    free, theta = untied(prior, tied, evidence)
    problem = Problem(free, evidence)
    _, jac = problem.linearise(theta, is_over=True, is_final=True)
    information = jac.T @ jac
    if not np.isfinite(problem.silence.first_missed_s):
        information = jac[:-1].T @ jac[:-1]
    try:
        cov = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return None
    rows = np.vstack([theta, *(theta + s * _STEP * e for e in np.eye(len(theta)) for s in (1.0, -1.0))])
    xs, _, ends = fly_cloud(free, rows, np.zeros(0))
    launch = _slopes(xs[:, LAT_RAD], xs[:, LON_RAD])
    out = {"launch": float(np.sqrt(np.trace(launch.T @ cov @ launch)))}
    if np.all(ends[:, 0] == 1.0):
        lat, lon, _ = geodetic_from_itrf(ends[:, 1:4])
        impact = _slopes(lat, lon)
        _, _, days = fly_cloud(free, np.tile(theta, (DAYS, 1)), np.zeros(0), any_weather=True)
        lat, lon, _ = geodetic_from_itrf(days[:, 1:4])
        weather = np.cov(local_m(lat, lon, float(lat[0]), float(lon[0])).T)
        out["impact"] = float(np.sqrt(np.trace(impact.T @ cov @ impact + weather)))
    return out if all(np.isfinite(v) for v in out.values()) and "impact" in out else None


def _slopes(lat_rad: Scalar, lon_rad: Scalar) -> Rows:
    """(dims, 2) derivatives of a place from the row at zero and pairs of rows to either side."""
    points = local_m(lat_rad, lon_rad, float(lat_rad[0]), float(lon_rad[0]))
    return np.asarray((points[1::2] - points[2::2]) / (2.0 * _STEP))
