"""Deliveries and reconciliation: laws 1 and 5, and whether this release is of the same size as the one before."""

from __future__ import annotations

from pipelines.contracts import SOURCES, iati
from pipelines.validate.suites.checks import Check, Suite, Tables

RECONCILIATION = "audit.reconciliation"
DELIVERIES = "audit.deliveries"
MAGNITUDES = "prepared.magnitudes"
# The sources whose money stands in the reconciliation, and is compared with the previous release.
MONEY_SOURCES = tuple(name for name, source in SOURCES.items() if source.amount_columns)
# Every table that deliveries become, by the sources of the registry and not by what was built: a source without a model would else lose its rows unseen.
DELIVERED_TABLES = (*SOURCES, *iati.TABLES)

SMALL_USD = 1000
FAILS_ABOVE, WARNS_ABOVE = 20, 3
MAGNITUDE = "select layer_to as layer, book, entity, fiscal_year, record_basis, measure, before_usd, now_usd, ratio from {batch}"


def checks(tables: Tables) -> list[Check]:
    """The checks on deliveries, on money between the layers, and on the size of what came in."""
    return [*_conservation(), *_accounting(), *(check for source in MONEY_SOURCES for check in _magnitude(source, tables))]


def _conservation() -> list[Check]:
    return [
        Check(
            name="money_is_conserved",
            target=RECONCILIATION,
            law=1,
            query="""select * from {batch} where difference is distinct from 0
                     or coalesce(amount_from, 0) - coalesce(amount_to, 0) - coalesce(rounding, 0) <> 0""",
            expected="difference 0 between all layers",
            protects="What was delivered is what is published, to the cent, with its rounding accounted for.",
        ),
        Check(
            name="every_share_is_reconciled",
            target="marts.shares_by_subprogramme",
            law=1,
            # Spending is disbursement and expenditure once more, each reconciled under its own name.
            query=f"""select distinct shares.book, shares.entity, shares.fiscal_year, shares.record_basis, shares.measure
                      from {{batch}} as shares
                      anti join (select * from {RECONCILIATION} where layer_to = 'marts') as told using (book, entity, fiscal_year, record_basis, measure)
                      where shares.unit = 'USD' and shares.funding_level = 2 and shares.measure <> 'spending_usd'""",
            expected="a line in audit.reconciliation for all money in the shares",
            protects="No money appears in the shares that was not followed from its delivery.",
        ),
    ]


def _accounting() -> list[Check]:
    raw = [
        Check(
            name="loaded_rows_are_there",
            target=f"raw.{table}",
            law=5,
            query=f"""with here as (select count(*) as rows_here from {{batch}}),
                           told as (select coalesce(sum(rows_loaded), 0) as rows_told from {DELIVERIES}
                                    where table_name = '{table}' and status = 'loaded')
                      select * from here cross join told where rows_here <> rows_told""",
            expected="as many rows as the deliveries loaded",
            protects="Every loaded row of every delivery is in the warehouse, once.",
        )
        for table in DELIVERED_TABLES
    ]
    return [
        *raw,
        Check(
            name="delivered_is_loaded_or_quarantined",
            target=DELIVERIES,
            law=5,
            query="""select source, source_file, rows_delivered, rows_loaded, rows_quarantined from {batch}
                     where rows_delivered is distinct from rows_loaded + rows_quarantined""",
            expected="rows delivered = loaded + quarantined, per delivery",
            protects="Every delivered row is accounted for.",
        ),
        Check(
            name="only_loaded_deliveries_count",
            target=DELIVERIES,
            law=5,
            query="""select source, source_file, status, rows_delivered from {batch}
                     where status is null or status not in ('loaded', 'set_aside', 'superseded', 'withdrawn')
                        or (status <> 'loaded' and greatest(rows_delivered, rows_loaded, rows_quarantined) > 0)""",
            expected="counts above zero for loaded deliveries only",
            protects="A delivery that was set aside or replaced is not counted.",
        ),
        Check(
            name="quarantine_is_small",
            target=DELIVERIES,
            severity="warning",
            query="""select source, source_file, rows_delivered, rows_quarantined from {batch}
                     where status = 'loaded' and rows_quarantined > 0.1 * rows_delivered""",
            expected="at most a tenth of a delivery in quarantine",
            protects="A delivery that was mostly refused is sent back instead of being published as if it were whole.",
        ),
        Check(
            name="quarantine_says_what_to_do",
            target="audit.quarantine",
            query="select source_file, source_row, rule from {batch} where coalesce(trim(remedy), '') = '' or rule is null",
            expected="rule and remedy on every finding",
            protects="Whoever delivered a refused row is told what to change.",
        ),
    ]


def _magnitude(source: str, tables: Tables) -> list[Check]:
    target = f"raw.{source}"
    if target not in tables:
        return []
    compared = f"""select case when count(ratio) = 0 then 'nothing in the previous release to compare with'
                          else count(ratio) || ' groups compared, ratios from ' || round(min(ratio), 3) || ' to ' || round(max(ratio), 3) end
                   from {MAGNITUDES} where source = '{source}'"""
    return [
        Check(
            name="magnitude",
            target=target,
            reads=MAGNITUDES,
            query=f"{MAGNITUDE} where source = '{source}' and verdict = 'fails' order by abs(ln(ratio)) desc",
            expected=f"between 1/{FAILS_ABOVE} and {FAILS_ABOVE} times the previous release, per book, entity, year, measure and basis",
            seen=compared,
            protects="Thousands taken for units, or one currency for another, pass every other check.",
        ),
        Check(
            name="magnitude_changed",
            target=target,
            reads=MAGNITUDES,
            severity="warning",
            query=f"{MAGNITUDE} where source = '{source}' and verdict = 'warns' order by abs(ln(ratio)) desc",
            expected=f"between 1/{WARNS_ABOVE} and {WARNS_ABOVE} times the previous release, per book, entity, year, measure and basis",
            seen=compared,
            protects="A large change is looked at before it is read as a trend.",
        ),
        Check(
            name="groups_remain",
            target=target,
            reads=MAGNITUDES,
            severity="warning",
            query=f"{MAGNITUDE} where source = '{source}' and verdict = 'gone'",
            expected="every book, entity, year, measure and basis of the previous release",
            seen=compared,
            protects="A year or an entity that drops out of the records is noticed.",
        ),
    ]


def magnitudes(before: str | None) -> str:
    """The query that compares money in US dollars with the previous release, one row per group with its verdict.

    The sums come from `audit.reconciliation`: a few rows per group, whatever the number of transactions. The last layer holds what was
    converted; the staging layer holds, in the currency of delivery, the lines that no share shows (executive direction, earlier editions).

    Args:
        before: name under which the previous release is attached; None for the first release, which is compared with nothing.
    """
    group = "source, layer_to, book, entity, fiscal_year, record_basis, measure"

    def sums(database: str) -> str:
        return f"""select {group}, sum(amount_to) as usd from {database}.{RECONCILIATION}
                   where currency = 'USD' and (layer_to = 'marts' or (layer_to = 'staging' and entity is not null)) group by all"""

    previous = sums(before) if before else f"select {group}, usd from now where false"
    same = " and ".join(f"before.{column} is not distinct from now.{column}" for column in group.split(", "))
    either = ", ".join(f"coalesce(now.{column}, before.{column}) as {column}" for column in group.split(", "))
    return f"""
        with now as ({sums("techcoop")}), before as ({previous}),
        compared as (
            select {either}, before.usd as before_usd, now.usd as now_usd,
                   case when least(abs(before.usd), abs(now.usd)) > {SMALL_USD}
                        then round(abs(cast(now.usd as double)) / abs(cast(before.usd as double)), 6) end as ratio
            from before full join now on {same}
        )
        select *, case
            when now_usd is null and abs(before_usd) > {SMALL_USD} then 'gone'
            when ratio > {FAILS_ABOVE} or ratio < 1.0 / {FAILS_ABOVE} then 'fails'
            when ratio > {WARNS_ABOVE} or ratio < 1.0 / {WARNS_ABOVE} then 'warns'
            when ratio is not null then 'alike' end as verdict
        from compared"""


SUITE = Suite(name="deliveries", title="Deliveries, conservation of money, and size against the previous release", checks=checks)
