"""Parquet and JSON Lines: typed values become text without loss — dates ISO, decimals in plain notation, nested values JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError

from pipelines.reading.headers import header_names
from pipelines.reading.parts import Parts
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import SOURCE_ROW, ReadOptions, RowFinding, Table


def number_text(value: float | int | Decimal | str, decimal: str = ".") -> str:
    """The shortest plain notation that names the same number: `12`, `0.1`, `-0.0000001`; NaN and infinities keep their names.

    Args:
        value: a number, or its text in scientific notation.
        decimal: the decimal separator to write.
    """
    exact = Decimal(repr(value) if isinstance(value, float) else value)
    if not exact.is_finite():
        return str(exact)
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text in ("-0", "") else text).replace(".", decimal)


def read_parquet(path: Path, name: str, options: ReadOptions) -> Table:
    """Reads a Parquet file; the first record is row 1.

    Raises:
        UnreadableDelivery: damaged, or without columns.
    """
    try:
        scanned = pl.scan_parquet(path, row_index_name="\x00row", row_index_offset=1, glob=False)
        schema = scanned.collect_schema()
        # Damage inside a column shows only when it is decoded: better now than in the middle of the row pass.
        scanned.select(pl.all().null_count()).collect(engine="streaming")
    except (PolarsError, PanicException, OSError) as error:
        detail = f"{name} is not a readable Parquet file: {(str(error).splitlines() or ['damaged'])[0]}."
        raise UnreadableDelivery("broken_file", detail, "Write and deliver the file again.") from error
    delivered = [column for column in schema if column != "\x00row"]
    if not delivered:
        raise UnreadableDelivery("missing_header", f"{name} has no columns.", "Deliver a table with columns.")
    columns = header_names(delivered, 0)
    frame = scanned.select(
        pl.col("\x00row").cast(pl.Int64).alias(SOURCE_ROW),
        # By place: a column may be called `*`, which polars would take for all of them.
        *(_as_text(pl.nth(place), schema[delivered[place - 1]], options.decimal).alias(named) for place, named in enumerate(columns, 1)),
    ).filter(pl.any_horizontal(pl.col(columns).is_not_null()))
    return Table(frame=frame, columns=columns, header_row=0)


def _as_text(value: pl.Expr, kind: pl.DataType, decimal: str) -> pl.Expr:
    if kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum):
        text = value.cast(pl.String)
        return pl.when(text != "").then(text)
    if kind.is_float():
        shortest = value.cast(pl.String)
        text = (
            pl.when(shortest.str.contains("e", literal=True))
            .then(shortest.map_elements(lambda text: number_text(text) if "e" in text else text, return_dtype=pl.String, skip_nulls=True))
            .otherwise(shortest.str.strip_suffix(".0"))
        )
        text = pl.when(text == "-0").then(pl.lit("0")).otherwise(text)
        return text.str.replace_all(".", decimal, literal=True) if decimal != "." else text
    if kind.is_decimal():
        text = value.cast(pl.String)
        text = pl.when(text.str.contains(".", literal=True)).then(text.str.strip_chars_end("0").str.strip_suffix(".")).otherwise(text)
        return text.str.replace_all(".", decimal, literal=True) if decimal != "." else text
    if isinstance(kind, pl.Datetime):
        midnight = (value.dt.hour() == 0) & (value.dt.minute() == 0) & (value.dt.second() == 0) & (value.dt.nanosecond() == 0)
        return pl.when(midnight).then(value.dt.strftime("%Y-%m-%d")).otherwise(value.dt.to_string("iso:strict"))
    if isinstance(kind, pl.Duration):
        return value.dt.to_string("iso")
    if kind == pl.Binary:
        return value.map_elements(_binary_text, return_dtype=pl.String, skip_nulls=True)
    if kind.is_nested():
        wrapped = pl.struct(value.alias("v")).struct.json_encode().str.strip_prefix('{"v":').str.strip_suffix("}")
        return pl.when(value.is_not_null()).then(wrapped)
    return value.cast(pl.String)


def _binary_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def read_json_lines(path: Path, name: str, options: ReadOptions, scratch: Path) -> Table:
    """Reads JSON Lines: one object per line, its row the line's number; columns in the order in which they first appear.

    Raises:
        UnreadableDelivery: empty, not UTF-8, one JSON array instead of lines, or no line that holds an object.
    """
    columns: dict[str, None] = {}
    findings: list[RowFinding] = []
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                record = _record(line, options.decimal)
                if isinstance(record, dict):
                    columns.update(dict.fromkeys(record))
                    continue
                if number == 1 and line.lstrip().startswith("["):
                    raise UnreadableDelivery("not_json_lines", f"{name} is one JSON array.", "Write one object per line (JSON Lines), or deliver CSV.")
                findings.append(
                    RowFinding(
                        source_row=number,
                        column_name=None,
                        rule="malformed_json",
                        severity="error",
                        value=line.strip()[:200],
                        remedy=f"Each line must be one JSON object, each key once; this one is not ({record}).",
                    )
                )
    except UnicodeDecodeError as error:
        raise UnreadableDelivery("encoding", f"{name} is not in UTF-8: {error}.", "JSON is UTF-8 by definition: save it so.") from error
    if not columns:
        detail = f"{name} holds no JSON object." if findings else f"{name} is empty."
        raise UnreadableDelivery("not_json_lines" if findings else "empty_file", detail, "Deliver the file again, one object per line.")
    names = header_names(list(columns), 0)
    parts = Parts(folder=scratch, columns=names)
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, 1):
            record = _record(line, options.decimal) if line.strip() else None
            if isinstance(record, dict):
                parts.add(number, [record.get(column, "") for column in columns])
    return Table(frame=parts.frame(), columns=names, findings=tuple(findings), header_row=0)


class Number(str):
    """A number's own digits, so that nothing is lost on the way through a double."""


def _record(line: str, decimal: str) -> dict[str, str] | str:
    """The object of one line with its values as text, or in words why there is none."""
    try:
        value = json.loads(line, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=unrepeated)
    except (ValueError, RecursionError) as error:
        return str(error) or "nested too deeply"
    if not isinstance(value, dict):
        return "it holds something else"
    return {key: json_text(item, lambda digits: number_text(digits, decimal)) for key, item in value.items()}


def unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of which no key stands twice, for `json.loads`.

    Raises:
        ValueError: one does.
    """
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError("a key stands twice")
    return dict(pairs)


def json_text(value: object, number: Callable[[str], str]) -> str:
    """A value of JSON as text; numbers as `number` writes their digits, nested values as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return number(value)
    if isinstance(value, str):
        return value
    return _nested(value)


def _nested(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_nested(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
