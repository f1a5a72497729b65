"""Pages about what crosses the doors, made from the code: scan file and event, their schemas, the exit codes."""

import json
from typing import Any

from vedette.doors.cli.exit_codes import MEANINGS
from vedette.formats import scan_file_schema
from vedette.formats.alert_json import alert_event_schema

MADE = "<!-- Written by `./run docs` from the code; change it there. -->\n"

INTRODUCTION = """# The scan file

A scan file is how Vedette writes down what sensors saw: JSON lines in UTF-8, one header and then one line for each
scan, which is everything one sensor saw in one look. Degrees, kilometres and UTC stand here; metres, radians and TAI
nanoseconds inside. A number means exactly the decimal that is written, and is rounded once when read, so that what is
written reads back bit for bit.

- An absent field, or `null`, means *not measured* or *not known*; there is no NaN in JSON.
- A scan with no detections says that the sensor looked and saw nothing. It needs `t_received_utc`.
- Every measured value needs its sigma: nothing is seen without doubt.
- Fields that are not listed here are refused, so that a misspelt unit cannot pass unseen.
- Every scan carries its mode; a scan whose mode is not that of its header, or of the run, is refused (exit code 6).
- A line may have 8 MiB. A longer one is read past and set aside; the next line is read as usual.

The same in a form for programs: [scan.schema.json](scan.schema.json). What happens to bad lines:
[feeds](../guides/feeds.md).

```json
{"vedette_scan_file":1,"mode":"TEST","producer":"by hand"}
{"kind":"radar","sensor_id":"radar-north","mode":"TEST","detections":[{"t_measured_utc":"2031-04-01T12:01:10.000Z",
 "azimuth_deg":12.5,"elevation_deg":4.25,"range_km":812.25,"azimuth_sigma_deg":0.05,"elevation_sigma_deg":0.05,
 "range_sigma_km":0.03}]}
```

(The second line is broken here to fit the page; in a file it is one line.)
"""


def wire_pages() -> dict[str, str]:
    """File name and text of every page."""
    schema, event = scan_file_schema(), alert_event_schema()
    return {
        "vedette-event.md": event_page(event),
        "vedette-event.schema.json": json.dumps(event, indent=2, ensure_ascii=False) + "\n",
        "scan-file.md": scan_file_page(schema),
        "exit-codes.md": exit_codes_page(),
        "scan.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
    }


EVENT_INTRODUCTION = """# The Vedette event

One message about one event, whole: what, where from, how many, when, where to, when it arrives, how sure, who is told,
who released it. CAP, the texts in every language and the pager line are made from it and from nothing else. One JSON
document, UTF-8; degrees north and east on WGS 84, kilometres, UTC.

- An absent field, `null`, an empty text or an empty list means *not known* or *none*, never zero.
- The same event always gives the same bytes (keys are sorted), so that its SHA-256 names it: CAP carries it in the
  parameter `vedette:event-sha256`.
- Fields that are not listed here are refused, so that a misspelt unit cannot pass unseen.
- An Update says in `supersedes`, a Cancel in `cancels`, which messages it is about; nothing else may.
- The signature does not stand inside: it travels beside the document, in a detached envelope.

The same in a form for programs: [vedette-event.schema.json](vedette-event.schema.json). How messages are made and sent:
[messages](../guides/messages.md).
"""


def event_page(schema: dict[str, Any]) -> str:
    """The page of the event, its own structure first."""
    return structs_page(schema, EVENT_INTRODUCTION)


def scan_file_page(schema: dict[str, Any]) -> str:
    """The page of the scan file."""
    return structs_page(schema, INTRODUCTION)


def structs_page(schema: dict[str, Any], introduction: str) -> str:
    """Every field with its type, whether it must be there, its unit and frame, and what absence means."""
    parts = [MADE, introduction]
    for name, struct in schema["$defs"].items():
        if "properties" not in struct:
            continue
        parts.append(f"## {name}\n\n{struct.get('description', '')}\n")
        rows = ["| field | type | needed | meaning |", "| --- | --- | --- | --- |"]
        for field, said in struct["properties"].items():
            needed = "yes" if field in struct.get("required", ()) else ""
            rows.append(f"| `{field}` | {type_of(said)} | {needed} | {meaning_of(said, schema).replace('|', '/')} |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def alternatives(said: dict[str, Any]) -> list[dict[str, Any]]:
    """What a field may be, null aside."""
    return [one for one in said.get("anyOf", [said]) if one.get("type") != "null"]


def type_of(said: dict[str, Any]) -> str:
    """A field's type in a word or two."""
    one = alternatives(said)[0]
    if "$ref" in one:
        return one["$ref"].rsplit("/", 1)[-1]
    if "enum" in one:
        return ", ".join(f"`{word}`" for word in one["enum"])
    if one.get("type") == "array":
        if "prefixItems" in one:
            kind = "instants" if type_of(one["prefixItems"][0]) == "string" else "numbers"
            return f"{len(one['prefixItems'])} {kind}"
        return f"list of {type_of(one['items'])}"
    if one.get("type") == "object" and isinstance(one.get("additionalProperties"), dict):
        return f"{type_of(one['additionalProperties'])} by name"
    return str(one.get("type", ""))


def meaning_of(said: dict[str, Any], schema: dict[str, Any]) -> str:
    """A field's description, or that of what it refers to."""
    one = alternatives(said)[0]
    if "$ref" in one:
        meant = schema["$defs"][one["$ref"].rsplit("/", 1)[-1]]
        return ", ".join(f"`{word}`" for word in meant["enum"]) if "enum" in meant else str(meant["description"])
    return str(one.get("description", said.get("description", "")))


def exit_codes_page() -> str:
    """What the command line returns, and what it means for a feed."""
    rows = [
        "| code | meaning |",
        "| --- | --- |",
        *(f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()),
    ]
    return "\n".join(
        [
            MADE,
            "# Exit codes\n",
            *rows,
            "",
            "When a run reads feeds, it goes on past what it cannot use and returns the highest of these at its end:\n",
            "- 0: everything was used. Something doubtful (times that go back, a late or repeated scan) was kept and",
            "  marked, and said on the timeline.",
            "- 3: something could not be used: garbled, cut off, impossible, of an unknown sensor. The journal keeps",
            "  the sentence, the first bytes and the SHA-256 of what was set aside.",
            "- 6: a feed or a scan of another mode was refused: test data offered as REAL, for one.",
            "",
        ]
    )
