"""How far a detection lies from what a track expected, measured by the filter's own doubt: its biases are in it.

A sensor's constant error is one of a track's unknowns, tied to its place: a radar that reads too far has put the track
too far, and its next look lies where the track says. So the doubt about an innovation is that of place and bias
*together*. To take the place's doubt (with the bias in it) and add the bias once more makes an honest filter look as if
it doubted too much.
"""

import numpy as np

from vedette.reports import Scan
from vedette.tracking.rows import TrackRows
from vedette.tracking.sensor_views import SensorView
from vedette.tracking.step import expected_by, middle_itrf


def surprise(rows: TrackRows, i: int, scan: Scan, row: int, view: SensorView) -> tuple[float, int]:
    """Squared distance of one detection from what one track, predicted to the look's time, expected; and its dimension.

    The models of motion are taken together by their first two moments. NaN and 0 where nothing was measured.
    """
    one = rows.take(np.array([i]))
    which = np.array([row])
    origin = view.origin_itrf_m(scan, rows.t_tai_ns)
    seen, z = expected_by(one, scan, which, view, origin)
    weights = one.mode_probability[0]
    noise = view.variances(scan, which)[0] + view.place_variances(middle_itrf(one), origin, scan)[0]
    H, cov = seen.H[0], one.cov[0]
    total = H @ cov @ np.swapaxes(H, -1, -2) + seen.left_over[0] + np.diag(noise)
    apart = view.difference(seen.mean[0], seen.middle)
    whole = np.einsum("m,mkl->kl", weights, total + apart[:, :, None] * apart[:, None, :])
    residual = view.difference(z[0], seen.middle)[0]
    use = np.flatnonzero(np.isfinite(residual) & np.isfinite(np.diagonal(whole)))
    if not view.is_sight:  # what is not measured stands in the sigmas as NaN, and in the values of some kinds as zero
        use = use[np.isfinite(scan.sigmas[row, use])]
    if not len(use):
        return float("nan"), 0
    return float(residual[use] @ np.linalg.solve(whole[np.ix_(use, use)], residual[use])), len(use)
