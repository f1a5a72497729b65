"""What a radar's band usually means, where nothing better is published: frequency, noise, reach, and what air leaves.

Figures are round orders of magnitude of the open literature, the same for all radars of a band: Skolnik, *Radar
Handbook* (3rd edition, 2008), chapters 1 (bands) and 9 (accuracy: a hundredth to a twentieth of the beam at useful
signals); Barton, *Radar System Analysis and Modeling* (2005), chapter 8; US Army TRADOC fact sheets are not used.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Scalar
from vedette.frames import refracted_from_true
from vedette.sensing.ionosphere import ionospheric_delay_m

USUAL_TEC_UNITS = 20.0
LEFT_BY_MODEL = 0.3  # of the ionospheric delay, after a broadcast model (Klobuchar 1987: it removes half or more, rms)
LEFT_BY_MEAN_AIR = 0.1  # of refraction, after the mean atmosphere (`frames.refraction`)


@dataclass(frozen=True, slots=True)
class Band:
    """One band's usual figures."""

    frequency_mhz: float
    range_sigma_m: float
    angle_sigma_deg: float
    range_rate_sigma_mps: float
    revisit_s: float


BANDS: dict[str, Band] = {
    "VHF": Band(160.0, 100.0, 0.20, 20.0, 10.0),
    "UHF": Band(435.0, 30.0, 0.10, 5.0, 5.0),
    "L": Band(1_300.0, 15.0, 0.05, 2.0, 5.0),
    "S": Band(3_000.0, 10.0, 0.03, 1.0, 2.0),
    "C": Band(5_500.0, 5.0, 0.02, 0.5, 1.0),
    "X": Band(10_000.0, 3.0, 0.01, 0.3, 1.0),
    "Ku": Band(16_000.0, 2.0, 0.01, 0.2, 1.0),
    "Ka": Band(35_000.0, 1.0, 0.005, 0.1, 1.0),
}


def band_of(word: str) -> str:
    """The band that a word such as "S-Band", "UHF/VHF" or "P-Band" names first; UsageError when it names none."""
    first = word.replace("-Band", "").replace("SGLS", "").replace("SRP", "").split("/")[0].strip()
    name = {"P": "UHF"}.get(first, first)
    if name not in BANDS:
        raise UsageError(f"band {word!r} is not known; there are {', '.join(BANDS)}")
    return name


def air_left_over(
    frequency_mhz: float, elevation_rad: Scalar | float, range_m: Scalar | float, height_m: float, tec_units: float
) -> tuple[Scalar, Scalar]:
    """One sigma of elevation (rad) and range (m) that corrections for the mean air and ionosphere leave, all (...).

    Troposphere: a tenth of the correction. Ionosphere, for objects above it: three tenths of the delay at
    `tec_units`; below 350 km in proportion to height, which is rough.
    """
    elevation, reach = np.broadcast_arrays(np.asarray(elevation_rad, dtype=float), np.asarray(range_m, dtype=float))
    bent, longer_m = refracted_from_true(elevation, reach, height_m)
    height = np.sqrt(6_371e3**2 + reach**2 + 2.0 * 6_371e3 * reach * np.sin(elevation)) - 6_371e3
    share = np.clip(height / 350e3, 0.0, 1.0)
    delay_m = share * ionospheric_delay_m(frequency_mhz, np.maximum(elevation, 0.0), tec_units)
    return LEFT_BY_MEAN_AIR * np.abs(bent - elevation), np.hypot(
        LEFT_BY_MEAN_AIR * np.abs(longer_m - reach), LEFT_BY_MODEL * delay_m
    )
