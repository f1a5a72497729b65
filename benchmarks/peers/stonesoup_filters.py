"""Stone Soup on one radar track: extended and unscented. It has no interacting bank.

Timed on one track; where the data hold the truth of many runs, judged for honesty instead.

Its state order is position and velocity by axis; its models work on that, so the physics is turned to it here.
"""

import datetime
import warnings

import numpy as np
from _common import EARTH_M, MU_M3_S2, fall_jacobian, judge_line, load, rate_line
from stonesoup.base import Property
from stonesoup.models.base import TimeVariantModel
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
from stonesoup.models.transition.nonlinear import GaussianTransitionModel
from stonesoup.predictor.kalman import ExtendedKalmanPredictor, UnscentedKalmanPredictor
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
from stonesoup.types.detection import Detection
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import ExtendedKalmanUpdater, UnscentedKalmanUpdater

warnings.filterwarnings("ignore")
ORDER = np.array([0, 3, 1, 4, 2, 5])  # theirs from ours
BACK = np.argsort(ORDER)
START = datetime.datetime(2031, 1, 1)


def fall_block(x, dt):
    """One Runge-Kutta step of a (6, n) block in their order."""

    def slope(s):
        out = np.empty_like(s)
        out[0::2] = s[1::2]
        p = s[0::2] + np.array([[0.0], [0.0], [EARTH_M]])
        out[1::2] = -MU_M3_S2 * p / np.sum(p * p, axis=0) ** 1.5
        return out

    a = slope(x)
    b = slope(x + 0.5 * dt * a)
    c = slope(x + 0.5 * dt * b)
    d = slope(x + dt * c)
    return x + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)


class Falling(GaussianTransitionModel, TimeVariantModel):
    noise: np.ndarray = Property()

    @property
    def ndim_state(self):
        return 6

    def function(self, state, noise=False, **kwargs):
        dt = kwargs["time_interval"].total_seconds()
        vector = state.state_vector
        block = np.asarray(vector, dtype=float).reshape(6, -1)
        out = fall_block(block, dt)
        out = out.view(StateVectors) if isinstance(vector, StateVectors) else StateVector(out[:, 0])
        return out if noise is False or noise is None else out + noise

    def jacobian(self, state, **kwargs):
        own = np.asarray(state.state_vector, dtype=float).ravel()[BACK]
        return fall_jacobian(own, kwargs["time_interval"].total_seconds())[np.ix_(ORDER, ORDER)]

    def covar(self, time_interval, **kwargs):
        return CovarianceMatrix(self.noise)


data = load()
dt = float(data["dt"])
both = np.ix_(ORDER, ORDER)
model = CartesianToElevationBearingRange(
    ndim_state=6, mapping=(0, 2, 4), noise_covar=CovarianceMatrix(data["R"][np.ix_([1, 0, 2], [1, 0, 2])])
)
motion = Falling(noise=data["Q"][both])


def detections_of(seen):
    return [
        Detection(StateVector([z[1], z[0], z[2]]), START + datetime.timedelta(seconds=k * dt), measurement_model=model)
        for k, z in enumerate(seen, start=1)
    ]


def followed(predictor, updater, detections, guess):
    state = GaussianState(guess[ORDER].reshape(-1, 1), data["cov"][both], timestamp=START)
    told = []
    for detection in detections:
        state = updater.update(SingleHypothesis(predictor.predict(state, timestamp=detection.timestamp), detection))
        told.append(state)
    return told


def told_of(predictor, updater, seen, guess):
    back = np.ix_(BACK, BACK)
    states = followed(predictor, updater, detections_of(seen), guess)
    return [(np.asarray(s.mean, float).ravel()[BACK], np.asarray(s.covar, float)[back]) for s in states]


for what, predictor, updater in (
    ("ekf", ExtendedKalmanPredictor(motion), ExtendedKalmanUpdater(model)),
    ("ukf", UnscentedKalmanPredictor(motion), UnscentedKalmanUpdater(model)),
):
    if "truth" in data:
        judge_line("Stone Soup", "stonesoup", what, lambda z, x, p=predictor, u=updater: told_of(p, u, z, x), data)
    else:
        found = detections_of(data["seen"])
        work = lambda p=predictor, u=updater, f=found: followed(p, u, f, data["guess"])  # noqa: E731
        rate_line("Stone Soup", "stonesoup", what, len(found), work)
