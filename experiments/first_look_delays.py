"""How many looks until the first looks declare a threat story's launch, and how true are the areas they give?

    python -m experiments.first_look_delays [seeds] [story ...]

Every flight of threat stories that infrared finds first, its looks picked by truth (no tracker, no fit), weighed after
each look by the packaged policy until it is declared. Beside it stand Wald's bound of the very sensors, how often the
90 % areas (launch; fall if thrust stopped at that look) hold the truth, and how many false declarations a year such a
test makes by Wald's identity: of what is declared with odds o, one in o + 1 is false, so the launches of a year times
the mean of 1 / o [Wald, Sequential Analysis, 1947, ch. 3; Siegmund, Sequential Analysis, 1985, ch. 2]. Nothing false
needs be drawn for it; but it believes the densities of nature and of the unknown.
"""

import sys
from dataclasses import replace

import numpy as np

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.ladder import known_log_odds, launch_log_odds, unknown_log_odds
from vedette.assessment.early.products import early_products
from vedette.assessment.early.weighing import early_test
from vedette.assessment.launch_products import TYPICAL_BETA_KG_M2
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.natural.reference import reference_of_sightings
from vedette.assessment.natural.sightings import sightings_of
from vedette.assessment.weighing import Weighed, explained
from vedette.exercise.areas import holds
from vedette.exercise.rehearse_stories import read_pack
from vedette.exercise.threat_judgement import sequential_looks
from vedette.exercise.truth_looks import truth_looks
from vedette.motion.propagate import fly_to_ground
from vedette.reports import LAUNCHES, SensorKind
from vedette.scenario import make_scenario, read_story

STORIES = ("T-01", "T-03", "T-04", "T-05", "T-06", "T-07", "T-12", "T-13", "T-20")
PARTS = ("sensor_index", "kind_code", "t_measured_tai_ns", "values", "sigmas", "sensor_positions_itrf_m")
POLICY = packaged_assessment_policy()
SEEN = (SensorKind.INFRARED.value,)
PRIORS = POLICY.log_priors(SEEN, has_catalogue=False)
ASKED, ASKED_UNKNOWN = POLICY.declaration_log_odds(SEEN), np.log(POLICY.evidence.unknown_odds)
MOST = 16
BORNE = POLICY.unexplained_log_odds(SEEN, 4)  # of a candidate called unexplained, with four sensors


def declared(made, flight):
    """Looks, bound, log-odds against the known and the unknown, whether both areas hold; None where it cannot be."""
    looks = truth_looks(made, flight)
    found = np.flatnonzero(looks.is_detection)
    if len(found) < 2:
        return None
    used = sorted({looks.sensor_ids[i] for i in looks.sensor_index[found]})
    bound = sequential_looks([made.sensors[name] for name in used])
    unexplained = None
    for n in range(2, min(len(found), MOST) + 1):
        end = found[n - 1] + 1
        some = replace(looks, **{part: getattr(looks, part)[:end] for part in PARTS})
        s = sightings_of(some, made.sensors)
        reference = reference_of_sightings(s)
        test = early_test(s, reference)
        if test is None:
            return None
        nature = natural_causes(some, made.sensors, NaturalContext(), reference=reference)
        launches = [Weighed(cause, ratio) for cause, ratio in test.place_log_ratios().items()]
        said = explained([*nature, test.aircraft, test.unknown, *launches], PRIORS)
        known, unknown = known_log_odds(said), unknown_log_odds(said)
        if unexplained is None and launch_log_odds(said) >= BORNE:
            unexplained = n
        if known < ASKED or unknown < ASKED_UNKNOWN:
            continue
        t = int(some.t_measured_tai_ns.max())
        products = early_products(test, t)
        is_launch = holds(products.launch.areas, 0.9, flight.launch_lat_deg, flight.launch_lon_deg)
        lat, lon, _, _ = fly_to_ground(flight.states_itrf(np.array([t])), TYPICAL_BETA_KG_M2)
        falls = products.impact
        is_fall = None if falls is None else holds(falls.areas, 0.9, *np.degrees([lat[0], lon[0]]))
        after_s = (t - int(looks.t_measured_tai_ns[found[0]])) / 1e9
        return n, bound, known, unknown, is_launch, is_fall, after_s, unexplained or n
    return MOST + 1, bound, np.nan, np.nan, None, None, np.nan, unexplained or MOST + 1


def told(name, rows):
    n, bound, unexplained = (np.array([row[i] for row in rows], dtype=float) for i in (0, 1, 7))
    holding = [np.mean([row[i] for row in rows if row[i] is not None]) for i in (4, 5)]
    within = np.mean(n <= np.ceil(bound) + 1)
    counts = " ".join(f"{int(k)}:{int(c)}" for k, c in zip(*np.unique(n, return_counts=True), strict=True))
    print(
        f"{name}: {len(rows)} flights, looks {counts}; mean {n.mean():.2f}, bound {bound.mean():.2f}, within one look "
        f"{100 * within:.0f} %; 90 % areas hold launch {100 * holding[0]:.0f} %, fall {100 * holding[1]:.0f} %; "
        f"unexplained after {unexplained.mean():.2f} looks",
        flush=True,
    )  # fmt: skip


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pack, rows = read_pack("threats"), []
    for story_id in sys.argv[2:] or STORIES:
        mine = []
        for seed in range(1, seeds + 1):
            made = make_scenario(read_story(pack.folder / f"{story_id}.toml"), seed)
            mine += [row for flight in made.flights if (row := declared(made, flight)) is not None]
        told(story_id, mine)
        rows += mine
    told("all", rows)
    a_year = float(np.exp(np.logaddexp.reduce([PRIORS[cause] for cause in LAUNCHES])))
    known, unknown = (a_year * np.nanmean(np.exp(-np.array([row[i] for row in rows]))) for i in (2, 3))
    print(f"false declarations a year by Wald's identity: known causes {known:.2f}, unknown {unknown:.2f}")


if __name__ == "__main__":
    main()
