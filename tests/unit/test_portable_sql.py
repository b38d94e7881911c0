"""The models mean the same on DuckDB and on Spark: what differs between the two stands in macros/portable and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines import settings
from pipelines.dbt import generated

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
JINJA_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
JINJA_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
STRING = re.compile(r"'(?:[^']|'')*'")

# What each engine reads in its own way, with the reason that a person needs to repair it.
FORBIDDEN = {
    "//": (re.compile(r"//"), "whole-number division: use int_div"),
    "/": (re.compile(r"(?<!/)/(?!/)"), "DuckDB divides integers and decimals as doubles: use exact_div or int_div"),
    "hugeint": (re.compile(r"\bu?hugeint\b", re.IGNORECASE), "Spark has no such type: cast to bigint, or use wide"),
    "double quotes": (re.compile(r'"'), 'Spark reads "x" as text: write names in lower case without quotes'),
}


def sql_files() -> list[Path]:
    """Every file of SQL but the portable macros."""
    project = settings.DBT_PROJECT
    generated.write()
    folders = [project / name for name in ("models", "tests", "analyses", "macros")]
    return sorted(path for folder in folders for path in folder.rglob("*.sql") if project / "macros" / "portable" not in path.parents)


def violations(sql: str) -> list[str]:
    """What the text holds that is not portable; comments and strings are prose, texts handed to macros are SQL."""
    handed_over = [single or double for expression in JINJA_EXPRESSION.findall(sql) for single, double in JINJA_TEXT.findall(expression)]
    found = []
    for text in (JINJA.sub(" ", sql), *handed_over):
        bare = STRING.sub("''", COMMENT.sub(" ", text))
        found += [f"{name}: {reason}" for name, (pattern, reason) in FORBIDDEN.items() if pattern.search(bare)]
    return found


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: str(path.relative_to(settings.DBT_PROJECT)))
def test_sql_keeps_to_what_both_engines_read_alike(path: Path) -> None:
    assert violations(path.read_text(encoding="utf-8")) == []


def test_written_lines_are_no_longer_than_a_screen_is_wide() -> None:
    macros = sorted((settings.DBT_PROJECT / "macros" / "portable").rglob("*.sql"))
    long_lines = [
        f"{path.relative_to(settings.DBT_PROJECT)}:{number}"
        for path in [*sql_files(), *macros]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 160
    ]
    assert long_lines == []


@pytest.mark.parametrize(
    "sql",
    ["select a / b from t", "select a // b from t", "select cast(a as HUGEINT) from t", 'select "a" from t', "select {{ exact_mul('a / b', 'c') }} from t"],
)
def test_what_differs_is_found(sql: str) -> None:
    assert violations(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select 'n/a' as label from t  -- and/or",
        "{# a / b #} select a /* b / c */ from {{ ref('t') }}",
        "select {{ joined_text('a', '|') }} from t",
        "{% if a / b > 1 %} select 1 {% endif %}",
    ],
)
def test_prose_is_left_alone(sql: str) -> None:
    assert violations(sql) == []
