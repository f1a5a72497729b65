"""How far objects are from their element sets, by regime and age: against precise orbits, and against later sets.

Precise: the positions of 136 navigation and laser satellites twelve days after a public catalogue. Later sets: the
histories of six satellites, each set flown to the epochs of those that follow, manoeuvres and all. What is compared is
what `element_sigmas_m` states.
"""

from pathlib import Path

import numpy as np

from vedette.catalogue import element_sigmas_m, identify
from vedette.core.shapes import Ints, Rows
from vedette.doors.catalogue_files import read_elements, read_positions
from vedette.doors.catalogue_sets import nearest_in_time
from vedette.doors.machine import real_data_folder
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

DAY_NS = 86_400 * 10**9
LOW = ("CryoSat-2", "Sentinel-3A", "Sentinel-6A", "Jason-2", "Haiyang-2A")
HIGH = ("Fengyun-2F",)
AGES_DAYS = (1.0, 2.0, 4.0, 8.0, 16.0)
MOST_PAIRS = 400
NORMAL_WITHIN = {1.0: 0.683, 3.0: 0.997}


def element_table() -> str:
    """The table of the page."""
    folder = real_data_folder()
    lines = [
        "| what | against | age, days | n | radial km, 50 / 95 % | along km, 50 / 95 % | across km, 50 / 95 % "
        "| stated sigma km | within 1 sigma | within 3 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for what, against, age, errors, sigmas in (*_precise(folder), *_histories(folder)):
        size = np.abs(errors) / 1e3
        middle, most = np.percentile(size, 50, axis=0), np.percentile(size, 95, axis=0)
        parts = " | ".join(f"{middle[k]:.2f} / {most[k]:.1f}" for k in range(3))
        stated = " ".join(f"{x:.2f}" for x in np.median(sigmas, axis=0) / 1e3)
        inside = [np.mean(np.abs(errors) <= k * sigmas, axis=0) for k in NORMAL_WITHIN]
        shares = " | ".join(" ".join(f"{100 * x:.0f}" for x in one) + " %" for one in inside)
        lines.append(f"| {what} | {against} | {age:.0f} | {len(errors)} | {parts} | {stated} | {shares} |")
    return "\n".join(lines)


def along_axes(states: Rows, places: Rows) -> Rows:
    """(n, 3) places less states, radially, along, across; among the stars or, near enough, over the Earth."""
    radial = states[:, :3] / np.linalg.norm(states[:, :3], axis=1, keepdims=True)
    cross = np.cross(states[:, :3], states[:, 3:])
    cross /= np.linalg.norm(cross, axis=1, keepdims=True)
    off = places - states[:, :3]
    return np.stack([np.sum(off * axis, axis=1) for axis in (radial, np.cross(cross, radial), cross)], axis=1)


def _precise(folder: Path):  # type: ignore[no-untyped-def]
    """Rows of the table from precise orbits."""
    names, places, times = read_positions(folder / "tracking" / "sp3" / "gnss136_20240220.sp3", "GPS")
    sets, _ = read_elements(folder / "catalogue" / "snapshots" / "20240208.tle.gz")
    sets = nearest_in_time(sets, int(times[0]))
    found = identify(names, places[:, :1], times[:1], sets)
    for what, letters in (("navigation", "GREC"), ("laser satellites", "L")):
        pairs = [
            (k, one.match) for k, one in enumerate(found.answers)
            if one.match is not None and names[k][0] in letters and np.isfinite(places[k, 0, 0])
        ]  # fmt: skip
        if len(pairs) < 3:
            continue
        rows = np.array([row for _, row in pairs])
        truth = places[[k for k, _ in pairs], 0]
        errors, sigmas = _errors_itrf(sets.take(rows), truth, int(times[0]))
        age = float(np.median(times[0] - sets.t_epoch_tai_ns[rows])) / DAY_NS
        yield f"{what}, {len(rows)} of them", "GFZ's precise orbits", age, errors, sigmas


def _errors_itrf(sets: ElementSets, truth_itrf_m: Rows, t_tai_ns: int) -> tuple[Rows, Rows]:
    components, _ = Sgp4.of(sets).components_teme(np.array([t_tai_ns]))
    teme = np.concatenate(components, axis=1)
    states = state_itrf_from_teme(t_tai_ns, teme, EarthOrientation.packaged())
    spin = np.array([0.0, 0.0, 7.292115e-5])
    states[:, 3:] += np.cross(spin, states[:, :3])
    return along_axes(states, truth_itrf_m), element_sigmas_m(sets, np.full(len(sets), t_tai_ns))


def _histories(folder: Path):  # type: ignore[no-untyped-def]
    """Rows of the table from sets that follow each other."""
    for what, names in (("five satellites at 700 to 1,340 km", LOW), ("geostationary, kept in place", HIGH)):
        for age in AGES_DAYS:
            parts = [_apart(folder / "catalogue" / "manoeuvres" / f"{name}.tle.gz", age) for name in names]
            errors = np.concatenate([one for one, _ in parts])
            yield what, "their own later sets", age, errors, np.concatenate([one for _, one in parts])


def _apart(path: Path, age_days: float) -> tuple[Rows, Rows]:
    sets, _ = read_elements(path)
    sets = sets.take(np.argsort(sets.t_epoch_tai_ns, kind="stable"))
    t = sets.t_epoch_tai_ns
    later: Ints = np.searchsorted(t, t + round(age_days * DAY_NS))
    first = np.flatnonzero(later < len(sets))
    later = later[first]
    close = np.abs((t[later] - t[first]) / DAY_NS - age_days) < 0.25 * age_days
    first, later = first[close], later[close]
    if len(first) > MOST_PAIRS:
        some = np.linspace(0, len(first) - 1, MOST_PAIRS).astype(int)
        first, later = first[some], later[some]
    flown = Sgp4.of(sets)
    minutes = ((t[later] - t[first]) / (60.0 * 1e9))[:, None]
    states = np.concatenate(flown.take(first).components_after(minutes)[0], axis=1)
    own = np.concatenate(flown.take(later).components_after(np.zeros((len(later), 1)))[0], axis=1)
    return along_axes(states, own[:, :3]), element_sigmas_m(sets.take(first), t[later])
