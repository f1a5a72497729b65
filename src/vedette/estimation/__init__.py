"""What to believe: filters, smoothers, batch fits and tests over rows. Knows no astronomy.

Gaussians and their regions (`gaussians`), Kalman filters in Joseph and square-root form (`kalman`), sigma points
(`unscented`), interacting models (`imm`), batch least squares (`least_squares`), smoothing (`smoothing`), and
existence as a probability (`existence`).
"""

from vedette.estimation.existence import (
    SequentialTest,
    mean_looks_to_declare,
    missed_existence,
    never_there,
    predict_existence,
    update_existence,
)
from vedette.estimation.gaussians import (
    Ellipse,
    chi_square_gate,
    cholesky_scaled,
    ellipse_from_cov,
    ellipse_points,
    log_density,
    mahalanobis_sq,
    merged,
    symmetrized,
)
from vedette.estimation.imm import mix, transition_from_mean_stay, weigh
from vedette.estimation.kalman import (
    Correction,
    predict_extended,
    predict_linear,
    sqrt_predicted,
    sqrt_updated,
    update_joseph,
)
from vedette.estimation.least_squares import Fit, fit, fit_rows, numeric_jacobian
from vedette.estimation.smoothing import smooth_fixed_lag, smooth_rts
from vedette.estimation.unscented import (
    fifth_degree_points,
    predict_sigma,
    regression,
    sigma_points,
    transform,
    update_sigma,
    weighted_products,
)

__all__ = [
    "Correction",
    "Ellipse",
    "Fit",
    "SequentialTest",
    "chi_square_gate",
    "cholesky_scaled",
    "ellipse_from_cov",
    "ellipse_points",
    "fifth_degree_points",
    "fit",
    "fit_rows",
    "log_density",
    "mahalanobis_sq",
    "mean_looks_to_declare",
    "merged",
    "missed_existence",
    "mix",
    "never_there",
    "numeric_jacobian",
    "predict_existence",
    "predict_extended",
    "predict_linear",
    "predict_sigma",
    "regression",
    "sigma_points",
    "smooth_fixed_lag",
    "smooth_rts",
    "sqrt_predicted",
    "sqrt_updated",
    "symmetrized",
    "transform",
    "transition_from_mean_stay",
    "update_existence",
    "update_joseph",
    "update_sigma",
    "weigh",
    "weighted_products",
]
