"""Processes that come second to the watch, and by how much: `VEDETTE_NICENESS` where somebody knows better."""

import os

DEFAULT = 10


def step_back(niceness: int = DEFAULT) -> None:
    """Let other processes go first; 0 in VEDETTE_NICENESS (a machine with cores to spare, tests) lets nobody."""
    stated = os.environ.get("VEDETTE_NICENESS", "")
    if hasattr(os, "nice"):
        os.nice(min(int(stated), 19) if stated.isdigit() else niceness)
