"""Makes `core/tables/coastlines.csv` from an outline of the world's land: `python -m tools.coastlines land-50m.json`.

The outline is Natural Earth's land at 1:50,000,000 (public domain, naturalearthdata.com) in TopoJSON, as the npm
package `world-atlas` ships it. Outlines are cut at the date line, corners that hardly matter are left out [Visvalingam
and Whyatt 1993], and so are islands and lakes too small to see on a map of a thousand dots across.
"""

import heapq
import json
import sys
from pathlib import Path

import numpy as np

from tools.land_rows import rings
from vedette.frames.map_pieces import map_pieces

LEAST_CORNER_DEG2 = 0.025  # twice the triangle that a corner makes with its neighbours
LEAST_RING_DEG2 = 0.15
GRAIN_DEG = 0.01
TABLE = Path(__file__).resolve().parents[1] / "src/vedette/core/tables/coastlines.csv"
HEAD = """\
# Coasts for maps: closed outlines of land, each a row of longitude and latitude by turns, in hundredths of a degree:
# the first corner, then steps from corner to corner. Cut at the date line; holes (inland seas) run the other way round.
# Made by tools/coastlines.py from Natural Earth's land at 1:50,000,000 (public domain, naturalearthdata.com).
steps
"""


def thinned(ring: np.ndarray) -> np.ndarray:
    """The corners (n, 2) that matter."""
    count = len(ring)
    before, after = [(i - 1) % count for i in range(count)], [(i + 1) % count for i in range(count)]
    version, is_left, left = [0] * count, [True] * count, count

    def size(i: int) -> float:
        a, b, c = ring[before[i]], ring[i], ring[after[i]]
        on_line = abs(abs(b[0]) - 180.0) < 1e-6  # the cut stays straight
        return 9.0 if on_line else abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    heap = [(size(i), i, 0) for i in range(count)]
    heapq.heapify(heap)
    while heap and left > 4:
        least, i, told = heapq.heappop(heap)
        if not is_left[i] or told != version[i]:
            continue
        if least > LEAST_CORNER_DEG2:
            break
        is_left[i], left = False, left - 1
        after[before[i]], before[after[i]] = after[i], before[i]
        for near in (before[i], after[i]):
            version[near] += 1
            heapq.heappush(heap, (size(near), near, version[near]))
    return ring[[i for i in range(count) if is_left[i]]]


def area_deg2(ring: np.ndarray) -> float:
    """Signed, positive when it runs counter-clockwise."""
    x, y = ring.T
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def main() -> int:
    """Write the table."""
    lines = []
    for ring in rings(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))):
        closed = ring[:-1] if np.allclose((ring[0] - ring[-1]) % 360.0, 0.0) else ring
        is_hole = area_deg2(closed) > 0.0 and not abs(ring[-1, 0] - ring[0, 0]) > 180.0  # TopoJSON turns clockwise
        for piece in map_pieces(np.radians(closed[:, ::-1]), step_rad=10.0):
            flat = np.degrees(piece[:, ::-1])
            if abs(area_deg2(flat)) < LEAST_RING_DEG2:
                continue
            corners = np.round(thinned(flat)[:: -1 if is_hole else 1] / GRAIN_DEG).astype(int)
            steps = np.vstack([corners[:1], np.diff(corners, axis=0)])
            lines.append(" ".join(str(x) for x in steps.ravel()))
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
