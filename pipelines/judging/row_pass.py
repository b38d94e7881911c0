"""The row pass: one delivery against its contract, row by row, in one streaming query.

Rows that obey go to a Parquet part in the types of the contract; the others, and warnings, to a findings part. The result depends
on the file, its mapping and the code alone, so that it is kept under their hash and done once. What needs other rows (keys,
references) belongs to the set pass.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import makers, sealed
from pipelines.contracts import FIGURES, Source, column_metadata, contract_columns, landed_schema, remedy_of, required_columns, rule_expressions, rule_of
from pipelines.judging.splits import split_violation
from pipelines.mapping.mapping import Mapping as DeliveryMapping
from pipelines.mapping.values import CURRENCY_SIGNS, currency_sign, has_footnote, inverted, parse_date, parse_number, parse_rate, scaled
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import FileViolation
from pipelines.shapes.part import AMOUNT_COLUMNS, AMOUNT_GROUP, QUARANTINE_COLUMNS, Part
from pipelines.shapes.table import SOURCE_COLUMN, SOURCE_ROW, RowFinding, Table
from pipelines.storage import storage_error

# Longer values are cut in findings: a memo field of a megabyte helps nobody to find the row.
_LONGEST_VALUE = 300
_TOO_PRECISE = {10: r"\.\d{10}\d*[1-9]", 12: r"\.\d{12}\d*[1-9]"}
_RULES_OF_CODES = ("not_in_code_list", "unknown_currency")
# What a finding says of its row; the rest of a line of the quarantine is the delivery's.
_FINDING = ("source_row", "source_column", "column_name", "rule", "severity", "value", "remedy")
# Told once for a column, not for each row.
_TOLD_ONCE = ("number_footnotes",)
_YES = ("yes", "y", "true", "1")
_NO = ("no", "n", "false", "0")


def part_name(delivery: Delivery, mapping: DeliveryMapping | None) -> str:
    """Stem of a delivery's part: its id and the hash of what makes it and of its mapping."""
    rules = hashlib.sha256(f"{makers.digest()}\0{mapping.digest if mapping else ''}".encode()).hexdigest()[:16]
    return f"{delivery.delivery_id}-{rules}"


def kept_part(folder: Path, name: str) -> Part | None:
    """A part that an earlier run wrote, whole or not at all: the counts are written last. A part that was damaged since is said, and no part."""
    counts = folder / f"{name}.json"
    try:
        told = sealed.from_json(counts.read_text(encoding="utf-8"))
        part = _part(folder, name, told)
        for file in (part.rows, part.findings, part.amounts):
            sealed.verify(file, told["files"][file.name])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        sealed.tell(f"{counts}: what was kept of a delivery is damaged ({error}): the delivery is read again")
        return None
    return part


def _part(folder: Path, name: str, counts: Mapping[str, int]) -> Part:
    return Part(
        rows=folder / f"{name}.parquet",
        findings=folder / f"{name}.findings.parquet",
        amounts=folder / f"{name}.amounts.parquet",
        rows_delivered=counts["rows_delivered"],
        rows_quarantined=counts["rows_quarantined"],
    )


def row_pass(delivery: Delivery, source: Source, table: Table, mapping: DeliveryMapping | None, folder: Path) -> Part:
    """Judge every row of a delivery and write its parts.

    Args:
        delivery: the file, hashed.
        source: its contract.
        table: the file as read, columns already renamed by the mapping.
        mapping: number and date settings, missing words.
        folder: where parts of this source are kept.

    Raises:
        FileViolation: a required column is missing.
        StorageError: the disk is full.
    """
    table = _with_told_columns(source, table)
    if mapping and mapping.numbers.currency_signs and "currency" in contract_columns(source) and "currency" not in table.columns:
        # What the signs beside the amounts say of it is seen with them.
        table = replace(table, frame=table.frame.with_columns(pl.lit(None, dtype=pl.String).alias("currency")), columns=(*table.columns, "currency"))
    missing = [name for name in required_columns(source) if name not in table.columns]
    if missing:
        raise FileViolation(
            "missing_column",
            f"required column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing; found {', '.join(table.columns) or 'none'}",
            rule_of(source, "missing_column").remedy,
        )
    name = part_name(delivery, mapping)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = {kind: folder / f".{name}.{os.getpid()}.{kind}" for kind in ("rows", "bad", "findings", "amounts", "json")}
    try:
        counts = _judge(delivery, source, table, mapping, unfinished)
        part = _part(folder, name, counts)
        kept = {"rows": part.rows, "findings": part.findings, "amounts": part.amounts}
        seals = {file.name: sealed.seal(unfinished[kind]) for kind, file in kept.items()}
        unfinished["json"].write_text(sealed.to_json({**counts, "files": seals}), encoding="utf-8")
        unfinished["rows"].replace(part.rows)
        unfinished["findings"].replace(part.findings)
        unfinished["amounts"].replace(part.amounts)
        unfinished["json"].replace(folder / f"{name}.json")
    except (OSError, pl.exceptions.PolarsError) as error:
        clear = storage_error(error, folder / name)
        if clear is None:
            raise
        raise clear from error
    finally:
        for file in unfinished.values():
            file.unlink(missing_ok=True)
    return part


def _with_told_columns(source: Source, table: Table) -> Table:
    """The table with the columns that it leaves out and another column says in words; a row without such words stays empty there."""
    for name, (teller, words) in source.told_in.items():
        if name in table.columns or teller not in table.columns:
            continue
        said = pl.col(teller).str.to_lowercase()
        code = pl.coalesce(pl.when(said.str.contains(word, literal=True)).then(pl.lit(meant)) for word, meant in words.items())
        table = replace(table, frame=table.frame.with_columns(code.alias(name)), columns=(*table.columns, name))
    return table


def _judge(delivery: Delivery, source: Source, table: Table, mapping: DeliveryMapping | None, files: dict[str, Path]) -> dict[str, int]:
    checks = Checks(source, table.columns, mapping, is_unpivoted=table.is_unpivoted)
    frame = checks.typed(checks.texts(table.frame, only_spaces=table.only_spaces))
    errors, warnings = checks.verdicts()
    frame = frame.with_columns(_obeys=pl.all_horizontal(errors) if errors else pl.lit(True), _warned=pl.any_horizontal(warnings) if warnings else pl.lit(False))
    schema = landed_schema(source)
    same_everywhere = checks.constants() | {
        **({} if table.is_unpivoted else {SOURCE_COLUMN: None}),
        "_delivery_id": delivery.delivery_id,
        "_source_file": delivery.source_file,
        "_source_sha256": delivery.sha256,
        "_loaded_at": datetime.now(UTC).replace(tzinfo=None),
    }
    landed = [_constant(same_everywhere[name], dtype).alias(name) if name in same_everywhere else checks.landed(name, dtype) for name, dtype in schema.items()]
    good = _sink_landed(frame.filter("_obeys").select(landed), schema, files["rows"])
    bad = frame.filter(~pl.col("_obeys") | pl.col("_warned")).select(SOURCE_ROW, SOURCE_COLUMN, *checks.text_columns()).sink_parquet(files["bad"], lazy=True)
    amounts = frame.group_by(checks.amount_group(), maintain_order=False).agg(*checks.amount_sums())
    _, _, sums = pl.collect_all([good, bad, amounts], engine="streaming")

    _write_amounts(delivery, source, table, sums, files["amounts"])
    lost = len(_rows_lost_in_reading(table))
    counts = {name: int(sums[name].sum() or 0) + lost for name in ("rows_delivered", "rows_quarantined")}
    read = _from_reader(source, table)
    if not counts["rows_delivered"]:
        remedy = remedy_of(source, None, "no_rows")
        read.append(RowFinding(source_row=max(table.header_row, 1), column_name=None, rule="no_rows", severity="warning", value=None, remedy=remedy))
    told = checks.findings(pl.scan_parquet(files["bad"]))
    _as_quarantine(delivery, source, told, read).sink_parquet(files["findings"], optimizations=pl.QueryOptFlags(comm_subplan_elim=False))
    return counts


def _constant(value: Any, dtype: pl.DataType) -> pl.Expr:
    """One value for all rows; of a text only the number of its dictionary entry is repeated, which is a fraction of the work."""
    if dtype == pl.String:
        return pl.lit(value, dtype=pl.Enum([] if value is None else [value]))
    return pl.lit(value, dtype=dtype)


def _sink_landed(rows: pl.LazyFrame, schema: dict[str, pl.DataType], file: Path) -> pl.LazyFrame:
    """The rows to Parquet, to be read whole: without the least and greatest value of each column and chunk.

    The file says that it holds the types of the contract, also where a text came as an entry of a dictionary.
    """
    empty = io.BytesIO()
    pl.DataFrame(schema=schema).write_parquet(empty)
    empty.seek(0)
    types = {"ARROW:schema": pl.read_parquet_metadata(empty)["ARROW:schema"]}
    statistics = {"min": False, "max": False, "null_count": True}
    return rows.sink_parquet(file, compression="zstd", compression_level=1, statistics=statistics, metadata=types, lazy=True)


def _rows_lost_in_reading(table: Table) -> set[tuple[int, str | None]]:
    return {(finding.source_row, finding.source_column) for finding in table.findings if finding.severity == "error"}


def _from_reader(source: Source, table: Table) -> list[RowFinding]:
    """Findings of reader and mapping, and one warning per column that nobody asked for."""
    known = set(contract_columns(source))
    told = list(table.findings)
    said = {finding.column_name for finding in told}
    for column in table.columns:
        if column not in known and column not in said:
            told.append(
                RowFinding(
                    source_row=max(table.header_row, 1),
                    column_name=column,
                    rule="extra_column",
                    severity="warning",
                    value=column,
                    remedy=remedy_of(source, column, "extra_column"),
                )
            )
    return told


def _as_quarantine(delivery: Delivery, source: Source, told: pl.LazyFrame, read: Sequence[RowFinding]) -> pl.LazyFrame:
    rows = {name: [getattr(finding, name) for finding in read] for name in _FINDING}
    both = pl.concat([told, pl.LazyFrame(rows, schema={name: QUARANTINE_COLUMNS[name] for name in rows})])
    constants = {"delivery_id": delivery.delivery_id, "source": source.name, "table_name": source.name, "source_file": delivery.source_file}
    return both.select([(pl.lit(constants[name]) if name in constants else pl.col(name)).cast(dtype).alias(name) for name, dtype in QUARANTINE_COLUMNS.items()])


def _write_amounts(delivery: Delivery, source: Source, table: Table, sums: pl.DataFrame, file: Path) -> None:
    """One line per group and money column; a source without money has one line per group with counts only."""
    columns = source.amount_columns or (None,)
    lines = [
        sums.select(
            pl.lit(source.name).alias("source"),
            pl.lit(delivery.delivery_id).alias("delivery_id"),
            pl.lit(delivery.source_file).alias("source_file"),
            *(pl.col(name) for name in AMOUNT_GROUP if name != "measure"),
            (pl.col("measure") if source.measure_column else pl.lit(column)).cast(pl.String).alias("measure"),
            (pl.col(f"{column}_delivered") if column else pl.lit(None)).cast(pl.Decimal(38, 10)).alias("amount_delivered"),
            (pl.col(f"{column}_quarantined") if column else pl.lit(None)).cast(pl.Decimal(38, 10)).alias("amount_quarantined"),
            "rows_delivered",
            "rows_quarantined",
        ).select([pl.col(name).cast(dtype) for name, dtype in AMOUNT_COLUMNS.items()])
        for column in columns
    ]
    lost = len(_rows_lost_in_reading(table))
    if lost:
        unread = {
            "source": source.name,
            "delivery_id": delivery.delivery_id,
            "source_file": delivery.source_file,
            "rows_delivered": lost,
            "rows_quarantined": lost,
        }
        lines.append(pl.DataFrame([{name: unread.get(name) for name in AMOUNT_COLUMNS}], schema=AMOUNT_COLUMNS))
    pl.concat(lines).write_parquet(file)


class Checks:
    """The queries of one delivery's row pass: texts, types, verdicts, findings.

    Columns that the delivery lacks are their default or NULL and are not checked, which keeps a narrow file fast.
    """

    def __init__(self, source: Source, delivered: Sequence[str], mapping: DeliveryMapping | None, *, is_unpivoted: bool = False) -> None:
        """Take contract, header and mapping; nothing is read."""
        self.source = source
        self.is_unpivoted = is_unpivoted
        self.mapping = mapping
        self.metadata = {name: column_metadata(source, name) for name in contract_columns(source)}
        self.delivered = [name for name in contract_columns(source) if name in set(delivered)]
        self.types = {name: dtype for name, dtype in landed_schema(source).items() if name in self.metadata}
        # The kind of a period is not always what the delivery says of it.
        coded = [name for name in self.delivered if self.metadata[name]["codes"] and name != "period_type"]
        self.lists = {name: pl.Enum(sorted(set(self.metadata[name]["codes"]))) for name in coded}
        style = mapping.numbers if mapping else None
        figures = [name for name in self.delivered if self.metadata[name]["kind"] == "money"]
        self.signed = figures if style and style.currency_signs and "currency" in self.delivered else []
        self._checked = self._collect()

    def text_columns(self) -> list[str]:
        """Names that hold delivered text in the frame of `texts`."""
        return [f"{name}|text" for name in self.delivered]

    def constants(self) -> dict[str, str | None]:
        """Columns that the delivery lacks and that nothing in it tells, with the default that all rows have."""
        told = {"period_type", "period_start", "period_end"}
        return {name: metadata["default"] for name, metadata in self.metadata.items() if name not in self.delivered and name not in told}

    def landed(self, name: str, dtype: pl.DataType) -> pl.Expr:
        """A column of a row that obeys, as it is written: a code by its place in the list, all else in its type."""
        if name not in self.lists:
            return pl.col(name).cast(dtype)
        return pl.col(f"{name}|code").fill_null(pl.lit(self.metadata[name]["default"], dtype=self.lists[name])).alias(name)

    def texts(self, frame: pl.LazyFrame, *, only_spaces: bool) -> pl.LazyFrame:
        """Delivered cells without blanks around them; empty cells and the mapping's words for missing are NULL.

        `only_spaces` says that the space is the only white space in them.
        """
        words = {word.strip() for word in self.mapping.missing} - {""} if self.mapping else set()
        absent = pl.Series(sorted(words), dtype=pl.String).implode()

        made_of = pl.col(SOURCE_COLUMN) if self.is_unpivoted else pl.lit(None, dtype=pl.String).alias(SOURCE_COLUMN)
        frame = frame.select(SOURCE_ROW, made_of, *(pl.col(name).alias(f"{name}|text") for name in self.delivered))
        frame = frame.map_batches(_trimmed_where_only_spaces, streamable=True) if only_spaces else _trimmed(frame, self.text_columns())
        if self.mapping and self.mapping.numbers.decimal == ",":
            # Whoever writes 33,33 in numbers writes it in shares; the models read a point.
            splits = [f"{name}|text" for name in self.delivered if self.metadata[name]["kind"] == "split"]
            frame = frame.with_columns(pl.col(splits).str.replace_all(r":(\s*\d{1,3}),(\d)", ":$1.$2"))
        if words:
            frame = frame.with_columns(pl.when(~pl.col(name).is_in(absent)).then(name) for name in self.text_columns())
        return frame.with_columns(self._currency_of_signs()) if self.signed else frame

    def _sign(self, name: str) -> pl.Expr:
        return currency_sign(pl.col(f"{name}|text"), self.mapping.numbers)

    def _currency_of_signs(self) -> pl.Expr:
        """The currency of a row that says none, where a sign beside its amount can mean only one."""
        only = {sign: codes[0] for sign, codes in CURRENCY_SIGNS.items() if len(codes) == 1}
        meant = [self._sign(name).replace_strict(list(only), list(only.values()), default=None, return_dtype=pl.String) for name in self.signed]
        return pl.coalesce("currency|text", *meant).alias("currency|text")

    def _sign_differs(self, name: str) -> pl.Expr:
        """Whether the sign beside an amount means none of the row's currency."""
        may_mean = self._sign(name).replace_strict(list(CURRENCY_SIGNS), [" ".join(codes) for codes in CURRENCY_SIGNS.values()], default="")
        return (self._sign(name).is_not_null() & ~may_mean.str.contains(pl.col("currency|text"), literal=True)).fill_null(False)

    def typed(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The frame of `texts` with every contract column beside it, in its type, defaults filled in."""
        years = "fiscal_year" in self.delivered
        numbers = self.mapping.numbers if self.mapping else None
        figures = [name for name in self.delivered if self.metadata[name]["kind"] in FIGURES]
        parsers = {name: parse_rate if self.metadata[name]["kind"] == "rate" else parse_number for name in figures}
        frame = frame.with_columns(self._number(name, parse(pl.col(f"{name}|text"), numbers)).alias(f"{name}|number") for name, parse in parsers.items())
        frame = frame.with_columns(pl.col(f"{name}|text").cast(listed, strict=False).alias(f"{name}|code") for name, listed in self.lists.items())
        frame = frame.with_columns(self._typed(name) for name in self.metadata)
        for name in self.delivered:
            if self.metadata[name]["kind"] == "period":
                start, end = _days_of_period(pl.col(name))
                frame = frame.with_columns(start.alias("period_start"), end.alias("period_end"))
        return frame.with_columns(self._period()) if years else frame

    def _number(self, name: str, number: pl.Expr) -> pl.Expr:
        """The number that a mapping makes of the one that stands there."""
        said = self.mapping.columns.get(name) if self.mapping else None
        if said is None:
            return number
        number = inverted(number) if said.invert else number
        return scaled(number, said.scale or "1", negate=said.negate) if said.scale is not None or said.negate else number

    def _typed(self, name: str) -> pl.Expr:
        metadata, dtype = self.metadata[name], self.types[name]
        if name not in self.delivered:
            return pl.lit(metadata["default"], dtype=dtype).alias(name)
        cell = pl.col(f"{name}|text")
        match metadata["kind"]:
            case kind if kind in FIGURES:
                value = pl.col(f"{name}|number").cast(dtype, strict=False)
            case "date":
                value = parse_date(cell, self.mapping.date_formats if self.mapping else ())
            case "fiscal_year":
                value = _year(cell)
            case "flag":
                lower = cell.str.to_lowercase()
                value = pl.when(lower.is_in(_YES)).then(True).when(lower.is_in(_NO)).then(False)
            case "period":
                value = pl.when(_days_of_period(cell)[0].is_not_null()).then(cell.str.to_uppercase())
            case _:
                value = cell
        if metadata["default"] is not None:
            value = value.fill_null(metadata["default"])
        return value.alias(name)

    def _period(self) -> list[pl.Expr]:
        """Kind, first and last day of the period, from the way the year is written unless the delivery says."""
        cell = pl.col("fiscal_year|text")
        year = pl.col("fiscal_year")
        written = (
            pl.when(year.is_null())
            .then(None)
            .when(cell.str.contains("/", literal=True))
            .then(pl.lit("peacekeeping_year"))
            .when(cell.str.len_chars() > 4)
            .then(pl.when(year - cell.str.slice(0, 4).cast(pl.Int32, strict=False) == 1).then(pl.lit("biennium")).otherwise(pl.lit("multi_year")))
        )
        said = pl.col("period_type|text") if "period_type" in self.delivered else pl.lit(None, dtype=pl.String)
        kind = pl.coalesce(said, written, pl.lit("year"))
        first_year = pl.when(written == "multi_year").then(cell.str.slice(0, 4).cast(pl.Int32, strict=False))
        start = (
            pl.when(kind == "year")
            .then(_day(year, 1, 1))
            .when(kind == "biennium")
            .then(_day(year - 1, 1, 1))
            .when(kind == "peacekeeping_year")
            .then(_day(year - 1, 7, 1))
            .otherwise(_day(first_year, 1, 1))
        )
        end = (
            pl.when(kind.is_in(["year", "biennium"]))
            .then(_day(year, 12, 31))
            .when(kind == "peacekeeping_year")
            .then(_day(year, 6, 30))
            .when(first_year.is_not_null())
            .then(_day(year, 12, 31))
        )
        return [kind.alias("period_type"), pl.coalesce("period_start", start).alias("period_start"), pl.coalesce("period_end", end).alias("period_end")]

    def _collect(self) -> list[tuple[str | None, str, str, pl.Expr]]:
        """(column, rule, severity, expression true where the row breaks it), cells before rows."""
        delivered = set(self.delivered)
        found: list[tuple[str | None, str, str, pl.Expr]] = []
        unreadable = {"money": "number", "number": "number", "rate": "number", "date": "date", "fiscal_year": "year", "flag": "flag", "period": "period"}
        for name in self.delivered:
            cell, kind = pl.col(f"{name}|text"), self.metadata[name]["kind"]
            if kind in unreadable:
                read = f"{name}|number" if kind in FIGURES else name
                found.append((name, f"unreadable_{unreadable[kind]}", "error", cell.is_not_null() & pl.col(read).is_null()))
            if kind in FIGURES:
                found.append((name, "amount_too_large", "error", pl.col(f"{name}|number").is_not_null() & pl.col(name).is_null()))
                precise = pl.col(f"{name}|number").str.contains(_TOO_PRECISE[self.types[name].scale])
                found.append((name, "too_precise", "warning", precise.fill_null(False)))
                if self.mapping and self.mapping.numbers.footnotes:
                    found.append((name, "number_footnotes", "warning", has_footnote(cell).fill_null(False)))
            if name in self.signed:
                found.append((name, "currency_sign_differs", "error", self._sign_differs(name)))
            if kind == "split":
                verdicts: dict[str, str | None] = {}
                found += [(name, rule, "error", _breaks_split(cell, rule, verdicts)) for rule in ("split_unreadable", "split_sum")]
        for (column, rule), obeyed in rule_expressions(self.source).items():
            if rule in _RULES_OF_CODES and column in self.lists:
                found.append((column, rule, rule_of(self.source, rule).severity, pl.col(f"{column}|text").is_not_null() & pl.col(f"{column}|code").is_null()))
            elif rule == "required":
                if column in delivered:
                    found.append((column, rule, "error", pl.col(f"{column}|text").is_null()))
            elif column is None or _is_row_rule(obeyed, column) or column in delivered:
                found.append((column, rule, rule_of(self.source, rule).severity, ~obeyed.fill_null(True)))
        return found

    def verdicts(self) -> tuple[list[pl.Expr], list[pl.Expr]]:
        """Expressions of the main query: true where an error rule is obeyed, and true where a warning applies."""
        errors = [~broken for _, _, severity, broken in self._checked if severity == "error"]
        warnings = [broken for _, _, severity, broken in self._checked if severity == "warning"]
        return errors, warnings

    def findings(self, bad: pl.LazyFrame) -> pl.LazyFrame:
        """One line per row and rule broken, from the texts of the rows that broke any.

        Each rule is a query of its own, which reads the columns that it speaks of and no others.
        """
        typed = self.typed(bad)
        told = [pl.LazyFrame(schema={name: QUARANTINE_COLUMNS[name] for name in _FINDING})]
        for column, rule, severity, broken in self._checked:
            value = pl.col(f"{column}|text") if column in self.delivered else pl.lit(None, dtype=pl.String)
            rows = typed.filter(broken)
            if rule in _TOLD_ONCE:
                rows = rows.sort(SOURCE_ROW, SOURCE_COLUMN).head(1)
            told.append(
                rows.select(
                    pl.col(SOURCE_ROW).alias("source_row"),
                    pl.col(SOURCE_COLUMN).alias("source_column"),
                    pl.lit(column, dtype=pl.String).alias("column_name"),
                    pl.lit(rule).alias("rule"),
                    pl.lit(severity).alias("severity"),
                    value.str.slice(0, _LONGEST_VALUE).alias("value"),
                    pl.lit(remedy_of(self.source, column, rule)).alias("remedy"),
                )
            )
        return pl.concat(told)

    def amount_group(self) -> list[pl.Expr]:
        """The groups of law 5: NULL where the source has no such column or the cell did not parse."""
        present = self.metadata
        row_date = self.source.row_date
        year = pl.col("fiscal_year") if "fiscal_year" in present else pl.col(row_date).dt.year()
        return [
            _or_null(present, "book"),
            _or_null(present, "entity"),
            year.cast(pl.Int32).alias("fiscal_year"),
            _or_null(present, "record_basis"),
            (pl.col(self.source.measure_column) if self.source.measure_column else pl.lit(None, dtype=pl.String)).alias("measure"),
            _or_null(present, "currency"),
        ]

    def amount_sums(self) -> list[pl.Expr]:
        """Counts and parseable amounts, delivered and quarantined."""
        sums: list[pl.Expr] = [pl.len().cast(pl.Int64).alias("rows_delivered"), (~pl.col("_obeys")).sum().cast(pl.Int64).alias("rows_quarantined")]
        for column in self.source.amount_columns:
            sums.append(pl.col(column).sum().alias(f"{column}_delivered"))
            sums.append(pl.col(column).filter(~pl.col("_obeys")).sum().alias(f"{column}_quarantined"))
        return sums


def _trimmed(frame: pl.LazyFrame, texts: Sequence[str]) -> pl.LazyFrame:
    """The texts without white space at their ends, empty ones NULL. In two steps, since polars would trim twice in one."""
    return frame.with_columns(pl.col(texts).str.strip_chars()).with_columns(pl.when(pl.col(name) != "").then(name) for name in texts)


def _trimmed_where_only_spaces(batch: pl.DataFrame) -> pl.DataFrame:
    """As `_trimmed`, for texts without white space but the space: a look at both ends tells the columns in which there is anything to do.

    The exclamation mark follows the space, and an empty text sorts before both.
    """
    texts = [name for name in batch.columns if name not in (SOURCE_ROW, SOURCE_COLUMN)]
    begins, ends = pl.col(texts) < "!", pl.col(texts).str.ends_with(" ")
    found = batch.select((begins | ends).any()).row(0, named=True) if texts else {}
    todo = [name for name, is_found in found.items() if is_found]
    return _trimmed(batch.lazy(), todo).collect() if todo else batch


def _or_null(present: Mapping[str, Any], name: str) -> pl.Expr:
    return (pl.col(name) if name in present else pl.lit(None, dtype=pl.String)).alias(name)


def _is_row_rule(expression: pl.Expr, column: str) -> bool:
    return set(expression.meta.root_names()) != {column}


def _day(year: pl.Expr, month: int, day: int) -> pl.Expr:
    possible = pl.when(year.is_between(1, 9999)).then(year)
    return pl.date(possible, month, day)


def _days_of_period(cell: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """First and last day of a period as SDMX writes it (year, half-year `-S`, quarter `-Q`, month, day); NULL for anything else."""
    text = cell.str.to_uppercase()
    year = pl.when(text.str.contains(r"^(19(4[5-9]|[5-9]\d)|20\d\d)(-|$)")).then(text.str.slice(0, 4).cast(pl.Int32, strict=False))
    part = text.str.slice(6, 1).cast(pl.Int32, strict=False)
    kinds = [
        (r"^\d{4}$", pl.lit(1), "1y"),
        (r"^\d{4}-S[12]$", part * 6 - 5, "6mo"),
        (r"^\d{4}-Q[1-4]$", part * 3 - 2, "3mo"),
        (r"^\d{4}-(0[1-9]|1[0-2])$", text.str.slice(5, 2).cast(pl.Int32, strict=False), "1mo"),
    ]
    starts = [pl.when(year.is_not_null() & text.str.contains(written)).then(pl.date(year, month, 1)) for written, month, _ in kinds]
    ends = [start.dt.offset_by(length).dt.offset_by("-1d") for start, (_, _, length) in zip(starts, kinds, strict=True)]
    day = pl.when(year.is_not_null() & text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(text.str.to_date("%Y-%m-%d", strict=False))
    return pl.coalesce(*starts, day), pl.coalesce(*ends, day)


def _year(cell: pl.Expr) -> pl.Expr:
    """Year in which the period ends: `2023`, `2018/19` and `2018/2019` (2019), `2018-2019` (2019), `2017-2020` (2020); NULL for anything else.

    `2018-19` is neither: United Nations documents write biennia so in some editions and financial years in others.
    """
    first = cell.str.slice(0, 4).cast(pl.Int32, strict=False)
    last = cell.str.slice(5, 4).cast(pl.Int32, strict=False)
    return (
        pl.when(cell.str.contains(r"^\d{4}$"))
        .then(first)
        .when(cell.str.contains(r"^\d{4}/\d{2}$") & ((first + 1) % 100 == last))
        .then(first + 1)
        .when(cell.str.contains(r"^\d{4}/\d{4}$") & (first + 1 == last))
        .then(last)
        .when(cell.str.contains(r"^\d{4}[-–]\d{4}$") & (first < last))
        .then(last)
    )


def _breaks_split(cell: pl.Expr, rule: str, verdicts: dict[str, str | None]) -> pl.Expr:
    """Whether a split text breaks a rule. Texts repeat (a project's split stands on all its lines), so each distinct one is parsed once."""
    return cell.map_batches(_remembering(rule, verdicts), return_dtype=pl.Boolean, is_elementwise=True)


def _remembering(rule: str, verdicts: dict[str, str | None]) -> Callable[[pl.Series], pl.Series]:

    def broken(texts: pl.Series) -> pl.Series:
        if texts.null_count() == len(texts):
            return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True).alias(texts.name)
        breaking = []
        for text in texts.unique():
            if text is None:
                continue
            if text not in verdicts:
                verdicts[text] = split_violation(text)
            if verdicts[text] == rule:
                breaking.append(text)
        if not breaking:
            return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True).alias(texts.name)
        return texts.is_in(breaking).fill_null(False)

    return broken
