"""From which columns of other tables a column is made: read from the SQL that dbt compiled, without asking a database.

Only what gives a column its value counts. Conditions, joins and groups decide which rows there are; they are no lineage of a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

Origin = tuple[str, str]
"""Table (`schema.table`) and column."""
Columns = dict[str, frozenset[Origin]]
"""Columns of a relation in their order, each with the columns of tables that it is made from."""

NOTHING: frozenset[Origin] = frozenset()


def column_lineage(sql: str, known: Mapping[str, Sequence[str]]) -> Columns:
    """The columns of a compiled model, each with the columns of tables from which its value is made.

    Args:
        sql: the model as dbt compiled it for DuckDB. Files under `…/landing/<table>/` are the table `landing.<table>`.
        known: columns of the tables that it reads; a table that is not known can be read by name, not with a star.

    Returns:
        Nothing for SQL that cannot be read: lineage is shown, nothing depends on it.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return {}
    return _query(tree, known, {})


def _query(query: exp.Expression, known: Mapping[str, Sequence[str]], named: Mapping[str, Columns]) -> Columns:
    """Columns of a query; `named` are the common table expressions, and outer relations of a subquery, that it can see."""
    if (clause := query.args.get("with_")) is not None:
        named = dict(named)
        for step in clause.expressions:
            # A recursive step sees what it begins with.
            if isinstance(step.this, exp.SetOperation):
                named[step.alias] = _renamed(step, _query(step.this.left, known, named))
            named[step.alias] = _renamed(step, _query(step.this, known, named))
    if isinstance(query, exp.Subquery):
        return _query(query.this, known, named)
    if isinstance(query, exp.SetOperation):
        left, right = _query(query.left, known, named), _query(query.right, known, named)
        if query.args.get("by_name"):
            return {name: left.get(name, NOTHING) | right.get(name, NOTHING) for name in {**left, **right}}
        padded = [*right.values(), *[NOTHING] * len(left)]
        return {name: origins | padded[place] for place, (name, origins) in enumerate(left.items())}
    if isinstance(query, exp.Select):
        return _select(query, known, named)
    return {}


def _renamed(step: exp.CTE, columns: Columns) -> Columns:
    names = step.alias_column_names
    return dict(zip(names, columns.values(), strict=False)) if names else columns


def _select(select: exp.Select, known: Mapping[str, Sequence[str]], named: Mapping[str, Columns]) -> Columns:
    relations: dict[str, Columns] = {}
    for source in _sources(select):
        relations[source.alias_or_name] = _relation(source, known, named, relations)
    columns: Columns = {}
    for shown in select.expressions:
        if shown.is_star:
            columns.update(_star(shown, known, named, relations, columns))
        else:
            columns[shown.alias_or_name] = _origins(shown, known, named, relations, columns)
    return columns


def _sources(select: exp.Select) -> Iterator[exp.Expression]:
    if (clause := select.args.get("from_")) is not None:
        yield clause.this
    for join in select.args.get("joins") or ():
        yield join.this
    yield from select.args.get("laterals") or ()


def _relation(source: exp.Expression, known: Mapping[str, Sequence[str]], named: Mapping[str, Columns], before: Mapping[str, Columns]) -> Columns:
    """Columns of something that stands in `from` or `join`."""
    if isinstance(source, exp.Table):
        if isinstance(source.this, exp.Func):
            files = source.this.find(exp.Literal)
            table = f"landing.{PurePosixPath(files.name).parent.name}" if files is not None and files.is_string else ""
        elif not source.db and source.name in named:
            return named[source.name]
        else:
            table = f"{source.db}.{source.name}"
        if table in known:
            return {column: frozenset({(table, column)}) for column in known[table]}
    if isinstance(source, exp.Subquery):
        return _query(source, known, {**named, **before})
    # Lists taken apart, values written out: each of their columns is made from all that they name.
    made_from = _origins(source, known, named, before, {})
    return dict.fromkeys([*source.alias_column_names, source.alias_or_name], made_from)


def _star(
    shown: exp.Expression, known: Mapping[str, Sequence[str]], named: Mapping[str, Columns], relations: Mapping[str, Columns], columns: Columns
) -> Columns:
    """What `*` or `relation.*` stands for."""
    star = shown.find(exp.Star)
    among = [relations.get(shown.table, {})] if isinstance(shown, exp.Column) else relations.values()
    found: Columns = {}
    for relation in among:
        found = {**relation, **found}
    for left_out in star.args.get("except_") or ():
        found.pop(left_out.name, None)
    for replaced in star.args.get("replace") or ():
        found[replaced.alias] = _origins(replaced, known, named, relations, columns)
    return found


def _origins(
    part: exp.Expression, known: Mapping[str, Sequence[str]], named: Mapping[str, Columns], relations: Mapping[str, Columns], columns: Columns
) -> frozenset[Origin]:
    """Columns of tables that an expression is made from; it may name a column that was given its name further up in the same `select`."""
    if isinstance(part, exp.Select | exp.SetOperation):
        return NOTHING.union(*_query(part, known, {**named, **relations}).values())
    if isinstance(part, exp.Column):
        name = part.name
        if part.table:
            return relations.get(part.table, named.get(part.table, {})).get(name, NOTHING)
        for relation in relations.values():
            if name in relation:
                return relation[name]
        if name in columns:
            return columns[name]
        # In a subquery: a column of the query around it.
        return next((relation[name] for relation in reversed(named.values()) if name in relation), NOTHING)
    within = part.args.get("partition_by") or () if isinstance(part, exp.Window) else ()
    return NOTHING.union(*(_origins(inner, known, named, relations, columns) for inner in part.iter_expressions() if inner not in within))
