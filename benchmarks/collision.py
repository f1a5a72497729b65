"""Probability of collision in the encounter plane: how many a second, and how far from 2,048 points of the integral.

2,000 drawn encounters: misses of 10 m to 5 km, doubts of 10 m to 2 km up to fifty times longer than wide, bodies of 1
to 30 m. Beside a plain rendering of the same integral by SciPy's adaptive quadrature. One core.
"""

import json
import platform
import sys

import numpy as np

from benchmarks import harness

WHAT = "probabilities of collision in the encounter plane"


def run(options):
    """One JSON line."""
    harness.use_one_core()
    from scipy import integrate, stats

    from vedette.catalogue.conjunctions import pc_2d

    count = 200 if "--quick" in options else 2_000
    rng = np.random.default_rng(11)
    miss = 10 ** rng.uniform(1.0, 3.7, count)
    angle, turn = rng.uniform(0.0, 2.0 * np.pi, count), rng.uniform(0.0, np.pi, count)
    means = miss[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    long = 10 ** rng.uniform(1.5, 3.3, count)
    short = np.maximum(long / 10 ** rng.uniform(0.0, 1.7, count), 10.0)
    c, s = np.cos(turn), np.sin(turn)
    axes = np.stack([np.stack([c, -s], axis=1), np.stack([s, c], axis=1)], axis=1)
    covs = np.einsum("nij,nj,nkj->nik", axes, np.stack([long, short], axis=1) ** 2, axes)
    radii = rng.uniform(1.0, 30.0, count)
    found = pc_2d(means, covs, radii)
    x = np.cos(np.arange(1, 2049) * np.pi / 2049)
    own = np.einsum("nji,nj->ni", axes, means)
    u, h = radii[:, None] * x, radii[:, None] * np.sqrt(1.0 - x * x)
    from scipy.special import erfc

    b, q = np.abs(own[:, 1:]), 1.0 / (short[:, None] * np.sqrt(2.0))
    inner = erfc((b - h) * q) - erfc((b + h) * q)
    weight = np.pi / 2049 * np.sqrt(1.0 - x * x)
    judged = np.sum(weight * np.exp(-0.5 * ((u - own[:, :1]) / long[:, None]) ** 2) * inner, axis=1)
    judged *= radii * 0.5 / (long * np.sqrt(2.0 * np.pi))
    strong = judged > 1e-10
    off = float(np.max(np.abs(found[strong] / judged[strong] - 1.0)))
    each_s = harness.seconds_of(lambda: pc_2d(means, covs, radii)) / count

    def plain():
        for k in range(20):
            def line(t, k=k):
                half = np.sqrt(max(radii[k] ** 2 - t * t, 0.0))
                low, high = (b[k, 0] - half) / short[k], (b[k, 0] + half) / short[k]
                return stats.norm.pdf(t, own[k, 0], long[k]) * (stats.norm.sf(low) - stats.norm.sf(high))

            integrate.quad(line, -radii[k], radii[k], epsrel=1e-10)

    peer_s = harness.seconds_of(plain, 2) / 20
    line = harness.line(
        "pc_2d", "1/s", 1.0 / each_s, goal=300_000.0, peer="scipy.integrate.quad", peer_value=1.0 / peer_s,
        worst_relative=off, above_1e_10=int(strong.sum()),
    )  # fmt: skip
    line |= {"python": platform.python_version(), "machine": platform.machine()}
    sys.stdout.write(json.dumps(line) + "\n")
    return 0
