"""How checks are declared, and what is kept out of them."""

from __future__ import annotations

import pytest

from pipelines.validate.suites import SUITES
from pipelines.validate.suites.checks import Check, RowCondition, condition_checks, example_of, one_pass

TABLES = {
    "marts.shares_by_subprogramme": ("book",),
    "marts.shares_by_region": ("region_scheme", "is_exclusive"),
    "marts.shares_by_donor": ("donor",),
    "raw.project_transactions": ("amount",),
    "raw.indicator_observations": ("series",),
    "marts.fct_programme_activities": ("activity_key",),
    "marts.early_warning": ("series",),
}
EVERY = [(suite, check) for suite in SUITES for check in suite.checks(TABLES)]


def test_a_check_has_one_name_per_target():
    named = [(check.name, check.target) for _, check in EVERY]
    assert len(named) == len(set(named))


def test_expectations_that_do_not_work_on_duckdb_are_kept_out():
    """Quantiles crash the whole validation (a numpy boolean is no JSON); regular expressions do not compile on this dialect."""
    stock = {check.expectation for _, check in EVERY if check.expectation}
    assert stock and not any("Quantile" in name or "Regex" in name for name in stock)


def test_every_law_is_checked_and_none_can_be_waived():
    assert {check.law for _, check in EVERY if check.law} == set(range(1, 9))
    assert all(check.can_be_waived == (check.law is None) for _, check in EVERY)


def test_every_check_says_what_it_protects():
    assert all(check.protects.endswith(".") and check.expected for _, check in EVERY)


def test_a_new_share_table_is_guarded_by_being_there():
    assert {check.name for _, check in EVERY if check.target == "marts.shares_by_donor"} >= {"shares_add_to_100", "breakdowns_agree"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"query": None}, "either a query or a stock expectation"),
        ({"expectation": "ExpectColumnValuesToNotBeNull"}, "either a query or a stock expectation"),
        ({"query": "select 1"}, "must read"),
        ({"severity": "warning", "law": 3}, "a law blocks"),
    ],
)
def test_a_check_that_cannot_be_right_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Check(**{"name": "a", "target": "marts.t", "protects": "It.", "expected": "none", "query": "from {batch}"} | changes)


def test_all_conditions_of_a_table_are_counted_in_one_pass():
    import duckdb

    conditions = [
        RowCondition(name="negative", sql="x < 0", protects="It.", expected="none"),
        RowCondition(name="even", sql="x % 2 = 0", protects="It.", expected="few", most=0.5, severity="warning"),
    ]
    with duckdb.connect() as connection:
        connection.execute("create table t as select i as x, 'k' || i as k from range(4) r(i)")
        connection.execute(f"create table counts as {one_pass(conditions, target='t')}")
        connection.execute(example_of(conditions[1], target="t", key="k", counts="counts"))
        assert connection.execute("from counts order by condition desc").fetchall() == [("negative", 0, 4, None), ("even", 2, 4, "k0")]
    assert [check.severity for check in condition_checks(conditions, target="t", reads="prepared.t")] == ["error", "warning"]
