"""How often people are warned, beside what came of it: one year of alarms under two ways of warning.

In 2022 some 14,870 alarms were counted in Ukraine, some 45 a day over its regions, and the whole country was warned
when one aircraft that could launch took off [babel.ua 88907; wprost.pl 11358430]. A take-off is no launch. Here a year
is drawn: take-offs, launches on some of them, and each launch's corridor over a few regions. *All at once* warns
every region at each take-off; *graded* tells nobody to take shelter before a launch, and then only the regions under it
(rule R35). What is published is how many alarms each region had, for how long, and how many of them something followed.

The rates are round and stated; the figures that follow are ours, not the world's.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

REGIONS: Final = 25
DAYS: Final = 365
PUBLISHED_ALARMS: Final = 14_870  # of 2022, all regions together
TAKE_OFFS_A_DAY: Final = 0.18  # of a launcher, such that all regions are warned: some 65 a year
LAUNCHES_A_DAY: Final = 2.6  # of anything, from anywhere
REGIONS_UNDER_ONE: Final = 13.9  # mean: what flies for hours crosses many; a year then has about the published number
LAUNCH_SHARE: Final = 0.1  # of take-offs that a launch follows
PATROL_H: Final = 1.5  # mean time that a launcher stays up
FLIGHT_H: Final = 0.8  # mean time that a region waits below a launch


@dataclass(frozen=True, slots=True)
class Year:
    """One way of warning over one year."""

    name: str
    alarms: int  # of a region, summed over regions
    hours_a_region: float
    followed: float  # share of alarms after which something came over that region


def drawn_year(seed: int) -> tuple[Year, Year]:
    """The same year warned of all at once, and graded."""
    rng = np.random.default_rng([seed, 0xA1A])
    take_offs = int(rng.poisson(TAKE_OFFS_A_DAY * DAYS))
    launched = rng.random(take_offs) < LAUNCH_SHARE
    patrol_h = rng.exponential(PATROL_H, take_offs)
    other = int(rng.poisson(LAUNCHES_A_DAY * DAYS))
    under_other = np.clip(rng.poisson(REGIONS_UNDER_ONE, other), 1, REGIONS)
    under_carried = np.clip(rng.poisson(3.0, take_offs), 1, REGIONS)
    wait_h = rng.exponential(FLIGHT_H, other)
    carried = int(under_carried[launched].sum())
    shelter_h = float((under_other * wait_h).sum())
    broad = int(take_offs * REGIONS + under_other.sum())
    broad_h = (float(patrol_h.sum()) * REGIONS + shelter_h) / REGIONS
    narrow = int(under_other.sum() + carried)
    narrow_h = (shelter_h + 0.3 * carried) / REGIONS
    came = int(under_other.sum() + carried)
    return Year("all at once", broad, broad_h, came / broad), Year("graded", narrow, narrow_h, came / max(narrow, 1))


def statistics_sentence(seed: int) -> str:
    """The two years in words."""
    broad, narrow = drawn_year(seed)
    return "; ".join(
        f"{one.name}: {one.alarms} alarms of a region in a year, {one.hours_a_region:.0f} h in each, "
        f"{100 * one.followed:.0f} % of them followed by something"
        for one in (broad, narrow)
    ) + f" (published for 2022: {PUBLISHED_ALARMS} alarms)"
