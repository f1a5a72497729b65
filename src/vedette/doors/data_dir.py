"""Where Vedette keeps its journals: `--data-dir`, else `$XDG_DATA_HOME/vedette`, else `~/.local/share/vedette`."""

import os
from collections.abc import Mapping
from pathlib import Path

from vedette.core.errors import UsageError


def data_dir_place(stated: str | Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """Where the data directory is or would be; nothing is made.

    A relative `$XDG_DATA_HOME` is ignored, as the XDG Base Directory Specification asks.
    """
    environment = os.environ if environment is None else environment
    if stated is not None:
        return Path(stated).expanduser()
    base = Path(environment.get("XDG_DATA_HOME", ""))
    folder = (base if base.is_absolute() else Path(environment.get("HOME", "~")) / ".local/share") / "vedette"
    return folder.expanduser()


def data_dir_of(stated: str | Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """The data directory, made if it is not there; UsageError when it cannot be made."""
    folder = data_dir_place(stated, environment)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        why = trouble.strerror or type(trouble).__name__
        raise UsageError(
            f"{folder}: no data directory can be made there ({why}); give another with --data-dir"
        ) from None
    return folder


def journals_dir_of(stated: str | Path | None = None) -> Path:
    """The folder of journals inside the data directory, made if it is not there."""
    return data_dir_of(data_dir_of(stated) / "journals")
