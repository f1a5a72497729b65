"""A long watch made by a seed: a sky of catalogued objects under a radar, quiet infrared watchers, and a few launches.

For journals as long as a day, with which seeking, replay and calibration are tried. Each object truly stands off its
catalogue elements radially, along and across, by so many sigmas, drawn once, of what elements of their age are in doubt
by (`catalogue.element_error`), so that the stated doubt can be judged. Between launches every sensor looks each
`quiet_s`; around a launch at its own pace. A launch is a night of its own: the sensors' constants are drawn anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.catalogue.sky_table import SkyTable
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Rows, Scalar
from vedette.engine import CatalogueGiven, Event, FeedEnded, Session
from vedette.formats.elements_pack import pack_elements
from vedette.reports import Mode, Scan
from vedette.reports.elements import ElementSets
from vedette.scenario import Made, make_scenario, read_story
from vedette.scenario.returns import Luck, draw_luck, infrared_scans, radar_scans, through_the_air
from vedette.sensing import Infrared, Radar, Sensor, format_sensors, in_region

STORY = "two-launches"
SEEN_CHANCE = 0.9  # of an object in the radar's field, at each look
_MU_KM3_S2, _EARTH_KM = 398_600.8, 6378.135
_SETTLE_S = 20.0  # before and after a launch's looks


@dataclass(frozen=True, slots=True)
class LongWatch:
    """What is watched, everything that comes in, and what was true."""

    session: Session
    events: tuple[Event, ...]
    truths: tuple[dict[str, Any], ...]  # of each launch night (`Made.truth`)


def long_watch(
    hours: float = 24.0, seed: int = 1, objects: int = 200, launches: int = 3, quiet_s: float = 12.0
) -> LongWatch:
    """The same words, the same watch. Launch nights stand evenly within the hours."""
    if not (0.05 <= hours <= 48.0 and 0 <= objects <= 20_000 and 1.0 <= quiet_s <= 60.0):
        raise UsageError("a long watch has 0.05 to 48 hours, up to 20,000 objects, and looks every 1 to 60 s")
    story = read_story(STORY)
    start, seconds = story.t_start_tai_ns, hours * 3600.0
    if launches < 0 or launches * (story.seconds + 2 * _SETTLE_S) > seconds:
        raise UsageError(f"{launches} launch nights of {story.seconds:.0f} s do not fit in {hours:g} hours")
    nights: list[tuple[float, Made]] = []
    for number in range(launches):
        t_s = (number + 1) * seconds / (launches + 1) - story.seconds / 2
        own = replace(story, t_start_tai_ns=start + round(t_s * NS_PER_S))
        nights.append((t_s, make_scenario(own, seed + number, is_varied=number > 0)))
    sky = drawn_sky(objects, seed, start) if objects else None
    scans: list[Scan] = [scan for _, made in nights for scan in made.scans]
    spans = [(t_s - _SETTLE_S, t_s + story.seconds + _SETTLE_S) for t_s, _ in nights]
    for number, (name, sensor) in enumerate(story.sensors.items()):
        rng = np.random.default_rng([seed, number, 0x10A6])
        luck = draw_luck(sensor, 315.0, rng)
        times_s = np.arange(rng.random() * quiet_s, seconds, quiet_s)
        times_s = times_s[[not any(low < t < high for low, high in spans) for t in times_s]]
        scans += _quiet(name, sensor, luck, times_s, start, sky, seed, rng)
    scans.sort(key=lambda scan: (scan.t_received_tai_ns, scan.sensor_id))
    events: list[Event] = []
    if sky is not None:
        packed, digest = pack_elements(sky.sets)
        events.append(
            CatalogueGiven(
                t_received_tai_ns=start, source=f"drawn with seed {seed}", count=objects, sha256=digest, packed=packed
            )
        )
    session = Session(
        mode=Mode.SIMULATED, feeds=(f"long-watch:{hours:g}h:{seed}",), sensors_toml=format_sensors(story.sensors)
    )
    return LongWatch(session, (*events, *scans, FeedEnded()), tuple(made.truth() for _, made in nights))


@dataclass(frozen=True, slots=True)
class DrawnSky:
    """Element sets as a catalogue has them, and how far each object truly is from them."""

    sets: ElementSets
    offsets_sigmas: Rows  # (n, 3) radially, along, across, in what elements of their age are in doubt by

    def positions_itrf_m(self, table: SkyTable, t_tai_ns: int) -> Rows:
        """(n, 3) where the objects truly are."""
        states = table.states_itrf(t_tai_ns)
        place = states[:, :3]
        spin = 7.292115e-5 * np.stack([-place[:, 1], place[:, 0], np.zeros(len(place))], axis=1)
        radial = place / np.linalg.norm(place, axis=1, keepdims=True)
        momentum = np.cross(place, states[:, 3:6] + spin)
        across = momentum / np.linalg.norm(momentum, axis=1, keepdims=True)
        axes = np.stack([radial, np.cross(across, radial), across], axis=1)
        offsets_m = self.offsets_sigmas * element_sigmas_m(self.sets, np.full(len(place), t_tai_ns))
        return np.asarray(place + np.einsum("nk,nki->ni", offsets_m, axes))


def drawn_sky(objects: int, seed: int, t_tai_ns: int) -> DrawnSky:
    """Round low orbits of all inclinations, with elements up to two days old and errors as elements have them."""
    rng = np.random.default_rng([seed, 0x5C7])
    height_km = rng.uniform(450.0, 1200.0, objects)
    motion = np.sqrt(_MU_KM3_S2 / (_EARTH_KM + height_km) ** 3) * 60.0
    turn = 2.0 * np.pi * rng.random((3, objects))
    zero, whole = np.zeros(objects), np.zeros(objects, dtype=np.int64)
    t_epoch_tai_ns = t_tai_ns - np.round(rng.uniform(0.0, 48.0, objects) * 3.6e12).astype(np.int64)
    sets = ElementSets(
        number=np.arange(1, objects + 1, dtype=np.int64), name=tuple(f"OBJECT {i + 1}" for i in range(objects)),
        designator=("",) * objects, t_epoch_tai_ns=t_epoch_tai_ns,
        mean_motion_radpmin=motion, eccentricity=np.abs(rng.normal(0.0, 1e-3, objects)) + 1e-5,
        inclination_rad=np.arccos(rng.uniform(-0.3, 0.8, objects)), node_teme_rad=turn[0],
        perigee_argument_rad=turn[1], mean_anomaly_rad=turn[2], bstar_per_er=np.full(objects, 5e-5),
        mean_motion_dot_radpmin2=zero, mean_motion_ddot_radpmin3=zero, revolution=whole, source=whole,
        sources=("drawn",),
    )  # fmt: skip
    return DrawnSky(sets, rng.standard_normal((objects, 3)))


def _quiet(
    name: str, sensor: Sensor, luck: Luck, times_s: Scalar, start: int, sky: DrawnSky | None, seed: int,
    rng: np.random.Generator,
) -> list[Scan]:  # fmt: skip
    """Looks at which nothing burns: noise, clutter, and what a radar sees of the sky."""
    nothing = np.empty((0, len(times_s), 6))
    if isinstance(sensor, Infrared):
        return infrared_scans(sensor, luck, (), nothing, times_s, start, 0.0, rng)
    if not isinstance(sensor, Radar):
        return []
    rows = list(_echoes(sensor, luck, times_s, start, sky, np.random.default_rng([seed, 0xEC0]))) if sky else None
    return radar_scans(sensor, luck, (), nothing, times_s, start, 0.0, rng, None, rows)


def _echoes(
    radar: Radar, luck: Luck, times_s: Scalar, start: int, sky: DrawnSky, rng: np.random.Generator
) -> Iterator[Rows]:
    """(m, 4) what the radar reads of the objects in its field, a look at a time."""
    table = SkyTable(sky.sets)
    for t_s in times_s:
        t = start + round(float(t_s) * NS_PER_S)
        here = sky.positions_itrf_m(table, t)
        there = sky.positions_itrf_m(table, t + NS_PER_S // 10)
        values = np.asarray(radar.measure(np.concatenate([here, (there - here) * 10.0], axis=1)), dtype=float)
        values = values[in_region(values, radar.region) & (rng.random(len(values)) < SEEN_CHANCE)]
        values[:, 1], values[:, 2] = through_the_air(radar, luck, values[:, 1], values[:, 2])
        values += rng.standard_normal(values.shape) * np.nan_to_num(radar.sigmas)
        values[:, :3] += np.array(luck.biases)
        values[:, 0] %= 2.0 * np.pi
        yield values
