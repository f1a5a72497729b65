"""Noise in a story: `[[jamming]]`, `[[sun_burst]]` and `[[aurora]]`, and what each radar's looks make of it.

[[jamming]]
lat_deg = 33.0
lon_deg = -25.0
height_m = 9000.0            # 0 by default
power_density_w_mhz = 1.0    # radiated power per megahertz times the emitting antenna's gain
frequency_mhz = [400.0, 450.0]   # everywhere by default
speed_mps = 200.0            # and heading_deg; still by default
t_start_s = 60.0             # and t_end_s; the whole story by default
returns_per_look = 2.0       # false echoes along its bearing; none by default
returns_span_km = 300.0

[[sun_burst]]
flux_sfu = 100000.0          # at the radars' frequencies

[[aurora]]
kp = 6.0
rise_db = 10.0               # the brightest patch in its own beam
patches = 3

[receivers.radar-north]      # where the file of sensors says too little: see `Receiver`
frequency_mhz = 430.0

Only radars hear these. A quiet Sun is left out: a radar that works is one that has been told where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import (
    AuroralSky,
    Emitter,
    Noise,
    Radar,
    Receiver,
    Repeater,
    Site,
    auroral_sky,
    direction_of,
    draw_aurora,
    floor_rise,
    in_region,
    noise_of_emitters,
    noise_of_sun,
    noise_rise,
    receiver_of,
    standing,
    strobes_heard,
)

_JAMMING = {
    "id", "lat_deg", "lon_deg", "height_m", "power_density_w_mhz", "frequency_mhz", "heading_deg", "speed_mps",
    "t_start_s", "t_end_s", "returns_per_look", "returns_span_km", "returns_pull_mps",
}  # fmt: skip
_SUN = {"flux_sfu", "t_start_s", "t_end_s"}
_AURORA = {"kp", "rise_db", "patches", "t_start_s", "t_end_s"}
STROBE_LATENCY_S = 0.3


@dataclass(frozen=True, slots=True)
class SunBurst:
    """The Sun, louder than usual for a while."""

    flux_sfu: float
    t_start_s: float = -np.inf
    t_end_s: float = np.inf


@dataclass(frozen=True, slots=True)
class Aurora:
    """A storm: how far south, how bright, in how many places at once."""

    kp: float
    rise_db: float
    patches: int = 3
    t_start_s: float = -np.inf
    t_end_s: float = np.inf


@dataclass(frozen=True, slots=True)
class Disturbance:
    """All noise of a story. Empty: none."""

    emitters: tuple[Emitter, ...] = ()
    repeaters: tuple[Repeater, ...] = ()
    sun_bursts: tuple[SunBurst, ...] = ()
    auroras: tuple[Aurora, ...] = ()
    receivers: Mapping[str, Receiver] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.emitters) + len(self.sun_bursts) + len(self.auroras)

    def receiver(self, radar: Radar) -> Receiver:
        """As the story gives it, or as fits the radar's figures."""
        return self.receivers.get(radar.name) or receiver_of(radar)


@dataclass(frozen=True, slots=True, eq=False)
class NoisyLooks:
    """n looks of one radar in noise."""

    radar: Radar
    receiver: Receiver
    noise: tuple[Noise, ...]  # (n,)
    floor_db: Scalar  # (n,)
    false_values: tuple[Rows, ...]  # (n,) rows of false echoes

    def rise(self, look: int, values: Rows) -> Scalar:
        """(...) noise over the usual where the beam looks at radar values (..., >=2), a power ratio."""
        return noise_rise(self.receiver, self.noise[look], values[..., 0], values[..., 1])


def noisy_looks(
    disturbance: Disturbance, radar: Radar, times_s: Scalar, t_start_tai_ns: int, rng: np.random.Generator
) -> NoisyLooks:
    """What a radar hears at looks `times_s` (n,); only noise from within its field of regard makes strobes."""
    receiver = disturbance.receiver(radar)
    skies: dict[float, AuroralSky] = {a.kp: auroral_sky(standing(radar), a.kp) for a in disturbance.auroras}
    noises, floors, false = [], [], []
    for t_s in times_s:
        t = float(t_s)
        noise = noise_of_emitters(disturbance.emitters, standing(radar), receiver, t)
        for burst in disturbance.sun_bursts:
            if burst.t_start_s <= t < burst.t_end_s:
                t_tai_ns = t_start_tai_ns + round(t * NS_PER_S)
                noise = noise.joined(noise_of_sun(standing(radar), receiver, t_tai_ns, burst.flux_sfu))
        for aurora in disturbance.auroras:
            if aurora.t_start_s <= t < aurora.t_end_s:
                patches = draw_aurora(skies[aurora.kp], receiver, aurora.rise_db, aurora.patches, rng)
                noise = noise.joined(patches)
        noises.append(noise)
        floors.append(10.0 * np.log10(floor_rise(receiver, noise)))
        false.append(_false_echoes(disturbance, radar, receiver, noise, t, rng))
    return NoisyLooks(radar, receiver, tuple(noises), np.array(floors), tuple(false))


def strobe_scans(
    looks: NoisyLooks, biases: tuple[float, float, float], clock_s: float, times_s: Scalar, t_start_tai_ns: int,
    rng: np.random.Generator,
) -> list[Scan]:  # fmt: skip
    """A scan of strobes for every look at which some are heard, and one empty one after the last of a row."""
    out: list[Scan] = []
    was_heard = False
    for look, t_s in enumerate(times_s):
        strobes = strobes_heard(looks.receiver, looks.noise[look])
        values, sigmas = strobes.values, strobes.sigmas
        middle = np.column_stack([
            values[:, 0], np.where(np.isfinite(values[:, 1]), values[:, 1], 0.05), np.full(len(values), 1e5)
        ])  # fmt: skip
        region = looks.radar.region
        middle[:, 1] = np.maximum(middle[:, 1], region.elevation_min_rad)  # its beam at the lowest still hears
        middle[:, 2] = max(region.range_min_m, 1.0)
        kept = in_region(middle, region) & (rng.random(len(values)) < 0.97)
        values, sigmas = values[kept], sigmas[kept]
        if not len(values) and not was_heard:
            continue
        was_heard = len(values) > 0
        noise = rng.standard_normal(values.shape) * np.where(np.isfinite(sigmas), sigmas, 0.0)
        values = values + noise
        values[:, 0] = (values[:, 0] + biases[0]) % (2.0 * np.pi)
        values[:, 1] += biases[1]
        values[:, 2] = np.maximum(values[:, 2], 0.0)
        t_true = t_start_tai_ns + round(float(t_s) * NS_PER_S)
        times: Ints = np.full(len(values), t_true + round(clock_s * NS_PER_S), dtype=np.int64)
        out.append(
            Scan(
                sensor_id=looks.radar.name,
                kind=SensorKind.STROBE,
                mode=Mode.SIMULATED,
                t_received_tai_ns=t_true + round(STROBE_LATENCY_S * NS_PER_S),
                t_measured_tai_ns=times,
                values=values,
                sigmas=sigmas,
                looked_at=looks.radar.region,
                noise_rise_db=float(looks.floor_db[look]),
            )
        )
    return out


def parse_disturbance(document: Mapping[str, Any], where: str) -> Disturbance:
    """The tables `jamming`, `sun_burst`, `aurora` and `receivers` of a story."""
    emitters, repeaters = [], []
    for number, table in enumerate(_tables(document, "jamming", where), 1):
        emitter, repeater = _jamming(table, f"{where}: jamming {number}")
        emitters.append(emitter)
        repeaters += [repeater] if repeater is not None else []
    bursts = [
        SunBurst(**_numbers(table, _SUN, {"flux_sfu"}, f"{where}: sun_burst {number}"))
        for number, table in enumerate(_tables(document, "sun_burst", where), 1)
    ]
    auroras = []
    for number, table in enumerate(_tables(document, "aurora", where), 1):
        place = f"{where}: aurora {number}"
        numbers = _numbers(table, _AURORA, {"kp", "rise_db"}, place)
        if not (0.0 <= numbers["kp"] <= 9.0 and numbers["rise_db"] > 0.0):
            raise BadInputError("kp is 0 to 9 and rise_db is positive", place)
        starts, ends = numbers.get("t_start_s", -np.inf), numbers.get("t_end_s", np.inf)
        auroras.append(Aurora(numbers["kp"], numbers["rise_db"], int(numbers.get("patches", 3.0)), starts, ends))
    receivers = document.get("receivers", {})
    if not isinstance(receivers, dict) or not all(isinstance(table, dict) for table in receivers.values()):
        raise BadInputError("receivers is not a table of tables", where, "write [receivers.NAME]")
    known = {item.name for item in fields(Receiver)} - {"measures_elevation"}
    made = {}
    for name, table in receivers.items():
        place = f"{where}: receivers.{name}"
        sees = table.get("measures_elevation", True)
        if not isinstance(sees, bool):
            raise BadInputError(f"measures_elevation = {sees!r}", place, "write true or false")
        numbers = _numbers({k: v for k, v in table.items() if k != "measures_elevation"}, known, set(), place)
        made[name] = _made(Receiver, {**numbers, "measures_elevation": sees}, place)
    return Disturbance(tuple(emitters), tuple(repeaters), tuple(bursts), tuple(auroras), made)


def _jamming(table: Mapping[str, Any], where: str) -> tuple[Emitter, Repeater | None]:
    band = table.get("frequency_mhz", [0.0, np.inf])
    if not (isinstance(band, list) and len(band) == 2 and all(isinstance(f, int | float) for f in band)):
        raise BadInputError(f"frequency_mhz = {band!r}", where, "write [lowest, highest]")
    numbers = _numbers(
        {k: v for k, v in table.items() if k not in ("id", "frequency_mhz")},
        _JAMMING,
        {"lat_deg", "lon_deg", "power_density_w_mhz"},
        where,
    )
    heading, speed = np.radians(numbers.get("heading_deg", 0.0)), numbers.get("speed_mps", 0.0)
    site = _made(Site, {k: numbers[k] for k in ("lat_deg", "lon_deg", "height_m") if k in numbers}, where)
    emitter = _made(
        Emitter,
        {
            "site": site,
            "power_density_w_mhz": numbers["power_density_w_mhz"],
            "frequency_min_mhz": float(band[0]),
            "frequency_max_mhz": float(band[1]),
            "east_mps": float(speed * np.sin(heading)),
            "north_mps": float(speed * np.cos(heading)),
            "t_start_s": numbers.get("t_start_s", -np.inf),
            "t_end_s": numbers.get("t_end_s", np.inf),
        },
        where,
    )
    mean = numbers.get("returns_per_look", 0.0)
    if mean <= 0.0:
        return emitter, None
    return emitter, Repeater(emitter, mean, numbers.get("returns_span_km", 300.0), numbers.get("returns_pull_mps"))


def _false_echoes(
    disturbance: Disturbance, radar: Radar, receiver: Receiver, noise: Noise, t_s: float, rng: np.random.Generator
) -> Rows:
    """Rows of false echoes of one look: on the bearing of their emitter, at ranges that are not its own."""
    rows = []
    for repeater in disturbance.repeaters:
        heard = noise_of_emitters([repeater.emitter], standing(radar), receiver, t_s)
        if not len(heard):
            continue
        _, _, range_m = direction_of(standing(radar), repeater.emitter.position_itrf_m(t_s))
        ranges = repeater.draw_ranges_m(float(range_m), t_s, rng)
        count = len(ranges)
        sigmas = radar.sigmas
        rate = np.nan if radar.range_rate_sigma_mps is None else 1.0
        speeds = rng.uniform(-500.0, 500.0, count) if repeater.pull_mps is None else np.full(count, repeater.pull_mps)
        rows.append(
            np.column_stack([
                (heard.azimuth_rad[0] + sigmas[0] * rng.standard_normal(count)) % (2.0 * np.pi),
                heard.elevation_rad[0] + sigmas[1] * rng.standard_normal(count),
                ranges,
                rate * speeds,
            ])
        )  # fmt: skip
    if not rows:
        return np.empty((0, 4))
    values = np.concatenate(rows)
    low = values.copy()
    low[:, 1] = np.maximum(low[:, 1], radar.region.elevation_min_rad)
    return values[in_region(low, radar.region)]


def _tables(document: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    tables = document.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadInputError(f"{key} is not a list of tables", where, f"write [[{key}]]")
    return tables


def _numbers(table: Mapping[str, Any], known: set[str], needed: set[str], where: str) -> dict[str, float]:
    for key, value in table.items():
        if key not in known:
            raise BadInputError(f"unknown key {key}", where, f"known: {', '.join(sorted(known))}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise BadInputError(f"{key} = {value!r} is not a number", where, "write it without quotes or unit")
    if missing := needed - set(table):
        raise BadInputError(f"{', '.join(sorted(missing))} missing", where)
    return {key: float(value) for key, value in table.items()}


def _made(maker: Any, values: dict[str, Any], where: str) -> Any:
    try:
        return maker(**values)
    except UsageError as trouble:
        raise BadInputError(str(trouble), where) from None
