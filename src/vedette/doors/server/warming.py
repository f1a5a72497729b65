"""Kernels made before they are needed: the first launch must not wait a minute for a compiler.

Compiled code is kept on disk (numba's cache), so this is slow once, on a fresh checkout or after an update, and skipped
ever after. The way to make exactly the kernels that a watch needs is to watch: a story is played to its first launch.
"""

import os
from collections.abc import Callable
from pathlib import Path

STORY, SEED, SCANS = "two-launches", 1, 52  # the first fit of a launch comes with the last of them
OBJECTS = 200
# files whose kernels that play makes; when each has something in the cache, there is nothing to do
_KERNELS = (
    "assessment/flight_posterior.py", "assessment/profile_kernel.py", "assessment/typing/density_kernel.py",
    "catalogue/known_kernels.py", "motion/sgp4/bulk.py", "motion/boost.py", "tracking/kernels/row.py",
)  # fmt: skip


def is_cold() -> bool:
    """True when some kernel of the launch path was never compiled here, or is older than its file."""
    package = Path(__file__).resolve().parents[2]
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    for name in _KERNELS:
        source = package / name
        folder = source.parent / "__pycache__"
        places = Path(elsewhere).glob(f"**/{source.stem}.*.nbi") if elsewhere else folder.glob(f"{source.stem}.*.nbi")
        if not any(one.stat().st_mtime >= source.stat().st_mtime for one in places):
            return True
    return False


def warm(tell: Callable[[int, int], None], is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Play a story to its first launch, and nobody looks; `tell` hears how far it is, `is_wanted` may end it."""
    from vedette.engine import CatalogueGiven, Session, advance, open_picture
    from vedette.exercise.made_up_sky import population
    from vedette.formats.elements_pack import pack_elements
    from vedette.reports import Mode
    from vedette.scenario import make_scenario, read_story
    from vedette.sensing import format_sensors

    made = make_scenario(read_story(STORY), SEED)
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors)))
    packed, sha256 = pack_elements(population(OBJECTS, SEED, made.story.t_start_tai_ns))
    t = made.scans[0].t_received_tai_ns
    given = CatalogueGiven(t_received_tai_ns=t, source="", count=OBJECTS, sha256=sha256, packed=packed)
    picture = advance(picture, given)
    for number, scan in enumerate(made.scans[:SCANS], start=1):
        if not is_wanted():
            return
        picture = advance(picture, scan)
        tell(number, SCANS)
