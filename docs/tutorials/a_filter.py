"""A filter: why a radar's track is kept in the radar's own coordinates.

The same looks go through two filters. One keeps x, y and z, as most do; the other azimuth, elevation and range. Far
away, with a range known to metres and angles to milliradians, what is known is shaped like a contact lens: bent in
x, y, z, flat in the radar's own terms. A filter is honest when its errors are as large as it says: the mean of
"error squared over claimed variance", per component, should be one.

Run it:  python docs/tutorials/a_filter.py      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
from pathlib import Path

import numpy as np

from vedette.estimation import predict_sigma, transform, update_joseph
from vedette.metrics import chi_square_band, nees
from vedette.tracking.spherical import cartesian_from_spherical, spherical_difference, spherical_from_cartesian

RUNS, LOOKS, DT_S = 200, 120, 1.0
MU_M3_S2, EARTH_M = 3.986004418e14, 6_378_137.0
START = np.array([-1500e3, 900e3, 560e3, 4200.0, -1500.0, 1800.0])  # east, north, up of the radar
START_SIGMA = np.repeat([5e3, 500.0], 3)
RADAR_SIGMA = np.array([2e-3, 2e-3, 2.0])  # azimuth and elevation in rad, range in m
NOISE = 1e-2 * np.kron([[DT_S**3 / 3, DT_S**2 / 2], [DT_S**2 / 2, DT_S]], np.eye(3))


def fall(state):
    """One second of fall about the centre of a round Earth that stands still."""

    def slope(at):
        away = at[..., :3] + [0.0, 0.0, EARTH_M]
        return np.concatenate([at[..., 3:], -MU_M3_S2 * away / np.linalg.norm(away, axis=-1)[..., None] ** 3], axis=-1)

    a = slope(state)
    b = slope(state + 0.5 * DT_S * a)
    c = slope(state + 0.5 * DT_S * b)
    d = slope(state + DT_S * c)
    return state + DT_S / 6 * (a + 2 * b + 2 * c + d)


def slope_of(function, at):
    """Derivatives (n, m, 6) of a row function by central differences of a metre and a centimetre a second."""
    steps = np.diag(np.repeat([1.0, 0.01], 3))
    return np.stack([(function(at + s) - function(at - s)) / (2 * s.sum()) for s in steps], axis=-1)


def cartesian_filter(mean, cov, measurement):
    """Extended Kalman filter in x, y, z."""
    F = slope_of(fall, mean)
    mean, cov = fall(mean), F @ cov @ np.swapaxes(F, -1, -2) + NOISE
    H = slope_of(lambda at: spherical_from_cartesian(at)[:, :3], mean)
    residual = spherical_difference(measurement, spherical_from_cartesian(mean)[:, :3])
    after = update_joseph(mean, cov, residual, H, np.diag(RADAR_SIGMA**2))
    return after.mean, after.cov


def spherical_filter(mean, cov, measurement):
    """Sigma points for the motion; the measurement is then simply the first three components."""
    J = slope_of(spherical_from_cartesian, cartesian_from_spherical(mean))
    mean, cov = predict_sigma(
        mean, cov, lambda at: spherical_from_cartesian(fall(cartesian_from_spherical(at))),
        J @ NOISE @ np.swapaxes(J, -1, -2), difference=spherical_difference,
    )  # fmt: skip
    residual = spherical_difference(measurement, mean[:, :3])
    after = update_joseph(mean, cov, residual, np.eye(6)[:3], np.diag(RADAR_SIGMA**2))
    return after.mean, after.cov


def main():
    rng = np.random.default_rng(3)
    truth = np.tile(START, (RUNS, 1))
    flat = (truth + START_SIGMA * rng.standard_normal((RUNS, 6)), np.tile(np.diag(START_SIGMA**2), (RUNS, 1, 1)))
    bent = transform(*flat, spherical_from_cartesian, difference=spherical_difference)[:2]
    root = np.linalg.cholesky(NOISE)
    history = []
    for _ in range(LOOKS):
        truth = fall(truth) + rng.standard_normal((RUNS, 6)) @ root.T
        measurement = spherical_from_cartesian(truth)[:, :3] + RADAR_SIGMA * rng.standard_normal((RUNS, 3))
        flat, bent = cartesian_filter(*flat, measurement), spherical_filter(*bent, measurement)
        told, told_cov, _ = transform(*bent, cartesian_from_spherical)
        row = []
        for mean, cov in ((flat[0], flat[1]), (told, told_cov)):
            error = mean - truth
            row += [nees(error, cov).mean() / 6, np.sqrt(np.mean(np.sum(error[:, :3] ** 2, axis=1)))]
        history.append(row)
    history = np.array(history)

    low, high = chi_square_band(6, RUNS)
    late = history[LOOKS // 2 :]
    print(f"{RUNS} runs of {LOOKS} looks at {np.linalg.norm(START[:3]) / 1e3:.0f} km: range ± 2 m, angles ± 2 mrad")
    print(f"an honest filter's figure lies between {low:.2f} and {high:.2f} at 95 looks of 100\n")
    print("                        honesty   position error at the end")
    print(f"  x, y, z               {late[:, 0].mean():7.2f}   {history[-1, 1]:7.0f} m")
    print(f"  azimuth, elevation, r {late[:, 2].mean():7.2f}   {history[-1, 3]:7.0f} m")
    draw(history, low, high)


def draw(history, low, high):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    seconds = DT_S * np.arange(1, LOOKS + 1)
    figure, (honesty, error) = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    names = ("x, y, z", "azimuth, elevation, range")
    for column, name, colour in ((0, names[0], "tab:red"), (2, names[1], "tab:blue")):
        honesty.semilogy(seconds, history[:, column], color=colour, label=name)
        error.semilogy(seconds, history[:, column + 1], color=colour, label=name)
    honesty.axhspan(low, high, color="0.85", label="honest (95 %)")
    honesty.set(xlabel="seconds", ylabel="error² over claimed variance, per component", title="Honesty")
    error.set(xlabel="seconds", ylabel="metres, root mean square", title="Position error")
    honesty.legend()
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "a_filter.png", dpi=120)
    print(f"\npicture: {out / 'a_filter.png'}")


if __name__ == "__main__":
    main()
