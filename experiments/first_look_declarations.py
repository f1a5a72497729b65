"""How often do the first looks declare a launch that is none? Lights drawn, seen, weighed, and counted.

    python -m experiments.first_look_declarations [cases of each kind] [seed] [fireballs.csv]

Four kinds of light that is no launch, anywhere on the Earth: *unknown*, drawn by the law of the reference itself (its
six habits of free motion); fires, which stay where they are; bolides (the rows of a fireball list, or drawn alike); and
aircraft with their afterburners lit, level at 100 to 300 m/s. One or two geostationary watchers look, as `real_lights`
has them; after each look from the second to the eighth the launches (`assessment.early`) are weighed against nature and
*unknown* by the packaged policy, as if it were certain that the looks are of one thing. A declaration at any look
counts, and so, apart, does being called *unexplained* (a candidate's mark). Rates: what the policy says of each kind,
seen by infrared, times the share declared, with the limit that holds with 95 % (Garwood 1936). The same looks without
the first-look test would declare nothing: they are too few to fit.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.ladder import known_log_odds, launch_log_odds, unknown_log_odds
from vedette.assessment.early.weighing import early_test
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.natural.reference import HABITS, MEMORY_S, reference_of_sightings
from vedette.assessment.natural.sightings import sightings_of
from vedette.assessment.weighing import Weighed, explained
from vedette.exercise.real_lights import read_fireballs, watchers_of
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.reports import KIND_CODES, Cause, Looks, SensorKind
from vedette.sensing import tangent_basis

POLICY = packaged_assessment_policy()
PRIORS = POLICY.log_priors(("infrared",), has_catalogue=False)
ASKED, ASKED_UNKNOWN = POLICY.declaration_log_odds(("infrared",)), np.log(POLICY.evidence.unknown_odds)
# brightness: middle (W/sr) and one sigma of its logarithm; of *unknown* the reference's own
SHINE = {"unknown": (30e3, 1.5), "fire": (8e3, 1.2), "bolide": (300e3, 2.2), "aircraft": (5e3, 0.8)}
KINDS = {"unknown": Cause.UNKNOWN, "fire": Cause.FIRE, "bolide": Cause.BOLIDE, "aircraft": Cause.AIRCRAFT}
SENSORS = 4  # share what is borne of candidates
START, LOOKS, STEP_S = 1_000_000_000_000_000_000, 8, 0.25


def path_of(kind, rng, balls):
    """Latitude, longitude (rad), and (n, 3) east, north, up from the ground there, by `STEP_S`."""
    lat, lon = float(np.arcsin(rng.uniform(-0.95, 0.95))), float(rng.uniform(-np.pi, np.pi))
    n = int(60.0 / STEP_S)
    t = np.arange(n)[:, None] * STEP_S
    heading = rng.uniform(0.0, 2.0 * np.pi)
    ahead = np.array([np.sin(heading), np.cos(heading), 0.0])
    if kind == "fire":
        return lat, lon, np.tile([0.0, 0.0, abs(rng.normal(400.0, 700.0))], (n, 1))
    if kind == "aircraft":
        return lat, lon, np.array([0.0, 0.0, rng.uniform(1e3, 14e3)]) + t * rng.uniform(100.0, 300.0) * ahead
    if kind == "bolide":
        one = balls[int(rng.integers(len(balls)))]
        lat, lon = np.radians(one.lat_deg), np.radians(one.lon_deg)
        steep = np.radians(one.descent_deg)
        ahead = np.cos(steep) * ahead - np.array([0.0, 0.0, np.sin(steep)])
        lasts_s = rng.uniform(1.0, 8.0)
        seen = np.where(t < lasts_s, one.speed_mps * (t - 0.05 * t**2), np.nan)
        return lat, lon, np.array([0.0, 0.0, 1e3 * one.height_km + 12e3]) + seen * ahead
    habit = HABITS[rng.choice(len(HABITS), p=[h.share for h in HABITS])]
    place = np.array([0.0, 0.0, abs(habit.height_m + habit.height_sigma_m * rng.standard_normal())])
    velocity = habit.speed_mps * rng.standard_normal(3)
    push = habit.acceleration_mps2 * rng.standard_normal(3)
    kept = np.exp(-STEP_S / MEMORY_S)
    out = np.empty((n, 3))
    for i in range(n):
        out[i] = place
        place = place + velocity * STEP_S + 0.5 * push * STEP_S**2
        velocity = velocity + push * STEP_S
        push = kept * push + habit.acceleration_mps2 * np.sqrt(1.0 - kept**2) * rng.standard_normal(3)
    return lat, lon, out


def seen_by(sensors, lat, lon, path_m, shine_w_sr, rng):
    """(rows) by time: sensor, instant, direction, where it stands, intensity; what is too dim is not seen."""
    ground, turn = itrf_from_geodetic(lat, lon, 0.0), enu_from_itrf_matrix(lat, lon)
    rows = []
    for name, one in sensors.items():
        bias = one.los_bias_sigma_rad * rng.standard_normal(2)
        for t_s in np.arange(rng.uniform(0.0, one.revisit_s), 60.0 - STEP_S, one.revisit_s):
            place = path_m[int(t_s / STEP_S)]
            if not np.isfinite(place).all() or place[2] <= 0.0 or rng.random() > 0.95:
                continue
            t = START + round(t_s * 1e9)
            here = np.asarray(one.position_itrf_m(t))
            los = (ground + place @ turn - here)[None]
            los /= np.linalg.norm(los)
            los = los + (bias + one.los_sigma_rad * rng.standard_normal(2)) @ tangent_basis(los)[0]
            seen_w_sr = shine_w_sr * np.exp(0.1 * rng.standard_normal()) + one.noise_w_sr * rng.standard_normal()
            if seen_w_sr > one.threshold_w_sr:
                rows.append((t, name, (los / np.linalg.norm(los))[0], here, seen_w_sr))
    return sorted(rows, key=lambda row: row[0])[:LOOKS]


def declared_at(sensors, rows):
    """The numbers of looks at which it is first called unexplained and at which a launch is declared; 0: never."""
    names, unexplained = tuple(sensors), 0
    borne = POLICY.unexplained_log_odds(("infrared",), SENSORS)
    for n in range(2, len(rows) + 1):
        part = rows[:n]
        looks = Looks(
            names, np.array([names.index(row[1]) for row in part]),
            np.full(n, KIND_CODES[SensorKind.INFRARED]), np.array([row[0] for row in part]),
            np.array([[*row[2], row[4]] for row in part]),
            np.array([[sensors[row[1]].los_sigma_rad] * 3 + [sensors[row[1]].noise_w_sr] for row in part]),
            np.array([row[3] for row in part]),
        )  # fmt: skip
        s = sightings_of(looks, sensors)
        reference = reference_of_sightings(s)
        found = early_test(s, reference)
        if found is None:
            continue
        launches = [Weighed(c, ratio) for c, ratio in found.place_log_ratios().items()]
        nature = natural_causes(looks, sensors, NaturalContext(), reference=reference)
        said = explained([*nature, found.aircraft, found.unknown, *launches], PRIORS)
        if not unexplained and launch_log_odds(said) >= borne:
            unexplained = n
        if known_log_odds(said) >= ASKED and unknown_log_odds(said) >= ASKED_UNKNOWN:
            return unexplained or n, n
    return unexplained, 0


def main():
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    balls = read_fireballs(Path(sys.argv[3])) if len(sys.argv) > 3 else []
    for kind, cause in KINDS.items():
        if kind == "bolide" and not balls:
            continue
        seen, at = 0, []
        while seen < cases:
            lat, lon, path_m = path_of(kind, rng, balls)
            sensors = watchers_of(float(np.degrees(lat)), float(np.degrees(lon)))
            middle, spread = SHINE[kind]
            shine = middle * np.exp(spread * rng.standard_normal())
            rows = seen_by(sensors, lat, lon, path_m, shine, rng) if sensors else []
            if len(rows) < 2:
                continue
            seen += 1
            at.append(declared_at(sensors, rows))
        false, apart = (sum(one[i] > 0 for one in at) for i in (1, 0))
        rate = np.exp(PRIORS[cause])
        most = 0.5 * chi2.ppf(0.95, 2 * (false + 1))
        print(
            f"{kind}: {false} of {cases} declared (look {sorted(n for _, n in at if n)[:12]}); at {rate:,.0f} a year "
            f"{rate * false / cases:.2f} a year, at most {rate * most / cases:.2f}; {apart} unexplained", flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
