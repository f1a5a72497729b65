"""Which exercise a node's links belong to, as its directory says."""

from vedette.core.errors import RefusedError
from vedette.doors.node.folder import NodeFolder
from vedette.reports import Mode
from vedette.sharing.link import ExerciseSession, read_session

EXERCISE_FILE = "exercise.session"  # the statement that every owner of an exercise has


def exercise_of(folder: NodeFolder, mode: Mode) -> ExerciseSession | None:
    """The exercise this node takes part in; None in other modes; RefusedError when there is none to take part in."""
    if mode is not Mode.EXERCISE:
        return None
    path = folder.path / EXERCISE_FILE
    try:
        return read_session(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise RefusedError(
            f"{path}: an EXERCISE link needs the statement of the exercise that both owners play; "
            "put there what its leader has written"
        ) from None


def keep_exercise(folder: NodeFolder, statement: bytes) -> None:
    """Take part in this exercise, and in no other."""
    aside = folder.path / (EXERCISE_FILE + ".new")
    aside.write_bytes(statement)
    aside.replace(folder.path / EXERCISE_FILE)
