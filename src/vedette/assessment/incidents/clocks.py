"""A sensor's clock told by objects whose orbits are known: seen too early or too late along their way.

On 25 February 1991 a radar's clock was 0.34 s wrong after a hundred hours, and it looked for a missile more than half a
kilometre from where it was. An object at a known place is a clock: a sensor whose clock is ahead by b says of the time
t where the object was at t - b. What is across the way must agree, or it is no such object.

One object that runs late looks the same as a wrong clock; the alarm waits for two that agree, or for an object that
another sensor sees at its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.reports import HORIZON_KINDS, Finding, FindingKind, Scan
from vedette.sensing import Radar, Sensor, Site, radar_and_jacobian_from_itrf
from vedette.tracking import KnownObjects

LEAST_S = 0.05  # a clock that is less wrong is the registration's business
SIGMAS = 5.0
SIGHTS = 3  # of an object, before it is believed
MOST_S = 5.0
EVERY_S = 2.0  # of a sensor's time
ACROSS_CHI2 = 20.0  # of what a time cannot explain: two or three degrees of freedom
_MOST_ROWS = 200


@dataclass(slots=True)
class _Pass:
    """What one sensor saw of one object: its clock error, by inverse variances."""

    weight: float = 0.0
    total: float = 0.0
    common_s: float = 0.0  # what the object's own orbit and the sensor's constant errors leave open
    sights: int = 0
    t_last_tai_ns: int = 0

    @property
    def error_s(self) -> float:
        return self.total / self.weight

    @property
    def sigma_s(self) -> float:
        return float(np.hypot(self.common_s, self.weight**-0.5))


@dataclass(frozen=True, slots=True)
class ClockError:
    """A sensor's clock as known objects tell it; positive: ahead."""

    sensor_id: str
    error_s: float
    sigma_s: float
    objects: tuple[str, ...]


@dataclass(slots=True)
class ClockWatch:
    """Clock errors of sensors that stand on the Earth and measure range, by known objects."""

    sensors: Mapping[str, Sensor]
    known: KnownObjects
    _passes: dict[str, dict[str, _Pass]] = field(default_factory=dict)
    _t_asked_tai_ns: dict[str, int] = field(default_factory=dict)
    _said: dict[str, float] = field(default_factory=dict)  # what was said last of each sensor

    def absorb(self, scan: Scan) -> tuple[Finding, ...]:
        """Take a look; an alarm, once, when a clock is surely wrong, and again when it is right or otherwise wrong."""
        sensor = self.sensors.get(scan.sensor_id)
        if not isinstance(sensor, Radar) or not isinstance(sensor.site, Site) or scan.kind not in HORIZON_KINDS:
            return ()
        if not 0 < len(scan) <= _MOST_ROWS:
            return ()
        t = int(scan.t_measured_tai_ns[-1])
        if abs(t - self._t_asked_tai_ns.get(scan.sensor_id, -(2**62))) < EVERY_S * NS_PER_S:
            return ()
        self._t_asked_tai_ns[scan.sensor_id] = t
        if self._meet(scan, sensor, t):
            return self._judge(scan.sensor_id, t)
        return ()

    def error_of(self, sensor_id: str) -> ClockError | None:
        """What is known of a sensor's clock; None before an object was seen often enough."""
        found = {
            name: one for name, one in self._passes.get(sensor_id, {}).items() if one.sights >= SIGHTS
        }
        if not found:
            return None
        weights = np.array([one.sigma_s**-2.0 for one in found.values()])
        errors = np.array([one.error_s for one in found.values()])
        error_s = float(weights @ errors / weights.sum())
        spread = float(weights @ (errors - error_s) ** 2 / max(len(found) - 1, 1))  # 1 where the objects agree
        return ClockError(sensor_id, error_s, float((max(spread, 1.0) / weights.sum()) ** 0.5), tuple(sorted(found)))

    def _meet(self, scan: Scan, sensor: Radar, t_tai_ns: int) -> bool:
        rows = self.known.predicted(t_tai_ns, sensor, None)
        if len(rows) == 0:
            return False
        site = sensor.site
        assert isinstance(site, Site)
        expected, by_state = radar_and_jacobian_from_itrf(
            rows.states_itrf, site.position_itrf_m, site.enu_from_itrf
        )
        going = np.zeros_like(rows.states_itrf)
        going[:, :3] = rows.states_itrf[:, 3:]
        rate = np.einsum("nij,nj->ni", by_state, going)[:, :3]  # of azimuth, elevation, range by time
        place = by_state[:, :3, :3] @ rows.covs_itrf[:, :3, :3] @ np.swapaxes(by_state[:, :3, :3], 1, 2)
        bias = np.nan_to_num(np.asarray(sensor.residual_bias_sigmas, dtype=float))[:3] ** 2
        is_met = False
        for row, (values, sigmas) in enumerate(zip(scan.values, scan.sigmas, strict=True)):
            if not np.all(np.isfinite(values[:3])):
                continue
            later_s = float(scan.t_measured_tai_ns[row] - t_tai_ns) / NS_PER_S
            best = _best(values, sigmas, expected[:, :3] + later_s * rate, rate, place)
            if best is not None:
                i, error_s, variance = best
                common = place[i] + np.diag(bias)
                along = rate[i] / np.asarray(sigmas[:3]) ** 2
                gain = along / (along @ rate[i])
                one = self._passes.setdefault(scan.sensor_id, {}).setdefault(rows.ids[i], _Pass())
                one.weight += 1.0 / variance
                one.total += error_s / variance
                one.common_s = float(np.sqrt(gain @ common @ gain))
                one.sights += 1
                one.t_last_tai_ns = t_tai_ns
                is_met = True
        return is_met

    def _judge(self, sensor_id: str, t_tai_ns: int) -> tuple[Finding, ...]:
        found = self.error_of(sensor_id)
        if found is None or not self._is_told(found):
            return ()
        is_wrong = abs(found.error_s) > max(LEAST_S, SIGMAS * found.sigma_s)  # whatever its description admits
        said = self._said.get(sensor_id)
        if said is None and not is_wrong:
            return ()
        if said is not None and abs(found.error_s - said) < max(LEAST_S, SIGMAS * found.sigma_s):
            return ()
        self._said[sensor_id] = found.error_s
        by = ", ".join(found.objects[:4])
        if not is_wrong:
            text = f"{sensor_id}: its clock is right again within {found.sigma_s:.3f} s, by {by}"
        else:
            which = "ahead" if found.error_s > 0.0 else "behind"
            text = (
                f"{sensor_id}: its clock is {abs(found.error_s):.3f} s {which} (± {found.sigma_s:.3f} s), by {by}; "
                f"a thing at 2 km/s is put {2.0 * abs(found.error_s):.1f} km from where it is"
            )
        data = {
            "mark": "clock", "sensor_id": sensor_id, "clock_error_s": round(found.error_s, 6),
            "clock_sigma_s": round(found.sigma_s, 6), "objects": list(found.objects),
        }  # fmt: skip
        return (
            Finding(
                kind=FindingKind.REGISTRATION, object_id=sensor_id, t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns,
                text=text, data=data,
            ),
        )  # fmt: skip

    def _is_told(self, found: ClockError) -> bool:
        """Two objects, or one that another sensor sees where it should be."""
        if len(found.objects) > 1:
            return True
        (name,) = found.objects
        others = [p[name] for s, p in self._passes.items() if s != found.sensor_id and name in p]
        return any(
            one.sights >= SIGHTS and abs(one.error_s - found.error_s) > SIGMAS * np.hypot(one.sigma_s, found.sigma_s)
            for one in others
        )


def _best(
    values: Scalar, sigmas: Scalar, expected: Rows, rate: Rows, place: Rows
) -> tuple[int, float, float] | None:
    """The one object that a reading fits after a shift in time: which, the clock's error, its variance by noise alone.

    Two that fit are none: nothing is learnt from what may be either.
    """
    off = np.asarray(values[:3]) - expected
    off[:, 0] = (off[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
    variances = np.asarray(sigmas[:3]) ** 2
    # no shift that is allowed brings the others near enough in each value alone: thousands fall away at a glance
    across = variances + np.diagonal(place, axis1=1, axis2=2)
    is_placed = np.all(across > 0.0, axis=1)  # what is known so badly that its covariance rounds to less is nowhere
    reach = MOST_S * np.abs(rate) + np.sqrt(ACROSS_CHI2 * np.maximum(across, 0.0))
    near = np.flatnonzero(is_placed & np.all(np.abs(off) <= reach, axis=1))
    if not len(near):
        return None
    off, rate, place = off[near], rate[near], place[near]
    weigh = np.linalg.inv(np.diag(variances) + place)
    towards = np.einsum("nij,nj->ni", weigh, rate)
    information = np.einsum("ni,ni->n", towards, rate)
    is_told = information > 0.0
    # the object is where it will be in so many seconds
    late_s = np.einsum("ni,ni->n", towards, off) / np.where(is_told, information, 1.0)
    left = off - late_s[:, None] * rate
    square = np.einsum("ni,nij,nj->n", left, weigh, left)
    fits = np.flatnonzero(is_told & (np.abs(late_s) <= MOST_S) & (square < ACROSS_CHI2))
    if len(fits) != 1:
        return None
    i = int(fits[0])
    along = rate[i] / variances
    return int(near[i]), -float(along @ off[i]) / float(along @ rate[i]), 1.0 / float(along @ rate[i])
