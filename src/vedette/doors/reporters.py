"""Who listens to a run: a person reading lines, a program reading JSON.

A reporter is told of every picture that had something to say, after the journal has it safely; the last picture comes
through `finish`. Data goes to stdout, words to stderr.
"""

import sys
from typing import Any, Protocol, TextIO

from vedette.core.constants import NS_PER_S
from vedette.doors.wire import Spelling, document, json_bytes, spelling_of
from vedette.engine.picture import Picture
from vedette.reports import Alert, Evidence, Finding, FindingKind
from vedette.reports.words import place_words

_MET_SHOWN = 20
COLOURS = {
    FindingKind.LAUNCH: "1;33",
    FindingKind.IMPACT_PREDICTED: "1;31",
    FindingKind.IMPACT_WITHDRAWN: "1;32",
    FindingKind.ORBIT: "1;36",
    FindingKind.LOST: "35",
    FindingKind.DOUBT: "35",
    FindingKind.QUARANTINED: "35",
}


class Reporter(Protocol):
    """Is told what a run says."""

    def said(self, picture: Picture) -> None:
        """Something new stands in `new_findings` or `new_alerts`."""
        ...

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """The run is over."""
        ...


class JsonReporter:
    """One JSON document at the end: events, objects, alerts, predictions."""

    def __init__(self, out: Any = None) -> None:
        self.out = out or sys.stdout.buffer

    def said(self, picture: Picture) -> None:
        """Nothing is written before the end."""

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """Write the whole picture."""
        self.out.write(json_bytes(document(picture, predict_to_tai_ns), is_pretty=True) + b"\n")
        self.out.flush()


class JsonlReporter:
    """One JSON line for each event and alert as it is said; the last line is the final picture without its timeline."""

    def __init__(self, out: Any = None) -> None:
        self.out = out or sys.stdout.buffer

    def said(self, picture: Picture) -> None:
        """Write what is new."""
        spell = spelling_of(picture)
        for finding in picture.new_findings:
            self.out.write(json_bytes({"event": spell.event(finding)}) + b"\n")
        for alert in picture.new_alerts:
            self.out.write(json_bytes({"alert": spell.alert(alert)}) + b"\n")
        self.out.flush()

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """Write the final picture."""
        whole = document(picture, predict_to_tai_ns)
        del whole["events"]
        self.out.write(json_bytes({"picture": whole}) + b"\n")
        self.out.flush()


class TimelineReporter:
    """Lines for a person: when, what, which object, and the sentence."""

    def __init__(self, out: TextIO | None = None, is_coloured: bool = False) -> None:
        self.out, self.is_coloured = out or sys.stdout, is_coloured

    def said(self, picture: Picture) -> None:
        """Print what is new."""
        spell = spelling_of(picture)
        for finding in picture.new_findings:
            self.out.write(self._paint(finding_line(finding, spell), COLOURS.get(finding.kind)) + "\n")
        for alert in picture.new_alerts:
            colour = "1;97;41" if alert.evidence is Evidence.CONFIRMED else "1;31"
            self.out.write(self._paint(alert_line(alert, spell), colour) + "\n")
        self.out.flush()

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """Print what is believed of each object, and the predictions asked for."""
        for line in summary_lines(picture, predict_to_tai_ns):
            self.out.write(line + "\n")
        self.out.flush()

    def _paint(self, line: str, colour: str | None) -> str:
        return f"\x1b[{colour}m{line}\x1b[0m" if self.is_coloured and colour else line


def clock_text(t_tai_ns: int, spell: Spelling) -> str:
    """`T+00:02:38.0` when lift-off was given, else UTC, else dashes; an estimate is no zero to count from."""
    plus_s = spell.plus_s(t_tai_ns)
    utc = spell.utc(t_tai_ns)
    if plus_s is None or (utc is not None and spell.is_liftoff_estimated):
        return f"{utc[11:21]}Z" if utc else "--:--:--.-"
    sign, whole = ("-" if plus_s < 0 else "+"), abs(round(plus_s, 1))
    return f"T{sign}{int(whole // 3600):02d}:{int(whole // 60 % 60):02d}:{whole % 60:04.1f}"


def finding_line(finding: Finding, spell: Spelling) -> str:
    """One line of the timeline."""
    late_s = (finding.t_declared_tai_ns - finding.t_tai_ns) / NS_PER_S
    said = f"  (said {late_s:.1f} s later)" if late_s >= 0.05 else ""
    when = clock_text(finding.t_tai_ns, spell)
    return f"{when:<13} {finding.kind.upper():<22} {finding.object_id:<5} {finding.text}{said}"


def alert_line(alert: Alert, spell: Spelling) -> str:
    """One alert, with its marks and both sides of the argument."""
    lines = [
        f"{clock_text(alert.t_tai_ns, spell):<13} {'ALERT ' + alert.kind.upper():<22} {alert.object_id:<5} "
        f"[{alert.evidence} | {alert.message}] {alert.text}"
    ]
    lines += [f"{'':<43} + {reason}" for reason in alert.reasons_for]
    lines += [f"{'':<43} - {reason}" for reason in alert.reasons_against]
    return "\n".join(lines)


def summary_lines(picture: Picture, predict_to_tai_ns: int | None) -> list[str]:
    """What is believed at the end, a paragraph an object."""
    spell = spelling_of(picture)
    lines = [
        "",
        f"{picture.session.mode}: {len(picture.objects)} object(s), {picture.scan_count} scans, "
        f"{picture.detection_count} detections, {picture.quarantine_count} set aside",
    ]
    no_launch = picture.no_launch()
    if no_launch is not None:
        lines.append(no_launch.text)
    for summary in picture.objects:
        best = sorted(summary.probabilities.items(), key=lambda item: -item[1])[:3]
        beliefs = ", ".join(f"{name} {100 * p:.0f} %" for name, p in best)
        lines.append(f"{summary.id}: {summary.class_name} in {summary.phase}; {beliefs}")
        if summary.launch:
            launch = summary.launch
            lines.append(
                f"    launched {place_words(launch.lat_deg, launch.lon_deg)} at {clock_text(launch.t_tai_ns, spell)}"
            )
        if summary.apogee_km is not None:
            between = (
                f", 90 % {summary.apogee_90_km[0]:.1f}..{summary.apogee_90_km[1]:.1f} km"
                if summary.apogee_90_km
                else ""
            )
            lines.append(f"    apogee {summary.apogee_km:.1f} km{between}")
        if summary.impact:
            impact = summary.impact
            first, last = (clock_text(t, spell) for t in impact.t_90_tai_ns)
            size = next(
                (f", 90 % area {a.area_km2:,.0f} km²" for a in impact.areas if abs(a.probability - 0.9) < 1e-9), ""
            )
            doubt = "if thrust stopped now, would fall" if impact.is_conditional else "falls"
            lines.append(
                f"    {doubt} near {place_words(impact.lat_deg, impact.lon_deg)} between {first} and {last}{size}"
            )
        if summary.quality:
            lines.append(f"    marks: {', '.join(summary.quality)}")
    if picture.catalogue is not None:
        met = sorted(picture.catalogue.met.values(), key=lambda one: (-one.looks, one.id))
        lines.append(
            f"catalogue: {len(met):,} of {len(picture.catalogue):,} known objects met in "
            f"{picture.catalogue.named_count:,} detections; {picture.catalogue.new_count:,} are none of them"
        )
        for one in met[:_MET_SHOWN]:
            also = f" or {', '.join(one.together_with[:3])}" if one.together_with else ""
            lines.append(
                f"    {one.id}{also}  {one.looks} looks  {100 * one.probability:.2f} %  elements {one.age_days:.1f} d"
            )
        if len(met) > _MET_SHOWN:
            lines.append(f"    and {len(met) - _MET_SHOWN:,} more; --json tells all")
    if predict_to_tai_ns is not None:
        for p in picture.predict(predict_to_tai_ns):
            lines.append(
                f"{p.object_id} at {clock_text(p.t_tai_ns, spell)}: {p.altitude_km:.2f} km "
                f"(90 % {p.altitude_90_km[0]:.2f}..{p.altitude_90_km[1]:.2f}), {p.speed_mps:.0f} m/s "
                f"(90 % {p.speed_90_mps[0]:.0f}..{p.speed_90_mps[1]:.0f})"
            )
    return lines
