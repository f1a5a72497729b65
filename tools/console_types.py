"""The console's types of the stream, made from the server's: `python -m tools.console_types [--check]`.

One interface for each Struct of `doors.server.messages` and what it is made of, into `console/src/lib/messages.ts`.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec.inspect as mi

from vedette.doors.server import messages

FILE = Path(__file__).resolve().parent.parent / "console" / "src" / "lib" / "messages.ts"
ROOTS = (messages.Hello, messages.ServerFrame)
ALIASES = {
    "Mode": 'Picture["mode"]',
    "Evidence": 'Candidate["evidence"]',
    "Message": 'DeskAlert["message"]',
    "Interval": "[number, number]",
}
HEAD = """/** Made by tools/console_types.py from src/vedette/doors/server/messages.py: change those, and run it. */

"""


def typescript() -> str:
    """The whole file."""
    found: dict[str, str] = {}
    for root in ROOTS:
        _text(mi.type_info(root), found)
    binary = f"/** {messages.BINARY_FRAME} */\nexport const BINARY_MAGIC = 0x54444556;\n"
    frames = "export type ServerFrame = " + _text(mi.type_info(messages.ServerFrame), found) + ";\n"
    aliases = "".join(f"export type {name} = {where};\n" for name, where in ALIASES.items())
    frames += aliases
    return HEAD + "\n".join(found.values()) + "\n" + frames + "\n" + binary


def _text(info: mi.Type, found: dict[str, str]) -> str:
    match info:
        case mi.Metadata(type=inner):
            return _text(inner, found)
        case mi.StructType(cls=cls):
            name = _NAMES.get(cls.__name__, cls.__name__)
            if name not in found:
                found[name] = ""  # its place, also for one that names itself
                found[name] = _interface(name, info, found)
            return name
        case mi.UnionType(types=types):
            told = [_text(one, found) for one in types]
            return " | ".join(dict.fromkeys(told))
        case mi.ListType(item_type=item) | mi.VarTupleType(item_type=item):
            inside = _text(item, found)
            return f"({inside})[]" if " | " in inside else f"{inside}[]"
        case mi.TupleType(item_types=items):
            return "[" + ", ".join(_text(one, found) for one in items) + "]"
        case mi.DictType(key_type=key, value_type=value):
            return f"Record<{_text(key, found)}, {_text(value, found)}>"
        case mi.LiteralType(values=values):
            return " | ".join(_word(one) for one in values)
        case mi.EnumType(cls=cls):
            return " | ".join(_word(one.value) for one in cls)
        case mi.StrType():
            return "string"
        case mi.IntType() | mi.FloatType():
            return "number"
        case mi.BoolType():
            return "boolean"
        case mi.NoneType():
            return "null"
        case mi.AnyType():
            return "unknown"
    raise TypeError(f"no TypeScript for {info}")


_NAMES = {"NoticeWire": "Notice"}


def _word(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _interface(name: str, info: mi.StructType, found: dict[str, str]) -> str:
    lines = [f"/** {' '.join((info.cls.__doc__ or name).split())} */", f"export interface {name} {{"]
    if info.tag is not None:
        lines.append(f"  {info.tag_field}: {_word(info.tag)};")
    for field in info.fields:
        told = _words(field.type)
        optional = "" if field.required else "?"
        comment = f"  // {told}" if told else ""
        lines.append(f"  {field.encode_name}{optional}: {_text(field.type, found)};{comment}")
    if info.cls.__name__ == "ObjectState":
        lines.append("  [more: string]: unknown;")
    return "\n".join([*lines, "}", ""])


def _words(info: mi.Type) -> str:
    if isinstance(info, mi.Metadata):
        return (info.extra_json_schema or {}).get("description", "")
    if isinstance(info, mi.UnionType):
        return next((said for one in info.types if (said := _words(one))), "")
    return ""


def main(words: list[str]) -> int:
    """Write the file, or with --check say whether it is as it would be written."""
    text = typescript()
    if "--check" in words:
        if not FILE.is_file() or FILE.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{FILE}: not what the types say; run python -m tools.console_types\n")
            return 1
        return 0
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
