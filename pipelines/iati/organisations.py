"""The set pass of references of organisations: capitals and small letters are the same, and each reference is shown in one spelling.

The spelling is that of the seed `iati_publishers`; else the most frequent one over all deliveries, of equally frequent ones that with more
capitals. Raw tables keep what was delivered; staging reads the spellings from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.contracts.iati import SOURCE_NAME
from pipelines.engine import listed, literal
from pipelines.iati.activity_pass import files_of
from pipelines.shapes.part import QUARANTINE_COLUMNS, IatiPart

SPELLING_COLUMNS: dict[str, pl.DataType] = {"delivered": pl.String(), "organisation": pl.String()}
# Where publishers name an organisation. What rows of money repeat of their activity's reporter is no spelling of its own.
_NAMED = {
    "iati_activities": ("reporting_org_ref",),
    "iati_organisations": ("organisation_identifier",),
    "iati_participating_orgs": ("org_ref",),
    "iati_transactions": ("provider_org_ref", "receiver_org_ref"),
    "iati_planned_disbursements": ("provider_org_ref", "receiver_org_ref"),
}


def spellings(parts: Sequence[IatiPart], seeds: Path, out: Path) -> pl.DataFrame:
    """References that are shown in another spelling than they were delivered in.

    Writes a warning into `out` for each of them, delivery by delivery, at the first row of its table.

    Args:
        parts: of all loaded activity files.
        seeds: folder of reference data.
        out: folder of findings.

    Returns:
        Columns of `SPELLING_COLUMNS`, one row per delivered spelling that is not the one shown.
    """
    places = [(name, column, files) for name, columns in _NAMED.items() if (files := files_of(parts, name)) for column in columns]
    if not places:
        return pl.DataFrame(schema=SPELLING_COLUMNS)
    counted = " union all ".join(
        f"select {column} as delivered, count(*) as n from read_parquet({listed(files)}) where {column} is not null group by {column}"
        for _, column, files in places
    )
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "preserve_insertion_order": False}) as connection:
        publishers = f"read_csv({literal(seeds / 'iati_publishers.csv')}, header = true, all_varchar = true)"
        connection.execute(
            rf"""create temp table spellings as
                with delivered as (select delivered, cast(sum(n) as bigint) as n from ({counted}) as counted group by delivered),
                publishers as (select lower(publisher) as same, min(publisher) as publisher from {publishers} group by all),
                ranked as (
                    select
                        delivered, n, publishers.publisher,
                        first_value(delivered) over by_use as most_used,
                        string_agg(concat(delivered, ' (', n, ')'), ', ') over by_use_whole as counts
                    from delivered left join publishers on lower(delivered) = publishers.same
                    window by_use as (partition by lower(delivered) order by n desc, length(regexp_replace(delivered, '[^\p{{Lu}}]', '', 'g')) desc, delivered),
                    by_use_whole as (
                        partition by lower(delivered)
                        order by n desc, length(regexp_replace(delivered, '[^\p{{Lu}}]', '', 'g')) desc, delivered
                        rows between unbounded preceding and unbounded following
                    )
                )
                select delivered, coalesce(publisher, most_used) as organisation, publisher is not null as is_listed, counts from ranked
                where delivered <> coalesce(publisher, most_used)"""
        )
        found = connection.execute("select delivered, organisation from spellings order by all").fetchall()
        if found:
            _tell(connection, places, out)
    return pl.DataFrame(found, schema=SPELLING_COLUMNS, orient="row")


def _tell(connection: duckdb.DuckDBPyConnection, places: Sequence[tuple[str, str, Sequence[Path]]], out: Path) -> None:
    rows = " union all ".join(
        f"""select _delivery_id, _source_file, '{name}' as table_name, '{column}' as column_name, {column} as delivered, min(_source_row) as source_row
            from read_parquet({listed(files)}) semi join spellings on {column} = spellings.delivered group by all"""
        for name, column, files in places
    )
    columns = {
        "delivery_id": "_delivery_id",
        "source": f"'{SOURCE_NAME}'",
        "table_name": "table_name",
        "source_file": "_source_file",
        "source_row": "source_row",
        "source_column": "cast(null as varchar)",
        "column_name": "column_name",
        "rule": "'reference_in_several_spellings'",
        "severity": "'warning'",
        "value": "delivered",
        "remedy": "concat('read as ', organisation, case when is_listed then ', as the list of publishers has it' else '' end, "
        "'; write the reference of an organisation in one way: delivered are ', counts)",
    }
    chosen = ", ".join(f"{columns[column]} as {column}" for column in QUARANTINE_COLUMNS)
    target = literal(out / "set-pass-organisations.parquet")
    connection.execute(f"copy (select {chosen} from ({rows}) as named join spellings using (delivered) order by all) to {target} (format parquet)")
