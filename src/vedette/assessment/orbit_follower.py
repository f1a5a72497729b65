"""Follows one coasting object through radar scans and says, as soon as it can be known, that it is in orbit.

Causal: what is said at a look rests on looks received until then. Several objects at once need a tracker, which can
hand each track's looks to an `OrbitWatch` of its own.
"""

from collections.abc import Mapping

import numpy as np

from vedette.assessment.follower import Said
from vedette.assessment.orbit_assessment import OrbitAssessment
from vedette.assessment.orbit_watch import OrbitWatch
from vedette.core.shapes import Rows
from vedette.frames import EarthOrientation
from vedette.reports import Alert, Finding, FindingKind, Looks, Mode, ObjectSummary, Prediction, Scan, SensorKind
from vedette.sensing import Radar, Sensor

_GATE = 25.0  # squared distance beyond which none of several returns is taken: 5 sigma


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
        self._watch = OrbitWatch(sensors, earth_orientation)
        self._sensor_ids: list[str] = []
        self._rows: list[tuple[int, int, Rows, Rows, Rows]] = []

    def absorb(self, scan: Scan) -> Said:
        """Take the object's return, fit again when it is worth it, and say what has become known."""
        if scan.kind is not SensorKind.RADAR or scan.sensor_id not in self.radars or len(scan) == 0:
            return ()
        row = self._row_of(scan)
        if row is None:
            return ()
        self._keep(scan, row)
        said: list[Finding | Alert] = [self._detected(scan, row)] if len(self._rows) == 1 else []
        said.extend(self._watch.consider(self.object_id, self.looks()))
        return tuple(said)

    def settle(self, t_tai_ns: int) -> Said:
        """Fit what was left over, say the orbit as it finally stands, and that the object is no longer seen."""
        if not self._rows:
            return ()
        said: list[Finding | Alert] = list(self._watch.consider(self.object_id, self.looks(), is_final=True))
        latest = self.assessment
        known = "its orbit stands" if latest is not None and latest.is_orbit else "its orbit is not known"
        text = f"no longer seen after {len(self._rows)} looks; {known}"
        t_last_tai_ns = max(row[1] for row in self._rows)
        said.append(self._finding(FindingKind.LOST, t_last_tai_ns, t_tai_ns, text))
        return tuple(said)

    def objects(self) -> tuple[ObjectSummary, ...]:
        """The one object, once it has been seen."""
        if not self._rows:
            return ()
        sensors = tuple(self._sensor_ids)
        summary = self._watch.summary(self.object_id, sensors)
        if summary is not None:
            return (summary,)
        odds = {"satellite": 0.5, "other": 0.5}
        return (
            ObjectSummary(id=self.object_id, class_name="other", probabilities=odds, phase="coast", sensors=sensors),
        )

    def alerts(self) -> tuple[Alert, ...]:
        """None: a satellite passing over is no alert."""
        return ()

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Height and speed at an instant, from the latest orbit; nothing before there is one."""
        prediction = self._watch.predict(self.object_id, t_tai_ns)
        return () if prediction is None else (prediction,)

    @property
    def assessment(self) -> OrbitAssessment | None:
        """The newest orbit, with its fit."""
        return self._watch.assessment(self.object_id)

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
        latest = self.assessment
        if latest is None:
            return None
        radar = self.radars[scan.sensor_id]
        nearest, row = _GATE, None
        for candidate in placed:
            state, cov = latest.fit.state_at(int(scan.t_measured_tai_ns[candidate]))
            expected, slopes = radar.measure_with_jacobian(state)
            away = scan.values[candidate, :3] - expected[:3]
            away[0] = (away[0] + np.pi) % (2 * np.pi) - np.pi
            doubt = slopes[:3] @ cov @ slopes[:3].T + np.diag(scan.sigmas[candidate, :3] ** 2)
            distance = float(away @ np.linalg.solve(doubt, away))
            if distance < nearest:
                nearest, row = distance, int(candidate)
        return row

    def _keep(self, scan: Scan, row: int) -> None:
        if scan.sensor_id not in self._sensor_ids:
            self._sensor_ids.append(scan.sensor_id)
        here = scan.sensor_position_itrf_m
        site = self.radars[scan.sensor_id].position_itrf_m(0) if here is None else np.asarray(here)
        index = self._sensor_ids.index(scan.sensor_id)
        self._rows.append((index, int(scan.t_measured_tai_ns[row]), scan.values[row], scan.sigmas[row], site))

    def _detected(self, scan: Scan, row: int) -> Finding:
        azimuth, elevation, range_m = scan.values[row, :3]
        text = (
            f"first seen by {scan.sensor_id}: azimuth {np.degrees(azimuth):.1f}°, "
            f"elevation {np.degrees(elevation):.1f}°, range {range_m / 1e3:.0f} km"
        )
        t = int(scan.t_measured_tai_ns[row])
        return self._finding(FindingKind.DETECTED, t, t, text)

    def _finding(self, kind: FindingKind, t_tai_ns: int, t_declared_tai_ns: int, text: str) -> Finding:
        return Finding(
            kind=kind,
            object_id=self.object_id,
            t_tai_ns=t_tai_ns,
            t_declared_tai_ns=t_declared_tai_ns,
            text=text,
            data={"sensors": list(self._sensor_ids)},
        )
