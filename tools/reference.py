"""Writes docs/reference/ from the code: packages, commands, wire formats. `./run docs`; `--check` only compares.

A page lists every name that a package shows (its `__all__`), with its signature and its docstring as it stands.
"""

import ast
import importlib
import inspect
import io
import pkgutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import cast

import vedette
from tools.wire_pages import wire_pages
from vedette.doors.closed_pipe import until_read_enough

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Written by `./run docs` from the code; change it there. -->\n"


def packages() -> list[ModuleType]:
    """Every package that shows names, from the top of the house down."""
    names = ["vedette", *(info.name for info in pkgutil.iter_modules(vedette.__path__, "vedette.") if info.ispkg)]
    found = [importlib.import_module(name) for name in names]
    return [package for package in found if getattr(package, "__all__", ())]


def page(package: ModuleType) -> str:
    """The page of one package, as Markdown."""
    parts = [MADE, f"# {package.__name__}\n", f"{inspect.cleandoc(package.__doc__ or '')}\n"]
    for name in sorted(package.__all__, key=str.casefold):
        parts.append(entry(name, getattr(package, name)))
    return "\n".join(parts)


def entry(name: str, thing: object) -> str:
    """One name: heading, signature, docstring; for a class its methods and properties too."""
    if not (inspect.isroutine(thing) or inspect.isclass(thing) or hasattr(thing, "py_func")):
        return f"## {name}\n\n{constant(thing)}\n"
    lines = [f"## {name}\n", f"```python\n{signature(name, thing)}\n```\n", f"```text\n{words(thing)}\n```\n"]
    if inspect.isclass(thing):
        for method_name, method in members(thing).items():
            if method_name.startswith("_") or not words(member(method)):
                continue
            lines.append(f"### {name}.{method_name}\n")
            if inspect.isroutine(member(method)) and not isinstance(method, property):
                lines.append(f"```python\n{signature(method_name, member(method))}\n```\n")
            lines.append(f"```text\n{words(member(method))}\n```\n")
    return "\n".join(lines)


def members(thing: type) -> dict[str, object]:
    """What a class defines, and what it takes from bases that only share behaviour (no fields: empty slots)."""
    found = dict(vars(thing))
    for base in thing.__mro__[1:]:
        if base.__module__.startswith("vedette.") and vars(base).get("__slots__") == ():
            found |= {name: raw for name, raw in vars(base).items() if name not in found}
    return found


def member(raw: object) -> object:
    """The function behind a property, class method or static method."""
    if isinstance(raw, property):
        return raw.fget
    return getattr(raw, "__func__", raw)


def words(thing: object) -> str:
    """The docstring, or nothing: not that of the class a value belongs to, nor the signature dataclass writes."""
    if not (inspect.isroutine(thing) or inspect.isclass(thing) or hasattr(thing, "py_func")):
        return ""
    said = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    own_name = getattr(thing, "__name__", "")
    return "" if own_name and said.startswith(f"{own_name}(") else said


def signature(name: str, thing: object) -> str:
    """How it is called, or which fields it has, as the source spells it (so it is the same on every Python)."""
    plain = inspect.unwrap(cast(Callable[..., object], getattr(thing, "py_func", thing)))
    try:
        source = textwrap.dedent(inspect.getsource(plain))
    except (TypeError, OSError):
        return name
    node = ast.parse(source).body[0]
    if isinstance(node, ast.ClassDef):
        return class_signature(node, source.splitlines())
    if not isinstance(node, ast.FunctionDef):
        return name
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{name}({ast.unparse(node.args)}){returns}"
    return line if len(line) <= 100 else f"{name}(\n{one_per_line(node.args)}){returns}"


def class_signature(node: ast.ClassDef, lines: list[str]) -> str:
    """Its name, and the lines of its public fields as they stand, comments included."""
    shown = [f"class {node.name}:"]
    for item in node.body:
        if not isinstance(item, ast.AnnAssign | ast.Assign):
            continue
        target = item.target if isinstance(item, ast.AnnAssign) else item.targets[0]
        if isinstance(target, ast.Name) and not target.id.startswith("_"):
            shown.extend(lines[item.lineno - 1 : item.end_lineno])
    return "\n".join(shown)


def one_per_line(arguments: ast.arguments) -> str:
    """A long list of parameters, one on each line."""
    bare = ast.arguments([], [], None, [], [], None, [])
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    lines = []
    for index, argument in enumerate(positional):
        default = [arguments.defaults[index - missing]] if index >= missing else []
        lines.append(ast.unparse(_with(bare, args=[argument], defaults=default)))
        if arguments.posonlyargs and index == len(arguments.posonlyargs) - 1:
            lines.append("/")
    if arguments.vararg:
        lines.append(ast.unparse(_with(bare, vararg=arguments.vararg)))
    elif arguments.kwonlyargs:
        lines.append("*")
    for argument, default_node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        lines.append(ast.unparse(_with(bare, kwonlyargs=[argument], kw_defaults=[default_node])).removeprefix("*, "))
    if arguments.kwarg:
        lines.append(ast.unparse(_with(bare, kwarg=arguments.kwarg)))
    return "".join(f"    {line},\n" for line in lines)


def _with(arguments: ast.arguments, **fields: object) -> ast.arguments:
    return ast.arguments(**{**{name: getattr(arguments, name) for name in arguments._fields}, **fields})


def _in_order(thing: object) -> str:
    """`repr`, with the members of a set in order: Python's own changes from run to run."""
    return f"{{{', '.join(sorted(map(str, thing)))}}}" if isinstance(thing, frozenset) else repr(thing)


def constant(thing: object) -> str:
    """A constant's value when it is short, otherwise its kind."""
    said = _in_order(thing)
    is_short = len(said) <= 200 and " at 0x" not in said
    return f"```python\n{said}\n```" if is_short else f"A `{type(thing).__name__}`."


def commands_page() -> str:
    """Every command with its help, as `vedette COMMAND --help` shows it."""
    from rich.console import Console

    from vedette.doors.cli.commands import COMMANDS
    from vedette.doors.cli.main import make_app

    parts = [MADE, "# The command line\n"]
    every = [[command.name, *more] for command in COMMANDS for more in [[], *([one.name] for one in command.actions)]]
    for words_typed in [[], *every]:
        console = Console(
            width=100, color_system=None, force_terminal=False, highlight=False, record=True, file=io.StringIO()
        )
        make_app(*words_typed)([*words_typed, "--help"], console=console, exit_on_error=False)
        shown = "\n".join(line.rstrip() for line in console.export_text().strip("\n").splitlines())
        parts.append(f"## {' '.join(['vedette', *words_typed])}\n\n```text\n{shown}\n```\n")
    return "\n".join(parts)


def is_made(path: Path) -> bool:
    """Whether a page was written by this program; others are written by hand and left alone."""
    return path.read_text(encoding="utf-8").startswith(MADE)


def index(names: set[str]) -> str:
    """The list of pages, made and written by hand."""
    lines = [f"- [{name.removesuffix('.md')}]({name})" for name in sorted(names)]
    return "\n".join([MADE, "# Reference\n", *lines, ""])


def all_pages() -> dict[str, str]:
    """File name and text of every page."""
    pages = {f"{package.__name__}.md": page(package) for package in packages()}
    pages["commands.md"] = commands_page()
    pages.update(wire_pages())
    by_hand = {path.name for path in FOLDER.glob("*.md") if not is_made(path)}
    return {"README.md": index({*pages, *by_hand}), **pages}


def stale_pages(folder: Path = FOLDER) -> list[str]:
    """Names of pages that differ from what the code says now, are missing, or describe nothing any more."""
    pages = all_pages()
    left_over = {path.name for path in folder.glob("*.md") if is_made(path)} - pages.keys()
    wrong = [name for name, text in pages.items() if not _says(folder / name, text)]
    return sorted([*wrong, *left_over])


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def main() -> int:
    """Write the pages, or with `--check` name those that are stale."""
    stale = stale_pages()
    if "--check" in sys.argv[1:]:
        sys.stderr.writelines(f"docs/reference/{name} is stale; ./run docs\n" for name in stale)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = all_pages()
    for name in stale:
        if name in pages:
            (FOLDER / name).write_text(pages[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    sys.stderr.write(f"{len(pages)} pages, {len(stale)} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(until_read_enough(main))
