"""`docs/index.html` of a release: what was released, from which deliveries, how it was checked, and which published figures hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.validate.data_docs import environment

QUERIES = {
    "checks": """select engine, {counts} from audit.check_results group by engine order by engine""",
    "books": """select book, record_basis, string_agg(distinct entity, ', ' order by entity) filter (where place <= 6)
                       || case when max(place) > 6 then ' and ' || (max(place) - 6) || ' more' else '' end as entities,
                       case when min(fiscal_year) = max(fiscal_year) then cast(min(fiscal_year) as varchar)
                            else min(fiscal_year) || '–' || max(fiscal_year) end as years, count(*) as figures
                from (select book, record_basis, entity, fiscal_year, dense_rank() over (partition by book, record_basis order by entity) as place
                      from marts.shares_by_subprogramme where funding_level = 2)
                group by book, record_basis order by book, record_basis""",
    "statements": """select entity, statement, coalesce(source_symbol, source_address, '') as source, verdict, evidence,
                            value as published, computed_value as computed, unit, note
                     from marts.published_figure_checks order by verdict <> 'contradicted', entity, period_start, figure_id""",
    "deliveries": """select source, source_file, status, message, source_sha256, rows_delivered, rows_loaded, rows_quarantined
                     from audit.deliveries order by source, source_file""",
    "quarantine": """select source_file, rule, count(distinct source_row) as found, min(remedy) as remedy from audit.quarantine
                     where severity in ('error', 'critical') group by source_file, rule order by found desc, source_file, rule limit 200""",
}
STATUSES = ("passed", "warned", "accepted", "failed", "errored")


def build_overview(database: Path, docs: Path, *, run_id: str, as_of: date | str, made_at: datetime | None = None) -> Path:
    """Write the first page of a release's documentation, which leads to the others.

    Args:
        database: the checked build file, with its check results; opened read-only.
        docs: the release's documentation folder; made where it is missing.
        run_id: the run, whose id the release gets.
        as_of: the day that the release speaks for.
        made_at: now unless said.

    Returns:
        The page.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        counts = ", ".join(f"count(*) filter (where status = '{status}') as {status}" for status in STATUSES)
        tables = {name: _rows(connection, query.replace("{counts}", counts)) for name, query in QUERIES.items()}
    independent = sum(row["verdict"] == "confirmed" and row["evidence"] == "independent" for row in tables["statements"])
    page = environment().get_template("overview.html")
    docs.mkdir(parents=True, exist_ok=True)
    index = docs / "index.html"
    made = f"{made_at or datetime.now(UTC):%d %B %Y, %H:%M} UTC"
    index.write_text(page.render(title="Technical Cooperation Warehouse", run_id=run_id, as_of=as_of, made_at=made, independent=independent, **tables), "utf-8")
    return index


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Mapping[str, Any]]:
    """Rows by column name."""
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
