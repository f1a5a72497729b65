"""Stone Soup's own scores of the tracks and truths it is given: GOSPA's values and the time of GOSPA, OSPA and SIAP."""

import datetime as dt
import time
import warnings
from importlib.metadata import version

import numpy as np
from _common import load, say

warnings.filterwarnings("ignore")

from stonesoup.dataassociator.tracktotrack import TrackToTruth  # noqa: E402
from stonesoup.measures import Euclidean  # noqa: E402
from stonesoup.metricgenerator.manager import SimpleManager  # noqa: E402
from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric  # noqa: E402
from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics  # noqa: E402
from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState  # noqa: E402
from stonesoup.types.state import GaussianState  # noqa: E402
from stonesoup.types.track import Track  # noqa: E402

T0 = dt.datetime(2031, 1, 1)


def histories(step, label, state, make_state, make_path):
    """One path for each label."""
    paths = set()
    for one in np.unique(label):
        rows = label == one
        paths.add(make_path([
            make_state(x.reshape(-1, 1), T0 + dt.timedelta(seconds=int(k)))
            for k, x in zip(step[rows], state[rows], strict=True)
        ]))  # fmt: skip
    return paths


def main():
    data = load()
    place, speed = Euclidean(mapping=[0, 1, 2]), Euclidean(mapping=[3, 4, 5])
    truths = histories(
        data["truth_step"], data["truth_label"], data["truth_state"],
        lambda x, t: GroundTruthState(x, timestamp=t), GroundTruthPath,
    )  # fmt: skip
    tracks = histories(
        data["track_step"], data["track_label"], data["track_state"],
        lambda x, t: GaussianState(x, np.eye(6), timestamp=t), Track,
    )  # fmt: skip
    cutoff = float(data["cutoff_m"])
    makers = {
        "gospa": lambda: GOSPAMetric(c=cutoff, p=2, measure=place),
        "ospa": lambda: OSPAMetric(c=cutoff, p=2, measure=place),
        "siap": lambda: SIAPMetrics(position_measure=place, velocity_measure=speed),
    }
    for name, make in makers.items():
        associator = TrackToTruth(association_threshold=cutoff, measure=place) if name == "siap" else None
        manager = SimpleManager([make()], associator=associator)
        manager.add_data(truths, tracks)
        start = time.process_time()
        found = manager.generate_metrics()
        row = {"peer": f"Stone Soup {version('stonesoup')}", "what": name, "seconds": time.process_time() - start}
        if name == "gospa":
            series = next(metric for metric in found.values() if "GOSPA" in metric.title)
            row["values"] = [float(one.value["distance"]) for one in series.value]
        say(**row)


if __name__ == "__main__":
    main()
