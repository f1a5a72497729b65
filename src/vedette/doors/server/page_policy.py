"""What a browser is told about our pages: they load and run only what this server sends [CSP 3, W3C]."""

_CREDIT_STYLE = "'sha256-gM2CWYHXIHTu7Ts6ncwv0GMWZ9LXGrz2qqqjyuDojl8='"  # the one that CesiumJS writes for its credits
_CONTENT = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # the globe's decoders are WebAssembly; no inline script, no eval
    "style-src": f"'self' {_CREDIT_STYLE}",
    "style-src-attr": "'unsafe-inline'",  # a bar's width is an attribute; style elements come from us
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "media-src": "'self' data: blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in _CONTENT.items())

_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def page_headers(path: str, is_tls: bool, told: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    """Headers to add to an answer that has those `told` (lower case) already; what a route says itself stands."""
    wanted = dict(_ALWAYS)
    if path.startswith("/api/"):
        wanted["cache-control"] = "no-store"
    if is_tls:
        wanted["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in told]
