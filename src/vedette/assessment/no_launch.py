"""What "no launch seen" is worth: one sentence, from the sensors as they are.

Which sensors work is read from when they were last heard and from the noise they said they had; a sensor that is silent
or was never heard counts as lost. The figures come from `assurance`, are kept for as long as nothing changes, and are
the same for the same reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from vedette.assessment.assurance import LaunchArea, assurances
from vedette.assessment.launch_areas import ground_in_view
from vedette.core.constants import NS_PER_S
from vedette.sensing import Geostationary, Infrared, Radar, Sensor
from vedette.sensing.chances import Health

WITHIN_S = 120.0
CLASSES = (
    "short-range-ballistic",
    "medium-range-ballistic",
    "intermediate-range-ballistic",
    "intercontinental-ballistic",
)
DRAWS = 256
LISTENED_S = 15.0  # less than this, and which sensors work is not known yet
SILENT_LOOKS, SILENT_S = 5.0, 20.0  # a sensor unheard for so many looks, and at least so long, is lost
_ORBIT_STEP_S = 600  # a satellite that moves is asked anew this often
_NOISE_STEP_DB = 1.0


@dataclass(frozen=True, slots=True)
class NoLaunch:
    """What the absence of a report is worth: for each class, the chance that a launch would have been reported.

    `probabilities` is empty while it cannot be said yet. `lost` and `noisy` are the sensors that do not work as they
    should.
    """

    area: str
    within_s: float
    probabilities: Mapping[str, float]
    sigmas: Mapping[str, float]
    lost: tuple[str, ...]
    noisy: tuple[str, ...]
    text: str


def no_launch(
    sensors: Mapping[str, Sensor],
    last_heard_tai_ns: Mapping[str, int],
    noise_rises_db: Mapping[str, float],
    t_first_tai_ns: int,
    t_now_tai_ns: int,
    area: LaunchArea | None = None,
    within_s: float = WITHIN_S,
) -> NoLaunch | None:
    """What "no launch seen" is worth at an instant; None where no sensor that could see one is known.

    Parameters
    ----------
    sensors : all that are described, by name
    last_heard_tai_ns : when each was last heard
    noise_rises_db : what each said of its noise in its last look
    t_first_tai_ns, t_now_tai_ns : when anything was first heard, and now
    area : where launches may come from; by default all the ground in view of the sensors
    """
    able = {name: s for name, s in sensors.items() if isinstance(s, Radar | Infrared)}
    if not able or not any(name in last_heard_tai_ns for name in able):
        return None
    listened_s = (t_now_tai_ns - t_first_tai_ns) / NS_PER_S
    if listened_s < LISTENED_S:
        text = f"no launch seen, but sensors have been heard for {max(listened_s, 0.0):.0f} s only: too short to tell"
        return NoLaunch("", within_s, {}, {}, (), (), text)
    health = health_now(able, last_heard_tai_ns, noise_rises_db, t_now_tai_ns)
    step = _ORBIT_STEP_S * NS_PER_S
    moves = any(not isinstance(s.orbit, Geostationary) for s in able.values() if isinstance(s, Infrared))
    t_tai_ns = t_now_tai_ns // step * step if moves else 0
    return _stated(tuple(able.items()), tuple(health.items()), t_tai_ns, area, within_s)


def health_now(
    sensors: Mapping[str, Sensor],
    last_heard_tai_ns: Mapping[str, int],
    noise_rises_db: Mapping[str, float],
    t_now_tai_ns: int,
) -> dict[str, Health]:
    """Every sensor's health from what was heard of it; noise in whole decibels."""
    out = {}
    for name, sensor in sensors.items():
        heard = last_heard_tai_ns.get(name)
        patience_s = max(SILENT_S, SILENT_LOOKS * sensor.revisit_s) + 3.0 * sensor.latency_s
        is_lost = heard is None or (t_now_tai_ns - heard) / NS_PER_S > patience_s
        noise_db = _NOISE_STEP_DB * round(max(noise_rises_db.get(name, 0.0), 0.0) / _NOISE_STEP_DB)
        out[name] = Health(is_lost=is_lost, noise_rise_db=noise_db)
    return out


@lru_cache(maxsize=32)
def _stated(
    sensors: tuple[tuple[str, Sensor], ...],
    health: tuple[tuple[str, Health], ...],
    t_tai_ns: int,
    area: LaunchArea | None,
    within_s: float,
) -> NoLaunch | None:
    by_name, states = dict(sensors), dict(health)
    place = area or ground_in_view(by_name, t_tai_ns)
    if place is None:
        return None
    answers = assurances([place], by_name, t_tai_ns, CLASSES, horizon_s=within_s, health=states, draws=DRAWS)
    chances = {answer.class_name: answer.probability(within_s) for answer in answers}
    sigmas = {answer.class_name: answer.sigma(within_s) for answer in answers}
    lost = tuple(name for name, state in health if state.is_lost)
    noisy = tuple(name for name, state in health if state.noise_rise_db > 0.0 and not state.is_lost)
    text = _words(place.name, within_s, chances, lost, noisy)
    return NoLaunch(place.name, within_s, chances, sigmas, lost, noisy, text)


def _words(
    area: str, within_s: float, chances: Mapping[str, float], lost: tuple[str, ...], noisy: tuple[str, ...]
) -> str:
    """`no launch seen: 93 % of medium-range launches from AREA would have been reported within 120 s (short ...)`."""
    worst = min(chances, key=lambda name: chances[name])
    others = ", ".join(f"{_short(name)} {share_words(p)}" for name, p in chances.items() if name != worst)
    said = f"no launch seen: {share_words(chances[worst])} of {_short(worst)} launches from {area} "
    said += f"would have been reported within {within_s:g} s ({others})"
    if lost:
        said += f"; not heard: {', '.join(lost)}"
    if noisy:
        said += f"; in noise: {', '.join(noisy)}"
    return said


def _short(class_name: str) -> str:
    return class_name.removesuffix("-ballistic")


def share_words(share: float) -> str:
    """`93 %`; never a certainty that was not counted."""
    if share >= 0.995:
        return "over 99 %"
    return "under 1 %" if share < 0.005 else f"{100.0 * share:.0f} %"
