"""Lines of visual observers that somebody else has judged, and whether we read one."""

from vedette.core.errors import BadInputError


def judged(text, disputed):
    """(is good, line) of a list that gives its verdict first; lines with a disputed piece are left out."""
    for line in text.splitlines():
        verdict, _, report = line.partition(",")
        if verdict in ("True", "False") and not any(piece in report for piece in disputed):
            yield verdict == "True", report


def is_read(parse, report):
    """Whether it is read; what is refused is told why."""
    try:
        parse(report)
    except BadInputError as trouble:
        assert str(trouble)
        return False
    return True
