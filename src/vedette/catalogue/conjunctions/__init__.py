"""Close approaches: how likely a collision is, who comes near whom, and what a planned manoeuvre would meet."""

from vedette.catalogue.conjunctions.collision import Collision, collision
from vedette.catalogue.conjunctions.disk import pc_2d
from vedette.catalogue.conjunctions.encounter import Encounter, encounter_from_cdm

__all__ = ["Collision", "Encounter", "collision", "encounter_from_cdm", "pc_2d"]
