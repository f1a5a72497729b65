"""filterpy on one radar track: extended, unscented, and an interacting bank of three unscented filters."""

import numpy as np
from _common import brake, fall, fall_jacobian, load, look, look_jacobian, look_residual, push, rate_line
from filterpy.kalman import ExtendedKalmanFilter, IMMEstimator, MerweScaledSigmaPoints, UnscentedKalmanFilter

data = load()
seen, guess, cov, R, Q, dt = (data[name] for name in ("seen", "guess", "cov", "R", "Q", "dt"))
dt = float(dt)


def extended():
    f = ExtendedKalmanFilter(dim_x=6, dim_z=3)
    f.x, f.P, f.Q, f.R = guess.copy(), cov.copy(), Q, R
    for z in seen:
        f.F = fall_jacobian(f.x, dt)
        ahead = fall(f.x, dt)
        f.predict()
        f.x = ahead
        f.update(z, HJacobian=look_jacobian, Hx=look, residual=look_residual)


def one_unscented(motion):
    points = MerweScaledSigmaPoints(6, alpha=0.5, beta=2.0, kappa=0.0)
    f = UnscentedKalmanFilter(6, 3, dt, look, motion, points, residual_z=look_residual)
    f.x, f.P, f.Q, f.R = guess.copy(), cov.copy(), Q, R
    return f


def unscented():
    f = one_unscented(fall)
    for z in seen:
        f.predict()
        f.update(z)


def bank():
    change = np.array([[0.96, 0.02, 0.02], [0.05, 0.9, 0.05], [0.02, 0.02, 0.96]])
    imm = IMMEstimator([one_unscented(motion) for motion in (fall, push, brake)], [0.8, 0.1, 0.1], change)
    for z in seen:
        imm.predict()
        imm.update(z)


for what, work in (("ekf", extended), ("ukf", unscented), ("imm3", bank)):
    rate_line("filterpy", "filterpy", what, len(seen), work)
