"""The indicators as SDMX-CSV 2.0 (SDMX 3.0, section 5): one observation per row, its series in the columns before it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.engine import literal
from pipelines.release.public import Edition, harmless_sql

STRUCTURE = "TECHCOOP:INDICATORS(1.0)"
DIMENSIONS = ("INDICATOR", "BOOK", "ENTITY", "DIMENSION_SCHEME", "DIMENSION_VALUE", "RECORD_BASIS", "TIME_PERIOD")
ATTRIBUTES = ("UNIT_MEASURE", "PERIOD_START", "PERIOD_END", "RELEASE", "LICENCE")
# SDMX's code for a dimension that does not apply.
NOT_APPLICABLE = "_Z"


def write_indicators(connection: duckdb.DuckDBPyConnection, path: Path, edition: Edition) -> tuple[int, list[str]]:
    """Write every indicator that has a value.

    A calendar year is its number; any other period is written as SDMX's time range, its first day and its length in days.

    Args:
        connection: the release, open for those outside.
        path: of the file.
        edition: the release.

    Returns:
        The number of observations and their record bases.
    """
    whole_year = "month(period_start) = 1 and day(period_start) = 1 and period_end = make_date(year(period_start), 12, 31)"
    days = "date_diff('day', period_start, period_end) + 1"
    period = f"case when {whole_year} then cast(year(period_start) as varchar) else concat(period_start, '/P', {days}, 'D') end"
    expressions = {
        "STRUCTURE": "'datastructure'",
        "STRUCTURE_ID": literal(STRUCTURE),
        "ACTION": "'I'",
        **{name: f"coalesce(cast({name.lower()} as varchar), '{NOT_APPLICABLE}')" for name in DIMENSIONS if name != "TIME_PERIOD"},
        "TIME_PERIOD": f"coalesce({period}, '{NOT_APPLICABLE}')",
        "OBS_VALUE": "value",
        "UNIT_MEASURE": "unit",
        "PERIOD_START": "period_start",
        "PERIOD_END": "period_end",
        "RELEASE": literal(edition.release_id),
        "LICENCE": literal(edition.licence),
    }
    texts = ("BOOK", "ENTITY", "DIMENSION_VALUE", "UNIT_MEASURE", "LICENCE")
    selected = ", ".join(f"{expression} as {name}" for name, expression in expressions.items())
    written = ", ".join(f'{harmless_sql(name)} as "{name}"' if name in texts else f'"{name}"' for name in expressions)
    order = ", ".join(DIMENSIONS)
    connection.execute(
        f"""copy (select {written} from (select {selected} from marts.indicators where value is not null) order by {order})
            to {literal(path)} (format csv, header)"""
    )
    bases = connection.execute("select distinct record_basis from marts.indicators where value is not null order by 1").fetchall()
    rows = connection.execute("select count(*) from marts.indicators where value is not null").fetchall()[0][0]
    return rows, [basis for (basis,) in bases]
