"""How thickly new flames come where a watcher has lately found others: what else a detection amidst a raid may be.

A year's rate of new objects says nothing of a raid. There a detection that lies somewhere on a track's long line of
sight is as likely of a flame that nobody has followed yet, and to give it to that track makes two mistakes (decision
0395).
"""

import numpy as np
from scipy.spatial import cKDTree

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.reports import SensorKind
from vedette.tracking.prediction import middle_itrf
from vedette.tracking.rows import TrackRows
from vedette.tracking.sensor_views import SensorView

NEAR_M = 100e3
LATELY_S = 30.0
FEWEST = 3  # one or two flames are no raid
SHARE_NEW = 0.25  # of what a watcher began lately: the rest others had begun as well (decision 0395)


def new_flames_per_sr(rows: TrackRows, los: Rows, view: SensorView, origin_itrf_m: Vec3) -> Scalar:
    """(q,) new flames that an infrared watcher may find in one look, per steradian about each unit direction (q, 3).

    A share of the tracks that were begun by it, near there, in the last half minute; none where fewer than three were.
    """
    lately = rows.t_tai_ns - rows.t_start_tai_ns < LATELY_S * NS_PER_S
    mine = np.flatnonzero(lately & (rows.anchor_sensor == view.index))
    if view.sensor.kind is not SensorKind.INFRARED or len(mine) < FEWEST:
        return np.zeros(len(los))
    away = middle_itrf(rows.take(mine))[:, :3] - origin_itrf_m
    reach_m = np.linalg.norm(away, axis=1)
    near_rad = NEAR_M / float(np.median(reach_m))
    count = cKDTree(away / reach_m[:, None]).query_ball_point(los, near_rad, return_length=True)
    per_count = SHARE_NEW * view.sensor.revisit_s / LATELY_S / (np.pi * near_rad**2)
    return np.where(count >= FEWEST, count * per_count, 0.0)
