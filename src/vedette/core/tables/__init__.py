"""Packaged tables of numbers, each with its source in its first lines."""

from importlib.resources import files


def table_text(name: str) -> str:
    """The text of a packaged table, e.g. `us76_upper.csv`."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def table_rows(name: str) -> list[list[str]]:
    """The cells of a packaged CSV: comments (#) and the header line left out."""
    lines = [line for line in table_text(name).splitlines() if line.strip() and not line.startswith("#")]
    return [line.split(",") for line in lines[1:]]
