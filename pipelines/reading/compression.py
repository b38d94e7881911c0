"""Compressed deliveries: .gz and .zst, unpacked into the scratch folder with a limit, so that a small file cannot fill the disk."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import zstandard

from pipelines.shapes.errors import UnreadableDelivery

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
MOST_BYTES = 64 << 30
MOST_TIMES = 300  # tables of codes and amounts shrink 5 to 60 times; a file of zeros a thousand times and more
ALWAYS_ALLOWED = 256 << 20
BLOCK = 1 << 20
DAMAGES = (gzip.BadGzipFile, EOFError, zlib.error, zstandard.ZstdError)
_ZSTD_BLOCK = 16 << 10


class Readable(Protocol):
    """What is read from: a file, or a member of an archive."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, all that are left for a negative size."""


def unpack(path: Path, scratch: Path) -> Path:
    """The file itself, or what is in it, in `scratch` under the name without .gz or .zst.

    Raises:
        UnreadableDelivery: truncated or damaged, or far larger than a table of this size can be.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
        if not is_compressed(head):
            return path
        stream.seek(0)
        suffix = path.suffix.casefold()
        target = scratch / (path.stem if suffix in (".gz", ".zst", ".zstd") else path.name)
        try:
            _write(unpacked(stream, head), target, most_unpacked(path.stat().st_size), path.name)
        except DAMAGES as error:
            raise UnreadableDelivery(
                "damaged_archive", f"{path.name} cannot be unpacked: {error}.", "Compress the file again and deliver it once more."
            ) from error
    return target


def is_compressed(head: bytes) -> bool:
    """Whether content that begins with these bytes is compressed."""
    return head.startswith((GZIP, ZSTD))


def most_unpacked(compressed: int) -> int:
    """Bytes to which so many compressed bytes may expand."""
    return min(MOST_BYTES, max(ALWAYS_ALLOWED, MOST_TIMES * compressed))


def unpacked(stream: Readable, head: bytes, size: int = BLOCK) -> Iterator[bytes]:
    """What a compressed stream holds, in blocks of about a size; `head` is how it begins, read again from the stream.

    Raises:
        Exception: one of `DAMAGES` where the stream errs or ends before its content does.
    """
    if head.startswith(ZSTD):
        yield from _zstd(stream)
        return
    with gzip.open(stream) as inner:
        while block := inner.read(size):
            yield block


def _zstd(stream: Readable) -> Iterator[bytes]:
    """Frame by frame: the library's stream reader ends without a word where a frame is cut off."""
    frame = None
    while block := stream.read(_ZSTD_BLOCK):
        while block:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(block)
            block = frame.unused_data
            if frame.eof:
                frame = None
            elif block:
                raise zstandard.ZstdError("data after an unfinished frame")
    if frame is not None:
        raise EOFError("it ends in the middle")


def _write(blocks: Iterator[bytes], target: Path, limit: int, name: str) -> None:
    size = 0
    with target.open("wb") as out:
        for block in blocks:
            size += len(block)
            if size > limit:
                raise UnreadableDelivery(
                    "too_large_unpacked",
                    f"{name} unpacks to more than {limit >> 20:,} MiB, far beyond what a table of its size can hold.",
                    "Deliver the table uncompressed, or in several files.",
                )
            out.write(block)
