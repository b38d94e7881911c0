"""What the shipped records say about the shipped statements."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines import settings
from pipelines.ask.explain import explain

EXPECTED = settings.PROJECT / "tests" / "unit" / "expected_verdicts.csv"


@pytest.fixture(scope="module")
def checks(shipped) -> pl.DataFrame:
    """`marts.published_figure_checks` of the data that the project ships."""
    columns, rows = shipped.ask("select * from marts.published_figure_checks")
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def test_every_shipped_statement_has_the_verdict_worked_out_by_hand(checks: pl.DataFrame) -> None:
    expected = pl.read_csv(EXPECTED, infer_schema=False)
    compared = checks.select("figure_id", "verdict", "evidence", "computed_value", "accepted_from", "accepted_to").join(
        expected, on="figure_id", how="full", coalesce=True, suffix="_expected"
    )
    off = compared.filter(pl.col("verdict").ne_missing(pl.col("verdict_expected")) | pl.col("evidence").ne_missing(pl.col("evidence_expected")))
    assert off.rows(named=True) == []


def test_the_ledger_says_all_three_verdicts_and_five_independent_confirmations(checks: pl.DataFrame) -> None:
    assert set(checks["verdict"]) == {"confirmed", "contradicted", "not_computable"}
    assert checks.filter(verdict="confirmed", evidence="independent").height >= 5


def test_the_six_statements_of_2004_hold_for_the_illustrative_records_only(checks: pl.DataFrame) -> None:
    of_2004 = checks.filter((pl.col("entity") == "ECE") & (pl.col("period_start").dt.year() == 2004))
    assert of_2004.height >= 6
    assert set(of_2004.select("verdict", "evidence", "record_basis").rows()) == {("confirmed", "illustrative", "illustrative")}


def test_a_contradiction_names_the_figures_of_other_books_and_why(checks: pl.DataFrame) -> None:
    contradicted = checks.filter(verdict="contradicted")
    assert contradicted.height >= 1
    assert contradicted["note"].is_not_null().all() and contradicted["other_books"].is_not_null().all()


def test_a_statement_is_explained_by_rows_that_add_to_what_was_computed(checks: pl.DataFrame, shipped) -> None:
    told = checks.filter(pl.col("verdict") != "not_computable").sort("figure_id")
    kinds = ["measure", "statistic", "dimension_scheme", "book"]
    statistics = set()
    for check in told.unique(kinds, keep="first", maintain_order=True).iter_rows(named=True):
        (explanation,) = explain(shipped.home, "published_figure_checks", {"figure_id": check["figure_id"]}, limit=500)
        statistics.add(check["statistic"])
        assert explanation.rows and all(row["source_file"] and row["source_row"] for row in explanation.rows), check["figure_id"]
        if check["statistic"] == "value" and check["measure"] != "project_count":
            assert abs(Decimal(explanation.adds_to) - check["computed_value"]) < Decimal("0.01"), check["figure_id"]
        elif check["statistic"] == "share_pct":
            assert "denominator" in explanation.not_applied
    assert {"value", "share_pct"} <= statistics


def test_a_statement_that_nothing_could_answer_has_no_rows_behind_it(checks: pl.DataFrame, shipped) -> None:
    figure = checks.filter(verdict="not_computable")["figure_id"][0]
    (explanation,) = explain(shipped.home, "published_figure_checks", {"figure_id": figure}, limit=5)
    assert explanation.adds_to is None and explanation.rows == []
