"""Three-by-three blocks as nine numbers each: the arithmetic of compiled filters, without an array in sight.

A kernel that keeps its matrices in plain numbers allocates nothing, and the compiler can do the same step for several
tracks at once. A block is a tuple of nine, row by row.
"""

from numba import njit

Block = tuple[float, float, float, float, float, float, float, float, float]
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def times(a: Block, b: Block) -> Block:
    """A B."""
    return (
        a[0] * b[0] + a[1] * b[3] + a[2] * b[6],
        a[0] * b[1] + a[1] * b[4] + a[2] * b[7],
        a[0] * b[2] + a[1] * b[5] + a[2] * b[8],
        a[3] * b[0] + a[4] * b[3] + a[5] * b[6],
        a[3] * b[1] + a[4] * b[4] + a[5] * b[7],
        a[3] * b[2] + a[4] * b[5] + a[5] * b[8],
        a[6] * b[0] + a[7] * b[3] + a[8] * b[6],
        a[6] * b[1] + a[7] * b[4] + a[8] * b[7],
        a[6] * b[2] + a[7] * b[5] + a[8] * b[8],
    )


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def times_turned(a: Block, b: Block) -> Block:
    """A Bᵀ."""
    return (
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2],
        a[0] * b[3] + a[1] * b[4] + a[2] * b[5],
        a[0] * b[6] + a[1] * b[7] + a[2] * b[8],
        a[3] * b[0] + a[4] * b[1] + a[5] * b[2],
        a[3] * b[3] + a[4] * b[4] + a[5] * b[5],
        a[3] * b[6] + a[4] * b[7] + a[5] * b[8],
        a[6] * b[0] + a[7] * b[1] + a[8] * b[2],
        a[6] * b[3] + a[7] * b[4] + a[8] * b[5],
        a[6] * b[6] + a[7] * b[7] + a[8] * b[8],
    )


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def turned(a: Block) -> Block:
    """Aᵀ."""
    return (a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8])


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def plus(a: Block, b: Block) -> Block:
    """A + B."""
    return (
        a[0] + b[0], a[1] + b[1], a[2] + b[2],
        a[3] + b[3], a[4] + b[4], a[5] + b[5],
        a[6] + b[6], a[7] + b[7], a[8] + b[8],
    )  # fmt: skip


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def scaled(s: float, a: Block) -> Block:
    """s A."""
    return (s * a[0], s * a[1], s * a[2], s * a[3], s * a[4], s * a[5], s * a[6], s * a[7], s * a[8])


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def with_diagonal(a: Block, s: float) -> Block:
    """A + s I."""
    return (a[0] + s, a[1], a[2], a[3], a[4] + s, a[5], a[6], a[7], a[8] + s)
