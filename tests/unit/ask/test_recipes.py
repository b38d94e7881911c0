import pytest

from pipelines.ask.recipes import recipes
from pipelines.dbt.described import Table

MODEL = Table(schema="raw", name="missions", description="", columns={}, key=(), path="models/raw/raw_missions.sql", feeds=())


def test_question_is_taken_from_the_head_and_references_become_names(tmp_path):
    (tmp_path / "how_many.sql").write_text("-- How many missions?\n-- Cancelled ones too.\nselect count(*) -- all\nfrom {{ ref('raw_missions') }}\n")
    (recipe,) = recipes({"raw.missions": MODEL}, tmp_path)
    assert recipe.question == "How many missions? Cancelled ones too."
    assert recipe.sql == "select count(*) -- all\nfrom raw.missions"


def test_macros_are_written_out(tmp_path):
    (tmp_path / "share.sql").write_text("-- Which part?\nselect {{ exact_div('a', 'b', 8) }} as part\nfrom {{ ref('raw_missions') }}\n")
    (recipe,) = recipes({"raw.missions": MODEL}, tmp_path)
    assert "{{" not in recipe.sql and recipe.sql.startswith("select") and recipe.sql.endswith("as part\nfrom raw.missions")


def test_macros_hand_each_other_what_is_no_text(tmp_path):
    (tmp_path / "spent.sql").write_text("-- What was spent?\nselect * from {{ ref('raw_missions') }} where {{ is_spending() }}\n")
    (recipe,) = recipes({"raw.missions": MODEL}, tmp_path)
    assert recipe.sql.endswith("where transaction_type in ('disbursement', 'expenditure', 'reimbursement')")


def test_analysis_that_refers_to_nothing_is_refused(tmp_path):
    (tmp_path / "odd.sql").write_text("select * from {{ ref('nothing') }}")
    with pytest.raises(LookupError, match="no model"):
        recipes({"raw.missions": MODEL}, tmp_path)
