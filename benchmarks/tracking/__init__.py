"""Ours beside the peers', on the same data in the same run: `./run bench tracking [WORD...] [--quick]`.

One module for each group of figures; `lines()` of each gives dictionaries made by `benchmarks.harness.line`.
"""

import importlib
import json
import os
import pkgutil
import platform
import sys

from benchmarks.harness import QUICK


def run(words: list[str]) -> int:
    """Print the lines of every module, or of those whose name holds one of the words; 4 when there is none."""
    if "--quick" in words:
        os.environ[QUICK] = "1"
    words = [word for word in words if word != "--quick"]
    modules = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    chosen = [name for name in modules if not words or any(word in name for word in words)]
    if not chosen:
        sys.stderr.write(f"no tracking benchmark is called {' or '.join(words)}; there are {', '.join(modules)}\n")
        return 4
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    for name in chosen:
        for row in importlib.import_module(f"{__name__}.{name}").lines():
            sys.stdout.write(json.dumps({**row, **machine}) + "\n")
            sys.stdout.flush()
    return 0
