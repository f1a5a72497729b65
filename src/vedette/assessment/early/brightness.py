"""How bright drawn flights should have looked, and how the brightness of the looks agrees: climbing out of the air.

The flame itself changes slowly while a stage burns. What a watcher in space sees of it grows several times over within
seconds, as the rocket climbs out of the water vapour, and then follows the height (`sensing.plume`). As a burn ends the
flame sinks to nothing within a second, and the next stage burns with a third of the light, more or less. How bright a
flame is, is open over two decades; how much vapour there is, is open by half; the course is what tells. All sensors see
the one flame.
"""

from collections.abc import Iterator

import numpy as np

from vedette.assessment.early.flights import EarlyFlights, Starts
from vedette.assessment.natural.light import ANY_LIGHT, Light
from vedette.assessment.natural.sightings import Sightings
from vedette.assessment.typing.drawn_flights import BOOST_GRID_S
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.sensing.plume import plume_intensity_w_sr, transmission
from vedette.sensing.visibility import sensor_zenith_cosine

# thrusts of a few tens of kilonewtons to some tens of meganewtons at half a watt a newton and steradian, the small ones
# far more often: middle and one sigma of the logarithm, before the air has taken its share
LEVEL_W_SR, LEVEL_LOG = 120e3, 1.4
FLICKER_LOG, WALK_LOG = 0.12, 0.06
VAPOUR_SIGMA = 0.5  # one sigma of the water vapour over its mean
# ln of a stage's thrust over that of the one before it: those of the textbook vehicles lie between -2.3 and -0.4
STAGE_LOG, STAGE_SIGMA = -1.2, 0.6
# a look as thrust tails off finds any share of the flame: mean and one sigma of ln of a number even between 0 and 1
TAIL_LOG, TAIL_SIGMA = -1.0, 1.0
TAIL_S = 1.0  # before and after the drawn end of a burn: half a tail, and half of what lift-offs are drawn apart
# of a flame that is seen for longer, when no drawn flight is held against it any more: with what chance its looks show
# a burn's end, and with the same again two or three of them (a look as thrust tails off stands between two)
ENDS_SHARE = 0.1
# of anything unknown one in five changes as wildly as it likes
WILD = Light(life_s=60.0, life_log=2.0, flicker_log=0.3, walk_log=0.4)
WILD_SHARE = 0.2


def log_brightness_of_flights(
    flights: EarlyFlights, starts: Starts, pick: Ints, s: Sightings, base_itrf_m: Vec3
) -> Scalar:
    """(p,) ln density of ln(intensity) of all infrared looks, for each way to stand at the first look."""
    shines = np.flatnonzero(np.isfinite(s.intensities_w_sr))
    if not len(shines):
        return np.zeros(len(pick))
    t = s.evidence.t_s[shines]
    value = np.maximum(s.intensities_w_sr[shines], 1.0)
    sigma = np.minimum(np.nan_to_num(s.intensity_sigmas_w_sr[shines] / value, nan=0.1), 1.0)
    at = np.clip((starts.since_s[pick, None] + t - 1.0) / BOOST_GRID_S, 0.0, flights.height_m.shape[1] - 1.001)
    low, k = at.astype(np.int64), starts.flight[pick][:, None]
    h0, h1 = flights.height_m[k, low], flights.height_m[k, low + 1]
    height = np.nan_to_num(h0 + (at - low) * (h1 - h0), nan=100e3)
    cosine = np.asarray(sensor_zenith_cosine(base_itrf_m, s.evidence.place[shines]))
    vapour = np.log(transmission(height, cosine))
    course = np.log(plume_intensity_w_sr(1.0, height)) - np.log(plume_intensity_w_sr(1.0, 0.0)) + vapour
    left = np.log(value) - np.log(LEVEL_W_SR) - course
    plain = LEVEL_LOG**2 + WALK_LOG**2 * np.minimum(t[:, None] - t[0], t - t[0]) + np.diag(FLICKER_LOG**2 + sigma**2)
    log = np.empty(len(pick))
    for stage, is_tail, mine in _burn_courses(flights.burns_s[starts.flight[pick]], starts.since_s[pick], t):
        past = stage[:, None] >= np.arange(1, 1 + int(stage.max(initial=0)))  # (n, s) which ends of stages went before
        mean = STAGE_LOG * past.sum(axis=1) + TAIL_LOG * is_tail
        cov = plain + STAGE_SIGMA**2 * (past.astype(float) @ past.T) + np.diag(TAIL_SIGMA**2 * is_tail)
        log[mine] = _log_density(left[mine] - mean, cov, vapour[mine])
    return log


def _burn_courses(burns_s: Rows, since_s: Scalar, t_s: Scalar) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The courses that flights' flames take over the looks, and which flights take each.

    A course is, of each look, how many stages have burnt out since the first one, and whether its thrust tails off.
    """
    now = since_s[:, None] + t_s
    stage, is_tail = np.zeros(now.shape, dtype=np.int64), np.zeros(now.shape, dtype=np.int64)
    for k in range(burns_s.shape[1]):
        after = now - burns_s[:, k, 1, None]  # NaN where there is no such stage
        stage += after > TAIL_S
        is_tail |= np.abs(after) <= TAIL_S
    stage -= stage[:, :1]
    code = (2 * stage + is_tail) @ (10 ** np.arange(len(t_s)))
    order = np.argsort(code, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(code[order])) + 1):
        yield stage[mine[0]], is_tail[mine[0]], mine


def _log_density(left: Rows, cov: Rows, vapour: Rows) -> Scalar:
    """(p,) ln density of residuals (p, n) of that covariance, how much vapour there was integrated out."""
    inverse = np.linalg.inv(cov)
    own, shared, tilt = (
        np.einsum("pi,pi->p", a @ inverse, b) for a, b in ((left, left), (left, vapour), (vapour, vapour))
    )
    more = 1.0 / VAPOUR_SIGMA**2 + tilt
    log_det = np.linalg.slogdet(cov)[1] + np.log(VAPOUR_SIGMA**2 * more)
    return np.asarray(-0.5 * (own - shared**2 / more + log_det + left.shape[1] * np.log(2.0 * np.pi)))


def log_ratio_of_stages(s: Sightings, since_tai_ns: int) -> float:
    """ln of how much likelier a flame in stages makes the brightness since an instant than a light that stays as it is.

    Between the ends of burns it is such a light, and after each of them another, as bright as it may be.
    """
    since = int(np.searchsorted(s.t_tai_ns, since_tai_ns))
    as_it_is = ANY_LIGHT.log_brightness(s, rows=slice(since, None))
    return ANY_LIGHT.log_brightness_in_parts(s, ENDS_SHARE, since) - as_it_is


def unknown_log_ratio(s: Sightings, since_tai_ns: int = 0) -> float:
    """ln of how much likelier *unknown* makes the brightness when one in five of its lights is wild, over none.

    Of the looks since an instant only, as `log_ratio_of_stages`.
    """
    rows = slice(int(np.searchsorted(s.t_tai_ns, since_tai_ns)), None)
    wild = WILD.log_brightness(s, rows=rows) - ANY_LIGHT.log_brightness(s, rows=rows)
    return float(np.logaddexp(np.log(1.0 - WILD_SHARE), np.log(WILD_SHARE) + wild))
