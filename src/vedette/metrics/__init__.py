"""How well it was believed: honesty, containment, set distances and bounds. Judges; never guesses.

Imports neither tracking nor scenario; given arrays of errors and covariances it does not care where they came from.
"""

from vedette.metrics.bounds import batch_bound, filtering_bound, rmse, rmse_over_bound, tichavsky_step
from vedette.metrics.consistency import chi_square_band, nees, nis, share_in_band
from vedette.metrics.containment import binomial_band, is_contained, share_contained
from vedette.metrics.gospa import Gospa, gospa, ospa

__all__ = [
    "Gospa",
    "batch_bound",
    "binomial_band",
    "chi_square_band",
    "filtering_bound",
    "gospa",
    "is_contained",
    "nees",
    "nis",
    "ospa",
    "rmse",
    "rmse_over_bound",
    "share_contained",
    "share_in_band",
    "tichavsky_step",
]
