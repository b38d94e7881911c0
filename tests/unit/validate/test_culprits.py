"""A law that failed names the table in which the difference stands, and the records behind it."""

import duckdb
import pytest

from pipelines.shapes.check_result import CheckResult
from pipelines.validate.culprits import Broken, named

SCHEMA = """
create schema raw; create schema staging; create schema intermediate; create schema marts; create schema audit;
create table audit.deliveries as select * from (values ('d1', 'project_transactions', 'project_transactions/t.csv'), ('d2', 'iati', 'iati/a.xml'))
    as t(delivery_id, source, source_file);
create table audit.quarantine (delivery_id varchar, source_row bigint, table_name varchar, severity varchar);
create table raw.project_transactions as select * from (values ('d1', 2, 100::decimal(28, 10)), ('d1', 3, 250.25), ('d1', 4, 7.125))
    as t(_delivery_id, _source_row, amount);
create table staging.stg_project_transactions as select _delivery_id, _source_row, (100 * round_even(amount, 2))::bigint as amount_cents,
    (amount - round_even(amount, 2))::decimal(38, 10) as amount_rounding from raw.project_transactions;
create table raw.iati_transactions as select 'd2' as _delivery_id, 9 as _source_row, 5::decimal(28, 10) as value, 'XM-A-1' as iati_identifier,
    'XM-A' as reporting_org_ref;
create table marts.fct_spending as select *, 'book' as book, 'ECE' as entity, 2023 as fiscal_year, 'expenditure' as transaction_type, amount as amount_usd
    from (select _delivery_id, _source_row, 'b:' || _source_row as transaction_key, 's' as split_id, round(amount, 2) as amount from raw.project_transactions
          union all select _delivery_id, _source_row, 'XM-A-1#1', 'i', value from raw.iati_transactions);
create table intermediate.int_measure_facts as select 'expenditure_usd' as measure, 1 as place, 'fct_spending' as fact_table,
    'true' as fact_condition, 'amount_usd' as contributes, 'amount' as source_column;
"""
LINE = "'project_transactions' as source, 'book' as book, 'ECE' as entity, 2023 as fiscal_year"


@pytest.fixture
def tell(tmp_path):
    """tell(query, *changes) -> the result of a law whose query finds something in a build that was changed."""

    def ask(query, *changes, target="audit.reconciliation"):
        database = tmp_path / "techcoop.duckdb"
        database.unlink(missing_ok=True)
        with duckdb.connect(str(database)) as connection:
            connection.execute(SCHEMA)
            for change in changes:
                connection.execute(change)
        result = CheckResult(check_name="law", engine="dbt", target=target, severity="error", status="failed", observed="2 rows", expected="no rows")
        return named(database, [Broken(result=result, query=query, law="Law 1: nothing is lost.")])[0]

    return ask


def test_record_that_changed_between_two_layers_is_named_with_both_amounts(tell):
    told = tell(
        f"select {LINE}, 'raw' as layer_from, 'staging' as layer_to, 'expenditure' as measure, 357.375 as amount_from, 207.125 as amount_to",
        "update staging.stg_project_transactions set amount_cents = 10025 where _source_row = 3",
    )
    assert told.target == "staging.stg_project_transactions" and told.expected == "Law 1: nothing is lost." and told.status == "failed"
    assert "project_transactions/t.csv row 3 (delivery d1): 250.25 became 100.25" in told.observed and "row 2" not in told.observed
    assert "(357.375 against 207.125)" in told.observed


def test_record_that_a_fact_lost_is_named(tell):
    query = f"select {LINE}, 'staging' as layer_from, 'facts' as layer_to, 'expenditure' as measure, 1 as amount_from, 2 as amount_to"
    told = tell(query, "delete from marts.fct_spending where _source_row = 2")
    assert told.target == "marts.fct_spending" and "row 2 (delivery d1): 100 became nothing" in told.observed


def test_of_totals_that_differ_the_record_that_gives_the_difference_comes_first(tell):
    query = f"select 'shares_by_sdg' as breakdown, {LINE}, 'expenditure_usd' as measure, 357.38 as value_by_subprogramme, 257.38 as value"
    told = tell(query)
    assert told.target == "marts.shares_by_sdg" and "(357.38 against 257.38)" in told.observed
    assert told.observed.index("row 2") < told.observed.index("row 3")


def test_activity_files_are_named_by_publisher_and_activity(tell):
    told = tell("select transaction_key, 5 as transaction_amount, 6 as amount from marts.fct_spending where split_id = 'i'", target="marts.fct_spending")
    assert "iati/a.xml row 9 (delivery d2), activity XM-A-1 of XM-A: 5 became 6" in told.observed


def test_ten_culprits_are_enough(tell):
    more = "insert into marts.fct_spending select 'd1', 100 + range, 'b:' || range, 's', 1, 'book', 'ECE', 2023, 'expenditure', 1 from range(50)"
    told = tell("select distinct split_id, 100 as denominator, 99 as last_weight from marts.fct_spending where split_id = 's'", more, target="x.y")
    assert told.observed.count("(delivery d1)") == 10


def test_law_that_cannot_be_explained_has_failed_all_the_same(tell):
    told = tell("select * from marts.no_such_table")
    assert told.status == "failed" and told.expected == "Law 1: nothing is lost." and told.observed == "2 rows"
