"""Nature as it was recorded, played to the engine: fireballs of three decades, a day of the world's hot spots.

Fireballs: JPL's CNEOS list (US government sensors), one story a row, the light curve and the path from the scenario's
entry physics, two geostationary watchers. Hot spots: NASA's FIRMS, one day of MODIS; the disc that one watcher sees,
spots nearer than it can tell apart joined, in looks ten seconds apart.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.scenario.burning import BOLIDE
from vedette.scenario.draws import fixed
from vedette.scenario.story import Story
from vedette.scenario.thing import ThingSpec
from vedette.sensing import Geostationary, Infrared, is_clear_of_earth
from vedette.time import tai_ns_from_utc_text

NORM_DISAGREES_KMPS: Final = 1.0  # components and speed of one row that differ by more are quarantined
SLOTS_DEG: Final = (-150.0, -105.0, -60.0, -15.0, 30.0, 75.0, 120.0, 165.0)
_SECONDS: Final = 60.0
FIRE_BAND_SHARE: Final = 0.05  # of a fire's radiative power within the band, as in the scenario


@dataclass(frozen=True, slots=True)
class Fireball:
    """One row of the list; what the row does not say (velocity, height, place) is drawn."""

    t_utc: str
    lat_deg: float
    lon_deg: float
    height_km: float
    speed_mps: float
    heading_deg: float
    descent_deg: float
    radiated_j: float
    is_drawn: bool  # velocity from the distribution of the others
    quarantined: str = ""  # why the row's own velocity cannot be right


def read_fireballs(path: Path, seed: int = 0) -> tuple[Fireball, ...]:
    """All rows; velocities that are missing or cannot be right are drawn from the good ones, with any heading."""
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    parsed = [_velocity(row) for row in rows]
    good = [one for one in parsed if isinstance(one, tuple)]
    rng = np.random.default_rng(seed)
    made = []
    for row, one in zip(rows, parsed, strict=True):
        why = one if isinstance(one, str) else ""
        if isinstance(one, str):
            speed, _, descent = good[int(rng.integers(len(good)))]
            one = (speed, float(rng.uniform(0.0, 360.0)), descent)
        height = row["Altitude (km)"]
        lat_deg, lon_deg = (row[key] for key in ("Latitude (deg.)", "Longitude (deg.)"))
        anywhere = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0)))), float(rng.uniform(-180.0, 180.0))
        made.append(
            Fireball(
                row["Peak Brightness Date/Time (UT)"].replace(" ", "T") + "Z",
                _angle(lat_deg) if lat_deg else anywhere[0], _angle(lon_deg) if lon_deg else anywhere[1],
                float(height) if height else float(np.clip(rng.normal(35.0, 8.0), 18.0, 60.0)),
                *one, float(row["Total Radiated Energy (J)"]), bool(why), why if why != "none" else "",
            )
        )  # fmt: skip
    return tuple(made)


def _velocity(row: dict[str, str]) -> tuple[float, float, float] | str:
    """Speed m/s, heading and descent deg; "none", or why the components cannot be right."""
    if not all(row[key] for key in ("Velocity (km/s)", "vx", "vy", "vz", "Latitude (deg.)", "Longitude (deg.)")):
        return "none"
    components = np.array([float(row[key]) for key in ("vx", "vy", "vz")])
    norm, stated = float(np.linalg.norm(components)), float(row["Velocity (km/s)"])
    if abs(norm - stated) > NORM_DISAGREES_KMPS:
        return f"components make {norm:.1f} km/s, the row says {stated:.1f}"
    lat, lon = np.radians(_angle(row["Latitude (deg.)"])), np.radians(_angle(row["Longitude (deg.)"]))
    east, north, up = enu_from_itrf_matrix(lat, lon) @ components
    if up >= 0.0:
        return f"it would climb at {up:.1f} km/s: a sign is wrong"
    heading = float(np.degrees(np.arctan2(east, north)) % 360.0)
    return 1e3 * norm, heading, float(np.degrees(np.arcsin(-up / norm)))


def _angle(text: str) -> float:
    """`12.3S` as -12.3."""
    return float(text[:-1]) * (-1.0 if text[-1] in "SW" else 1.0)


def watchers_of(lat_deg: float, lon_deg: float, height_m: float = 40e3) -> dict[str, Infrared]:
    """A staring and a scanning watcher, on the two slots that stand highest over a place; fewer near a pole."""
    place = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m)
    high = sorted(SLOTS_DEG, key=lambda slot: abs((slot - lon_deg + 180.0) % 360.0 - 180.0))[:2]
    figures = (  # line of sight and its constant error (urad), seconds from look to look, threshold and noise (W/sr)
        (25.0, 15.0, 3.0, 5_000.0, 1_000.0),
        (50.0, 20.0, 10.0, 10_000.0, 2_000.0),
    )
    found = {}
    for number, (slot, figure) in enumerate(zip(high, figures, strict=True), start=1):
        orbit = Geostationary(slot)
        if bool(is_clear_of_earth(place, orbit.position_itrf_m(0))):
            sigma, bias, revisit_s, threshold, noise = figure
            found[f"ir-{number}"] = Infrared(
                orbit=orbit, los_sigma_urad=sigma, los_bias_sigma_urad=bias, revisit_s=revisit_s,
                threshold_w_sr=threshold, noise_w_sr=noise, false_alarms_per_look=0.05, name=f"ir-{number}",
            )  # fmt: skip
    return found


def fireball_story(one: Fireball, number: int) -> Story | None:
    """A minute around one fireball; None where no watcher sees it."""
    sensors = watchers_of(one.lat_deg, one.lon_deg)
    if not sensors:
        return None
    given = {
        "t_s": 20.0, "lat_deg": one.lat_deg, "lon_deg": one.lon_deg, "height_km": one.height_km + 3.0,
        "speed_mps": one.speed_mps, "heading_deg": one.heading_deg, "descent_deg": min(one.descent_deg, 85.0),
        "radiated_j": one.radiated_j,
    }  # fmt: skip
    quantities = dict(BOLIDE.quantities) | {key: fixed(value) for key, value in given.items()}
    thing = ThingSpec(BOLIDE, f"fireball-{number:03d}", 1, quantities, {}, frozenset(given))
    start = tai_ns_from_utc_text(one.t_utc) - 20_000_000_000
    return Story(
        name="fireball", title="a fireball", about="", t_start_tai_ns=start, seconds=_SECONDS, launches=(), varied=(),
        sensors=dict(sensors), things=(thing,), missed_look_probability=fixed(0.02),
        refractivity=fixed(315.0),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class HotSpots:
    """Lights on the ground as one watcher can tell them apart."""

    places_itrf_m: Rows  # (n, 3)
    intensities_w_sr: Scalar  # (n,) towards it, after the air


def read_hot_spots(path: Path, watcher: Infrared, resolution_rad: float = 100e-6) -> HotSpots:
    """The day's spots in a watcher's view above its threshold; those in one resolution cell shine as one."""
    from vedette.sensing.plume import transmission
    from vedette.sensing.visibility import sensor_zenith_cosine

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [(float(r["latitude"]), float(r["longitude"]), float(r["frp"] or 0.0)) for r in csv.DictReader(lines)]
    lat, lon, power_mw = np.array(rows).T
    places = itrf_from_geodetic(np.radians(lat), np.radians(lon), 100.0)
    here = watcher.position_itrf_m(0)
    cosine = sensor_zenith_cosine(places, here)
    shine = FIRE_BAND_SHARE * power_mw * 1e6 / np.pi * transmission(100.0, cosine)
    seen = (cosine > 0.05) & (power_mw > 0.0)
    places, shine = places[seen], shine[seen]
    away = places - here
    los = away / np.linalg.norm(away, axis=1, keepdims=True)
    cells = np.floor(np.stack([np.arctan2(los[:, 1], los[:, 0]), np.arcsin(los[:, 2])], axis=1) / resolution_rad)
    _, cell = np.unique(cells.astype(np.int64), axis=0, return_inverse=True)
    total = np.bincount(cell, weights=shine)
    middle = np.stack([np.bincount(cell, weights=shine * places[:, k]) / total for k in range(3)], axis=1)
    bright = total > watcher.threshold_w_sr
    return HotSpots(middle[bright], np.asarray(total[bright], dtype=float))


def hot_spot_looks(
    spots: HotSpots, watcher: Infrared, looks: int, rng: np.random.Generator, t0_tai_ns: int
) -> Iterator[tuple[int, Rows, Rows]]:
    """Instant, values (n, 4) and sigmas (n, 4) of looks ten seconds apart.

    Two thirds burn all the time, the others flare up at some time and go out at another; all flicker by 15 %, and one
    look in twenty misses each.
    """
    from vedette.sensing import los_from_itrf, tangent_basis

    n = len(spots.intensities_w_sr)
    always = rng.random(n) < 2.0 / 3.0
    begins, ends = np.sort(rng.uniform(-0.5 * looks, 1.5 * looks, (2, n)), axis=0)
    for k in range(looks):
        t = t0_tai_ns + k * 10_000_000_000
        burns = always | ((begins <= k) & (k < ends))
        which = np.flatnonzero(burns & (rng.random(n) < 0.95))
        here = watcher.position_itrf_m(t)
        los = los_from_itrf(spots.places_itrf_m[which], here)
        noise = watcher.los_sigma_rad * rng.standard_normal((len(which), 2))
        los = los + np.einsum("nk,nkj->nj", noise, tangent_basis(los))
        los /= np.linalg.norm(los, axis=1, keepdims=True)
        shine = spots.intensities_w_sr[which] * np.exp(0.15 * rng.standard_normal(len(which)))
        sigmas = np.tile([watcher.los_sigma_rad] * 3 + [watcher.noise_w_sr], (len(which), 1))
        yield t, np.column_stack([los, shine]), sigmas
