"""One thing of every class, drawn: launches of all kinds, failed ones, glides, aircraft, small ones, satellites.

Made by `scenario`, with forces that nothing in `assessment` shares. Land and sea are invented for stories that sensors
watch: west of `COAST_LON_DEG` is water, so that a submarine's launch may be had where the invented sensors are.
"""

from dataclasses import dataclass
from math import log10

import numpy as np

from vedette.assessment.typing.drawn_flights import reached_classes
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.motion.boost_layout import stage_times_s
from vedette.motion.flight_classes import RANGE_BANDS_M, vehicles
from vedette.reports import Cause
from vedette.scenario import Made, make_scenario
from vedette.scenario.story import parse_story

COAST_LON_DEG = -30.0
CAUSES = (
    Cause.SHORT_RANGE, Cause.MEDIUM_RANGE, Cause.INTERMEDIATE_RANGE, Cause.INTERCONTINENTAL, Cause.SUBMARINE_LAUNCHED,
    Cause.GLIDE, Cause.AIRCRAFT, Cause.UNCREWED_SMALL, Cause.SPACE_LAUNCH, Cause.FAILED_LAUNCH, Cause.SOUNDING_ROCKET,
    Cause.SATELLITE,
)  # fmt: skip
_BALLISTIC = frozenset(name for name, _, _ in RANGE_BANDS_M)
_SOLIDS = ("medium-range-solid", "intermediate-range-solid", "intercontinental-solid")
_RADAR = (36.6, -26.4)  # where the packaged radar stands


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What it is and where it goes; seconds of its story."""

    cause: Cause
    made: Made
    burns_s: tuple[tuple[float, float], ...]  # none of what has no flame
    seconds: float
    cloud_top_m: float

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6) at rising times; NaN where it is not up."""
        if self.made.flights:
            return self.made.flights[0].states_itrf(
                self.made.story.t_start_tai_ns + np.round(np.asarray(times_s) * NS_PER_S).astype(np.int64)
            )
        return self.made.things[0].states_itrf(np.asarray(times_s, dtype=float))


def draw_truth(
    seed: int, place: tuple[float, float] | None = None, sensors: tuple[str, ...] = ("radar-north",)
) -> Truth:
    """The thing of one seed; classes take turns. `place` (degrees): where it starts, else within the sensors' view."""
    rng = np.random.default_rng([seed, 1810])
    cause = CAUSES[seed % len(CAUSES)]
    lat, lon = place or _place(cause, rng)
    table, seconds = _table(cause, lat, lon, rng)
    names = ", ".join(f'"{name}"' for name in sensors)
    head = f'title = "one thing"\nt_start_utc = "2031-04-01T12:00:00Z"\nseconds = {seconds}\nsensors = [{names}]\n'
    text = head + table
    made = make_scenario(parse_story(text, name="one-thing"), seed)
    burns: tuple[tuple[float, float], ...] = ()
    cloud = 0.0
    if made.flights:
        flight = made.flights[0].flight
        start = flight.t_liftoff_s
        burns = tuple((start + a, start + b) for a, b in stage_times_s(flight.parameters) if a < 1000.0)
        cloud = flight.drawn["cloud_top_m"]
        if cause.value in _BALLISTIC:  # a class is what the boost could reach at best, whatever its vehicle's name
            cause = Cause(str(reached_classes(flight.parameters[None], flight.vehicle)[0]))
    return Truth(cause, made, burns, seconds, cloud)


def _place(cause: Cause, rng: np.random.Generator) -> tuple[float, float]:
    if cause in (Cause.AIRCRAFT, Cause.UNCREWED_SMALL):
        reach = 1.0 if cause is Cause.AIRCRAFT else 0.12
        return _RADAR[0] + reach * rng.uniform(-1, 1), _RADAR[1] + reach * rng.uniform(-1, 1)
    lat = float(rng.uniform(24.0, 44.0))
    if cause is Cause.SUBMARINE_LAUNCHED:
        return lat, float(rng.uniform(-42.0, COAST_LON_DEG - 1.0))
    return lat, float(rng.uniform(COAST_LON_DEG + 1.0, -15.0))


def _table(cause: Cause, lat: float, lon: float, rng: np.random.Generator) -> tuple[str, float]:
    """The story's table of one thing, and how long to watch."""
    if cause is Cause.AIRCRAFT:
        height, speed = _aircraft(rng)
        return _flyer("aircraft", lat, lon, height, speed, rng), 120.0
    if cause is Cause.UNCREWED_SMALL:
        height, speed = 10.0 ** rng.uniform(log10(60.0), log10(3_000.0)), 10.0 ** rng.uniform(1.0, log10(65.0))
        return _flyer("drone", lat, lon, height, speed, rng), 120.0
    if cause is Cause.SATELLITE:
        height = 10.0 ** rng.uniform(log10(220.0), log10(1_500.0))
        rows = f'[[satellite]]\nid = "thing"\nlat_deg = {lat}\nlon_deg = {lon}\nheight_km = {height}\nt_s = 60.0\n'
        return rows + f"heading_deg = {rng.uniform(0.0, 360.0)}\nrcs_m2 = 5.0\n", 120.0
    words, ending = [cause.value], ""
    if cause is Cause.SUBMARINE_LAUNCHED:
        words = [str(rng.choice(_SOLIDS))]
    elif cause is Cause.GLIDE:
        words = [str(rng.choice((*_SOLIDS, "short-range-solid")))]
        ending = f"[launch.glide]\npull_up_km = {rng.uniform(42.0, 62.0)}\nlift_to_drag = {rng.uniform(1.8, 3.3)}\n"
    elif cause is Cause.FAILED_LAUNCH:
        one = vehicles()[int(rng.integers(len(vehicles())))]
        words = [one.id]
        burn_s = sum(stage.burn_s for stage in one.stages if one.stages.index(stage) < 2 or one.id.startswith("inter"))
        ending = f"[launch.failure]\nafter_s = {rng.uniform(0.1, 0.85) * burn_s}\n"
    loft = 0.75 if cause is Cause.GLIDE else 1.0
    any_loft = 0.03 if cause is Cause.SPACE_LAUNCH else 0.18  # launchers hold to their programme
    rows = (
        f'[[launch]]\nid = "thing"\nclass = ["{words[0]}"]\nlat_deg = {lat}\nlon_deg = {lon}\nt_launch_s = 5.0\n'
        f"azimuth_deg = {rng.uniform(0.0, 360.0)}\nloft = {{ median = {loft}, log_sigma = {any_loft} }}\n{ending}"
    )
    longest = 520.0 if cause is Cause.SPACE_LAUNCH else 440.0
    return rows, longest


def _flyer(table: str, lat: float, lon: float, height_m: float, speed_mps: float, rng: np.random.Generator) -> str:
    turn = float(rng.choice([0.0, 0.0, 0.0, 1.0, -2.0]))
    return (
        f'[[{table}]]\nid = "thing"\nlat_deg = {lat}\nlon_deg = {lon}\nheight_m = {height_m}\n'
        f"speed_mps = {speed_mps}\nheading_deg = {rng.uniform(0.0, 360.0)}\nturn_degps = {turn}\n"
        "t_turn_s = 40.0\nturn_for_s = 30.0\nrcs_m2 = 3.0\n"
    )


def _aircraft(rng: np.random.Generator) -> tuple[float, float]:
    """Airliners, propeller craft, and what flies low and fast."""
    kind = rng.choice(3, p=(0.4, 0.2, 0.4))
    if kind == 0:
        return float(rng.uniform(9_500.0, 12_200.0)), float(rng.uniform(205.0, 260.0))
    if kind == 1:
        return float(rng.uniform(500.0, 5_500.0)), float(rng.uniform(60.0, 170.0))
    return float(10.0 ** rng.uniform(1.7, 4.2)), float(10.0 ** rng.uniform(log10(200.0), log10(850.0)))
