"""Run in a network namespace of its own: python -m tests.console.alone FOLDER. Is there a console without a network?"""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.console.conftest import FLAGS, Pages, chromium, serve


def main(folder: Path) -> int:
    """Start the demonstration and look at it."""
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout.splitlines()
    names = [line.split(":")[1].strip() for line in links]
    assert names == ["lo"], names
    served = serve(folder, "demo", "--no-browser", "--objects", "300")
    with sync_playwright() as play:
        chrome = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        pages = Pages(chrome)
        page = pages.open(served, "?view=map")
        page.wait_for_selector('[data-testid="map"][data-points="300"]', timeout=240_000)
        assert not pages.strangers and not pages.errors, (pages.strangers, pages.errors)
        chrome.close()
    assert served.end() == 0, served.text()[-2000:]
    sys.stdout.write("map drawn; 300 objects; only lo\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
