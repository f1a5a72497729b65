"""What is known of laser targets: where they reflect, and how sunlight pushes them.

Centre-of-mass corrections: International Laser Ranging Service, mission pages (values for single stations differ by
millimetres). Area over mass times radiation coefficient: from mass and diameter there, with 1.13 for LAGEOS (Tapley
et al. 1993) and about one for the others.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One satellite: how much nearer than its centre of mass it reflects, and its push by light and air."""

    name: str
    centre_of_mass_m: float
    radiation_m2_kg: float
    drag_m2_kg: float = 0.0


TARGETS: dict[int, Target] = {
    8820: Target("LAGEOS-1", 0.251, 1.13 * 6.94e-4),
    22195: Target("LAGEOS-2", 0.251, 1.13 * 6.97e-4),
    19751: Target("ETALON-1", 0.576, 1.2 * 9.29e-4),
    20026: Target("ETALON-2", 0.576, 1.2 * 9.29e-4),
    7646: Target("STARLETTE", 0.075, 1.13 * 9.57e-4, 2.2 * 9.57e-4),
    22824: Target("STELLA", 0.075, 1.13 * 9.43e-4, 2.2 * 9.43e-4),
    16908: Target("AJISAI", 1.010, 1.03 * 5.30e-3, 2.4 * 5.30e-3),
    38077: Target("LARES", 0.133, 1.07 * 2.69e-4),
}
UNKNOWN = Target("", 0.0, 0.02, 0.02)  # some square metre on a hundred kilograms
