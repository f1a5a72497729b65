"""A budget of launch fits: so many a second of measured time, the most urgent first.

A fit takes some seconds of a core. Two hundred objects that all ask at once would stop the watch; they are
served in order of need, and until their turn each has the quick products.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vedette.assessment.candidates.policy import RaidRules
from vedette.core.constants import NS_PER_S


@dataclass(frozen=True, slots=True)
class Asking:
    """An object that is due for a fit."""

    key: str
    overdue: float  # how long it has waited, in units of its own pace; infinite: never fitted
    waits_since_tai_ns: int


class FitBudget:
    """A bucket of fits that fills with measured time."""

    def __init__(self, rules: RaidRules) -> None:
        self._rules = rules
        self._left = rules.burst
        self._t_tai_ns: int | None = None

    def grant(self, asking: Iterable[Asking], t_tai_ns: int) -> frozenset[str]:
        """Whose turn it is now: most overdue first, then whoever has waited longest, then by name."""
        if self._t_tai_ns is not None:
            passed_s = max(t_tai_ns - self._t_tai_ns, 0) / NS_PER_S
            self._left = min(self._left + passed_s * self._rules.fits_per_s, self._rules.burst)
        self._t_tai_ns = max(t_tai_ns, self._t_tai_ns or t_tai_ns)
        order = sorted(asking, key=lambda one: (-one.overdue, one.waits_since_tai_ns, one.key))
        taken = order[: int(self._left)]
        self._left -= len(taken)
        return frozenset(one.key for one in taken)
