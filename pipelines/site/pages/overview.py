"""The first page: what was released, from which deliveries, what was checked, what is stale, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.engine import literal
from pipelines.release import releases as release
from pipelines.site.page import Column, Link, Page, Table
from pipelines.site.pages import great_expectations, published_figures
from pipelines.site.reader import Reader

# Records are called stale when the last year that they cover lies more than so many years before that of the release: programme budgets and
# financial statements print a year's figures within the two years that follow it.
STALE_AFTER_YEARS = 2
MOST_ROWS = 200
# The check under which a delivery that the operator leaves out is told.
LEFT_OUT = "delivery_left_out"
# Where a reader who has never been here may want to go, with why.
OTHERS = (
    (Link(text="Shares by subprogramme", path="report/subprogrammes.html"), "how the money of technical cooperation divides, year by year."),
    (Link(text="Every number explained", path="explained/index.html"), "from a share to the rows and cells that made it."),
    (Link(text="Coverage of the documents", path="coverage/index.html"), "what founding documents ask for, and what answers it here."),
    (Link(text="Questions and their SQL", path="questions/index.html"), "what people ask of these figures, with the statement and its answer."),
    (Link(text="Dictionary", path="dictionary/index.html"), "every table, column, code list, indicator and rule."),
    (Link(text="Restatements", path="restatements/index.html"), "which figures are others than they were."),
    (Link(text="Quarantine", path="quarantine/index.html"), "what was found wrong in each delivery, to be sent back."),
)


def pages(reader: Reader) -> Iterator[Page]:
    """One page."""
    made = reader.release
    deliveries = _deliveries(reader)
    statements = published_figures.statements(reader)
    checks = {status: sum(result.status == status for result in made.results) for status in great_expectations.STATUSES}
    context = {
        "figures": {
            "deliveries": sum(row["status"] == "loaded" for row in deliveries),
            "rows loaded": sum(row["rows_loaded"] or 0 for row in deliveries),
            "rows quarantined": sum(row["rows_quarantined"] or 0 for row in deliveries),
            "checks passed": checks["passed"],
            "warned or accepted": checks["warned"] + checks["accepted"],
            "published figures confirmed independently": published_figures.count(statements, "confirmed", "independent"),
            "contradicted": published_figures.count(statements, "contradicted", "independent"),
        },
        "books": _books(reader),
        "checks": _checks(reader),
        "deliveries": Table(
            caption="Deliveries, with what became of their rows",
            columns=[
                Column(key="source_file", heading="File"),
                Column(key="status", heading="Status", kind="words"),
                Column(key="as_of", heading="Speaks as of", kind="day"),
                Column(key="landed_on", heading="Landed", kind="day"),
                Column(key="rows_delivered", heading="Delivered", kind="number"),
                Column(key="rows_loaded", heading="Loaded", kind="number"),
                Column(key="rows_quarantined", heading="Quarantined", kind="number"),
                Column(key="sha256", heading="SHA-256", kind="code"),
                Column(key="message", heading="Remark"),
            ],
            rows=deliveries[:MOST_ROWS],
            note=f"{len(deliveries) - MOST_ROWS} more are in audit.deliveries." if len(deliveries) > MOST_ROWS else "",
            is_sortable=True,
        ),
        "refused": _refused(reader),
        "left_out": [result for result in made.results if result.check_name == LEFT_OUT],
        "changes": _changes(reader),
        "checked": great_expectations.INDEX,
        "statements": published_figures.INDEX,
        "examples": published_figures.examples(statements),
        "others": OTHERS,
        "previous": made.previous.name if made.previous else None,
    }
    yield Page(path="index.html", title="Overview", section="Release", template="overview.html", context=context)


def _deliveries(reader: Reader) -> list[dict[str, Any]]:
    """Deliveries with the days that their rows speak for and landed on."""
    tables = [
        f"select _delivery_id, max(as_of) as as_of, max(_loaded_at) as landed_on from raw.{table} group by _delivery_id"
        for table in reader.tables("raw")
        if {"_delivery_id", "as_of", "_loaded_at"} <= set(reader.columns(f"raw.{table}"))
    ]
    days = " union all ".join(tables) or "select null as _delivery_id, null as as_of, null as landed_on"
    return reader.rows(
        f"""with days as (select _delivery_id, max(as_of) as as_of, max(landed_on) as landed_on from ({days}) group by _delivery_id)
            select deliveries.source, source_file, status, days.as_of, days.landed_on, sum(rows_delivered) as rows_delivered, sum(rows_loaded) as rows_loaded,
                   sum(rows_quarantined) as rows_quarantined, coalesce(left(any_value(source_sha256), 16), '') as sha256,
                   string_agg(distinct nullif(message, ''), '; ') as message
            from audit.deliveries as deliveries left join days on deliveries.delivery_id = days._delivery_id
            group by all order by deliveries.source, source_file"""
    )


def _books(reader: Reader) -> Table:
    """What the figures rest on, and how old it is."""
    rows = reader.rows(
        f"""select book, record_basis, string_agg(distinct entity, ', ' order by entity) filter (where place <= 6)
                      || case when max(place) > 6 then ' and ' || (max(place) - 6) || ' more' else '' end as entities,
                   case when min(fiscal_year) = max(fiscal_year) then cast(min(fiscal_year) as varchar)
                        else min(fiscal_year) || '–' || max(fiscal_year) end as years, count(*) as figures,
                   case when record_basis = 'illustrative' then 'constructed'
                        when max(fiscal_year) + {STALE_AFTER_YEARS} < {reader.release.edition.as_of.year} then 'stale' else 'current' end as age
            from (select book, record_basis, entity, fiscal_year, dense_rank() over (partition by book, record_basis order by entity) as place
                  from marts.shares_by_subprogramme where funding_level = 2)
            group by book, record_basis order by record_basis desc, book"""
    )
    return Table(
        caption="Books that the shares rest on; the same money may stand in several, so their totals are never added",
        columns=[
            Column(key="book", heading="Book", kind="words"),
            Column(key="record_basis", heading="Records are"),
            Column(key="entities", heading="Entities"),
            Column(key="years", heading="Years"),
            Column(key="age", heading="Age"),
            Column(key="figures", heading="Figures", kind="number"),
        ],
        rows=rows,
        note=f"Stale: the last year covered lies more than {STALE_AFTER_YEARS} years before the year of this release.",
    )


def _checks(reader: Reader) -> Table:
    counts = ", ".join(f"count(*) filter (where status = '{status}') as {status}" for status in great_expectations.STATUSES)
    return Table(
        caption="Checks of this release, by what ran them",
        columns=[
            Column(key="engine", heading="Engine", kind="words"),
            *(Column(key=status, heading=heading, kind="number") for status, heading in great_expectations.STATUSES.items()),
        ],
        rows=reader.rows(f"select engine, {counts} from audit.check_results group by engine order by engine"),
    )


def _refused(reader: Reader) -> Table:
    return Table(
        caption="Why rows were refused, by file and rule",
        columns=[
            Column(key="source_file", heading="File"),
            Column(key="rule", heading="Rule", kind="code"),
            Column(key="found", heading="Rows", kind="number"),
            Column(key="remedy", heading="What to do"),
        ],
        rows=reader.rows(
            f"""select source_file, rule, count(distinct source_row) as found, min(remedy) as remedy from audit.quarantine
                where severity in ('error', 'critical') group by source_file, rule order by found desc, source_file, rule limit {MOST_ROWS}"""
        ),
    )


def _changes(reader: Reader) -> Mapping[str, Table]:
    """What differs from the previous release: deliveries, and verdicts about published figures."""
    previous = reader.release.previous
    if previous is None or not (previous / release.DATABASE).exists():
        return {}
    reader.rows(f"attach {literal(str(previous / release.DATABASE))} as previous (read_only)")
    try:
        deliveries = reader.rows(
            f"""with before as (select source, source_file, any_value(source_sha256) as sha256, sum(rows_loaded) as loaded
                                from previous.audit.deliveries where status = 'loaded' group by all),
                     now as (select source, source_file, any_value(source_sha256) as sha256, sum(rows_loaded) as loaded
                             from audit.deliveries where status = 'loaded' group by all)
                select coalesce(now.source_file, before.source_file) as source_file,
                       case when before.source_file is null then 'new' when now.source_file is null then 'no longer loaded' else 'other content' end as change,
                       before.loaded as loaded_before, now.loaded as loaded_now
                from now full join before on now.source = before.source and now.source_file = before.source_file
                where before.sha256 is distinct from now.sha256 order by 1 limit {MOST_ROWS}"""
        )
        verdicts = reader.rows(
            f"""select now.figure_id, now.statement, before.verdict as verdict_before, now.verdict as verdict_now
                from marts.published_figure_checks as now join previous.marts.published_figure_checks as before on now.figure_id = before.figure_id
                where before.verdict <> now.verdict order by now.figure_id limit {MOST_ROWS}"""
        )
    finally:
        reader.rows("detach previous")
    return {
        "deliveries": Table(
            caption="Deliveries that are new, gone or changed since the previous release",
            columns=[
                Column(key="source_file", heading="File"),
                Column(key="change", heading="Change"),
                Column(key="loaded_before", heading="Rows before", kind="number"),
                Column(key="loaded_now", heading="Rows now", kind="number"),
            ],
            rows=deliveries,
        ),
        "verdicts": Table(
            caption="Published figures whose verdict changed since the previous release",
            columns=[
                Column(key="figure_id", heading="Figure", kind="code"),
                Column(key="statement", heading="Statement"),
                Column(key="verdict_before", heading="Before", kind="status"),
                Column(key="verdict_now", heading="Now", kind="status"),
            ],
            rows=verdicts,
        ),
    }
