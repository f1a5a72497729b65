"""Stone Soup on stories for association: JPDA with EHM2, and GM-PHD. Prints where each says the objects are.

Each peer is given what its own documentation recommends: JPDA an initiator of several measurements and a deleter,
GM-PHD one wide birth component over the whole box. Both know the noise, the detection probability and the clutter. The
radar's detections are turned into positions with the covariance that they have there: GM-PHD cannot weigh radians
against metres (its density calls such a covariance singular), and JPDA does no worse with positions.
"""

import datetime as dt
import time
import warnings

import numpy as np
from _common import load, say
from stonesoup import __version__
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.probability import JPDAwithEHM2
from stonesoup.deleter.time import UpdateTimeStepsDeleter
from stonesoup.functions import gm_reduce_single
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.gaussianmixture import GaussianMixtureHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.mixturereducer.gaussianmixture import GaussianMixtureReducer
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors
from stonesoup.types.detection import Detection
from stonesoup.types.prediction import GaussianStatePrediction
from stonesoup.types.state import GaussianState, TaggedWeightedGaussianState
from stonesoup.types.update import GaussianStateUpdate
from stonesoup.updater.kalman import KalmanUpdater
from stonesoup.updater.pointprocess import PHDUpdater

warnings.filterwarnings("ignore")
START = dt.datetime(2031, 1, 1)
PLACE = [0, 2, 4]
PEER = f"Stone Soup {__version__}"

data = load()
q, detected, step_s, speed_sigma = (float(data[name]) for name in ("q", "detected", "dt_s", "speed_sigma_mps"))
motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(q)] * 3)
usual = LinearGaussian(6, (0, 2, 4), CovarianceMatrix(1e4 * np.eye(3)))  # detections bring models of their own
predictor, updater = KalmanPredictor(motion), KalmanUpdater(usual)


def placed(azimuth, elevation, reach):
    """One detection as a position and a measurement model of its own: noise along and across the line of sight."""
    sa, ca, se, ce = np.sin(azimuth), np.cos(azimuth), np.sin(elevation), np.cos(elevation)
    axes = np.array([[-sa, ca, 0.0], [-se * ca, -se * sa, ce], [ce * ca, ce * sa, se]])
    sigmas = data["sigmas"] * np.array([reach * ce, reach, 1.0])
    cov = axes.T @ np.diag(sigmas**2) @ axes
    return reach * axes[2], LinearGaussian(6, (0, 2, 4), CovarianceMatrix(0.5 * (cov + cov.T)))


def looks_of(scene):
    """(time, detections) of each look."""
    z, begins = data[f"{scene}/detections"], data[f"{scene}/begins"]
    for k in range(len(begins) - 1):
        t = START + dt.timedelta(seconds=step_s * (k + 1))
        found = set()
        for row in z[begins[k] : begins[k + 1]]:
            place, model = placed(*row)
            found.add(Detection(StateVector(place), timestamp=t, measurement_model=model))
        yield t, found


def prior_over(box):
    middle, half = box.mean(axis=0), 0.5 * (box[1] - box[0])
    mean = np.zeros((6, 1))
    mean[PLACE, 0] = middle
    cov = np.diag(np.ravel(np.column_stack([np.square(half / np.sqrt(3.0)), np.full(3, speed_sigma**2)])))
    return mean, cov


def mixed(multi):
    """All hypotheses of one track as one Gaussian, as in the JPDA tutorial."""
    means, covs, weights, missed = [], [], [], 0.0
    for hypothesis in multi:
        if hypothesis:
            post = updater.update(hypothesis)
            means.append(post.state_vector)
            covs.append(post.covar)
        else:
            means.append(hypothesis.prediction.state_vector)
            covs.append(hypothesis.prediction.covar)
            missed += float(hypothesis.probability)
        weights.append(float(hypothesis.probability))
    mean, cov = gm_reduce_single(StateVectors(means), np.stack(covs, axis=2), np.asarray(weights))
    t = multi[0].prediction.timestamp
    if missed > 0.5:  # so that the deleter hears of it
        return GaussianStatePrediction(mean, cov, timestamp=t)
    return GaussianStateUpdate(mean, cov, multi, t)


def jpda(scene, points, silent, claimed):
    density = float(data[f"{scene}/clutter_per_m3"])
    near = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=4.0)
    associator = JPDAwithEHM2(
        PDAHypothesiser(predictor, updater, clutter_spatial_density=density, prob_detect=detected, prob_gate=0.9999)
    )
    mean, cov = prior_over(data[f"{scene}/box"])
    cov[PLACE, PLACE] = 0.0  # the initiator takes the place from the detection
    initiator = MultiMeasurementInitiator(
        GaussianState(mean, cov + 1e-3 * np.eye(6), timestamp=START), UpdateTimeStepsDeleter(2),
        GNNWith2DAssignment(near), updater, None, min_points=points,
    )
    deleter = UpdateTimeStepsDeleter(silent)
    tracks = set()
    for t, detections in looks_of(scene):
        used = set()
        found = associator.associate(tracks, detections, t)
        for track in tracks:
            multi = found[track]
            track.append(mixed(multi))
            used |= {s.measurement for s in multi if s and s.probability > claimed}
        tracks -= deleter.delete_tracks(tracks)
        tracks |= initiator.initiate(detections - used, t)
        yield np.array([np.asarray(track.state_vector, float).ravel()[PLACE] for track in tracks])


def phd(scene, births):
    density = float(data[f"{scene}/clutter_per_m3"])
    mean, cov = prior_over(data[f"{scene}/box"])
    hypothesiser = GaussianMixtureHypothesiser(
        DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=5.0), order_by_detection=True
    )
    post = PHDUpdater(updater, clutter_spatial_density=density, prob_detection=detected, prob_survival=0.999)
    reducer = GaussianMixtureReducer(prune_threshold=1e-4, pruning=True, merge_threshold=4.0, merging=True)
    parts = []
    for number, (t, detections) in enumerate(looks_of(scene)):
        birth = TaggedWeightedGaussianState(
            StateVector(mean), CovarianceMatrix(cov), weight=births, tag="birth", timestamp=t
        )
        found = hypothesiser.hypothesise([*parts, birth], detections, t)
        parts = reducer.reduce(post.update(found))
        for index, part in enumerate(parts):
            part.tag = f"{number}-{index}"
        yield np.array([np.asarray(p.mean, float).ravel()[PLACE] for p in parts if float(p.weight) > 0.5])


WAYS = {  # detections that a track claims with more than the last figure are kept from the initiator
    "JPDA+EHM2, 3 points": lambda scene: jpda(scene, 3, 4, 0.5),
    "JPDA+EHM2, 4 points": lambda scene: jpda(scene, 4, 4, 0.05),
    "GM-PHD": lambda scene: phd(scene, float(data["births"])),
}
for scene in data["scenes"]:
    for name, way in WAYS.items():
        start_s = time.process_time()
        places, counts = [], []
        try:
            for estimate in way(str(scene)):
                counts.append(len(estimate))
                places += np.round(estimate, 1).tolist()
            taken_s = time.process_time() - start_s
            say(peer=f"{PEER} {name}", scene=str(scene), places=places, counts=counts, seconds=round(taken_s, 2))
        except Exception as error:  # whatever a peer fails by is its result
            say(peer=f"{PEER} {name}", scene=str(scene), error=f"{type(error).__name__}: {error}")
