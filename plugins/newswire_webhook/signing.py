"""Signatures by the Standard Webhooks specification 1.0.0, "Signature scheme": symmetric, HMAC-SHA256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "whsec_"
# The table says of signing secrets: at least 24 bytes, at most 512 bits.
_SHORTEST, _LONGEST = 24, 64
_MADE = 32


def new_secret() -> str:
    """A secret, written as the specification has it: "base64 encoded, prefixed with `whsec_`"."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_MADE)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret.

    Raises:
        ValueError: it is none; the text does not repeat it.
    """
    written = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(
            f"must be '{PREFIX}' and {_SHORTEST} to {_LONGEST} bytes in base64; 'newswire webhook secret' makes one"
        )
    return key


def signature(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: a signature for each key, with spaces between.

    Signed is "{msg_id}.{timestamp}.{payload}"; that there may be several is "to support zero downtime secret rotation".

    Args:
        keys: what is signed with, the receiver's present one first.
        message_id: the header ``webhook-id``.
        timestamp: the header ``webhook-timestamp``: when this attempt is made, in seconds since the epoch.
        body: what is sent, to the byte.
    """
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    each = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in each)
