"""The wheel and the source package bring the built console, so that whoever installs them needs no Node.

`./run console` builds it; a build from a checkout that has none builds it here when Node is at hand, and says so in one
sentence when it is not. An editable installation serves `console/dist` of the checkout and needs nothing of this.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = "vedette/doors/server/console"


class ConsoleHook(BuildHookInterface):
    """Puts `console/dist` into what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a build; `version` is `editable` or `standard`."""
        if version == "editable" or os.environ.get("VEDETTE_WITHOUT_CONSOLE") == "1":
            return
        console = Path(self.root) / "console"
        built = console / "dist"
        if not (built / "index.html").is_file():
            build_console(console)
        inside = INSIDE if self.target_name == "wheel" else "console/dist"
        build_data["force_include"][str(built)] = inside


def build_console(console: Path) -> None:
    """`npm ci` and the build; RuntimeError with the cure when that cannot be."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "the console is not built and there is no npm: run `./run console` first, "
            "or set VEDETTE_WITHOUT_CONSOLE=1 for a package without it"
        )
    for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([npm, *words], cwd=console, check=True)
