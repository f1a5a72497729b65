"""A night in a notebook: pictures, objects, alerts and tracks show themselves as tables with a small map.

In Jupyter nothing has to be called: a picture as the last line of a cell is drawn, without JavaScript and without
anything from outside. What a notebook asks for is `_repr_html_`; this script asks for it too, cell by cell, and leaves
a page as the notebook would look, and the map by itself. At the end the journal's page and files are one call each.

Run it:  python docs/tutorials/a_night_in_a_notebook.py      (page and map go to $VEDETTE_OUT, or to out/)
"""

import os
import re
from pathlib import Path

import vedette as vd
from vedette.doors.drawing import STYLE
from vedette.doors.export import export_picture
from vedette.doors.notebook import show

out = Path(os.environ.get("VEDETTE_OUT", "out"))
out.mkdir(parents=True, exist_ok=True)
cells = []


def cell(title, thing):
    """What a notebook does with the last line of a cell."""
    cells.append(f"<h2>{title}</h2>{thing._repr_html_()}")


# Watch until the first alert is proposed: something burns, two satellites agree, a launch is declared.
for picture in vd.watch("two-launches", seed=1):
    if picture.new_alerts:
        break

(launched,) = picture.objects
show(picture)  # importing `show` gave every class its `_repr_html_`; in Jupyter, `import vedette` is enough
cell("the picture", picture)
cell("what was seen: O1", launched)
cell("where it left the ground", launched.launch)
cell("the alert", picture.alerts[0])

# Any follower's tracker shows its tracks the same way
(tracker,) = {id(f.tracker): f.tracker for f in picture.followers.values() if hasattr(f, "tracker")}.values()
cell("its tracks", tracker.tracks)

area = next(one for one in launched.launch.areas if one.probability == 0.9)
print(f"{launched.id} at {picture.t_now_tai_ns}: most likely {launched.class_name}")
print(f"launch {launched.launch.lat_deg:.2f} deg, {launched.launch.lon_deg:.2f} deg, 90 % area {area.area_km2:.0f} km2")
for words in picture.alerts[0].reasons_against:
    print(f"against it: {words}")

head = "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>A night in a notebook</title><body>"
(out / "a_night_in_a_notebook.html").write_text(head + "".join(cells), encoding="utf-8")
svg = re.search(r"<svg.*?</svg>", cells[0], re.DOTALL)[0]
(out / "a_night_in_a_notebook.svg").write_text(svg.replace("><", f"><style>{STYLE}</style><", 1), encoding="utf-8")

# The same picture for other programs; a journal goes by `export(path, "czml")` and `report_html(path)`
print(f"as GeoJSON it has {len(export_picture(picture, 'geojson')):,} bytes")
