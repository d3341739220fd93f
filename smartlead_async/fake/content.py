"""Request bodies as they arrive over HTTP: compressed, in another charset, or not what their labels say."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from email.message import Message
from typing import Final

from .replies import Refusal

MAX_BODY: Final = 64 * 1024 * 1024

_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def decode_body(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a request body without compression and in UTF-8, or raise :class:`Refusal`."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    if body and coding not in {"", "identity"}:
        body = _decompress(body, coding)
    charset = _charset(headers.get("Content-Type", ""))
    return body if charset in {"utf-8", "utf8", "us-ascii"} else _to_utf_8(body, charset)


def _decompress(body: bytes, coding: str) -> bytes:
    bits = _WINDOW_BITS.get(coding)
    if bits is None:
        raise Refusal(415, {"message": f'unsupported content encoding "{coding}"'})
    decompressor = zlib.decompressobj(bits)
    try:
        plain = decompressor.decompress(body, MAX_BODY)
    except zlib.error:
        raise Refusal(400, {"message": f"the request body is not valid {coding}"}) from None
    if decompressor.unconsumed_tail:
        raise body_too_large()
    if not decompressor.eof:
        raise Refusal(400, {"message": f"the request body is not valid {coding}: it ends too early"})
    return plain


def body_too_large() -> Refusal:
    """Return the refusal of a request whose body is too large."""
    return Refusal(413, {"message": "request entity too large"})


def _charset(content_type: str) -> str:
    message = Message()
    message["Content-Type"] = content_type
    return message.get_content_charset("utf-8")


def _to_utf_8(body: bytes, charset: str) -> bytes:
    if not charset.startswith("utf-"):
        # JSON has no other charset.
        raise Refusal(415, {"message": f'unsupported charset "{charset.upper()}"'})
    try:
        return body.decode(charset).encode()
    except LookupError:
        raise Refusal(415, {"message": f'unsupported charset "{charset.upper()}"'}) from None
    except UnicodeError:
        raise Refusal(400, {"message": f"the request body is not valid {charset}"}) from None
