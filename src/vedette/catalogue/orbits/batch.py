"""All observations at once: the orbit, the forces' parameters and the instruments' biases that fit them best.

Weighted least squares (Levenberg-Marquardt of `estimation`) with priors and outlier editing by look; slopes come from
the variational equations. What is not estimated but not known either (a drag coefficient, a leak) can be *considered*:
it moves nothing and widens the covariance (Tapley, Schutz and Born 2004, section 6.4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vedette.catalogue.orbits.dynamics import Dynamics
from vedette.catalogue.orbits.measurement import MeasurementModel, Readings
from vedette.catalogue.orbits.observations import ANGLES, KIND_WORDS, Kind
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation import fit

EDIT_SIGMA = 4.0
CLOCK = -1  # as the kind of a bias: seconds that a station's clock is late


@dataclass(frozen=True, slots=True)
class Bias:
    """A constant error of one station, or of the object's own transponder (station -1): what is read too much."""

    kind: int  # a Kind, or CLOCK
    station: int = -1
    start: float = 0.0
    sigma: float = np.inf  # of the prior

    def label(self, stations: Sequence[str]) -> str:
        """For people and for JSON: `range bias Fucino`."""
        what = "clock" if self.kind == CLOCK else KIND_WORDS[Kind(self.kind)]
        return f"{what} bias {stations[self.station] if self.station >= 0 else 'on board'}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What to estimate and from what.

    force_sigmas : by parameter name of the dynamics; one sigma of its prior (inf: free); others keep their start
    considered : by parameter name; one sigma of what is not estimated and widens the covariance
    """

    model: MeasurementModel
    dynamics: Dynamics
    t_epoch_tai_ns: int
    start_gcrf: Scalar
    force_start: Mapping[str, float] = field(default_factory=dict)
    force_sigmas: Mapping[str, float] = field(default_factory=dict)
    considered: Mapping[str, float] = field(default_factory=dict)
    biases: tuple[Bias, ...] = ()
    fixed_biases: tuple[Bias, ...] = ()
    prior_state_cov: Rows | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OrbitSolution:
    """An orbit with everything that was estimated beside it."""

    t_epoch_tai_ns: int
    state_gcrf: Scalar  # (6,)
    names: tuple[str, ...]  # of all unknowns: x, y, z, vx, vy, vz, forces, biases
    values: Scalar  # (d,)
    cov: Rows  # (d, d) realistic: scaled by the residuals, widened by what is considered
    formal_cov: Rows  # (d, d) as the stated sigmas have it
    scale: float  # what the formal variances were multiplied by
    residuals: Scalar  # (n,) measured less computed, in the rows' units
    is_used: Bools  # (n,)
    elevation_rad: Scalar  # (n,)
    cost: float
    degrees_of_freedom: int
    steps: int
    has_converged: bool
    sentence: str
    force_values: Scalar  # (p,) all parameters of the dynamics, estimated or not

    @property
    def state_cov_gcrf(self) -> Rows:
        """(6, 6)"""
        return self.cov[:6, :6]

    def value(self, name: str) -> tuple[float, float]:
        """An unknown's value and its sigma."""
        k = self.names.index(name)
        return float(self.values[k]), float(np.sqrt(self.cov[k, k]))


class Flight:
    """The problem as a function of the unknowns; the last flight is kept, since residual and slope share it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rows = problem.model.rows
        names = problem.dynamics.parameter_names
        unknown = [n for n in (*problem.force_sigmas, *problem.force_start, *problem.considered) if n not in names]
        if unknown:
            raise UsageError(f"the forces have no parameter {unknown[0]!r}; there are {', '.join(names) or 'none'}")
        self.forces = [names.index(n) for n in names if n in problem.force_sigmas]
        self.force_base = np.array([problem.force_start.get(n, 0.0) for n in names])
        self.names = (
            "x", "y", "z", "vx", "vy", "vz", *(names[i] for i in self.forces),
            *(b.label(self.rows.stations) for b in problem.biases),
        )  # fmt: skip
        self.size = len(self.names)
        self.t, self.back = np.unique(self.rows.t_tai_ns, return_inverse=True)
        self.masks = [self._mask(b) for b in problem.biases]
        self.fixed = [(self._mask(b), b) for b in problem.fixed_biases]
        self._key: bytes = b""
        self._kept: tuple[Readings, Rows] | None = None

    def _mask(self, bias: Bias) -> Bools:
        station = (self.rows.station == bias.station) if bias.station >= 0 else np.ones(len(self.rows), dtype=bool)
        kind = self.rows.station >= 0 if bias.kind == CLOCK else self.rows.kind == bias.kind
        return station & kind

    def start(self) -> Scalar:
        """The unknowns to start from."""
        forces = [self.force_base[i] for i in self.forces]
        return np.concatenate([self.problem.start_gcrf, forces, [b.start for b in self.problem.biases]])

    def information(self) -> Rows:
        """Of the priors."""
        information = np.zeros((self.size, self.size))
        if self.problem.prior_state_cov is not None:
            information[:6, :6] = np.linalg.inv(self.problem.prior_state_cov)
        names = self.problem.dynamics.parameter_names
        sigmas = [self.problem.force_sigmas[names[i]] for i in self.forces] + [b.sigma for b in self.problem.biases]
        for k, sigma in enumerate(sigmas, 6):
            information[k, k] = 1.0 / sigma**2 if np.isfinite(sigma) else 0.0
        return information

    def force_values(self, x: Scalar) -> Scalar:
        """All parameters of the dynamics."""
        values = self.force_base.copy()
        values[self.forces] = x[6 : 6 + len(self.forces)]
        return values

    def flown(self, x: Scalar) -> tuple[Readings, Rows]:
        """Readings, and their slopes (n, 6 + p) by state and by all forces' parameters."""
        key = x[: 6 + len(self.forces)].tobytes()
        if key != self._key or self._kept is None:
            states, slopes = self.problem.dynamics.fly(
                self.problem.t_epoch_tai_ns, x[:6], self.force_values(x), self.t
            )
            readings = self.problem.model.predict(states[self.back])
            self._kept = readings, np.einsum("ni,nij->nj", readings.by_state, slopes[self.back])
            self._key = key
        return self._kept

    def apart(self, x: Scalar) -> Scalar:
        """Measured less computed (n,) in the rows' units; angles the short way round."""
        readings, _ = self.flown(x)
        computed = readings.value.copy()
        for mask, bias in self.fixed:
            computed[mask] += readings.rate[mask] * bias.start if bias.kind == CLOCK else bias.start
        for k, (mask, bias) in enumerate(zip(self.masks, self.problem.biases, strict=True)):
            size = x[6 + len(self.forces) + k]
            computed[mask] += (readings.rate[mask] * size) if bias.kind == CLOCK else size
        apart = self.rows.value - computed
        turning = np.isin(self.rows.kind, [int(kind) for kind in ANGLES])
        apart[turning] = (apart[turning] + np.pi) % (2.0 * np.pi) - np.pi
        return apart

    def slopes(self, x: Scalar) -> Rows:
        """Of the computed values by the unknowns (n, d)."""
        readings, by_orbit = self.flown(x)
        H = np.zeros((len(self.rows), self.size))
        H[:, :6] = by_orbit[:, :6]
        for column, i in enumerate(self.forces, 6):
            H[:, column] = by_orbit[:, 6 + i]
        for k, (mask, bias) in enumerate(zip(self.masks, self.problem.biases, strict=True)):
            H[mask, 6 + len(self.forces) + k] = readings.rate[mask] if bias.kind == CLOCK else 1.0
        return H


def fit_batch(problem: Problem, *, edit_sigma: float = EDIT_SIGMA, max_steps: int = 40) -> OrbitSolution:
    """Solve a problem. A fit that did not finish says so in `has_converged` and `sentence`."""
    flight = Flight(problem)
    rows, start = problem.model.rows, flight.start()
    if len(rows) < 6 and problem.prior_state_cov is None:
        raise UsageError(f"{len(rows)} values do not make an orbit; at least 6 are needed")
    # the angle's error on the sky, not its own: azimuth near the zenith turns fast and means little
    weight = 1.0 / _sigmas(flight, start)
    answer = fit(
        lambda x: flight.apart(x) * weight,
        start,
        jacobian=lambda x: -flight.slopes(x) * weight[:, None],
        prior_mean=start,
        prior_information=flight.information(),
        edit_sigma=edit_sigma,
        group=rows.group,
        max_steps=max_steps,
    )
    x, cov, used = answer.mean[0], answer.cov[0], answer.is_used[0]
    apart = flight.apart(x)
    readings, by_orbit = flight.flown(x)
    freedom = int(answer.degrees_of_freedom[0])
    scale = _realistic_scale(apart * weight, used, rows.station, rows.kind, rows.t_tai_ns, freedom)
    wide = scale * cov
    if problem.considered and np.all(np.isfinite(cov)):
        H = flight.slopes(x)[used] * weight[used, None]
        for name, sigma in problem.considered.items():
            if name not in problem.force_sigmas:
                i = problem.dynamics.parameter_names.index(name)
                shift = cov @ (H.T @ (by_orbit[used, 6 + i] * weight[used])) * sigma
                wide = wide + np.outer(shift, shift)
    return OrbitSolution(
        problem.t_epoch_tai_ns, x[:6], flight.names, x, wide, cov, scale, apart, used, readings.elevation_rad,
        float(answer.cost[0]), freedom, int(answer.steps[0]), bool(answer.has_converged[0]), answer.sentence(),
        flight.force_values(x),
    )  # fmt: skip


def _sigmas(flight: Flight, start: Scalar) -> Scalar:
    rows = flight.rows
    sigma = rows.sigma.copy()
    readings, _ = flight.flown(start)
    level = rows.kind == Kind.AZIMUTH
    with np.errstate(invalid="ignore"):
        sigma[level] /= np.maximum(np.cos(readings.elevation_rad[level]), 0.02)
    polar = rows.kind == Kind.RIGHT_ASCENSION
    declination = rows.kind == Kind.DECLINATION
    if np.any(polar):  # the look's own declination, which shares its group
        told = dict(zip(rows.group[declination].tolist(), rows.value[declination].tolist(), strict=True))
        sigma[polar] /= np.maximum([np.cos(told.get(g, 0.0)) for g in rows.group[polar].tolist()], 0.02)
    return sigma


def _realistic_scale(
    whitened: Scalar, used: Bools, station: Ints, kind: Ints, t_tai_ns: Ints, freedom: int
) -> float:
    """What to multiply formal variances by: the spread of residuals, and how alike those of one pass are.

    Residuals of a pass that share an error are fewer than they look: n of them whose mean scatters more than one over
    the root of n tells by how much. Never below one.
    """
    if freedom < 1 or not np.any(used):
        return 1.0
    spread = float(np.sum(whitened[used] ** 2)) / freedom
    sums, count = 0.0, 0
    for s in np.unique(station):
        for k in np.unique(kind[station == s]):
            here = np.flatnonzero(used & (station == s) & (kind == k))
            gaps = np.flatnonzero(np.diff(t_tai_ns[here]) > 1_800_000_000_000) + 1
            for part in np.split(here, gaps):
                if len(part) > 2:
                    sums += float(np.sum(whitened[part])) ** 2 / len(part)
                    count += 1
    alike = sums / count / spread if count > 2 and spread > 0.0 else 1.0
    return max(1.0, spread * max(1.0, alike))
