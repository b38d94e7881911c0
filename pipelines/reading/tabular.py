"""The one door to tables as people deliver them: `read` looks at the content, not at the name, and hands on a `Table` of text.

Formats: CSV and its cousins, XLSX, ODS, Parquet, JSON Lines, JSON where a mapping says the path, each also as .gz or .zst. Meaning (which column
is what) is the mapping's affair, right or wrong the contract's.
"""

from __future__ import annotations

import atexit
import mmap
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pipelines.reading import delimited, workbook
from pipelines.reading.compression import unpack
from pipelines.reading.delimited import read_delimited
from pipelines.reading.documents import read_document
from pipelines.reading.records import read_json_lines, read_parquet
from pipelines.reading.workbook import read_workbook
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import SOURCE_ROW, Glance, ReadOptions, RowFinding, Table

__all__ = ["SOURCE_ROW", "ReadOptions", "RowFinding", "Table", "UnreadableDelivery", "read"]

ZIP = b"PK\x03\x04"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
JSON_LINES = (".jsonl", ".ndjson", ".json")


def read(path: Path, options: ReadOptions | None = None, *, scratch: Path | None = None) -> Table:
    """Reads one delivery as text.

    Args:
        path: the file.
        options: what its mapping says about it; the rest is detected.
        scratch: a folder for what has to be unpacked or rewritten. The frame leans on it, so remove it after the frame is used; without one a
            temporary folder lives as long as the process.

    Raises:
        UnreadableDelivery: the file as a whole cannot be read; it says why and what to do.
        OSError: there is no room to unpack it.
    """
    options = options or ReadOptions()
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise UnreadableDelivery("not_readable", f"{path.name} cannot be opened: {error.strerror}.", "Check that the file exists and may be read.") from error
    room = Path(tempfile.mkdtemp(prefix="read-", dir=scratch or _process_scratch()))
    plain = unpack(path, room)
    with plain.open("rb") as stream:
        head = stream.read(16)
    if head.startswith(ZIP):
        return read_workbook(plain, path.name, options, room)
    if head.startswith(OLE):
        raise UnreadableDelivery(
            "password_or_old_format",
            f"{path.name} is {'protected by a password' if _is_encrypted(plain) else 'either protected by a password or in the old Excel format (.xls)'}.",
            "Save it without a password as XLSX (File, Info, Protect Workbook, Encrypt with Password: empty), or as CSV.",
        )
    if head.startswith(b"PAR1"):
        return read_parquet(plain, path.name, options)
    if options.path is not None:
        return read_document(plain, path.name, options, room)
    if plain.suffix.casefold() in JSON_LINES:
        return read_json_lines(plain, path.name, options, room)
    if plain.suffix.casefold() in (".xlsx", ".xlsm", ".ods", ".parquet"):
        raise UnreadableDelivery(
            "broken_file",
            f"{path.name} is not what its name says: it does not begin like a {plain.suffix.casefold()} file.",
            "Open it in the program that made it, save it again, and deliver that.",
        )
    return read_delimited(plain, path.name, options, room)


def glance(path: Path, most: int) -> list[Glance]:
    """The first rows of a workbook's sheets or of a delimited file; nothing of formats that have their header in themselves.

    Raises:
        UnreadableDelivery: the file cannot be read.
    """
    room = Path(tempfile.mkdtemp(prefix="read-", dir=_process_scratch()))
    plain = unpack(path, room)
    with plain.open("rb") as stream:
        head = stream.read(16)
    if head.startswith(ZIP):
        return workbook.first_rows(plain, path.name, most)
    if head.startswith((OLE, b"PAR1")) or plain.suffix.casefold() in (*JSON_LINES, ".xlsx", ".xlsm", ".ods", ".parquet"):
        return []
    return [delimited.first_rows(plain, path.name, room, most)]


@cache
def _process_scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="techcoop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _is_encrypted(container: Path) -> bool:
    """Whether an OLE container holds an encrypted workbook: its directory names the stream (Office Document Cryptography, MS-OFFCRYPTO 2.3.4)."""
    with container.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find("EncryptedPackage".encode("utf-16-le")) >= 0
