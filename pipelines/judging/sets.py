"""What every question of the set pass needs: the rows that are still to be loaded, and where it keeps what it found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from pipelines.contracts import Source, remedy_of, rule_of
from pipelines.engine import literal, parquet
from pipelines.judging.entities import KnownEntities, columns_of_entities, differs, meaning, read_entities
from pipelines.shapes.part import QUARANTINE_COLUMNS

# Of more unknown values than these nobody reads what is nearest to each.
MOST_HINTS = 1_000
ENTITIES = "entities"


class Met(NamedTuple):
    """Rows of one delivery that have a value in common: the first of them, and how many they are."""

    delivery_id: str
    source_file: str
    row: int
    value: str
    rows: int


def gathered(met: Iterable[Met]) -> list[Met]:
    """One line per delivery and value, in the order in which they were met."""
    lines: dict[tuple[str, str], Met] = {}
    for one in met:
        before = lines.get((one.delivery_id, one.value))
        lines[one.delivery_id, one.value] = before._replace(row=min(before.row, one.row), rows=before.rows + one.rows) if before else one
    return list(lines.values())


def same_row(one: str, other: str) -> str:
    """The condition under which two relations, by their aliases, speak of one row: where columns became rows, of one cell."""
    return (
        f"{one}._delivery_id = {other}._delivery_id and {one}._source_row = {other}._source_row "
        f"and {one}._source_column is not distinct from {other}._source_column"
    )


def _or_null(text: str | None) -> str:
    return "null" if text is None else literal(text)


class Sets:
    """The loaded deliveries of each source as relations, less the rows that the set pass has rejected so far.

    Attributes:
        connection: a database in memory, with the table `rejected` (source, _delivery_id, _source_row, _source_column).
        sources: contracts by name.
        parts: Parquet files of loaded deliveries, by source; sources without any are left out.
        seeds: folder of reference data.
        entities: whose names are known.
        findings: Parquet files in the columns of `audit.quarantine`, written so far.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source], parts: Mapping[str, Sequence[Path]], *, seeds: Path, out: Path
    ) -> None:
        """Nothing is rejected yet. Findings are written into the folder `out`."""
        self.connection = connection
        self.sources = sources
        self.parts = {name: tuple(files) for name, files in parts.items() if files}
        self.seeds = seeds
        self.findings: list[Path] = []
        self.entities = KnownEntities(seeds)
        self._out = out
        self._renamed: dict[str, tuple[str, ...]] = {}
        connection.execute("create table rejected (source varchar, _delivery_id varchar, _source_row bigint, _source_column varchar)")

    def ask(self, query: str) -> list[tuple]:
        """The answer of a query with few rows."""
        return self.connection.execute(query).fetchall()

    def count(self, relation: str) -> int:
        """How many rows a relation has."""
        return self.ask(f"select count(*) from {relation}")[0][0]

    def make(self, table: str, query: str) -> None:
        """A temporary table of the answer of a query."""
        self.connection.execute(f"create or replace temp table {table} as {query}")

    def delivered(self, name: str) -> str:
        """Rows of a source as the row pass left them, as a relation."""
        return parquet(self.parts[name])

    def rejected(self, name: str) -> str:
        """Rejected rows of a source, as a subquery."""
        return f"(from rejected where source = {literal(name)})"

    def rows(self, name: str) -> str:
        """Rows of a source that are not rejected, as a relation; entities under their codes, as far as these are known."""
        rows = self.delivered(name)
        if self.count(self.rejected(name)):
            rows = f"(select * from {rows} as r anti join {self.rejected(name)} as o on {same_row('r', 'o')})"
        renamed = self._renamed.get(name, ())
        if not renamed:
            return rows
        read = ", ".join(f"coalesce({column}_read.{meaning(column)}, r.{column}) as {column}" for column in renamed)
        joins = " ".join(f"left join entity_labels as {column}_read on r.{column} = {column}_read.label" for column in renamed)
        return f"(select r.* replace ({read}) from {rows} as r {joins})"

    def read_entities(self) -> pl.DataFrame:
        """What the entities mean that the rows name, in the columns of `entity_labels`; from here on rows have them under their codes.

        Delivered entities are known by their names, those that are rejected by now are not.
        """
        if ENTITIES in self.parts:
            self.entities = KnownEntities(self.seeds, self.ask(f"select entity, name, former_names, short_names from {self.rows(ENTITIES)}"))
        met = {
            (name, column): {text for (text,) in self.ask(f"select distinct {column} from {self.delivered(name)} where {column} is not null")}
            for name in self.parts
            for column in columns_of_entities(self.sources[name])
        }
        labels = read_entities({label for texts in met.values() for label in texts}, self.entities)
        other = differs(labels)
        for (name, column), texts in met.items():
            if texts & other[meaning(column)]:
                self._renamed[name] = (*self._renamed.get(name, ()), column)
        if self._renamed:
            lines = ", ".join(
                f"({literal(label)}, {_or_null(entity)}, {literal(entities)})"
                for label, entity, entities in labels.iter_rows()
                if label in other["entity"] | other["entities"]
            )
            self.make("entity_labels", f"select * from (values {lines}) as labels(label, entity, entities)")
        return labels

    def is_renamed(self, name: str) -> bool:
        """Whether rows of a source name entities otherwise than by their codes."""
        return name in self._renamed

    def reject(self, name: str, query: str) -> None:
        """Reject rows of a source: the query gives `_delivery_id`, `_source_row` and `_source_column`."""
        self.connection.execute(f"insert into rejected select {literal(name)}, * from ({query})")

    def keep(self, query: str) -> None:
        """Keep the findings that a query gives, in the columns of `audit.quarantine`."""
        self.connection.execute(f"copy ({query}) to {literal(self._next())} (format parquet)")

    def tell(self, source: Source, rule: str, lines: Iterable[tuple[str, str, int, str, str, str]]) -> None:
        """Keep findings of one rule: delivery, file, row, column, value and remedy of each."""
        names = ("delivery_id", "source_file", "source_row", "column_name", "value", "remedy")
        frame = pl.DataFrame(list(lines), schema={name: QUARANTINE_COLUMNS[name] for name in names}, orient="row").with_columns(
            source=pl.lit(source.name),
            source_column=pl.lit(None),
            table_name=pl.lit(source.name),
            rule=pl.lit(rule),
            severity=pl.lit(rule_of(source, rule).severity),
        )
        if len(frame):
            frame.select([pl.col(name).cast(dtype) for name, dtype in QUARANTINE_COLUMNS.items()]).write_parquet(self._next())

    def tell_values(self, source: Source, column: str, rule: str, met: Iterable[Met], hints: Mapping[str, str] | None = None) -> None:
        """Keep one finding per line: its first row, how many there are like it, and the hint about its value, if there is one."""
        remedy = remedy_of(source, column, rule)

        def told(one: Met) -> str:
            counted = "" if one.rows == 1 else f"{one.rows} rows, this is the first"
            return "; ".join(part for part in (counted, (hints or {}).get(one.value, ""), remedy) if part)

        self.tell(source, rule, [(one.delivery_id, one.source_file, one.row, column, one.value, told(one)) for one in met])

    def _next(self) -> Path:
        self.findings.append(self._out / f"set-pass-{len(self.findings)}.parquet")
        return self.findings[-1]
