"""Looks, notices and words: each goes whole or not at all, under the name that a grant spells out."""

import msgspec

from vedette.core.errors import VedetteError
from vedette.formats.scan_codec import decode_scan
from vedette.reports import SharedLook, SharedNotice, SharedWords
from vedette.sharing.release.policy import Grant, third_party_trouble
from vedette.sharing.release.release_events import AS_IT_IS, NOT_GRANTED

Once = SharedLook | SharedNotice | SharedWords


def other_trouble(offer: Once, grant: Grant, owner: str, peer: str) -> str:
    """Why a grant does not fit; empty when it does."""
    if isinstance(offer, SharedLook):
        if trouble := third_party_trouble((owner,), offer.caveats, owner, peer):
            return trouble
        try:
            sensor_id = decode_scan(offer.scan).sensor_id
        except VedetteError:
            return "it cannot be read"
        # a look is its sensor: bearing, range and clock of it. There is no coarse look.
        return "" if sensor_id in grant.sensors else f"sensor {sensor_id!r} is not named in it"
    if isinstance(offer, SharedWords):
        if offer.kind not in grant.words:
            return f"words of kind {offer.kind!r} are not named in it"
        if offer.document and offer.document_type not in grant.documents:
            return f"documents of type {offer.document_type!r} are not named in it"
    return ""


def other_for(offer: Once, grant: Grant) -> Once:
    """What a grant leaves of it."""
    if isinstance(offer, SharedLook):
        description = offer.sensor_toml if "description" in grant.fields else ""
        return msgspec.structs.replace(offer, sensor_toml=description, caveats=(*offer.caveats, *grant.caveats))
    return offer


def other_fields(told: Once) -> dict[str, str]:
    """Field by field, in words."""
    if isinstance(told, SharedLook):
        return {"scan": AS_IT_IS, "description": AS_IT_IS if told.sensor_toml else NOT_GRANTED}
    if isinstance(told, SharedNotice):
        return {"notice": "word for word, as signed"}
    return {"text": AS_IT_IS, "document": AS_IT_IS if told.document else "there is none"}
