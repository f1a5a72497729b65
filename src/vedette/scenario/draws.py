"""What a story leaves open, and how a seed settles it.

A quantity in a story file is a number (fixed), `[low, high]` (evenly anywhere between), `{ mean, sigma }` (normal),
`{ median, log_sigma }` (log-normal), a word, or a list of words (one of them, evenly). Draws are made in the order of
the file's fields, always the same number of them, so that fixing one quantity leaves the others as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Draw:
    """A quantity and its spread: `shape` is fixed, even, normal or log-normal; `a`, `b` its two numbers."""

    shape: str
    a: float
    b: float = 0.0

    def draw(self, rng: np.random.Generator) -> float:
        """One value. Every shape uses up exactly one standard normal and one even number."""
        even, normal = float(rng.random()), float(rng.standard_normal())
        if self.shape == "even":
            return self.a + (self.b - self.a) * even
        if self.shape == "normal":
            return self.a + self.b * normal
        if self.shape == "log-normal":
            return exp(log(self.a) + self.b * normal)
        return self.a

    @property
    def middle(self) -> float:
        """The middle of the spread: the value of the story without luck."""
        return 0.5 * (self.a + self.b) if self.shape == "even" else self.a


def fixed(value: float) -> Draw:
    """A quantity without spread."""
    return Draw("fixed", float(value))


def parse_draw(value: Any, where: str) -> Draw:
    """A quantity as written in a story; errors name the place."""
    if _is_number(value):
        return fixed(value)
    if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)):
        if value[0] > value[1]:
            raise BadInputError(f"{value} runs backwards", where, "write [low, high]")
        return Draw("even", float(value[0]), float(value[1]))
    if isinstance(value, Mapping) and all(map(_is_number, value.values())):
        if set(value) == {"mean", "sigma"} and value["sigma"] >= 0:
            return Draw("normal", float(value["mean"]), float(value["sigma"]))
        if set(value) == {"median", "log_sigma"} and value["median"] > 0 and value["log_sigma"] >= 0:
            return Draw("log-normal", float(value["median"]), float(value["log_sigma"]))
    raise BadInputError(
        f"{value!r} is not a quantity", where, "write 3.0, [low, high], { mean, sigma } or { median, log_sigma }"
    )


def parse_words(value: Any, where: str) -> tuple[str, ...]:
    """One word or a list of words to choose from."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise BadInputError(f"{value!r} is not a word or a list of words", where)
    return tuple(words)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
