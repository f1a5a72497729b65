"""How incidents are weighed, read from `core/tables/incident_policy.toml`: policy is data, not code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Any

from vedette.core.errors import BadInputError
from vedette.core.tables import table_text

CAUSES = ("solar_noise", "aurora", "jamming", "sensor_fault", "common_fault", "message_fault", "test_data",
          "procedure", "threat", "unknown")  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubjectPolicy:
    """Rates and figures of one subject: noise, silence or message."""

    figures: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.figures[name]

    def log_rate(self, name: str) -> float:
        """Natural logarithm of how often a cause is met, events a year."""
        return log(self.figures[name])


@dataclass(frozen=True, slots=True)
class IncidentPolicy:
    """All figures; `features[name][cause]` is how often a feature of a claim is met under a cause."""

    version: int
    noise: SubjectPolicy
    silence: SubjectPolicy
    message: SubjectPolicy
    features: Mapping[str, Mapping[str, float]]

    def feature(self, name: str, cause: str) -> float:
        """Probability of a feature under a cause."""
        table = self.features[name]
        return table.get(cause, table["otherwise"])


def parse_incident_policy(text: str, where: str = "incident policy") -> IncidentPolicy:
    """A policy from TOML text; BadInputError names what is missing or impossible."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInputError(f"not TOML: {trouble}", where) from None
    subjects = {name: dict(table.get(name, {})) for name in ("noise", "silence", "message")}
    features = subjects["message"].pop("features", {})
    for name, figures in subjects.items():
        for key, value in figures.items():
            _check(value, f"{where}: {name}.{key}", 1e9)
        if not figures:
            raise BadInputError(f"no [{name}] table", where, "start from core/tables/incident_policy.toml")
    for name, one in features.items():
        for key, value in one.items():
            _check(value, f"{where}: message.features.{name}.{key}", 1.0)
        if "otherwise" not in one:
            raise BadInputError(f"message.features.{name} has no otherwise", where)
    made = {name: SubjectPolicy(figures) for name, figures in subjects.items()}
    return IncidentPolicy(int(table.get("version", 1)), made["noise"], made["silence"], made["message"], features)


@lru_cache(maxsize=1)
def packaged_incident_policy() -> IncidentPolicy:
    """The policy that ships with Vedette."""
    return parse_incident_policy(table_text("incident_policy.toml"), "incident_policy.toml")


def _check(value: Any, where: str, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0.0 < value <= most:
        raise BadInputError(f"{value!r} is no rate or probability", where, "nothing is impossible: a positive figure")
