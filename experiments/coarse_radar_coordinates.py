"""In which coordinates is a filter honest when range is known to metres and angles to milliradians? One JSON line each.

Run from the repository with `python -m experiments.coarse_radar_coordinates [RUNS]`. The table of decision 0081 comes
from here.
"""

import json
import sys

from benchmarks.tracking._coarse_radar import bound, followed, judged

from vedette.tracking.kernels.sigma import CARTESIAN, COURSE, SPHERICAL

TRIED = (  # coordinates, degree of the rule at the start, degree of the rule that tells x, y, z
    ("cartesian", CARTESIAN, 3, 3),
    ("spherical", SPHERICAL, 3, 3),
    ("spherical", SPHERICAL, 5, 5),
    ("course", COURSE, 3, 3),
    ("course", COURSE, 5, 5),
)


def main(runs: int) -> None:
    limit = bound("B")
    for name, coordinates, start, tell in TRIED:
        errors, scores = followed("B", runs, 21, coordinates, start, tell)
        found = {key: round(value, 3) for key, value in judged(errors, scores, limit).items()}
        by_step = {str(k + 1): round(float(scores[k].mean()), 3) for k in (0, 4, 9, 14, 19, 25, 39, 59, 99, 199)}
        tried = {"coordinates": name, "start": start, "tell": tell, "runs": runs}
        print(json.dumps({**tried, **found, "by_look": by_step}))
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
