"""The catalogue: what is known to be up there, where it is, and how sure that is."""

from vedette.catalogue.element_error import element_sigmas_m
from vedette.catalogue.identify import Identification, Identified, identify
from vedette.catalogue.whereabouts import Whereabouts, whereabouts

__all__ = ["Identification", "Identified", "Whereabouts", "element_sigmas_m", "identify", "whereabouts"]
