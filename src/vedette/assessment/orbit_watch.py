"""Keeps the orbit of every object it is shown, and says when it becomes known, better known, or ballistic.

For whoever holds the looks of several objects (tracks, launches): hand over an object's looks after each scan with
`consider` (those since its thrust ended: a coast does not explain the rest), pass on what it says, and ask for
`summary` and `predict`. An orbit is fitted again when the looks have grown by a fifth, from where the last fit ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.assessment.orbit_assessment import (
    OrbitAssessment,
    assess_orbit,
    orbit_data,
    orbit_sentence,
    state_data,
)
from vedette.frames import EarthOrientation, geodetic_from_itrf
from vedette.reports import Finding, FindingKind, Looks, ObjectSummary, Prediction, SensorKind
from vedette.reports.looks import KIND_CODES
from vedette.sensing import Radar, Sensor
from vedette.tracking.orbit_fit import FEWEST_INSTANTS, FEWEST_LOOKS

_EVERY_LOOK_UNTIL = 12
_GROWTH = 1.2
_NORMAL_90, _NORMAL_99 = 1.6448536, 2.5758293


@dataclass(slots=True)
class _Known:
    """What has been found and said of one object."""

    assessment: OrbitAssessment | None = None
    fitted_count: int = 0
    declared_count: int = 0  # looks behind the last orbit finding
    is_ballistic_said: bool = False
    t_last_tai_ns: int = 0
    told: ObjectSummary | None = None  # as it was summarised last
    told_of: tuple[OrbitAssessment, int, tuple[str, ...]] | None = None  # and of what


class OrbitWatch:
    """Orbits by object. Biases come from the radars' definitions, inertial frames from the Earth orientation given."""

    def __init__(self, sensors: Mapping[str, Sensor], earth_orientation: EarthOrientation | None = None) -> None:
        self.earth_orientation = earth_orientation or EarthOrientation.packaged()
        self._known: dict[str, _Known] = {}
        self.take_sensors(sensors)

    def take_sensors(self, sensors: Mapping[str, Sensor]) -> None:
        """The radars' constant errors, as they are doubted from now on."""
        self._bias_sigmas = {name: radar.bias_sigmas for name, radar in sensors.items() if isinstance(radar, Radar)}

    def consider(self, object_id: str, looks: Looks, *, is_final: bool = False) -> tuple[Finding, ...]:
        """What all radar looks of one object so far let us say that has not been said: orbit, classified, comes down.

        Findings are dated and declared at the newest detection. `is_final`: nothing more will come; the last looks are
        fitted too and the orbit is said once more as it stands.
        """
        is_radar = np.isfinite(looks.values[:, 0]) & (looks.kind_code == KIND_CODES[SensorKind.RADAR])
        count = int(np.sum(is_radar))
        if count < FEWEST_LOOKS or len(np.unique(looks.t_measured_tai_ns[is_radar])) < FEWEST_INSTANTS:
            return ()
        known = self._known.setdefault(object_id, _Known())
        is_due = count <= _EVERY_LOOK_UNTIL or count >= _GROWTH * known.fitted_count or is_final
        if is_due and count > known.fitted_count:
            start = known.assessment.fit if known.assessment is not None else None
            found = assess_orbit(looks, self._bias_sigmas, self.earth_orientation, start=start)
            known.fitted_count = count
            known.assessment = found or known.assessment
            known.t_last_tai_ns = int(looks.t_measured_tai_ns[is_radar].max())
        return self._newly_known(object_id, known, is_final)

    def assessment(self, object_id: str) -> OrbitAssessment | None:
        """The newest orbit of an object, with its fit; None while there is none."""
        known = self._known.get(object_id)
        return known.assessment if known is not None else None

    def forget(self, object_id: str) -> None:
        """The object is gone; its orbit is let go."""
        self._known.pop(object_id, None)

    def summary(self, object_id: str, sensors: tuple[str, ...] = ()) -> ObjectSummary | None:
        """The object as an orbit; None while there is none. The same value until there is a newer orbit."""
        known = self._known.get(object_id)
        if known is None or known.assessment is None:
            return None
        latest, t_last_tai_ns, by = of = known.assessment, known.t_last_tai_ns, sensors
        was = known.told_of
        if known.told is None or was is None or was[0] is not latest or was[1:] != (t_last_tai_ns, by):
            known.told, known.told_of = self._summary(object_id, latest, sensors), of
        return known.told

    def _summary(self, object_id: str, latest: OrbitAssessment, sensors: tuple[str, ...]) -> ObjectSummary:
        p = latest.p_orbit if latest.is_a_coast else min(latest.p_orbit, 0.5)
        apogee_km, spread_km = latest.elements.apogee_height_m / 1e3, latest.spread.apogee_height_sigma_m / 1e3
        is_bound = bool(np.isfinite(apogee_km) and np.isfinite(spread_km))
        return ObjectSummary(
            id=object_id,
            class_name="satellite" if p >= 0.5 else "other",
            probabilities={"satellite": p, "other": 1.0 - p},
            phase="orbit" if latest.is_orbit else "coast",
            apogee_km=apogee_km if is_bound else None,
            apogee_90_km=_interval(apogee_km, _NORMAL_90 * spread_km) if is_bound else None,
            state={**state_data(latest.fit, self.earth_orientation), **self._where_last_seen(object_id)},
            sensors=sensors or latest.fit.sensor_ids,
            quality=latest.marks,
            reasons_for=_reasons(latest),
            reasons_against=() if latest.is_a_coast else ("the looks do not fit a coast within their noise",),
        )

    def predict(self, object_id: str, t_tai_ns: int) -> Prediction | None:
        """Height over the ellipsoid and speed at an instant, from the newest orbit without drag; None without one."""
        latest = self.assessment(object_id)
        if latest is None:
            return None
        state, cov = latest.fit.state_at(t_tai_ns)
        if not np.all(np.isfinite(state)):  # it will have come down
            return None
        lat_rad, lon_rad, height_m = geodetic_from_itrf(state[:3])
        up = np.array([np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)])
        speed_mps = float(np.linalg.norm(state[3:]))
        ahead = state[3:] / speed_mps
        height_km, height_sigma_km = float(height_m) / 1e3, float(np.sqrt(up @ cov[:3, :3] @ up)) / 1e3
        speed_sigma_mps = float(np.sqrt(ahead @ cov[3:, 3:] @ ahead))
        return Prediction(
            object_id=object_id,
            t_tai_ns=t_tai_ns,
            altitude_km=height_km,
            altitude_90_km=_interval(height_km, _NORMAL_90 * height_sigma_km),
            altitude_99_km=_interval(height_km, _NORMAL_99 * height_sigma_km),
            speed_mps=speed_mps,
            speed_90_mps=_interval(speed_mps, _NORMAL_90 * speed_sigma_mps),
            speed_99_mps=_interval(speed_mps, _NORMAL_99 * speed_sigma_mps),
        )

    def _newly_known(self, object_id: str, known: _Known, is_final: bool) -> tuple[Finding, ...]:
        latest = known.assessment
        if latest is None or known.declared_count == known.fitted_count:
            return ()

        def finding(kind: FindingKind, text: str, data: dict[str, object]) -> Finding:
            t = known.t_last_tai_ns
            return Finding(kind=kind, object_id=object_id, t_tai_ns=t, t_declared_tai_ns=t, text=text, data=data)

        if latest.is_orbit and (is_final or known.fitted_count >= 2 * known.declared_count):
            lead = "" if known.declared_count == 0 else "final: " if is_final else "better known: "
            said = [
                finding(FindingKind.ORBIT, lead + orbit_sentence(latest), orbit_data(latest, self.earth_orientation))
            ]
            if known.declared_count == 0:
                odds = {"satellite": latest.p_orbit, "other": 1.0 - latest.p_orbit}
                text = f"is a satellite with {100 * latest.p_orbit:.1f} %"
                said.append(finding(FindingKind.CLASSIFIED, text, {"class": "satellite", "probabilities": odds}))
            known.declared_count = known.fitted_count
            return tuple(said)
        if latest.is_ballistic and not known.is_ballistic_said:
            known.is_ballistic_said = True
            text = f"comes down: perigee above 100 km with {100 * latest.p_orbit:.2f} %"
            return (finding(FindingKind.CLASSIFIED, text, {"class": "other", "p_orbit": latest.p_orbit}),)
        return ()

    def _where_last_seen(self, object_id: str) -> dict[str, float]:
        known = self._known[object_id]
        assert known.assessment is not None
        state, _ = known.assessment.fit.state_at(known.t_last_tai_ns)
        lat_rad, lon_rad, height_m = (float(x) for x in geodetic_from_itrf(state[:3]))
        lat_deg, lon_deg = float(np.degrees(lat_rad)), float(np.degrees(lon_rad))
        return {"lat_deg": lat_deg, "lon_deg": lon_deg, "height_km": height_m / 1e3}


def _reasons(latest: OrbitAssessment) -> tuple[str, ...]:
    if not latest.is_a_coast:
        return ()
    fit = latest.fit
    return (
        f"perigee above 100 km with {100 * latest.p_orbit:.1f} %",
        f"{int(fit.is_used.sum())} looks fit one coast: {fit.cost:.0f} for {fit.degrees_of_freedom} free residuals",
    )


def _interval(middle: float, half: float) -> tuple[float, float]:
    return (middle - half, middle + half)
