"""The list of rules as a page: `python -m pipelines.iati.rules_page docs/iati-validation.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.iati.rules import RULES

BEGINNING = """# Rules for activity files

What `techcoop check` and a run find in activity files of IATI, table by table. `error`: the row is quarantined (of `iati_activities`: the activity
with all its rows), since no figure can be computed from it. `warning`: loaded, and said. The numbers are those of the public validator's rules
(https://github.com/IATI/js-validator-api); of its rules those stand here that change numbers, {ids} of them. This page is written by the rules themselves.

| rule | table | column | severity | validator | what to do |
|---|---|---|---|---|---|
"""
ENDING = """
Beside these: `duplicate_activity` (1.1.2, error) where several activities share an identifier (iati-rules.md says which of them counts),
`reference_in_several_spellings` (warning) where the reference of an organisation is written in capitals and in small letters,
`activity_quarantined` on the rows of an activity that does not load, `malformed_activity` and `truncated_file` where a file stops being XML, and
`xsd`, what the schema of the standard finds (`TECHCOOP_IATI_SCHEMA` names the folder with `iati-activities-schema.xsd`; warnings, which decide nothing).

Of the file, warnings: `elements_in_a_namespace`, `blanks_before_the_declaration`, `version_on_activities` (and `version_missing` of an activity that
states none where others do) are out of form and read all the same; `no_activities` is a file without any; `upgraded_from_1_0x` tells each kind of
change to a file of version 1, with its number.

What only the models can tell, warnings: `region_contains_the_country` for a region that takes nothing beside its countries, `budgets_overlap` for
budgets that do not count or count beside one another, `counted_at_two_levels` for a publisher whose parents have the sums of their children
([iati-rules.md](iati-rules.md)).
"""


def page() -> str:
    """The page, as Markdown."""
    lines: dict[tuple[str, ...], set[str]] = {}
    for rule in RULES:
        key = (rule.name, rule.table, rule.column or "", rule.severity, rule.remedy.replace("|", "\\|"))
        lines.setdefault(key, set()).update(rule.ids)
    ids = {number for numbers in lines.values() for number in numbers}

    def by_number(number: str) -> list[int]:
        return [int(part) for part in number.split(".")]

    rows = [
        f"| `{name}` | `{table}` | {f'`{column}`' if column else ''} | {severity} | {', '.join(sorted(numbers, key=by_number))} | {remedy} |"
        for (name, table, column, severity, remedy), numbers in sorted(lines.items(), key=lambda line: (line[0][1], line[0][0], line[0][2]))
    ]
    return BEGINNING.format(ids=len(ids)) + "\n".join(rows) + "\n" + ENDING


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
