"""What a release says of the figures that it changed."""


def restated(warehouse, table: str) -> list[tuple]:
    return warehouse.ask(
        f"""select column_name, change, fiscal_year, figure_before, figure_after, difference, cause, source_file, compared_with
            from marts.restatements where table_name = '{table}' order by column_name, fiscal_year, figure_after"""
    )[1]


def test_first_release_restates_nothing(first_release):
    assert first_release.one("select count(*) from marts.restatements") == (0,)


def test_corrected_delivery_is_named_with_every_figure_that_it_changed(warehouse):
    before = warehouse.one("select run_id from audit.check_results limit 1")[0]
    warehouse.deliver_expenditure("100010.01")
    warehouse.run()
    cause = ("delivery", "project_transactions/t.csv", before)
    assert [(*row[:2], *map(float, row[3:6]), *row[6:]) for row in restated(warehouse, "fct_spending")] == [
        ("amount", "changed", 100000.01, 100010.01, 10.0, *cause),
        ("amount_usd", "changed", 100000.01, 100010.01, 10.0, *cause),
    ]
    shares = restated(warehouse, "shares_by_subprogramme")
    assert shares and {row[6:] for row in shares} == {cause}
    assert {float(row[5]) for row in shares if row[0] == "value"} == {10.0}
    assert [row for row in shares if row[0] == "share_pct"] == [], "one subprogramme held all the money, and still does"


def test_two_editions_of_one_publication_are_compared(shipped):
    rows = shipped.ask(
        "select book, entity, fiscal_year, figure_before, figure_after, source_file from marts.restatements where comparison = 'earlier_edition'"
    )[1]
    assert ("programme_budget", "ECE", 2026, 39, 29, "deliverables/ece-a-81-6-section-20.csv") in rows
