"""Another code, where it is installed, on the same day: brahe, skipped when absent."""

import numpy as np
import pytest
from tests.motion.orbit.test_propagate import DAY, LOW, T0

from vedette.motion.orbit import OrbitForces, propagate_orbit


def test_brahe_ends_where_we_end():
    bh = pytest.importorskip("brahe")
    bh.set_num_threads(1)
    bh.set_global_eop_provider_from_file_provider(bh.FileEOPProvider.from_default_standard(True, "Hold"))
    gravity = bh.GravityConfiguration.spherical_harmonic(degree=20, order=20, parallel=bh.ParallelMode.Never)
    forces = bh.ForceModelConfig(gravity=gravity)
    method = bh.NumericalPropagationConfig.with_method(bh.IntegrationMethod.RKN1210)
    epoch = bh.Epoch.from_mjd(60780.0, bh.TimeSystem.UTC)
    flight = bh.NumericalOrbitPropagator(epoch, LOW, method.with_abs_tol(1e-9).with_rel_tol(1e-13), forces, None)
    flight.propagate_to(epoch + 86400.0)
    ours = propagate_orbit(LOW, T0, T0 + DAY, OrbitForces.gravity_only(), tolerance=1e-13)
    two_centimetres = 0.02
    assert np.linalg.norm(ours[:3] - np.array(flight.current_state())[:3]) < two_centimetres
