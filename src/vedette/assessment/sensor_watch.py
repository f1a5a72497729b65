"""Keeps the sensors registered while all else goes on: from reference orbits, and from tracks that several see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.frames import geodetic_from_itrf
from vedette.reports import BiasSummary, Finding, Scan, SensorRegistration
from vedette.sensing import Sensor
from vedette.tracking import Tracks
from vedette.tracking.registration.calibration import Calibration
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.match import Registrar
from vedette.tracking.registration.policy import RegistrationPolicy
from vedette.tracking.registration.references import Reference
from vedette.tracking.registration.terms import can_register
from vedette.tracking.registration.words import alarm_words, reading_words

COASTS = 0.97  # how sure it must be that a track of opportunity only falls
CLEAR_OF_AIR_M = 150e3
SHARED_S = 60.0  # a track that two sensors saw within this time tells them against each other


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What trackers and fits should know from now on."""

    calibration: Calibration
    moved: tuple[str, ...]  # sensors whose biases have moved: what tracks knew of them is void


class SensorWatch:
    """A registration beside a follower: fed by its scans, telling it what is known."""

    def __init__(self, sensors: Mapping[str, Sensor], registrar: Registrar) -> None:
        self.sensors = dict(sensors)  # as they were described
        self.registrar = registrar
        self._t_told_tai_ns: int | None = None
        self._seen_by: dict[str, dict[str, int]] = {}  # track, sensor, when

    @classmethod
    def of(
        cls, sensors: Mapping[str, Sensor], reference: Reference, policy: RegistrationPolicy | None = None
    ) -> "SensorWatch | None":
        """A watch over the sensors that can be registered; None when there are none."""
        usable = [sensor for sensor in sensors.values() if can_register(sensor.kind)]
        return cls(sensors, Registrar(Registration(usable, policy), reference)) if usable else None

    def absorb(self, scan: Scan) -> tuple[tuple[Finding, ...], News | None]:
        """Learn from a scan; what can be said, and what is now known when that is worth passing on."""
        said = self.registrar.absorb(scan)
        registration = self.registrar.registration
        t_block = registration.t_block_tai_ns
        if t_block is None or (t_block == self._t_told_tai_ns and not said):
            return said, None
        self._t_told_tai_ns = t_block
        alarms = ("bias-step", "bias-drift", "bias-outliers")
        moved = tuple(sorted({finding.object_id for finding in said if finding.data["mark"] in alarms}))
        return said, News(registration.calibration(), moved)

    def learn_from_tracks(self, scan: Scan, tracks: Tracks, pairs: Sequence[tuple[int, str]]) -> None:
        """Targets of opportunity: what falls outside the air, has no known orbit, and was just seen by two sensors."""
        registration = self.registrar.registration
        if scan.sensor_id not in registration.terms or not pairs or "coast" not in tracks.mode_names:
            return
        coasting = tracks.mode_probabilities[:, tracks.mode_names.index("coast")]
        place = {name: i for i, name in enumerate(tracks.ids)}
        for row, name in pairs:
            i = place.get(name)
            if i is None or row in self.registrar.matched_rows or coasting[i] < COASTS:
                continue
            t = int(scan.t_measured_tai_ns[row])
            seen = self._seen_by.setdefault(name, {})
            seen[scan.sensor_id] = t
            shared = sum(t - other <= SHARED_S * NS_PER_S for other in seen.values()) > 1
            state = tracks.states_itrf[i]
            if shared and float(geodetic_from_itrf(state[:3])[2]) > CLEAR_OF_AIR_M and np.isfinite(state).all():
                registration.absorb_common(scan, row, name, state, tracks.t_tai_ns)
        self._seen_by = {name: seen for name, seen in self._seen_by.items() if name in place}

    def summaries(self) -> tuple[SensorRegistration, ...]:
        """Every sensor's registration, for people and programs."""
        registration = self.registrar.registration
        untold = registration.untold()
        found = []
        for one in registration.estimates():
            biases = tuple(
                BiasSummary(
                    term=term,
                    value=float(one.biases[i]),
                    sigma=float(one.sigmas[i]),
                    prior_sigma=float(one.prior_sigmas[i]),
                    t_established_tai_ns=one.t_established_tai_ns[i],
                )
                for i, term in enumerate(one.terms)
            )
            text = f"{one.sensor_id} reads {reading_words(one, one.terms)}"
            if not one.looks:
                text = f"{one.sensor_id}: no look of it has been matched to a known object"
            found.append(
                SensorRegistration(
                    sensor_id=one.sensor_id,
                    state=one.state,
                    looks=one.looks,
                    biases=biases,
                    alarms=tuple(alarm_words(one.sensor_id, alarm) for alarm in one.alarms),
                    untold=tuple(each.text for each in untold if each.sensor_id == one.sensor_id),
                    text=text,
                )
            )
        return tuple(found)
