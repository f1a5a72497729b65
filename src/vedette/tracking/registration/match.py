"""Which detection is which known object, and the loop that feeds a registration from scans.

A detection is matched when it is the only one near an object's expected place and the object the only one near it; the
gate holds noise, the reference's own covariance and what is still doubted of the sensor. Whatever is ambiguous is left.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import chi2

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.motion.gravity import acceleration_itrf
from vedette.reports import Finding, Scan
from vedette.sensing import los_residual_rad, radar_and_jacobian_from_itrf, tangent_jacobian
from vedette.tracking.registration.calibration import Calibration
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.references import Reference, ReferenceState
from vedette.tracking.registration.terms import ANGLE_1, CLOCK, horizon_of

GATE = 1.0 - 1e-4  # a true pair is lost once in ten thousand
ALONE = 4.0  # no other candidate within this many times the gate's squared distance: twice its width
RENEWED_S = 30.0  # how often it is asked anew which objects may be in view
VIEW_MARGIN_M = 800e3  # what a low orbit covers meanwhile, and the error of an old element set


def match(
    scan: Scan, states: Sequence[tuple[str, ReferenceState]], registration: Registration
) -> list[tuple[int, str]]:
    """(row, name) pairs of detections that can only be certain objects.

    states : where each object is at the scan's one time, as the sensor's clock is believed
    """
    if not len(scan) or not states or scan.sensor_id not in registration.terms:
        return []
    estimate = registration.estimate(scan.sensor_id)
    sensor = registration.sensors[scan.sensor_id]
    if scan.sensor_position_itrf_m is not None:
        place = np.asarray(scan.sensor_position_itrf_m, dtype=float).reshape(-1, 3)[0]
    else:
        place = np.asarray(sensor.position_itrf_m(int(scan.t_measured_tai_ns[0])), dtype=float).reshape(3)
    state = np.array([one.state_itrf for _, one in states])
    cov = np.array([one.state_cov_itrf for _, one in states])
    motion = np.concatenate([state[:, 3:], acceleration_itrf(state)], axis=1)
    constant = [i for i, term in enumerate(estimate.terms) if term != CLOCK]
    labels = tuple((scan.sensor_id, estimate.terms[i]) for i in constant)
    known = Calibration(labels, estimate.biases[constant], estimate.cov[np.ix_(constant, constant)])
    values = known.corrected(scan).values
    if ANGLE_1 in estimate.terms:
        los, slopes3 = tangent_jacobian(state[:, :3], place)
        slopes = np.concatenate([slopes3, np.zeros_like(slopes3)], axis=-1)
        away = los_residual_rad(values[:, None, :3], los[None])
        noise = np.repeat(scan.sigmas[:, :1] ** 2, 2, axis=1)
        doubt = np.diagonal(estimate.cov)[:2]
    else:
        expected, slopes = radar_and_jacobian_from_itrf(state, place, horizon_of(place))
        away = values[:, None, :] - expected[None]
        away[..., 0] = (away[..., 0] + np.pi) % (2.0 * np.pi) - np.pi
        noise = scan.sigmas**2
        doubt = np.array([estimate.sigma(term) ** 2 for term in ("azimuth_rad", "elevation_rad", "range_m")] + [0.0])
    clock = estimate.sigma(CLOCK) ** 2
    spread = slopes @ cov @ np.swapaxes(slopes, -1, -2)
    rate = np.einsum("mkj,mj->mk", slopes, motion)
    spread = spread + clock * rate[:, :, None] * rate[:, None, :] + doubt * np.eye(len(doubt))
    squared, dimension = _distances(away, noise, spread)
    gate = chi2.ppf(GATE, np.maximum(dimension, 1))
    near, close = squared <= gate, squared <= ALONE * gate
    alone = near & (close.sum(axis=1, keepdims=True) == 1) & (close.sum(axis=0, keepdims=True) == 1)
    return [(int(i), states[int(j)][0]) for i, j in zip(*np.nonzero(alone), strict=True)]


def _distances(away: Rows, noise: Rows, spread: Rows) -> tuple[Rows, Rows]:
    """(q, m) squared distances of (q, m, k) residuals, and how many components were measured."""
    measured: Bools = np.isfinite(away) & np.isfinite(noise)[:, None, :]
    k = away.shape[-1]
    S = spread[None] + np.where(np.isfinite(noise), noise, 0.0)[:, None, :, None] * np.eye(k)
    both = measured[..., :, None] & measured[..., None, :]
    S = np.where(both, S, np.eye(k))  # an unmeasured component stands alone with no residual
    r = np.where(measured, away, 0.0)
    unit = 1.0 / np.sqrt(np.diagonal(S, axis1=-2, axis2=-1))
    S, r = S * unit[..., :, None] * unit[..., None, :], r * unit
    return np.einsum("...k,...k->...", r, np.linalg.solve(S, r[..., None])[..., 0]), measured.sum(axis=-1)


class Registrar:
    """Feeds a registration from whole scans: asks which known objects are in view, matches, lets it learn."""

    def __init__(self, registration: Registration, reference: Reference) -> None:
        self.registration, self.reference = registration, reference
        self.matched_rows: frozenset[int] = frozenset()  # of the scan absorbed last
        self._in_view: dict[str, tuple[int, tuple[str, ...]]] = {}

    def absorb(self, scan: Scan) -> tuple[Finding, ...]:
        """Learn from a scan; what can be said because of it."""
        self.matched_rows = frozenset()
        if scan.sensor_id in self.registration.terms and len(scan):
            clock_s = self.registration.estimate(scan.sensor_id).bias(CLOCK)
            for t in np.unique(scan.t_measured_tai_ns):
                t_true = int(t) - round(clock_s * NS_PER_S)
                states = self._states(scan, t_true)
                rows = np.flatnonzero(scan.t_measured_tai_ns == t)
                part = _rows_of(scan, rows)
                pairs = [(int(rows[i]), name) for i, name in match(part, states, self.registration)]
                self.matched_rows |= {row for row, _ in pairs}
                self.registration.absorb(scan, pairs, self.reference)
        return self.registration.findings()

    def _states(self, scan: Scan, t_tai_ns: int) -> list[tuple[str, ReferenceState]]:
        """References of the objects that may be in view of the sensor, at an instant."""
        asked, names = self._in_view.get(scan.sensor_id, (None, ()))
        if asked is None or abs(t_tai_ns - asked) > RENEWED_S * NS_PER_S:
            known = [(name, self.reference.reference_at(name, t_tai_ns)) for name in self.reference.names()]
            names = tuple(name for name, one in known if one is not None and self._may_be_seen(scan, one, t_tai_ns))
            self._in_view[scan.sensor_id] = (t_tai_ns, names)
        found = [(name, self.reference.reference_at(name, t_tai_ns)) for name in names]
        return [(name, one) for name, one in found if one is not None]

    def _may_be_seen(self, scan: Scan, one: ReferenceState, t_tai_ns: int) -> bool:
        if not np.isfinite(one.state_itrf).all():
            return False
        sensor = self.registration.sensors[scan.sensor_id]
        place: Scalar = np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float).reshape(3)
        away = one.state_itrf[:3] - place
        if float(np.linalg.norm(place)) > 7e6:  # from space everything may be seen
            return True
        reach = 1e3 * float(getattr(sensor, "range_max_km", np.inf)) + VIEW_MARGIN_M
        up = place / np.linalg.norm(place)
        return float(np.linalg.norm(away)) < reach and float(away @ up) > -VIEW_MARGIN_M


def _rows_of(scan: Scan, rows: np.ndarray) -> Scan:
    return replace(
        scan, t_measured_tai_ns=scan.t_measured_tai_ns[rows], values=scan.values[rows], sigmas=scan.sigmas[rows]
    )
