"""Map and globe in a real browser, with answers of our own in the server's place (benchmarks/_console_page.py)."""

import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

DIST = Path(__file__).resolve().parents[2] / "console" / "dist"
OBJECTS = 2_000
BRIGHTER = 20.0  # grey levels: the Sahara over the Atlantic in our dimmed imagery has some 60
PATIENCE_S = 120
LIT = """() => {
    const c = document.querySelector("[data-testid=map-points]");
    const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
    let n = 0;
    for (let i = 3; i < d.length; i += 4) if (d[i] > 100) n++;
    return n;
}"""

pytestmark = [
    pytest.mark.skipif(not (DIST / "index.html").exists(), reason="the console is not built: ./run console"),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium: apt-get install chromium"),
]


def _opened(query: str, tracks: int = 0) -> Any:
    pytest.importorskip("playwright", reason="drives the browser")
    from benchmarks._console_page import console

    return console(DIST, query, OBJECTS, tracks)


def _grey(png: bytes) -> Any:
    image = pytest.importorskip("PIL.Image", reason="reads the picture")
    return np.asarray(image.open(io.BytesIO(png)).convert("L"), dtype=float)


def test_the_flat_map_draws_tracks_and_catalogue_without_webgl() -> None:
    with _opened("?layout=map&gl=off", tracks=20) as (page, second):
        page.set_default_timeout(PATIENCE_S * 1000)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.locator("[data-testid=map][data-tracks='20']").wait_for()
        lit = 0
        for _ in range(PATIENCE_S):  # a busy machine counts the objects soon and draws them when it comes to it
            second()
            if page.locator(f"[data-testid=map][data-points='{OBJECTS}']").count():
                lit = page.evaluate(LIT)
            if lit > OBJECTS // 10:
                break
        assert page.locator(f"[data-testid=map][data-points='{OBJECTS}']").count() == 1
        assert lit > OBJECTS // 10  # far fewer are hidden behind each other or out of view
        page.get_by_test_id("map-table-button").click()
        page.locator("[data-testid^=map-row-object-]").nth(19).wait_for()
        assert page.locator("[data-testid^=map-row-object-]").count() == 20
        assert troubles == []  # such as effects that set off each other: objects all over the Earth fit into no view


@pytest.mark.slow
def test_the_globe_has_land_and_sea_and_is_no_empty_page() -> None:
    with _opened("?layout=map&view=globe&gfx=lite") as (page, second):
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        for _ in range(PATIENCE_S):
            second()
            if page.locator("[data-testid=globe][data-ready=true]").count():
                break
        assert page.locator("[data-testid=globe][data-ready=true]").count() == 1, "no tiles after two minutes"
        second()
        grey = _grey(page.get_by_test_id("globe-scene").screenshot())
        tall, wide = grey.shape
        # the view begins over 20 north, 20 west: sea; the Sahara lies to its right, where the globe is brightest
        sea = np.median(grey[tall // 2 - 8 : tall // 2 + 8, wide // 2 - 30 : wide // 2 - 14])
        right = grey[tall // 2 - 40 : tall // 2 + 10, wide // 2 + 30 : wide // 2 + tall // 3]
        corners = [(i, j) for i in range(0, 36, 12) for j in range(0, right.shape[1], 12)]
        assert max(np.median(right[i : i + 12, j : j + 12]) for i, j in corners) > sea + BRIGHTER
        assert troubles == []
