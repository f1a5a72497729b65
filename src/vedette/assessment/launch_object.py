"""One tracked object and what is believed of it; the launch follower's memory."""

from dataclasses import dataclass, field

import numpy as np

from vedette.assessment.candidates.dossier import Dossier
from vedette.assessment.candidates.patience import Patience
from vedette.assessment.early.products import EarlyProducts
from vedette.assessment.evidence import is_for_fit
from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.launch_products import (
    apogee_km,
    burnout_words,
    impact_area,
    launch_estimate,
)
from vedette.assessment.typing import TrackHistory
from vedette.core.shapes import Rows, Scalar
from vedette.estimation import never_there
from vedette.reports import Alert, ImpactArea, LaunchEstimate, Looks, ObjectSummary, state_words

OTHER_SHARE = 0.02  # never none: the classes are not all there is


@dataclass(slots=True)
class LaunchObject:
    """What is believed of one track; changed only by the follower, scan by scan."""

    id: str
    track_id: str
    t_first_tai_ns: int
    t_seen_tai_ns: int
    state_itrf: Scalar
    state_cov_itrf: Rows
    t_state_tai_ns: int
    existence: float = 1.0  # that its track follows something now
    never: float = 0.0  # probability that its looks never were of one thing
    looks_by_sensor: dict[str, int] = field(default_factory=dict)
    phenomena: tuple[str, ...] = ()
    fit: LaunchFit | None = None
    t_fit_tai_ns: int | None = None
    fitted: tuple[int, int] = (0, 0)  # how many looks its fit is of, and when the last was measured
    phase: str = "unknown"  # until a fit says boost, coast, orbit
    launch: LaunchEstimate | None = None
    impact: ImpactArea | None = None
    conditional: ImpactArea | None = None
    t_conditional_tai_ns: int | None = None
    t_burnt_since_tai_ns: int | None = None
    is_burnout_said: bool = False
    is_apogee_said: bool = False
    is_orbit_said: bool = False
    is_lost_said: bool = False
    is_merged: bool = False  # it was another object, which goes on
    named: str | None = None
    area_said_km2: float | None = None
    marks: tuple[str, ...] = ()
    alerts: dict[str, Alert] = field(default_factory=dict)  # by kind
    history: TrackHistory = field(default_factory=TrackHistory)
    dossier: Dossier = field(default_factory=Dossier)
    patience: Patience = field(default_factory=Patience)
    t_refused_tai_ns: int | None = None  # when it last asked for a fit in vain
    looks_weighed: int = 0  # detections when its first looks were last weighed
    light_log_ratios: tuple[float, float] = (0.0, 0.0)  # what its first looks' brightness says: a launch, the unknown
    t_light_tai_ns: int = 0  # when the last of these was
    is_early: bool = False  # launch and fall are those of its first looks
    t_quick_tai_ns: int | None = None  # when its quick products were last made
    quick_sigma_km: float | None = None  # of a launch point that no fit has made yet
    t_widened_tai_ns: int | None = None  # when its impact area was last widened for its age

    def take_existence(self, existence: float, since_s: float, hazard_1_s: float) -> None:
        """Believe the tracker; what is followed may vanish or be lost at that rate, and was something all the same."""
        before = self.existence * float(np.exp(-hazard_1_s * max(since_s, 0.0)))
        self.never, self.existence = never_there(self.never, before, existence), existence

    def has_fitted(self, looks: Looks) -> bool:
        """Whether its fit is of these very looks: of an object that nobody sees any more another tells nothing new."""
        return self.fit is not None and self.fitted == _fitted(looks)

    def take_fit(self, fit: LaunchFit, t_tai_ns: int, looks: Looks) -> None:
        """Believe a fit of these looks and everything that follows from it."""
        self.fit, self.t_fit_tai_ns, self.fitted = fit, t_tai_ns, _fitted(looks)
        if self.phase == "unknown":
            self.phase = "boost"
        self.launch, self.quick_sigma_km, self.is_early = launch_estimate(fit), None, False

    def take_early(self, products: EarlyProducts) -> None:
        """Believe what the first looks tell of a launch that is not fitted yet."""
        self.launch, self.quick_sigma_km, self.conditional = products.launch, products.launch_sigma_km, products.impact
        self.is_early = True

    @property
    def t_tai_ns(self) -> int:
        """The instant of its state."""
        return self.t_state_tai_ns

    @property
    def p_burnt_out(self) -> float:
        """Share of fitted flights whose thrust has ended by the newest state."""
        if self.fit is None:
            return 0.0
        return float(np.mean(self.fit.cloud.t_burnout_tai_ns <= self.t_state_tai_ns))

    @property
    def p_falls(self) -> float:
        """Share of fitted flights that come down."""
        return 0.0 if self.fit is None else float(np.mean(self.fit.cloud.falls))

    @property
    def probabilities(self) -> dict[str, float]:
        """Class probabilities, rounded, summing to one, most probable first."""
        if self.fit is None:
            return {"other": 1.0}
        shares = {name: p * (1.0 - OTHER_SHARE) for name, p in self.fit.class_probabilities.items()}
        shares["other"] = shares.get("other", 0.0) + OTHER_SHARE
        return {name: round(p, 4) for name, p in sorted(shares.items(), key=lambda item: (-item[1], item[0]))}

    def renew_impact(self) -> None:
        """The impact area of the newest fit; only once thrust has ended."""
        self.impact = impact_area(self.fit) if self.fit is not None and self.is_burnout_said else None

    def summary(self, reasons_for: tuple[str, ...], reasons_against: tuple[str, ...]) -> ObjectSummary:
        """What people and programs read."""
        top = apogee_km(self.fit.cloud) if self.fit is not None else None
        probabilities = self.probabilities
        return ObjectSummary(
            id=self.id,
            class_name=next(iter(probabilities)),
            probabilities=probabilities,
            phase=self.phase,
            apogee_km=top[0] if top else None,
            apogee_90_km=top[1] if top else None,
            launch=self.launch,
            burnout=burnout_words(self.fit) if self.fit is not None and self.is_burnout_said else None,
            impact=self.impact or self.conditional,
            state=state_words(self.t_state_tai_ns, self.state_itrf, self.state_cov_itrf),
            sensors=tuple(self.looks_by_sensor),
            quality=(*self.marks, *self.dossier.age_marks),
            reasons_for=reasons_for,
            reasons_against=reasons_against,
        )


def _fitted(looks: Looks) -> tuple[int, int]:
    """What tells the looks that a fit could use from those it used last."""
    usable = looks.t_measured_tai_ns[is_for_fit(looks)]
    return len(usable), int(usable.max(initial=0))
