"""A catalogue that nobody's satellites are in, as crowded as the sky is: element sets drawn with a seed.

Shells of constellations, debris about the usual heights and inclinations, navigation, transfer and geostationary
orbits, in the proportions of the public catalogue of 2025; some docked, some flying together.
"""

from dataclasses import dataclass

import numpy as np

from vedette.reports.elements import ElementSets

MU_KM3_S2, EARTH_KM = 398_600.8, 6378.135
T0_TAI_NS = 820_000_000 * 10**9  # some instant of 2025


@dataclass(frozen=True, slots=True)
class _Family:
    share: float
    height_km: float  # of the perigee: middle and one sigma
    height_sigma_km: float
    inclination_deg: float
    inclination_sigma_deg: float
    eccentricity: float  # one sigma of a half-normal, added to the perigee's circle
    bstar: float


_FAMILIES = (
    _Family(0.22, 548.0, 4.0, 53.1, 0.1, 2e-4, 2e-4),
    _Family(0.05, 560.0, 6.0, 70.0, 0.05, 2e-4, 2e-4),
    _Family(0.03, 560.0, 5.0, 97.6, 0.05, 2e-4, 2e-4),
    _Family(0.02, 1210.0, 8.0, 87.9, 0.05, 2e-4, 1e-5),
    _Family(0.17, 760.0, 120.0, 98.5, 1.0, 6e-3, 3e-4),
    _Family(0.13, 840.0, 160.0, 82.5, 1.5, 1e-2, 2e-4),
    _Family(0.10, 900.0, 250.0, 70.0, 8.0, 2e-2, 2e-4),
    _Family(0.06, 480.0, 60.0, 97.4, 0.8, 2e-3, 6e-4),
    _Family(0.03, 400.0, 40.0, 51.6, 0.5, 1e-3, 6e-4),
    _Family(0.08, 600.0, 200.0, 60.0, 25.0, 0.30, 2e-4),
    _Family(0.02, 20_000.0, 900.0, 56.0, 3.0, 5e-3, 0.0),
    _Family(0.03, 300.0, 100.0, 20.0, 12.0, 0.72, 2e-4),
    _Family(0.06, 35_780.0, 60.0, 5.0, 5.0, 2e-3, 0.0),
)
DOCKED_SHARE = 0.002  # pairs at one place
TOGETHER_SHARE = 0.01  # pairs a kilometre or two apart


def population(n: int, seed: int, t_tai_ns: int = T0_TAI_NS, oldest_days: float = 3.0) -> ElementSets:
    """n objects whose element sets are up to so many days old at an instant."""
    rng = np.random.default_rng(seed)
    family = rng.choice(len(_FAMILIES), n, p=np.array([f.share for f in _FAMILIES]))
    def of(name: str) -> np.ndarray:
        return np.array([getattr(f, name) for f in _FAMILIES])[family]
    e = np.clip(np.abs(rng.normal(0.0, of("eccentricity"))), 1e-5, 0.75)
    e = np.where(of("eccentricity") > 0.5, rng.uniform(0.6, 0.74, n), e)
    height = np.maximum(rng.normal(of("height_km"), of("height_sigma_km")), 260.0)
    axis_km = (EARTH_KM + height) / (1.0 - e)
    inclination = np.abs(np.radians(rng.normal(of("inclination_deg"), of("inclination_sigma_deg"))))
    inclination = np.minimum(inclination, np.radians(150.0))
    node, perigee, anomaly = rng.uniform(0.0, 2.0 * np.pi, (3, n))
    epoch = t_tai_ns - np.round(rng.uniform(0.05, oldest_days, n) * 8.64e13).astype(np.int64)
    motion = np.sqrt(MU_KM3_S2 / axis_km**3) * 60.0
    bstar = of("bstar") * np.exp(rng.normal(0.0, 0.5, n))
    follower = np.arange(1, n, 2)  # every second object may belong to the one before it
    kind = rng.random(len(follower))
    docked = follower[kind < 2.0 * DOCKED_SHARE]
    near = follower[(kind >= 2.0 * DOCKED_SHARE) & (kind < 2.0 * (DOCKED_SHARE + TOGETHER_SHARE))]
    for rows, apart in ((docked, 0.0), (near, 1.5)):
        for values in (e, inclination, node, perigee, motion, bstar, axis_km):
            values[rows] = values[rows - 1]
        epoch[rows] = epoch[rows - 1]
        anomaly[rows] = anomaly[rows - 1] + apart / axis_km[rows]
    n_dot = 1e-9 * np.exp(-(height - 400.0) / 90.0) * motion  # half the change of the mean motion, as told
    return ElementSets(
        number=np.arange(1, n + 1, dtype=np.int64), name=tuple(f"OBJECT {i + 1}" for i in range(n)),
        designator=("",) * n, t_epoch_tai_ns=epoch, mean_motion_radpmin=motion, eccentricity=e,
        inclination_rad=inclination, node_teme_rad=node, perigee_argument_rad=perigee, 
        mean_anomaly_rad=anomaly % (2.0 * np.pi),
        bstar_per_er=bstar, mean_motion_dot_radpmin2=n_dot, mean_motion_ddot_radpmin3=np.zeros(n),
        revolution=np.zeros(n, dtype=np.int64), source=np.zeros(n, dtype=np.int64), sources=("drawn",),
    )  # fmt: skip
