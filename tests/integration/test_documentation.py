"""The questions in `docs/` have the answers that they show."""

import re

import pytest

from pipelines import settings

PAGES = sorted((settings.PROJECT / "docs").glob("*.md"))
# A question that shows its answer: a block of SQL, and straight below it a block of what the release says.
ANSWERED = re.compile(r"```sql\n(.+?)```\n\n```\n(.+?)```", re.DOTALL)
QUESTIONS = [pytest.param(sql, shown, id=f"{page.stem}-{n}") for page in PAGES for n, (sql, shown) in enumerate(ANSWERED.findall(page.read_text("utf-8")), 1)]


def cells(line: str) -> list[str]:
    """The cells of a printed line: two blanks or more lie between them."""
    return re.split(r"\s{2,}", line.strip())


@pytest.mark.parametrize(("sql", "shown"), QUESTIONS)
def test_answer_in_the_documentation_is_the_answer_of_the_release(shipped, sql, shown):
    columns, rows = shipped.ask(sql)
    header, *lines = shown.strip("\n").splitlines()
    assert cells(header) == columns
    assert [cells(line) for line in lines] == [[str(value) for value in row] for row in rows]
