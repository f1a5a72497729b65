"""Areas that hold the truth with a stated probability, from a cloud of equally likely points.

The cloud is straightened (a parabola across its long axis is taken out, for clouds bend), and an ellipse is drawn that
holds the stated share of the points: right for Gaussian clouds, calibrated for others. A cloud is a sample: an ellipse
round few points misses a further one more often than it misses its own, and is drawn so much wider (`reach`).
"""

from dataclasses import dataclass
from math import pi

import numpy as np

from vedette.core.constants import WGS84_A_M
from vedette.core.shapes import Rows, Scalar
from vedette.reports import Area

PROBABILITIES = (0.50, 0.90, 0.99)
_VERTICES = 48
_LEAST_WORTH = 8.0  # points: fewer know nothing of 99 %


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A straightened cloud: centre, turn, bend and root of its covariance, and the radius for each probability."""

    lat_rad: float
    lon_rad: float
    turn: Rows  # (2, 2) rows: along, across
    bend: Scalar  # (3,) across = bend[0] + bend[1] along + bend[2] along^2
    root: Rows  # (2, 2)
    radii: Scalar  # Mahalanobis, for PROBABILITIES
    mean_m: Scalar  # (2,) east, north from the centre
    cov_m2: Rows  # (2, 2)


def local_m(lat_rad: Scalar, lon_rad: Scalar, lat0_rad: float, lon0_rad: float) -> Rows:
    """(n, 2) east and north of a point on a sphere of the Earth's radius, azimuthal equidistant."""
    dlon = lon_rad - lon0_rad
    cos_c = np.sin(lat0_rad) * np.sin(lat_rad) + np.cos(lat0_rad) * np.cos(lat_rad) * np.cos(dlon)
    c = np.arccos(np.clip(cos_c, -1.0, 1.0))
    k = WGS84_A_M * np.where(c > 1e-9, c / np.sin(np.maximum(c, 1e-9)), 1.0)
    east = k * np.cos(lat_rad) * np.sin(dlon)
    north = k * (np.cos(lat0_rad) * np.sin(lat_rad) - np.sin(lat0_rad) * np.cos(lat_rad) * np.cos(dlon))
    return np.stack([east, north], axis=-1)


def from_local(points_m: Rows, lat0_rad: float, lon0_rad: float) -> tuple[Scalar, Scalar]:
    """Latitude and longitude (rad) of local points; the inverse of `local_m`."""
    rho = np.hypot(points_m[..., 0], points_m[..., 1])
    c = rho / WGS84_A_M
    safe = np.maximum(rho, 1e-6)
    north = points_m[..., 1] * np.sin(c) / safe
    lat = np.arcsin(np.clip(np.cos(c) * np.sin(lat0_rad) + north * np.cos(lat0_rad), -1.0, 1.0))
    lon = lon0_rad + np.arctan2(
        points_m[..., 0] * np.sin(c),
        safe * np.cos(lat0_rad) * np.cos(c) - points_m[..., 1] * np.sin(lat0_rad) * np.sin(c),
    )
    return lat, (lon + pi) % (2 * pi) - pi


def reach(worth: float) -> Scalar:
    """(3,) for PROBABILITIES: radius that holds a further point so often over the one that holds so many of the cloud.

    Of n points of a plane Gaussian about their own mean, in their own covariance: squared distances of the points
    themselves go as (n-1)^2/n Beta(1, (n-3)/2), that of a further point as (n+1)(n-1)/n 2/(n-2) F(2, n-2) (Gnanadesikan
    and Kettenring 1972; Hotelling 1931). `worth`: how many independent points the cloud is worth.
    """
    n = max(worth, _LEAST_WORTH)
    beyond = 1.0 - np.array(PROBABILITIES)
    fresh, own = beyond ** (-2.0 / (n - 2.0)) - 1.0, 1.0 - beyond ** (2.0 / (n - 3.0))
    return np.asarray(np.sqrt((n + 1.0) / (n - 1.0) * fresh / own))


def patch_from_cloud(lat_rad: Scalar, lon_rad: Scalar, worth: float = np.inf) -> Patch:
    """Straighten a cloud of at least a few dozen points; `worth`: see `reach` (by default it is all there is)."""
    unit = np.stack([np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)], axis=-1)
    middle = np.median(unit, axis=0)
    lat0, lon0 = float(np.arctan2(middle[2], np.hypot(middle[0], middle[1]))), float(np.arctan2(middle[1], middle[0]))
    points = local_m(lat_rad, lon_rad, lat0, lon0)
    mean, cov = points.mean(axis=0), np.cov(points.T) + 1.0 * np.eye(2)  # a metre: never a bare point
    along = np.linalg.eigh(cov)[1][:, 1]
    turn = np.stack([along, [-along[1], along[0]]])
    a, b = (points @ turn.T).T
    scale = float(a.std()) + 1.0
    bend = np.zeros(3)
    if len(np.unique(np.round(a))) > 2:  # two points to a metre, or one many times over, have no bend
        bend = np.polynomial.polynomial.polyfit(a / scale, b, 2) / np.array([1.0, scale, scale**2])
    straight = np.stack([a, b - np.polynomial.polynomial.polyval(a, bend)], axis=-1)
    straight_cov = np.cov(straight.T) + 1.0 * np.eye(2)
    root = np.asarray(np.linalg.cholesky(straight_cov), dtype=float)
    centre = straight.mean(axis=0)
    bend = bend + np.array([centre[1], 0.0, 0.0])
    away = np.linalg.solve(root, (straight - centre).T)
    distance = np.sqrt(np.sum(away * away, axis=0))
    gaussian = np.sqrt(-2.0 * np.log1p(-np.array(PROBABILITIES)))
    radii = np.quantile(distance, PROBABILITIES)
    radii = np.array([radii[0], radii[1], max(radii[2], gaussian[2])])  # a few hundred points know little of 99 %
    if np.isfinite(worth):
        radii = radii * reach(worth)
    return Patch(lat0, lon0, turn, np.concatenate([bend, [centre[0]]]), root, np.maximum.accumulate(radii), mean, cov)


def outline(patch: Patch, level: int) -> Rows:
    """(vertices, 2) local east and north of the edge of one level."""
    angle = np.arange(_VERTICES) * (2 * pi / _VERTICES)
    # the polygon cuts inside its ellipse: push the corners out so that the areas are equal
    stretch = np.sqrt(2 * pi / _VERTICES / np.sin(2 * pi / _VERTICES))
    ring = patch.radii[level] * stretch * np.stack([np.cos(angle), np.sin(angle)]).T @ patch.root.T
    a = ring[:, 0] + patch.bend[3]
    b = ring[:, 1] + np.polynomial.polynomial.polyval(a, patch.bend[:3])
    return np.stack([a, b], axis=-1) @ patch.turn


def areas_of(patch: Patch) -> tuple[Area, ...]:
    """The nested areas, degrees."""
    out = []
    for level, probability in enumerate(PROBABILITIES):
        edge = outline(patch, level)
        lat, lon = from_local(edge, patch.lat_rad, patch.lon_rad)
        x, y = edge.T
        size = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
        out.append(
            Area(
                probability=probability,
                shape="polygon",
                lat_deg=tuple(round(float(v), 5) for v in np.degrees(lat)),
                lon_deg=tuple(round(float(v), 5) for v in np.degrees(lon)),
                area_km2=round(size / 1e6, 3),
            )
        )
    return tuple(out)
