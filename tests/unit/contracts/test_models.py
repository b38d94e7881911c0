"""What the registry of sources and the dbt project say of each other: no source without models, no money outside the reconciliation."""

import ast
import re
from dataclasses import replace

import pytest

from pipelines import settings
from pipelines.contracts import SOURCES, Source, iati
from pipelines.validate.suites import deliveries

PROJECT = settings.PROJECT / "dbt_project"
RECONCILIATION = (PROJECT / "models" / "audit" / "audit_reconciliation.sql").read_text()


def unstaged(tables):
    """Tables of deliveries that lack a raw model, its description, or (those of activity files aside, which are also kept to be asked) a reader."""
    models = {file: file.read_text() for file in (PROJECT / "models").rglob("*.sql")}
    described = (PROJECT / "models" / "raw" / "_raw.yml").read_text()
    return [
        table
        for table in tables
        if not (PROJECT / "models" / "raw" / f"raw_{table}.sql").exists()
        or f"- name: raw_{table}\n" not in described
        or not (
            table in iati.TABLES
            or any(re.search(rf"ref\('raw_{table}'\)|layer_sums\(.*{table}", text) for file, text in models.items() if file.parent.name != "raw")
        )
    ]


def literal(name):
    """A table of words that a model sets."""
    return ast.literal_eval(re.search(rf"{{% set {name} = (\{{.*?\n?\}}) %}}", RECONCILIATION, re.DOTALL).group(1))


def unreconciled(sources: dict[str, Source]):
    """Amounts of sources that the reconciliation does not compare from delivery to raw, and from raw to staging."""
    delivered, staged = literal("delivered_sources"), literal("staged_sources")
    return [
        (name, amount)
        for name, source in sources.items()
        for amount in source.amount_columns
        if name not in delivered or delivered[name]["amount"] != amount or name not in staged
    ]


def test_every_contract_is_staged():
    assert unstaged([*SOURCES, *iati.TABLES]) == []


def test_a_contract_without_models_is_found():
    assert unstaged(["missions", "pledges"]) == ["pledges"]


def test_all_money_is_reconciled():
    assert unreconciled(SOURCES) == []
    assert set(literal("delivered_sources")) == {name for name, source in SOURCES.items() if source.amount_columns} == set(deliveries.MONEY_SOURCES)
    assert set(literal("iati_tables")) == set(iati.MONEY_TABLES) == set(literal("iati_years"))


def test_money_that_the_reconciliation_does_not_know_is_found():
    assert unreconciled({"questionnaire_responses": replace(SOURCES["questionnaire_responses"], amount_columns=("cost",))}) == [
        ("questionnaire_responses", "cost")
    ]
    assert unreconciled({"missions": replace(SOURCES["missions"], amount_columns=("cost_amount", "fee"))}) == [("missions", "fee")]


@pytest.mark.parametrize("table", ["missions", "iati_results"])
def test_rows_of_every_contract_are_counted_whether_it_was_built_or_not(table):
    counted = {check.target for check in deliveries.checks({}) if check.name == "loaded_rows_are_there"}
    assert counted == {f"raw.{name}" for name in (*SOURCES, *iati.TABLES)} and f"raw.{table}" in counted
