"""What is done when DuckDB makes an error of its own, and how errors of any library are told: in one line, without the picture of a stack.

An internal error says nothing about the data: threads that met at the wrong moment, memory that a machine flipped. What only reads is tried
once more with one thread, which takes the races away; if the error stays, a person is told what to do. Nothing heavy is imported here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

THREADS = 2

# How DuckDB begins the message of an error that is no fault of the statement; the second is said by every statement after the first.
_INTERNAL = ("INTERNAL Error", "FATAL Error", "database has been invalidated")
_CPP_STACK = re.compile(r"\s*Stack Trace\b.*", re.DOTALL)
_PYTHON_STACK = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(?:(?:During handling|The above exception)[^\n]*\n)*")
_ASSURANCE = re.compile(r"\s*This error signals an assertion failure within DuckDB.*", re.DOTALL)

Outcome = TypeVar("Outcome")

_threads = THREADS


class EngineError(Exception):
    """DuckDB made an error of its own twice; the message is one line that says what to do."""


def threads() -> int:
    """How many threads a connection that reads may have now."""
    return _threads


@contextmanager
def one_thread() -> Iterator[None]:
    """Connections opened meanwhile, by whichever thread of this process, have one thread each."""
    global _threads
    before, _threads = _threads, 1
    try:
        yield
    finally:
        _threads = before


def is_internal(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, is one of the engine itself."""
    while error is not None:
        if says_internal(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def says_internal(text: str | None) -> bool:
    """Whether a message speaks of an error of the engine itself."""
    return text is not None and any(words in text for words in _INTERNAL)


def told(text: str) -> str:
    """An error of the engine itself as one line that a person can act on."""
    found = re.search(r"(?:INTERNAL|FATAL) Error: (.*?)(?: \[SQL: |$)", plain(text))
    reason = found[1][:300].rstrip(". ") if found else "no reason given"
    return (
        f"DuckDB made an error of its own, twice ({reason}): no delivery is at fault. Run again; "
        "if it stays, free memory on this machine, and report the statement and this line to the keeper of the warehouse"
    )


def plain(text: str) -> str:
    """A message as one line: without the stacks of C++ and Python, and without line breaks."""
    text = _PYTHON_STACK.sub("", text)
    for cut in (_ASSURANCE, _CPP_STACK):
        text = cut.sub("", text)
    return " ".join(text.split())


def tried_twice(work: Callable[[], Outcome], say: Callable[[str], None] | None = None) -> Outcome:
    """Do what only reads, and once more with one thread if the engine made an error of its own.

    Args:
        work: opens its own connections, with `threads()` threads; leaves nothing behind that doing it again would trip over.
        say: told that it is done again.

    Raises:
        EngineError: the error came again.
    """
    try:
        return work()
    except Exception as error:
        if not is_internal(error):
            raise
        if say:
            say(AGAIN)
    with one_thread():
        try:
            return work()
        except Exception as error:
            if not is_internal(error):
                raise
            raise EngineError(told(str(error))) from None


AGAIN = "DuckDB made an error of its own; trying once more with one thread"


def spilling(scratch: Path) -> dict[str, str | int | bool]:
    """Settings of a connection in memory that judges many rows: what does not fit spills into a folder."""
    return {"threads": threads(), "memory_limit": "1GB", "temp_directory": str(scratch), "preserve_insertion_order": False}


def insert_texts(connection: DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """Insert rows of texts by one statement over lists: executemany would run the insert once per row.

    Args:
        connection: to the database.
        table: with its schema.
        columns: which are filled.
        rows: a text or nothing per column.
    """
    if rows:
        unnested = ", ".join(f"unnest(?::varchar[]) as {name}" for name in columns)
        connection.execute(f"insert into {table} by name select {unnested}", [list(column) for column in zip(*rows, strict=True)])


def literal(text: Path | str) -> str:
    """A text, or the path of a file, as a literal of SQL that ends no statement."""
    return "'" + str(text).replace("'", "''") + "'"


def listed(texts: Iterable[Path | str]) -> str:
    """Texts, or the paths of files, as a list of SQL."""
    return "[" + ", ".join(map(literal, texts)) + "]"


def parquet(files: Iterable[Path], *, union_by_name: bool = False) -> str:
    """Parquet files as a relation."""
    return f"read_parquet({listed(files)}{', union_by_name = true' if union_by_name else ''})"
