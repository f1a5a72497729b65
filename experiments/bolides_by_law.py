"""How many bolides a year do the packaged watchers find, how bright at their first look, and how many twice?

    python -m experiments.bolides_by_law [draws of each decade]

Energies by the law of Brown and others (Nature 420, 2002), 3.7 E^-0.9 a year above E kilotons of TNT, from one kilogram
up; paths and light by the entry physics of the scenario; each watcher looks at its own pace from a random instant on.
Drawn decade by decade, and weighted by how often each happens.
"""

import sys

import numpy as np

from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.scenario.burning import entry_course
from vedette.sensing import Infrared, is_clear_of_earth, packaged_sensors
from vedette.time import tai_ns_from_utc_text

DECADES_KT = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
A_TON_KT, TNT_J_PER_KT = 1e-3, 4.185e12
BAND_SHARE = 0.01  # of the light, in the watchers' band: as the scenario has it
DAY = tai_ns_from_utc_text("2031-04-01T00:00:00Z")


def per_year(above_kt):
    """Of what enters with so much or more."""
    return 3.7 * above_kt**-0.9


def one(low_kt, high_kt, watchers, rng):
    """First look's intensity (W/sr), seconds to the last look, looks: of each watcher that found it."""
    kt = (low_kt**-0.9 - rng.random() * (low_kt**-0.9 - high_kt**-0.9)) ** (-1.0 / 0.9)
    speed = float(np.clip(rng.normal(18_500.0, 4_000.0), 11_500.0, 40_000.0))
    down, heading = np.radians(rng.uniform(15.0, 70.0)), rng.uniform(0.0, 2.0 * np.pi)
    lat, lon = np.arcsin(rng.uniform(-1.0, 1.0)), rng.uniform(-np.pi, np.pi)
    height_m = 1e3 * max(rng.normal(32.0, 6.0), 15.0)
    enu = speed * np.array([np.sin(heading) * np.cos(down), np.cos(heading) * np.cos(down), -np.sin(down)])
    mass_kg = TNT_J_PER_KT * kt / (0.5 * speed**2)
    place = itrf_from_geodetic(lat, lon, height_m)
    t_s, states, light_w = entry_course(
        place, enu @ enu_from_itrf_matrix(lat, lon), mass_kg, 3_000.0 * np.exp(0.2 * rng.standard_normal()), height_m
    )
    shine = BAND_SHARE * light_w / (4.0 * np.pi)
    when = DAY + int(rng.uniform(0.0, 86_400e9))
    found = []
    for watcher in watchers:
        if not bool(is_clear_of_earth(states[int(np.argmax(shine)), :3], watcher.position_itrf_m(when))):
            continue
        times = np.arange(rng.uniform(0.0, watcher.revisit_s), t_s[-1], watcher.revisit_s)
        seen = np.interp(times, t_s, shine)
        hit = rng.random(len(times)) < np.asarray(watcher.detection_probability_of(seen))
        if hit.any():
            at = np.flatnonzero(hit)
            found.append((float(seen[at[0]]), float(times[at[-1]] - times[at[0]]), int(hit.sum())))
    return found


def middle(values, weights, shares=(0.16, 0.5, 0.84)):
    """Quantiles of weighted values."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    return [float(values[order][min(np.searchsorted(below, share), len(order) - 1)]) for share in shares]


def main() -> None:
    """Rates by decade, then what the first looks show, below and above a ton."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = np.random.default_rng(2002)
    watchers = [sensor for sensor in packaged_sensors().values() if isinstance(sensor, Infrared)]
    looks = {"below a ton": [], "above a ton": []}
    print("kt of TNT     a year      found  a year   twice  a year")
    for low in DECADES_KT:
        high = 10.0 * low if low < DECADES_KT[-1] else 1e3
        rate = per_year(low) - (per_year(high) if low < DECADES_KT[-1] else 0.0)
        made = [one(low, high, watchers, rng) for _ in range(draws)]
        once = float(np.mean([len(found) > 0 for found in made]))
        twice = float(np.mean([sum(count for *_, count in found) > 1 for found in made]))
        print(f"{low:<9g} {rate:10,.0f}   {once:8.3f} {rate * once:7,.0f} {twice:7.3f} {rate * twice:7,.0f}")
        side = looks["below a ton" if low < A_TON_KT else "above a ton"]
        side += [(first, lasts, rate / draws) for found in made for first, lasts, _ in found]
    for name, rows in looks.items():
        first, lasts, weight = np.array(rows).T
        low, half, high = middle(first, weight)
        shares = ", ".join(f"{s} s {np.average(lasts >= s - 0.1, weights=weight):.1%}" for s in (3, 6, 10))
        spread = f"{half / 1e3:.0f} kW/sr ({low / 1e3:.0f} to {high / 1e3:.0f})"
        print(f"{name}: first look {spread}; still found after {shares}")


if __name__ == "__main__":
    main()
