"""How well each kind explains the signs of an object: the bank's moments, weighed by how near they are.

For a kind k, p(signs | k) is the sum over its moments of their share times a Gaussian in height, speed and climb, one
in the accelerations, and the chance of what infrared looks found and missed. A launch that infrared found first was
found soon after it came out of the cloud; one that a radar found first may be anywhere on its way.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import i0e

from vedette.assessment.typing.bank import Bank
from vedette.assessment.typing.density_kernel import weigh_moments
from vedette.assessment.typing.drawn_flights import BOOST_GRID_S, burning
from vedette.assessment.typing.signs import Signs
from vedette.core.shapes import Ints, Rows, Scalar

HEIGHT_WIDTH = 0.05  # of ln(height + 3 km): what stands for the gaps between the drawn flights
SPEED_WIDTH_SHARE, SPEED_WIDTH_MPS = 0.035, 6.0  # of both speeds: share of the whole speed, and m/s
PUSH_WIDTH_MPS2, PUSH_WIDTH_SHARE = 1.5, 0.08
CLOUD_TOP_M = 12_000.0
LATE_PER_S = 0.03 / 60.0  # density of a first look that is late: higher cloud, looks that failed, a dim flame
DARK_LOOKS = 6  # so many dark looks are weighed
LOOK_EVERY_S = 10.0  # how long after coming out of the cloud an infrared watcher may first look
FOUND, STRAY = 0.9, 0.01  # chance that a look finds a flame; that it finds something where none is
_MOST = 60_000  # moments compared at once
_SIGMAS = 4.5


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """The moments near an object: rows of the bank, their weights (sum over a kind: its density), by kind."""

    row: Ints  # (m,)
    log_weight: Scalar  # (m,)
    log_kind: Scalar  # (kinds,) ln p(signs | kind)


def nearness(signs: Signs, bank: Bank) -> Nearness:
    """Densities of all kinds for one object, per unit of the bank's coordinates (and of (m/s2)2 when it has a push)."""
    low, high, step, sigma_h = _compared(signs, bank)
    link = signs.rise_correlation * signs.place_sigma[0] * signs.place_sigma[1] / sigma_h**2
    row, log_weight, log_kind = weigh_moments(
        low, high, step, bank.place, bank.push, bank.kind, bank.any_flight, bank.t_s, bank.weight, bank.lasts_s,
        bank.burns_s, bank.heights_m, bank.heights_from, len(bank.kinds), np.asarray(signs.place, dtype=float),
        np.array([sigma_h, signs.place_sigma[1], signs.place_sigma[2]]), float(link),
        np.asarray(signs.push, dtype=float), float(signs.push_sigma),
        np.array([signs.age_s, signs.flame_age_s, signs.flame_last_s]), bool(signs.flame_first),
        np.asarray(signs.dark_s[:DARK_LOOKS], dtype=float),
        np.array([SPEED_WIDTH_SHARE, SPEED_WIDTH_MPS, PUSH_WIDTH_MPS2, PUSH_WIDTH_SHARE]), np.array([FOUND, STRAY]),
        np.array([BOOST_GRID_S, CLOUD_TOP_M, LOOK_EVERY_S, LATE_PER_S]),
    )  # fmt: skip
    return Nearness(row, log_weight, log_kind)


def _compared(signs: Signs, bank: Bank) -> tuple[int, int, int, float]:
    """First and last row of the bank that are compared, every how manieth, and the doubt of the height's logarithm."""
    sigma_h = float(np.hypot(signs.place_sigma[0], HEIGHT_WIDTH))
    reach = _SIGMAS * sigma_h
    within = np.array([signs.place[0] - reach, signs.place[0] + reach], dtype=np.float32)
    edges = np.searchsorted(bank.place[:, 0], within)
    low, high = int(edges[0]), int(edges[1])
    return low, high, max(1, -(-(high - low) // _MOST)), sigma_h


def nearness_plain(signs: Signs, bank: Bank) -> Nearness:
    """The plain twin of `nearness`: the same, moment by moment in arrays."""
    low, high, step, sigma_h = _compared(signs, bank)
    rows = np.arange(low, high, step)
    place = bank.place[rows].astype(float)
    width2 = (SPEED_WIDTH_SHARE**2) * (place[:, 1] ** 2 + place[:, 2] ** 2) + SPEED_WIDTH_MPS**2
    log_place = log_of_height_and_up(signs, sigma_h, place, width2)
    log_place += log_of_level(float(signs.place[2]), place[:, 2], signs.place_sigma[2] ** 2 + width2)
    near = log_place > log_place.max(initial=-np.inf) - 25.0
    rows = rows[near]
    log_weight = np.log(bank.weight[rows] * step) + log_place[near]
    if np.isfinite(signs.push).all():
        sigma2 = signs.push_sigma**2 + PUSH_WIDTH_MPS2**2 + (PUSH_WIDTH_SHARE * bank.push[rows, 0]) ** 2
        miss2 = np.sum((bank.push[rows] - signs.push) ** 2, axis=1)
        log_weight += -0.5 * miss2 / sigma2 - np.log(2.0 * np.pi * sigma2)
    log_weight = log_weight + _when_found(signs, bank, rows)
    log_kind = np.full(len(bank.kinds), -np.inf)
    if len(rows):
        top = float(log_weight.max())
        if np.isfinite(top):
            sums = np.bincount(bank.kind[rows], np.exp(log_weight - top), minlength=len(bank.kinds))
            with np.errstate(divide="ignore"):
                log_kind = top + np.log(sums)
    return Nearness(rows, log_weight, log_kind)


def log_of_height_and_up(signs: Signs, sigma_h: float, place: Rows, width2: Scalar) -> Scalar:
    """(m,) ln density of the height and the speed upwards that were seen, of moments at `place` (m, 3)."""
    up2 = signs.place_sigma[1] ** 2 + width2
    off_h, off_up = signs.place[0] - place[:, 0], signs.place[1] - place[:, 1]
    link = signs.rise_correlation * signs.place_sigma[0] * signs.place_sigma[1] / sigma_h**2
    left2 = up2 - link**2 * sigma_h**2
    z2 = (off_h / sigma_h) ** 2 + (off_up - link * off_h) ** 2 / left2
    return np.asarray(-0.5 * z2 - np.log(2.0 * np.pi * sigma_h) - 0.5 * np.log(left2))


def log_of_level(seen_mps: float, level_mps: Scalar, sigma2: Scalar) -> Scalar:
    """(m,) ln density of a level speed that was seen: noise only ever adds to what is slow (Rice 1945)."""
    seen = max(seen_mps, 0.1)
    product = seen * level_mps / sigma2
    return np.asarray(np.log(seen / sigma2) - 0.5 * (seen - level_mps) ** 2 / sigma2 + np.log(i0e(product)))


def _when_found(signs: Signs, bank: Bank, rows: Ints) -> Scalar:
    """(m,) ln of the chance of the moment in its flight, and of what infrared looks saw, for each moment."""
    out = np.zeros(len(rows))
    t = bank.t_s[rows].astype(float)
    launched = np.isfinite(t)
    has_flame = np.isfinite(signs.flame_last_s)
    if has_flame:  # what is not launched does not burn
        out[~launched] += 2.0 * np.log(STRAY)
    with np.errstate(divide="ignore"):
        for number in np.unique(bank.kind[rows[launched]]):
            flights = bank.kinds[number].flights
            assert flights is not None
            mine = np.flatnonzero(bank.kind[rows] == number)
            flight = bank.flight[rows[mine]].astype(np.int64)
            t_now = t[mine]
            log_p = np.zeros(len(mine))
            if has_flame and signs.flame_first:
                start = t_now - signs.flame_age_s
                log_p += np.log(_found_at(flights.height_grid_m, flight, start))
            else:
                log_p += np.where(t_now >= signs.age_s, -np.log(bank.lasts_s[rows[mine]]), -np.inf)
            if has_flame:
                log_p += np.log(np.where(burning(flights, flight, t_now - signs.flame_last_s), FOUND, STRAY))
                log_p += np.log(np.where(burning(flights, flight, t_now - signs.flame_age_s), FOUND, STRAY))
                for dark_s in signs.dark_s[:DARK_LOOKS]:
                    log_p += np.log(np.where(burning(flights, flight, t_now - dark_s), 1.0 - FOUND, 1.0 - STRAY))
            out[mine] = log_p
    return out


def _found_at(height_grid_m: Rows, flight: Ints, start_s: Scalar) -> Scalar:
    """(m,) density (1/s) of the first infrared look at `start_s` after lift-off: soon after it left the cloud."""
    since = _share_out(height_grid_m, flight, start_s) - _share_out(height_grid_m, flight, start_s - LOOK_EVERY_S)
    return np.where(start_s > 0.0, 0.97 * np.maximum(since, 0.0) / LOOK_EVERY_S + LATE_PER_S, 0.0)


def _share_out(height_grid_m: Rows, flight: Ints, t_s: Scalar) -> Scalar:
    """(m,) share of clouds that it is above; clouds are as likely at any height up to `CLOUD_TOP_M`."""
    at = np.clip(((t_s - 1.0) / BOOST_GRID_S), 0.0, height_grid_m.shape[1] - 1.001)
    low = at.astype(np.int64)
    share = at - low
    height = height_grid_m[flight, low] * (1.0 - share) + height_grid_m[flight, low + 1] * share
    height = np.where(t_s > 1.0, np.nan_to_num(height, nan=CLOUD_TOP_M), 0.0)
    return np.clip(height / CLOUD_TOP_M, 0.0, 1.0)
