"""Drafts, people and acts for tests of the desk."""

from vedette.assessment.alerts import Act, Desk, DeskKind, Person, fold, propose
from vedette.assessment.alerts.draft import DraftSource, alert_id_of, draft_event
from vedette.core.constants import NS_PER_S
from vedette.reports import Alert, Candidate, Cause, Evidence, Explanation, Message, Mode, ObjectSummary
from vedette.reports.alert_event import AlertEvent, AreaTold, Level

T0 = 986_083_200 * NS_PER_S
SOURCE = DraftSource(
    link=b"\x07" * 32, entry_count=17, chain=b"\x08" * 32, sender="floor", engine_version="0.1.0",
    journal="night.sqlite",
)  # fmt: skip


def second(number: float) -> int:
    return T0 + round(number * NS_PER_S)


def draft(
    mode: Mode = Mode.REAL, evidence: Evidence = Evidence.CONFIRMED, text: str = "first", t: int = T0,
    areas: tuple[str, ...] = ("Westmark",), object_id: str = "O1",
) -> AlertEvent:  # fmt: skip
    explanations = (
        Explanation(name=Cause.MEDIUM_RANGE, probability=0.97, reasons_for=("burns for 90 s",)),
        Explanation(name=Cause.SOUNDING_ROCKET, probability=0.03),
    )
    candidate = Candidate(
        id="C1", subject="object", object_id=object_id, sensors=("ir",), t_first_tai_ns=t, t_tai_ns=t,
        evidence=evidence, explanations=explanations,
    )  # fmt: skip
    alert = Alert(
        id=f"{object_id}-launch", kind="launch", object_id=object_id, evidence=evidence, message=Message.PROPOSED,
        t_tai_ns=t, text=text, reasons_for=(text,), phenomena=("infrared", "radar"),
    )  # fmt: skip
    summary = ObjectSummary(id=object_id, class_name="medium", probabilities={}, phase="boost", sensors=("ir", "radar"))
    told = tuple(AreaTold(name=name, level=Level.TAKE_SHELTER, probability=0.4) for name in areas)
    return draft_event(SOURCE, mode, summary, [alert], candidate, t, told)


def name_of(mode: Mode = Mode.REAL, object_id: str = "O1") -> str:
    return alert_id_of(SOURCE, object_id, mode)


def person(name: str, role: str = "releasing-officer", session: str = "") -> Person:
    return Person(account=name, session=session or f"s-{name}", roles=(role,), seat=f"seat-{name}")


def desk_with(*drafts: AlertEvent, kind: DeskKind = DeskKind.LIVE) -> Desk:
    desk = fold(kind, ())
    for number, one in enumerate(drafts):
        outcome = propose(desk, name_of(one.mode, one.object_ids[0]), one, second(number))
        desk = fold_on(desk, outcome.records)
    return desk


def fold_on(desk: Desk, records) -> Desk:
    from vedette.assessment.alerts import after

    return after(desk, records)


def act(desk: Desk, who: Person, t: float = 10.0, alert_id: str = "", revision: str | None = None, **words) -> Act:
    alert_id = alert_id or next(iter(desk.lives))
    if revision is None:
        revision = desk.lives[alert_id].newest.revision if alert_id in desk.lives else "0" * 64
    return Act(alert_id=alert_id, person=who, t_tai_ns=second(t), revision=revision, **words)
