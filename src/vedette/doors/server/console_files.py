"""The built console as files: `console/dist` of a checkout, else the folder in the package.

Files whose name holds the hash of their content never change and may be kept for ever; the rest is asked for again.
A file that was compressed at build time (`.br`, `.gz`) is given so to whoever takes it.
"""

import mimetypes
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

_PAGE = "index.html"
_PACKED = (("br", ".br"), ("gzip", ".gz"))
_EXTRA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".glb": "model/gltf-binary",
    ".woff2": "font/woff2",
}
_ABSENT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Vedette</title>
<h1>The console is not built</h1><p>Build it with <code>./run console</code>, and load this page again.
The API is there: <a href="/api/v1/picture">/api/v1/picture</a>, <a href="/readyz">/readyz</a>.</p></html>
"""


def find_console() -> Path | None:
    """Where the built console lies; None when it was never built."""
    here = Path(__file__).resolve()
    checkout = [parent / "console" / "dist" for parent in here.parents if (parent / "pyproject.toml").is_file()]
    for folder in (*checkout, here.parent / "console"):
        if (folder / _PAGE).is_file():
            return folder
    return None


def console_routes(folder: Path | None) -> list[Any]:
    """The page at `/`, and every file beside it."""

    @get("/", include_in_schema=False, sync_to_thread=True)
    def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The console's page."""
        found = folder or find_console()
        if found is None:
            return Response(_ABSENT.encode(), media_type="text/html; charset=utf-8", status_code=503)
        return _file(found, _PAGE, request)

    @get("/{path:path}", include_in_schema=False, sync_to_thread=True)
    def file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        """A file of the console."""
        found = folder or find_console()
        if found is None or path.startswith("/api/"):
            raise NotFoundException(f"there is nothing at {path}")
        return _file(found, path.lstrip("/"), request)

    return [page, file]


def _file(folder: Path, name: str, request: Request[Any, Any, Any]) -> Response[bytes]:
    try:
        path = (folder / name).resolve()
        is_there = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # no name that a file could have
        is_there = False
    if not is_there:
        raise NotFoundException(f"there is no file {name!r} in the console")
    kind = _EXTRA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith(("json", "javascript", "svg+xml")):
        kind += "; charset=utf-8"
    is_lasting = "assets" in Path(name).parts
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if is_lasting else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    taken = request.headers.get("accept-encoding", "")
    for coding, ending in _PACKED:
        packed = path.with_name(path.name + ending)
        if coding in taken and packed.is_file():
            path, headers["Content-Encoding"] = packed, coding
            break
    stat = path.stat()
    etag = headers["ETag"] = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(path.read_bytes(), media_type=kind, headers=headers)
