"""Reports of visual observers in any of their forms (IOD, UK, RDE), with the remarks of a letter between them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from vedette.core.errors import BadInputError
from vedette.formats.optical_reports import OpticalLook, parse_iod
from vedette.formats.uk_reports import LIKE_UK, parse_uk, rde_looks

_LIKE_IOD = re.compile(r"\W{0,3}[\dA-Z ]\d{4}  ?\d\d \d{3}|\W{0,3}\d{4} +\d\d \d{3}")


@dataclass(frozen=True, slots=True)
class ObserverReports:
    """Looks in the order of their lines, and what was wrong with each line that was meant to be one and cannot be."""

    looks: tuple[OpticalLook, ...]
    refused: tuple[BadInputError, ...]


def read_observer_reports(text: str, where: str = "reports") -> ObserverReports:
    """Every look of a text.

    Lines that look like none of the three forms are remarks. BadInputError when there is no look at all.
    """
    lines = list(enumerate(text.splitlines(), 1))
    found, refused, taken = rde_looks(lines, where)
    first_remark: BadInputError | None = None
    for number, line in lines:
        if number in taken or not line.strip() or line.lstrip().startswith("#"):
            continue
        at = f"{where}:{number}"
        parse: Callable[[str, str], OpticalLook] = parse_uk if LIKE_UK.match(line) else parse_iod
        try:
            found.append(replace(parse(line, at), line=number))
        except BadInputError as trouble:
            if LIKE_UK.match(line) or _LIKE_IOD.match(line):
                refused.append(trouble)
            first_remark = first_remark or trouble
    if not found:
        why = next(iter(refused), None) or first_remark
        raise why or BadInputError("it holds no observations of a known form", where)
    return ObserverReports(tuple(sorted(found, key=lambda one: one.line)), tuple(refused))
