"""Pattern of life: how an object keeps its station, and whether it still does as it did."""

from typing import Any, Final

import numpy as np

from vedette.catalogue.changes.history import spread
from vedette.catalogue.changes.manoeuvres import Manoeuvre
from vedette.catalogue.changes.planes import MeanOrbits
from vedette.frames import EarthOrientation, itrf_from_teme_matrix
from vedette.reports.elements import ElementSets

_DAY_S: Final = 86_400.0
_STATIONARY_RADPMIN: Final = (0.0041, 0.0047)  # about one turn a sidereal day
_FEWEST: Final = 4
_OFF_SHARE: Final = 0.02


def pattern_of_life(sets: ElementSets, burns: tuple[Manoeuvre, ...]) -> dict[str, Any]:
    """The box an object keeps (5 % to 95 %), how often it burns, when last, and whether the wait since is unlike it.

    off_pattern: the wait from the last burn to the newest set is longer than all but one in fifty of the past waits
    would be, or the last burn is larger than three times any before; None with too few burns to tell.
    """
    orbits = MeanOrbits.of(sets)
    order = np.argsort(sets.t_epoch_tai_ns)
    newest = int(sets.t_epoch_tai_ns[order[-1]])
    axis_km = orbits.semi_axis_m / 1e3
    low, high = np.percentile(axis_km, [5.0, 95.0])
    life: dict[str, Any] = {
        "sets": len(sets),
        "size_km": [round(float(low), 3), round(float(high), 3)],
        "inclination_deg": [round(float(x), 4) for x in np.degrees(np.percentile(orbits.inclination_rad, [5.0, 95.0]))],
        "burns": len(burns),
    }
    motion = float(np.median(sets.mean_motion_radpmin))
    if _STATIONARY_RADPMIN[0] < motion < _STATIONARY_RADPMIN[1]:
        life["longitude_deg"] = _longitudes_deg(sets)
    if not burns:
        return life
    times = np.array([one.t_tai_ns for one in burns]) / 1e9
    life["last_burn_days_ago"] = round((newest / 1e9 - times[-1]) / _DAY_S, 2)
    if len(burns) < _FEWEST:
        return {**life, "off_pattern": None}
    waits = np.diff(times) / _DAY_S
    middle = float(np.median(waits))
    life["days_between_burns"] = round(middle, 2)
    life["days_between_burns_spread"] = round(spread(waits), 2)
    longest = float(np.quantile(waits, 1.0 - _OFF_SHARE))
    sizes = np.array([one.delta_v_mps for one in burns])
    is_large = bool(sizes[-1] > 3.0 * sizes[:-1].max())
    return {**life, "off_pattern": bool(life["last_burn_days_ago"] > longest) or is_large}


def _longitudes_deg(sets: ElementSets) -> list[float]:
    """The middle, and the half width of the box, of the longitudes at each epoch."""
    from vedette.motion.sgp4 import Sgp4

    epochs = np.asarray(sets.t_epoch_tai_ns)
    states, _ = Sgp4.of(sets).states_teme(epochs[:, None])
    orientation = EarthOrientation.packaged()
    place = np.einsum("nij,nj->ni", itrf_from_teme_matrix(epochs, orientation), states[:, 0, :3])
    good = np.isfinite(place[:, 0])
    angle = np.arctan2(place[good, 1], place[good, 0])
    middle = float(np.angle(np.exp(1j * angle).mean()))
    off = (angle - middle + np.pi) % (2.0 * np.pi) - np.pi
    low, high = np.percentile(np.degrees(off), [5.0, 95.0])
    return [round(float(np.degrees(middle)), 3), round(float(high - low) / 2.0, 3)]
