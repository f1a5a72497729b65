"""A small map drawn with braille dots, for terminals: two by four dots a character.

A picture where people would rather look than read, with no graphics needed.
"""

from collections.abc import Sequence
from itertools import pairwise

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


class BrailleMap:
    """A window of latitude and longitude that lines, areas and marks are drawn into."""

    def __init__(self, columns: int, rows: int, lat_deg: tuple[float, float], lon_deg: tuple[float, float]) -> None:
        self.columns, self.rows = columns, rows
        self.lat_min_deg, self.lat_max_deg = lat_deg
        self.lon_min_deg, self.lon_max_deg = lon_deg
        self._cells = [[0] * columns for _ in range(rows)]
        self._styles: list[list[str]] = [[""] * columns for _ in range(rows)]
        self._letters: dict[tuple[int, int], tuple[str, str]] = {}

    def _dot_of(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        x = (lon_deg - self.lon_min_deg) / (self.lon_max_deg - self.lon_min_deg) * (2 * self.columns - 1)
        y = (self.lat_max_deg - lat_deg) / (self.lat_max_deg - self.lat_min_deg) * (4 * self.rows - 1)
        return x, y

    def _light(self, x: float, y: float, style: str) -> None:
        column, row = round(x) // 2, round(y) // 4
        if 0 <= column < self.columns and 0 <= row < self.rows and x >= -0.5 and y >= -0.5:
            self._cells[row][column] |= DOTS[round(y) % 4][round(x) % 2]
            self._styles[row][column] = style

    def line(
        self, lat_deg: Sequence[float], lon_deg: Sequence[float], style: str = "", is_closed: bool = False
    ) -> None:
        """Draw a line through points; `is_closed` joins the last to the first."""
        points = [self._dot_of(lat, lon) for lat, lon in zip(lat_deg, lon_deg, strict=True)]
        if is_closed and points:
            points.append(points[0])
        for (x0, y0), (x1, y1) in pairwise(points):
            steps = min(2000, max(1, int(max(abs(x1 - x0), abs(y1 - y0)))))
            for step in range(steps + 1):
                self._light(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps, style)

    def mark(self, lat_deg: float, lon_deg: float, letter: str, style: str = "") -> None:
        """Put a letter at a place, on top of any line."""
        x, y = self._dot_of(lat_deg, lon_deg)
        column, row = round(x) // 2, round(y) // 4
        for k, character in enumerate(letter):
            if 0 <= column + k < self.columns and 0 <= row < self.rows:
                self._letters[(row, column + k)] = (character, style)

    def cells(self) -> list[list[tuple[str, str]]]:
        """Rows of (character, style)."""
        rows = []
        for row in range(self.rows):
            line = []
            for column in range(self.columns):
                bits = self._cells[row][column]
                cell = (chr(0x2800 + bits) if bits else " ", self._styles[row][column])
                line.append(self._letters.get((row, column), cell))
            rows.append(line)
        return rows

    def text(self) -> str:
        """The map without styles."""
        return "\n".join("".join(character for character, _ in row) for row in self.cells())
