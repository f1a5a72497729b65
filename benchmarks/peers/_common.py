"""What the peers' adapters share: the scene's physics in plain NumPy, timing, and how a line is printed.

State order here is (x, y, z, vx, vy, vz) in the radar's level axes; the round Earth's centre is one radius below.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np

MU_M3_S2, EARTH_M = 3.986004418e14, 6378137.0


def load():
    """The arrays of the file that the script was given."""
    with np.load(sys.argv[1]) as data:
        return {name: data[name] for name in data.files}


def say(**row):
    print(json.dumps(row), flush=True)


def seconds_of(work, repeats=3):
    """Shortest processor time of a few runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def rate_line(peer, package, what, count, work, repeats=3):
    """Updates a second of `work`, which does `count` of them; a peer that fails says so."""
    try:
        say(peer=f"{peer} {version(package)}", what=what, per_s=count / seconds_of(work, repeats))
    except Exception as trouble:
        say(peer=f"{peer} {version(package)}", what=what, error=f"{type(trouble).__name__}: {trouble}"[:300])


def slope(s):
    x, y, z = s[0], s[1], s[2] + EARTH_M
    k = -MU_M3_S2 / (x * x + y * y + z * z) ** 1.5
    return np.array([s[3], s[4], s[5], k * x, k * y, k * z])


def fall(s, dt):
    """One Runge-Kutta step; a column of states or one."""
    a = slope(s)
    b = slope(s + 0.5 * dt * a)
    c = slope(s + 0.5 * dt * b)
    d = slope(s + dt * c)
    return s + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def fall_jacobian(s, dt):
    """Transition matrix to third order."""
    p = np.array([s[0], s[1], s[2] + EARTH_M])
    r = np.sqrt(p @ p)
    A = np.zeros((6, 6))
    A[:3, 3:] = np.eye(3)
    A[3:, :3] = MU_M3_S2 * (3.0 * np.outer(p, p) / r**5 - np.eye(3) / r**3)
    A2 = A @ A
    return np.eye(6) + A * dt + A2 * (dt * dt / 2.0) + A2 @ A * (dt**3 / 6.0)


def push(s, dt, exhaust=2600.0, thrust=20.0):
    """The same step under a thrust of 20 m/s² along the velocity."""

    def pushed(y):
        out = slope(y)
        out[3:] += thrust * y[3:] / (np.sqrt(np.sum(y[3:] ** 2)) + 1.0)
        return out

    a = pushed(s)
    b = pushed(s + 0.5 * dt * a)
    c = pushed(s + 0.5 * dt * b)
    d = pushed(s + dt * c)
    return s + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def brake(s, dt, beta=3000.0):
    """The same step with drag in air that thins by e every 7 km."""

    def braked(y):
        out = slope(y)
        p = np.array([y[0], y[1], y[2] + EARTH_M])
        density = 1.4 * np.exp(-(np.sqrt(p @ p) - EARTH_M) / 7000.0)
        speed = np.sqrt(np.sum(y[3:] ** 2))
        out[3:] -= 0.5 * density * speed / beta * y[3:]
        return out

    a = braked(s)
    b = braked(s + 0.5 * dt * a)
    c = braked(s + 0.5 * dt * b)
    d = braked(s + dt * c)
    return s + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def look(s):
    """Azimuth (from x towards y), elevation, range."""
    level = np.hypot(s[0], s[1])
    return np.array([np.arctan2(s[1], s[0]), np.arctan2(s[2], level), np.hypot(level, s[2])])


def look_jacobian(s):
    x, y, z = s[0], s[1], s[2]
    level2 = x * x + y * y
    level, reach2 = np.sqrt(level2), level2 + z * z
    H = np.zeros((3, 6))
    H[0, 0], H[0, 1] = -y / level2, x / level2
    H[1, 0], H[1, 1], H[1, 2] = -x * z / (reach2 * level), -y * z / (reach2 * level), level / reach2
    H[2, :3] = np.array([x, y, z]) / np.sqrt(reach2)
    return H


def folded(a):
    return (a + np.pi) % (2.0 * np.pi) - np.pi


def look_residual(a, b):
    out = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    out[0] = folded(out[0])
    return out


def judge_line(peer, package, what, follow, data):
    """How honest `follow(seen, guess)`, a list of means and covariances in our order, is over all runs of a scene."""
    errors, scores = [], []
    half = len(data["seen"]) // 2
    try:
        for run in range(data["seen"].shape[1]):
            told = follow(data["seen"][:, run], data["guess"][run])
            error = np.array([mean for mean, _ in told]) - data["truth"][:, run]
            covs = np.array([cov for _, cov in told])
            scores.append(np.einsum("ki,ki->k", error, np.linalg.solve(covs, error[..., None])[..., 0]) / 6.0)
            errors.append(error[half:])
        errors, scores = np.array(errors), np.array(scores)
        lost = int(np.sum(np.linalg.norm(errors[:, -1, :3], axis=1) > 50e3))
        say(
            peer=f"{peer} {version(package)}", what=what, runs=len(scores), anees=float(scores.mean()), lost=lost,
            anees_second_half=float(scores[:, half:].mean()),
            rmse_m=float(np.sqrt(np.mean(np.sum(errors[..., :3] ** 2, axis=-1)))),
            rmse_mps=float(np.sqrt(np.mean(np.sum(errors[..., 3:] ** 2, axis=-1)))),
        )
    except Exception as trouble:
        say(peer=f"{peer} {version(package)}", what=what, error=f"{type(trouble).__name__}: {trouble}"[:300])
