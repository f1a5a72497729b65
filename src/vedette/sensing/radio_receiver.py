"""What decides how much noise a radar hears: its frequency, its beam, its side lobes, and its own noise.

Few sites publish all of these. What is not given is drawn from what is: a radar that measures angles to `s` at the
customary 13 dB has a beam some ten times as wide (Skolnik, *Introduction to Radar Systems*, 3rd ed., sec. 6.3: sigma =
beam / (1.6 sqrt(2 SNR))), and a beam of a by b degrees has a gain of 26,000 / (a b) (Stutzman and Thiele,
*Antenna Theory and Design*, eq. 7-95).
"""

from dataclasses import dataclass
from math import isfinite, log10, radians
from typing import Final

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Scalar
from vedette.sensing.radar import Radar

BOLTZMANN_J_K: Final = 1.380649e-23  # exact, SI 2019
LIGHT_MPS: Final = 299_792_458.0  # exact
BEAM_PER_SIGMA: Final = 1.6 * np.sqrt(2.0 * 10.0**1.3)  # half-power beam over one sigma of angle at 13 dB: 10.1
USUAL_FREQUENCY_MHZ: Final = 430.0  # long-range warning radars work at UHF


@dataclass(frozen=True, slots=True)
class Receiver:
    """The receiving side of a radar.

    `sidelobe_db` is the mean gain outside the main beam over an isotropic antenna (negative for a good one);
    `noise_k` is the system's noise temperature, antenna and receiver together; a strobe is reported where noise in the
    main beam rises by at least `strobe_threshold_db`.
    """

    frequency_mhz: float = USUAL_FREQUENCY_MHZ
    beam_azimuth_deg: float = 2.0
    beam_elevation_deg: float = 2.0
    sidelobe_db: float = -5.0
    noise_k: float = 450.0
    strobe_threshold_db: float = 1.0
    measures_elevation: bool = True

    def __post_init__(self) -> None:
        for key in ("frequency_mhz", "beam_azimuth_deg", "beam_elevation_deg", "noise_k", "strobe_threshold_db"):
            if not 0.0 < getattr(self, key) < float("inf"):
                raise UsageError(f"receiver: {key} = {getattr(self, key)} must be positive")
        if not (isfinite(self.sidelobe_db) and self.sidelobe_db < self.gain_db):
            beam = f"the beam's {self.gain_db:.1f} dB"
            raise UsageError(f"receiver: side lobes of {self.sidelobe_db} dB are no lower than {beam}")

    @property
    def wavelength_m(self) -> float:
        """In vacuum."""
        return LIGHT_MPS / (self.frequency_mhz * 1e6)

    @property
    def gain_db(self) -> float:
        """Of the main beam's middle over an isotropic antenna."""
        return 10.0 * log10(26_000.0 / (self.beam_azimuth_deg * self.beam_elevation_deg))

    @property
    def noise_w_hz(self) -> float:
        """Spectral power of the receiver's own noise."""
        return BOLTZMANN_J_K * self.noise_k

    @property
    def beam_rad(self) -> tuple[float, float]:
        """Half-power width in azimuth (on the horizon) and elevation."""
        return radians(self.beam_azimuth_deg), radians(self.beam_elevation_deg)

    def area_m2(self, off_azimuth_rad: Scalar | float, off_elevation_rad: Scalar | float) -> Scalar:
        """(...) effective area towards a source so far off the beam's middle: a Gaussian beam on a floor of side lobes.

        Effective area is gain times wavelength squared over 4 pi (ITU-R P.525); offsets are angles on the sky.
        """
        wide, high = self.beam_rad
        fall = (np.asarray(off_azimuth_rad) / wide) ** 2 + (np.asarray(off_elevation_rad) / high) ** 2
        gain = 10.0 ** (self.gain_db / 10.0) * np.exp(-4.0 * np.log(2.0) * np.minimum(fall, 50.0))
        floor = 10.0 ** (self.sidelobe_db / 10.0)
        return np.maximum(gain, floor) * self.wavelength_m**2 / (4.0 * np.pi)


def receiver_of(radar: Radar, frequency_mhz: float | None = None) -> Receiver:
    """A receiver that fits a radar's stated angle sigmas, at its frequency or the one given."""
    azimuth, elevation, _, _ = radar.sigmas
    own = getattr(radar, "frequency_mhz", None)
    return Receiver(
        frequency_mhz=frequency_mhz or own or USUAL_FREQUENCY_MHZ,
        beam_azimuth_deg=float(np.clip(np.degrees(azimuth) * BEAM_PER_SIGMA, 0.1, 20.0)),
        beam_elevation_deg=float(np.clip(np.degrees(elevation) * BEAM_PER_SIGMA, 0.1, 20.0)),
    )
