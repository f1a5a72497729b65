"""What a single look finds: signal against noise, for a radar echo and for a burning plume.

A radar echo of a tumbling body fades from look to look as Swerling's first case: the power is exponential, so the
chance to cross a threshold set for false alarms `Pfa` is `Pfa ** (1 / (1 + snr))` (Swerling 1954; Mahafza, *Radar
Systems Analysis and Design*, eq. 4.53 of the first edition). The mean signal falls with the fourth power of range.
"""

from typing import Final

import numpy as np
from scipy.special import ndtr

from vedette.core.shapes import Scalar

REFERENCE_SNR: Final = 10.0**1.3  # 13 dB: what "detects 1 m2 at so many km" customarily means


def snr_from_range(range_m: Scalar | float, rcs_m2: Scalar | float, range_1m2_m: float) -> Scalar:
    """Mean signal to noise (a power ratio) of an echo; 13 dB from 1 m2 at `range_1m2_m`, fourth power of range."""
    return REFERENCE_SNR * np.asarray(rcs_m2) * (range_1m2_m / np.asarray(range_m, dtype=float)) ** 4


def swerling1_detection_probability(snr: Scalar | float, false_alarm_probability: float) -> Scalar:
    """Chance that one look crosses the threshold; `snr` is a power ratio, not decibels."""
    return np.asarray(false_alarm_probability ** (1.0 / (1.0 + np.asarray(snr, dtype=float))))


def snr_for_chance(detection_probability: float, false_alarm_probability: float) -> float:
    """The Swerling-1 signal to noise that is found with this probability: `swerling1_detection_probability` undone."""
    if detection_probability >= 1.0:
        return float("inf")
    return float(np.log(false_alarm_probability) / np.log(detection_probability) - 1.0)


def plume_detection_probability(
    intensity_w_sr: Scalar | float, threshold_w_sr: Scalar | float, noise_w_sr: Scalar | float
) -> Scalar:
    """Chance that a plume of this apparent intensity crosses the threshold of a sensor with Gaussian noise."""
    return np.asarray(ndtr((np.asarray(intensity_w_sr, dtype=float) - threshold_w_sr) / noise_w_sr))
