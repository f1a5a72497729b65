"""The made-up sky that benchmarks and tests share."""

from vedette.exercise.made_up_sky import T0_TAI_NS, population

__all__ = ["T0_TAI_NS", "population"]
