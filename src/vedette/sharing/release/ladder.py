"""Steps of precision: 1, 2, 5, 10 ... Rounded up to a step, a figure tells its size and little else.

Steps also make precision nest: what a coarser peer gets is what a finer one gets with more doubt on top, so that two
peers who compare notes learn nothing that the finer one did not know already (`coarse_state`).
"""

from functools import lru_cache
from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 5.0)
FINEST = -3  # decades: a millimetre
COARSEST = 7


def step_up(value: float) -> float:
    """The least step of 1, 2, 5, 10 ... that is at least `value`; 0 stays 0."""
    if value <= 0.0:
        return 0.0
    decade = floor(log10(value))
    for power in (decade, decade + 1):
        for step in _STEPS:
            found = step * 10.0**power
            if found >= value * (1.0 - 1e-9):
                return float(f"{found:.6g}")
    raise AssertionError(value)


@lru_cache(maxsize=256)
def steps_to(value: float) -> tuple[float, ...]:
    """Every step from 1 up to `value`, which is one itself; steps below one are passed over."""
    found = [float(f"{step * 10.0**decade:.6g}") for decade in range(0, COARSEST) for step in _STEPS]
    below = [one for one in found if one < value * (1.0 - 1e-9)]
    return (*below, value)


def outward(low: float, high: float, step: float) -> tuple[float, float]:
    """An interval made larger until both ends are whole steps."""
    if step <= 0.0:
        return low, high
    return floor(low / step) * step, ceil(high / step) * step
