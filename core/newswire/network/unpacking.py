"""Unpacking what came compressed, no further than wanted: a small answer can hold gigabytes of zeros. Pure."""

from __future__ import annotations

import zlib

PACKED = "gzip, deflate"
"""What `Unpacking` takes, for the header ``Accept-Encoding``."""
# RFC 9110 section 8.4.1: "deflate" is the zlib format, which some servers leave out, and "gzip" may be "x-gzip".
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_BARE = -zlib.MAX_WBITS


class CannotUnpack(ValueError):
    """It is damaged, cut short, or packed in a way that was not asked for."""


class Unpacking:
    """Unpacks an answer piece by piece.

    Args:
        encoding: the header ``Content-Encoding``.

    Raises:
        CannotUnpack: it names something that was not asked for.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise CannotUnpack("it is packed in a way that was not asked for")
        self._plain = name in {"", "identity"}
        self._stream = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._begun = False

    def feed(self, piece: bytes, most: int) -> bytes:
        """The next part of the content, of so many bytes at most; what is beyond that is lost.

        Raises:
            CannotUnpack: it is damaged.
        """
        if self._plain:
            return piece[:most]
        content = b""
        try:
            while piece and len(content) < most:
                content += self._unpacked(piece, most - len(content))
                piece = self._stream.unused_data
                if self._stream.eof and piece:  # RFC 1952 section 2.2: a file may have several members
                    self._stream = zlib.decompressobj(_ZLIB_OR_GZIP)
                elif not self._stream.eof:
                    break
        except zlib.error:
            raise CannotUnpack("it is damaged") from None
        return content

    def _unpacked(self, piece: bytes, most: int) -> bytes:
        begun, self._begun = self._begun, True
        try:
            return self._stream.decompress(piece, most)
        except zlib.error:
            if begun:
                raise
            self._stream = zlib.decompressobj(_BARE)
            return self._stream.decompress(piece, most)

    def end(self) -> None:
        """Says that nothing more comes.

        Raises:
            CannotUnpack: more should have come.
        """
        if not self._plain and self._begun and not self._stream.eof:
            raise CannotUnpack("it ends too early")
