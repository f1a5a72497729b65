"""Draws docs/pictures/orbit-fit-lageos2.svg from the recorded ranges. `python -m tools.orbit_fit_picture`.

Needs the recorded data (VEDETTE_DATA) and matplotlib.
"""

from pathlib import Path

from tests.catalogue.orbits.real import lageos

from vedette.doors.orbit_fit_plot import draw_residuals

FILE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "orbit-fit-lageos2.svg"


def main() -> int:
    """Write it."""
    draw_residuals(lageos(("biases", "empirical", "srp")), FILE, "LAGEOS-2: what the orbit leaves of each range")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
