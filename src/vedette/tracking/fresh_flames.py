"""What else a track begun by one infrared watcher may be: a flame that had just come out of the cloud.

One line of sight leaves the height open to tens of kilometres and the speed to a kilometre a second, for it may be of
a flame found late, of a bolide, of an upper stage. Most often it is of none of these: fires stand on the ground, and
flights are first seen as they leave the cloud, one and a half to twelve kilometres up and at 170 to 690 m/s. Both are
supposed, each with its odds, until another watcher sees it: where the two lines cross tells which it was (decision
0395).

The second belief is not carried along. It is the first one told what is supposed of a fresh flame, at the instant when
the track began: what a state of now was then, is found by flying it back.
"""

from dataclasses import replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools
from vedette.estimation import regression, sigma_points, update_joseph, weighted_products
from vedette.frames import geodetic_from_itrf
from vedette.motion.atmosphere import standard_air
from vedette.reports import SensorKind
from vedette.tracking.anchors import itrf_from_local
from vedette.tracking.kernels.flight_kernel import BOOST, STATE_SIZE, fly_points
from vedette.tracking.motions import ACTIVE, Motion
from vedette.tracking.rows import NEVER_TAI_NS, TrackRows
from vedette.tracking.sensor_views import SensorView

FRESH_HEIGHT_M, FRESH_HEIGHT_SIGMA_M = 6e3, 5e3  # from the ground to the highest cloud
FRESH_RISE_MPS, FRESH_SPEED_SIGMA_MPS = 400.0, 350.0  # upwards, and each axis about it
# of what one watcher begins and another may see: of 930,000 a year 910,000 are fires, 1,440 launches and 17,000 bolides
# (`natural_rates.toml`); somewhat more than these two in a hundred is left to what is high or fast
FRESH_SHARE = 0.95
LONGEST_S = 60.0  # after it the start is too far back to be told from where it is now
FROM_SPACE_M = 7e6  # from the Earth's centre: what is anchored beyond was begun by a satellite
_SUPPOSED = np.array([FRESH_HEIGHT_M, 0.0, 0.0, 0.0])
_DOUBT = np.diag(np.array([FRESH_HEIGHT_SIGMA_M, *(FRESH_SPEED_SIGMA_MPS,) * 3]) ** 2)


def may_be_fresh(rows: TrackRows, view: SensorView, motion: Motion) -> Bools:
    """(n,) whom one infrared watcher has found burning, lately, and this sensor has not seen."""
    if BOOST not in motion.modes or view.sensor.kind is not SensorKind.INFRARED or len(rows) == 0:
        return np.zeros(len(rows), dtype=bool)
    by_one = np.sum(rows.t_seen_tai_ns != NEVER_TAI_NS, axis=1) == 1
    by_another = rows.t_seen_tai_ns[:, view.index] == NEVER_TAI_NS
    from_space = np.linalg.norm(rows.origin_itrf_m, axis=1) > FROM_SPACE_M
    burns = rows.mode_probability[:, motion.modes.index(BOOST)] > 0.5
    young = rows.t_tai_ns - rows.t_start_tai_ns < LONGEST_S * NS_PER_S
    return np.asarray(by_one & by_another & from_space & burns & young & ~rows.by_course)


def as_fresh(rows: TrackRows, motion: Motion) -> TrackRows:
    """The same tracks, had each been a flame just out of the cloud at its first look.

    Only the burning model is told; what cannot be flown back stays as it is.
    """
    at = motion.modes.index(BOOST)
    n, use = len(rows), ACTIVE[BOOST]
    mean, cov = rows.mean[:, at], rows.cov[:, at]
    points, share = sigma_points(mean[:, use], cov[:, use[:, None], use])
    full = np.repeat(mean[:, None, :STATE_SIZE], len(share), axis=1)
    full[..., use] = points
    itrf = itrf_from_local(full, rows.origin_itrf_m, rows.axes)
    then = np.empty_like(itrf)
    for t_start in np.unique(rows.t_start_tai_ns):
        mine = rows.t_start_tai_ns == t_start
        begun = np.ascontiguousarray(itrf[mine].reshape(-1, STATE_SIZE))
        flown = np.empty_like(begun)
        fly_points(begun, float(t_start - rows.t_tai_ns) / NS_PER_S, BOOST, standard_air(), flown)
        then[mine] = flown.reshape(-1, *then.shape[1:])
    up = then[..., :3] / np.linalg.norm(then[..., :3], axis=-1, keepdims=True)
    shown = np.concatenate([
        geodetic_from_itrf(then[..., :3])[2][..., None], then[..., 3:6] - FRESH_RISE_MPS * up
    ], axis=-1)  # fmt: skip
    middle = share @ shown
    apart, away = shown - middle[:, None], points - mean[:, None, use]
    A, left_over = regression(
        cov[:, use[:, None], use], weighted_products(share, apart, apart), weighted_products(share, away, apart)
    )
    H = np.zeros((n, 4, mean.shape[-1]))
    H[..., use] = A
    told = update_joseph(mean, cov, _SUPPOSED - middle, H, left_over + _DOUBT)
    means, covs = rows.mean.copy(), rows.cov.copy()
    fine = np.isfinite(told.mean).all(axis=1) & np.isfinite(told.cov).all(axis=(1, 2))
    means[fine, at], covs[fine, at] = told.mean[fine], told.cov[fine]
    return replace(rows, mean=means, cov=covs)
