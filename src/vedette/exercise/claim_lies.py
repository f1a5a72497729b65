"""A partner that errs or lies in what it assesses: how many messages until it is named, and does any honest one suffer.

Lies of single messages and of the link are judged where links are; here the messages are sound, signed and in order,
and what they say is wrong. Each seed draws an honest launch and how the partner tells it, message by message: its
areas shrink as a fit's do, its level rises, its count is right. From a drawn message on it lies.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from vedette.assessment.joint import JointReview, OwnEvent, Partners, Surroundings
from vedette.assessment.joint.gaussians import Place, areas_of_place, interval_tai_ns
from vedette.core.constants import NS_PER_S
from vedette.reports import (
    Evidence,
    ImpactArea,
    LaunchEstimate,
    Message,
    Mode,
    PartnerReport,
    SharedEvent,
)
from vedette.sensing import packaged_sensors

T0_TAI_NS = 986_083_237_000_000_000
MESSAGES = 12
EVERY_S = 5.0
NAMED_WITHIN = 3
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Truth:
    """A launch: where it starts and comes down, in radians, and how long it flies."""

    launch_rad: tuple[float, float]
    impact_rad: tuple[float, float]
    flight_s: float


def honest(rng: Rng, truth: Truth) -> Iterator[SharedEvent]:
    """What an honest partner says of it: each message nearer to the truth, and as sure as it may be."""
    phenomena = ("radar",) if rng.random() < 0.5 else ("infrared",)
    spread_m = float(rng.uniform(3e3, 2e4))
    off = rng.standard_normal((2, 2))
    for n in range(1, MESSAGES + 1):
        said_s = 40.0 + n * EVERY_S
        sigma_m = spread_m / np.sqrt(n)
        t = T0_TAI_NS + round(float(rng.normal(0.0, 0.3)) * NS_PER_S)
        launch = _place(truth.launch_rad, off[0] * sigma_m, sigma_m, t, 1.5)
        end = T0_TAI_NS + round(truth.flight_s * NS_PER_S)
        impact = _place(truth.impact_rad, off[1] * 3.0 * sigma_m, 3.0 * sigma_m, end, 10.0) if n > 4 else None
        is_two = n > 6
        both = ("infrared", "radar")
        yield SharedEvent(
            event_id="L1-launch", revision=n, kind="launch",
            evidence=Evidence.CANDIDATE if n < 2 else Evidence.CONFIRMED if is_two else Evidence.CORRELATED,
            phenomena=both if is_two else phenomena,
            probabilities={"short-range-ballistic": 0.97, "unknown": 0.03},
            launch=_launch(launch), impact=None if impact is None else _impact(impact), count=1,
            message=Message.NONE if n < 5 else Message.PROPOSED if n < 8 else Message.RELEASED,
            t_said_tai_ns=T0_TAI_NS + round(said_s * NS_PER_S), text="one launch",
        )  # fmt: skip


def count_filled(rng: Rng, one: SharedEvent, n: int) -> SharedEvent:
    """FA-09: the count field holds one digit and zeros, another number each time."""
    digit = int(rng.integers(1, 10))
    count = int(str(digit) * int(rng.integers(1, 4))) * 10 ** int(rng.integers(0, 3))
    return msgspec.structs.replace(one, count=max(count, 22) if n else count)


def drill_by_words(rng: Rng, one: SharedEvent, n: int) -> SharedEvent:
    """A drill sent as REAL, whose text still says so."""
    words = ("EXERCISE EXERCISE EXERCISE", "this is a drill", "test tape 4", "simulated launch", "training run")
    return msgspec.structs.replace(one, text=words[int(rng.integers(len(words)))])


def impossible(rng: Rng, one: SharedEvent, n: int) -> SharedEvent:
    """Figures that no flight and no clock can have."""
    launch = one.launch
    assert launch is not None
    wrong: list[Callable[[], SharedEvent]] = [
        lambda: msgspec.structs.replace(one, t_said_tai_ns=one.t_said_tai_ns + 600 * NS_PER_S),
        lambda: msgspec.structs.replace(one, probabilities={"short-range-ballistic": 1.7}),
        lambda: msgspec.structs.replace(one, launch=msgspec.structs.replace(launch, lat_deg=123.4)),
        lambda: msgspec.structs.replace(
            one, impact=_impact(_place((-launch.lat_deg / 57.3, 2.5), np.zeros(2), 5e3, one.t_said_tai_ns, 9.0))
        ),
        lambda: msgspec.structs.replace(
            one, impact=_impact(_place((0.5, -0.5), np.zeros(2), 5e3, T0_TAI_NS - 900 * NS_PER_S, 9.0))
        ),
        lambda: msgspec.structs.replace(one, count=-int(rng.integers(1, 99))),
    ]
    return wrong[int(rng.integers(len(wrong)))]()


def goes_back(rng: Rng, one: SharedEvent, n: int) -> SharedEvent:
    """Its revisions, its times or its message marks go back."""
    how = int(rng.integers(3))
    if how == 0:
        return msgspec.structs.replace(one, revision=max(one.revision - int(rng.integers(2, 5)), 1))
    if how == 1:
        return msgspec.structs.replace(one, t_said_tai_ns=one.t_said_tai_ns - 20 * NS_PER_S)
    return msgspec.structs.replace(one, revision=one.revision - 1)


def drill_unseen(rng: Rng, one: SharedEvent, n: int) -> SharedEvent:
    """A drill sent as REAL in sound words: a launch that our own watchers would have seen."""
    level = Evidence.CORRELATED if one.evidence is Evidence.CANDIDATE else one.evidence
    return msgspec.structs.replace(one, event_id="L9-launch", evidence=level)


LIES: dict[str, tuple[Callable[[Rng, SharedEvent, int], SharedEvent], tuple[str, ...]]] = {
    "count-filled": (count_filled, ("count-filled",)),
    "drill by its words": (drill_by_words, ("drill-words",)),
    "drill that nobody saw": (drill_unseen, ("contradicted",)),
    "impossible": (impossible, ("impossible",)),
    "goes back": (goes_back, ("goes-back", "two-contents")),
}


def judge(seed: int, lie: str | None) -> dict[str, Any]:
    """One seed of one lie, or of honesty: after how many lying messages it was named, and what it made of our view."""
    rng = np.random.default_rng([seed, 0 if lie is None else 1 + list(LIES).index(lie)])
    lat, lon = rng.uniform(0.50, 0.58), rng.uniform(-0.54, -0.48)
    truth = Truth((lat, lon), (lat + rng.uniform(-0.05, 0.05), lon + rng.uniform(0.05, 0.12)), 420.0)
    first = int(rng.integers(2, 6))  # messages before it are honest
    partners = Partners(Mode.REAL)
    review = JointReview(partners)
    sensors = {name: one for name, one in packaged_sensors().items() if name in ("ir-east", "ir-west")}
    named_after, raised = None, False
    is_ours = lie != "drill that nobody saw"
    for n, event in enumerate(honest(rng, truth), 1):
        t = event.t_said_tai_ns + NS_PER_S
        is_lie = lie is not None and n > first
        told = LIES[lie][0](rng, event, n - first) if is_lie and lie is not None else event
        if lie is None or is_ours or is_lie:
            report = PartnerReport(
                owner="SOUTH", node="A", link="SOUTH-A", sequence=n, mode=Mode.REAL, t_sent_tai_ns=t - NS_PER_S // 5,
                t_received_tai_ns=t, digest=f"{n:064x}", content=(told,),
            )  # fmt: skip
            said = list(partners.hear(report))
        else:
            said = []
        own = (_own(truth, t),) if is_ours else ()
        around = Surroundings(sensors, dict.fromkeys(sensors, t), lambda _: None)
        said += review.review(own, around, t)
        names = {finding.data.get("trouble") for finding in said}
        if is_lie and lie is not None and named_after is None and names & set(LIES[lie][1]):
            named_after = n - first
        if is_lie and named_after is not None:
            raised |= any(one.own is None and one.partners[0].is_counted for one in review.assessments)
    return {
        "seed": seed, "lie": lie or "none", "named_after": named_after,
        "doubts": sorted(partners.views["SOUTH"].doubts), "counted_after": raised,
    }  # fmt: skip


def _own(truth: Truth, t_tai_ns: int) -> OwnEvent:
    place = _place(truth.launch_rad, np.array([500.0, -800.0]), 3e3, T0_TAI_NS, 1.5)
    return OwnEvent(
        object_id="O1", evidence=Evidence.CORRELATED, phenomena=("infrared",), p_launch=0.99, launch=_launch(place),
        impact=None, state_itrf=None, state_cov_itrf=None, t_state_tai_ns=t_tai_ns, message=Message.NONE,
        t_tai_ns=t_tai_ns,
    )  # fmt: skip


def _place(where_rad: tuple[float, float], off_m: Any, sigma_m: float, t_tai_ns: int, sigma_s: float) -> Place:
    lat = where_rad[0] + float(off_m[1]) / 6.371e6
    lon = where_rad[1] + float(off_m[0]) / 6.371e6 / float(np.cos(where_rad[0]))
    return Place(lat, lon, sigma_m**2 * np.eye(2), t_tai_ns, sigma_s)


def _launch(place: Place) -> LaunchEstimate:
    return LaunchEstimate(
        lat_deg=float(np.degrees(place.lat_rad)), lon_deg=float(np.degrees(place.lon_rad)),
        areas=areas_of_place(place), t_tai_ns=place.t_tai_ns, t_90_tai_ns=interval_tai_ns(place), azimuth_deg=90.0,
        azimuth_90_deg=(85.0, 95.0),
    )  # fmt: skip


def _impact(place: Place) -> ImpactArea:
    return ImpactArea(
        areas=areas_of_place(place), lat_deg=float(np.degrees(place.lat_rad)), lon_deg=float(np.degrees(place.lon_rad)),
        t_90_tai_ns=interval_tai_ns(place),
    )  # fmt: skip
