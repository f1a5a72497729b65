"""Requests drawn by schemathesis from the server's own OpenAPI document, good and bad ones, for every operation."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

METHODS_THAT_SAY = {"POST", "PUT", "PATCH", "DELETE"}
MAY_BE_503 = {"/readyz"}  # says so when the watch is not there


@dataclass
class Fuzzed:
    """What came of it."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    by_operation: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)


Ask = Callable[[dict[str, Any]], Any]  # keywords of a request; gives status_code, headers and text


def fuzz(document: dict[str, Any], ask: Ask, examples: int, start: int, without: tuple[str, ...] = ()) -> Fuzzed:
    """So many requests of each kind for each operation, the same for the same `start`."""
    found = Fuzzed()
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        if operation.path in without:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = operation.as_strategy(generation_mode=mode)

            @seed(start)
            @settings(
                max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=strategy)
            def one(case: Any) -> None:
                _try(case, ask, found)

            try:
                one()
            except schemathesis.errors.SchemathesisError:  # nothing bad can be made of a route without arguments
                continue
            except Exception as trouble:
                if "Unsatisfiable" not in type(trouble).__name__:
                    raise
    return found


def _try(case: Any, ask: Ask, found: Fuzzed) -> None:
    said = case.as_transport_kwargs(base_url="http://here")
    where = f"{case.method} {said['url']} {str(said.get('params'))[:200]} {str(said.get('json'))[:200]}"
    found.requests += 1
    try:
        response = ask(said)
    except Exception as trouble:  # no answer at all
        found.troubles.append(f"{type(trouble).__name__}: {where}: {trouble}")
        return
    found.statuses[response.status_code] += 1
    found.by_operation[f"{case.method} {case.operation.path}"] += 1
    if response.status_code >= 500 and case.operation.path not in MAY_BE_503:
        found.troubles.append(f"{response.status_code}: {where}: {response.text[:300]}")
    kind = response.headers.get("content-type", "")
    if response.status_code >= 400 and kind != "application/problem+json" and case.operation.path not in MAY_BE_503:
        found.troubles.append(f"{response.status_code} is no problem document ({kind}): {where}")
