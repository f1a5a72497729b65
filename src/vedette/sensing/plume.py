"""How bright a burning stage looks from above: a generic plume under a generic atmosphere.

Order-of-magnitude physics for the short-wave infrared (about 2.7 µm), our own round figures and not those of any
motor: brightness goes with thrust; afterburning with the air holds it up to some 30 km, it dips as the air thins, and
the vacuum plume fades slowly (the course is described by Simmons, *Rocket Exhaust Plume Phenomenology*, 2000). Water
vapour hides the lowest kilometres. Truth draws a scale of its own around these figures; no launch is estimated from the
absolute brightness.
"""

from typing import Final

import numpy as np

from vedette.core.shapes import Scalar

INTENSITY_PER_NEWTON_W_SR: Final = 0.5  # 1 MN of thrust at low altitude: about 0.5 MW/sr
_HEIGHT_KM: Final = np.array([0.0, 15.0, 30.0, 45.0, 60.0, 80.0, 100.0, 150.0, 250.0, 400.0])
_SHARE: Final = np.array([1.0, 1.2, 1.0, 0.5, 0.35, 0.4, 0.25, 0.12, 0.08, 0.05])
_LOG_SHARE: Final = np.log(_SHARE)
_VAPOUR_DEPTH: Final = 3.0  # optical depth of the whole column at the zenith, in band
_VAPOUR_SCALE_M: Final = 3_000.0


def plume_intensity_w_sr(thrust_n: Scalar | float, height_m: Scalar | float) -> Scalar:
    """(...) source intensity of a burning stage; zero without thrust."""
    share = np.exp(np.interp(np.asarray(height_m, dtype=float) / 1e3, _HEIGHT_KM, _LOG_SHARE))
    return INTENSITY_PER_NEWTON_W_SR * np.maximum(np.asarray(thrust_n, dtype=float), 0.0) * share


def transmission(height_m: Scalar | float, zenith_cosine: Scalar | float) -> Scalar:
    """(...) share of a source's light that leaves the atmosphere towards a sensor; flat layers, grazing air mass 20."""
    air_mass = 1.0 / np.maximum(np.asarray(zenith_cosine, dtype=float), 0.05)
    above = np.exp(-np.maximum(np.asarray(height_m, dtype=float), 0.0) / _VAPOUR_SCALE_M)
    return np.exp(-_VAPOUR_DEPTH * air_mass * above)
