"""How a state with its doubt is written in `ObjectSummary.state`, and read back.

    {"t_tai_ns": 986083234000000000, "position_itrf_m": [x, y, z], "velocity_itrf_mps": [vx, vy, vz],
     "covariance_itrf": [[...6], ...6]}        metres and metres per second; velocity relative to the rotating Earth
"""

from typing import Any

import numpy as np

from vedette.core.shapes import Mat33, Scalar


def state_words(t_tai_ns: int, state_itrf: Scalar, state_cov_itrf: Mat33 | None = None) -> dict[str, Any]:
    """A state (6,) and its covariance (6, 6) at an instant, as plain JSON-ready values."""
    words: dict[str, Any] = {
        "t_tai_ns": int(t_tai_ns),
        "position_itrf_m": [float(x) for x in state_itrf[:3]],
        "velocity_itrf_mps": [float(x) for x in state_itrf[3:6]],
    }
    if state_cov_itrf is not None:
        words["covariance_itrf"] = [[float(x) for x in row] for row in np.asarray(state_cov_itrf)[:6, :6]]
    return words


def state_from_words(words: dict[str, Any]) -> tuple[int, Scalar, Mat33 | None]:
    """Instant, state (6,) and covariance (6, 6) or None, as `state_words` wrote them."""
    state = np.array([*words["position_itrf_m"], *words["velocity_itrf_mps"]], dtype=float)
    cov = words.get("covariance_itrf")
    return int(words["t_tai_ns"]), state, None if cov is None else np.array(cov, dtype=float)
