"""Lists the soaks, or runs the one named with the options given."""

import importlib
import pkgutil
import sys

from tools import soak
from vedette.doors.closed_pipe import until_read_enough


def main(words: list[str]) -> int:
    """Exit code: of the soak, or 4 when none has such a name."""
    names = [info.name for info in pkgutil.iter_modules(soak.__path__) if not info.name.startswith("_")]
    if not words or words[0] in ("-h", "--help"):
        for name in names:
            sys.stdout.write(f"  ./run soak {name:<12} {importlib.import_module(f'tools.soak.{name}').WHAT}\n")
        return 0
    name = words[0].replace("-", "_")
    if name not in names:
        sys.stderr.write(f"run: there is no soak {words[0]!r}; there are {', '.join(names)}\n")
        return 4
    trial = importlib.import_module(f"tools.soak.{name}")
    if {"-h", "--help"} & set(words):
        sys.stdout.write(trial.__doc__ or trial.WHAT)
        return 0
    return int(trial.run(words[1:]))


if __name__ == "__main__":
    sys.exit(until_read_enough(lambda: main(sys.argv[1:])))
