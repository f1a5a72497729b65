"""Runs every benchmark, or those whose name contains the words given, and prints one JSON line for each.

`tracking` is a family of its own: ours beside the peers' (`benchmarks.tracking`), with `--quick` for small sizes. A
module with a `run(options)` of its own is a comparison too: it runs when it is named, and is given the options.
"""

import importlib
import json
import pkgutil
import platform
import sys
import time
from collections.abc import Callable

import benchmarks
from vedette.doors.closed_pipe import until_read_enough

REPEATS = 5
NOT_ALONE = {"harness", "peers", "tracking"}  # the comparison with peers, and what it stands on


def best_of(work: Callable[[], int]) -> tuple[float, int]:
    """Shortest time of a few, in seconds, and how many things were done; the first run compiles and is not counted."""
    work()
    taken_s = []
    count = 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        count = work()
        taken_s.append(time.perf_counter() - start)
    return min(taken_s), count


def main(names: list[str]) -> int:
    """Exit code 4 when no benchmark has such a name."""
    modules = [info.name for info in pkgutil.iter_modules(benchmarks.__path__)]
    modules = [name for name in modules if not name.startswith("_") and name not in NOT_ALONE]
    if {"-h", "--help"} & set(names):
        for name in [one for one in modules if one in names] or modules:
            words = importlib.import_module(f"benchmarks.{name}").__doc__ or ""
            sys.stdout.write(f"./run bench {name}\n\n{words if name in names else words.splitlines()[0]}\n")
        return 0
    if names[:1] == ["tracking"]:
        from benchmarks import harness

        harness.use_one_core()
        return importlib.import_module("benchmarks.tracking").run(names[1:])
    names, options = [n for n in names if not n.startswith("--")], [n for n in names if n.startswith("--")]
    chosen = [name for name in modules if not names or any(word in name for word in names)]
    if not chosen:
        sys.stderr.write(f"no benchmark is called {' or '.join(names)}; there are {', '.join(modules)}\n")
        return 4
    for name in chosen:
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "run"):
            if names and module.run(options):
                return 1
            continue
        taken_s, count = best_of(module.prepare())
        line = {
            "benchmark": name,
            "what": module.WHAT,
            "per_second": round(count / taken_s, 1),
            "seconds": round(taken_s, 6),
            "count": count,
            "python": platform.python_version(),
            "machine": platform.machine(),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(until_read_enough(lambda: main(sys.argv[1:])))
