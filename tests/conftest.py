"""What holds for every test: laws are tried on the same examples each time, and no test is judged by the clock."""

import os

# Before NumPy is imported: workers run side by side, one thread each
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# Two workers keep two cores busy: what steps back for them would never have its turn
os.environ.setdefault("VEDETTE_NICENESS", "0")

from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def pytest_collection_finish():
    """No module that a test imports may leave the process on fewer cores: every test, server and browser after it would
    share them."""
    assert not CORES or os.sched_getaffinity(0) == CORES, "an import has bound the tests to fewer cores"


SLOWEST_FIRST = (  # so that of two workers none is left alone with a long one at the end
    "tests/console/test_story.py", "tests/console/", "tests/docs/", "tests/doors/server/", "tests/doors/export/",
    "tests/doors/after_action/", "tests/rehearsals/", "tests/reality/", "tests/doors/", "tests/exercise/",
    "tests/assessment/", "tests/catalogue/",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """Servers, browsers and whole watches begin first; within a file the order stays."""
    items.sort(key=lambda item: next((n for n, one in enumerate(SLOWEST_FIRST) if item.nodeid.startswith(one)), 99))
