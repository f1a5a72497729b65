"""A Tracking Data Message as it was written, KVN or XML alike: segments of metadata and observations, and troubles."""

from dataclasses import dataclass, field
from math import isfinite

from vedette.formats.feed import Quarantined, set_aside
from vedette.formats.tdm_keywords import (
    DATA,
    METADATA,
    METADATA_CHOICES,
    METADATA_NUMBERS,
    TIME_SYSTEMS_KNOWN,
    TIME_SYSTEMS_READ,
)


@dataclass(frozen=True, slots=True)
class TdmObservation:
    """One value of one keyword at one time, and the line it stood on."""

    keyword: str
    t_text: str
    value: float
    line: int


@dataclass(slots=True)
class TdmSegment:
    """Metadata and the observations under it; unusable when its metadata were not understood."""

    line: int
    metadata: dict[str, str] = field(default_factory=dict)
    observations: list[TdmObservation] = field(default_factory=list)
    is_usable: bool = True


@dataclass(slots=True)
class TdmMessage:
    """Everything read, and a sentence for everything that was not understood."""

    source: str
    version: str = ""
    originator: str = ""
    creation_date: str = ""
    message_id: str = ""
    segments: list[TdmSegment] = field(default_factory=list)
    troubles: list[Quarantined] = field(default_factory=list)

    def complain(self, what: str, line: int, cure: str, raw: str = "") -> None:
        """Note a trouble at a line."""
        self.troubles.append(set_aside(what, f"{self.source}:{line}", cure, raw.encode("utf-8", "replace")))

    def set_header(self, keyword: str, value: str) -> None:
        """Note a keyword of the header (the version aside)."""
        if keyword == "ORIGINATOR":
            self.originator = value
        elif keyword == "CREATION_DATE":
            self.creation_date = value
        elif keyword == "MESSAGE_ID":
            self.message_id = value

    def add_metadata(self, segment: TdmSegment, keyword: str, value: str, line: int, raw: str) -> None:
        """Check and keep one metadata keyword; a segment with one that is not understood is not used."""
        if keyword not in METADATA:
            what = f"metadata keyword {_shown(keyword)} is not one of a TDM"
            cure = "its segment is not used, since the word may change what the data mean; correct the spelling"
        elif keyword in METADATA_NUMBERS and _number(value) is None:
            what, cure = f"{keyword} = {_shown(value)} is not a number", "its segment is not used; correct the number"
        elif keyword in METADATA_CHOICES and value.upper() not in {c.upper() for c in METADATA_CHOICES[keyword]}:
            what = f"{keyword} = {_shown(value)} has no meaning"
            cure = f"its segment is not used; write one of {', '.join(METADATA_CHOICES[keyword])}"
        elif keyword in segment.metadata:
            what, cure = f"{keyword} is given twice", "its segment is not used; keep one of them"
        else:
            segment.metadata[keyword] = value
            return
        segment.is_usable = False
        self.complain(what, line, cure, raw)

    def check_metadata(self, segment: TdmSegment) -> None:
        """What every segment must say: who took part, and in which time the epochs are."""
        system = segment.metadata.get("TIME_SYSTEM", "").upper()
        if "PARTICIPANT_1" not in segment.metadata:
            what, cure = "a segment without PARTICIPANT_1", "its segment is not used; name who measured"
        elif not system:
            what, cure = "a segment without TIME_SYSTEM", "its segment is not used; write TIME_SYSTEM = UTC"
        elif system not in TIME_SYSTEMS_KNOWN:
            what = f"TIME_SYSTEM = {_shown(system)} is not a time system"
            cure = f"its segment is not used; write one of {', '.join(TIME_SYSTEMS_READ)}"
        elif system not in TIME_SYSTEMS_READ:
            what = f"epochs in {system} cannot be read without further data"
            cure = f"its segment is not used; convert them to one of {', '.join(TIME_SYSTEMS_READ)}"
        else:
            return
        segment.is_usable = False
        self.complain(what, segment.line, cure)

    def add_observation(
        self, segment: TdmSegment, keyword: str, t_text: str, value_text: str, line: int, raw: str
    ) -> None:
        """Check and keep one observation; a bad one is set aside by itself."""
        if keyword not in DATA:
            what, cure = f"data keyword {_shown(keyword)} is not one of a TDM", "this line is left out"
        elif not t_text:
            what, cure = f"{keyword} without an epoch", "this value is left out; give its EPOCH"
        elif (value := _number(value_text)) is None:
            what, cure = f"{keyword} = {_shown(value_text)} is not a number", "this value is left out"
        else:
            segment.observations.append(TdmObservation(keyword, t_text, value, line))
            return
        self.complain(what, line, cure, raw)


def _number(text: str) -> float | None:
    """A finite number as the blue books write it (no underscores, no hex, no NaN), or None."""
    if not text.isascii() or "_" in text or len(text) > 60:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
