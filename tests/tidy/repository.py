"""What lies in the repository, read as text and as syntax; shared by the tidy tests."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "vedette"
HIDDEN_OR_MADE = {"__pycache__", "node_modules", "out", "build", "dist", "vedette-data"}


def files(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """Files of the repository with one of these suffixes, leaving out what is hidden or made by tools."""
    return sorted(path for path in _walk(under) if path.suffix in suffixes)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in HIDDEN_OR_MADE:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        elif path.is_file():
            yield path


def name_of(path: Path) -> str:
    """The path as one would type it from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """The parsed source."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def packages() -> list[ModuleType]:
    """`vedette` and each of its packages, imported; modules inside a package may be private."""
    import vedette

    found = [vedette]
    for info in pkgutil.walk_packages(vedette.__path__, "vedette."):
        if info.ispkg:
            found.append(importlib.import_module(info.name))
    return found
