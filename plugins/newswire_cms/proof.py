"""Who may send: the proofs that systems give of knowing the secret. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire_cms.mapping import Proof

TOLERANCE = timedelta(minutes=10)
"""How old, or how far ahead, the time in a signature may be: who has seen a message cannot send it again later."""


def proven(proof: Proof, secret: str, given: bytes, body: bytes, now: datetime) -> bool:
    """Whether a header shows that its sender knows the secret; compared in constant time.

    Args:
        proof: how the system shows it.
        secret: the secret.
        given: what stands in the header.
        body: the body, as it came.
        now: the time.
    """
    key, header = secret.encode(), given.strip()
    if proof.scheme == "bearer":
        word, _, told = header.partition(b" ")
        return word.lower() == b"bearer" and hmac.compare_digest(told.strip(), key)
    if proof.scheme == "ghost":
        return _ghost(key, header, body, now)
    signature = header.removeprefix(b"sha256=")
    right = hmac.new(key, body, hashlib.sha256).digest()
    return hmac.compare_digest(signature.lower(), right.hex().encode()) or hmac.compare_digest(
        signature, base64.b64encode(right)
    )


def _ghost(key: bytes, header: bytes, body: bytes, now: datetime) -> bool:
    """``sha256=HEX, t=MILLISECONDS``: the HMAC of the body with the time behind it (Ghost, WebhookTrigger)."""
    parts = dict(part.strip().partition(b"=")[::2] for part in header.split(b","))
    at, signature = parts.get(b"t", b""), parts.get(b"sha256", b"")
    if not at.isdigit() or len(at) > len("1767225600000"):
        return False
    if abs(now - datetime.fromtimestamp(int(at) / 1000, UTC)) > TOLERANCE:
        return False
    right = hmac.new(key, body + at, hashlib.sha256).hexdigest().encode()
    return hmac.compare_digest(signature.lower(), right)
