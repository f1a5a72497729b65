"""How pictures look: one style sheet, by tokens; light, dark and paper.

The row of eight colours is that of Okabe and Ito (2008), which eyes of every kind tell apart, dimmed for text on white;
lines differ by their dashes too, and every line is named where it ends.
"""

from importlib.resources import files

STYLE = files(__name__.rpartition(".")[0]).joinpath("drawing.css").read_text(encoding="utf-8")
