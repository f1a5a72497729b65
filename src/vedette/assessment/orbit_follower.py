"""Follows one coasting object through radar scans and says, as soon as it can be known, that it is in orbit.

Each new look joins the evidence; the orbit is fitted again when the looks have grown by a fifth, from where the last
fit ended. Causal: what is said at a look rests on looks received until then.
"""

from collections.abc import Mapping

import numpy as np

from vedette.assessment.follower import Said
from vedette.assessment.orbit_assessment import (
    OrbitAssessment,
    assess_orbit,
    orbit_data,
    orbit_sentence,
    state_data,
)
from vedette.core.shapes import Rows
from vedette.frames import EarthOrientation, geodetic_from_itrf
from vedette.reports import (
    Alert,
    Finding,
    FindingKind,
    Looks,
    Mode,
    ObjectSummary,
    Prediction,
    Scan,
    SensorKind,
)
from vedette.sensing import Radar, Sensor
from vedette.tracking.orbit_fit import FEWEST_LOOKS

_EVERY_LOOK_UNTIL = 12
_GROWTH = 1.2
_GATE = (
    25.0  # squared distance in azimuth, elevation and range beyond which one of several returns is not taken: 5 sigma
)
_NORMAL_90, _NORMAL_99 = 1.6448536, 2.5758293


class OrbitFollower:
    """A `Follower` for radar scans that hold one object, such as a tracking radar's pass.

    A scan with several returns gives the one nearest to the orbit known so far, or nothing while none is known.
    """

    def __init__(
        self,
        sensors: Mapping[str, Sensor],
        mode: Mode = Mode.REAL,
        earth_orientation: EarthOrientation | None = None,
        object_id: str = "O1",
    ) -> None:
        self.radars = {name: sensor for name, sensor in sensors.items() if isinstance(sensor, Radar)}
        self.mode, self.object_id = mode, object_id
        self.earth_orientation = earth_orientation or EarthOrientation.packaged()
        self._sensor_ids: list[str] = []
        self._rows: list[tuple[int, int, Rows, Rows, Rows]] = []
        self._t_last_tai_ns = -(2**63)  # instants before 2000 are negative
        self._fitted = 0
        self._latest: OrbitAssessment | None = None
        self._declared = 0  # looks behind the last orbit finding
        self._is_ballistic_said = False

    def absorb(self, scan: Scan) -> Said:
        """Take the object's return, fit again when it is worth it, and say what has become known."""
        if scan.kind is not SensorKind.RADAR or scan.sensor_id not in self.radars or len(scan) == 0:
            return ()
        row = self._row_of(scan)
        if row is None:
            return ()
        is_first = not self._rows
        self._keep(scan, row)
        said: list[Finding | Alert] = [self._detected(scan, row)] if is_first else []
        count = len(self._rows)
        is_due = count <= _EVERY_LOOK_UNTIL or count >= _GROWTH * self._fitted
        if count >= FEWEST_LOOKS and is_due:
            self._fit()
            said.extend(self._established())
        return tuple(said)

    def settle(self, t_tai_ns: int) -> Said:
        """Fit what was left over, say the orbit as it finally stands, and that the object is no longer seen."""
        if not self._rows:
            return ()
        said: list[Finding | Alert] = []
        if len(self._rows) >= FEWEST_LOOKS and self._fitted < len(self._rows):
            self._fit()
        if self._latest is not None and self._latest.is_orbit and self._declared < self._fitted:
            said.append(self._orbit_finding("final: "))
        known = "its orbit stands" if self._latest is not None and self._latest.is_orbit else "its orbit is not known"
        said.append(
            Finding(
                kind=FindingKind.LOST,
                object_id=self.object_id,
                t_tai_ns=self._t_last_tai_ns,
                t_declared_tai_ns=t_tai_ns,
                text=f"{self.object_id} is no longer seen after {len(self._rows)} looks; {known}",
            )
        )
        return tuple(said)

    def objects(self) -> tuple[ObjectSummary, ...]:
        """The one object, once it has been seen."""
        if not self._rows:
            return ()
        sensors = tuple(self._sensor_ids)
        if self._latest is None:
            return (
                ObjectSummary(
                    id=self.object_id, class_name="other", probabilities={"other": 1.0}, phase="coast", sensors=sensors
                ),
            )
        latest = self._latest
        p = latest.p_orbit if latest.is_a_coast else min(latest.p_orbit, 0.5)
        apogee_km, spread_km = latest.elements.apogee_height_m / 1e3, latest.spread.apogee_height_sigma_m / 1e3
        is_bound = bool(np.isfinite(apogee_km) and np.isfinite(spread_km))
        return (
            ObjectSummary(
                id=self.object_id,
                class_name="satellite" if p >= 0.5 else "other",
                probabilities={"satellite": p, "other": 1.0 - p},
                phase="orbit" if latest.is_orbit else "coast",
                apogee_km=apogee_km if is_bound else None,
                apogee_90_km=(apogee_km - _NORMAL_90 * spread_km, apogee_km + _NORMAL_90 * spread_km)
                if is_bound
                else None,
                state={**state_data(latest.fit, self.earth_orientation), **self._where_last_seen()},
                sensors=sensors,
                quality=latest.marks,
                reasons_for=self._reasons(latest),
                reasons_against=() if latest.is_a_coast else ("the looks do not fit a coast within their noise",),
            ),
        )

    def alerts(self) -> tuple[Alert, ...]:
        """None: a satellite passing over is no alert."""
        return ()

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Height and speed at an instant, from the latest orbit; nothing before there is one."""
        if self._latest is None:
            return ()
        state, cov = self._latest.fit.state_at(t_tai_ns)
        lat_rad, lon_rad, height_m = geodetic_from_itrf(state[:3])
        up = np.array([np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)])
        speed = float(np.linalg.norm(state[3:]))
        ahead = state[3:] / speed
        height_km, height_sigma_km = float(height_m) / 1e3, float(np.sqrt(up @ cov[:3, :3] @ up)) / 1e3
        speed_sigma = float(np.sqrt(ahead @ cov[3:, 3:] @ ahead))
        return (
            Prediction(
                object_id=self.object_id,
                t_tai_ns=t_tai_ns,
                altitude_km=height_km,
                altitude_90_km=_interval(height_km, _NORMAL_90 * height_sigma_km),
                altitude_99_km=_interval(height_km, _NORMAL_99 * height_sigma_km),
                speed_mps=speed,
                speed_90_mps=_interval(speed, _NORMAL_90 * speed_sigma),
                speed_99_mps=_interval(speed, _NORMAL_99 * speed_sigma),
            ),
        )

    @property
    def assessment(self) -> OrbitAssessment | None:
        """The newest orbit, with its fit."""
        return self._latest

    def looks(self) -> Looks:
        """The evidence so far."""
        index, times, values, sigmas, sites = zip(*self._rows, strict=True)
        return Looks(
            sensor_ids=tuple(self._sensor_ids),
            sensor_index=np.array(index, dtype=np.int64),
            kind_code=np.zeros(len(index), dtype=np.int64),
            t_measured_tai_ns=np.array(times, dtype=np.int64),
            values=np.array(values),
            sigmas=np.array(sigmas),
            sensor_positions_itrf_m=np.array(sites),
        )

    def _row_of(self, scan: Scan) -> int | None:
        """The row that is this object's; None when no row measures a place, or which one it is cannot be told."""
        placed = np.flatnonzero(np.all(np.isfinite(scan.values[:, :3]), axis=1))
        if len(placed) <= 1:
            return int(placed[0]) if len(placed) else None
        if self._latest is None:
            return None
        radar = self.radars[scan.sensor_id]
        nearest, row = np.inf, None
        for candidate in placed:
            state, cov = self._latest.fit.state_at(int(scan.t_measured_tai_ns[candidate]))
            expected, slopes = radar.measure_with_jacobian(state)
            away = scan.values[candidate, :3] - expected[:3]
            away[0] = (away[0] + np.pi) % (2 * np.pi) - np.pi
            doubt = slopes[:3] @ cov @ slopes[:3].T + np.diag(scan.sigmas[candidate, :3] ** 2)
            distance = float(away @ np.linalg.solve(doubt, away))
            if distance < min(nearest, _GATE):
                nearest, row = distance, int(candidate)
        return row

    def _keep(self, scan: Scan, row: int) -> None:
        if scan.sensor_id not in self._sensor_ids:
            self._sensor_ids.append(scan.sensor_id)
        here = scan.sensor_position_itrf_m
        site = self.radars[scan.sensor_id].site.position_itrf_m if here is None else np.asarray(here)
        t_tai_ns = int(scan.t_measured_tai_ns[row])
        index = self._sensor_ids.index(scan.sensor_id)
        self._rows.append((index, t_tai_ns, scan.values[row], scan.sigmas[row], site))
        self._t_last_tai_ns = max(self._t_last_tai_ns, t_tai_ns)

    def _fit(self) -> None:
        biases = {name: radar.bias_sigmas for name, radar in self.radars.items()}
        start = self._latest.fit if self._latest is not None else None
        self._latest = assess_orbit(self.looks(), biases, self.earth_orientation, start=start)
        self._fitted = len(self._rows)

    def _established(self) -> list[Finding]:
        latest = self._latest
        if latest is None:
            return []
        if latest.is_orbit and self._declared == 0:
            classified = self._finding(
                FindingKind.CLASSIFIED,
                f"{self.object_id} is a satellite with {100 * latest.p_orbit:.1f} %",
                {"class": "satellite", "probabilities": {"satellite": latest.p_orbit, "other": 1.0 - latest.p_orbit}},
            )
            return [self._orbit_finding(""), classified]
        if latest.is_orbit and self._fitted >= 2 * self._declared:
            return [self._orbit_finding("better known: ")]
        if latest.is_ballistic and not self._is_ballistic_said:
            self._is_ballistic_said = True
            text = f"{self.object_id} comes down: perigee above 100 km with {100 * latest.p_orbit:.2f} %"
            return [self._finding(FindingKind.CLASSIFIED, text, {"class": "other", "p_orbit": latest.p_orbit})]
        return []

    def _orbit_finding(self, lead: str) -> Finding:
        assert self._latest is not None
        self._declared = self._fitted
        text = f"{self.object_id} {lead}{orbit_sentence(self._latest)}"
        return self._finding(FindingKind.ORBIT, text, orbit_data(self._latest, self.earth_orientation))

    def _finding(self, kind: FindingKind, text: str, data: dict[str, object]) -> Finding:
        now = self._t_last_tai_ns
        return Finding(kind=kind, object_id=self.object_id, t_tai_ns=now, t_declared_tai_ns=now, text=text, data=data)

    def _detected(self, scan: Scan, row: int) -> Finding:
        azimuth, elevation, range_m = scan.values[row, :3]
        text = (
            f"{self.object_id} first seen by {scan.sensor_id}: azimuth {np.degrees(azimuth):.1f}°, "
            f"elevation {np.degrees(elevation):.1f}°, range {range_m / 1e3:.0f} km"
        )
        return self._finding(FindingKind.DETECTED, text, {"sensor": scan.sensor_id})

    def _where_last_seen(self) -> dict[str, float]:
        assert self._latest is not None
        state, _ = self._latest.fit.state_at(self._t_last_tai_ns)
        lat_rad, lon_rad, height_m = (float(x) for x in geodetic_from_itrf(state[:3]))
        return {
            "lat_deg": float(np.degrees(lat_rad)),
            "lon_deg": float(np.degrees(lon_rad)),
            "height_km": height_m / 1e3,
        }

    def _reasons(self, latest: OrbitAssessment) -> tuple[str, ...]:
        if not latest.is_a_coast:
            return ()
        fit = latest.fit
        return (
            f"perigee above 100 km with {100 * latest.p_orbit:.1f} %",
            f"{int(fit.is_used.sum())} looks fit one coast: {fit.cost:.0f} for {fit.degrees_of_freedom} free residuals",
        )


def _interval(middle: float, half: float) -> tuple[float, float]:
    return (middle - half, middle + half)
