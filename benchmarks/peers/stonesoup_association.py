"""Stone Soup's JPDA with EHM2 on seeded tracks: processor seconds of a look, association and correction alone."""

import datetime as dt
import time
import warnings

import numpy as np
from _common import load, say
from stonesoup import __version__
from stonesoup.dataassociator.probability import JPDAwithEHM2
from stonesoup.functions import gm_reduce_single
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.types.update import GaussianStateUpdate
from stonesoup.updater.kalman import KalmanUpdater

warnings.filterwarnings("ignore")
START = dt.datetime(2031, 1, 1)
data = load()
model = LinearGaussian(6, (0, 2, 4), CovarianceMatrix(np.eye(3) * float(data["sigma_m"]) ** 2))
motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(25.0)] * 3)
updater = KalmanUpdater(model)
associator = JPDAwithEHM2(
    PDAHypothesiser(KalmanPredictor(motion), updater, clutter_spatial_density=1.0 / 2000.0**3, prob_detect=0.9,
                    prob_gate=0.997)
)  # fmt: skip
cov = np.diag(np.tile([100.0**2, 50.0**2], 3))
tracks = {Track([GaussianState(row[[0, 3, 1, 4, 2, 5]].reshape(-1, 1), cov, timestamp=START)]) for row in data["start"]}
taken_s = []
for k, rows in enumerate(np.split(data["detections"], data["cuts"][:-1])):
    t = START + dt.timedelta(seconds=k + 1)
    detections = {Detection(StateVector(row), timestamp=t, measurement_model=model) for row in rows}
    start_s = time.process_time()
    found = associator.associate(tracks, detections, t)
    for track in tracks:
        means, covs, weights = [], [], []
        for hypothesis in found[track]:
            post = updater.update(hypothesis) if hypothesis else hypothesis.prediction
            means.append(post.state_vector)
            covs.append(post.covar)
            weights.append(float(hypothesis.probability))
        mean, spread = gm_reduce_single(StateVectors(means), np.stack(covs, axis=2), np.asarray(weights))
        track.append(GaussianStateUpdate(mean, spread, found[track], t))
    taken_s.append(time.process_time() - start_s)
say(peer=f"Stone Soup {__version__} JPDA+EHM2", seconds=float(np.median(taken_s[1:])))
