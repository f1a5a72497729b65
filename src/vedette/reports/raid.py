"""Several launches together: how many and of what kinds."""

import msgspec


class Raid(msgspec.Struct, frozen=True, kw_only=True):
    """Launches that belong together in time; counts with 90 % intervals, never a bare number."""

    id: str
    objects: tuple[str, ...]  # in order of launch
    count: float  # expected
    count_90: tuple[int, int]
    mix: dict[str, tuple[float, int, int]]  # of each kind: expected, and the 90 % interval
    t_first_tai_ns: int  # of launch
    t_last_tai_ns: int
