"""Story and seed in, truth and reports out.

Chance is one tree: a generator for each launch and each sensor, named by the seed and a word, so that a change in one
place of a story leaves the luck of every other place alone.
"""

from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.reports import Scan
from vedette.scenario.disturbance import noisy_looks, strobe_scans
from vedette.scenario.flight import Flight, draw_quantities, perturbed
from vedette.scenario.nominal import aimed, nominal_parameters, vehicle_choices
from vedette.scenario.other_returns import other_scans
from vedette.scenario.returns import Luck, draw_luck, infrared_scans, look_times_s, radar_scans
from vedette.scenario.story import LaunchSpec, Story, check_seed
from vedette.scenario.truth import TrueFlight, true_flight, truth_document
from vedette.scenario.weather import drawn_air
from vedette.sensing import Infrared, Radar, Sensor, Site


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A played-out story: what happened, and what the sensors handed in, in order of arrival."""

    story: Story
    seed: int
    flights: tuple[TrueFlight, ...]
    scans: tuple[Scan, ...]
    luck: dict[str, Luck]

    @property
    def sensors(self) -> dict[str, Sensor]:
        """The sensors as an engine may know them: figures and priors, not luck."""
        return dict(self.story.sensors)

    def truth(self) -> dict[str, Any]:
        """The answers as JSON-ready values."""
        return {
            "story": self.story.name,
            "seed": self.seed,
            **truth_document(self.flights, {name: asdict(luck) for name, luck in self.luck.items()}),
        }


def make_scenario(story: Story, seed: int, *, is_varied: bool = False) -> Made:
    """Play a story once.

    `is_varied` draws from each launch's `varied` quantities too (class, place, azimuth, loft), for calibration.
    The same story and seed give the same scans, bit for bit on one machine.
    """
    check_seed(seed)
    specs = story.varied if is_varied else story.launches
    flights = tuple(_flight(story, spec, seed) for spec in specs)
    luck, scans = {}, []
    for name, sensor in story.sensors.items():
        found, luck[name] = _sensor_scans(story, name, sensor, flights, seed)
        scans += found
    scans.sort(key=lambda scan: (scan.t_received_tai_ns, scan.sensor_id))
    truth = tuple(true_flight(flight, story.t_start_tai_ns) for flight in flights)
    return Made(story, seed, truth, tuple(scans), luck)


def _flight(story: Story, spec: LaunchSpec, seed: int) -> Flight:
    rng = generator(seed, "launch", spec.id)
    word = spec.classes[int(rng.integers(len(spec.classes)))]
    choices = vehicle_choices((word,), f"{story.name}: launch {spec.id}.class")
    vehicle = choices[int(rng.random() * len(choices))]
    drawn = draw_quantities(spec.quantities, rng)
    t_launch_tai_ns = story.t_start_tai_ns + round(drawn["t_launch_s"] * NS_PER_S)
    air = drawn_air(t_launch_tai_ns, drawn["lat_deg"], drawn["lon_deg"], generator(seed, "weather", spec.id))
    nominal = nominal_parameters(vehicle, drawn)
    own = perturbed(nominal, vehicle, drawn)
    return Flight(spec.id, vehicle, aimed(nominal, own, vehicle.class_name, drawn["loft"], air), air, drawn)


def _sensor_scans(
    story: Story, name: str, sensor: Sensor, flights: tuple[Flight, ...], seed: int
) -> tuple[list[Scan], Luck]:
    rng = generator(seed, "sensor", name)
    refractivity = min(max(story.refractivity.draw(rng), 200.0), 450.0)
    missed = min(max(story.missed_look_probability.draw(rng), 0.0), 1.0)
    luck = draw_luck(sensor, refractivity, rng)
    times_s = look_times_s(sensor, luck, story.seconds)
    states = np.array([flight.states_itrf(times_s) for flight in flights]).reshape(len(flights), len(times_s), 6)
    if isinstance(sensor, Radar) and isinstance(sensor.site, Site):
        if not len(story.disturbance):
            return radar_scans(sensor, luck, flights, states, times_s, story.t_start_tai_ns, missed, rng), luck
        own = generator(seed, "noise", name)
        noisy = noisy_looks(story.disturbance, sensor, times_s, story.t_start_tai_ns, own)
        scans = radar_scans(sensor, luck, flights, states, times_s, story.t_start_tai_ns, missed, rng, noisy)
        return scans + strobe_scans(noisy, luck.biases, luck.clock_s, times_s, story.t_start_tai_ns, own), luck
    if not isinstance(sensor, Infrared):
        return other_scans(sensor, luck, flights, states, times_s, story.t_start_tai_ns, missed, rng), luck
    return infrared_scans(sensor, luck, flights, states, times_s, story.t_start_tai_ns, missed, rng), luck


def generator(seed: int, *words: str) -> np.random.Generator:
    """The chance of one place in a story."""
    return np.random.default_rng([seed, *(crc32(word.encode()) for word in words)])
