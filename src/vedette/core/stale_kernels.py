"""Compiled kernels are thrown away when something they were compiled from has changed.

numba keeps compiled code beside the source and looks at that one file's time and size. A kernel that calls a kernel of
another file, or froze a constant of it, is not compiled again when only the other file changes: after an update it
would silently compute with the old one. So the times and sizes of all our files are kept beside the cache, and what
depends on a changed file is removed before anything is loaded (some 3 ms). A cache that is kept elsewhere
(NUMBA_CACHE_DIR) is its owner's to clear.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_STAMP: Final = "kernels.stamp"
_IMPORT: Final = re.compile(r"^from (vedette[\w.]*) import (\([^)]*\)|[^\n(]+)", re.MULTILINE)
_Stamp = dict[str, list[int]]


def drop_stale_kernels(package: Path) -> list[str]:
    """Remove compiled code that depends on files changed since the last call; the names of those that lost theirs.

    Whatever cannot be read or written is left: numba then compiles as it would have.
    """
    try:
        now = {name: [entry.stat().st_mtime_ns, entry.stat().st_size] for name, entry in _sources(package)}
        stamp = package / "__pycache__" / _STAMP
        try:
            before: _Stamp = json.loads(stamp.read_bytes())
        except (OSError, ValueError):
            before = {}
        if before == now:
            return []
        changed = [name for name in now.keys() | before.keys() if now.get(name) != before.get(name)]
        lost = sorted(_remove(package, _dependents(package, now, set(changed)))) if before else []
        if not before:  # never stamped: what is there may come from anything
            lost = sorted(_remove(package, set(now)))
        stamp.parent.mkdir(exist_ok=True)
        new = stamp.with_name(f"{_STAMP}.{os.getpid()}")
        new.write_text(json.dumps(now), encoding="utf-8")
        new.replace(stamp)
    except OSError:
        return []
    return lost


def _sources(folder: Path, above: str = "") -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield above + entry.name, entry
            elif entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                yield from _sources(Path(entry.path), f"{above}{entry.name}/")


def _dependents(package: Path, names: Iterable[str], changed: set[str]) -> set[str]:
    """Files that take a kernel or a constant, at any remove, from one of `changed`."""
    users: dict[str, set[str]] = {}
    texts = {name: (package / name).read_text(encoding="utf-8") for name in names}
    for name, text in texts.items():
        for module, words in _IMPORT.findall(text):
            wanted = re.findall(r"\w+", words)
            for target in _files_of(module, wanted, texts):
                is_constant = any(word.lstrip("_").isupper() for word in wanted)
                is_passed_on = target.endswith("__init__.py") and "njit" in text
                if is_constant or is_passed_on or "njit" in texts[target]:
                    users.setdefault(target, set()).add(name)
    found: set[str] = set()
    edge = set(changed)
    while edge:
        edge = set().union(*(users.get(name, set()) for name in edge)) - found
        found |= edge
    return found


def _files_of(module: str, wanted: list[str], names: Iterable[str]) -> list[str]:
    base = "/".join(module.split(".")[1:])
    prefix = f"{base}/" if base else ""
    candidates = [f"{base}.py", f"{prefix}__init__.py", *(f"{prefix}{word}.py" for word in wanted)]
    return [name for name in candidates if name in names]


def _remove(package: Path, names: set[str]) -> Iterator[str]:
    for name in names:
        path = package / name
        compiled = list((path.parent / "__pycache__").glob(f"{path.stem}.*.nb[ic]"))
        for one in compiled:
            one.unlink(missing_ok=True)
        if compiled:
            yield name
