"""Does the order in which reports arrive change what is believed in the end? Within the lateness window it must not.

The same reports are folded twice: as they came, and with some of them held up by less than the window. Tracks fit late
looks in by their measured time, so their final states agree to rounding; launch fits are made at other moments and
from other starting points, so their answers may differ by a part of their own doubt.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.engine import FeedEnded, Picture, advance, open_picture
from vedette.exercise.areas import rough_distance_km
from vedette.exercise.play import session_of
from vedette.reports import ObjectSummary, Scan, state_from_words
from vedette.scenario import Made

SHARE_OF_SIGMA = 0.25  # of a state's own standard deviation, or of an area's own radius


def held_up(made: Made, seed: int, window_s: float, share: float = 0.5) -> list[Scan]:
    """The story's reports with a share of them up to `window_s` later, in their new order of arrival."""
    rng = np.random.default_rng([seed, 0x0DDE4])
    out = []
    for scan in made.scans:
        luck, how_much = rng.random(2)
        late_ns = round(how_much * window_s * NS_PER_S) if luck < share else 0
        out.append(replace(scan, t_received_tai_ns=scan.t_received_tai_ns + late_ns))
    return sorted(out, key=lambda scan: (scan.t_received_tai_ns, scan.sensor_id))


def final_picture(made: Made, scans: Iterable[Scan]) -> Picture:
    """The last picture of scans in the given order."""
    picture = open_picture(session_of(made))
    for scan in scans:
        picture = advance(picture, scan)
    return advance(picture, FeedEnded())


def differences(one: Picture, other: Picture) -> list[str]:
    """What two final pictures believe differently, in words; empty when they agree within a part of their doubt."""
    if len(one.objects) != len(other.objects):
        return [f"{len(one.objects)} objects in one order, {len(other.objects)} in the other"]
    left = list(other.objects)
    found: list[str] = []
    for summary in one.objects:
        twin = min(left, key=lambda candidate: _apart(summary, candidate))
        left.remove(twin)
        found += _disagreements(summary, twin)
    return found


def _apart(a: ObjectSummary, b: ObjectSummary) -> float:
    if a.launch is not None and b.launch is not None:
        km = rough_distance_km(a.launch.lat_deg, a.launch.lon_deg, b.launch.lat_deg, b.launch.lon_deg)
        return km + abs(a.launch.t_tai_ns - b.launch.t_tai_ns) / NS_PER_S
    if a.state is not None and b.state is not None:
        return float(np.linalg.norm(state_from_words(a.state)[1][:3] - state_from_words(b.state)[1][:3])) / 1e3
    return 1e6


def _disagreements(a: ObjectSummary, b: ObjectSummary) -> list[str]:
    found = []
    if a.class_name != b.class_name:
        found.append(f"{a.id} is called {a.class_name} in one order and {b.class_name} in the other")
    if (a.impact is None) != (b.impact is None) or (a.launch is None) != (b.launch is None):
        found.append(f"{a.id} has a launch or an impact in one order only")
    if a.state is not None and b.state is not None:
        _, state_a, cov_a = state_from_words(a.state)
        _, state_b, _ = state_from_words(b.state)
        sigma_m = 1.0 if cov_a is None else float(np.sqrt(np.trace(cov_a[:3, :3])))
        off_m = float(np.linalg.norm(state_a[:3] - state_b[:3]))
        if off_m > SHARE_OF_SIGMA * sigma_m:
            found.append(f"{a.id} stands {off_m:.0f} m apart, {off_m / sigma_m:.2f} of its own sigma")
    for what, at_a, at_b in (("launch", a.launch, b.launch), ("impact", a.impact, b.impact)):
        if at_a is None or at_b is None or not at_a.areas:
            continue
        radius_km = float(np.sqrt(max(area.area_km2 for area in at_a.areas) / np.pi))
        off_km = rough_distance_km(at_a.lat_deg, at_a.lon_deg, at_b.lat_deg, at_b.lon_deg)
        if off_km > SHARE_OF_SIGMA * radius_km:
            found.append(f"{what} of {a.id} is {off_km:.1f} km apart, its area {radius_km:.1f} km in radius")
    return found
