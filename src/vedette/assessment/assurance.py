"""What "no launch seen" is worth: the chance that a launch would have been reported by now.

For an area, a class of launch and the sensors as they are now, launches are drawn (where in the area, which way, how
strong, under which cloud), looked at by every sensor in its own rhythm, and the tracker's rule of belief is rehearsed
on what was found (`declaration`). Out comes the spread of the time from lift-off to the report: the chance of a
report within any time, and how sure that figure is. Nothing here is drawn anew from run to run: same question, same
answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from vedette.assessment.class_flights import class_flights
from vedette.assessment.declaration import Looks, report_times_s
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.motion.flight_classes import CLASS_NAMES
from vedette.sensing import Infrared, Radar, Sensor
from vedette.sensing.chances import Health, echo_chance, flame_chance, health_of
from vedette.tracking import Policy

DRAWS = 512
LATENCY_JITTER = 0.3  # that share of a sensor's stated mean latency varies from look to look, exponentially


@dataclass(frozen=True, slots=True)
class LaunchArea:
    """Where a launch may come from: points that stand for an area, each as likely as the next. Degrees."""

    name: str
    lat_deg: tuple[float, ...]
    lon_deg: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.lat_deg or len(self.lat_deg) != len(self.lon_deg):
            raise UsageError(f"area {self.name!r} has {len(self.lat_deg)} latitudes and {len(self.lon_deg)} longitudes")


@dataclass(frozen=True, slots=True, eq=False)
class Assurance:
    """How soon launches of one class from one area would be reported, lift-off being at `t_tai_ns`."""

    area: LaunchArea
    class_name: str
    t_tai_ns: int
    report_s: Scalar  # (n,) lift-off to report of drawn launches, rising; infinite where there is none
    horizon_s: float  # nothing was asked beyond it

    def probability(self, within_s: float) -> float:
        """Chance that such a launch is reported within so many seconds of lift-off."""
        if within_s > self.horizon_s:
            raise UsageError(f"asked for {within_s:g} s; this was worked out to {self.horizon_s:g} s after lift-off")
        return float(np.searchsorted(self.report_s, within_s, side="right") / len(self.report_s))

    def sigma(self, within_s: float) -> float:
        """One sigma of that chance, from the number of launches drawn (never quite nought)."""
        share = (self.probability(within_s) * len(self.report_s) + 1.0) / (len(self.report_s) + 2.0)
        return float(np.sqrt(share * (1.0 - share) / len(self.report_s)))

    def within_s(self, probability: float) -> float:
        """The time by which that share is reported; infinite when it never is."""
        index = int(np.ceil(probability * len(self.report_s))) - 1
        return float(self.report_s[max(index, 0)])


def assurances(
    areas: Sequence[LaunchArea],
    sensors: Mapping[str, Sensor],
    t_tai_ns: int,
    classes: Sequence[str] = CLASS_NAMES,
    *,
    horizon_s: float = 300.0,
    health: Mapping[str, Health] | None = None,
    cloud_top_m: tuple[float, float] = (0.0, 10e3),
    policy: Policy | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Assurance, ...]:
    """How soon launches would be reported: one answer for each area and class, areas outermost.

    Parameters
    ----------
    areas : where launches may come from
    sensors : by name; radars and infrared satellites count, other kinds are left out
    t_tai_ns : lift-off
    classes : names of `motion.flight_classes.CLASS_NAMES`
    horizon_s : how long after lift-off is looked at
    health : sensors that are lost, dazzled, or miss more looks than others; by name
    cloud_top_m : cloud tops lie evenly between these; unknown weather by default
    policy : the tracker's rule of belief
    draws : launches drawn for each answer
    """
    if not 1.0 <= horizon_s <= 3600.0:
        raise UsageError(f"a horizon of {horizon_s:g} s; give 1 to 3600 s after lift-off")
    low_m, high_m = cloud_top_m
    if not 0.0 <= low_m <= high_m <= 30e3:
        raise UsageError(f"cloud tops from {low_m:g} to {high_m:g} m; give 0 <= low <= high <= 30,000 m")
    able = [s for s in sensors.values() if isinstance(s, Radar | Infrared) and not health_of(s.name, health).is_lost]
    answers: dict[tuple[int, str], Assurance] = {}
    for name in classes:
        times = _class_times_s(
            areas, able, t_tai_ns, name, horizon_s, health, cloud_top_m, policy or Policy(), draws, seed
        )
        for index, area in enumerate(areas):
            answers[index, name] = Assurance(area, name, t_tai_ns, np.sort(times[index]), horizon_s)
    return tuple(answers[index, name] for index in range(len(areas)) for name in classes)


def _class_times_s(
    areas: Sequence[LaunchArea], sensors: Sequence[Sensor], t_tai_ns: int, class_name: str, horizon_s: float,
    health: Mapping[str, Health] | None, cloud_top_m: tuple[float, float], policy: Policy, draws: int, seed: int,
) -> Rows:  # fmt: skip
    """(areas, draws) seconds from lift-off to the report."""
    flights = class_flights(class_name, draws, horizon_s, seed)
    if not sensors or not areas:
        return np.full((len(areas), draws), np.inf)
    flight = np.tile(np.arange(draws), len(areas))
    turn = [np.random.default_rng([seed, crc32(area.name.encode())]).permutation(draws) for area in areas]
    pads = [np.resize(np.arange(len(area.lat_deg)), draws)[turn[i]] for i, area in enumerate(areas)]
    lat_rad, lon_rad = (
        np.radians(np.concatenate([np.asarray(getattr(area, key))[pads[i]] for i, area in enumerate(areas)]))
        for key in ("lat_deg", "lon_deg")
    )
    cloud_m = (cloud_top_m[0] + (cloud_top_m[1] - cloud_top_m[0]) * flights.cloud)[flight]
    parts: list[tuple[Ints, Scalar, Scalar, Bools, Bools, Rows]] = []
    for index, sensor in enumerate(sensors):
        rng = np.random.default_rng([seed, crc32(sensor.name.encode()), crc32(class_name.encode())])
        state = health_of(sensor.name, health)
        count = int(np.ceil(horizon_s / sensor.revisit_s))
        n = len(flight)
        t_s = (rng.random((n, 1)) + np.arange(count)) * sensor.revisit_s
        late_s = sensor.latency_s * (1.0 - LATENCY_JITTER + LATENCY_JITTER * rng.standard_exponential(t_s.shape))
        states = flights.states_itrf(flight, t_s, lat_rad, lon_rad)
        if isinstance(sensor, Radar):
            chance, covered = echo_chance(sensor, states, flights.rcs_m2[flight][:, None], state)
        else:
            assert isinstance(sensor, Infrared)
            t_look = t_tai_ns + np.round(t_s * NS_PER_S).astype(np.int64)
            chance, covered = flame_chance(
                sensor, states[..., :3], t_look, flights.thrusts_n(flight, t_s), flights.plume[flight][:, None],
                cloud_m[:, None], state,
            )  # fmt: skip
        held = rng.random(t_s.shape) >= state.missed_look_probability
        found = held & (rng.random(t_s.shape) < chance)
        matters = held & covered & (t_s + late_s <= horizon_s)
        received = np.where(matters | found, t_s + late_s, np.inf)
        parts.append((np.full(t_s.shape, index), t_s, received, found, matters, states))
    sensor_of, t_s, received, found, _, states = (
        np.concatenate([part[i] for part in parts], axis=1) for i in range(6)
    )  # fmt: skip
    order = np.argsort(received, axis=1, kind="stable")
    longest = int(np.max(np.sum(np.isfinite(received), axis=1), initial=0))
    order = order[:, :longest]
    looks = Looks(*(np.take_along_axis(part, order, axis=1) for part in (sensor_of, t_s, received, found)))
    states = np.take_along_axis(states, order[..., None], axis=1)
    rng = np.random.default_rng([seed, 1, crc32(class_name.encode())])
    times = report_times_s(looks, states, sensors, t_tai_ns, policy, rng)
    return np.where(times <= horizon_s, times, np.inf).reshape(len(areas), draws)
