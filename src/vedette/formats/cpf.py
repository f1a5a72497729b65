"""Predicted positions in the Consolidated Prediction Format of laser ranging (CPF 1.01, Ricklefs 2006; CPF 2.00, 2018).

Earth-fixed positions of the centre of mass in metres at UTC instants. A damaged file is refused with its line.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Rows
from vedette.time import tai_ns_from_mjd_utc

_CURE = "fetch the file again"
_RECORDS = {"00", "20", "30", "40", "50", "60", "70", "h3", "h4", "h5", "h6", "h9", "c1"}


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Where one target is said to be at n instants."""

    target: str
    source: str
    cospar: str
    catalogue_number: int | None
    t_tai_ns: Ints
    positions_itrf_m: Rows  # (n, 3)


def read_cpf(text: str, where: str = "CPF") -> Prediction:
    """The positions of a CPF file.

    BadInputError names the line of a file that is none of CPF, is cut off, or is not told in the Earth-fixed frame.
    """
    lines = text.splitlines()
    source, target, cospar, number_of = "", "", "", None
    times: list[int] = []
    places: list[tuple[float, float, float]] = []
    is_cpf = is_whole = False
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        kind, at = words[0].lower(), f"{where}:{number}"
        if not is_cpf and (kind != "h1" or len(words) < 10 or words[1].upper() != "CPF"):
            raise BadInputError(f"the first record is {line.strip()[:40]!r}", at, "a CPF file begins with `H1 CPF`")
        try:
            if kind == "h1":
                is_cpf = True
                if words[2].lstrip("0") not in ("1", "2"):
                    raise BadInputError(f"CPF of version {words[2][:8]}", at, "versions 1 and 2 are read")
                source, target = words[3], words[10 if words[2].endswith("2") else 9]
            elif kind == "h2":
                cospar, number_of = words[1], int(words[3]) if words[3].isdigit() else None
                frame = words[19]
                if frame != "0":
                    raise BadInputError(f"positions in reference frame {frame[:8]}", at, "give Earth-fixed ones (0)")
            elif kind == "10":
                mjd, seconds = int(words[2]), float(words[3])
                place = (float(words[5]), float(words[6]), float(words[7]))
                if not (15_000 < mjd < 150_000 and 0.0 <= seconds < 86_401.0 and np.all(np.isfinite(place))):
                    raise ValueError
                if words[1] == "0":
                    times.append(tai_ns_from_mjd_utc(mjd, round(seconds * NS_PER_S)))
                    places.append(place)
            elif kind == "99":
                is_whole = True
                break
            elif kind not in _RECORDS:
                raise BadInputError(f"a record {words[0][:12]!r} that is none of CPF", at, _CURE)
        except (IndexError, ValueError) as trouble:
            if isinstance(trouble, BadInputError):
                raise
            raise BadInputError(f"a damaged record: {line.strip()[:60]!r}", at, _CURE) from None
    if not is_cpf:
        raise BadInputError("it is empty", where, "give a CPF file")
    if not is_whole:
        raise BadInputError("the file ends without its record 99", f"{where}:{len(lines)}", "it was cut off; fetch it again")  # fmt: skip # noqa: E501
    if len(times) == 0 or np.any(np.diff(times) <= 0):
        raise BadInputError("it has no positions whose instants rise", where, _CURE)
    return Prediction(target, source, cospar, number_of, np.array(times, dtype=np.int64), np.array(places))
