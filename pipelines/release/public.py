"""What may leave the operator's machine: a release without its restricted rows, and the words that go with it.

The site and the exports read through here and nowhere else, so that a restricted row is left out in one place. Its figures still stand in
the totals of shares and indicators, from which no single record can be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines import engine
from pipelines.engine import literal

RESTRICTED = "coalesce(confidentiality, '') <> 'restricted'"
# A spreadsheet runs a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DESIGNATIONS = (
    "The designations employed and the presentation of the material do not imply the expression of any opinion whatsoever on the part of the "
    "Secretariat of the United Nations concerning the legal status of any country, territory, city or area or of its authorities, or concerning "
    "the delimitation of its frontiers or boundaries."
)
# What each record basis means to somebody who holds one file and nothing else.
RECORD_BASES = {
    "reported": "an organisation's own records",
    "published": "re-keyed from a cited document",
    "illustrative": "constructed to show how the warehouse works; no record of any organisation, never to be cited as one",
}


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What every page and file of a release says about where it belongs.

    Attributes:
        release_id: the release, which is the run that made it.
        as_of: the day that it speaks for.
        made_at: when it was built (UTC).
        licence: under which terms its operator hands it on.
        previous_id: the release that it is compared with; None for the first.
    """

    release_id: str
    as_of: date
    made_at: datetime
    licence: str
    previous_id: str | None = None


@contextmanager
def open_public(database: Path, *, spill: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a release's database read-only for those outside: `marts.x`, `raw.x` and the others name what they always do, without restricted rows.

    Args:
        database: the checked build file or a released one.
        spill: where DuckDB may put what does not fit into memory; nowhere if not given.
    """
    spilling = {"temp_directory": str(spill)} if spill else {"temp_directory": ""}
    with duckdb.connect(config={"memory_limit": "1GB", "threads": str(engine.threads()), "python_enable_replacements": "false", **spilling}) as connection:
        connection.execute(f"attach {literal(database)} as release (read_only)")
        guarded = connection.execute(
            "select schema_name, table_name from duckdb_columns() where database_name = 'release' and column_name = 'confidentiality' order by all"
        ).fetchall()
        stored = connection.execute("select schema_name from duckdb_schemas() where database_name = 'release' and not internal order by 1").fetchall()
        schemas = ["main", *(schema for (schema,) in stored if schema != "main")]
        for schema in schemas[1:]:
            connection.execute(f"create schema {schema}")
        for schema, table in guarded:
            connection.execute(f'create view {schema}."{table}" as select * from release.{schema}."{table}" where {RESTRICTED}')
        if connection.execute("select 1 from duckdb_columns() where database_name = 'release' and table_name = 'quarantine' limit 1").fetchall():
            connection.execute(_quarantine([table for schema, table in guarded if schema == "raw"]))
        # A name is looked for among the guarded tables first.
        places = [f"{catalog}.{schema}" for catalog in ("memory", "release") for schema in schemas]
        connection.execute(f"set search_path = {literal(','.join(places))}")
        yield connection


def _quarantine(guarded: Sequence[str]) -> str:
    """Findings without what they found wherever the row may be restricted: of a row that was not loaded, nobody can tell."""
    loaded = "".join(
        f""" when table_name = {literal(table)} and source_row is not null and not exists (
            select 1 from release.raw."{table}" as loaded
            where loaded._delivery_id = findings.delivery_id and loaded._source_row = findings.source_row and {RESTRICTED}
        ) then null"""
        for table in guarded
    )
    value = f"case{loaded} else value end" if guarded else "value"
    return f"create view audit.quarantine as select * replace ({value} as value) from release.audit.quarantine as findings"


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before it where it would."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def harmless_sql(column: str) -> str:
    """The same in SQL, for a column of text."""
    starts = "".join(start for start in FORMULA_STARTS if start != "-")
    return f"""case when regexp_matches("{column}", '^[{starts}-]') then concat(chr(39), "{column}") else "{column}" end"""
