"""Pictures as text: well-formed, said in words, right about where land is, and never out of their frame."""

import re
from itertools import pairwise
from math import isnan, nan
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.typing.sea import sea_share
from vedette.doors.drawing import (
    STYLE,
    Line,
    MapArea,
    MapLine,
    MapPoint,
    Mark,
    Share,
    Strip,
    line_plot,
    reliability_plot,
    stack_plot,
    strip_plot,
    world_map,
)
from vedette.doors.drawing.svg import num, second_ticks, spread, ticks
from vedette.doors.drawing.world_map import coasts

EVIL = "<script>alert('x')</script> & \"more\""


def pictures():
    times, shares = [0.0, 10.0], {f"a{EVIL}": [0.3, 0.9], "b": [0.7, 0.1]}
    return {
        "line": line_plot(
            "p", EVIL, EVIL, [Line(EVIL, [(0, 1.0), (5, nan), (9, 4.0)])], x_label=EVIL, y_label=EVIL, marks=[(1, EVIL)]
        ),
        "stack": stack_plot("p", EVIL, EVIL, times, shares, t_end=20.0, x_label=EVIL, marks=[(5.0, EVIL)]),
        "strips": strip_plot(
            "p", EVIL, EVIL, [Strip(EVIL, [0, 3, -1], [Mark(1, "diamond", 2, EVIL)], [(2, 3)])], t_span=(0, 9),
            x_label=EVIL,
        ),
        "honesty": reliability_plot("p", EVIL, EVIL, {EVIL: [Share(0.5, 0.4, 10, (0.2, 0.7))]}),
        "map": world_map(
            "p", EVIL, EVIL, areas=[MapArea([1, 2, 1.5], [179, -179, -178], 0, "wash", EVIL)],
            lines=[MapLine([0, 3], [178, -177])], points=[MapPoint(1, 180, EVIL, 0, "triangle")],
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["line", "stack", "strips", "honesty", "map"])
def test_a_picture_is_well_formed_and_told_in_words(name):
    text = pictures()[name]
    root = ElementTree.fromstring(text)
    inside = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert "script" not in inside and root.get("role") == "img"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}" and float(root.get("width")) >= 600
    ids = {one.get("id"): one.text for one in root.iter() if one.get("id")}
    assert [ids[key] for key in root.get("aria-labelledby").split()] == [EVIL, EVIL]
    assert "nan" not in text and "inf" not in re.sub(r"<[^>]*>[^<]*", lambda m: m[0].split(">")[0], text)
    assert text == pictures()[name]
    classes = {cls for one in root.iter() for cls in (one.get("class") or "").split()}
    assert all(f".{cls}" in STYLE for cls in classes)


def test_nothing_to_draw_is_nothing():
    assert line_plot("p", "", "", [Line("a", [(0.0, nan)])], x_label="", y_label="") == ""
    assert stack_plot("p", "", "", [], {}, t_end=1.0, x_label="") == ""
    assert reliability_plot("p", "", "", {"a": []}) == ""
    assert strip_plot("p", "", "", [], t_span=(0, 1), x_label="") == ""


def test_coasts_agree_with_the_table_of_land():
    """The same places, judged by the outlines' even-odd rule and by the packaged rows of land, away from coasts."""
    rng = np.random.default_rng(5)
    lat = np.degrees(np.arcsin(rng.uniform(-0.98, 0.98, 900)))
    lon = rng.uniform(-180.0, 180.0, 900)
    sea = np.array([sea_share(a, b) for a, b in zip(lat, lon, strict=True)])
    inside = np.zeros(900, dtype=int)
    for ring in coasts():
        x, y = np.array(ring).T
        x2, y2 = np.roll(x, -1), np.roll(y, -1)
        for i in range(900):
            crosses = (y > lat[i]) != (y2 > lat[i])
            at = x[crosses] + (lat[i] - y[crosses]) / (y2 - y)[crosses] * (x2 - x)[crosses]
            inside[i] += np.count_nonzero(at > lon[i])
    clear = (sea == 0.0) | (sea == 1.0)
    agree = (inside % 2 == 1)[clear] == (sea == 0.0)[clear]
    assert clear.sum() > 780 and agree.mean() > 0.985  # small islands and lakes are on one of them only


def test_a_map_over_the_date_line_shows_both_sides_close_together():
    text = world_map("p", "", "", points=[MapPoint(10, 179.0, "a"), MapPoint(11, -179.0, "b")], wide=900.0)
    xs = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', text)]
    assert len(xs) == 2 and xs[0] < xs[1] < 900.0
    assert "179°W" in text and "179°E" in text


@given(st.lists(st.tuples(st.floats(-89, 89), st.floats(-180, 180)), min_size=1, max_size=12))
@settings(max_examples=40)
def test_every_mark_lies_in_the_frame(places):
    text = world_map("p", "", "", points=[MapPoint(lat, lon) for lat, lon in places])
    width, height = (float(x) for x in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups())
    found = re.findall(r'<circle cx="(-?[\d.]+)" cy="(-?[\d.]+)"', text)
    assert all(-8 <= float(x) <= width + 8 and -8 <= float(y) <= height + 8 for x, y in found)
    spread_deg = max(lat for lat, _ in places) - min(lat for lat, _ in places)
    if spread_deg < 60 and len({round(lon) for _, lon in places}) == 1:
        assert len(found) == len(places)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 10))
def test_ticks_are_round_inside_and_few(low, span, most):
    found = ticks(low, low + span, most)
    assert len(found) <= most + 2 and all(low - span * 1e-6 <= x <= low + span * (1 + 1e-6) for x in found)
    times = second_ticks(low, low + span, most)
    assert len(times) <= most + 2


@given(st.lists(st.floats(0, 200), max_size=9))
def test_labels_are_moved_apart(places):
    found = spread(places, 14.0, 0.0, 200.0)
    order = sorted(found)
    assert all(b - a >= 14.0 - 1e-9 for a, b in pairwise(order))
    assert all(-1e-9 <= x <= 200.0 + 1e-9 for x in found)


def test_numbers_are_short():
    assert [num(x) for x in (1.0, -0.001, 2.5, 1234.567)] == ["1", "0", "2.5", "1234.57"] and isnan(nan)


def contrast(one, other):
    """Of two colours [WCAG 2.2, 1.4.3]."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_the_paper(theme):
    blocks = re.findall(r"\.vd \{([^}]*--paper[^}]*)\}", STYLE)
    colours = dict(re.findall(r"--([\w]+): (#[0-9a-f]{6})", blocks[theme]))
    for name in ("ink", "dim", *(f"c{i}" for i in range(8))):
        assert contrast(colours[name], colours["paper"]) >= 4.5, name
    for name in ("ink", "dim"):
        assert contrast(colours[name], colours["sea"]) >= 4.5, name
