"""What the ionosphere does to radio: a mirror for short waves, a delay for the rest.

The mirror is a sphere at a *virtual height*: a ray goes straight up to it and straight down, with equal angles. That is
how over-the-horizon radars reduce their ranges (Pulford and Evans 1998, *Automatica* 34, 767, in the flat case; here on
the sphere). Of all paths over the mirror the ray's is the one whose length does not change to first order (Fermat), so
that the derivatives of the path need no derivative of the point where it is reflected.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Rows, Scalar, Vec3

DELAY_M3_HZ2 = 40.308  # group delay in metres: this times electrons per square metre over frequency squared
SHELL_HEIGHT_M = 350e3
TECU = 1e16  # electrons per square metre


def ionospheric_delay_m(frequency_mhz: float, elevation_rad: Scalar | float, tec_units: Scalar | float) -> Scalar:
    """(...) one-way extra range through the whole ionosphere; thin shell at 350 km (Klobuchar 1987, IEEE AES-23, 325).

    `tec_units`: vertical content, 1e16 electrons per square metre: 5 at night to 100 at a solar maximum's noon.
    """
    level = np.cos(np.asarray(elevation_rad, dtype=float)) * 6_371e3 / (6_371e3 + SHELL_HEIGHT_M)
    slant = 1.0 / np.sqrt(1.0 - level**2)
    return np.asarray(DELAY_M3_HZ2 * np.asarray(tec_units) * TECU / (frequency_mhz * 1e6) ** 2 * slant)


@dataclass(frozen=True, slots=True, eq=False)
class MirrorPath:
    """One-way group paths over the mirror, and their slopes; all (...)."""

    length_m: Scalar
    by_angle: Scalar  # by the Earth-centred angle between the ends
    by_radius: Scalar  # by the far end's distance from the Earth's centre
    by_mirror: Scalar  # by the mirror's radius
    by_angle_angle: Scalar
    by_angle_radius: Scalar
    by_radius_radius: Scalar
    takeoff_rad: Scalar  # elevation at the near end; negative: below the horizon, no such ray


def mirror_path(
    angle_rad: Scalar, near_radius_m: Scalar | float, far_radius_m: Scalar | float, mirror_radius_m: Scalar | float
) -> MirrorPath:
    """The ray from one radius to another by one reflection at a sphere, with first and second derivatives."""
    angle = np.asarray(angle_rad, dtype=float)
    first = 0.5 * angle
    for _ in range(12):
        near, far = _leg(first, near_radius_m, mirror_radius_m), _leg(angle - first, far_radius_m, mirror_radius_m)
        curve = near.by_angle_angle + far.by_angle_angle
        step = (near.by_angle - far.by_angle) / np.where(np.abs(curve) > 1.0, curve, np.inf)
        first = np.clip(first - step, 0.2 * angle, 0.8 * angle)  # the ends' heights differ by little
    near, far = _leg(first, near_radius_m, mirror_radius_m), _leg(angle - first, far_radius_m, mirror_radius_m)
    curve = near.by_angle_angle + far.by_angle_angle
    curve = np.where(np.abs(curve) > 1.0, curve, np.inf)
    share = near.by_angle_angle / curve  # how much of a second derivative the moving reflection leaves
    takeoff = np.arctan2(mirror_radius_m * np.cos(first) - near_radius_m, mirror_radius_m * np.sin(first))
    return MirrorPath(
        near.length_m + far.length_m,
        far.by_angle,
        far.by_radius,
        near.by_mirror + far.by_mirror,
        far.by_angle_angle * share,
        far.by_angle_radius * share,
        far.by_radius_radius - far.by_angle_radius**2 / curve,
        takeoff,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Leg:
    length_m: Scalar
    by_angle: Scalar
    by_radius: Scalar
    by_mirror: Scalar
    by_angle_angle: Scalar
    by_angle_radius: Scalar
    by_radius_radius: Scalar


def _leg(angle: Scalar, r: Scalar | float, R: Scalar | float) -> _Leg:
    """Straight line between radii r and R at an Earth-centred angle: length by the law of cosines, and derivatives."""
    s, c = np.sin(angle), np.cos(angle)
    d = np.sqrt(R * R + r * r - 2.0 * R * r * c)
    return _Leg(
        d,
        R * r * s / d,
        (r - R * c) / d,
        (R - r * c) / d,
        R * r * c / d - (R * r * s) ** 2 / d**3,
        R * s / d - R * r * s * (r - R * c) / d**3,
        1.0 / d - (r - R * c) ** 2 / d**3,
    )


def angle_at_centre(near_itrf_m: Vec3, far_itrf_m: Vec3) -> tuple[Scalar, Scalar, Rows, Rows]:
    """Earth-centred angle from near to far, the far radius, the far direction u, and e: the way the angle grows."""
    far = np.asarray(far_itrf_m, dtype=float)
    radius = np.linalg.norm(far, axis=-1)
    u = far / radius[..., None]
    s = np.asarray(near_itrf_m) / np.linalg.norm(near_itrf_m, axis=-1)[..., None]
    s = np.broadcast_to(s, u.shape)
    cosine = np.sum(s * u, axis=-1)
    sine = np.linalg.norm(np.cross(s, u), axis=-1)
    safe = np.where(sine > 0.0, sine, np.inf)[..., None]
    return np.arctan2(sine, cosine), radius, u, (u * cosine[..., None] - s) / safe
