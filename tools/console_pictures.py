"""The picture of the running console for the README and the guides: PYTHONPATH=src:. python -m tools.console_pictures

Needs what the console's tests need: Chromium, Playwright and a console that is built (`./run console`).
"""

import sys
import tempfile
from pathlib import Path

from tests.console.conftest import FLAGS, ROOT, Pages, chromium, serve
from tests.console.evening import make_evening

PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1400, "height": 875}


def main() -> int:
    """Play the evening, look at it, keep what is seen."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        served = serve(Path(name), *make_evening(Path(name)))
        chrome = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            served.wait(lambda: 'state="ended"} 1' in served.get("/metrics")[1], 600.0)
            pages = Pages(chrome)
            page = pages.open(served)
            page.set_viewport_size(SIZE)
            pages.log_in(page, "releasing-1", served.personas["releasing-1"])
            page.locator('[data-testid="alert-card"] button.head').first.click()
            page.keyboard.press("c")
            page.wait_for_timeout(3000)
            page.screenshot(path=PICTURES / "console.png")
        finally:
            chrome.close()
            served.end()
    sys.stdout.write(f"{PICTURES / 'console.png'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
