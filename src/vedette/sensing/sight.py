"""What the sensors share that measure a direction against the stars: a unit vector, and two small angles of doubt."""

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.sensing.field import InField
from vedette.sensing.measure import tangent_basis, tangent_jacobian


class BySight:
    """A sensor that measures lines of sight, wherever it stands."""

    __slots__ = ()
    los_sigma_urad: float
    los_bias_sigma_urad: float

    @property
    def los_sigma_rad(self) -> float:
        """One sigma of each of the two angles of a line of sight."""
        return self.los_sigma_urad * 1e-6

    @property
    def los_bias_sigma_rad(self) -> float:
        """One sigma of each of the two constant angle errors."""
        return self.los_bias_sigma_urad * 1e-6

    @property
    def residual_sigmas(self) -> Scalar:
        """(2,) one sigma of the two tangent angles, rad."""
        return np.full(2, self.los_sigma_rad)

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(2,) one sigma of the two constant angle errors, rad."""
        return np.full(2, self.los_bias_sigma_rad)

    def position_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) where it stands."""
        raise NotImplementedError

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None = None) -> Vec3:
        """(..., 3) noiseless lines of sight to positions or states (..., 3 or more) at the given times."""
        return self.measure_with_jacobian(state_itrf, t_tai_ns, stand_itrf_m)[0]

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Vec3, Rows]:
        """(..., 3) noiseless lines of sight and (..., 2, 3 or 6) slopes of the two tangent angles by what is given."""
        state = np.asarray(state_itrf, dtype=float)
        here = self.position_itrf_m(t_tai_ns) if stand_itrf_m is None else stand_itrf_m
        los, by_position = tangent_jacobian(state[..., :3], here)
        if state.shape[-1] == 3:
            return los, by_position
        still = np.zeros((*by_position.shape[:-1], state.shape[-1] - 3))
        return los, np.concatenate([by_position, still], axis=-1)

    def residual(self, measured: Rows, expected: Rows) -> Rows:
        """(..., 2) measured less expected direction in the tangent plane of the expected one, rad; NaN from behind."""
        los = np.asarray(measured, dtype=float)[..., :3]
        along = np.sum(los * expected, axis=-1)[..., None]
        off = np.einsum("...ij,...j->...i", tangent_basis(expected), los)
        return off / np.where(along > 0.0, along, np.nan)


class SightFromPlace(InField, BySight):
    """A line of sight from a site or a platform; the time matters on a platform only."""

    __slots__ = ()

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None) -> Vec3:
        """(..., 3) noiseless lines of sight to positions or states (..., 3 or more)."""
        return BySight.measure(self, state_itrf, t_tai_ns, stand_itrf_m)

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Vec3, Rows]:
        """(..., 3) noiseless lines of sight and (..., 2, 3 or 6) slopes of the two tangent angles."""
        return BySight.measure_with_jacobian(self, state_itrf, t_tai_ns, stand_itrf_m)
