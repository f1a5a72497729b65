"""Whoever installs the wheel has the console, without Node and without a checkout."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from tests.tidy.repository import ROOT
from tools.wheel import build, find_uv

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / "console" / "dist" / "index.html").is_file(), reason="the console is not built: ./run console"
    ),
]

ASK = """
import re, sys
from pathlib import Path
from litestar import Litestar
from litestar.testing import TestClient
from vedette.doors.server import console_files
assert Path(console_files.__file__).is_relative_to(sys.argv[1]), console_files.__file__
with TestClient(Litestar(console_files.console_routes(None))) as client:
    page = client.get("/")
    assert page.status_code == 200, page.text
    wanted = re.findall(r'(?:src|href)="/?([^"#]+)"', page.text)
    assert any(one.endswith(".js") for one in wanted) and any(one.endswith(".css") for one in wanted), page.text
    for one in wanted:
        assert client.get("/" + one).status_code == 200, one
print("served", len(wanted))
"""


def put_console(root, folder, environment):
    """The console as it was built here, in the place of building it."""
    shutil.copytree(ROOT / "console" / "dist", folder / "dist")


def test_an_installed_wheel_serves_the_console_without_node(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.wheel.build_console", put_console)
    site = tmp_path / "site"
    try:
        find_uv(ROOT)
    except SystemExit as missing:
        pytest.skip(str(missing))
    try:
        wheel = build(ROOT, tmp_path / "build", 1_800_000_000, with_console=True)
    except SystemExit as trouble:
        if any(word in str(trouble) for word in ("Failed to fetch", "resolve", "dns", "network")):
            pytest.skip(f"no builder in reach: {str(trouble)[:200]}")
        raise
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    alone = {**os.environ, "PYTHONPATH": str(site), "PATH": ""}  # no Node, no npm, nothing else
    asked = subprocess.run(
        [sys.executable, "-c", ASK, str(site)], env=alone, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr[-2000:]
    assert asked.stdout.startswith("served ")
