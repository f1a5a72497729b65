"""Getting one document from an address, bounded in time and size, over https alone (or from this very machine)."""

import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from vedette.core.errors import BadInputError, UsageError

MOST_BYTES: Final = 200_000_000
_HERE: Final = {"localhost", "127.0.0.1", "::1"}


def download(address: str, timeout_s: float) -> bytes:
    """The body of an address.

    UsageError for another scheme than https; BadInputError where the answer is an error or too long; ConnectionError
    where there is none.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise UsageError(f"{address!r}: only https addresses are fetched")
    request = urllib.request.Request(address, headers={"User-Agent": "vedette"})
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            body: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as trouble:
        what = f"the server answered {trouble.code} {trouble.reason}"
        raise BadInputError(what, address, "check the address") from None
    except (urllib.error.URLError, OSError) as trouble:
        reason = getattr(trouble, "reason", trouble)
        raise ConnectionError(f"{address}: no answer ({reason}); is there a network?") from None
    if len(body) > MOST_BYTES:
        raise BadInputError(f"over {MOST_BYTES:,} bytes", address, "ask for a smaller group")
    return body
