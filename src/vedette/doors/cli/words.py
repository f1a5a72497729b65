"""Words that begin with a dash and are no options: `-` for standard input, and `--pad -2.37,-44.40`.

cyclopts takes both for misspelt options, so they are dressed before parsing and undressed after it.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

STANDARD_INPUT = "-"
_LOOKS_LIKE_A_DASH = "\N{HYPHEN}"  # so that even an error message shows what was typed
_NEGATIVE_PAIR = re.compile(r"-[\d.]+,.+")


def shielded(words: list[str]) -> list[str]:
    """The words as cyclopts can read them: no bare dash, and a negative pair tied to its option by `=`."""
    dressed: list[str] = []
    for word in words:
        if dressed and _NEGATIVE_PAIR.fullmatch(word) and re.fullmatch(r"--[a-z][a-z-]*", dressed[-1]):
            dressed[-1] = f"{dressed[-1]}={word}"
        else:
            dressed.append(_LOOKS_LIKE_A_DASH if word == STANDARD_INPUT else word)
    return dressed


def unshielded(value: Any) -> Any:
    """A parsed value with the bare dash put back."""
    if isinstance(value, str):
        return STANDARD_INPUT if value == _LOOKS_LIKE_A_DASH else value
    if isinstance(value, list | tuple):
        return type(value)(unshielded(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):  # options that several commands share
        return replace(value, **{one.name: unshielded(getattr(value, one.name)) for one in fields(value)})
    return value
