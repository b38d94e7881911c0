import pytest

from pipelines.publish.described import Table
from pipelines.publish.recipes import recipes

MODEL = Table(schema="raw", name="missions", description="", columns={}, key=(), path="models/raw/raw_missions.sql", feeds=())


def test_question_is_taken_from_the_head_and_references_become_names(tmp_path):
    (tmp_path / "how_many.sql").write_text("-- How many missions?\n-- Cancelled ones too.\nselect count(*) -- all\nfrom {{ ref('raw_missions') }}\n")
    (recipe,) = recipes({"raw.missions": MODEL}, tmp_path)
    assert recipe.question == "How many missions? Cancelled ones too."
    assert recipe.sql == "select count(*) -- all\nfrom raw.missions"


@pytest.mark.parametrize(("sql", "said"), [("select * from {{ ref('nothing') }}", "no model"), ("select {{ cents('x') }}", "more than references")])
def test_analysis_that_no_reader_could_paste_is_refused(tmp_path, sql, said):
    (tmp_path / "odd.sql").write_text(sql)
    with pytest.raises(LookupError, match=said):
        recipes({"raw.missions": MODEL}, tmp_path)
