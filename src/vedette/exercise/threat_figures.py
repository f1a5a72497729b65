"""What the flights of a threat pack came to over all seeds: delays in looks and seconds beside their bound, and rates.

The bound of the sequential test is a *mean* number of looks; so the mean over the flights stands beside it, and the
share of flights that were within one look of it (rounded up to a whole look) beside that.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import Any, Final

import numpy as np
from scipy.stats import beta

Row = Mapping[str, Any]
ALL: Final = "all"


def threat_figures(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One entry for each story, in order, and one for `all`; rows without flights are left out.

    looks : from a flight's first true look, that one included, by any sensor; seconds: of measured time. Rates have
    the lower limit that holds with 95 % (Clopper and Pearson 1934).
    """
    told = sorted((row for row in rows if row.get("flights")), key=lambda row: str(row["id"]))
    groups = [(name, list(mine)) for name, mine in groupby(told, key=lambda row: str(row["id"]))]
    found = [_figures(name, mine) for name, mine in groups]
    return [*found, _figures(ALL, told)] if told else []


def _figures(name: str, rows: Sequence[Row]) -> dict[str, Any]:
    flights = [flight for row in rows for flight in row["flights"]]
    declared = [f for f in flights if f["correlated_looks"] is not None]
    two = [f for f in flights if f["is_seen_by_two"]]
    reported = sum(f["is_reported_by_burnout"] for f in two)
    bounds = [f["bound_looks"] for f in flights if np.isfinite(f["bound_looks"])]
    over = [f["correlated_looks"] - f["bound_looks"] for f in declared]
    return {
        "id": name,
        "runs": len(rows),
        "flights": len(flights),
        "candidate_looks": _spread([f["candidate_looks"] for f in flights]),
        "candidate_after_third_look_s": _spread([f.get("candidate_delay_s") for f in flights]),
        "candidate_in_time": sum(f["candidate_in_time"] for f in flights),
        "correlated_looks": _spread([f["correlated_looks"] for f in flights]),
        "correlated_after_first_look_s": _spread([f.get("correlated_delay_s") for f in flights]),
        "bound_looks": round(float(np.mean(bounds)), 2) if bounds else None,
        "allowed_looks": max((ceil(b) + 1 for b in bounds), default=None),
        "mean_over_bound_looks": round(float(np.mean(over)), 2) if over else None,
        "correlated_in_time": sum(f["correlated_in_time"] for f in flights),
        "never_correlated": len(flights) - len(declared),
        "seen_by_two": len(two),
        "reported_by_burnout": reported,
        "reported_by_burnout_least": lower_limit(reported, len(two)),
        "explained_away": sum(f["is_explained_away"] for f in flights),
    }


def lower_limit(count: int, of: int, probability: float = 0.95) -> float | None:
    """The share that `count` of `of` leaves possible at least, with this probability; None of none."""
    if of == 0:
        return None
    return 0.0 if count == 0 else round(float(beta.ppf(1.0 - probability, count, of - count + 1)), 4)


def _spread(values: Sequence[float | None]) -> dict[str, float] | None:
    known = np.array([v for v in values if v is not None], dtype=float)
    if not len(known):
        return None
    low, mid, high, most = np.quantile(known, [0.0, 0.5, 0.9, 1.0], method="higher")
    return {
        "least": round(float(low), 2), "mean": round(float(known.mean()), 2), "p50": round(float(mid), 2),
        "p90": round(float(high), 2), "most": round(float(most), 2),
    }  # fmt: skip
