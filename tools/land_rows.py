"""Makes `core/tables/land_rows.csv` from an outline of the world's land: `python -m tools.land_rows land-50m.json`.

The outline is Natural Earth's land at 1:50,000,000 (public domain, naturalearthdata.com) in TopoJSON, as the npm
package `world-atlas` ships it. For every quarter degree of latitude the longitudes are kept at which a parallel
crosses a coast, to a twentieth of a degree; land and water narrower than a tenth are left out. The outline itself is
not kept, and nothing reads it but this tool.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

STEP_DEG, LEAST_DEG, GRAIN_DEG = 0.25, 0.1, 0.05
ALL_LAND_BELOW_DEG = -86.0
TABLE = Path(__file__).resolve().parents[1] / "src/vedette/core/tables/land_rows.csv"
HEAD = """\
# Where there is land: for the parallel in the middle of each quarter degree, the longitudes (in twentieths of a degree,
# from -180) at which it passes from water to land and back. Made by tools/land_rows.py from Natural Earth's land at
# 1:50,000,000 (public domain, naturalearthdata.com). A coast is right within some 15 km; lakes count as land.
lat_deg,crossings
"""


def rings(topology: dict[str, Any]) -> list[np.ndarray]:
    """(n, 2) longitude (running on beyond 180) and latitude, degrees, of every closed outline, holes too."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> np.ndarray:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in numbers]
        line = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
        line[:, 0] = np.unwrap(line[:, 0], period=360.0)  # outlines run on across the date line
        return line

    found: list[np.ndarray] = []
    for shape in topology["objects"]["land"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        found += [ring(numbers) for polygon in polygons for numbers in polygon]
    return found


def crossings(outlines: list[np.ndarray], lat_deg: float) -> list[int]:
    """Where a parallel crosses the outlines, in twentieths of a degree from -180; an even number, rising."""
    found: list[float] = []
    for ring in outlines:
        a, b = ring[:-1], ring[1:]
        cut = (a[:, 1] <= lat_deg) != (b[:, 1] <= lat_deg)
        share = (lat_deg - a[cut, 1]) / (b[cut, 1] - a[cut, 1])
        lons = a[cut, 0] + share * (b[cut, 0] - a[cut, 0])
        for turn in (-360.0, 0.0, 360.0):
            found += (lons + turn).tolist()
    found.sort()
    if lat_deg < ALL_LAND_BELOW_DEG:
        return [0, round(360.0 / GRAIN_DEG)]  # the outline has no edge along the pole
    joined: list[list[float]] = []
    for west, east in zip(found[::2], found[1::2], strict=False):
        west, east = max(west, -180.0), min(east, 180.0)
        if west >= east:
            continue
        if joined and west - joined[-1][1] < LEAST_DEG:
            joined[-1][1] = east
        else:
            joined.append([west, east])
    wide = [run for run in joined if run[1] - run[0] >= LEAST_DEG]
    return [round((lon + 180.0) / GRAIN_DEG) for run in wide for lon in run]


def main() -> int:
    """Write the table."""
    outlines = rings(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    lines = []
    for lat_deg in np.arange(-90.0 + STEP_DEG / 2.0, 90.0, STEP_DEG):
        lines.append(f"{lat_deg:g},{' '.join(map(str, crossings(outlines, float(lat_deg))))}")
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
