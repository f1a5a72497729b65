"""The AsyncAPI 3 document of the stream, made from the types of `messages`."""

from typing import Any

import msgspec

from vedette import __version__
from vedette.doors.server import messages
from vedette.doors.server.picture_types import Picture

_REF = "#/components/schemas/{name}"
_SERVER = (
    messages.SnapshotFrame, messages.UpdateFrame, messages.DeskFrame, messages.HeartbeatFrame, messages.ProblemFrame,
)  # fmt: skip


def asyncapi_document(host: str = "127.0.0.1:8600", scheme: str = "ws") -> dict[str, Any]:
    """The channels, operations and messages of `/api/v1/stream` and of the alerts' event stream."""
    kinds = (messages.Hello, *_SERVER)
    _, schemas = msgspec.json.schema_components([*kinds, Picture], ref_template=_REF)
    told = {kind.__name__: _message(kind.__name__, kind.__doc__ or "") for kind in kinds}
    told["Positions"] = {
        "name": "Positions", "summary": "Positions in bulk, a binary frame.", "description": messages.BINARY_FRAME,
        "contentType": "application/octet-stream", "payload": {"type": "string", "format": "binary"},
    }  # fmt: skip
    heard = {"Hello": {"$ref": "#/components/messages/Hello"}}
    given = {name: {"$ref": f"#/components/messages/{name}"} for name in told if name != "Hello"}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vedette stream", "version": __version__,
            "description": "What is believed, as it changes: one snapshot, then updates, desk, heartbeats, positions. "
            "A client says hello with the newest frame it holds and is given what it missed, or a fresh snapshot.",
            "license": {"name": "Apache-2.0"},
        },
        "servers": {"watch": {"host": host, "protocol": scheme}},
        "channels": {"stream": {"address": "/api/v1/stream", "messages": {**heard, **given}}},
        "operations": {
            "hello": {
                "action": "receive", "channel": {"$ref": "#/channels/stream"},
                "summary": "A client says what it has.",
                "messages": [{"$ref": "#/channels/stream/messages/Hello"}],
            },
            "tell": {
                "action": "send", "channel": {"$ref": "#/channels/stream"},
                "summary": "The server tells what changes.",
                "messages": [{"$ref": f"#/channels/stream/messages/{name}"} for name in given],
            },
        },
        "components": {"messages": told, "schemas": schemas},
    }  # fmt: skip


def _message(name: str, words: str) -> dict[str, Any]:
    return {
        "name": name, "summary": " ".join(words.split()), "contentType": "application/json",
        "payload": {"$ref": _REF.format(name=name)},
    }  # fmt: skip
