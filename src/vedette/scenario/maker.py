"""Story and seed in, truth and reports out.

Chance is one tree: a generator for each launch and each sensor, named by the seed and a word, so that a change in one
place of a story leaves the luck of every other place alone.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.motion.boost_layout import stage_times_s
from vedette.reports import Claim, KnownBody, LifeSign, Notice, Scan
from vedette.scenario.after_boost import cut_short, glide_course, pieces_of
from vedette.scenario.disturbance import Disturbance, NoisyLooks, noisy_looks, strobe_scans
from vedette.scenario.flight import Flight, draw_quantities, perturbed
from vedette.scenario.nominal import FROM_THE_SEA, aimed, nominal_parameters, vehicle_choices
from vedette.scenario.orbiting import Orbiter
from vedette.scenario.other_returns import other_scans
from vedette.scenario.returns import Luck, draw_luck, infrared_scans, look_times_s, radar_scans
from vedette.scenario.story import LaunchSpec, Story, check_seed
from vedette.scenario.system_troubles import Stray, SystemTroubles, arrival_order, troubled
from vedette.scenario.thing import Catalogued, Setting, Thing
from vedette.scenario.thing_returns import thing_rows
from vedette.scenario.truth import TrueFlight, true_flight, truth_document
from vedette.scenario.weather import drawn_air
from vedette.sensing import Infrared, Radar, Sensor, Site

Event = Scan | Notice | LifeSign | Claim


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A played-out story: what happened, and what the sensors handed in, in order of arrival."""

    story: Story
    seed: int
    flights: tuple[TrueFlight, ...]
    scans: tuple[Scan, ...]
    luck: dict[str, Luck]
    things: tuple[Thing, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that comes in, in order of arrival: looks, notices, signs of life, claims."""
        return arrival_order(self.scans, self.story.troubles)

    @property
    def catalogue(self) -> tuple[KnownBody, ...]:
        """What the engine may be told of known objects, with its stated error."""
        known = (one.known() for one in self.things if isinstance(one, Catalogued))
        return tuple(body for body in known if body is not None)

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
            "things": [one.document() for one in self.things],
            "troubles": self.story.troubles.document(),
        }


def make_scenario(story: Story, seed: int, *, is_varied: bool = False) -> Made:
    """Play a story once.

    `is_varied` draws from each launch's `varied` quantities too (class, place, azimuth, loft), for calibration.
    The same story and seed give the same scans, bit for bit on one machine.
    """
    check_seed(seed)
    specs = story.varied if is_varied else story.launches
    flights = tuple(_flight(story, spec, seed) for spec in specs)
    things = _things(story, seed) + tuple(piece for flight in flights for piece in _debris(flight, seed))
    luck, scans = {}, []
    for name, sensor in story.sensors.items():
        found, luck[name] = _sensor_scans(story, name, sensor, flights, things, seed)
        scans += found
    if story.troubles.strays or story.troubles.outages or story.troubles.drifts:
        tapes = [_tape(story, stray, seed + 1_000_003 * (n + 1)) for n, stray in enumerate(story.troubles.strays)]
        scans = troubled(scans, story.troubles, tapes, story.t_start_tai_ns)
    scans.sort(key=lambda scan: (scan.t_received_tai_ns, scan.sensor_id))
    truth = tuple(true_flight(flight, story.t_start_tai_ns) for flight in flights)
    return Made(story, seed, truth, tuple(scans), luck, things)


def _things(story: Story, seed: int) -> tuple[Thing, ...]:
    setting = Setting(story.t_start_tai_ns, story.seconds, story.sensors)
    return tuple(
        thing
        for spec in story.things
        for thing in spec.kind.build(spec, setting, generator(seed, "thing", spec.kind.table, spec.id))
    )


def _tape(story: Story, stray: Stray, seed: int) -> tuple[Scan, ...]:
    """What the sensors would have handed in of the launches of a tape: another night, another luck."""
    if not stray.launches:
        return ()
    sensors = {name: story.sensors[name] for name in stray.sensors}
    own = replace(
        story, launches=stray.launches, varied=stray.launches, sensors=sensors, things=(), troubles=SystemTroubles(),
        disturbance=Disturbance(),
    )  # fmt: skip
    return make_scenario(own, seed).scans


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
    parameters = aimed(nominal, own, vehicle.class_name, drawn["loft"], air, vehicle.orbit_height_m)
    called = word if word == FROM_THE_SEA else ""
    if spec.ending is None:
        return Flight(spec.id, vehicle, parameters, air, drawn, called)
    ending = spec.ending.drawn(generator(seed, "ending", spec.id))
    drawn = {**drawn, **{f"{spec.ending.kind}_{key}": value for key, value in ending.items()}}
    if spec.ending.kind == "glide":
        glide = glide_course(parameters, air, ending, drawn["t_launch_s"])
        return Flight(spec.id, vehicle, parameters, air, drawn, "glide", glide)
    parameters = cut_short(parameters, ending)
    gone_s = drawn["t_launch_s"] + stage_times_s(parameters)[-1][1] if spec.ending.kind == "explodes" else np.inf
    return Flight(spec.id, vehicle, parameters, air, drawn, "failed-launch", None, gone_s)


def _debris(flight: Flight, seed: int) -> tuple[Thing, ...]:
    """The pieces of a launch that exploded."""
    if not np.isfinite(flight.t_gone_s):
        return ()
    whole = replace(flight, t_gone_s=np.inf).states_itrf(np.array([flight.t_gone_s]))[0]
    ending = {key.removeprefix("explodes_"): value for key, value in flight.drawn.items()}
    rng = generator(seed, "pieces", flight.id)
    states, sizes = pieces_of(whole, ending, rng)
    return tuple(
        Orbiter(
            f"{flight.id}-piece-{n + 1:03d}", flight.class_name, flight.t_gone_s, state, ending["beta_kg_m2"] * size,
            flight.drawn["rcs_m2"] * size**2, flight.air, float(rng.uniform(0.5, 10.0)), 10.0,
            float(rng.uniform(0.0, 2.0 * np.pi)), t_from_s=flight.t_gone_s,
        )
        for n, (state, size) in enumerate(zip(states, sizes.tolist(), strict=True))
    )  # fmt: skip


def _sensor_scans(
    story: Story, name: str, sensor: Sensor, flights: tuple[Flight, ...], things: tuple[Thing, ...], seed: int
) -> tuple[list[Scan], Luck]:
    rng = generator(seed, "sensor", name)
    refractivity = min(max(story.refractivity.draw(rng), 200.0), 450.0)
    missed = min(max(story.missed_look_probability.draw(rng), 0.0), 1.0)
    luck = draw_luck(sensor, refractivity, rng)
    times_s = look_times_s(sensor, luck, story.seconds)
    states = np.array([flight.states_itrf(times_s) for flight in flights]).reshape(len(flights), len(times_s), 6)
    start = story.t_start_tai_ns
    is_fixed_radar = isinstance(sensor, Radar) and isinstance(sensor.site, Site)
    noisy, own = None, generator(seed, "noise", name)
    if is_fixed_radar and len(story.disturbance):
        noisy = noisy_looks(story.disturbance, sensor, times_s, start, own)  # type: ignore[arg-type]
    extra = _extra(sensor, name, luck, things, times_s, start, noisy, seed) if things else None
    if is_fixed_radar:
        scans = radar_scans(sensor, luck, flights, states, times_s, start, missed, rng, noisy, extra)  # type: ignore[arg-type]
        if noisy is not None:
            scans += strobe_scans(noisy, luck.biases, luck.clock_s, times_s, start, own)
    elif isinstance(sensor, Infrared):
        scans = infrared_scans(sensor, luck, flights, states, times_s, start, missed, rng, extra)
    else:
        scans = other_scans(sensor, luck, flights, states, times_s, start, missed, rng, extra)
    return scans, luck


def _extra(
    sensor: Sensor,
    name: str,
    luck: Luck,
    things: tuple[Thing, ...],
    times_s: Scalar,
    t_start_tai_ns: int,
    noisy: NoisyLooks | None,
    seed: int,
) -> list[Rows]:
    """(looks,) rows of all things that are no flights."""
    t_ns = t_start_tai_ns + np.round(times_s * NS_PER_S).astype(np.int64)
    by_thing = [
        thing_rows(sensor, luck, thing, times_s, t_ns, generator(seed, "sight", name, thing.id), noisy)
        for thing in things
    ]
    return [np.concatenate([rows[look] for rows in by_thing]) for look in range(len(times_s))]


def generator(seed: int, *words: str) -> np.random.Generator:
    """The chance of one place in a story."""
    return np.random.default_rng([seed, *(crc32(word.encode()) for word in words)])
