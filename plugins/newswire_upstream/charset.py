"""What letters the bytes of a feed stand for, where neither the server nor the feed says it. Pure."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*\bencoding\s*=", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SAMPLE = 40_000


def in_known_letters(body: bytes, content_type: str) -> bytes:
    """The bytes as they are, or, where their encoding is nowhere declared and is not UTF-8, made UTF-8.

    RFC 7303 and XML 1.0 section 4.3.3: without a declaration it is UTF-8. Feeds that break this are guessed at as a
    whole, by the frequency of their letters.
    """
    if "charset" in content_type.lower() or body.startswith(_MARKS) or _DECLARED.match(body) or b"\0" in body[:4]:
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(body[:_SAMPLE]).best()
        if best is not None:
            return body.decode(best.encoding, errors="replace").encode("utf-8", errors="replace")
    return body
