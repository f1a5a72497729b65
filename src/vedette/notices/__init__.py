"""Notices: what partners announce, how it stands, and whether what is seen was announced.

`cases_of` folds notices into cases, `match_launches` pairs launches with them, `records` says how well each party keeps
its word. A match changes the explanation, never the tracking.
"""

from vedette.notices.cases import ANNOUNCING, Case, CaseState, Unanswered, cases_of, state_of, unanswered
from vedette.notices.compliance import Instrument, Record, instruments, records, shortfalls
from vedette.notices.matching import Matching, MatchPolicy, Pair, SeenLaunch, match_launches

__all__ = [
    "ANNOUNCING",
    "Case",
    "CaseState",
    "Instrument",
    "MatchPolicy",
    "Matching",
    "Pair",
    "Record",
    "SeenLaunch",
    "Unanswered",
    "cases_of",
    "instruments",
    "match_launches",
    "records",
    "shortfalls",
    "state_of",
    "unanswered",
]
