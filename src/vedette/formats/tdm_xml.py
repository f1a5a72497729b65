"""A Tracking Data Message in XML (CCSDS 505.0-B), read with entities, network and document types off."""

from typing import Any

from lxml import etree

from vedette.formats.tdm_keywords import VERSIONS
from vedette.formats.tdm_kvn import unquoted
from vedette.formats.tdm_message import TdmMessage, TdmSegment


def parse_tdm_xml(raw: bytes, source: str) -> TdmMessage:
    """Everything an XML message says; never raises, what is not understood is in `troubles`."""
    message = TdmMessage(source)
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        _refuse_document_type(message, raw)
        return message
    root = _parse(message, raw)
    if root is None:
        return message
    if root.getroottree().docinfo.doctype:
        _refuse_document_type(message, raw)
        return message
    tdms = [root] if _name(root) == "tdm" else [e for e in root if _name(e) == "tdm"] if _name(root) == "ndm" else []
    if not tdms:
        cure = "a feed carries measurements; give a TDM"
        message.complain(f"XML of type {_name(root)[:40]!r}, not a TDM", root.sourceline or 1, cure)
    for tdm in tdms:
        _tdm(message, tdm)
    return message


def _parse(message: TdmMessage, raw: bytes) -> Any:
    try:
        return etree.fromstring(raw, _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError, LookupError) as trouble:
        line = getattr(trouble, "lineno", None) or 1
        why = str(trouble).split(", line")[0][:120]
        cure = "the file is cut off or damaged, so values may be lost; fetch it again"
        message.complain(f"broken XML ({why})", line, cure, raw[:200].decode("utf-8", "replace"))
    try:  # what stands before the damage is still good
        return etree.fromstring(raw, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _parser(recover: bool) -> Any:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def _refuse_document_type(message: TdmMessage, raw: bytes) -> None:
    line = 1 + raw[: max(raw.find(b"<!"), 0)].count(b"\n")
    cure = "document types and entities are never read; remove the declaration"
    message.complain("XML with a document type", line, cure, raw[:200].decode("utf-8", "replace"))


def _tdm(message: TdmMessage, tdm: Any) -> None:
    message.version = tdm.get("version") or ""
    if message.version not in VERSIONS:
        cure = f"this program reads {' and '.join(VERSIONS)}"
        message.complain(f"TDM version {message.version[:40]!r}", tdm.sourceline or 1, cure)
        return
    segments = []
    for part in tdm:
        if _name(part) == "header":
            for item in part:
                message.set_header(_name(item), _text(item))
        elif _name(part) == "body":
            segments += [e for e in part if _name(e) == "segment"]
    if not segments:
        cure = "the file is cut off or empty; fetch it again"
        message.complain("a TDM without a segment", tdm.sourceline or 1, cure)
    for element in segments:
        _segment(message, element)


def _segment(message: TdmMessage, element: Any) -> None:
    segment = TdmSegment(element.sourceline or 1)
    message.segments.append(segment)
    for part in element:
        if _name(part) == "metadata":
            segment.line = part.sourceline or segment.line
            for item in part:
                if _name(item) != "COMMENT":
                    line = item.sourceline or 1
                    message.add_metadata(segment, _name(item), unquoted(_text(item)), line, _shown(item))
    message.check_metadata(segment)
    for part in element:
        if _name(part) == "data":
            for observation in part:
                if _name(observation) == "observation":
                    _observation(message, segment, observation)
                elif _name(observation) != "COMMENT":
                    what = f"<{_name(observation)[:40]}> among the observations"
                    message.complain(what, observation.sourceline or 1, "this element is left out")


def _observation(message: TdmMessage, segment: TdmSegment, observation: Any) -> None:
    t_text = next((_text(item) for item in observation if _name(item) == "EPOCH"), "")
    for item in observation:
        if _name(item) not in ("EPOCH", "COMMENT"):
            line = item.sourceline or observation.sourceline or 1
            message.add_observation(segment, _name(item), t_text, _text(item), line, _shown(item))


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Any) -> str:
    return (element.text or "").strip()


def _shown(element: Any) -> str:
    return f"<{_name(element)}>{_text(element)}"
