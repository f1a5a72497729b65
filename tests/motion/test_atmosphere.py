"""The U.S. Standard Atmosphere 1976 against its own printed tables."""

import numpy as np
import pytest

from vedette.motion.atmosphere import (
    GRID_ROWS,
    density_kernel,
    density_us76,
    grid_heights_m,
    sound_speed_us76,
    standard_air,
    temperature_us76,
)

# Geometric height km, temperature K, density kg/m3: U.S. Standard Atmosphere 1976, table I
PRINTED = [
    (0, 288.150, 1.2250),
    (5, 255.676, 7.3643e-1),
    (10, 223.252, 4.1351e-1),
    (20, 216.650, 8.8910e-2),
    (30, 226.509, 1.8410e-2),
    (40, 250.350, 3.9957e-3),
    (50, 270.650, 1.0269e-3),
    (60, 247.021, 3.0968e-4),
    (70, 219.585, 8.2829e-5),
    (80, 198.639, 1.8458e-5),
    (86, 186.87, 6.958e-6),
    (100, 195.08, 5.604e-7),
    (150, 634.39, 2.076e-9),
    (300, 976.01, 1.916e-11),
    (1000, 1000.00, 3.561e-15),
]
# between the packaged knots: the same tables, values that the interpolation never saw
UNSEEN = [(90, 3.416e-6), (175, 6.339e-10)]


@pytest.mark.parametrize("km,temperature,density", PRINTED)
def test_printed_values_come_back(km, temperature, density):
    last_digit = 2e-4  # four or five printed digits
    assert temperature_us76(np.array(km * 1e3)) == pytest.approx(temperature, rel=last_digit / 5, abs=0.01)
    assert density_us76(np.array(km * 1e3)) == pytest.approx(density, rel=last_digit)


@pytest.mark.parametrize("km,density", UNSEEN)
def test_between_the_knots_the_table_is_met(km, density):
    one_percent = 0.01
    assert density_us76(np.array(km * 1e3)) == pytest.approx(density, rel=one_percent)


def test_sound_goes_as_fast_as_printed():
    for km, speed in ((0, 340.294), (10, 299.532), (20, 295.069), (50, 329.799), (80, 282.538)):
        assert sound_speed_us76(np.array(km * 1e3)) == pytest.approx(speed, rel=1e-5)


def test_the_grid_is_the_atmosphere_to_a_tenth_of_a_percent():
    air = standard_air()
    assert air.shape == (GRID_ROWS, 4) and len(grid_heights_m()) == GRID_ROWS
    heights = np.linspace(-400.0, 119e3, 3001)
    grid = np.array([density_kernel(float(h), air) for h in heights])
    a_tenth_of_a_percent = 1e-3  # rows 200 m apart, linear in the logarithm
    assert np.abs(grid / density_us76(heights) - 1.0).max() < a_tenth_of_a_percent
    high = np.linspace(120e3, 1000e3, 2001)
    grid = np.array([density_kernel(float(h), air) for h in high])
    two_percent = 0.02  # rows 4 km apart, worst just above 120 km where the air thins fastest
    assert np.abs(grid / density_us76(high) - 1.0).max() < two_percent


def test_density_only_falls_and_ends():
    density = density_us76(np.linspace(-2e3, 1000e3, 5001))
    assert np.all(np.diff(density) < 0)
    assert density_us76(np.array(1000.1e3)) == 0.0
    assert density_kernel(1000.1e3, standard_air()) == 0.0
    assert np.isfinite(density_kernel(-50e3, standard_air()))
