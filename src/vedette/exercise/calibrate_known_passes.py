"""Does a known object ever become a launch candidate? Hundreds of passes over radars and telescopes, whole engine.

Each seed draws an instant, a set of sensors (`GEOMETRIES`, in turn) and some dozens of the catalogue's objects that are
above them. Where those really are is flown by SGP4 early or late and set aside by drawn errors with heavy tails
(Student, three degrees of freedom, of the size that is stated for elements of that age), which is not the mixture that
the catalogue reckons with; sensors have their constant errors, miss looks and make false detections. The looks go
through `engine.advance` with the whole catalogue, as in a live watch. Anything that is led by a launch, for a while or
at the end, counts, whatever it began from.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.catalogue.known_objects import USEFUL_DAYS, USEFUL_SIGMA_M
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.engine import CatalogueGiven, Event, FeedEnded, Session, advance, open_picture
from vedette.formats.elements_pack import pack_elements
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports import LAUNCHES, Mode, Scan
from vedette.reports.elements import ElementSets
from vedette.sensing import Radar, Sensor, Site, Telescope, format_sensors, tangent_basis

SECONDS: Final = 300.0
MOST_SEEN: Final = 60  # objects of a watch that are large or bright enough
_SPREAD_NS: Final = 12 * 3600 * NS_PER_S  # of the instants about the catalogue's own
_FEWEST_LOOKS: Final = 3  # that make a pass


def _radar(name: str, lat: float, lon: float, **other: Any) -> Radar:
    told: dict[str, Any] = {
        "range_sigma_m": 30.0, "angle_sigma_deg": 0.05, "range_max_km": 5000.0, "elevation_min_deg": 3.0,
        "revisit_s": 10.0, "range_bias_sigma_m": 15.0, "angle_bias_sigma_deg": 0.02, "false_alarms_per_look": 0.2,
    } | other  # fmt: skip
    return Radar(Site(lat, lon, 100.0), name=name, **told)


def _scope(name: str, lat: float, lon: float) -> Telescope:
    return Telescope(
        Site(lat, lon, 2000.0), los_sigma_urad=15.0, los_bias_sigma_urad=5.0, revisit_s=10.0, name=name
    )  # fmt: skip


GEOMETRIES: Final[Mapping[str, tuple[Radar | Telescope, ...]]] = {
    "two long radars, one sky": (
        _radar("north", 54.4, -0.7, range_rate_sigma_mps=2.0), _radar("far-north", 76.5, -68.7)
    ),
    "one radar, sector low over the sea": (
        _radar("coast", 41.8, -70.5, azimuth_min_deg=347.0, azimuth_max_deg=227.0, elevation_max_deg=25.0),
    ),
    "narrow fine radar": (
        _radar("fine", 52.7, 174.1, range_sigma_m=5.0, angle_sigma_deg=0.01, angle_bias_sigma_deg=0.005,
               range_max_km=4000.0, azimuth_min_deg=200.0, azimuth_max_deg=320.0, revisit_s=5.0),
    ),
    "coarse radar at the equator": (
        _radar("equator", 8.7, 167.7, range_sigma_m=150.0, angle_sigma_deg=0.3, angle_bias_sigma_deg=0.1,
               false_alarms_per_look=1.0),
    ),
    "two telescopes, one sky": (_scope("islands", 28.3, -16.5), _scope("mountain", 37.1, -3.4)),
    "radar and telescope": (
        _radar("desert", 33.0, 36.0, range_rate_sigma_mps=2.0), _scope("ridge", 35.0, 33.0)
    ),
}  # fmt: skip


def records(seed: int, sets: ElementSets, *, has_catalogue: bool = True) -> dict[str, Any]:
    """One watch; without the catalogue it says what the same looks become then."""
    rng = np.random.default_rng([seed, 392])
    name = list(GEOMETRIES)[seed % len(GEOMETRIES)]
    sensors = {one.name: one for one in GEOMETRIES[name]}
    middle = int(np.median(sets.t_epoch_tai_ns))
    t0, rows, late, off = _drawn_sky(rng, sets, tuple(sensors.values()), middle)
    scans, passes = _looks(rng, sets, sensors, t0, rows, late, off)
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(dict(sensors)))
    picture = open_picture(session)
    events: list[Event] = [*scans, FeedEnded()]
    if has_catalogue:
        packed, sha256 = pack_elements(sets)
        events.insert(0, CatalogueGiven(
            t_received_tai_ns=t0, source="known passes", count=len(sets), sha256=sha256, packed=packed
        ))  # fmt: skip
    led: set[str] = set()
    weighed: set[str] = set()
    alerts: set[str] = set()
    most = 0.0
    for event in events:
        picture = advance(picture, event)
        for one in picture.candidates:
            if one.subject == "object":
                weighed.add(one.object_id)
            most = max(most, sum(it.probability for it in one.explanations if it.name in LAUNCHES))
            if one.explanations[0].name in LAUNCHES:
                led.add(one.id)
        alerts |= {alert.kind for alert in picture.new_alerts if alert.kind.startswith("launch")}
    met = picture.catalogue
    return {
        "seed": seed, "geometry": name, "catalogue": has_catalogue, "objects": len({row for row, _ in passes}),
        "passes": len(passes), "scans": len(scans), "detections": picture.detection_count,
        "of_known": int(sum(passes.values())), "named": 0 if met is None else met.named_count,
        "oldest_days": round(float((t0 - sets.t_epoch_tai_ns[rows].min()) / 8.64e13), 1) if len(rows) else 0.0,
        "tracks": len(picture.objects), "weighed": len(weighed), "led_by_launch": len(led),
        "most_launch": round(most, 4), "alerts": sorted(alerts),
    }  # fmt: skip


def _drawn_sky(
    rng: np.random.Generator, sets: ElementSets, sensors: tuple[Sensor, ...], middle: int
) -> tuple[int, Ints, Rows, Rows]:
    """An instant at which something can be seen, who is seen then, and by how much each is late (s) and aside (m)."""
    flown, earth = Sgp4.of(sets), EarthOrientation.packaged()
    while True:
        t0 = middle + int(rng.integers(-_SPREAD_NS, _SPREAD_NS))
        sigmas = element_sigmas_m(sets, np.full(len(sets), t0))
        age = np.abs(t0 - sets.t_epoch_tai_ns) / (86_400.0 * NS_PER_S)
        seen = np.zeros(len(sets), dtype=bool)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            t = t0 + round(share * SECONDS * NS_PER_S)
            minutes = (t - sets.t_epoch_tai_ns)[:, None] / (60.0 * NS_PER_S)
            teme = np.concatenate(flown.components_after(minutes)[0], axis=1)
            states = state_itrf_from_teme(t, teme, earth)
            good = np.isfinite(states).all(axis=1) & (np.linalg.norm(states[:, :3], axis=1) > 6.5e6)
            for sensor in sensors:
                seen[good] |= np.asarray(sensor.is_visible(states[good], t))
        rows = np.flatnonzero(seen & (age < USEFUL_DAYS) & (sigmas.max(axis=1) < USEFUL_SIGMA_M))
        if len(rows) < 5:
            continue
        rows = np.sort(rng.choice(rows, min(len(rows), MOST_SEEN), replace=False))
        off = sigmas[rows] * rng.standard_t(3.0, (len(rows), 3)) / np.sqrt(3.0) * 1.2
        axis_m = (398_600.8e9 / (sets.mean_motion_radpmin[rows] / 60.0) ** 2) ** (1.0 / 3.0)
        return t0, rows, off[:, 1:2] / np.sqrt(3.986004418e14 / axis_m)[:, None], off


def _truth(sets: ElementSets, rows: Ints, late_s: Rows, off_m: Rows, t: int) -> Rows:
    """(k, 6) where they really are."""
    flown, earth = Sgp4.of(sets.take(rows)), EarthOrientation.packaged()
    minutes = (t - sets.t_epoch_tai_ns[rows])[:, None] / (60.0 * NS_PER_S) + late_s / 60.0
    teme = np.concatenate(flown.components_after(minutes)[0], axis=1)
    cross = np.cross(teme[:, :3], teme[:, 3:])
    cross /= np.linalg.norm(cross, axis=1, keepdims=True)
    radial = teme[:, :3] / np.linalg.norm(teme[:, :3], axis=1, keepdims=True)
    teme[:, :3] += radial * off_m[:, :1] + cross * off_m[:, 2:]
    return np.asarray(state_itrf_from_teme(t, teme, earth))


def _looks(
    rng: np.random.Generator, sets: ElementSets, sensors: Mapping[str, Radar | Telescope], t0: int, rows: Ints,
    late_s: Rows, off_m: Rows,
) -> tuple[list[Scan], dict[tuple[int, str], int]]:  # fmt: skip
    """Every sensor's looks in the order of receipt, and how often each object was seen by each sensor."""
    scans: list[Scan] = []
    passes: dict[tuple[int, str], int] = {}
    for sensor in sensors.values():
        constant = sensor.bias_sigmas if isinstance(sensor, Radar) else sensor.residual_bias_sigmas
        bias = np.nan_to_num(np.asarray(constant, dtype=float)) * rng.standard_normal(len(constant))
        first = float(rng.uniform(0.0, sensor.revisit_s))
        for seconds in np.arange(first, SECONDS, sensor.revisit_s).tolist():
            t = t0 + round(seconds * NS_PER_S)
            states = _truth(sets, rows, late_s, off_m, t)
            found = np.asarray(sensor.is_visible(states, t)) & (rng.random(len(rows)) < sensor.detection_probability)
            hit = np.flatnonzero(found & np.isfinite(states).all(axis=1))
            for k in hit.tolist():
                passes[int(rows[k]), sensor.name] = passes.get((int(rows[k]), sensor.name), 0) + 1
            scans.append(_scan(rng, sensor, states[hit], t, bias))
    passes = {key: count for key, count in passes.items() if count >= _FEWEST_LOOKS}
    return sorted(scans, key=lambda one: (one.t_received_tai_ns, one.sensor_id)), passes


def _scan(rng: np.random.Generator, sensor: Radar | Telescope, states: Rows, t: int, bias: Rows) -> Scan:
    n = len(states)
    if isinstance(sensor, Radar):
        sigmas, region = sensor.sigmas, sensor.region
        values = sensor.measure(states, t).reshape(n, 4) + bias + np.nan_to_num(sigmas) * rng.standard_normal((n, 4))
        false = int(rng.poisson(sensor.false_alarms_per_look))
        width = (region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi) or 2.0 * np.pi
        values = np.vstack([values, np.column_stack([
            region.azimuth_min_rad + rng.uniform(0.0, width, false),
            rng.uniform(region.elevation_min_rad, region.elevation_max_rad, false),
            rng.uniform(2e5, region.range_max_m, false), rng.uniform(-7e3, 7e3, false),
        ])])  # fmt: skip
        values[:, 0] %= 2.0 * np.pi
        values[:, ~np.isfinite(sigmas)] = np.nan
        spread = np.tile(sigmas, (len(values), 1))
    else:
        los = np.asarray(sensor.measure(states, t)).reshape(n, 3)
        if n:
            turn = rng.standard_normal((n, 2)) * sensor.los_sigma_rad + bias[:2]
            los = los + np.einsum("nij,ni->nj", tangent_basis(los), turn)
            los /= np.linalg.norm(los, axis=1, keepdims=True)
        values = np.column_stack([los, np.full(n, np.nan)])
        spread = np.column_stack([np.full((n, 3), sensor.los_sigma_rad), np.full(n, np.nan)])
    order = rng.permutation(len(values))
    return Scan(
        sensor.name, sensor.kind, Mode.SIMULATED, t + round(sensor.latency_s * NS_PER_S),
        np.full(len(values), t, dtype=np.int64), values[order], spread[order],
    )  # fmt: skip


def run(seeds: Iterable[int], sets: ElementSets, results: Path, blind_every: int = 8) -> dict[str, Any]:
    """Every seed that is not among the records yet, one in some again without the catalogue; and what all come to."""
    rows: list[dict[str, Any]] = []
    if results.is_file():
        rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines() if line.strip()]
    done = {(row["seed"], row["catalogue"]) for row in rows}
    with results.open("a", encoding="utf-8") as stream:
        for seed in seeds:
            for has_catalogue in (True, False):
                if (seed, has_catalogue) in done or (not has_catalogue and seed // len(GEOMETRIES) % blind_every):
                    continue
                row = records(seed, sets, has_catalogue=has_catalogue)
                rows.append(row)
                stream.write(json.dumps(row) + "\n")
                stream.flush()
    return summarise(rows)


def summarise(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Sums over all watches, by geometry and together, with the catalogue and without."""
    out: dict[str, Any] = {}
    kept = list(rows)
    keys = ("objects", "passes", "detections", "of_known", "named", "tracks", "weighed", "led_by_launch")
    for has_catalogue in (True, False):
        mine = [row for row in kept if row["catalogue"] is has_catalogue]
        parts = {name: [row for row in mine if row["geometry"] == name] for name in GEOMETRIES} | {"together": mine}
        out["with the catalogue" if has_catalogue else "without it"] = {
            name: {"watches": len(part), **{key: sum(row[key] for row in part) for key in keys},
                   "most_launch": max(row["most_launch"] for row in part),
                   "alerts": sum(len(row["alerts"]) for row in part)}
            for name, part in parts.items() if part
        }  # fmt: skip
    return out


def limited(sets: ElementSets, t_tai_ns: int) -> ElementSets:
    """The newest set of each object at an instant, as a watch gives them."""
    order = np.lexsort((np.abs(sets.t_epoch_tai_ns - t_tai_ns), sets.number))
    first = np.ones(len(order), dtype=bool)
    first[1:] = sets.number[order][1:] != sets.number[order][:-1]
    return sets.take(np.sort(order[first]))


