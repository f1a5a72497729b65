"""Whoever builds the wheel gets the same bytes, and its bill of materials names what it stands on."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import jsonschema
import pytest
from tools.bill_of_materials import bill_text, console_parts, python_parts
from tools.wheel import build, differences, find_uv, source_date_epoch

ROOT = Path(__file__).parents[2]
EPOCH = 1_800_000_000

# Of CycloneDX 1.6 (bom-1.6.schema.json, Ecma-424): what it requires of the parts that are used here
SCHEMA = {
    "type": "object",
    "required": ["bomFormat", "specVersion"],
    "additionalProperties": False,
    "properties": {
        "bomFormat": {"enum": ["CycloneDX"]},
        "specVersion": {"enum": ["1.6"]},
        "serialNumber": {"pattern": "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},
        "version": {"type": "integer", "minimum": 1},
        "metadata": {"type": "object"},
        "components": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["type", "name"],
                "additionalProperties": False,
                "properties": {
                    "type": {"enum": ["application", "library"]},
                    "bom-ref": {"type": "string", "minLength": 1},
                    "name": {"type": "string"},
                    "version": {"type": "string"},
                    "purl": {"type": "string", "pattern": "^pkg:(pypi|npm)/"},
                    "properties": {"type": "array"},
                    "licenses": {"type": "array"},
                    "hashes": {
                        "type": "array",
                        "items": {
                            "required": ["alg", "content"],
                            "properties": {"content": {"pattern": "^([a-fA-F0-9]{64}|[a-fA-F0-9]{128})$"}},
                        },
                    },
                },
            },
        },
        "dependencies": {"type": "array", "items": {"required": ["ref"]}},
    },
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A small checkout with everything that a build looks at: the console's files are there as if they were built."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copytree(ROOT / "src/vedette/time", root / "src/vedette/time", ignore=shutil.ignore_patterns("*.pyc"))
    (root / "src/vedette/__init__.py").write_text("")
    (root / "console").mkdir()
    shutil.copy(ROOT / "console/package-lock.json", root / "console")
    commit(root)
    return root


def commit(root):
    who = ["-c", "user.name=t", "-c", "user.email=t@t"]
    day = {**os.environ, "GIT_AUTHOR_DATE": f"{EPOCH} +0000", "GIT_COMMITTER_DATE": f"{EPOCH} +0000"}
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "c"]):
        subprocess.run(["git", *words], cwd=root, check=True, env=day)


def put_console(root, folder, environment):
    """In the place of npm: what it leaves behind, with times of now."""
    dist = folder / "dist"
    (dist / "assets").mkdir(parents=True)
    for name in ("index.html", "assets/b.js", "assets/a.css", "assets/a.css.br"):
        (dist / name).write_bytes(name.encode() * 100)


@pytest.fixture(scope="module")
def built(checkout, tmp_path_factory):
    try:
        find_uv(checkout)
    except SystemExit as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("builds")
    patch = pytest.MonkeyPatch()
    patch.setattr("tools.wheel.build_console", put_console)
    wheels = []
    try:
        for place, mask in (("a", 0o022), ("elsewhere/and deeper/b", 0o077)):
            before = os.umask(mask)
            try:
                wheels.append(build(checkout, folder / place, EPOCH, with_console=True))
            except SystemExit as trouble:
                if any(word in str(trouble) for word in ("Failed to fetch", "resolve", "dns", "network")):
                    pytest.skip("the locked builder cannot be fetched: no package registry in reach")
                raise
            finally:
                os.umask(before)
    finally:
        patch.undo()
    return wheels


def test_two_builds_in_two_folders_are_the_same_to_the_byte(built):
    assert differences(*built) == []
    with zipfile.ZipFile(built[0]) as wheel:
        names = wheel.namelist()
        assert "vedette/doors/server/console/assets/a.css.br" in names and "vedette/time/leap.py" in names
        assert {info.date_time for info in wheel.infolist()} == {(2027, 1, 15, 8, 0, 0)}


def test_what_differs_is_named(built, tmp_path):
    other = tmp_path / built[0].name
    with zipfile.ZipFile(built[0]) as one, zipfile.ZipFile(other, "w") as two:
        for info in one.infolist()[1:]:
            two.writestr(info, b"x" if info.filename.endswith("leap.py") else one.read(info))
    lines = differences(built[0], other)
    assert any("in one of them only" in line for line in lines)
    assert "vedette/time/leap.py: other contents" in lines


def test_the_bill_names_every_locked_package_and_is_the_same_each_time(built, checkout):
    text = bill_text(checkout, built[0], EPOCH)
    assert text == bill_text(checkout, built[1], EPOCH)
    bill = json.loads(text)
    jsonschema.validate(bill, SCHEMA)
    found = {part["name"] for part in bill["components"]}
    locked = [line.split("==")[0] for line in (ROOT / "requirements/run.lock").read_text().splitlines() if "==" in line]
    assert {name.strip() for name in locked if not name.startswith(" ")} <= found
    assert {"numpy", "asyncpg", "cesium", "svelte"} <= found and "vitest" not in found
    assert len({part["bom-ref"] for part in bill["components"]}) == len(bill["components"])
    assert bill["metadata"]["timestamp"] == "2027-01-15T08:00:00Z"


def test_every_part_has_what_it_can_be_known_by():
    for part in python_parts(ROOT / "requirements/run.lock"):
        assert any(len(p["value"]) == 64 for p in part["properties"]), part["name"]
    assert all(len(part["hashes"][0]["content"]) == 128 for part in console_parts(ROOT / "console/package-lock.json"))


def test_the_date_is_that_of_the_commit_unless_it_is_said(checkout, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert source_date_epoch(checkout) == EPOCH
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12")
    assert source_date_epoch(checkout) == 315_532_800  # a zip file knows nothing before 1980
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert source_date_epoch(checkout / "nowhere") == 315_532_800
