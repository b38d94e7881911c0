"""Compressed deliveries: .gz and .zst, unpacked into the scratch folder with a limit, so that a small file cannot fill the disk."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from pipelines.shapes.errors import UnreadableDelivery

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
MOST_BYTES = 64 << 30
MOST_TIMES = 300  # tables of codes and amounts shrink 5 to 60 times; a file of zeros a thousand times and more
ALWAYS_ALLOWED = 256 << 20
BLOCK = 1 << 20


def unpack(path: Path, scratch: Path) -> Path:
    """The file itself, or what is in it, in `scratch` under the name without .gz or .zst.

    Raises:
        UnreadableDelivery: truncated or damaged, or far larger than a table of this size can be.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
        if not head.startswith((GZIP, ZSTD)):
            return path
        stream.seek(0)
        suffix = path.suffix.casefold()
        target = scratch / (path.stem if suffix in (".gz", ".zst", ".zstd") else path.name)
        limit = min(MOST_BYTES, max(ALWAYS_ALLOWED, MOST_TIMES * path.stat().st_size))
        try:
            blocks = _gzip_blocks(stream) if head.startswith(GZIP) else _zstd_blocks(stream)
            _write(blocks, target, limit, path.name)
        except (gzip.BadGzipFile, EOFError, zlib.error, zstandard.ZstdError) as error:
            raise UnreadableDelivery(
                "damaged_archive", f"{path.name} cannot be unpacked: {error}.", "Compress the file again and deliver it once more."
            ) from error
    return target


def _gzip_blocks(stream: BinaryIO) -> Iterator[bytes]:
    with gzip.open(stream) as inner:
        while block := inner.read(BLOCK):
            yield block


def _zstd_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Frame by frame: the library's stream reader ends without a word where a frame is cut off."""
    decompressor = None
    while block := stream.read(BLOCK >> 6):
        while block:
            decompressor = decompressor or zstandard.ZstdDecompressor().decompressobj()
            yield decompressor.decompress(block)
            block = decompressor.unused_data
            if decompressor.eof:
                decompressor = None
            elif block:
                raise zstandard.ZstdError("data after an unfinished frame")
    if decompressor is not None:
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
