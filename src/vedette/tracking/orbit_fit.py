"""The orbit of one object from its radar looks: a first orbit, then all looks at once, the radars' biases included.

Batch least squares (Levenberg-Marquardt) over the Earth-fixed state at the first look and a constant azimuth, elevation
and range error of each radar, whose prior is what the sensor's definition states. Residuals use the full gravity field;
their slopes come from the cheaper transition matrix with J2. A look that does not fit is set aside as a whole.

Two corrections are explicit. A measured time is the instant the echo left the object, and the reported angles and
ranges are free of refraction, as the rest of Vedette assumes; `time_is_of_reception` and `atmosphere` say otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, tau

import numpy as np

from vedette.core.constants import SPEED_OF_LIGHT_MPS
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation import fit
from vedette.frames import (
    RadioAtmosphere,
    enu_from_azel_range,
    enu_from_itrf_matrix,
    geodetic_from_itrf,
    true_from_refracted,
)
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import coast_track, propagate_coast, propagate_coast_stm
from vedette.reports import Looks, SensorKind
from vedette.reports.looks import KIND_CODES
from vedette.sensing import radar_and_jacobian_from_itrf
from vedette.tracking.initial_orbit import state_from_positions
from vedette.tracking.profile.plunge import plunges

FIELD_DEGREE = 8  # of the gravity in the residuals; degree 20 moves a ten-minute pass by some metres
EDIT_SIGMA = 3.5  # root mean square of a look's residuals beyond which it is set aside: 1 in 100,000 by chance
FEWEST_LOOKS = 4
FEWEST_INSTANTS = 3
_COLUMNS = 3  # azimuth, elevation, range carry a bias each


@dataclass(frozen=True, slots=True, eq=False)
class OrbitFit:
    """An orbit at one epoch, with the radars' biases, and how well the looks agree with it."""

    t_epoch_tai_ns: int
    state_itrf: Scalar  # (6,)
    state_cov_itrf: Rows  # (6, 6) with the doubt about the biases in it
    sensor_ids: tuple[str, ...]
    biases: Rows  # (k, 3) azimuth (rad), elevation (rad), range (m): what the radar reads too much
    bias_sigmas: Rows  # (k, 3)
    joint_cov: Rows  # (6 + 3k, 6 + 3k) state and biases together
    residuals: Rows  # (n, 4) azimuth, elevation, range, range rate in stated sigmas; NaN where not measured
    is_used: Bools  # (n,) False for looks set aside
    cost: float  # sum of squared residuals of looks used, and of the prior's
    degrees_of_freedom: int
    has_converged: bool
    sentence: str

    @property
    def residual_rms(self) -> Scalar:
        """(4,) root mean square of the used residuals of each column, in sigmas; NaN where not measured."""
        used = np.where(self.is_used[:, None], self.residuals, np.nan)
        counts = np.sum(np.isfinite(used), axis=0)
        return np.sqrt(np.where(counts > 0, np.nansum(used**2, axis=0) / np.maximum(counts, 1), np.nan))

    def state_at(self, t_tai_ns: int) -> tuple[Scalar, Rows]:
        """Earth-fixed state (6,) and covariance (6, 6) at another instant, coasting without drag.

        NaN when the coast ends in the ground long before.
        """
        dt_s = (int(t_tai_ns) - self.t_epoch_tai_ns) * 1e-9
        if plunges(self.state_itrf, dt_s):
            return np.full(6, np.nan), np.full((6, 6), np.nan)
        _, turn = propagate_coast_stm(self.state_itrf, dt_s)
        state = propagate_coast(self.state_itrf, dt_s, field=field_coefficients(FIELD_DEGREE))
        return state, turn @ self.state_cov_itrf @ turn.T


def fit_orbit(
    looks: Looks,
    bias_sigmas: Mapping[str, Scalar] | None = None,
    *,
    start: OrbitFit | None = None,
    atmosphere: RadioAtmosphere | None = None,
    time_is_of_reception: bool = False,
    field_degree: int = FIELD_DEGREE,
    edit_sigma: float = EDIT_SIGMA,
) -> OrbitFit:
    """The orbit that fits the radar looks of one object best, at the instant of the first detection.

    Parameters
    ----------
    looks : the evidence; looks without a detection and rows of other kinds are passed over
    bias_sigmas : by sensor, one sigma (3 or 4 values: azimuth rad, elevation rad, range m, ...) of the constant errors.
        A sensor or value that is not stated (missing or zero) is taken to be as biased as it is noisy.
    start : an earlier fit of fewer looks, to start from
    atmosphere : given, the looks are uncorrected and are freed of this air's refraction first
    time_is_of_reception : True when times are those of the echo's arrival; the light-time is then taken off
    field_degree : of the gravity field in the residuals

    Errors
    ------
    UsageError with fewer than four detections, or when they were made at fewer than three instants. A fit that did not
    finish says so in `has_converged` and `sentence`, and its covariance may be NaN.
    """
    is_radar = looks.kind_code == KIND_CODES[SensorKind.RADAR]
    rows = np.flatnonzero(is_radar & np.isfinite(looks.values[:, 0]))
    if len(rows) < FEWEST_LOOKS:
        raise UsageError(f"{len(rows)} radar looks do not make an orbit; at least {FEWEST_LOOKS} are needed")
    if len(np.unique(looks.t_measured_tai_ns[rows])) < FEWEST_INSTANTS:
        raise UsageError(f"{len(rows)} radar looks at fewer than {FEWEST_INSTANTS} instants do not make an orbit")
    rows = rows[np.argsort(looks.t_measured_tai_ns[rows], kind="stable")]
    problem = _Problem(looks, rows, bias_sigmas or {}, atmosphere, time_is_of_reception, field_degree)
    answer = fit(
        problem.residuals,
        problem.first_guess(start),
        jacobian=problem.slopes,
        prior_mean=np.zeros(problem.size),
        prior_information=problem.prior_information,
        edit_sigma=edit_sigma,
        group=np.repeat(np.arange(len(rows)), 4),
    )
    mean, cov = answer.mean[0], answer.cov[0]
    residuals = answer.residuals[0].reshape(-1, 4)
    return OrbitFit(
        t_epoch_tai_ns=problem.t_epoch_tai_ns,
        state_itrf=mean[:6],
        state_cov_itrf=cov[:6, :6],
        sensor_ids=problem.sensor_ids,
        biases=mean[6:].reshape(-1, _COLUMNS),
        bias_sigmas=np.sqrt(np.diagonal(cov)[6:]).reshape(-1, _COLUMNS),
        joint_cov=cov,
        residuals=residuals,
        is_used=np.any(answer.is_used[0].reshape(-1, 4), axis=1),
        cost=float(answer.cost[0]),
        degrees_of_freedom=int(answer.degrees_of_freedom[0]),
        has_converged=bool(answer.has_converged[0]),
        sentence=answer.sentence(),
    )


class _Problem:
    """Measured values, sigmas and geometry of one fit, in the order of time; residuals and slopes of its unknowns."""

    def __init__(
        self,
        looks: Looks,
        rows: Ints,
        bias_sigmas: Mapping[str, Scalar],
        atmosphere: RadioAtmosphere | None,
        time_is_of_reception: bool,
        field_degree: int,
    ) -> None:
        self.values, self.sigmas = looks.values[rows].copy(), looks.sigmas[rows]
        self.sites_itrf_m = looks.sensor_positions_itrf_m[rows]
        lat_rad, lon_rad, height_m = geodetic_from_itrf(self.sites_itrf_m)
        self.enu_from_itrf = enu_from_itrf_matrix(lat_rad, lon_rad)
        if atmosphere is not None:
            for row in range(len(rows)):
                self.values[row, 1:3] = true_from_refracted(
                    self.values[row, 1], self.values[row, 2], float(height_m[row]), atmosphere
                )
        times = np.asarray(looks.t_measured_tai_ns[rows], dtype=np.int64)
        if time_is_of_reception:
            times = times - np.rint(self.values[:, 2] / SPEED_OF_LIGHT_MPS * 1e9).astype(np.int64)
        self.times_tai_ns = times
        self.t_epoch_tai_ns = int(times[0])
        self.dt_s = (times - times[0]) * 1e-9
        self.field = field_coefficients(field_degree)
        used, self.owner = np.unique(looks.sensor_index[rows], return_inverse=True)
        self.sensor_ids = tuple(looks.sensor_ids[int(i)] for i in used)
        self.size = 6 + _COLUMNS * len(self.sensor_ids)
        self.prior_information = np.zeros((self.size, self.size))
        for k, sensor in enumerate(self.sensor_ids):
            noise = self.sigmas[self.owner == k][0, :_COLUMNS]
            stated = np.asarray(bias_sigmas.get(sensor, np.zeros(_COLUMNS)), dtype=float)[:_COLUMNS]
            prior = np.where(stated > 0.0, stated, noise)
            place = slice(6 + _COLUMNS * k, 6 + _COLUMNS * (k + 1))
            self.prior_information[place, place] = np.diag(1.0 / prior**2)

    def first_guess(self, start: OrbitFit | None) -> Scalar:
        guess = np.zeros(self.size)
        if start is not None and start.has_converged:
            guess[:6] = start.state_at(self.t_epoch_tai_ns)[0]
            if not plunges(guess[:6], float(self.dt_s[-1])):
                return guess
        azimuth, elevation, range_m = self.values[:, 0], self.values[:, 1], self.values[:, 2]
        enu = enu_from_azel_range(azimuth, elevation, range_m)
        positions = np.einsum("nji,nj->ni", self.enu_from_itrf, enu) + self.sites_itrf_m
        guess[:6] = state_from_positions(positions, self.times_tai_ns, self.t_epoch_tai_ns)
        return guess

    def residuals(self, unknowns: Scalar) -> Scalar:
        if plunges(unknowns[:6], float(self.dt_s[-1])):
            return np.full(4 * len(self.dt_s), np.nan)
        states = coast_track(unknowns[:6], self.dt_s, field=self.field)
        computed, _ = radar_and_jacobian_from_itrf(states, self.sites_itrf_m, self.enu_from_itrf, want_jacobian=False)
        computed[:, :_COLUMNS] += unknowns[6:].reshape(-1, _COLUMNS)[self.owner]
        apart = self.values - computed
        apart[:, 0] = (apart[:, 0] + pi) % tau - pi
        return (apart / self.sigmas).reshape(-1)

    def slopes(self, unknowns: Scalar) -> Rows:
        if plunges(unknowns[:6], float(self.dt_s[-1])):
            return np.full((4 * len(self.dt_s), self.size), np.nan)
        states, turns = propagate_coast_stm(unknowns[:6], self.dt_s)
        _, by_state = radar_and_jacobian_from_itrf(states, self.sites_itrf_m, self.enu_from_itrf)
        slopes = np.zeros((len(self.dt_s), 4, self.size))
        slopes[..., :6] = by_state @ turns
        for column in range(_COLUMNS):
            slopes[np.arange(len(self.dt_s)), column, 6 + _COLUMNS * self.owner + column] = 1.0
        return (-slopes / self.sigmas[..., None]).reshape(-1, self.size)
