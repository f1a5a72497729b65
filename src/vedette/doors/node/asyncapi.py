"""The AsyncAPI 3 document of a link: the subjects that a node tells its partner by, and what passes there.

Whoever holds a `reader` account at their own broker reads everything that was released to them with any client of NATS
and this document; nothing of Vedette is needed.
"""

from typing import Any

import msgspec

from vedette import __version__
from vedette.doors.node.subjects import LANES, stream_of, subject_of
from vedette.reports import Shared
from vedette.sharing.link import LinkHeader

_REF = "#/components/schemas/{name}"
_ABOUT = {
    "warn": "Events as their owner assesses them, one to a message, each signed; empty ones are signs of life.",
    "words": "What one desk writes to another.",
    "track": "Tracks, drops and health, signed by the batch, on a fixed cadence.",
    "bulk": "Looks and notices.",
}
_SPELLING = """A message is three lines of UTF-8. The first names the key and holds the Ed25519 signature, in \
base64, of "vedette signature 1\\n" + purpose + "\\n" + "vedette link 1\\n" + the second line; the purpose is the \
key's name up to its hyphen. The second line (LinkHeader) holds the SHA-256 of the third, which is the content: a \
JSON list. The digest of a message is the SHA-256 of its second line. Sequence numbers of a lane grow by one from 1."""


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: who signed."""

    vedette_link: int
    key_id: str
    signature: str


def link_asyncapi(owner: str, node: str, peer: str) -> dict[str, Any]:
    """The channels by which `owner`'s node tells `peer`."""
    kinds = (tuple[Shared, ...], Signed, LinkHeader)
    (content, _, _), schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    schemas["Content"] = content
    teller = f"{owner}-{node}"
    channels = {
        lane: {
            "address": subject_of(owner, node, peer, lane),
            "description": f"{_ABOUT[lane]} Kept in stream {stream_of(teller, peer, lane)} of JetStream domain "
            f"{teller}; its durable consumer is {peer}.",
            "messages": {"message": {"$ref": "#/components/messages/Message"}},
        }
        for lane in LANES
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"What {teller} tells {peer}", "version": __version__, "license": {"name": "Apache-2.0"},
            "description": "Released information alone: what a release policy grants, and nothing else, enters here.",
        },
        "servers": {"broker": {"host": "127.0.0.1:4222", "protocol": "nats", "description": "the reader's own broker"}},
        "channels": channels,
        "operations": {
            lane: {"action": "send", "channel": {"$ref": f"#/channels/{lane}"}, "summary": _ABOUT[lane]}
            for lane in LANES
        },
        "components": {
            "messages": {
                "Message": {
                    "name": "Message", "summary": "Three lines: signature, header, content.", "description": _SPELLING,
                    "contentType": "text/plain",
                    "payload": {
                        "type": "string", "x-lines": [_ref("Signed"), _ref("LinkHeader"), _ref("Content")],
                    },
                    "headers": {"type": "object", "properties": {"Nats-Msg-Id": {"type": "string"}}},
                }
            },
            "schemas": schemas,
        },
    }  # fmt: skip


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(name=name)}
