"""How much a burn moved the plane of an orbit, and how much planes seem to move where there was none."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.catalogue.changes.history import History
from vedette.catalogue.changes.kink import FIT_DAYS
from vedette.core.shapes import Rows, Scalar

_PLANE_SETS: Final = 6  # to either side
_SETTLES_DAYS: Final = 1.5
_QUIET_DAYS: Final = 24
_CLEAR_DAYS: Final = 10.0  # of burns, where it is quiet


def across_mps(past: History, days: float, fit_days: float) -> float:
    """The least change of speed across the orbit that moves its plane as it moved; nan with too few sets around.

    Straight lines through the plane before and after, the second from where fits no longer reach back over the burn.
    """
    t = past.t_days
    j = int(np.searchsorted(t, days))
    k = int(np.searchsorted(t, days + fit_days + _SETTLES_DAYS, side="right"))
    before, after = np.arange(max(j - _PLANE_SETS, 0), j), np.arange(k, min(k + _PLANE_SETS, len(t)))
    if len(before) < 4 or len(after) < 4:
        return float("nan")
    middle = 0.5 * (t[j - 1] + t[k])
    grid = np.zeros((len(before) + len(after), 3))  # one slope to both, and two places
    grid[: len(before), 0], grid[len(before) :, 1] = 1.0, 1.0
    rows = np.concatenate([before, after])
    grid[:, 2] = t[rows] - middle
    normals = past.normals[rows]
    low, high = np.linalg.lstsq(grid, normals - normals[0], rcond=None)[0][:2]
    return past.speed_mps * float(np.linalg.norm(high - low))


@dataclass(frozen=True, slots=True, eq=False)
class QuietPlane:
    """What `across_mps` says where there is no burn: days, and for each shape the size."""

    days: Scalar
    told_mps: Rows

    @classmethod
    def of(cls, past: History, burns_days: Scalar) -> "QuietPlane":
        """Quiet days along the history."""
        quiet = past.t_days[_PLANE_SETS : -_PLANE_SETS : max(len(past) // 150, 1)] + 1e-3
        if len(burns_days):
            clear = quiet[np.min(np.abs(quiet[:, None] - burns_days), axis=1) > _CLEAR_DAYS]
            quiet = clear if len(clear) >= _QUIET_DAYS else quiet
        told = [[across_mps(past, float(day), float(fit)) for fit in FIT_DAYS] for day in quiet]
        return cls(quiet, np.array(told).reshape(-1, len(FIT_DAYS)))

    def noise_mps(self, days: float, shape: int) -> float:
        """The middle of what the quiet days about one say."""
        told = self.told_mps[np.argsort(np.abs(self.days - days), kind="stable")[:_QUIET_DAYS], shape]
        told = told[np.isfinite(told)]
        return float(np.median(told)) if len(told) else float("inf")
