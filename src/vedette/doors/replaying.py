"""Replay from an instant: everything is believed from the start, but told only from there on."""

from vedette.doors.reporters import Reporter
from vedette.engine import Picture, when


class OnlyFrom:
    """Passes on to a reporter what is declared at or after an instant."""

    def __init__(self, reporter: Reporter, t_from: str) -> None:
        self.reporter, self.t_from = reporter, t_from

    def said(self, picture: Picture) -> None:
        """Pass on what is late enough."""
        t_from_tai_ns = when(self.t_from, picture.t_liftoff_tai_ns)
        picture.new_findings = tuple(f for f in picture.new_findings if f.t_declared_tai_ns >= t_from_tai_ns)
        picture.new_alerts = tuple(a for a in picture.new_alerts if a.t_tai_ns >= t_from_tai_ns)
        if picture.new_findings or picture.new_alerts:
            self.reporter.said(picture)

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """Pass on the end with the timeline cut to what was asked for."""
        t_from_tai_ns = when(self.t_from, picture.t_liftoff_tai_ns)
        picture.timeline = [f for f in picture.timeline if f.t_declared_tai_ns >= t_from_tai_ns]
        self.reporter.finish(picture, predict_to_tai_ns)
