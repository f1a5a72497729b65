"""`vedette catalogue reentry`: when and where an object comes down."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def reentry(
    *files: Path,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    id: Annotated[tuple[int, ...], Parameter(consume_multiple=True)] = (),
    flux: Path | None = None,
    known_until: str | None = None,
    fell: str | None = None,
    draws: int = 400,
    seed: int = 1,
    rdm: Path | None = None,
    plot: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Foretell when objects come down, with the window that holds it 9 times in 10, and the way over the ground.

    FILE holds element sets (two-line or OMM); several sets of one object tell more than one. With --id instead, the
    store's history of that object is used. Several objects give a list.

    With --fell TIME (or a date) it also says whether that fall was natural, or helped.

    Parameters
    ----------
    files
        Element sets of the object.
    elements
        The same, named as other commands name it; with --id, its sets in these files.
    id
        Catalogue numbers.
    flux
        Space weather in either of CelesTrak's formats; without it a middling Sun is assumed, and said.
    known_until
        Forget what the flux file measured from this UTC day on, as a forecast of that day would have to.
    fell
        The UTC instant, or the day, on which it was found to have come down.
    draws
        Descents that make the window.
    seed
        Of the draws.
    rdm
        Write a re-entry data message (CCSDS 508.1-B-1) here; with several objects, a folder.
    plot
        Draw the ground track of the window here (PNG or SVG).
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    import numpy as np

    from vedette.catalogue.decay.activity import as_known_on
    from vedette.catalogue.decay.forecast import foretell_decay
    from vedette.core.errors import NotFoundError, UsageError
    from vedette.core.space_weather import SpaceWeather
    from vedette.doors.catalogue_sets import catalogue_store, sets_of_files
    from vedette.doors.reentry_report import (
        decay_words,
        fall_interval,
        read_flux,
        reentry_document,
        reentry_rdm,
        track_picture,
    )
    from vedette.doors.wire import json_bytes
    from vedette.reports.elements import ElementSets
    from vedette.time import mjd_utc_from_tai_ns, tai_ns_from_utc_text

    if files or elements:
        sets = sets_of_files((*files, *elements))
        numbers = list(id) or list(dict.fromkeys(sets.number.tolist()))
    elif id:
        sets = ElementSets.joined([catalogue_store(data_dir).history(number) for number in id])
        numbers = list(id)
    else:
        raise UsageError("`vedette catalogue reentry` needs a file of element sets, or --id NUMBER")
    weather = SpaceWeather.usual() if flux is None else read_flux(flux)
    if known_until is not None:
        day = known_until if "T" in known_until else f"{known_until}T00:00:00Z"
        weather = as_known_on(weather, mjd_utc_from_tai_ns(tai_ns_from_utc_text(day))[0])
    interval = None if fell is None else fall_interval(fell)
    documents: list[dict[str, Any]] = []
    for number in numbers:
        mine = sets.take(np.flatnonzero(sets.number == number))
        if not len(mine):
            raise NotFoundError(f"no object {number} among the element sets")
        if interval is not None:
            mine = mine.take(np.flatnonzero(mine.t_epoch_tai_ns < interval[1]))
            if not len(mine):
                raise UsageError(f"object {number}: no element set from before {fell}")
        decay = foretell_decay(mine, weather, draws=draws, seed=seed)
        documents.append(reentry_document(decay, weather, interval))
        if not json:
            sys.stdout.write(decay_words(documents[-1]))
        if rdm is not None and decay.t_tai_ns is not None:
            text = reentry_rdm(decay, weather)
            if len(numbers) > 1:
                rdm.mkdir(parents=True, exist_ok=True)
            (rdm / f"{number}.rdm" if len(numbers) > 1 else rdm).write_text(text, encoding="utf-8")
        if plot is not None and decay.t_tai_ns is not None:
            track_picture(documents[-1], plot if len(numbers) == 1 else plot.with_stem(f"{plot.stem}-{number}"))
    if json:
        sys.stdout.write(json_bytes(documents[0] if len(documents) == 1 else documents).decode() + "\n")
    return 0
