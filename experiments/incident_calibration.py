"""Are the probabilities of noise incidents honest? Causes drawn at the policy's own rates, judged, and counted.

    python -m experiments.incident_calibration [cases]

Four radars at four places. A burst of the Sun is heard by six in ten of those that have it in view; a jammer stands
near one radar, with a tenth of a chance of a second near another; a receiver fails alone; aurora shows a patch over the
oval. The unknown cause of the policy is a direction anywhere in the field, at any number of sites. What is said with
probability p should be so in p of the cases (expected calibration error, ten bins; decision 0201).
"""

import sys
from collections import Counter

import numpy as np

from vedette.assessment.incidents.episode import log_priors
from vedette.assessment.incidents.noise import hears_sun, sun_seen, weigh_noise
from vedette.assessment.incidents.policy import packaged_incident_policy
from vedette.assessment.weighing import explained
from vedette.reports import Cause, Condition, SensorHealth, StrobeHealth
from vedette.sensing import Radar, Site, auroral_sky, standing
from vedette.time import tai_ns_from_utc_text

PLACES = {"north": (76.5, -68.3), "west": (64.3, -149.2), "east": (54.4, -0.7), "south": (30.0, -86.2)}
RADARS = {
    name: Radar(name=name, site=Site(*place, 100.0), range_sigma_m=50.0, angle_sigma_deg=0.2,
                elevation_min_deg=2.0, elevation_max_deg=85.0, band="UHF")
    for name, place in PLACES.items()
}  # fmt: skip
POLICY = packaged_incident_policy().noise
SIGMA_DEG = 0.3
STORMS = ((0.6, 3.0), (0.3, 6.0), (0.1, 8.5))
START = tai_ns_from_utc_text("2031-01-01T00:00:00Z")
SKIES = {(name, kp): auroral_sky(standing(radar), kp) for name, radar in RADARS.items() for _, kp in STORMS}


def anywhere(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(0.0, 360.0), rng.uniform(2.0, 85.0)


def low(rng: np.random.Generator) -> tuple[float, float]:
    if rng.random() < 0.1:
        return anywhere(rng)
    return rng.uniform(0.0, 360.0), max(abs(rng.normal(0.0, 3.0)), 0.0)


def drawn(cause: Cause, t_tai_ns: int, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Directions that each radar hears; empty where nobody hears anything."""
    names = list(RADARS)
    if cause is Cause.SOLAR_NOISE:
        suns = {name: sun_seen(RADARS[name], t_tai_ns) for name in names}
        heard = [name for name in names if suns[name].is_in_field and rng.random() < POLICY["site_hears_sun"]]
        return {n: (np.degrees(suns[n].azimuth_rad), np.degrees(suns[n].elevation_rad)) for n in heard}
    if cause is Cause.JAMMING:
        first = str(rng.choice(names))
        out = {first: low(rng)}
        while rng.random() < POLICY["another_jammer"] and len(out) < len(names):
            out[str(rng.choice([name for name in names if name not in out]))] = low(rng)
        return out
    if cause is Cause.SENSOR_FAULT:
        return {str(rng.choice(names)): anywhere(rng)}
    if cause is Cause.AURORA:
        kp = float(rng.choice([kp for _, kp in STORMS], p=[share for share, _ in STORMS]))
        able = [name for name in names if SKIES[name, kp].share > 0.0]
        out = {}
        for name in able:
            sky = SKIES[name, kp]
            i = int(rng.choice(np.flatnonzero(sky.is_possible)))
            high = rng.uniform(sky.elevation_min_rad[i], sky.elevation_max_rad[i])
            out[name] = (np.degrees(sky.azimuth_rad[i]) + rng.uniform(-1.5, 1.5), np.degrees(high))
        return out
    chosen = rng.choice(names, size=int(rng.integers(1, len(names) + 1)), replace=False)
    return {str(name): anywhere(rng) for name in chosen}


def measured(cases: int) -> tuple[float, float, float, dict[Cause, tuple[int, int]], Counter]:
    """Share led by the true cause, expected calibration error, Brier score; by cause, and what was taken for what."""
    rng = np.random.default_rng(1)
    rates = {c: POLICY[c.value.replace("-", "_")] for c in
             (Cause.SOLAR_NOISE, Cause.AURORA, Cause.JAMMING, Cause.SENSOR_FAULT, Cause.UNKNOWN)}  # fmt: skip
    causes, share = list(rates), np.array(list(rates.values())) / sum(rates.values())
    rows, right, led, wrong = [], Counter(), Counter(), Counter()
    while sum(led.values()) < cases:
        t = START + int(rng.integers(0, 365 * 86_400)) * 10**9
        cause = causes[int(rng.choice(len(causes), p=share))]
        heard = drawn(cause, t, rng)
        health = [
            SensorHealth(
                sensor_id=name, condition=Condition.DEGRADED, t_since_tai_ns=t,
                strobes=(StrobeHealth(
                    azimuth_deg=float((az + rng.normal(0.0, SIGMA_DEG)) % 360.0), azimuth_sigma_deg=SIGMA_DEG,
                    elevation_deg=float(el + rng.normal(0.0, SIGMA_DEG)), noise_rise_db=20.0, t_since_tai_ns=t,
                    causes={},
                ),),
            )
            for name, (az, el) in heard.items()
        ]  # fmt: skip
        at_sun = [h for h in health if hears_sun(h, sun_seen(RADARS[h.sensor_id], t))]
        members = at_sun or health  # as the watch puts them together
        if not members:
            continue
        quiet = [name for name in RADARS if name not in heard]
        found = weigh_noise(members, quiet, RADARS, (), t, POLICY)
        told = explained(found, log_priors(found, POLICY))
        led[cause] += 1
        right[cause] += told[0].name is cause
        wrong[cause, told[0].name] += told[0].name is not cause
        rows += [(one.probability, one.name is cause) for one in told]
    table = np.array(rows, dtype=float)
    bins = np.minimum((table[:, 0] * 10).astype(int), 9)
    inside = [table[bins == b] for b in range(10) if (bins == b).any()]
    error = sum(len(part) / len(table) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in inside)
    brier = float(np.mean((table[:, 0] - table[:, 1]) ** 2))
    by_cause = {cause: (right[cause], led[cause]) for cause in causes if led[cause]}
    return sum(right.values()) / sum(led.values()), float(error), brier, by_cause, wrong


def main(cases: int) -> None:
    share, error, brier, by_cause, wrong = measured(cases)
    print(f"{cases} cases: leading cause right in {share:.1%}, ECE {error:.4f}, Brier {brier:.4f} a cause")
    for cause, (right, count) in by_cause.items():
        misses = ", ".join(f"{other.value} {n}" for (c, other), n in wrong.items() if c is cause and n)
        print(f"  {cause.value}: {right} of {count} led by it; else {misses or 'nothing'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
