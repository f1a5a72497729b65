"""Stone Soup's whole tracker on positions: global nearest neighbour, k-d tree, three detections to begin a track."""

import time
import warnings
from datetime import datetime, timedelta

import numpy as np
from _common import load, say

warnings.filterwarnings("ignore")

CHANCE_SIGMA_M, NOISE_M2_S3, SPEED_SIGMA_MPS = 100.0, 25.0, 250.0


def main():
    from importlib.metadata import version

    from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
    from stonesoup.deleter.time import UpdateTimeStepsDeleter
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.measures import Mahalanobis
    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import KalmanPredictor
    from stonesoup.types.array import CovarianceMatrix, StateVector
    from stonesoup.types.detection import Detection
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import KalmanUpdater

    data = load()
    motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(NOISE_M2_S3)] * 3)
    seen = LinearGaussian(6, (0, 2, 4), CovarianceMatrix(np.eye(3) * CHANCE_SIGMA_M**2))
    start = datetime(2026, 1, 1)

    def associator():
        predictor, updater = KalmanPredictor(motion), KalmanUpdater(seen)
        near = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=4.0)
        return DetectionKDTreeGNN2D(near, predictor=predictor, updater=updater, max_distance=800.0)

    for n in data["sizes"].tolist():
        updater, choose = KalmanUpdater(seen), associator()
        middle = data[f"{n}_0"].mean(axis=0)
        state = np.concatenate([[x, 0.0] for x in middle])[:, None]
        prior = GaussianState(state, np.diag([1.0, SPEED_SIGMA_MPS**2] * 3), timestamp=start)
        begin = MultiMeasurementInitiator(prior, UpdateTimeStepsDeleter(2), associator(), updater, seen, min_points=3)
        end, tracks, taken, k = UpdateTimeStepsDeleter(4), set(), [], 0
        while f"{n}_{k}" in data:
            now = start + timedelta(seconds=k + 1)
            looks = {Detection(StateVector(z), timestamp=now, measurement_model=seen) for z in data[f"{n}_{k}"]}
            at = time.process_time()
            chosen, used = choose.associate(tracks, looks, now), set()
            for track in tracks:
                best = chosen[track]
                if best:
                    track.append(updater.update(best))
                    used.add(best.measurement)
                else:
                    track.append(best.prediction)
            tracks -= end.delete_tracks(tracks)
            tracks |= begin.initiate(looks - used, now)
            taken.append(time.process_time() - at)
            k += 1
            if k == 10:
                confirmed = len(tracks)
        say(
            peer=f"Stone Soup {version('stonesoup')} GNN + k-d tree", objects=n,
            s_per_look=float(np.median(taken[len(taken) // 2 :])), confirmed_over_true=confirmed / n,
        )


if __name__ == "__main__":
    main()
