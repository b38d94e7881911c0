"""The pages that lead from figures to rows, say what words mean, and answer questions."""

import re

from pipelines.ask.recipes import recipes
from pipelines.dbt.described import described
from pipelines.dbt.manifest import kept_manifest


def page(warehouse, path: str) -> str:
    return (warehouse.home / "docs" / path).read_text(encoding="utf-8")


def test_share_of_2004_is_explained_down_to_file_row_and_column(shipped):
    name = "explained/subprogramme-ece-2004-expenditure-usd-extrabudgetary-project-ledger-illustrative.html"
    assert name.removeprefix("explained/") in page(shipped, "explained/index.html")
    text = page(shipped, name)
    section = text.partition('<section id="environment">')[2].partition("</section>")[0]
    share = shipped.one(
        """select share_pct, value from marts.shares_by_subprogramme
           where book = 'project_ledger' and entity = 'ECE' and fiscal_year = 2004 and measure = 'expenditure_usd' and funding_source = 'extrabudgetary'
             and funding_level = 1 and subprogramme = 'ENVIRONMENT'"""
    )
    assert f"{share[0]:.1f} %" in section and f"add to {share[1]:,.2f}" in section
    assert "illustrative" in section and "used_pct of it stands here" in section and "fx_rate" in section
    assert "project_transactions/illustrative-2004.csv" in section
    assert section.count("<tr") == 21
    sql = re.search(r"<pre[^>]*><code>(select .+?)</code>", section, re.DOTALL)[1].replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<")
    columns, rows = shipped.ask(sql)
    assert sum(row[columns.index("contributes")] for row in rows) == share[1]


def test_dictionary_has_every_table_and_column_with_its_meaning(shipped):
    text = page(shipped, "dictionary/index.html")
    for (table,) in shipped.ask("select distinct table_name from duckdb_columns() where schema_name = 'marts'")[1]:
        assert f">marts.{table}<" in text, table
    assert text.count("data-entry") > 300
    marts = page(shipped, "dictionary/marts.html")
    without = re.findall(r'<th scope="row"><code>(\w+)</code></th><td><code>[^<]*</code></td><td>[^<]*</td><td></td>', marts)
    assert without == []


def test_every_question_has_an_answer_on_the_site_and_on_the_command_line(shipped):
    asked = recipes(described(kept_manifest(shipped.home)))
    assert len(asked) >= 5
    for recipe in asked:
        assert recipe.question.endswith((".", "?")), recipe.name
        assert shipped.ask(recipe.sql)[1], recipe.name
        text = page(shipped, f"questions/{recipe.name.replace('_', '-')}.html")
        assert "What this release answers" in text, recipe.name


def test_restated_figures_of_later_editions_are_on_their_page(shipped):
    text = page(shipped, "restatements/index.html")
    assert "There is no release before this one" in text
    assert "deliverables/ece-a-81-6-section-20.csv" in text


def test_quarantine_lists_every_delivery(shipped):
    text = page(shipped, "quarantine/index.html")
    for (file,) in shipped.ask("select distinct source_file from audit.deliveries where status = 'loaded'")[1]:
        assert file in text


def test_findings_can_be_sent_back_and_restricted_rows_stay_behind(warehouse):
    warehouse.deliver(
        "missions/m.csv",
        "mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source\n"
        "M1,ECE,1,advisory,2023-02-30,KG,rptc\nM2,ECE,1,advisory,2023-03-01,KG,rptc\n",
    )
    warehouse.deliver(
        "assistance_requests/r.csv",
        "request_id,country,received_on,received_through,need_area,status,confidentiality\n"
        "OPEN-1,KG,2023-01-02,permanent_mission,water,received,public\nSECRET-1,TJ,2023-01-02,permanent_mission,water,received,restricted\n",
    )
    warehouse.run()
    index = page(warehouse, "quarantine/index.html")
    (name,) = re.findall(r'href="[./]*quarantine/(missions-m-csv-[0-9a-f]{16})\.html"', index)
    assert "2023-02-30" in page(warehouse, f"quarantine/{name}.html")
    written = page(warehouse, f"quarantine/{name}.csv").splitlines()
    assert written[0] == "source_file,source_row,column_name,rule,severity,value,remedy"
    assert any("2023-02-30" in line for line in written)
    assert warehouse.one("select count(*) from marts.fct_assistance_requests") == (2,)
    release = (warehouse.home / "current").resolve()
    assert "OPEN-1" in (release / "csv" / "fct_assistance_requests.csv").read_text()
    assert not (release / "parquet" / "fct_assistance_requests.parquet").exists()
    for path in release.rglob("*"):
        if path.is_file() and path.suffix not in (".duckdb", ".json", ".xlsx"):
            assert b"SECRET-1" not in path.read_bytes(), path
