"""What launch fits cost: the first of an object, those that start from it, and all of them together for each look.

Looks of two-launches as truth has them, every quantity drawn (`make_scenario(..., is_varied=True)`). Fits are made as
the watch makes them: every 8 s under thrust, 15 s for two minutes after, 40 s later. CPU seconds of one core, compiled
kernels warm. `--quick`: one seed.
"""

import json
import platform
import sys
import time

import numpy as np

from vedette.assessment.launch_fit import fit_launch
from vedette.assessment.launch_policy import packaged_policy
from vedette.core.constants import NS_PER_S
from vedette.exercise.truth_looks import truth_looks
from vedette.scenario import make_scenario, read_story

WHAT = "launch fits of two-launches, every quantity drawn"
SEEDS = 6


def costs(seed: int) -> tuple[list[float], list[float], int]:
    """CPU seconds of first fits and of later ones, and how many looks there were in all."""
    policy = packaged_policy()
    made = make_scenario(read_story("two-launches"), seed, is_varied=True)
    first: list[float] = []
    later: list[float] = []
    count = 0
    for flight in made.flights:
        looks, before = truth_looks(made, flight), None
        times = looks.t_measured_tai_ns[looks.is_detection]
        if len(times) < policy.looks_min:
            continue
        t, end = int(times[policy.looks_min - 1]), int(times[-1])
        count += len(times)
        while t <= end:
            start_s = time.process_time()
            fit = fit_launch(looks, made.sensors, until_tai_ns=t, before=before, draws=policy.draws)
            (first if before is None else later).append(time.process_time() - start_s)
            before = fit or before
            after_s = (t - flight.t_burnout_tai_ns) / NS_PER_S
            pace_s = policy.boost_s if after_s < 0.0 else policy.coast_s if after_s < 120.0 else policy.late_s
            t += round(NS_PER_S * pace_s)
    return first, later, count


def run(options: list[str]) -> int:
    """One JSON line."""
    seeds = 1 if "--quick" in options else SEEDS
    costs(100)  # compiles
    rows = [costs(seed) for seed in range(seeds)]
    first, later = [x for row in rows for x in row[0]], [x for row in rows for x in row[1]]
    count = sum(row[2] for row in rows)
    line = {
        "benchmark": "launch_fit",
        "what": WHAT,
        "first_fit_cpu_s": round(float(np.mean(first)), 3),
        "refit_cpu_s": round(float(np.mean(later)), 3),
        "cpu_s_per_look": round((sum(first) + sum(later)) / count, 4),
        "fits": len(first) + len(later),
        "looks": count,
        "seeds": seeds,
        "python": platform.python_version(),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return 0
