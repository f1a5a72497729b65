"""One radar and one falling body, the peers' two comparison cases, on a round Earth that stands still.

State (x, y, z, vx, vy, vz) in the radar's level axes for the peers; for our kernels the same with the origin at the
centre of the Earth. Azimuth is from x towards y, so that x takes the part of north and y that of east.
"""

import numpy as np

MU_M3_S2, EARTH_M = 3.986004418e14, 6378137.0
ROUND_EARTH = (MU_M3_S2, EARTH_M, 0.0, 0.0, 0.0, 0.0)
RADAR_M = np.array([0.0, 0.0, EARTH_M])
EAST_NORTH_UP = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
STEPS, DT_S, NOISE_M2_S3 = 200, 1.0, 1e-2
CASES = {  # start, angle sigma rad, range sigma m, start sigmas m and m/s
    "A": (np.array([-420e3, 380e3, 140e3, 2600.0, -900.0, 900.0]), 0.5e-3, 20.0, 2000.0, 200.0),
    "B": (np.array([-1500e3, 900e3, 560e3, 4200.0, -1500.0, 1800.0]), 2e-3, 2.0, 5000.0, 500.0),
}


def slope(state: np.ndarray) -> np.ndarray:
    """Time derivative of states (..., 6)."""
    away = state[..., :3] + RADAR_M
    pull = -MU_M3_S2 * away / np.sum(away**2, axis=-1, keepdims=True) ** 1.5
    return np.concatenate([state[..., 3:], pull], axis=-1)


def fall(state: np.ndarray, dt_s: float = DT_S) -> np.ndarray:
    """One Runge-Kutta step."""
    a = slope(state)
    b = slope(state + 0.5 * dt_s * a)
    c = slope(state + 0.5 * dt_s * b)
    d = slope(state + dt_s * c)
    return state + dt_s / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def look(state: np.ndarray) -> np.ndarray:
    """Azimuth, elevation, range."""
    x, y, z = np.moveaxis(state[..., :3], -1, 0)
    level = np.hypot(x, y)
    return np.stack([np.arctan2(y, x), np.arctan2(z, level), np.hypot(level, z)], axis=-1)


def process_noise() -> np.ndarray:
    """White acceleration over one step, (6, 6)."""
    eye, q, dt = np.eye(3), NOISE_M2_S3, DT_S
    return np.block([[eye * q * dt**3 / 3.0, eye * q * dt**2 / 2.0], [eye * q * dt**2 / 2.0, eye * q * dt]])


def play(name: str, runs: int, seed: int, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Truth (steps, runs, 6), looks (steps, runs, 3), guesses (runs, 6), their covariance, R, Q, dt."""
    start, angle, reach, place, speed = CASES[name]
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(process_noise())
    sigma0, sigma = np.repeat([place, speed], 3), np.array([angle, angle, reach])
    state = np.tile(start, (runs, 1))
    guess = state + sigma0 * rng.standard_normal((runs, 6))
    truth, seen = [], []
    for _ in range(steps):
        state = fall(state) + rng.standard_normal((runs, 6)) @ root.T
        truth.append(state)
        seen.append(look(state) + sigma * rng.standard_normal((runs, 3)))
    return {
        "truth": np.array(truth), "seen": np.array(seen), "guess": guess, "cov": np.diag(sigma0**2),
        "R": np.diag(sigma**2), "Q": process_noise(), "dt": np.array(DT_S),
    }  # fmt: skip
