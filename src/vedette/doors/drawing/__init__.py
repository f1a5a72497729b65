"""Pictures as text: SVG made by small functions, for the report, the notebook and nothing that needs a script.

Every picture says in words what it shows (`<title>`, `<desc>`), takes its colours from `STYLE` so that light, dark and
paper differ by a style sheet alone, and gives the same bytes for the same figures.
"""

from vedette.doors.drawing.line_plot import Line, line_plot
from vedette.doors.drawing.reliability import Share, reliability_plot
from vedette.doors.drawing.stack_plot import stack_plot
from vedette.doors.drawing.strips import Mark, Strip, strip_plot
from vedette.doors.drawing.style import STYLE
from vedette.doors.drawing.world_map import MapArea, MapLine, MapPoint, world_map

__all__ = [
    "STYLE",
    "Line",
    "MapArea",
    "MapLine",
    "MapPoint",
    "Mark",
    "Share",
    "Strip",
    "line_plot",
    "reliability_plot",
    "stack_plot",
    "strip_plot",
    "world_map",
]
