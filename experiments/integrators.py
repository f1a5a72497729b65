"""Which integrator for a coast, and which step for a boost: errors and times, one JSON line each.

Run with `python experiments/integrators.py`. The figures in decision 0041 come from here.
"""

import json
import time
from collections.abc import Callable
from math import radians

import numpy as np
from scipy.integrate import solve_ivp

from vedette.core.shapes import Scalar
from vedette.motion.boost import fly_boost
from vedette.motion.flight_classes import nominal_boost, vehicle
from vedette.motion.gravity import acceleration_itrf
from vedette.motion.propagate import propagate_coast

STATE = np.array([2.9e6, 4.5e6, 3.7e6, 1500.0, 3500.0, 2600.0])
COAST_S = 1000.0


def timed(work: Callable[[], Scalar], repeats: int) -> tuple[float, Scalar]:
    """Shortest CPU time of one call (s), and what it gave."""
    answer = work()
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        answer = work()
        best = min(best, time.process_time() - start)
    return best, answer


def say(what: str, seconds: float, off_m: float) -> None:
    """One line."""
    print(json.dumps({"what": what, "microseconds": round(seconds * 1e6, 1), "error_m": float(f"{off_m:.2g}")}))


def slope(_: float, y: Scalar) -> Scalar:
    """The plain forces."""
    return np.concatenate([y[3:], acceleration_itrf(y)])


def by_scipy(method: str, rtol: float) -> Scalar:
    """SciPy's integrators on the same forces."""
    return solve_ivp(slope, (0.0, COAST_S), STATE, method=method, rtol=rtol, atol=1e-5).y[:, -1]


def main() -> None:
    """Coasts against the tightest run; boosts against a step of 20 ms."""
    truth = by_scipy("DOP853", 1e-13)
    for rtol in (1e-8, 1e-10, 1e-12):
        seconds, ours = timed(lambda rtol=rtol: propagate_coast(np.tile(STATE, (100, 1)), COAST_S, rtol=rtol), 20)
        say(f"our Dormand-Prince 5(4), 100 arcs of 1,000 s, per arc, {rtol:g}", seconds / 100, distance(ours[0], truth))
    for method in ("RK45", "DOP853"):
        seconds, theirs = timed(lambda method=method: by_scipy(method, 1e-10), 3)
        say(f"SciPy {method}, one arc, 1e-10", seconds, distance(theirs, truth))
    for name in ("short-range-liquid", "intercontinental-solid"):
        p = nominal_boost(vehicle(name), lat_rad=radians(40.0), lon_rad=0.0, azimuth_rad=radians(90.0))
        best = fly_boost(p, np.zeros(0), step_s=0.02)[1][1:]
        for step in (4.0, 2.0, 1.0, 0.5):
            seconds, burnout = timed(lambda p=p, step=step: fly_boost(p, np.zeros(0), step_s=step)[1], 30)
            say(f"boost of {name}, step {step:g} s", seconds, distance(burnout[1:], best))


def distance(a: Scalar, b: Scalar) -> float:
    """Between two states' places (m)."""
    return float(np.linalg.norm(a[:3] - b[:3]))


if __name__ == "__main__":
    main()
