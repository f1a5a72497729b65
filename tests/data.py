"""Where real data lies: `$VEDETTE_DATA`, or `../shared/data` beside the repository.

Tests skip, with the reason, without it.
"""

import os
from pathlib import Path

import pytest


def real_data(*parts: str) -> Path:
    """The path of a file or folder of real data, or a skip that says what is missing."""
    root = Path(os.environ.get("VEDETTE_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data {'/'.join(parts)} is not at {root}; set VEDETTE_DATA")
    return path
