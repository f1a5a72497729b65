"""filterpy on one radar track: extended, unscented, and an interacting bank of three unscented filters.

Timed on one track; where the data hold the truth of many runs, judged for honesty instead.
"""

import numpy as np
from _common import brake, fall, fall_jacobian, judge_line, load, look, look_jacobian, look_residual, push, rate_line
from filterpy.kalman import ExtendedKalmanFilter, IMMEstimator, MerweScaledSigmaPoints, UnscentedKalmanFilter

data = load()
seen, guess, cov, R, Q, dt = (data[name] for name in ("seen", "guess", "cov", "R", "Q", "dt"))
dt = float(dt)


def extended(seen, guess):
    f = ExtendedKalmanFilter(dim_x=6, dim_z=3)
    f.x, f.P, f.Q, f.R = guess.copy(), cov.copy(), Q, R
    told = []
    for z in seen:
        f.F = fall_jacobian(f.x, dt)
        ahead = fall(f.x, dt)
        f.predict()
        f.x = ahead
        f.update(z, HJacobian=look_jacobian, Hx=look, residual=look_residual)
        told.append((f.x.copy(), f.P.copy()))
    return told


def one_unscented(motion, guess):
    points = MerweScaledSigmaPoints(6, alpha=0.5, beta=2.0, kappa=0.0)
    f = UnscentedKalmanFilter(6, 3, dt, look, motion, points, residual_z=look_residual)
    f.x, f.P, f.Q, f.R = guess.copy(), cov.copy(), Q, R
    return f


def unscented(seen, guess):
    f, told = one_unscented(fall, guess), []
    for z in seen:
        f.predict()
        f.update(z)
        told.append((f.x.copy(), f.P.copy()))
    return told


def bank(seen, guess):
    change = np.array([[0.96, 0.02, 0.02], [0.05, 0.9, 0.05], [0.02, 0.02, 0.96]])
    imm = IMMEstimator([one_unscented(motion, guess) for motion in (fall, push, brake)], [0.8, 0.1, 0.1], change)
    for z in seen:
        imm.predict()
        imm.update(z)


if "truth" in data:
    for what, follow in (("ekf", extended), ("ukf", unscented)):
        judge_line("filterpy", "filterpy", what, follow, data)
else:
    for what, follow in (("ekf", extended), ("ukf", unscented), ("imm3", bank)):
        rate_line("filterpy", "filterpy", what, len(seen), lambda follow=follow: follow(seen, guess))
