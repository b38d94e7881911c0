"""Law: the facts that `explain` finds behind a line of a share table add up to it, to the cent, wherever they could be told apart."""

from collections import Counter
from functools import cache

import pytest

from pipelines.ask.explain import columns_of, explain_share

SAMPLED = 60
# Their rows show whole transactions, which are divided among donors or targets after adding up.
DIVIDED_LATER = {"shares_by_donor", "shares_by_sdg"}


@pytest.fixture(scope="module")
def rows(shipped):
    def answers(sql):
        columns, found = shipped.ask(sql)
        return [dict(zip(columns, row, strict=True)) for row in found]

    return cache(answers)


def test_facts_behind_a_share_add_up_to_it(rows):
    tables = [row["name"] for row in rows("select distinct table_name as name from duckdb_tables() where table_name like 'shares_by_%' order by 1")]
    columns = cache(lambda table: columns_of(rows, table))
    whole = Counter()
    for table in sorted(set(tables) - DIVIDED_LATER):
        for line in rows(f"select * from marts.{table} using sample reservoir({SAMPLED} rows) repeatable (7)"):
            found = explain_share(rows, line, 1, columns)
            if found.adds_to is not None and not found.not_applied:
                assert found.adds_to == line["value"], (table, line)
                whole[table] += 1
    assert whole["shares_by_subprogramme"] > SAMPLED / 2 and sum(whole.values()) > SAMPLED, whole


def test_every_measure_of_the_shares_says_where_its_facts_stand(rows):
    measures = "select distinct measure from marts.shares_by_subprogramme"
    assert rows(f"{measures} except select measure from intermediate.int_measure_facts") == []


def test_every_line_of_funds_says_what_it_adds_up(rows):
    lines = "select distinct funding_level, funding_source from marts.shares_by_subprogramme"
    assert rows(f"{lines} except select funding_level, level_source from intermediate.int_funding_levels") == []
