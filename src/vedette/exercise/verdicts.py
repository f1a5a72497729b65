"""What was said of each flight, held against what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from vedette.core.constants import NS_PER_S
from vedette.engine import Picture
from vedette.exercise.areas import distance_km, holds, rough_distance_km
from vedette.reports import Area, FindingKind, ImpactArea, LaunchEstimate, ObjectSummary, state_from_words
from vedette.scenario import Made, TrueFlight

SAME_PLACE_KM = 50.0  # a launch point this far off, or a lift-off this late, costs one unit of doubt in matching
SAME_TIME_S = 30.0
NOT_THE_SAME = 6.0  # units of doubt beyond which an object is about something else


@dataclass(frozen=True, slots=True)
class LaunchVerdict:
    """A launch estimate against the truth."""

    error_km: float
    is_inside_90: bool | None
    time_error_s: float  # said minus true
    is_time_inside_90: bool
    azimuth_error_deg: float | None
    area_90_km2: float | None


@dataclass(frozen=True, slots=True)
class ImpactVerdict:
    """An impact area against the truth."""

    error_km: float
    is_inside_50: bool | None
    is_inside_90: bool | None
    is_inside_99: bool | None
    time_error_s: float  # middle of the 90 % interval minus true
    is_time_inside_90: bool
    area_90_km2: float | None
    is_conditional: bool


@dataclass(frozen=True, slots=True)
class FlightVerdict:
    """One flight: was it found, when, what was it called, and how good were launch and impact."""

    flight_id: str
    class_name: str
    object_id: str | None
    said_class: str | None
    true_class_probability: float
    t_declared_after_s: float | None  # after lift-off
    burnout_error_s: float | None
    launch: LaunchVerdict | None
    impact: ImpactVerdict | None
    impact_lat_deg: float | None  # true
    impact_lon_deg: float | None

    @property
    def launch_error_km(self) -> float | None:
        """How far off the launch point was."""
        return None if self.launch is None else self.launch.error_km

    @property
    def is_launch_inside_90(self) -> bool | None:
        """Whether the 90 % launch area held the pad."""
        return None if self.launch is None else self.launch.is_inside_90

    @property
    def impact_error_km(self) -> float | None:
        """How far off the impact point was."""
        return None if self.impact is None else self.impact.error_km

    @property
    def is_impact_inside_90(self) -> bool | None:
        """Whether the 90 % impact area held the impact."""
        return None if self.impact is None else self.impact.is_inside_90


def flight_verdicts(picture: Picture, made: Made) -> tuple[FlightVerdict, ...]:
    """A verdict for every flight of the story, in its order, from the last picture."""
    objects = matched_objects(picture.objects, made.flights)
    return tuple(_verdict(one, objects.get(one.id), picture) for one in made.flights)


def matched_objects(objects: Sequence[ObjectSummary], flights: Sequence[TrueFlight]) -> dict[str, ObjectSummary]:
    """Which object speaks of which flight, at most one each: by launch place and time, else by where it is believed."""
    if not objects or not flights:
        return {}
    doubt = np.array([[_doubt(summary, one) for one in flights] for summary in objects])
    rows, columns = linear_sum_assignment(np.minimum(doubt, NOT_THE_SAME))
    return {
        flights[column].id: objects[row]
        for row, column in zip(rows, columns, strict=True)
        if doubt[row, column] < NOT_THE_SAME
    }


def judge_launch(said: LaunchEstimate, one: TrueFlight) -> LaunchVerdict:
    """A launch estimate against the truth."""
    azimuth_error = None
    if said.azimuth_deg is not None:
        azimuth_error = (said.azimuth_deg - one.azimuth_deg + 180.0) % 360.0 - 180.0
    return LaunchVerdict(
        error_km=distance_km(said.lat_deg, said.lon_deg, one.launch_lat_deg, one.launch_lon_deg),
        is_inside_90=holds(said.areas, 0.90, one.launch_lat_deg, one.launch_lon_deg),
        time_error_s=(said.t_tai_ns - one.t_liftoff_tai_ns) / NS_PER_S,
        is_time_inside_90=said.t_90_tai_ns[0] <= one.t_liftoff_tai_ns <= said.t_90_tai_ns[1],
        azimuth_error_deg=azimuth_error,
        area_90_km2=_size_km2(said.areas),
    )


def judge_impact(said: ImpactArea, one: TrueFlight) -> ImpactVerdict | None:
    """An impact area against the truth; None for a flight that never comes down."""
    if one.impact_lat_deg is None or one.impact_lon_deg is None or one.t_impact_tai_ns is None:
        return None
    first, last = said.t_90_tai_ns
    place = one.impact_lat_deg, one.impact_lon_deg
    return ImpactVerdict(
        error_km=distance_km(said.lat_deg, said.lon_deg, *place),
        is_inside_50=holds(said.areas, 0.50, *place),
        is_inside_90=holds(said.areas, 0.90, *place),
        is_inside_99=holds(said.areas, 0.99, *place),
        time_error_s=((first + last) / 2 - one.t_impact_tai_ns) / NS_PER_S,
        is_time_inside_90=first <= one.t_impact_tai_ns <= last,
        area_90_km2=_size_km2(said.areas),
        is_conditional=said.is_conditional,
    )


def _verdict(one: TrueFlight, summary: ObjectSummary | None, picture: Picture) -> FlightVerdict:
    declared = burnout = None
    if summary is not None:
        of_it = [finding for finding in picture.timeline if finding.object_id == summary.id]
        launches = [finding for finding in of_it if finding.kind is FindingKind.LAUNCH]
        burnouts = [finding for finding in of_it if finding.kind is FindingKind.BURNOUT]
        if launches:
            declared = (launches[0].t_declared_tai_ns - one.t_liftoff_tai_ns) / NS_PER_S
        if burnouts:
            burnout = (burnouts[-1].t_tai_ns - one.t_burnout_tai_ns) / NS_PER_S
    return FlightVerdict(
        flight_id=one.id,
        class_name=one.class_name,
        object_id=None if summary is None else summary.id,
        said_class=None if summary is None else summary.class_name,
        true_class_probability=0.0 if summary is None else summary.probabilities.get(one.class_name, 0.0),
        t_declared_after_s=declared,
        burnout_error_s=burnout,
        launch=None if summary is None or summary.launch is None else judge_launch(summary.launch, one),
        impact=None if summary is None or summary.impact is None else judge_impact(summary.impact, one),
        impact_lat_deg=one.impact_lat_deg,
        impact_lon_deg=one.impact_lon_deg,
    )


def _doubt(summary: ObjectSummary, one: TrueFlight) -> float:
    """How little an object looks like a flight, in units of matching."""
    if summary.launch is not None:
        apart = rough_distance_km(
            summary.launch.lat_deg, summary.launch.lon_deg, one.launch_lat_deg, one.launch_lon_deg
        )
        return apart / SAME_PLACE_KM + abs(summary.launch.t_tai_ns - one.t_liftoff_tai_ns) / NS_PER_S / SAME_TIME_S
    if summary.state is not None and "position_itrf_m" in summary.state:  # an orbit's is told in other axes
        t_tai_ns, state, _ = state_from_words(summary.state)
        true = one.states_itrf(np.array([t_tai_ns]))[0]
        if np.all(np.isfinite(true)) and t_tai_ns > one.t_liftoff_tai_ns:
            return float(np.linalg.norm(state[:3] - true[:3])) / 1e3 / SAME_PLACE_KM
    return 2.0 * NOT_THE_SAME


def _size_km2(areas: tuple[Area, ...]) -> float | None:
    return next((area.area_km2 for area in areas if abs(area.probability - 0.90) < 1e-6), None)
