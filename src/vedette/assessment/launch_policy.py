"""Thresholds of the launch follower, read from `core/tables/launch_policy.toml`: policy is data, not code."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache

from vedette.core.tables import table_text


@dataclass(frozen=True, slots=True)
class LaunchPolicy:
    """When beliefs about a tracked object are said aloud; each figure's reason stands in the table."""

    version: int
    looks_min: int
    launch_sigma_max_km: float
    misfit_max: float
    classified_min: float
    p_burnt_out: float
    settle_s: float
    p_suborbital: float
    p_withdraw: float
    p_orbit: float
    renew_shrink: float
    draws: int
    boost_s: float
    coast_s: float
    late_s: float
    conditional_s: float


@lru_cache(maxsize=1)
def packaged_policy() -> LaunchPolicy:
    """The policy that ships with Vedette."""
    table = tomllib.loads(table_text("launch_policy.toml"))
    return LaunchPolicy(version=table["version"], **table["launch"], **table["impact"], **table["pace"])
