"""A sinking object as the assessment weighs it: is this radar track that decaying body?"""

import numpy as np

from vedette.catalogue.decay.forecast import Decay
from vedette.catalogue.element_error import element_sigmas_m
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports import KnownBody
from vedette.reports.elements import ElementSets

_SPEED_SHARE = 1.1e-3  # of a position error, per second: one turn's angular rate in low orbit


def known_body(sets: ElementSets, decay: Decay, orientation: EarthOrientation | None = None) -> KnownBody:
    """The newest of one object's sets with the drag that its decay shows, and the doubt about that drag.

    The doubt is half the 68 % width of the drawn lives over the most probable one: that is what the along-track error
    grows with. An object that is not sinking carries no drag.
    """
    newest = sets.take(np.array([int(np.argmax(sets.t_epoch_tai_ns))]))
    t = int(newest.t_epoch_tai_ns[0])
    states, _ = Sgp4.of(newest).states_teme(np.array([t]))
    state = state_itrf_from_teme(t, states[0, 0], orientation or EarthOrientation.packaged())
    radial, along, across = element_sigmas_m(newest, np.array([t]))[0]
    up = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(up, state[3:])
    normal /= np.linalg.norm(normal)
    axes = np.stack([up, np.cross(normal, up), normal], axis=1)
    place = axes @ np.diag([radial**2, along**2, across**2]) @ axes.T
    cov = np.zeros((6, 6))
    cov[:3, :3], cov[3:, 3:] = place, place * _SPEED_SHARE**2
    ratio, doubt = decay.ratio.value_m2_kg, 0.0
    if ratio > 0.0:
        low, middle, high = np.quantile(decay.draws_days, [0.16, 0.5, 0.84], method="nearest")
        doubt = float((high - low) / (2.0 * middle)) if np.isfinite(high) else 0.2
    return KnownBody(
        id=str(int(newest.number[0])), name=newest.name[0], t_epoch_tai_ns=t, state_itrf=state, cov_itrf=cov,
        beta_kg_m2=1.0 / ratio if ratio > 0.0 else 0.0, beta_sigma_share=doubt,
        source=newest.sources[int(newest.source[0])] if newest.sources else "",
    )  # fmt: skip
