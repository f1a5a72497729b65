"""A release policy read with a partner's eyes: what it leaks beyond what it grants, in words and by a real attempt.

For each radar of the sensor file an hour of satellites is released by the policy in a trial of its own, and
`exercise.sensor_placing` tries to find the radar from what came out. The trial takes the radar's site, range, lowest
elevation and errors, and has it look all round. Its distance is one draw, not a bound: whoever knows more than the
attacker may come nearer.
"""

import sys
from typing import Any

import numpy as np

from vedette.core.shapes import Rows
from vedette.exercise.hidden_sensor import T0_TAI_NS, HiddenRadar, draw_sky, hour_of_releases
from vedette.exercise.sensor_placing import place_sensor
from vedette.frames import geodetic_from_itrf, itrf_from_geodetic
from vedette.reports import Mode
from vedette.sensing import Radar, Sensor, Site
from vedette.sharing.release import Grant, Kind, ReleaseArea, ReleasePolicy

SAFE_KM = 100.0  # issue of joint warning: a withheld sensor must not be placed within this
_SATELLITES = 200
_HEIGHTS_M = (1e5, 3e5, 6e5, 1e6, 2e6)
_SEED = 334


def check_document(policy: ReleasePolicy, sensors: dict[str, Sensor]) -> dict[str, Any]:
    """Warnings, remarks and what the attempt found."""
    warnings, remarks = _said(policy)
    grants = policy.grants_of(Kind.TRACK)
    radars = {name: one for name, one in sensors.items() if isinstance(one, Radar) and isinstance(one.site, Site)}
    views = []
    for grant in grants:
        for area in grant.areas:
            unseen = _unseen_share(area, list(radars.values()))
            views.append({"grant": grant.number, "area": area.name, "unseen_share": round(unseen, 3)})
            if unseen > 0.01 and radars:
                warnings.append(
                    f"grant {grant.number}: {100 * unseen:.0f} % of {area.name!r} lies outside the view of every radar "
                    "given: tracks begin and end there, and draw the edge of that view. Make the area smaller or lift "
                    "height_min_km"
                )
    tried = []
    for grant in grants:
        if "sensors" in grant.fields:
            continue
        for name, radar in radars.items():
            km, sigma_km = _attempt(policy, grant, radar)
            if km is None:
                continue
            tried.append({"grant": grant.number, "sensor": name, "distance_km": km, "claimed_sigma_km": sigma_km})
            if km < SAFE_KM:
                warnings.append(
                    f"grant {grant.number}: from an hour of these tracks {name}, which is not named, was placed within "
                    f"{km:.0f} km"
                )
        break  # one hour, by the first grant: what follows could only add to it
    return {
        "peer": policy.peer, "title": policy.title, "modes": sorted(policy.modes), "warnings": warnings,
        "remarks": remarks, "views": views, "attempts": tried,
    }  # fmt: skip


def write_check(document: dict[str, Any]) -> None:
    """The same for people."""
    out = sys.stdout.write
    modes = ", ".join(document["modes"]) or "no mode: nothing leaves"
    out(f"to {document['peer']} in {modes}\n")
    for text in document["warnings"]:
        out(f"WARNING  {text}\n")
    for text in document["remarks"]:
        out(f"note     {text}\n")
    for one in document["attempts"]:
        out(
            f"attempt  {one['sensor']}: placed {one['distance_km']:.0f} km off, by a partner that claims "
            f"{one['claimed_sigma_km']:.0f} km, knows every orbit and has heard an hour of grant {one['grant']}\n"
        )
    if not document["warnings"]:
        out("no warning. An attempt that fails is no proof that none succeeds\n")


def _said(policy: ReleasePolicy) -> tuple[list[str], list[str]]:
    """What the words of a policy tell by themselves."""
    warnings: list[str] = []
    remarks: list[str] = []
    for grant in policy.grants:
        own_warnings, own_remarks = _said_of(grant)
        warnings += [f"grant {grant.number} ({grant.kind}): {text}" for text in own_warnings]
        remarks += [f"grant {grant.number} ({grant.kind}): {text}" for text in own_remarks]
    if not policy.grants:
        remarks.append("there is no grant: nothing is released")
    if Mode.REAL in policy.modes:
        remarks.append("REAL is released: what leaves cannot be called back")
    if policy.numbers == "common":
        remarks.append("peers hear the same numbers, and can put together what each of them got")
    if policy.numbers == "own":
        warnings.append("our own numbers go out: whoever sees two of them knows how many there were between")
    if policy.pad_bytes == 0:
        remarks.append("messages are not filled up: their size tells how much they hold to whoever sees the line")
    return warnings, remarks


def _said_of(grant: Grant) -> tuple[list[str], list[str]]:
    warnings: list[str] = []
    remarks: list[str] = []
    if grant.kind is Kind.TRACK and "sensors" not in grant.fields:
        if grant.is_everywhere:
            warnings.append("tracks go out everywhere: where they begin is the edge of a sensor's view, all round it")
        if grant.covariance == "full":
            warnings.append("covariances of full shape: short axes point at the sensor, and cross where it stands")
        if grant.position_m <= 0.0:
            warnings.append("states as they are: their jitter about an orbit shows the sensor's direction and quality")
        if grant.coast_s < 600.0:
            warnings.append(f"unseen tracks end after {grant.coast_s:g} s: where they end is the edge of a view")
        low = [area.name for area in grant.areas if area.height_min_m < 1e5]
        if low:
            warnings.append(
                f"{', '.join(low)} begins below 100 km: a rocket that rises over a radar's horizon tells by its height "
                "how far that radar is"
            )
    if grant.kind is Kind.EVENT and grant.shapes == "full":
        warnings.append("areas of full shape: the long axis of an ellipse lies along or across a line of sight")
    if grant.kind is Kind.HEALTH and "coverage" in grant.fields:
        warnings.append("coverage by region says where sensors look, and so where they stand")
    if grant.kind is Kind.LOOK:
        remarks.append(f"whole looks of {', '.join(sorted(grant.sensors))}: place, clock and quality of these are told")
    if "phenomena" in grant.fields:
        remarks.append("it tells by what kind of sensor something was seen, and so when each kind first saw it")
    if grant.is_third_party:
        remarks.append("what partners told is passed on, where their caveats allow")
    if not grant.caveats and grant.kind in (Kind.TRACK, Kind.EVENT):
        remarks.append('without caveats the peer may pass it on; caveats = ["no third party"] forbids it')
    return warnings, remarks


def _points(area: ReleaseArea) -> Rows:
    """(n, 3) points that fill an area from its lowest height, as far up as satellites are many."""
    lat, lon = np.degrees(area.corners_rad).T
    grid_lat, grid_lon = np.meshgrid(np.linspace(lat.min(), lat.max(), 15), np.linspace(lon.min(), lon.max(), 15))
    inside = area.covers(grid_lat.ravel(), grid_lon.ravel())
    lats, lons = np.radians(grid_lat.ravel()[inside]), np.radians(grid_lon.ravel()[inside])
    lats, lons = np.append(lats, area.corners_rad[:, 0]), np.append(lons, area.corners_rad[:, 1])
    low = max(area.height_min_m, 0.0)
    heights = sorted({low, *(h for h in _HEIGHTS_M if low <= h <= area.height_max_m)})
    return np.concatenate([itrf_from_geodetic(lats, lons, height) for height in heights])


def _unseen_share(area: ReleaseArea, radars: list[Radar]) -> float:
    """Share of an area's points that no radar covers."""
    places = _points(area)
    states = np.concatenate([places, np.zeros_like(places)], axis=1)
    seen = np.zeros(len(places), dtype=bool)
    for radar in radars:
        seen |= np.asarray(radar.is_visible(states, T0_TAI_NS))
    return float(1.0 - seen.mean())


def _attempt(policy: ReleasePolicy, grant: Grant, radar: Radar) -> tuple[float | None, float]:
    """How far off an attacker places a radar, and its own sigma, km; None when the radar sees nothing of the area."""
    site = radar.position_itrf_m(T0_TAI_NS)
    lat, lon, _ = (float(v) for v in geodetic_from_itrf(site))
    hidden = HiddenRadar(
        lat_deg=np.degrees(lat), lon_deg=np.degrees(lon), elevation_min_deg=radar.elevation_min_deg,
        range_max_m=min(radar.range_max_km, 5000.0) * 1e3, range_sigma_m=radar.range_sigma_m,
        angle_sigma_rad=float(np.radians(max(radar.azimuth_sigma_deg or 0.05, radar.elevation_sigma_deg or 0.05))),
    )  # fmt: skip
    middle = site if grant.is_everywhere else itrf_from_geodetic(*_middle(grant.areas[0]), 0.0)
    if np.linalg.norm(middle - site) > 4.0e6:
        return None, 0.0
    rng = np.random.default_rng(_SEED)
    if grant.is_everywhere:  # the partner searches round a place that is not the site
        middle = middle + rng.normal(0.0, 5e5, 3)
    place_lat, place_lon, _ = (float(np.degrees(v)) for v in geodetic_from_itrf(middle))
    sky = draw_sky(rng, place_lat, place_lon, _SATELLITES)
    alone = ReleasePolicy(peer=policy.peer, modes=frozenset({Mode.EXERCISE}), grants=policy.grants_of(Kind.TRACK))
    batches = hour_of_releases(hidden, sky, alone, rng.bytes(32), rng)
    if not any(content for _, content in batches):
        return None, 0.0
    found, sigma_m = place_sensor(batches, sky, hidden, grant, middle)
    on_sphere = site * np.linalg.norm(found) / np.linalg.norm(site)
    return round(float(np.linalg.norm(found - on_sphere)) / 1e3, 1), round(sigma_m / 1e3, 1)


def _middle(area: ReleaseArea) -> tuple[float, float]:
    points = itrf_from_geodetic(area.corners_rad[:, 0], area.corners_rad[:, 1], 0.0).mean(axis=0)
    lat, lon, _ = geodetic_from_itrf(points)
    return float(lat), float(lon)
