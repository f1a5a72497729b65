"""`vedette catalogue pc`: how likely a collision is, by every method, and which of them to believe."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def pc(
    file: Path,
    /,
    *,
    hbr_m: Annotated[float | None, Parameter(name=["--hbr-m"])] = None,
    window_s: Annotated[float | None, Parameter(name=["--window-s"])] = None,
    draws: int = 400_000,
    seed: int = 0,
    plot: Path | None = None,
    json: bool = False,
) -> int:
    """Say how likely the collision is that a conjunction message (CDM, KVN or XML) warns of.

    Pc2D takes a straight and short passage (Foster); Nc2D a short one with curved doubts, Nc3D any one passage (Hall,
    expected numbers); PcSDMC draws orbits and flies them; PcMax is the greatest that a common scale of the doubts could
    give. The headline is the one to act on. Warnings say where a method is wrong, where the doubts hide the danger
    (dilution), and what in the message was mended or is missing. Exit code 3: the message cannot be used, with the
    reason.

    Parameters
    ----------
    file
        A conjunction message.
    hbr_m
        Hard-body radius of both together, metres, in place of the message's.
    window_s
        Count collisions within so many seconds of the stated time; a quarter of a turn if not given.
    draws
        At most so many pairs of orbits; 0 draws none.
    seed
        Of the draws.
    plot
        Write a picture of the encounter plane (.png or .svg).
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.catalogue.conjunctions import collision, encounter_from_cdm
    from vedette.core.errors import BadInputError, UsageError
    from vedette.doors.catalogue_files import read_bytes
    from vedette.doors.conjunction_words import collision_document, collision_text
    from vedette.doors.wire import json_bytes
    from vedette.formats.cdm import read_cdm

    if draws < 0 or (window_s is not None and not window_s > 0.0):
        raise UsageError("--draws cannot be negative, and --window-s is above zero")
    message = read_cdm(read_bytes(file), file.name)
    encounter = encounter_from_cdm(message, hbr_m, file.name)
    found = collision(
        encounter, seed=seed, most_draws=draws, window_s=None if window_s is None else (-window_s, window_s)
    )
    if not found.pc:
        raise BadInputError("; ".join(found.warnings), file.name, "ask the sender for more")
    if plot is not None:
        from vedette.doors.conjunction_plot import draw_encounter

        if not draw_encounter(message, encounter, found, plot):
            sys.stderr.write("no picture: matplotlib is not installed\n")
    if json:
        sys.stdout.write(json_bytes(collision_document(message, encounter, found)).decode() + "\n")
    else:
        sys.stdout.write(collision_text(message, encounter, found))
    return 0
