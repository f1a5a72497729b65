"""A Tracking Data Message in keyword = value notation (CCSDS 503.0-B-2, section 3 and 4.3)."""

from vedette.formats.tdm_keywords import HEADER, VERSIONS
from vedette.formats.tdm_message import TdmMessage, TdmSegment

_MARKERS = ("META_START", "META_STOP", "DATA_START", "DATA_STOP")


def parse_tdm_kvn(raw: bytes, source: str) -> TdmMessage:
    """Everything a KVN message says; never raises, what is not understood is in `troubles`."""
    message = TdmMessage(source)
    part = "header"  # then "metadata", "between" (metadata and data), "data", "after"
    segment: TdmSegment | None = None
    number = 0
    for number, text in enumerate(_lines(raw), start=1):
        line = text.strip()
        if not line or line == "COMMENT" or line.startswith(("COMMENT ", "COMMENT\t")):
            continue
        if line in _MARKERS:
            part, segment = _turn(message, part, segment, line, number)
            continue
        keyword, is_assigned, value = (piece.strip() for piece in line.partition("="))
        if not is_assigned:
            message.complain("a line that is not KEYWORD = VALUE", number, "this line is left out", text)
        elif part == "header":
            if not _header(message, keyword, value, number, text):
                return message
        elif part == "metadata" and segment is not None:
            message.add_metadata(segment, keyword, unquoted(value), number, text)
        elif part == "data" and segment is not None:
            words = value.split()
            if len(words) == 2:
                message.add_observation(segment, keyword, words[0], words[1], number, text)
            else:
                what = f"{keyword[:40]} with {len(words)} words after the equals sign"
                message.complain(what, number, "this line is left out; a data line is KEYWORD = EPOCH VALUE", text)
        else:
            message.complain("a line outside header, metadata and data", number, "this line is left out", text)
    _end(message, part, segment, number)
    return message


def _lines(raw: bytes) -> list[str]:
    """Lines as editors count them; `str.splitlines` would also break at odd characters in a comment."""
    text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")


def _turn(
    message: TdmMessage, part: str, segment: TdmSegment | None, marker: str, number: int
) -> tuple[str, TdmSegment | None]:
    """The part of the message that a marker opens, and its segment."""
    expected = {
        "META_START": ("header", "after"),
        "META_STOP": ("metadata",),
        "DATA_START": ("between",),
        "DATA_STOP": ("data",),
    }
    if part not in expected[marker]:
        message.complain(f"{marker} out of place", number, "a marker is missing before it; what follows is still read")
    if marker == "META_START":
        segment = TdmSegment(number)
        message.segments.append(segment)
        return "metadata", segment
    if marker == "META_STOP":
        if segment is not None and part == "metadata":
            message.check_metadata(segment)
        return "between", segment
    if marker == "DATA_START":
        if segment is not None and part == "metadata":  # META_STOP is missing
            message.check_metadata(segment)
        return "data", segment
    return "after", None


def _header(message: TdmMessage, keyword: str, value: str, number: int, text: str) -> bool:
    """Keep a header line; False when this is not a message that can be read on."""
    if keyword == "CCSDS_TDM_VERS":
        message.version = value
        if value not in VERSIONS:
            message.complain(
                f"TDM version {value[:40]!r}", number, f"this program reads {' and '.join(VERSIONS)}", text
            )
            return False
    elif not message.version:
        if keyword.startswith("CCSDS_") and keyword.endswith("_VERS"):
            what, cure = f"a CCSDS {keyword[6:-5]}, not a TDM", "a feed carries measurements; give a TDM"
        else:
            what, cure = "a TDM that does not begin with CCSDS_TDM_VERS", "write CCSDS_TDM_VERS = 2.0 first"
        message.complain(what, number, cure, text)
        return False
    elif keyword in HEADER:
        message.set_header(keyword, value)
    else:
        message.complain(f"header keyword {keyword[:40]} is not one of a TDM", number, "this line is left out", text)
    return True


def _end(message: TdmMessage, part: str, segment: TdmSegment | None, number: int) -> None:
    if part == "header":
        message.complain("a TDM without a segment", max(number, 1), "the file is cut off or empty; fetch it again")
    elif part != "after":
        if segment is not None and part == "metadata":
            segment.is_usable = False
        cure = "DATA_STOP is missing, so lines may be lost; fetch the file again"
        message.complain("the message is cut off", number, cure)


def unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].strip()
    return value
