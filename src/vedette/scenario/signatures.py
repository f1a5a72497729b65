"""How big and bright each generic class is to a sensor.

Round orders of magnitude of our own, for the returns only: nothing is estimated from them. Launch masses are those of
the class's public examples to within a factor of two.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Signature:
    """Mass at lift-off, and each stage's mass at ignition over that of the stage below."""

    launch_mass_kg: float
    stage_mass_ratio: float = 0.3


SIGNATURES: Final[dict[str, Signature]] = {
    "short-range-ballistic": Signature(6_000.0),
    "medium-range-ballistic": Signature(15_000.0),
    "intermediate-range-ballistic": Signature(35_000.0),
    "intercontinental-ballistic": Signature(60_000.0),
    "space-launch": Signature(200_000.0),
    "sounding-rocket": Signature(2_000.0),
}
OTHER: Final = Signature(10_000.0)


def signature_of(class_name: str) -> Signature:
    """The signature of a class; a middling one where none is listed."""
    return SIGNATURES.get(class_name, OTHER)
