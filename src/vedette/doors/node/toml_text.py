"""Values as TOML: names with texts, numbers, truths, lists of them and inline tables, which is all that we write."""

from typing import Any

import msgspec


def toml_text(values: dict[str, Any]) -> str:
    """One line a name; what is None is left out."""
    return "".join(f"{name} = {_value(value)}\n" for name, value in values.items() if value is not None)


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{name} = {_value(one)}" for name, one in value.items() if one is not None) + " }"
        case list() | tuple():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case _:  # a JSON text, number or truth is a TOML one
            return msgspec.json.encode(value).decode()
