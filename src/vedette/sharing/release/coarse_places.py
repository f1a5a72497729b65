"""Launch points, impact areas, times and probabilities made coarse; what held the truth still holds it.

A round area hides the ellipse that a line of sight drew: a circle of a stepped radius round a place that is moved by a
secret offset and laid on a grid, large enough to hold the whole area that it stands for. It holds the truth at least as
often as it says. Times grow outward to whole steps.
"""

from math import ceil, cos, radians, sin, tau

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.frames.polygons import great_circle_m
from vedette.reports import Area, ImpactArea, LaunchEstimate
from vedette.sharing.release.ladder import outward, step_up, steps_to
from vedette.sharing.release.policy import Grant
from vedette.sharing.release.secrets import Secret

_EARTH_M = 6_371_008.8
_CORNERS = 24
_M_PER_DEG = _EARTH_M * radians(1.0)


def coarse_launch(secret: Secret, name: str, launch: LaunchEstimate, grant: Grant) -> LaunchEstimate:
    """Where and when something left the ground, as far as a grant lets it be told."""
    lat, lon = _moved(secret, f"launch {name}", launch.lat_deg, launch.lon_deg, grant.place_m)
    first, last = _times(launch.t_90_tai_ns, grant.time_s)
    has_azimuth = "azimuth" in grant.fields
    return LaunchEstimate(
        lat_deg=lat,
        lon_deg=lon,
        areas=_areas(launch.areas, lat, lon, grant),
        t_tai_ns=launch.t_tai_ns if grant.time_s <= 0.0 else (first + last) // 2,
        t_90_tai_ns=(first, last),
        azimuth_deg=_angle(launch.azimuth_deg, grant) if has_azimuth else None,
        azimuth_90_deg=_angles(launch.azimuth_90_deg, grant) if has_azimuth else None,
        is_near_vertical=launch.is_near_vertical if has_azimuth else False,
    )


def coarse_impact(secret: Secret, name: str, impact: ImpactArea, grant: Grant) -> ImpactArea:
    """Where and when something comes down, as far as a grant lets it be told."""
    lat, lon = _moved(secret, f"impact {name}", impact.lat_deg, impact.lon_deg, grant.place_m)
    down = impact.downrange_90_km
    if down is not None and grant.place_m > 0.0:
        down = outward(down[0], down[1], grant.place_m / 1e3)
    return ImpactArea(
        areas=_areas(impact.areas, lat, lon, grant),
        lat_deg=lat,
        lon_deg=lon,
        t_90_tai_ns=_times(impact.t_90_tai_ns, grant.time_s),
        downrange_90_km=down,
        is_conditional=impact.is_conditional,
    )


def coarse_probabilities(probabilities: dict[str, float], share: float) -> dict[str, float]:
    """Rounded to whole shares; what rounds to nothing is left out."""
    if share <= 0.0:
        return dict(probabilities)
    rounded = {name: round(round(p / share) * share, 6) for name, p in probabilities.items()}
    return {name: p for name, p in rounded.items() if p > 0.0}


def _moved(secret: Secret, name: str, lat_deg: float, lon_deg: float, step_m: float) -> tuple[float, float]:
    """A place moved by the offset of its name and laid on the grid of its name."""
    step = step_up(step_m)
    if step <= 0.0:
        return lat_deg, lon_deg
    north, east = _place_offset_m(secret, name, step)
    phases = secret.uniforms("place phase", name, 2)
    lat = _laid(lat_deg + north / _M_PER_DEG, step / _M_PER_DEG, float(phases[0]))
    lat = min(max(lat, -90.0), 90.0)
    # the width of a degree at a whole step of latitude: it must not change with every revision
    wide = max(cos(radians(min(abs(lat), 89.0))), 0.017)
    lon = _laid(lon_deg + east / (_M_PER_DEG * wide), step / (_M_PER_DEG * wide), float(phases[1]))
    return round(lat, 6), round((lon + 180.0) % 360.0 - 180.0, 6)


def _place_offset_m(secret: Secret, name: str, step_m: float) -> tuple[float, float]:
    """North and east; the sum over finer steps, so that a coarser peer adds nothing to what a finer one knows."""
    total, before = np.zeros(2), 0.0
    for step in steps_to(step_m):
        total = total + np.sqrt(step**2 - before**2) * 0.5 * secret.normals(f"place {step:g}", name, 2)
        before = step
    return float(total[0]), float(total[1])


def _laid(value: float, step: float, phase: float) -> float:
    return step * (round(value / step - phase) + phase)


def _areas(areas: tuple[Area, ...], lat_deg: float, lon_deg: float, grant: Grant) -> tuple[Area, ...]:
    if grant.shapes == "full":
        return areas
    return tuple(_circle(one, lat_deg, lon_deg, grant.place_m) for one in areas)


def _circle(area: Area, lat_deg: float, lon_deg: float, step_m: float) -> Area:
    """A polygon round a place that holds all of an area, its radius a step."""
    here = np.radians([lat_deg, lon_deg])
    far = great_circle_m(here[0], here[1], np.radians(np.array(area.lat_deg)), np.radians(np.array(area.lon_deg)))
    radius_m = step_up(max(float(np.max(far, initial=0.0)), step_m, 1.0) / cos(tau / 2 / _CORNERS))
    angle = radius_m / _EARTH_M
    turns = [tau * i / _CORNERS for i in range(_CORNERS)]
    lat_rad, lon_rad = radians(lat_deg), radians(lon_deg)
    lats, lons = [], []
    for turn in turns:  # the place that lies `angle` away in direction `turn`
        s = sin(lat_rad) * cos(angle) + cos(lat_rad) * sin(angle) * cos(turn)
        lat = np.arcsin(np.clip(s, -1.0, 1.0))
        lon = lon_rad + np.arctan2(sin(turn) * sin(angle) * cos(lat_rad), cos(angle) - sin(lat_rad) * s)
        lats.append(round(float(np.degrees(lat)), 5))
        lons.append(round(float((np.degrees(lon) + 180.0) % 360.0 - 180.0), 5))
    return Area(
        probability=area.probability,
        shape="polygon",
        lat_deg=tuple(lats),
        lon_deg=tuple(lons),
        area_km2=float(f"{tau * (1.0 - cos(angle)) * _EARTH_M**2 / 1e6:.4g}"),
    )


def _times(t_90_tai_ns: tuple[int, int], step_s: float) -> tuple[int, int]:
    first, last = t_90_tai_ns
    if step_s <= 0.0:
        return first, last
    step = round(step_s * NS_PER_S)
    return first // step * step, -(-last // step) * step


def _angle_step(grant: Grant) -> float:
    return 0.0 if grant.place_m <= 0.0 else 5.0 * max(1.0, ceil(grant.place_m / 50_000.0))


def _angle(angle_deg: float | None, grant: Grant) -> float | None:
    step = _angle_step(grant)
    if angle_deg is None or step <= 0.0:
        return angle_deg
    return round(angle_deg / step) * step % 360.0


def _angles(angles_deg: tuple[float, float] | None, grant: Grant) -> tuple[float, float] | None:
    return None if angles_deg is None else outward(angles_deg[0], angles_deg[1], _angle_step(grant))
