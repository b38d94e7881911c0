"""The README's questions have the answers that it shows."""

import re

import pytest

from pipelines import settings

README = (settings.PROJECT / "README.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```sql\n(.+?)```\n\n```\n(.+?)```", README, re.DOTALL)


def cells(line: str) -> list[str]:
    """The cells of a printed line: two blanks or more lie between them."""
    return re.split(r"\s{2,}", line.strip())


def test_readme_asks_a_question():
    assert QUESTIONS


def test_readme_is_read_in_minutes():
    lines = README.splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize(("sql", "shown"), QUESTIONS, ids=range(1, len(QUESTIONS) + 1))
def test_answer_in_the_readme_is_the_answer_of_the_release(shipped, sql, shown):
    columns, rows = shipped.ask(sql)
    header, *lines = shown.strip("\n").splitlines()
    assert cells(header) == columns
    assert [cells(line) for line in lines] == [[str(value) for value in row] for row in rows]


def test_mapping_in_the_readme_carries_its_delivery(shipped, tmp_path):
    delivery, mapping = re.search(r"```\n(Trip;.+?)```.+?```yaml\n(.+?)```", README, re.DOTALL).groups()
    (tmp_path / "missions").mkdir()
    (tmp_path / "missions" / "travel 2024.csv").write_text(delivery)
    (tmp_path / "missions" / "travel 2024.csv.mapping.yml").write_text(mapping)
    process = shipped.techcoop("check", str(tmp_path / "missions" / "travel 2024.csv"))
    assert process.returncode == 0, process.stdout
    assert "2 rows delivered, 2 would load, 0 would be quarantined" in process.stdout
