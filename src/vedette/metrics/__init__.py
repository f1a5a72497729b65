"""How well it was believed: honesty, containment, set distances and bounds. Judges; never guesses.

Imports neither tracking nor scenario; given arrays of errors and covariances it does not care where they came from.
"""

from vedette.metrics.bounds import (
    batch_bound,
    filtering_bound,
    filtering_bound_with_misses,
    rmse,
    rmse_over_bound,
    tichavsky_step,
)
from vedette.metrics.consistency import chi_square_band, nees, nis, share_in_band
from vedette.metrics.containment import binomial_band, is_contained, share_contained
from vedette.metrics.gospa import Gospa, gospa, ospa
from vedette.metrics.history import History, matched_rows, near_rows
from vedette.metrics.origins import Purity, instants_to_track, purity
from vedette.metrics.series import GospaSeries, gospa_series
from vedette.metrics.siap import Siap, siap
from vedette.metrics.trajectories import TrajectoryGospa, t_gospa

__all__ = [
    "Gospa",
    "GospaSeries",
    "History",
    "Purity",
    "Siap",
    "TrajectoryGospa",
    "batch_bound",
    "binomial_band",
    "chi_square_band",
    "filtering_bound",
    "filtering_bound_with_misses",
    "gospa",
    "gospa_series",
    "instants_to_track",
    "is_contained",
    "matched_rows",
    "near_rows",
    "nees",
    "nis",
    "ospa",
    "purity",
    "rmse",
    "rmse_over_bound",
    "share_contained",
    "share_in_band",
    "siap",
    "t_gospa",
    "tichavsky_step",
]
