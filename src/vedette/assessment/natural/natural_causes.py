"""Every natural cause asked about one object's looks: fire, glint, bolide, Moon and Sun, satellites, decaying bodies.

Each answers with the density of the same looks under it, over that of *unknown* (`reference`), and says why.
"""

from collections.abc import Callable, Mapping

from vedette.assessment.natural.bolides import weigh_bolide
from vedette.assessment.natural.celestial import weigh_celestial
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.fires import weigh_fire
from vedette.assessment.natural.glint import weigh_glint
from vedette.assessment.natural.orbits import weigh_orbits
from vedette.assessment.natural.reference import Reference, reference_of_sightings
from vedette.assessment.natural.sightings import Sightings, sightings_of
from vedette.assessment.natural.two_fires import weigh_two_fires
from vedette.assessment.weighing import LEAST_LOG_RATIO, Weighed
from vedette.reports import Looks

Judge = Callable[[Sightings, Mapping[str, object], NaturalContext], tuple[Weighed, ...]]
_JUDGES: tuple[Judge, ...] = (
    weigh_fire, weigh_two_fires, weigh_glint, weigh_bolide, weigh_celestial, weigh_orbits
)  # fmt: skip


def natural_causes(
    looks: Looks, sensors: Mapping[str, object], context: NaturalContext, *, reference: Reference | None = None,
    sightings: Sightings | None = None,
) -> tuple[Weighed, ...]:  # fmt: skip
    """How well nature explains one object's looks, cause by cause; some milliseconds.

    Parameters
    ----------
    looks : what the object was seen as (`Tracker.looks`)
    sensors : by name, `sensing` values; a sensor that is missing is taken to be without constant errors
    reference, sightings : of the same looks, when they have been worked out already

    Returns
    -------
    one `Weighed` or more for each cause; several of one cause (two satellites) are shares of it, for `explained`.
    Nothing that can be located: no causes, so that all of them stand at their priors.
    """
    seen = sightings_of(looks, sensors) if sightings is None else sightings
    if len(seen) == 0:
        return ()
    known = reference or reference_of_sightings(seen)
    found: list[Weighed] = []
    for judge in _JUDGES:
        for one in judge(seen, sensors, context):
            ratio = max(one.log_ratio - known.log_total, LEAST_LOG_RATIO)
            found.append(Weighed(one.name, ratio, one.reasons_for, one.reasons_against))
    return tuple(found)
