"""First orbits, judged by the worked examples of Vallado's book."""

import numpy as np

from vedette.motion.propagate import coast_track
from vedette.tracking.initial_orbit import state_from_positions, velocity_gibbs, velocity_herrick_gibbs

MU_OF_THE_BOOK = 3.986004418e14
ONE_CENTIMETRE_A_SECOND = 0.01  # positions are printed to a metre or a centimetre; the book's velocities to 1e-6 km/s


def test_gibbs_is_example_7_3():
    """Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., example 7-3."""
    positions = np.array([[0, 0, 6378.13700], [0, -4464.69600, -5102.50900], [0, 5740.32300, 3189.06800]]) * 1e3
    velocity = velocity_gibbs(positions, MU_OF_THE_BOOK)
    assert np.abs(velocity - [0.0, 5531.148, -5191.806]).max() < ONE_CENTIMETRE_A_SECOND


def test_herrick_gibbs_is_example_7_4():
    """The same book, example 7-4: positions 76.48 and 153.04 s after the first."""
    positions = 1e3 * np.array(
        [
            [3419.85564, 6019.82602, 2784.60022],
            [2935.91195, 6326.18324, 2660.59584],
            [2434.95202, 6597.38674, 2521.52311],
        ]
    )
    velocity = velocity_herrick_gibbs(positions, np.array([0.0, 76.48, 153.04]), MU_OF_THE_BOOK)
    assert np.abs(velocity - [-6441.632, 3777.625, -1720.582]).max() < 0.1  # the book's own constants: 1e-5 of it


def test_positions_of_a_coast_give_its_state_back_close_by_and_well_apart():
    truth = np.array([-5.04e6, -3.85e6, 3.44e6, -4920.0, 1315.0, -5726.0])
    for spacing_s in (12.0, 150.0):
        times_s = np.arange(5) * spacing_s
        track = coast_track(truth, times_s)
        state = state_from_positions(track[:, :3], (times_s * 1e9).astype(np.int64) + 77, 77)
        # neither method knows J2, which pulls 0.01 m/s2 over two spacings back from the middle
        assert np.linalg.norm(state[:3] - truth[:3]) < 0.06 * spacing_s**2
        assert np.linalg.norm(state[3:] - truth[3:]) < 0.06 * spacing_s
