"""One launch area and one impact area of two owners' looks, without counting anything twice.

Our own posterior is always taken afresh beside the partner's newest, never a joint one of before. A partner whose words
rest on ours (its provenance says so) is not added. Three ways, the best that was released:

- **state**: the partner's track, at one instant of free flight, moves our own cloud of flights as a Gaussian reading of
  the whole state would (the ensemble keeps its shape: Anderson 2001, Mon. Wea. Rev. 129, 2884), and each is flown down
  through one of several possible days;
- **areas**: two areas are added as Gaussians (`gaussians.joined`): right for independent looks where neither rests much
  on what both believe beforehand;
- **one side**: where the other has none.

Estimates that contradict each other are not fused at all (`disagreement.agree`, a chi square of six for states).
"""

from dataclasses import dataclass

import numpy as np

from vedette.assessment.areas import areas_of, patch_from_cloud
from vedette.assessment.joint.disagreement import agree
from vedette.assessment.joint.gaussians import Placing, areas_of_place, interval_tai_ns, joined, place_of
from vedette.assessment.joint.matching import GATE_6, covariance_of
from vedette.assessment.launch_fit import Cloud
from vedette.assessment.launch_products import interval_tai_ns as interval_of_draws
from vedette.assessment.unknown_weather import come_down
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.motion.propagate import propagate_coast
from vedette.reports import ImpactArea, LaunchEstimate, SharedTrack

BURNT_OUT = 0.98  # of our draws, at the instant of the partner's state
LEAST_FALL = 20


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """A joint estimate, or why there is none."""

    launch: LaunchEstimate | None = None
    impact: ImpactArea | None = None
    why_no_impact: str = ""


def fused_launch(
    own: LaunchEstimate | None, theirs: LaunchEstimate | None, places: Placing = place_of
) -> LaunchEstimate | None:
    """The launch of both; one side's where the other has none; None where they contradict each other."""
    if own is None or theirs is None:
        return own or theirs
    a, b = places(own), places(theirs)
    if a is None or b is None:
        return own if a is not None or b is None else theirs
    if not agree(a, b):
        return None
    both = joined(a, b)
    surer = own if _width(own.azimuth_90_deg) <= _width(theirs.azimuth_90_deg) else theirs
    return LaunchEstimate(
        lat_deg=round(float(np.degrees(both.lat_rad)), 5),
        lon_deg=round(float(np.degrees(both.lon_rad)), 5),
        areas=areas_of_place(both),
        t_tai_ns=both.t_tai_ns,
        t_90_tai_ns=interval_tai_ns(both),
        azimuth_deg=surer.azimuth_deg,
        azimuth_90_deg=surer.azimuth_90_deg,
        is_near_vertical=own.is_near_vertical and theirs.is_near_vertical,
    )


def _width(interval_deg: tuple[float, float] | None) -> float:
    return 360.0 if interval_deg is None else (interval_deg[1] - interval_deg[0]) % 360.0


def fused_areas(own: ImpactArea | None, theirs: ImpactArea | None) -> ImpactArea | None:
    """The impact of both by their areas alone; one side's where the other has none; None where they contradict."""
    known = [one for one in (own, theirs) if one is not None and not one.is_conditional]
    if len(known) < 2:
        return known[0] if known else None
    a, b = place_of(known[0]), place_of(known[1])
    if a is None or b is None:
        return known[0] if a is not None or b is None else known[1]
    if not agree(a, b):
        return None
    both = joined(a, b)
    return ImpactArea(
        areas=areas_of_place(both),
        lat_deg=round(float(np.degrees(both.lat_rad)), 5),
        lon_deg=round(float(np.degrees(both.lon_rad)), 5),
        t_90_tai_ns=interval_tai_ns(both),
    )


def fused_by_state(cloud: Cloud, track: SharedTrack) -> tuple[ImpactArea | None, str]:
    """The impact of our flights as the partner's state moves them; or None, and why."""
    after_s = (track.t_tai_ns - cloud.t_burnout_tai_ns) / NS_PER_S
    flying = (after_s > 0.0) & ~(cloud.falls & (track.t_tai_ns >= cloud.t_impact_tai_ns))
    if np.count_nonzero(flying) < BURNT_OUT * len(flying):
        return None, "it still burns, or is down, at the instant of the partner's state"
    states = propagate_coast(cloud.burnout_itrf[flying], after_s[flying], cloud.beta_kg_m2[flying])
    kept = np.isfinite(states).all(axis=1)
    states, beta = states[kept], cloud.beta_kg_m2[flying][kept]
    if len(states) < LEAST_FALL:
        return None, "too few of our flights are known there"
    read = np.array([*track.position_itrf_m, *track.velocity_itrf_mps])
    moved = moved_by_reading(states, read, covariance_of(track))
    if moved is None:
        return None, "its state and ours contradict each other"
    lat, lon, dt_s = come_down(moved, beta)
    falls = np.isfinite(dt_s)
    if np.count_nonzero(falls) < max(LEAST_FALL, 0.9 * len(falls)):
        return None, "hardly any of the flights comes down"
    patch = patch_from_cloud(lat[falls], lon[falls], cloud.worth)
    times = track.t_tai_ns + np.round(dt_s[falls] * NS_PER_S).astype(np.int64)
    return ImpactArea(
        areas=areas_of(patch),
        lat_deg=round(float(np.degrees(patch.lat_rad)), 5),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 5),
        t_90_tai_ns=interval_of_draws(times),
    ), ""


def moved_by_reading(states: Rows, read: Scalar, read_cov: Rows) -> Rows | None:
    """Equally likely states `(n, k)` after an independent reading of all of them; None where it contradicts them.

    The mean moves and the spread shrinks as a Kalman update's do, and each state keeps its place among the others.
    """
    middle = states.mean(axis=0)
    cov = np.cov(states.T)
    both = cov + read_cov
    off = read - middle
    if not float(off @ np.linalg.solve(both, off)) < GATE_6:
        return None
    gain = np.linalg.solve(both.T, cov.T).T
    size = np.sqrt(np.diag(cov)) + 1e-12
    scale = np.outer(size, size)
    shrink = _transport(cov / scale, (cov - gain @ cov) / scale)
    return np.asarray(middle + gain @ off + ((states - middle) / size) @ shrink.T * size)


def _transport(before: Rows, after: Rows) -> Rows:
    """The symmetric map that turns one covariance into a smaller one with the least movement."""
    values, vectors = np.linalg.eigh(0.5 * (before + before.T))
    values = np.maximum(values, 1e-11 * values.max())
    root, inverse = (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T
    inside, turn = np.linalg.eigh(root @ (0.5 * (after + after.T)) @ root)
    return np.asarray(inverse @ (turn * np.sqrt(np.maximum(inside, 0.0))) @ turn.T @ inverse)
