"""The terminal map puts things where they are."""

from hypothesis import given
from hypothesis import strategies as st

from vedette.doors.braille import BrailleMap


def dots_of(sheet: BrailleMap) -> set[tuple[int, int]]:
    """Every lit dot as (x, y), read back from the printed characters by the Unicode braille order."""
    order = {
        0x01: (0, 0),
        0x02: (0, 1),
        0x04: (0, 2),
        0x40: (0, 3),
        0x08: (1, 0),
        0x10: (1, 1),
        0x20: (1, 2),
        0x80: (1, 3),
    }
    return {
        (2 * column + dx, 4 * row + dy)
        for row, line in enumerate(sheet.text().split("\n"))
        for column, character in enumerate(line)
        if character != " "
        for bit, (dx, dy) in order.items()
        if ord(character) - 0x2800 & bit
    }


def test_corners_of_the_window_are_corners_of_the_sheet():
    sheet = BrailleMap(10, 5, (0.0, 10.0), (20.0, 40.0))
    sheet.line([10.0, 0.0], [20.0, 20.0])
    assert dots_of(sheet) == {(0, y) for y in range(20)}  # the western edge, north to south


def test_a_closed_line_comes_back_to_its_start():
    sheet = BrailleMap(10, 5, (0.0, 10.0), (0.0, 10.0))
    sheet.line([0.0, 0.0, 10.0, 10.0], [0.0, 10.0, 10.0, 0.0], is_closed=True)
    dots = dots_of(sheet)
    assert len(dots) == 2 * 20 + 2 * 20 - 4  # 20 by 20 dots: four edges, corners counted once


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(-90, 90), st.floats(-180, 180))
def test_nothing_outside_the_window_is_drawn_or_breaks_it(lat, lon, to_lat, to_lon):
    sheet = BrailleMap(12, 6, (lat, lat + 5.0), (lon, lon + 5.0))
    sheet.line([lat + 1.0, to_lat], [lon + 1.0, to_lon])
    sheet.mark(to_lat, to_lon, "X1")
    assert all(len(line) == 12 for line in sheet.text().split("\n"))
    assert dots_of(sheet) or "X" in sheet.text()


def test_a_mark_lies_on_top_of_lines():
    sheet = BrailleMap(10, 5, (0.0, 10.0), (0.0, 10.0))
    sheet.line([5.0, 5.0], [0.0, 10.0])
    sheet.mark(5.0, 5.0, "X")
    assert "X" in sheet.text()
