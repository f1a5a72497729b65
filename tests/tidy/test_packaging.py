"""The lock files and the contract hold everything they should, and no address."""

import re
import tomllib

import pytest
from tests.tidy.repository import ROOT, SOURCE

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")))


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0].lower() for line in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_files_hold_hashes_and_no_address(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text and "index-url" not in text and "find-links" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert blocks and all("--hash=sha256:" in block for block in blocks)


def test_run_lock_holds_every_dependency():
    assert wanted(PROJECT["project"]["dependencies"]) <= pins("run").keys()


def test_dev_lock_holds_the_run_lock_and_the_tools():
    assert pins("run").items() <= pins("dev").items()
    assert wanted(PROJECT["dependency-groups"]["dev"]) <= pins("dev").keys()


def test_every_package_has_its_floor():
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = {name.strip().removeprefix("vedette.") for layer in layers for name in re.split(r"[|:]", layer)}
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert rooms == floors


def test_the_run_script_is_plain_posix():
    script = (ROOT / "run").read_text(encoding="utf-8")
    assert script.startswith("#!/bin/sh\n")
    assert re.search(r"\[\[|\bfunction \w|\blocal \w|<<<|\$'|\bsource \b|&>|==", script) is None
