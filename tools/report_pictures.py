"""Takes the pictures of the guide out of a report: `python -m tools.report_pictures REPORT.html`.

The report is that of `vedette report JOURNAL -o REPORT.html` for a journal of the packaged story two-launches, seed 1.
Writes docs/pictures/report-NAME.svg, each with the report's own style sheet, so that it stands alone.
"""

import re
import sys
from pathlib import Path

from vedette.doors.drawing import STYLE

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SHOWN = ("map", "timeline", "belief-0", "size-0", "honesty")


def main() -> int:
    """Write them."""
    page = Path(sys.argv[1]).read_text(encoding="utf-8")
    for name in SHOWN:
        found = re.search(rf'<svg [^>]*aria-labelledby="{name}-t [^>]*>.*?</svg>', page, re.DOTALL)
        if found is None:
            sys.stderr.write(f"{sys.argv[1]} has no picture {name}\n")
            return 4
        head, rest = found[0].split(">", 1)
        (FOLDER / f"report-{name}.svg").write_text(f"{head}><style>{STYLE}</style>{rest}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
