"""Which kind of flight an object may be: one weight for each cause, with its reasons.

Two levels. The cheap one compares the track of now with the drawn moments of every kind (`bank`, `density`): some
milliseconds, good for every object at every assessment. Where a launch has been fitted to the looks, its class
probabilities, which rest on all looks and not on the state of now alone, divide the share of the launch classes anew.
"""

from collections.abc import Callable, Mapping

import numpy as np

from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.typing.bank import Bank, bank
from vedette.assessment.typing.density import Nearness, nearness
from vedette.assessment.typing.density_kernel import weight_by_distance
from vedette.assessment.typing.free import log_unknown
from vedette.assessment.typing.sea import SEA_OF_EARTH, SHORE_OF_EARTH, sea_share, sea_shares, shore_of
from vedette.assessment.typing.signs import Signs, Tracked, TrackHistory, signs_of
from vedette.assessment.typing.words import reasons_of
from vedette.assessment.weighing import LEAST_LOG_RATIO, Weighed
from vedette.core.shapes import Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.reports import Cause, Looks

EARTH_M = 6_371_008.8
FITTED = (
    Cause.SHORT_RANGE, Cause.MEDIUM_RANGE, Cause.INTERMEDIATE_RANGE, Cause.INTERCONTINENTAL, Cause.SPACE_LAUNCH,
    Cause.SOUNDING_ROCKET,
)  # fmt: skip
# share of a cause's launches that start at sea: ships, platforms and islands that the table of coasts does not have
AT_SEA = {
    Cause.SUBMARINE_LAUNCHED: 0.999,
    Cause.SPACE_LAUNCH: 0.05,
    Cause.SOUNDING_ROCKET: 0.10,
    Cause.FAILED_LAUNCH: 0.06,
    Cause.GLIDE: 0.05,
}
AT_SEA_BALLISTIC = 0.03
# share of the launches on land that start at a shore: ranges lie where what falls falls into the sea
ON_SHORE = {Cause.SPACE_LAUNCH: 0.8, Cause.SOUNDING_ROCKET: 0.8, Cause.SUBMARINE_LAUNCHED: 0.0}
ON_SHORE_OTHERS = 0.4
FLIGHT_CAUSES = (
    *FITTED[:4], Cause.SUBMARINE_LAUNCHED, Cause.GLIDE, Cause.AIRCRAFT, Cause.UNCREWED_SMALL, Cause.SPACE_LAUNCH,
    Cause.FAILED_LAUNCH, Cause.SOUNDING_ROCKET, Cause.SATELLITE, Cause.UNKNOWN,
)  # fmt: skip
_MOST_PLACES = 40
_GRAIN_M = 5e3  # of distances from the pad
_LEAST_SHARE = 1e-3  # of a kind's most probable distance; others are left out


def flight_causes(
    looks: Looks,
    sensors: Mapping[str, object],
    fit: LaunchFit | None,
    track: Tracked,
    history: TrackHistory | None = None,
    sea: Callable[[float, float], float] = sea_share,
) -> tuple[Weighed, ...]:
    """Weigh every flight class for one object: ln p(looks | cause) - ln p(looks | unknown), with reasons.

    Parameters
    ----------
    looks : everything the object was seen as (`tracker.looks`)
    sensors : by id; kept for causes that need them
    fit : the launch fitted to the looks, if there is one
    track : its state now (a `tracking.TrackView` does)
    history : where it was believed to be before (`TrackHistory`, noted at every scan); without it no acceleration is
        known, and thrust and lift are told from infrared looks and from speed alone
    sea : share of sea at a place (degrees); the packaged table of coasts
    """
    signs = signs_of(looks, track, history)
    table = bank()
    near = nearness(signs, table)
    reference = log_unknown(signs)
    at_sea = _sea_of_kinds(signs, near, table, sea)
    logs: dict[Cause, float] = {}
    for number, kind in enumerate(table.kinds):
        for cause, share in kind.causes:
            one = near.log_kind[number] + np.log(share) - reference
            if kind.flights is not None:
                one += place_log(cause, *at_sea[number])
            logs[cause] = float(np.logaddexp(logs.get(cause, -np.inf), one))
    launch_sea = _mean_sea(near, at_sea[:, 0])
    if fit is not None:
        launch_sea, shore = _sea_of_fit(fit, sea)
        logs = _by_fit(logs, fit, launch_sea, shore)
    logs[Cause.UNKNOWN] = 0.0
    out = []
    for cause in FLIGHT_CAUSES:
        for_, against = reasons_of(cause, signs, fit, launch_sea)
        out.append(Weighed(cause, max(logs.get(cause, -np.inf), LEAST_LOG_RATIO), for_, against))
    return tuple(out)


def place_log(cause: Cause, sea: float, shore: float) -> float:
    """ln of how much more probable such a launch place is than a place anywhere; NaN sea: place not known."""
    if not np.isfinite(sea):
        return 0.0
    at_sea, on_shore = AT_SEA.get(cause, AT_SEA_BALLISTIC), ON_SHORE.get(cause, ON_SHORE_OTHERS)
    on_land = (1.0 - on_shore) * (1.0 - sea) / (1.0 - SEA_OF_EARTH) + on_shore * shore / SHORE_OF_EARTH
    return float(np.log(at_sea * sea / SEA_OF_EARTH + (1.0 - at_sea) * on_land))


def _sea_of_kinds(signs: Signs, near: Nearness, table: Bank, sea: Callable[[float, float], float]) -> Rows:
    """(kinds, 2) share of sea and of shore where each kind's near moments would have started; NaN without any."""
    out = np.full((len(table.kinds), 2), np.nan)
    farthest_m = float(np.fmax.reduce(table.ground_m[near.row], initial=0.0))
    weights = weight_by_distance(
        near.row, near.log_weight, near.log_kind, table.kind, table.t_s, table.ground_m, _GRAIN_M,
        round(farthest_m / _GRAIN_M) + 2,
    )  # fmt: skip
    weights[weights < _LEAST_SHARE * weights.max(axis=1, keepdims=True)] = 0.0
    total = weights.sum(axis=1)
    grains = np.flatnonzero(weights.any(axis=0))
    if len(grains) == 0:
        return out
    lat, lon, _ = geodetic_from_itrf(signs.state_itrf[:3])
    places = _along(float(lat), float(lon), _course_back(signs), np.asarray(_GRAIN_M * grains, dtype=float))
    shares = sea_shares(*places) if sea is sea_share else np.array([sea(*place) for place in np.transpose(places)])
    known = total > 0.0
    out[known] = weights[known][:, grains] @ np.stack([shares, shore_of(shares)], axis=-1) / total[known, None]
    return out


def _course_back(signs: Signs) -> float:
    """Bearing (rad) of where it came from."""
    position, velocity = signs.state_itrf[:3], signs.state_itrf[3:]
    up = position / np.linalg.norm(position)
    east = np.array([-up[1], up[0], 0.0])
    east /= max(float(np.linalg.norm(east)), 1e-9)
    north = np.cross(up, east)
    return float(np.arctan2(-velocity @ east, -velocity @ north))


def _along(lat_rad: float, lon_rad: float, bearing_rad: float, distance_m: Scalar) -> tuple[Scalar, Scalar]:
    """(n,) degrees of the places so far (n,) along a great circle of a round Earth."""
    d = distance_m / EARTH_M
    lat = np.arcsin(np.sin(lat_rad) * np.cos(d) + np.cos(lat_rad) * np.sin(d) * np.cos(bearing_rad))
    lon = lon_rad + np.arctan2(
        np.sin(bearing_rad) * np.sin(d) * np.cos(lat_rad), np.cos(d) - np.sin(lat_rad) * np.sin(lat)
    )
    return np.degrees(lat), (np.degrees(lon) + 180.0) % 360.0 - 180.0


def _mean_sea(near: Nearness, at_sea: Scalar) -> float:
    known = np.isfinite(at_sea) & np.isfinite(near.log_kind)
    if not known.any():
        return float("nan")
    weight = np.exp(near.log_kind[known] - near.log_kind[known].max())
    return float(np.average(at_sea[known], weights=weight))


def _sea_of_fit(fit: LaunchFit, sea: Callable[[float, float], float]) -> tuple[float, float]:
    lat, lon = np.degrees(fit.cloud.launch_lat_rad), np.degrees(fit.cloud.launch_lon_rad)
    some = np.linspace(0, len(lat) - 1, min(len(lat), _MOST_PLACES)).astype(int)
    shares = np.array([sea(float(lat[i]), float(lon[i])) for i in some])
    return float(np.mean(shares)), float(np.mean(shore_of(shares)))


def _by_fit(logs: dict[Cause, float], fit: LaunchFit, sea: float, shore: float) -> dict[Cause, float]:
    """The launch classes' share divided as the launch fit has it; submarines get theirs of the solid kinds.

    The fit knows six classes, all as probable before and from anywhere; how good the launch classes are together
    against `unknown` and the rest stays with the cheap level.
    """
    from vedette.assessment.typing.drawn_flights import FROM_SEA

    without_place = {c: logs.get(c, -np.inf) - place_log(c, sea, shore) for c in FITTED}
    together = float(np.logaddexp.reduce(list(without_place.values()))) - np.log(len(FITTED))
    out = dict(logs)
    for cause in FITTED:
        p = fit.class_probabilities.get(cause.value, 0.0)
        out[cause] = together + float(np.log(max(p * len(FITTED), 1e-12))) + place_log(cause, sea, shore)
    solids = [fit.kind_probabilities.get(kind, 0.0) / _kind_prior(kind) for kind in FROM_SEA]
    out[Cause.SUBMARINE_LAUNCHED] = (
        together + float(np.log(max(float(np.mean(solids)), 1e-12))) + place_log(Cause.SUBMARINE_LAUNCHED, sea, shore)
    )
    return out


def _kind_prior(kind: str) -> float:
    from vedette.assessment.flight_prior import kind_probability
    from vedette.motion.flight_classes import vehicle

    return kind_probability(vehicle(kind))
