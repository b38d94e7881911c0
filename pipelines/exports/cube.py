"""The money of the release in the shape of the United Nations' data cube: entity, function, geography, contributor, instrument, year, amount.

The standards for reporting financial information in the UN system give revenue by contributor and instrument, and expenses by function and
geography. So here: a measure of money that comes in stands by contributor, any other by function and geography; what a row is not divided by
says `NOT_APPLICABLE`. Each measure stands in one shape only, so that nothing is there twice. One row has one book, record basis, period type,
reporter role and measure, and its amount adds up only within these.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.engine import literal
from pipelines.release.public import Edition, harmless_sql

INCOMING = ("pledge_usd", "contribution_usd", "incoming_commitment_usd", "incoming_pledge_usd", "refund_usd")
GROUP = ("record_basis", "book", "reporter_role", "measure")
COLUMNS = {
    "release": "the release that the row belongs to",
    "licence": "terms under which the release is handed on",
    "record_basis": "reported, published or illustrative; never added together",
    "book": "the set of books; totals are taken within one",
    "reporter_role": "the reporter's part in the money; never added together",
    "measure": "what the amount is: expenditure, contribution …",
    "entity": "code of the organisation",
    "function": "subprogramme, for money that is spent or planned",
    "geography": "ISO 3166-1 alpha-2 code or code of a group, for money that is spent or planned",
    "contributor": "who gives, for money that comes in",
    "instrument": "source of funds: a code of the tree of funding sources",
    "year": "calendar year, or the year in which a longer period ends",
    "period_type": "year, biennium, peacekeeping_year or multi_year; never added together",
    "amount": "US dollars",
}


def write_cube(connection: duckdb.DuckDBPyConnection, path: Path, edition: Edition) -> tuple[int, list[str]]:
    """Write the cube as CSV.

    Args:
        connection: the release, open for those outside.
        path: of the file.
        edition: the release.

    Returns:
        The number of rows and their record bases.
    """
    incoming = ", ".join(literal(measure) for measure in INCOMING)
    own = {
        "release": literal(edition.release_id),
        "licence": literal(edition.licence),
        "year": "fiscal_year",
        "instrument": "funding_source",
        "amount": "value",
    }
    spent = {**own, "function": "subprogramme", "geography": "region", "contributor": "'NOT_APPLICABLE'"}
    received = {**own, "function": "'NOT_APPLICABLE'", "geography": "'NOT_APPLICABLE'", "contributor": "donor"}
    # Level 2 holds every source once, and only dollars are money.
    money = "funding_level = 2 and unit = 'USD' and value is not null"
    connection.execute(
        f"""create or replace temp table cube as
            select {_columns(spent)} from marts.shares_by_subprogramme_and_region
            where {money} and region_scheme = 'country' and measure not in ({incoming})
            union all
            select {_columns(received)} from marts.shares_by_donor where {money} and measure in ({incoming})"""
    )
    texts = [column for column in COLUMNS if column not in ("year", "amount")]
    written = ", ".join(f"{harmless_sql(column)} as {column}" if column in texts else column for column in COLUMNS)
    connection.execute(f"copy (select {written} from cube order by all) to {literal(path)} (format csv, header, force_quote ({', '.join(texts)}))")
    bases = [basis for (basis,) in connection.execute("select distinct record_basis from cube order by 1").fetchall()]
    return connection.execute("select count(*) from cube").fetchall()[0][0], bases


def _columns(expressions: dict[str, str]) -> str:
    return ", ".join(f"cast({expressions.get(name, name)} as {_type(name)}) as {name}" for name in COLUMNS)


def _type(column: str) -> str:
    return {"year": "integer", "amount": "decimal(28, 2)"}.get(column, "varchar")
