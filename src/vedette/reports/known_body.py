"""A catalogue's idea of one object in orbit: where it was, what the air does to it, and how sure that is."""

from dataclasses import dataclass

from vedette.core.shapes import Rows, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class KnownBody:
    """One catalogued object, as hours-old orbits tell it.

    `beta_sigma_share` is one sigma of the share by which drag may differ from what `beta_kg_m2` foretells (weather of
    the thin air included): the along-track error grows with it. 0 kg/m2: no drag at all.
    """

    id: str
    name: str
    t_epoch_tai_ns: int
    state_itrf: Scalar  # (6,) at the epoch
    cov_itrf: Rows  # (6, 6) at the epoch
    beta_kg_m2: float = 0.0
    beta_sigma_share: float = 0.0
    rcs_m2: float | None = None
    source: str = ""
