"""One fire, and from some look on another: a track whose light went out, or was missed, and which took a neighbour's.

A track that loses its light looks for it in an ever larger field, and where fires burn there are others. To one place
the leap is absurd, so that a fire explains such looks not at all and a launch, which may go anywhere, is what is left.
Here they are weighed as what they are: a light that stays until a look, and from the next on another that stays
elsewhere. It is a proper density, and dear: the second light must be new, burn where the track was led, and the first
must have gone out or been missed. A flame that leaves its place goes on moving, and gains little by being cut in two.
"""

from collections.abc import Mapping

import numpy as np

from vedette.assessment.evidence import Unseen
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.fires import FIRES, fire_start, log_ground_there, on_the_ground
from vedette.assessment.natural.light import log_never_seen
from vedette.assessment.natural.path_kernel import log_density
from vedette.assessment.natural.sightings import Sightings
from vedette.assessment.weighing import Weighed
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.reports import Cause
from vedette.reports.words import place_words

NEW_A_SECOND = 5_000.0 / 86_400.0  # over the whole Earth (core/tables/natural_rates.toml)
# Where one fire burns others do: of 6,212 lights of one day that a watcher tells apart (MODIS, FIRMS, 2022-11-11), how
# many times denser they are at a distance from one of them than over the Earth: 404 at 10 to 20 km, 301 to 50, 225 to
# 100, 170 to 200, 101 to 500
_CROWD, _CROWD_AT_M, _CROWD_FALL = 300.0, 35e3, 0.4
_NEAREST_M = 5e3
_WORTH = 6.0  # natural logarithms that two places must gain over one: another light costs more than that
_MOST_CUTS = 4  # the looks at which the track is most likely to have changed hands
_FRONT_MPS2 = 1e-3


def weigh_two_fires(
    sightings: Sightings, sensors: Mapping[str, object], context: NaturalContext
) -> tuple[Weighed, ...]:
    """ln p(looks | a light that stays, then another), a share of all fires; nothing where one place is as good."""
    s = sightings
    if len(s) < 2 or not s.is_infrared.all():
        return ()
    where = on_the_ground(s)
    cuts = likely_cuts(s, where)
    if not len(cuts):
        return ()
    logs = np.array([log_of_cut(s, where, int(cut), context) for cut in cuts])
    best = int(cuts[np.argmax(logs)])
    return (Weighed(Cause.FIRE, float(np.logaddexp.reduce(logs)), *_reasons(s, where, best)),)


def likely_cuts(s: Sightings, where: Rows) -> Ints:
    """Rows that may be the first of another light: the few at which two places beat one by the most."""
    t, n = s.evidence.t_s, len(s)
    step_m = np.linalg.norm(where - s.evidence.place, axis=1) / np.maximum(s.evidence.weight[:, 0], 1e-9)
    x = (where - where[0]) / float(np.median(step_m))
    count = np.arange(1.0, n + 1.0)[:, None]
    head = _squares(x, count)
    tail = _squares(x[::-1], count)[::-1]
    gain = 0.5 * (head[-1] - head[:-1] - tail[1:])
    gain[np.diff(t) <= 0.0] = -np.inf  # two watchers at one instant see one thing
    good = np.flatnonzero(gain > _WORTH)
    return np.asarray(np.sort(good[np.argsort(-gain[good], kind="stable")][:_MOST_CUTS]) + 1)


def _squares(x: Rows, count: Rows) -> Scalar:
    """(n,) sums of squares of the first 1, 2 ... rows about their own mean."""
    total = np.cumsum(x, axis=0)
    return np.asarray(np.cumsum(np.sum(x * x, axis=1)) - np.sum(total * total / count, axis=1))


def log_of_cut(s: Sightings, where: Rows, cut: int, context: NaturalContext) -> float:
    """ln density of all looks when the rows from `cut` on are of another light."""
    ground = log_ground_there(np.median(where[:cut], axis=0), context)
    return log_of_places(s, where, cut) + ground + _log_lights(s, cut) + _log_new_there(s, where, cut)


def log_of_places(s: Sightings, where: Rows, cut: int) -> float:
    """ln density of directions: each light anywhere on the Earth, staying, the sensors' constant errors common."""
    m = 9 + s.bias_sigmas.size
    mean, cov = np.zeros(m), np.zeros((m, m))
    cov[range(9, m), range(9, m)] = s.bias_sigmas.ravel() ** 2
    log = s.log_scale
    for first, end in ((0, cut), (cut, len(s))):
        mean[:9], cov[:9, :9], share = fire_start(s, where[first])
        cov[:9, 9:], cov[9:, :9] = 0.0, 0.0  # the sensors' constant errors stay what they were
        rows = slice(first, end)
        parts = s.evidence.t_s, s.sensor, s.slope, s.bias_slope, s.value, s.known
        log += share + float(log_density(*(part[rows] for part in parts), mean, cov, _FRONT_MPS2, 20.0))
    return log


def _log_lights(s: Sightings, cut: int) -> float:
    """ln of what both lights were seen and missed for, and how bright: a fire or a glimpse of one, each for itself."""
    e, t_cut = s.evidence, float(s.evidence.t_s[cut])
    then = e.t_silence_s <= t_cut  # at the look that found the other, the first was not found
    found = e.found[then] & (e.t_silence_s[then] < t_cut)
    looks = (e.t_silence_s[then], found, e.chance[then])
    late = e.t_silence_s >= t_cut
    later = (e.t_silence_s[late], e.found[late], e.chance[late])
    total = 0.0
    for part, rows, is_mine in (
        (looks, slice(0, cut), e.unseen.t_s < t_cut), (later, slice(cut, len(s)), e.unseen.t_s >= t_cut)
    ):  # fmt: skip
        unseen = Unseen(e.unseen.t_s[is_mine], e.unseen.sensor[is_mine], e.unseen.chance[is_mine])
        total += float(
            np.logaddexp.reduce(
                [
                    np.log(share) + light.log_life_of(*part) + light.log_brightness(s, rows=rows)
                    + log_never_seen(unseen, light.hidden)
                    for share, light in FIRES
                ]
            )
        )  # fmt: skip
    return total


def _log_new_there(s: Sightings, where: Rows, cut: int) -> float:
    """ln of how many new lights there are since the look before, were they over all the Earth as dense as there."""
    t_cut = float(s.evidence.t_s[cut])
    before = s.t_dark_s[s.t_dark_s < t_cut]
    since_s = t_cut - float(before.max()) if len(before) else 1.0
    away_m = max(float(np.linalg.norm(where[cut] - where[cut - 1])), _NEAREST_M)
    return float(np.log(NEW_A_SECOND * since_s * max(_CROWD * (away_m / _CROWD_AT_M) ** -_CROWD_FALL, 1.0)))


def _reasons(s: Sightings, where: Rows, cut: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    places = [np.median(where[rows], axis=0) for rows in (slice(0, cut), slice(cut, None))]
    lat, lon, _ = np.degrees(geodetic_from_itrf(np.array(places)))
    apart_km = float(np.linalg.norm(places[1] - places[0])) / 1e3
    away_s = float(s.evidence.t_s[cut] - s.evidence.t_s[cut - 1])
    words = f"it stays near {place_words(float(lat[0]), float(lon[0]))} for {_looks(cut)}, and {away_s:.0f} s later "
    words += f"{apart_km:.0f} km away, near {place_words(float(lat[1]), float(lon[1]))}, for {_looks(len(s) - cut)}"
    return (f"it may be two lights that the track was led from one to the other: {words}",), ()


def _looks(n: int) -> str:
    return "one look" if n == 1 else f"{n} looks"
