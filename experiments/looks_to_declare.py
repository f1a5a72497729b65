"""Which rival of a launch costs how many looks before it is declared, beside the bound that knows clutter alone?

    python -m experiments.looks_to_declare [seeds] [story ...]

The flights and looks of `first_look_delays`: picked by truth, no tracker, no fit. After each look a launch is weighed
against everything, and against one sort of rival at a time as if there were no other; told is after how many looks each
test would declare by the packaged policy, and how the odds grow from look to look (natural logarithms, middle of all
flights). A test cannot end sooner than its odds grow: what the last table says of one rival is the rest of the delay.
"""

import sys
from dataclasses import replace

import numpy as np
from experiments.first_look_delays import ASKED, ASKED_UNKNOWN, MOST, PARTS, PRIORS, STORIES

from vedette.assessment.candidates.ladder import known_log_odds, unknown_log_odds
from vedette.assessment.early.weighing import early_test
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.natural.reference import reference_of_sightings
from vedette.assessment.natural.sightings import sightings_of
from vedette.assessment.weighing import Weighed, explained
from vedette.exercise.rehearse_stories import read_pack
from vedette.exercise.threat_judgement import sequential_looks
from vedette.exercise.truth_looks import truth_looks
from vedette.reports import LAUNCHES, Cause
from vedette.scenario import make_scenario, read_story

RIVALS = {
    "all that is known": None,
    "fires": {Cause.FIRE},
    "glint": {Cause.GLINT},
    "aircraft": {Cause.AIRCRAFT},
    "bolides": {Cause.BOLIDE},
    "orbits": {Cause.SATELLITE, Cause.DECAYING_BODY},
    "unknown": {Cause.UNKNOWN},
}


def odds_by_look(made, flight):
    """Of each rival, ln odds of a launch after looks 2, 3, ...; the bound; where that of the whole test is."""
    looks = truth_looks(made, flight)
    found = np.flatnonzero(looks.is_detection)
    if len(found) < 2:
        return None
    used = sorted({looks.sensor_ids[i] for i in looks.sensor_index[found]})
    bound = sequential_looks([made.sensors[name] for name in used])
    rows = []
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
        weighed = [*nature, test.aircraft, test.unknown, *launches]
        row = []
        for causes in RIVALS.values():
            priors = PRIORS if causes is None else {c: p for c, p in PRIORS.items() if c in LAUNCHES or c in causes}
            said = explained([one for one in weighed if one.name in priors], priors)
            is_unknown = causes is not None and Cause.UNKNOWN in causes
            row.append(unknown_log_odds(said) - ASKED_UNKNOWN if is_unknown else known_log_odds(said) - ASKED)
        rows.append(row)
    return bound, np.array(rows)


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    pack, flights = read_pack("threats"), []
    for story_id in sys.argv[2:] or STORIES:
        for seed in range(1, seeds + 1):
            made = make_scenario(read_story(pack.folder / f"{story_id}.toml"), seed)
            mine = [row for flight in made.flights if (row := odds_by_look(made, flight)) is not None]
            for bound, odds in mine:
                both = np.minimum(odds[:, 0], odds[:, -1])
                print(story_id, seed, f"bound {bound:.2f}", "declared after", _first(both), flush=True)
            flights += mine
    bounds = np.array([bound for bound, _ in flights])
    print(f"{len(flights)} flights, bound {bounds.mean():.2f}")
    both = [_first(np.minimum(odds[:, 0], odds[:, -1])) for _, odds in flights]
    print(f"whole test: mean {np.mean(both):.2f} looks, within one look of the bound {_within(both, bounds):.0f} %")
    for number, name in enumerate(RIVALS):
        n = [_first(odds[:, number]) for _, odds in flights]
        grown = [np.median([odds[k, number] for _, odds in flights if len(odds) > k]) for k in range(6)]
        words = " ".join(f"{g:+.1f}" for g in grown)
        print(
            f"against {name}: mean {np.mean(n):.2f} looks, within one look {_within(n, bounds):.0f} %; "
            f"over what is asked after looks 2 to 7: {words}"
        )  # fmt: skip


def _first(over):
    passed = np.flatnonzero(over >= 0.0)
    return int(passed[0]) + 2 if len(passed) else MOST + 1


def _within(n, bounds):
    return 100.0 * float(np.mean(np.array(n) <= np.ceil(bounds) + 1))


if __name__ == "__main__":
    main()
