"""The interface of whoever turns scans into findings about objects.

The engine folds scans through followers and knows nothing of what they do; a follower is causal and deterministic: same
scans in the same order, same findings.
"""

from typing import Protocol

from vedette.reports import Alert, Finding, ObjectSummary, Prediction, Scan

Said = tuple[Finding | Alert, ...]


class Follower(Protocol):
    """Turns scans into findings, alerts, objects and predictions."""

    def absorb(self, scan: Scan) -> Said:
        """Believe a scan; what can be said because of it."""
        ...

    def settle(self, t_tai_ns: int) -> Said:
        """The feed has ended at this instant; what remains to be said ("lost")."""
        ...

    def objects(self) -> tuple[ObjectSummary, ...]:
        """What is believed of every object."""
        ...

    def alerts(self) -> tuple[Alert, ...]:
        """Every alert in its newest revision."""
        ...

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Where each object that can be predicted will be at an instant."""
        ...
