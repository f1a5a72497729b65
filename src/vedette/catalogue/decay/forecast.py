"""When an object comes down, and how sure that is: a time, windows, the way it goes, and what was assumed.

The averages of the orbit are carried down (motion.decay) with the area-to-mass ratio its sets show. The window is the
spread of many such descents, in which the ratio, the air's day-to-day deviation from its model, the Sun's activity
where it is only predicted, and the object's own changes of attitude are drawn. Published experience is that nine in ten
predictions are within 20 to 25 % of the remaining life (Pardini and Anselmo, Acta Astronautica 2017).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.catalogue.decay.area_to_mass import HISTORY_DAYS, AreaToMass, area_to_mass, mean_states
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.core.space_weather import SpaceWeather
from vedette.frames import EarthOrientation, gcrf_from_teme_matrix, moon_position_gcrf_m, sun_position_gcrf_m
from vedette.motion.decay.air import AirModel, ln_air_grid
from vedette.motion.decay.descent import descend_kernel, descents_kernel
from vedette.reports.elements import ElementSets
from vedette.time import jd_utc_from_tai_ns

MODELS: Final[tuple[AirModel, ...]] = ("nrlmsise-00", "msis-2.1")
_HORIZONS_DAYS: Final = (20, 80, 400)
_DAY_NS: Final = 86_400 * 10**9
_BODY_DAYS: Final = 0.25
_AIR_SIGMA, _AIR_MEMORY_DAYS = 0.10, 5.0  # of ln(density), beside the model: Emmert and others 2021, orbit-averaged
_FLUX_SIGMA, _FLUX_GROWTH_DAYS = 0.25, 15.0  # where the activity is predicted: what the Sun's rotation does
_TURN_CHANCE, _TURN_SIGMA = 0.15, 0.8  # an object that begins or stops to tumble, vents, breaks or is made to turn


@dataclass(frozen=True, slots=True)
class Decay:
    """What is foretold of one object.

    t_tai_ns : the most probable instant at some 80 km; None when it stays up beyond the horizon
    window_90, window_99 : instants that hold it with that probability; None as above
    models : instant by each model of the air, None where it stays up
    path : (n, 8) days after the epoch and `[h, e, M]` in the epoch's TEME, the last row at the end
    draws_days : (m,) the descents drawn, rising; infinite where one outlives the horizon
    """

    number: int
    name: str
    designator: str
    t_epoch_tai_ns: int
    t_tai_ns: int | None
    window_90: tuple[int, int] | None
    window_99: tuple[int, int] | None
    models: dict[str, int | None]
    ratio: AreaToMass
    horizon_days: float
    path: Rows
    draws_days: Scalar
    marks: tuple[str, ...]

    def chance_down_by(self, t_tai_ns: int) -> float:
        """The share of descents that have ended at an instant."""
        return float(np.mean(self.draws_days <= (t_tai_ns - self.t_epoch_tai_ns) / _DAY_NS))


def foretell_decay(
    sets: ElementSets,
    weather: SpaceWeather,
    *,
    draws: int = 400,
    seed: int = 1,
    models: tuple[AirModel, ...] = MODELS,
    orientation: EarthOrientation | None = None,
) -> Decay:
    """Of one object's element sets (any order; the newest counts most).

    Raises BadInputError where there is no set, or the newest has no orbit.
    """
    if not len(sets):
        raise BadInputError("no element set to foretell a re-entry from")
    sets = sets.take(np.argsort(sets.t_epoch_tai_ns, kind="stable"))
    t_epoch = int(sets.t_epoch_tai_ns[-1])
    states, _ = mean_states(sets)
    state = states[-1]
    if not np.all(np.isfinite(state)):
        raise BadInputError(f"object {int(sets.number[-1])}: its newest element set has no orbit")
    before = int(np.ceil(min(HISTORY_DAYS, (t_epoch - int(sets.t_epoch_tai_ns[0])) / _DAY_NS))) + 2
    air_epoch = t_epoch - before * _DAY_NS
    turn = gcrf_from_teme_matrix(t_epoch, orientation or EarthOrientation.packaged())
    ends: dict[str, float] = {}
    ratios: dict[str, AreaToMass] = {}
    path = np.empty((0, 8))
    grid = np.empty(0)
    bodies = np.empty(0)
    horizon = _HORIZONS_DAYS[-1]
    for model in models:
        is_first = not ends
        for tried in _HORIZONS_DAYS if is_first else (horizon,):
            horizon = tried
            new_grid = ln_air_grid(air_epoch + np.arange(before + horizon + 2) * _DAY_NS, weather, model)
            if is_first:
                grid, bodies = new_grid, _bodies(t_epoch, horizon + 2, turn)
            sun_ra = float(np.arctan2(bodies[0, 1], bodies[0, 0]))
            ratios[model] = area_to_mass(sets, new_grid, air_epoch, sun_ra)
            kept = np.empty((40_000 if is_first else 0, 8))
            ends[model], count = _descent(state, horizon, ratios[model], new_grid[before:], bodies, kept)
            if is_first:
                path = kept[:count]
            if ends[model] < 0.4 * horizon or ratios[model].value_m2_kg <= 0.0:
                break
    first = models[0]
    days = ends[first]
    if ratios[first].value_m2_kg > 0.0:
        predicted = _is_predicted(weather, t_epoch, horizon)
        drawn = _drawn(state, horizon, ratios[first], grid[before:], bodies, predicted, draws, seed)
    else:
        drawn = np.full(draws, np.inf)
    return Decay(
        number=int(sets.number[-1]),
        name=sets.name[-1],
        designator=sets.designator[-1],
        t_epoch_tai_ns=t_epoch,
        t_tai_ns=_instant(t_epoch, days),
        window_90=_window(t_epoch, drawn, 0.90) if np.isfinite(days) else None,
        window_99=_window(t_epoch, drawn, 0.99) if np.isfinite(days) else None,
        models={model: _instant(t_epoch, end) for model, end in ends.items()},
        ratio=ratios[first],
        horizon_days=float(horizon),
        path=path,
        draws_days=drawn,
        marks=_marks(weather, t_epoch, min(days, horizon), ratios[first]),
    )


def _descent(
    state: Rows, horizon: int, ratio: AreaToMass, ln_air: Rows, bodies: Rows, kept: Rows
) -> tuple[float, int]:
    if ratio.value_m2_kg <= 0.0:
        return np.inf, 0
    level = np.zeros(len(ln_air))
    found = descend_kernel(
        state.copy(), float(horizon), ratio.value_m2_kg, ln_air, 1.0, level, bodies, _BODY_DAYS, kept
    )
    return float(found[0]), int(found[1])


def _drawn(
    state: Rows,
    horizon: int,
    ratio: AreaToMass,
    ln_air: Rows,
    bodies: Rows,
    predicted: Rows,
    draws: int,
    seed: int,
) -> Scalar:
    """(draws,) days, rising."""
    rng = np.random.default_rng(seed)
    days = len(ln_air)
    level = np.zeros((draws, days))
    fade = np.exp(-1.0 / _AIR_MEMORY_DAYS)
    level[:, 0] = rng.normal(0.0, _AIR_SIGMA, draws)
    for k in range(1, days):
        level[:, k] = fade * level[:, k - 1] + np.sqrt(1.0 - fade * fade) * rng.normal(0.0, _AIR_SIGMA, draws)
    ahead = np.cumsum(predicted)
    level += rng.normal(0.0, _FLUX_SIGMA, (draws, 1)) * (1.0 - np.exp(-ahead / _FLUX_GROWTH_DAYS)) * predicted
    ratios = ratio.value_m2_kg * np.exp(rng.normal(0.0, ratio.sigma_ln, draws))
    plain, _ = _descent(state, horizon, ratio, ln_air, bodies, np.empty((0, 8)))
    life = min(plain, float(horizon))
    turns = rng.random(draws) < _TURN_CHANCE
    start = rng.uniform(-0.25, 0.75, draws) * life
    jump = rng.normal(0.0, _TURN_SIGMA, draws)
    level += np.where(turns[:, None] & (np.arange(days)[None, :] >= start[:, None]), jump[:, None], 0.0)
    return np.sort(
        descents_kernel(state, float(horizon), ratios, ln_air, 1.0, level, bodies, _BODY_DAYS)
    )


def _bodies(t_epoch: int, days: int, turn: Rows) -> Rows:
    t = t_epoch + np.arange(int(days / _BODY_DAYS) + 2) * int(_BODY_DAYS * _DAY_NS)
    return np.concatenate([sun_position_gcrf_m(t) @ turn, moon_position_gcrf_m(t) @ turn], axis=1)


def _mjd(t_tai_ns: Ints) -> Scalar:
    jd_1, jd_2 = jd_utc_from_tai_ns(t_tai_ns)
    return (jd_1 - 2_400_000.5) + jd_2


def _is_predicted(weather: SpaceWeather, t_epoch: int, horizon: int) -> Scalar:
    mjd = _mjd(t_epoch + np.arange(horizon + 2) * _DAY_NS)
    return np.array([float(weather.is_predicted(np.array([day]))) for day in mjd])


def _instant(t_epoch: int, days: float) -> int | None:
    return t_epoch + round(days * _DAY_NS) if np.isfinite(days) else None


def _window(t_epoch: int, drawn: Scalar, share: float) -> tuple[int, int]:
    side = 0.5 * (1.0 - share)
    low, high = np.quantile(drawn, [side, 1.0 - side], method="nearest")
    last = drawn[np.isfinite(drawn)][-1]
    return t_epoch + round(float(low) * _DAY_NS), t_epoch + round(float(high if np.isfinite(high) else last) * _DAY_NS)


def _marks(weather: SpaceWeather, t_epoch: int, days: float, ratio: AreaToMass) -> tuple[str, ...]:
    marks = []
    mjd = _mjd(t_epoch + np.array([0, round(days * _DAY_NS)]))
    if weather.is_predicted(mjd):
        marks.append(f"solar activity partly predicted or assumed ({weather.source})")
    if ratio.value_m2_kg <= 0.0:
        marks.append("it is not sinking: raised or held by thrust, or no air there")
    return tuple(marks)
