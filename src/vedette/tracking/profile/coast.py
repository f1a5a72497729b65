"""Where a coasting body goes, from a few seconds of speed and altitude.

In a coast the speed alone tells the climb: dv/dt = -g · climb/v. So ten seconds of speed fix the climb rate far better
than altitude read in whole kilometres. What is not observed is carried as a mixture: the heading (the Coriolis force
lifts an eastward coast by kilometres) and where inside its step the display rounds. Each component is a small Gaussian
from a batch fit; answers are quantiles of the whole mixture.
"""

from dataclasses import dataclass
from math import hypot, log, sqrt

import numpy as np
from scipy.special import ndtr

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Rows, Scalar
from vedette.tracking.profile.motion import SPHERE_M, coast_extremes, coast_profile, state_from_profile, surface_point
from vedette.tracking.profile.readings import EDGE_SIGMA_M, PLAIN_SIGMA_M, SPEED_SIGMA_MPS

# Where in its step a display turns, above its middle: 0 it rounds, 0.5 it cuts off (or lags, climbing)
DISPLAY_SHARES = np.array([0.0, 0.06, 0.12, 0.19, 0.25, 0.31, 0.38, 0.44, 0.5])
DISPLAY_WEIGHTS = np.array([0.5, 0.03, 0.03, 0.03, 0.02, 0.03, 0.03, 0.03, 0.3])
LOG_INVERSE_BETA = (log(1.0 / 3_000.0), 0.7)  # spent stages and re-entering bodies: 3,000 kg/m², a factor of two
DRIFT_SIGMA_MPS2 = 0.007  # venting, attitude jets, a drifting display: acceleration along the velocity
LATER_SIGMA_MPS2 = 0.0045  # the same, afterwards
STEP_S = 2.0
ATTEMPTS = 10  # at finding where a coast begins
PIECE_RAD = 0.5  # of the compass, for one component of the mixture: its Gaussian spans the piece
GIVEN_AZIMUTH_RAD = 0.05  # an azimuth told by the operator is the launch's, and the flight may bend a little
SETTLED = np.array([2.0, 0.02, 0.02, 0.02, 0.002])  # an iteration that moves less is the last
_DELTA = np.array([20.0, 1.0, 1.0, 0.2, 0.02])  # steps of the finite differences: m, m/s, m/s, ln, rad
_N = 5  # altitude, climb, level speed, ln 1/β, heading


@dataclass(frozen=True, slots=True)
class Heading:
    """One possibility of where the body is, which way it flies, and where it came from."""

    lat_rad: float
    lon_rad: float
    azimuth_rad: float
    weight: float
    spread_rad: float  # one sigma of the heading about this one
    pad_lat_rad: float
    pad_lon_rad: float


@dataclass(frozen=True, slots=True)
class CoastReadings:
    """What a coast's readings say, reduced: mean speeds, and the moments at which the altitude display turned."""

    t_speed_s: Scalar
    speed_mps: Scalar
    sigma_speed_mps: Scalar
    t_altitude_s: Scalar
    altitude_m: Scalar
    sigma_altitude_m: Scalar
    step_m: Scalar  # times the unknown share: the display's own offset


def reduce_readings(t_s: Scalar, speed_mps: Scalar, altitude_m: Scalar, step_m: float) -> CoastReadings:
    """Seconds of speed, and altitude at the display's turning points (or plainly, when it has no step)."""
    second = np.floor(t_s - t_s[0] + 1e-9).astype(np.int64)
    _, start, count = np.unique(second, return_index=True, return_counts=True)
    t_v = np.add.reduceat(t_s, start) / count
    v = np.add.reduceat(speed_mps, start) / count
    sigma_v = np.hypot(SPEED_SIGMA_MPS, 0.0802 / np.sqrt(count))
    change = np.diff(altitude_m)
    wait = np.diff(t_s)
    rate = abs(altitude_m[-1] - altitude_m[0]) / max(t_s[-1] - t_s[0], 1.0)
    if step_m == 0.0:  # smoothed elsewhere: its offset is that of the display it came from, 0.1 km
        h = np.add.reduceat(altitude_m, start) / count
        return CoastReadings(t_v, v, sigma_v, t_v, h, np.full(len(h), PLAIN_SIGMA_M), np.full(len(h), 100.0))
    found = [
        i
        for i in np.flatnonzero(change != 0.0)
        if any(abs(abs(change[i]) - s) < 2.0 for s in (100.0, 1000.0)) and wait[i] < 1.6
    ]
    if found:
        i = np.array(found)
        size = np.where(np.abs(change[i]) > 500.0, 1000.0, 100.0)
        t_turn, h_turn = 0.5 * (t_s[i] + t_s[i + 1]), 0.5 * (altitude_m[i] + altitude_m[i + 1])
        sigma = np.hypot(EDGE_SIGMA_M, 0.29 * np.minimum(rate * wait[i], size))
        # turns within a second of each other, of one size, are told as their mean
        _, start, count = np.unique(
            2 * np.floor(t_turn - t_s[0]) + (size > 500.0), return_index=True, return_counts=True
        )
        t_h, h = np.add.reduceat(t_turn, start) / count, np.add.reduceat(h_turn, start) / count
        return CoastReadings(t_v, v, sigma_v, t_h, h, np.maximum(sigma[start] / np.sqrt(count), 8.0), size[start])
    one = np.ones(1)
    spread = 0.29 * step_m  # never turned: somewhere in the step
    return CoastReadings(
        t_v, v, sigma_v, one * t_s.mean(), one * altitude_m.mean(), one * hypot(spread, EDGE_SIGMA_M), 0.0 * one
    )


@dataclass(frozen=True, slots=True)
class CoastFit:
    """A mixture over headings and display offsets: Gaussians of altitude, climb, level speed, ln 1/β and heading."""

    t_s: float  # epoch: the last reading used
    t_start_s: float  # the first reading used
    headings: tuple[Heading, ...]
    weight: Rows  # (n, p)
    mean: Rows  # (n, p, 5)
    cov: Rows  # (n, 5, 5)
    centre: Rows  # (n, 5) where the finite differences stand
    chi2_per_reading: float

    def _bundle(self) -> tuple[Rows, Scalar]:
        return _states(_spread(self.centre), self.headings)

    def perigee_m(self) -> "Mixture":
        """Height of the perigee of the arc, were the Earth a point: above 100 km it is an orbit."""
        states, _ = self._bundle()
        r, v = states[:, :3], states[:, 3:].copy()
        v[:, 0] -= EARTH_SPIN_RADPS * r[:, 1]
        v[:, 1] += EARTH_SPIN_RADPS * r[:, 0]
        r_norm = np.linalg.norm(r, axis=1)
        energy = 0.5 * np.sum(v * v, axis=1) - EARTH_MU_M3_S2 / r_norm
        h2 = np.sum(np.cross(r, v) ** 2, axis=1)
        e = np.sqrt(np.maximum(1.0 + 2.0 * energy * h2 / EARTH_MU_M3_S2**2, 0.0))
        return self._mixture(h2 / EARTH_MU_M3_S2 / (1.0 + e) - SPHERE_M, 1_000.0)

    def _mixture(self, at: Rows, sigma_more: float) -> "Mixture":
        """The mixture of a quantity known at the bundle: (6 n,) values."""
        at = at.reshape(-1, _N + 1)
        slope = (at[:, 1:] - at[:, :1]) / _DELTA
        mean = at[:, :1] + np.einsum("nk,npk->np", slope, self.mean - self.centre[:, None, :])
        var = np.maximum(np.einsum("nk,nkl,nl->n", slope, self.cov, slope), 0.0) + sigma_more**2 + 1e-6
        return Mixture(mean.ravel(), np.repeat(np.sqrt(var), mean.shape[1]), self.weight.ravel())

    def at(self, t_s: float) -> tuple["Mixture", "Mixture"]:
        """Altitude (m) and speed (m/s) at a time, later or earlier."""
        states, inverse_beta = self._bundle()
        span = t_s - self.t_s
        h, v = coast_profile(states, inverse_beta, np.array([span]), STEP_S)
        return (
            self._mixture(h[:, 0], 0.5 * LATER_SIGMA_MPS2 * span**2),
            self._mixture(v[:, 0], LATER_SIGMA_MPS2 * abs(span)),
        )

    def _from_pad_m(self, position_itrf_m: Rows) -> Scalar:
        lat = np.repeat([h.pad_lat_rad for h in self.headings], _N + 1)
        lon = np.repeat([h.pad_lon_rad for h in self.headings], _N + 1)
        pad = state_from_profile(lat, lon, 0.0, 0.0, 0.0, 0.0)[:, :3]
        chord_m = np.linalg.norm(position_itrf_m - pad, axis=1)
        return 2.0 * SPHERE_M * np.arcsin(np.minimum(chord_m / (2.0 * SPHERE_M), 1.0))

    def extremes(self, time_max_s: float = 4_000.0) -> "CoastEnd":
        """Apogee from here on and the fall to the ground."""
        states, inverse_beta = self._bundle()
        out = coast_extremes(states, inverse_beta, 2.0, time_max_s)
        top = self._mixture(out[:, 0], 0.5 * LATER_SIGMA_MPS2 * float(np.median(out[:, 1])) ** 2)
        t_top = self._mixture(out[:, 1], 0.5)
        falls = np.isfinite(out[:, 2]).reshape(-1, _N + 1)
        lands = np.repeat(falls[:, 0], self.mean.shape[1])
        p_falls = float(np.sum(self.weight.ravel()[lands]))
        arc_m = self._from_pad_m(out[:, 3:6])
        usable = falls.all(axis=1)
        fill = lambda a: np.where(np.repeat(usable, _N + 1), a, 0.0)  # noqa: E731
        weight = np.where(np.repeat(usable, self.mean.shape[1]), self.weight.ravel(), 0.0)
        t_fall, reach = self._mixture(fill(out[:, 2]), 2.0), self._mixture(fill(arc_m), 500.0)
        total = weight.sum()
        if total > 0.0:
            t_fall = Mixture(t_fall.mean, t_fall.sigma, weight / total)
            reach = Mixture(reach.mean, reach.sigma, weight / total)
        return CoastEnd(top, t_top, p_falls, t_fall if total > 0.0 else None, reach if total > 0.0 else None)


@dataclass(frozen=True, slots=True)
class CoastEnd:
    """Apogee (m, s after the epoch), probability of falling, time to fall (s), how far from the pad (m)."""

    apogee_m: "Mixture"
    t_apogee_s: "Mixture"
    p_falls: float
    t_fall_s: "Mixture | None"
    reach_m: "Mixture | None"


@dataclass(frozen=True, slots=True)
class Mixture:
    """A weighted sum of Gaussians of one quantity."""

    mean: Scalar
    sigma: Scalar
    weight: Scalar

    def quantile(self, *shares: float) -> tuple[float, ...]:
        """Values below which the given shares of the probability lie, by bisection of the mixture's distribution."""
        low = np.full(len(shares), float(np.min(self.mean - 6.0 * self.sigma)))
        high = np.full(len(shares), float(np.max(self.mean + 6.0 * self.sigma)))
        for _ in range(40):
            middle = 0.5 * (low + high)
            below = ndtr((middle[:, None] - self.mean) / self.sigma) @ self.weight
            is_low = below < np.asarray(shares)
            low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
        return tuple(float(q) for q in 0.5 * (low + high))

    def above(self, value: float) -> float:
        """Probability of more than `value`."""
        return float(ndtr((self.mean - value) / self.sigma) @ self.weight)

    @property
    def median(self) -> float:
        """Half lies below."""
        return self.quantile(0.5)[0]

    def interval(self, share: float) -> tuple[float, float]:
        """The central interval that holds the given share."""
        low, high = self.quantile(0.5 - 0.5 * share, 0.5 + 0.5 * share)
        return low, high


def fit_coast(
    t_s: Scalar,
    speed_mps: Scalar,
    altitude_m: Scalar,
    step_m: float,
    headings: tuple[Heading, ...],
    climb_mps: float,
) -> CoastFit | None:
    """Fit a coast to the last readings; leading seconds still under thrust are left out. None when there is no coast.

    `climb_mps` is a first guess at the last reading. Linear least squares about a trajectory, repeated three times,
    with weights that forget outliers; one column more for a drift of the speed, one for the display's offset.
    """
    first = 0
    for attempt in range(ATTEMPTS):
        use = slice(first, None)
        if t_s[-1] - t_s[use][0] < 3.5 or len(t_s[use]) < 4:
            return None
        reduced = reduce_readings(t_s[use], speed_mps[use], altitude_m[use], step_m)
        last = float(t_s[-1]), float(altitude_m[-1]), float(speed_mps[-1])
        solved = _solve(reduced, *last, climb_mps, headings)
        if solved is None:
            return None
        fit, residual = solved
        lead = residual[: len(reduced.t_speed_s)]
        settled = np.abs(lead) < 3.0
        if settled[: max(2, len(lead) // 5)].all() or len(lead) < 5:
            return None if np.median(np.abs(lead)) > 2.5 else fit
        # the first stretch does not coast yet: drop a second or two of it (later, more) and look again
        bad_s = (1.0 if settled[1] else 2.0) * max(1.0, 0.5 * attempt)
        first += int(np.searchsorted(t_s[use], t_s[use][0] + bad_s))
    return None


def _solve(
    reduced: CoastReadings, t_s: float, altitude_m: float, speed_mps: float, climb_mps: float,
    headings: tuple[Heading, ...],
) -> tuple[CoastFit, Scalar] | None:  # fmt: skip
    """The fit and the residuals of its likeliest component in sigmas; None when the readings fix nothing."""
    n = len(headings)
    climb = float(np.clip(climb_mps, -0.999 * speed_mps, 0.999 * speed_mps))
    start = np.array([altitude_m, climb, sqrt(max(speed_mps**2 - climb**2, 1.0)), LOG_INVERSE_BETA[0], 0.0])
    x = np.tile(start, (n, 1))
    x[:, 4] = azimuth0 = np.array([h.azimuth_rad for h in headings])
    room = np.array([5_000.0, speed_mps + 50.0, speed_mps + 50.0, 3.0 * LOG_INVERSE_BETA[1], 0.2])
    middle = np.tile(np.array([altitude_m, 0.0, 0.0, LOG_INVERSE_BETA[0], 0.0]), (n, 1))
    middle[:, 4] = azimuth0
    lowest, highest = middle - room, middle + room
    lowest[:, 2] = 0.5
    # backwards from the last reading, so that one integration meets all times
    t_all = np.concatenate([reduced.t_speed_s, reduced.t_altitude_s]) - t_s
    order = np.argsort(-t_all, kind="stable")
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    nv = len(reduced.t_speed_s)
    z = np.concatenate([reduced.speed_mps, reduced.altitude_m])
    sigma = np.concatenate([reduced.sigma_speed_mps, reduced.sigma_altitude_m])
    share = np.concatenate([np.zeros(nv), -reduced.step_m])  # true altitude = display boundary + share · step
    drift = np.concatenate([t_all[:nv], np.zeros(len(z) - nv)])
    robust = np.ones_like(z)
    prior = np.zeros((n, 6))  # 1/σ²
    prior[:, 3], prior[:, 5] = 1.0 / LOG_INVERSE_BETA[1] ** 2, 1.0 / DRIFT_SIGMA_MPS2**2
    prior[:, 4] = 1.0 / np.array([h.spread_rad for h in headings]) ** 2
    always = np.diag([1e-10, 1e-6, 1e-6, 0.0, 0.0, 0.0])  # 100 km and 1 km/s: never singular
    extra = np.zeros(n)
    for _ in range(4):
        states, inverse_beta = _states(_spread(x), headings)
        h, v = coast_profile(states, inverse_beta, t_all[order], STEP_S)
        model = np.concatenate([v[:, back[:nv]], h[:, back[nv:]]], axis=1).reshape(n, _N + 1, -1)
        jac = np.concatenate(
            [
                np.moveaxis((model[:, 1:] - model[:, :1]) / _DELTA[:, None], 1, 2),
                np.broadcast_to(drift[None, :, None], (n, len(z), 1)),
                np.broadcast_to(share[None, :, None], (n, len(z), 1)),
            ],
            axis=2,
        )
        gap = z - model[:, 0]
        w = robust / sigma**2
        info = np.einsum("nik,i,nil->nkl", jac, w, jac)
        info[:, :6, :6] += prior[:, :, None] * np.eye(6) + always
        eta = np.einsum("nik,i,ni->nk", jac, w, gap)
        eta[:, 3] += prior[:, 3] * (LOG_INVERSE_BETA[0] - x[:, 3])
        eta[:, 4] += prior[:, 4] * (azimuth0 - x[:, 4])
        a, b, c = info[:, :6, :6], info[:, :6, 6], info[:, 6, 6]
        if not np.isfinite(a).all() or np.abs(np.linalg.det(a)).min() == 0.0:
            return None
        step0 = np.linalg.solve(a, eta[:, :6, None])[..., 0]
        per_share = np.linalg.solve(a, b[..., None])[..., 0]
        centre = x
        x = np.clip(x + step0[:, :_N], lowest, highest)
        extra = step0[:, 5]
        best = int(np.argmin(np.einsum("ni,i->n", (gap - np.einsum("nik,nk->ni", jac[:, :, :6], step0)) ** 2, w)))
        residual = (gap - np.einsum("nik,nk->ni", jac[:, :, :6], step0)) / sigma
        is_settled = bool(np.all(np.abs(step0[:, :_N]) < SETTLED))
        robust = 1.0 / (1.0 + (residual[best] / 4.0) ** 2) ** 2
        if is_settled:
            break
    chi2_0 = np.einsum("ni,i->n", residual**2, robust) + prior[:, 3] * (x[:, 3] - LOG_INVERSE_BETA[0]) ** 2
    chi2_0 += prior[:, 5] * extra**2 + prior[:, 4] * (x[:, 4] - azimuth0) ** 2
    dof = max(len(z) - 4, 1)
    scale = max(1.0, float(chi2_0.min()) / dof)
    # the display's share of a step: quadratic in χ², weighed by how displays are made
    q2 = c - np.einsum("nk,nk->n", b, per_share)
    q1 = eta[:, 6] - np.einsum("nk,nk->n", b, step0)
    chi2 = chi2_0[:, None] - 2.0 * q1[:, None] * DISPLAY_SHARES + q2[:, None] * DISPLAY_SHARES**2
    logw = (
        -0.5 * (chi2 - chi2.min()) / scale
        + np.log(np.array([h.weight for h in headings]))[:, None]
        + np.log(DISPLAY_WEIGHTS)
    )
    weight = np.exp(logw - logw.max())
    weight /= weight.sum()
    mean = x[:, None, :] - per_share[:, None, :_N] * DISPLAY_SHARES[None, :, None]
    cov = np.linalg.inv(a)[:, :_N, :_N] * scale
    first = t_s + float(t_all.min())
    return CoastFit(t_s, first, headings, weight, mean, cov, centre, scale), residual[best]


def _spread(values: Rows) -> Rows:
    """Each row and its neighbours a finite difference away in every parameter: (n, 5) to (6 n, 5)."""
    out = np.repeat(values, _N + 1, axis=0)
    for k in range(_N):
        out[k + 1 :: _N + 1, k] += _DELTA[k]
    return out


def _states(values: Rows, headings: tuple[Heading, ...]) -> tuple[Rows, Scalar]:
    """ITRF states and 1/β of parameter rows, `_N + 1` for each heading."""
    lat = np.repeat([h.lat_rad for h in headings], _N + 1)
    lon = np.repeat([h.lon_rad for h in headings], _N + 1)
    states = state_from_profile(lat, lon, values[:, 0], values[:, 1], values[:, 2], values[:, 4])
    return states, np.exp(values[:, 3])


def likely_headings(
    pad_lat_lon_rad: tuple[float, float] | None,
    azimuth_rad: float | None,
    corridor: tuple[tuple[float, float], float] | None,
    downrange_m: float,
    p_turned: float,
) -> tuple[Heading, ...]:
    """Possible places and headings with prior weights: pieces of the compass, or one about a given azimuth.

    `corridor` is ((from, to) in rad clockwise, probability): the directions a launch site is used for. A stage that
    has burned against its flight may fly back the way it came, with probability `p_turned`.
    """
    full = 2.0 * np.pi
    pieces: list[tuple[float, float, float]] = []  # middle, width, weight
    if azimuth_rad is not None:
        pieces.append((azimuth_rad, GIVEN_AZIMUTH_RAD * sqrt(12.0), 1.0))
    else:
        (low, high), p = corridor if corridor is not None else ((0.0, full), 1.0)
        width = (high - low) % full or full
        for start, room, share in ((low, width, p), (high, full - width, 1.0 - p)):
            fine = PIECE_RAD if share < 0.5 else 0.3 * PIECE_RAD
            count = int(np.ceil(room / fine - 1e-9))
            for k in range(count):
                pieces.append((start + (k + 0.5) * room / count, room / count, share / count))
    azimuths = np.array([piece[0] for piece in pieces])
    lats = (pad_lat_lon_rad[0],) if pad_lat_lon_rad else (0.1, 0.5, 0.9)
    lon = pad_lat_lon_rad[1] if pad_lat_lon_rad else 0.0
    out = []
    for lat0 in lats:
        lat, lon_moved = surface_point(lat0, lon, azimuths, np.full(len(azimuths), downrange_m))
        for i, azimuth in enumerate(azimuths):
            w, spread = pieces[i][2] / len(lats), pieces[i][1] / sqrt(12.0)
            for turn, share in ((0.0, 1.0 - p_turned), (np.pi, p_turned)) if p_turned > 0.0 else ((0.0, 1.0),):
                at = float(lat[i]), float(lon_moved[i]), float(azimuth + turn)
                out.append(Heading(*at, share * w, spread, lat0, lon))
    return tuple(out)


def coast_from_state(
    t_s: float, altitude_m: float, climb_mps: float, speed_mps: float, var_altitude_m2: float, var_climb_m2s2: float,
    headings: tuple[Heading, ...],
) -> CoastFit:  # fmt: skip
    """The arc a body would fly if its thrust stopped now, from a filtered state."""
    n = len(headings)
    climb = float(np.clip(climb_mps, -0.999 * speed_mps, 0.999 * speed_mps))
    level = sqrt(max(speed_mps**2 - climb**2, 1.0))
    centre = np.tile(np.array([altitude_m, climb, level, LOG_INVERSE_BETA[0], 0.0]), (n, 1))
    centre[:, 4] = [h.azimuth_rad for h in headings]
    slope = -climb / level  # speed is known: what climbs more flies less level
    cov = np.zeros((n, _N, _N))
    cov[:, 4, 4] = [h.spread_rad**2 for h in headings]
    cov[:, 0, 0], cov[:, 1, 1], cov[:, 3, 3] = var_altitude_m2, var_climb_m2s2, LOG_INVERSE_BETA[1] ** 2
    cov[:, 1, 2] = cov[:, 2, 1] = slope * var_climb_m2s2
    cov[:, 2, 2] = min(slope**2 * var_climb_m2s2, level**2) + 1.0
    weight = np.array([[h.weight] for h in headings])
    return CoastFit(t_s, t_s, headings, weight / weight.sum(), centre[:, None, :].copy(), cov, centre, 1.0)
