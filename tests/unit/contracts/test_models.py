"""What the registry of sources and the dbt project say of each other: no source without its models, no money that is not rounded and converted."""

from dataclasses import replace

import pytest

from pipelines import settings
from pipelines.contracts import SOURCES, Source, contract_columns, iati
from pipelines.contracts.columns import Conversion
from pipelines.validate.suites import deliveries

MODELS = settings.DBT_PROJECT / "models"


def unplaced(source: Source) -> list[str]:
    """What the dbt project, or the source itself, still lacks, as what is to be done."""
    staging = MODELS / "staging" / source.domain / f"stg_{source.name}.sql"
    staged = staging.read_text("utf-8") if staging.exists() else ""
    readers = [file for file in MODELS.rglob("*.sql") if file.parent.parent.name != "staging" and f"stg_{source.name}'" in file.read_text("utf-8")]
    conversion = source.conversion or Conversion()
    unknown = {*conversion.on, *conversion.middle_of, *conversion.mean_of, *source.days} - set(contract_columns(source))
    is_plain = f"staged('{source.name}'" in staged
    rounds = is_plain or not source.amount_columns
    lacks = {
        f"write {staging.relative_to(MODELS)}": not staged,
        f"read raw_{source.name} in {staging.name}": staged and not any(f"{read}{source.name}'" in staged for read in ("raw_", "with_entity('", "staged('")),
        f"let a model read stg_{source.name}": not readers,
        "say in `conversion` with the rate of which day its amounts are converted": source.amount_columns and source.conversion is None,
        f"round its amounts in {staging.name}: in_cents('{source.name}')": not rounds and f"in_cents('{source.name}'" not in staged,
        f"keep what rounding took away in {staging.name}: with_rounding('{source.name}')": not rounds and f"('{source.name}') }}}}" not in staged,
        f"write the model {source.fact}, which `fact` names": source.fact and not list(MODELS.rglob(f"{source.fact}.sql")),
        f"declare the columns {', '.join(sorted(unknown))}": unknown,
        "have a column `entity`, since its rows are divided": source.is_divided and not {"entity", "project_id"} & set(contract_columns(source)),
    }
    return [todo for todo, is_lacking in lacks.items() if is_lacking]


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_source_is_placed(source):
    assert unplaced(source) == []


def test_what_a_source_lacks_is_said():
    source = replace(SOURCES["missions"], name="pledges", conversion=None, fact="fct_pledges", days=("pledged_on",))
    assert unplaced(source) == [
        "write staging/activities/stg_pledges.sql",
        "let a model read stg_pledges",
        "say in `conversion` with the rate of which day its amounts are converted",
        "round its amounts in stg_pledges.sql: in_cents('pledges')",
        "keep what rounding took away in stg_pledges.sql: with_rounding('pledges')",
        "write the model fct_pledges, which `fact` names",
        "declare the columns pledged_on",
    ]
    costly = replace(SOURCES["questionnaire_responses"], amount_columns=("cost",))
    assert unplaced(costly)[-1] == "keep what rounding took away in stg_questionnaire_responses.sql: with_rounding('questionnaire_responses')"


@pytest.mark.parametrize("table", ["missions", "iati_results"])
def test_rows_of_every_contract_are_counted_whether_it_was_built_or_not(table):
    counted = {check.target for check in deliveries.checks({}) if check.name == "loaded_rows_are_there"}
    assert counted == {f"raw.{name}" for name in (*SOURCES, *iati.TABLES)} and f"raw.{table}" in counted
