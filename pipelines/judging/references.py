"""Whether a code refers to something. If not, that is a warning, one per delivery and code: it does not quarantine money."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contracts import Source
from pipelines.engine import listed, literal
from pipelines.judging.reference_data import known_rows
from pipelines.judging.sets import MOST_HINTS, Met, Sets, gathered
from pipelines.judging.splits import labels_in, labels_of
from pipelines.judging.validity import Period, outside, period

_PROJECTS = "trust_fund_projects"
# Words for "no subprogramme" that refer to nothing on purpose.
_NO_SUBPROGRAMME = ("UNALLOCATED", "UNKNOWN")

# What a code that refers to nothing is called, by the table that it refers to.
_RULES = {
    "entities": "unknown_entity",
    "subprogrammes": "unknown_subprogramme",
    _PROJECTS: "unknown_project",
    "priority_areas": "unknown_priority_area",
    "partners": "unknown_partner",
    "mandates": "unknown_function",
    "warning_thresholds": "unknown_series",
}
# Seeds in which a code is looked up whatever the day: columns that name a row; all but the last are columns of the source, too (a programme has its functions).
_CODES_OF_SEEDS = {
    "entities": ("entity",),
    "priority_areas": ("priority_area",),
    "partners": ("partner",),
    "mandates": ("programme", "function_code"),
    "warning_thresholds": ("series",),
}


def tell_unknown_references(sets: Sets, source: Source) -> None:
    """One warning per delivery and code of a source that refers to nothing."""
    for column, target in source.references.items():
        if target == _PROJECTS:
            _tell_unknown_projects(sets, source, column)
        elif target in _CODES_OF_SEEDS:
            _tell_unknown_codes(sets, source, column, target)
        else:
            _tell_unknown_subprogrammes(sets, source, column)


def _tell_unknown_projects(sets: Sets, source: Source, column: str) -> None:
    known = sets.rows(_PROJECTS) if _PROJECTS in sets.parts else "(select null::varchar as project_id where false)"
    sets.make("known", f"select distinct project_id as code from {known}")
    _tell_unknown(sets, source, column, _PROJECTS, f"select _delivery_id, _source_file, {column} as code, _source_row from {sets.rows(source.name)}")


def _tell_unknown_codes(sets: Sets, source: Source, column: str, target: str) -> None:
    *within, _ = names = _CODES_OF_SEEDS[target]
    codes = {" ".join(row[name] for name in names) for row in known_rows(sets, target)}
    # Literals instead of parameters: duckdb imports pandas, a second and more, as soon as it binds one.
    sets.make("known", f"select unnest({listed(sorted(codes))}::varchar[]) as code")
    items = f"unnest({labels_in(column)})" if column in (*source.split_columns, *source.list_columns) else column
    told = ", ".join(["_delivery_id", "_source_file", "_source_row", *within])
    rows = f"select {told}, {items} as code from {sets.rows(source.name)} where {column} is not null"
    code = " || ' ' || ".join([*within, "code"])
    _tell_unknown(sets, source, column, target, f"select _delivery_id, _source_file, _source_row, {code} as code from ({rows})")


def _tell_unknown(sets: Sets, source: Source, column: str, target: str, rows: str) -> None:
    # Codes first: most are known, and then no row need be counted.
    sets.make("unknown", f"select code from (select distinct code from ({rows})) anti join known using (code) where code is not null")
    if sets.count("unknown"):
        lines = sets.ask(
            f"""select _delivery_id, any_value(_source_file) as file, min(_source_row) as row, code, count(*) as n
                from ({rows}) semi join unknown using (code) group by _delivery_id, code order by file, row, code"""
        )
        hints = {line[3]: sets.entities.hint(line[3]) for line in lines[:MOST_HINTS]} if target == "entities" else {}
        sets.tell_values(source, column, _RULES[target], [Met(*line) for line in lines], hints)


def _tell_unknown_subprogrammes(sets: Sets, source: Source, column: str) -> None:
    """Subprogrammes are those of an entity, which stands in the row or in that of its project."""
    columns = source.schema.columns()
    if "entity" in columns:
        rows = sets.rows(source.name)
    elif "project_id" in columns and _PROJECTS in sets.parts:
        rows = f"""(
            select t._delivery_id, t._source_file, t._source_row, t.{source.row_date}, t.{column}, p.entity
            from {sets.rows(source.name)} t join {sets.rows(_PROJECTS)} p using (project_id)
            where t.{column} is not null)"""
    else:
        return
    sets.tell_values(source, column, _RULES["subprogrammes"], gathered(_unknown_subprogrammes(sets, source, column, rows)))


def _unknown_subprogrammes(sets: Sets, source: Source, column: str, rows: str) -> Iterator[Met]:
    """Codes and names that the entity's structure does not know on the row's day, as the models read them."""
    known: dict[tuple[str, str], list[Period]] = {}
    for row in known_rows(sets, "subprogrammes"):
        for label in {row["subprogramme"], row["name"]}:
            known.setdefault((row["entity"], label.strip().casefold()), []).append(period(row))
    day = source.row_date
    lines = sets.ask(
        f"""select _delivery_id, any_value(_source_file), min(_source_row), entity, {column}, count(*), min({day}), max({day})
            from {rows} where {column} is not null group by _delivery_id, entity, {column}, year({day}) order by 2, 3"""
    )
    for delivery, file, first_row, of, text, n, first, last in lines:
        these = f"{rows} where _delivery_id = {literal(delivery)} and entity = {literal(of)} and {column} = {literal(text)}"
        for code in labels_of(text) if column in source.split_columns else (text,):
            if code in _NO_SUBPROGRAMME:
                continue
            periods = known.get((of, code.casefold()), [])
            value = f"{of} {code} (not in {first.year})" if periods else f"{of} {code}"
            met = outside(sets, Met(delivery, file, first_row, value, n), periods, (first, last), day=day, rows=these)
            if met:
                yield met
