"""Follows so many objects for ten looks, made one at a time.

Prints how many tracks stand, the resident memory in MiB at the end, and at its largest.
"""

import resource
import sys

import numpy as np

from benchmarks.tracking._crowd_field import CHANCE, MIDDLE_M, POLICY, SIGMA_M, SPACING_M, SPEED_MPS, T0_TAI_NS
from vedette.core.constants import NS_PER_S
from vedette.tracking.crowd.look import place_look
from vedette.tracking.crowd.starts import Crowd
from vedette.tracking.crowd.step import absorb


def resident_mib() -> float:
    """Now; Linux only, elsewhere the largest so far."""
    try:
        with open("/proc/self/statm", encoding="ascii") as page:
            return int(page.read().split()[1]) * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def peak_mib() -> float:
    """At its largest; not by `getrusage`, which on Linux begins with what the parent process held."""
    try:
        with open("/proc/self/status", encoding="ascii") as page:
            return next(int(row.split()[1]) for row in page if row.startswith("VmHWM")) / 1024.0
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main(objects: int) -> None:
    """Grows to so many objects over some looks, as a sky fills, and then follows them."""
    rng = np.random.default_rng(7)
    side = SPACING_M * objects ** (1.0 / 3.0)
    place, going = (rng.random((objects, 3)) - 0.5) * side, rng.uniform(-SPEED_MPS, SPEED_MPS, (objects, 3))
    crowd, held = Crowd(), 0.0
    for k in range(10):
        hit = rng.random(objects) < CHANCE
        true = (place + going * (k + 1))[hit] + SIGMA_M * rng.standard_normal((int(hit.sum()), 3))
        seen = MIDDLE_M + np.vstack([true, (rng.random((rng.poisson(objects), 3)) - 0.5) * side])
        look = place_look(T0_TAI_NS + (k + 1) * NS_PER_S, seen, SIGMA_M, CHANCE, SPACING_M**-3.0, float(objects))
        del true, seen, hit
        absorb(crowd, look, POLICY, "field")
        del look
        held = resident_mib()
    largest = peak_mib()
    sys.stdout.write(f"{len(crowd.rows)} {held:.1f} {largest:.1f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
