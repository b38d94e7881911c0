"""Facts: laws 2, 6 and 7 on the rows that the shares are made of, and what looks odd in them.

The conditions on `marts.fct_spending` are counted in one pass: with ten million transactions the view is read once, not once per check.
That parts add to their transaction is tested in dbt, next to the arithmetic.
"""

from __future__ import annotations

from pipelines.validate.suites.checks import Check, RowCondition, Suite, Tables, condition_checks

SPENDING = "marts.fct_spending"
SPENDING_COUNTS = "prepared.fct_spending"
FIRST_DAY = "date '1945-10-24'"
"""The day on which the United Nations came into being: no technical cooperation of ours is older."""

SPENDING_CONDITIONS = [
    RowCondition(
        name="amount_has_currency",
        sql="amount is not null and currency is null",
        law=6,
        expected="no amount without its currency",
        protects="An amount without a currency is a number, not money.",
    ),
    RowCondition(
        name="conversion_has_origin",
        sql="amount_usd is not null and (fx_rate is null or fx_source is null or (fx_rate_date is null and fx_source <> 'identity'))",
        law=6,
        expected="no conversion without its rate, date and source",
        protects="Each amount in US dollars can be worked out again from the delivered one.",
    ),
    RowCondition(
        name="dollars_are_dollars",
        sql="currency = 'USD' and amount_usd is distinct from amount",
        law=6,
        expected="amount_usd = amount where the currency is USD",
        protects="Money delivered in US dollars is never converted.",
    ),
    RowCondition(
        name="parts_stay_within_transaction",
        sql="amount > greatest(transaction_amount, 0) or amount < least(transaction_amount, 0)",
        law=2,
        expected="each part between nothing and the whole, with its sign",
        protects="A split divides a transaction; it never makes money, and a refund mirrors its payment.",
    ),
    RowCondition(
        name="used_pct_is_a_part",
        sql="used_pct is null or used_pct < 0 or used_pct > 100",
        law=2,
        expected="used_pct from 0 to 100, never NULL",
        protects="Every row says which part of its transaction it is.",
    ),
    RowCondition(
        name="purpose_and_recipient_are_named",
        sql="purpose is null or recipient is null or subprogramme is null and sector is null",
        law=2,
        expected="purpose and recipient named, UNALLOCATED where unknown",
        protects="What cannot be allocated is shown as such instead of falling out of a table.",
    ),
    RowCondition(
        name="facts_are_named",
        sql=" or ".join(
            f"{column} is null" for column in ("book", "record_basis", "entity", "reporter_role", "fiscal_year", "transaction_type", "funding_source", "flow")
        ),
        law=7,
        expected="book, basis, entity, role, year, type, funding source and flow on every row",
        protects="Rows of different books, bases, years and reporters can always be told apart.",
    ),
    RowCondition(
        name="dates_are_plausible",
        sql=f"transaction_date < {FIRST_DAY} or transaction_date > current_date + interval 10 year",
        severity="warning",
        expected="transaction dates from 24 October 1945 to ten years ahead",
        protects="A mistyped year does not hide money in a year that nobody looks at.",
    ),
    RowCondition(
        name="converted_share",
        sql="amount is not null and amount_usd is null",
        severity="warning",
        most=0.05,
        expected="at most 5 % of the rows without a conversion into US dollars",
        protects="Totals in US dollars stand for nearly all of the money.",
    ),
    RowCondition(
        name="allocated_to_subprogrammes",
        sql="subprogramme = 'UNALLOCATED'",
        severity="warning",
        most=0.5,
        expected="at most half of the rows without a subprogramme",
        protects="Shares by subprogramme rest on records, not on what is left over.",
    ),
    RowCondition(
        name="allocated_to_recipients",
        sql="recipient in ('UNALLOCATED', 'UNKNOWN')",
        severity="warning",
        most=0.5,
        expected="at most half of the rows without a recipient",
        protects="Shares by region rest on records, not on what is left over.",
    ),
]


def checks(tables: Tables) -> list[Check]:
    """The checks on the facts."""
    return [
        *condition_checks(SPENDING_CONDITIONS, target=SPENDING, reads=SPENDING_COUNTS),
        _hierarchies(),
        *_allocations(),
        *_deliverables(),
        *_activities(),
    ]


def _hierarchies() -> Check:
    return Check(
        name="counted_at_two_levels",
        target="audit.quarantine",
        severity="warning",
        query="select value, remedy from {batch} where rule = 'counted_at_two_levels' order by value",
        shown=10,
        expected="no publisher whose parent activities have the sums of their children",
        protects="Money that a publisher reports at two levels of its hierarchy is not added to itself unnoticed.",
    )


def _allocations() -> list[Check]:
    table = "marts.fct_allocations"
    line = "book, entity, fiscal_year, period_type, record_basis, measure"
    return [
        Check(
            name="amount_has_currency",
            target=table,
            law=6,
            query="select book, entity, fiscal_year, measure, amount from {batch} where amount is not null and currency is null",
            expected="no amount without its currency",
            protects="An amount without a currency is a number, not money.",
        ),
        Check(
            name="dollars_are_dollars",
            target=table,
            law=6,
            query="""select book, entity, fiscal_year, measure, amount, amount_usd from {batch}
                     where currency = 'USD' and abs(amount - amount_usd) > 0.005 or (currency = 'USD' and amount_usd is null)""",
            expected="amount_usd = amount in whole cents where the currency is USD",
            protects="Money delivered in US dollars is never converted.",
        ),
        Check(
            name="one_edition_counts",
            target=table,
            law=7,
            query=f"""select {line}, funding_source, count(distinct as_of) as editions from {{batch}} where is_latest_vintage
                      group by all having count(distinct as_of) > 1""",
            expected="one edition (as_of) per figure in the totals",
            protects="A figure printed in two editions of a document is counted once, as last printed.",
        ),
        Check(
            name="edition_is_known",
            target=table,
            law=7,
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": "is_latest_vintage"},
            expected="is_latest_vintage on every line",
            protects="Every line says whether it counts in the totals.",
        ),
        Check(
            name="one_accounting_basis",
            target=table,
            severity="warning",
            query=f"""select {line}, string_agg(distinct accounting_basis, ', ') as bases from {{batch}}
                      group by all having count(distinct accounting_basis) > 1""",
            expected="one accounting basis per book, entity, measure and period",
            protects="Modified cash and accruals are not added together unnoticed.",
        ),
    ]


def _deliverables() -> list[Check]:
    table = "marts.fct_deliverables"
    return [
        Check(
            name="planned_or_actual",
            target=table,
            law=7,
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": "status", "value_set": ["planned", "actual"]},
            expected="status planned or actual",
            protects="What was planned is never added to what was done.",
        ),
        Check(
            name="quantities_are_counts",
            target=table,
            severity="warning",
            expectation="ExpectColumnValuesToBeBetween",
            arguments={"column": "quantity", "min_value": 0},
            expected="quantities not below zero",
            protects="A number of deliverables is a count.",
        ),
    ]


def _activities() -> list[Check]:
    table = "marts.fct_activities"
    return [
        Check(
            name="weights_are_parts",
            target=table,
            law=2,
            expectation="ExpectColumnValuesToBeBetween",
            arguments={"column": "weight", "min_value": 0, "max_value": 1},
            expected="weight from 0 to 1",
            protects="A mission to three countries is one mission, spread over three.",
        ),
        Check(
            name="weights_add_to_one",
            target=table,
            law=2,
            query="select activity_key, sum(weight) as found from {batch} group by activity_key having sum(weight) <> 1",
            expected="Σ weight = 1 per activity, exactly",
            protects="A mission to several countries is counted once.",
        ),
        Check(
            name="weights_are_given",
            target=table,
            law=2,
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": "weight"},
            expected="weight on every row",
            protects="No recipient of a mission falls out of the counts.",
        ),
    ]


SUITE = Suite(name="facts", title="Spending, allocations, deliverables and activities", checks=checks)
