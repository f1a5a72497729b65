"""Draws that follow a curved posterior: a quadratic picture of the few directions in which a fit bends most.

Flights that explain precise looks lie on a thin curved sheet (a steeper start against a stronger thrust). Straight
draws leave it; these guesses stay near it, so that solving each draw exactly takes a few flights only.
"""

from collections.abc import Callable

import numpy as np

from vedette.core.shapes import Rows

_BENT = 6  # directions kept
_REACH = 0.15


def bend(off: Callable[[Rows], Rows], noises: Rows) -> tuple[Rows, Rows]:
    """Solve off(u) = noise to second order for rows of noise (m, d): u (m, d), and inverse Jacobians (m, d, d).

    `off` maps rows of u to rows, is u itself to first order, and zero at zero.
    """
    d = noises.shape[1]
    axes = np.eye(d)
    own = (off(_REACH * axes) + off(-_REACH * axes)) / _REACH**2  # (d, d): second derivative along each axis
    own[~np.isfinite(own)] = 0.0
    kept = np.argsort(-np.linalg.norm(own, axis=1))[:_BENT]
    k = len(kept)
    second = np.zeros((k, k, d))
    pairs = [(a, b) for a in range(k) for b in range(a)]
    both = np.array([axes[kept[a]] + axes[kept[b]] for a, b in pairs])
    mixed = (off(_REACH * both) + off(-_REACH * both)) / _REACH**2
    mixed[~np.isfinite(mixed)] = 0.0
    for a in range(k):
        second[a, a] = own[kept[a]]
    for (a, b), whole in zip(pairs, mixed, strict=True):
        second[a, b] = second[b, a] = 0.5 * (whole - own[kept[a]] - own[kept[b]])
    c = noises[:, kept].copy()
    narrow = second[:, :, kept]  # (k, k, k)
    for _ in range(12):
        f = c - noises[:, kept] + 0.5 * np.einsum("abi,ma,mb->mi", narrow, c, c)
        slope = np.eye(k) + np.einsum("abi,ma->mib", narrow, c)
        c = c - 0.7 * np.clip(np.linalg.solve(slope + 1e-6 * np.eye(k), f[..., None])[..., 0], -1.0, 1.0)
    is_bad = ~np.isfinite(c).all(axis=1) | (np.abs(c - noises[:, kept]).max(axis=1) > 3.0)
    c[is_bad] = noises[is_bad][:, kept]
    u = noises - 0.5 * np.einsum("abi,ma,mb->mi", second, c, c)
    u[is_bad] = noises[is_bad]
    slope = np.broadcast_to(np.eye(d), (len(noises), d, d)).copy()
    slope[:, :, kept] += np.einsum("abi,ma->mib", second, c)
    slope[is_bad] = np.eye(d)
    return u, np.asarray(np.linalg.inv(slope + 1e-9 * np.eye(d)), dtype=float)
