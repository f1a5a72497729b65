"""Element sets: mean orbits of many objects, as SGP4 takes them. Rows, not objects.

They mean what SGP4 with its WGS 72 constants says they mean (Hoots and Roehrich 1980; Vallado and others, AIAA
2006-6753), in `teme`, and nothing else.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from vedette.core.shapes import Ints, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class ElementSets:
    """n element sets; every array is (n,).

    number : catalogue number, 0 where there is none; an object may stand several times, with several epochs
    name, designator : as given ("ISS (ZARYA)", "1998-067A"); empty: not told
    source : which of `sources` it was read from
    """

    number: Ints
    name: tuple[str, ...]
    designator: tuple[str, ...]
    t_epoch_tai_ns: Ints
    mean_motion_radpmin: Scalar  # Kozai's, as element sets give it
    eccentricity: Scalar
    inclination_rad: Scalar
    node_teme_rad: Scalar  # right ascension of the ascending node
    perigee_argument_rad: Scalar
    mean_anomaly_rad: Scalar
    bstar_per_er: Scalar  # drag, one over Earth radii
    mean_motion_dot_radpmin2: Scalar  # half the first derivative, as told; SGP4 does not use it
    mean_motion_ddot_radpmin3: Scalar  # a sixth of the second
    revolution: Ints  # number at epoch
    source: Ints
    sources: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.number)

    def take(self, index: Ints) -> Self:
        """The rows of an index, in its order."""
        index = np.arange(len(self))[index]
        rows = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if part.name == "sources":
                rows[part.name] = value
            elif isinstance(value, tuple):
                rows[part.name] = tuple(value[i] for i in index.tolist())
            else:
                rows[part.name] = value[index]
        return type(self)(**rows)

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Several tables as one; their sources are renumbered."""
        rows: dict[str, object] = {}
        sources = tuple(dict.fromkeys(name for part in parts for name in part.sources))
        for one in fields(cls):
            values = [getattr(part, one.name) for part in parts]
            if one.name == "sources":
                rows["sources"] = sources
            elif one.name == "source":
                new = [np.array([sources.index(name) for name in part.sources], dtype=np.int64) for part in parts]
                rows["source"] = np.concatenate(
                    [table[part.source] if len(part) else part.source for table, part in zip(new, parts, strict=True)]
                    or [np.empty(0, np.int64)]
                )
            elif one.name in ("name", "designator"):
                rows[one.name] = tuple(word for value in values for word in value)
            else:
                rows[one.name] = np.concatenate(values or [np.empty(0)])
        return cls(**rows)  # type: ignore[arg-type]

    @property
    def period_s(self) -> Scalar:
        """(n,) seconds for one revolution."""
        return 120.0 * np.pi / self.mean_motion_radpmin
