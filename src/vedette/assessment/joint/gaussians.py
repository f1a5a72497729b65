"""Released estimates as Gaussians: what an area of a stated probability says of a place, and the sum of two such words.

An area that holds the truth with probability p is read as the ellipse of a Gaussian: the second moments of an even
spread over an ellipse of Mahalanobis radius r are r²/4 of the Gaussian's, whatever its shape (two dimensions), so that
any polygon gives a covariance. Two places are added as information, which is right for estimates of independent looks;
who has heard the other's words must not add them (`fusing`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, pi, sin, sqrt

import numpy as np

from vedette.assessment.areas import PROBABILITIES, from_local, local_m
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.reports import Area, ImpactArea, LaunchEstimate

_SIGMAS_90 = 1.6449
_VERTICES = 48
_REMEMBERED = 8192
FLOOR_M = 50.0  # no released place is known better: coordinates are rounded, grounds have heights
FLOOR_S = 0.5


Placing = Callable[[LaunchEstimate | ImpactArea], "Place | None"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place on the ground with its doubt, and an instant with its own."""

    lat_rad: float
    lon_rad: float
    cov_m2: Rows  # (2, 2) east, north
    t_tai_ns: int
    sigma_s: float


def place_of(estimate: LaunchEstimate | ImpactArea) -> Place | None:
    """The Gaussian of a released launch or impact area; None where no area was released."""
    shape = _best(estimate.areas)
    if shape is None:
        return None
    lat0, lon0 = np.radians(estimate.lat_deg), np.radians(estimate.lon_deg)
    corners = local_m(np.radians(shape.lat_deg), np.radians(shape.lon_deg), lat0, lon0)
    middle, moments = _moments(corners)
    radius2 = -2.0 * log(1.0 - shape.probability)
    cov = 4.0 * moments / radius2 + FLOOR_M**2 * np.eye(2)
    lat, lon = from_local(middle, lat0, lon0)
    first, last = estimate.t_90_tai_ns
    t = estimate.t_tai_ns if isinstance(estimate, LaunchEstimate) else first + (last - first) // 2
    sigma_s = max((last - first) / NS_PER_S / (2.0 * _SIGMAS_90), FLOOR_S)
    return Place(float(lat), float(lon), cov, t, sigma_s)


class PlaceBook:
    """Places already worked out, by the very estimate: a polygon is dear, and most estimates stay for many reviews."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[LaunchEstimate | ImpactArea, Place | None]] = {}

    def __call__(self, estimate: LaunchEstimate | ImpactArea) -> Place | None:
        """As `place_of`."""
        held = self._known.get(id(estimate))
        if held is None or held[0] is not estimate:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            held = self._known[id(estimate)] = (estimate, place_of(estimate))
        return held[1]


def distance2(a: Place, b: Place, extra_m: float = 0.0, extra_s: float = 0.0) -> float:
    """How far two places are apart in place and time, as a chi square of three."""
    off = local_m(np.array(b.lat_rad), np.array(b.lon_rad), a.lat_rad, a.lon_rad)
    cov = a.cov_m2 + b.cov_m2 + extra_m**2 * np.eye(2)
    dt_s = (b.t_tai_ns - a.t_tai_ns) / NS_PER_S
    return float(off @ np.linalg.solve(cov, off)) + dt_s**2 / (a.sigma_s**2 + b.sigma_s**2 + extra_s**2)


def log_spread(a: Place, b: Place) -> float:
    """ln of the square root of the determinant of their common doubt: by it a vague neighbour does not win."""
    _, size = np.linalg.slogdet(a.cov_m2 + b.cov_m2)
    return 0.5 * float(size) + 0.5 * log(a.sigma_s**2 + b.sigma_s**2)


def joined(a: Place, b: Place) -> Place:
    """Both as one, by adding information."""
    off = local_m(np.array(b.lat_rad), np.array(b.lon_rad), a.lat_rad, a.lon_rad)
    gain = np.linalg.solve((a.cov_m2 + b.cov_m2).T, a.cov_m2.T).T
    cov = a.cov_m2 - gain @ a.cov_m2
    lat, lon = from_local(gain @ off, a.lat_rad, a.lon_rad)
    weight = a.sigma_s**2 / (a.sigma_s**2 + b.sigma_s**2)
    t = a.t_tai_ns + round(weight * (b.t_tai_ns - a.t_tai_ns))
    sigma_s = a.sigma_s * b.sigma_s / sqrt(a.sigma_s**2 + b.sigma_s**2)
    return Place(float(lat), float(lon), 0.5 * (cov + cov.T), t, sigma_s)


def areas_of_place(place: Place) -> tuple[Area, ...]:
    """The nested areas of a Gaussian."""
    root = np.linalg.cholesky(place.cov_m2)
    angle = 2.0 * pi * np.arange(_VERTICES) / _VERTICES
    stretch = sqrt(2.0 * pi / _VERTICES / sin(2.0 * pi / _VERTICES))  # corners out: the polygon has the ellipse's area
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    out = []
    for probability in PROBABILITIES:
        radius = sqrt(-2.0 * log(1.0 - probability))
        lat, lon = from_local(radius * stretch * circle @ root.T, place.lat_rad, place.lon_rad)
        out.append(
            Area(
                probability=probability,
                shape="polygon",
                lat_deg=tuple(round(float(v), 5) for v in np.degrees(lat)),
                lon_deg=tuple(round(float(v), 5) for v in np.degrees(lon)),
                area_km2=round(pi * radius**2 * float(np.sqrt(np.linalg.det(place.cov_m2))) / 1e6, 3),
            )
        )
    return tuple(out)


def interval_tai_ns(place: Place) -> tuple[int, int]:
    """The middle 90 % of its instant."""
    half = round(_SIGMAS_90 * place.sigma_s * NS_PER_S)
    return place.t_tai_ns - half, place.t_tai_ns + half


def area_km2(estimate: LaunchEstimate | ImpactArea | None) -> float | None:
    """The size of the 90 % area; None without one."""
    if estimate is None:
        return None
    return next((one.area_km2 for one in estimate.areas if abs(one.probability - 0.9) < 1e-6), None)


def _best(areas: Sequence[Area]) -> Area | None:
    """The area that tells most of the spread: that of 90 %, or the nearest to it."""
    whole = [one for one in areas if one.shape == "polygon" and len(one.lat_deg) >= 3 and 0.0 < one.probability < 1.0]
    return min(whole, key=lambda one: abs(one.probability - 0.9)) if whole else None


def _moments(corners_m: Rows) -> tuple[Scalar, Rows]:
    """Centroid (2,) and second moments (2, 2) about it of a polygon, by Green's theorem."""
    x, y = corners_m.T
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    cross = x * y2 - x2 * y
    size = 0.5 * float(cross.sum())
    if abs(size) < 1.0:
        return corners_m.mean(axis=0), np.zeros((2, 2))
    middle = np.array([((x + x2) * cross).sum(), ((y + y2) * cross).sum()]) / (6.0 * size)
    xx = float(((x * x + x * x2 + x2 * x2) * cross).sum()) / (12.0 * size)
    yy = float(((y * y + y * y2 + y2 * y2) * cross).sum()) / (12.0 * size)
    xy = float(((x * y2 + 2 * x * y + 2 * x2 * y2 + x2 * y) * cross).sum()) / (24.0 * size)
    return middle, np.array([[xx, xy], [xy, yy]]) - np.outer(middle, middle)
