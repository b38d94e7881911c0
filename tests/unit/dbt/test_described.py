"""A meaning is written once: columns that models leave undescribed mean what the docs block of their name says."""

import json
from collections import Counter

import pytest
import yaml

from pipelines import settings
from pipelines.dbt.described import described
from pipelines.dbt.manifest import manifest


@pytest.fixture(scope="module")
def columns():
    """Every column that a yml of the project declares, as (name, description)."""
    files = (settings.DBT_PROJECT / "models").rglob("*.yml")
    models = [model for file in files for model in yaml.safe_load(file.read_text("utf-8")).get("models") or []]
    return [(column["name"], column.get("description", "").strip()) for model in models for column in model.get("columns") or []]


def test_no_description_is_written_twice(columns):
    written = Counter(column for column in columns if column[1] and not column[1].startswith("{{"))
    assert [column for column, times in written.items() if times > 1] == []


def test_no_column_repeats_what_its_name_means(columns):
    assert [name for name, description in columns if description == f"{{{{ doc('{name}') }}}}"] == []


def test_every_column_of_a_mart_means_something(tmp_path):
    tables = described(manifest(tmp_path))
    marts = [table for table in tables.values() if table.schema == "marts"]
    assert len(marts) >= 40
    assert [f"{table.name}.{column.name}" for table in marts for column in table.columns.values() if not column.description] == []


def test_a_model_has_the_last_word_on_its_columns(tmp_path):
    columns = {name: {"description": told} for name, told in (("book", ""), ("value", "What was found."), ("odd", ""))}
    node = {"resource_type": "model", "schema": "marts", "name": "m", "description": "", "columns": columns, "original_file_path": "m.sql"}
    docs = {f"doc.{name}": {"name": name, "block_contents": f"The {name}\nin general."} for name in ("book", "value")}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {"model.m": node}, "docs": docs}))
    told = described(tmp_path / "manifest.json")["marts.m"].columns
    assert {name: column.description for name, column in told.items()} == {"book": "The book in general.", "value": "What was found.", "odd": ""}
