"""What a release holds of an entity's projects, one project at a time, ready to be written.

Reads the public view of a release, in the order of projects, so that memory does not grow with the number of transactions. Projects that came as
IATI are left out: their publishers have published them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import duckdb

from pipelines.engine import literal

ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One code of a split: a subprogramme, or a recipient with its scheme, and its weight over the sum of all."""

    code: str
    scheme: str
    weight: int


@dataclass(frozen=True, kw_only=True)
class Split:
    """How money is divided: by subprogramme and by recipient, each side on its own, in the order of the codes."""

    subprogrammes: tuple[Part, ...]
    recipients: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One money movement, its amount as delivered, and how it divides."""

    transaction_id: str
    record_basis: str
    transaction_type: str
    cost_class: str | None
    transaction_date: date
    value_date: date | None
    amount: Decimal
    currency: str
    provider: str | None
    receiver: str | None
    source: str | None
    split: Split


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project with its transactions in the order of their days."""

    project_id: str
    record_basis: str
    title: str
    joint_entities: str | None
    funding_source: str
    donors: str | None
    start_date: date
    end_date: date | None
    status: str
    budget_amount: Decimal | None
    currency: str
    scope: str | None
    partners: str | None
    sdg_targets: str | None
    gender_marker: str | None
    gender_marker_scheme: str | None
    source: str | None
    split: Split
    transactions: tuple[Transaction, ...]


_PROJECTS = """
    select
        projects.project_id, projects.record_basis, projects.title, projects.joint_entities, projects.funding_source, projects.donors, projects.start_date,
        projects.end_date, projects.status, projects.budget_amount, projects.currency, projects.scope, projects.partners, projects.sdg_targets,
        projects.gender_marker, projects.gender_marker_scheme, concat_ws(', ', projects.source_symbol, projects.source_address) as source, splits.split_id
    from marts.dim_project as projects
    inner join intermediate.int_project_splits as splits
        on projects.project_id = splits.project_id and projects.start_date >= splits.valid_from and projects.start_date < splits.valid_to
    where projects.entity = {entity} and projects.book <> 'iati' and {projects_leave}
    order by projects.project_id
"""

_TRANSACTIONS = """
    select
        delivered.project_id, delivered.transaction_id, delivered.record_basis, delivered.transaction_type, delivered.cost_class, delivered.transaction_date,
        delivered.value_date, delivered.amount, delivered.currency, delivered.provider, delivered.receiver,
        concat_ws(', ', delivered.source_symbol, delivered.source_address) as source, converted.split_id
    from raw.project_transactions as delivered
    inner join intermediate.int_project_transactions as converted on delivered.transaction_id = converted.transaction_id
    where converted.entity = {entity} and {transactions_leave}
    order by delivered.project_id, delivered.transaction_date, delivered.transaction_id
"""

_SPLITS = """
    with used as (
        select split_id from intermediate.int_project_splits where entity = {entity}
        union
        select split_id from intermediate.int_project_transactions where entity = {entity}
    )
    select split_id, subprogramme, recipient, recipient_scheme, weight_to - weight_from as weight
    from intermediate.int_split_parts
    where split_id in (select used.split_id from used)
    order by split_id, subprogramme, recipient
"""


def entities_to_export(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Entities with projects that are reported or published, and how many projects and transactions; without a reference as a publisher none is named."""
    found = connection.execute(
        f"""
        select projects.entity, count(*) + coalesce(max(moved.transactions), 0) as records
        from marts.dim_project as projects
        inner join reference.iati_publishers as publishers on projects.entity = publishers.entity
        left join (
            select entity, count(*) as transactions from intermediate.int_project_transactions group by entity
        ) as moved on projects.entity = moved.entity
        where projects.book <> 'iati' and {_leaves(include_illustrative=False, alias="projects")}
        group by projects.entity
        order by projects.entity
        """
    )
    return dict(found.fetchall())


def projects(connection: duckdb.DuckDBPyConnection, entity: str, *, include_illustrative: bool) -> Iterator[Project]:
    """Projects that the entity leads, in the order of their numbers.

    A transaction counts as illustrative if it or its project is.

    Args:
        connection: to the public view of a release.
        entity: code of `entities`.
        include_illustrative: whether constructed records are read, too.
    """
    sql = {
        "entity": literal(entity),
        "projects_leave": _leaves(include_illustrative=include_illustrative, alias="projects"),
        "transactions_leave": _leaves(include_illustrative=include_illustrative, alias="delivered"),
    }
    splits = _splits(connection, _SPLITS.format(**sql))
    # Two cursors run beside each other, each in the order of the projects.
    moved = groupby(_rows(connection, _TRANSACTIONS.format(**sql)), key=lambda row: row["project_id"])
    number, rows = next(moved, (None, iter(())))
    for project in _rows(connection, _PROJECTS.format(**sql)):
        while number is not None and number < project["project_id"]:
            number, rows = next(moved, (None, iter(())))
        transactions = tuple(_transaction(row, splits, project["record_basis"]) for row in rows) if number == project["project_id"] else ()
        yield Project(**{key: value for key, value in project.items() if key != "split_id"}, split=splits[project["split_id"]], transactions=transactions)


def _transaction(row: dict[str, Any], splits: dict[int, Split], project_basis: str) -> Transaction:
    told = {key: value for key, value in row.items() if key not in ("project_id", "split_id", "record_basis")}
    basis = ILLUSTRATIVE if ILLUSTRATIVE in (row["record_basis"], project_basis) else row["record_basis"]
    return Transaction(**told, record_basis=basis, split=splits[row["split_id"]])


def _splits(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[int, Split]:
    found: dict[int, Split] = {}
    for number, parts in groupby(_rows(connection, sql), key=lambda row: row["split_id"]):
        subprogrammes: dict[str, int] = {}
        recipients: dict[tuple[str, str], int] = {}
        for part in parts:
            place = (part["recipient"], part["recipient_scheme"])
            subprogrammes[part["subprogramme"]] = subprogrammes.get(part["subprogramme"], 0) + part["weight"]
            recipients[place] = recipients.get(place, 0) + part["weight"]
        found[number] = Split(
            subprogrammes=_side([(code, "subprogramme", weight) for code, weight in subprogrammes.items()]),
            recipients=_side([(code, scheme, weight) for (code, scheme), weight in recipients.items()]),
        )
    return found


def _side(parts: list[tuple[str, str, int]]) -> tuple[Part, ...]:
    """One side of a split in lowest terms; a code whose share is nothing gets none of the money and is left out."""
    divisor = math.gcd(*(weight for _, _, weight in parts))
    return tuple(Part(code=code, scheme=scheme, weight=weight // divisor) for code, scheme, weight in sorted(parts) if weight)


def _leaves(*, include_illustrative: bool, alias: str) -> str:
    """Which rows are written: nothing constructed unless asked for."""
    return "true" if include_illustrative else f"{alias}.record_basis <> '{ILLUSTRATIVE}'"


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    # Several answers are read beside each other; each needs a cursor, which knows the names of the public view only if told.
    cursor = connection.cursor()
    (path,) = connection.execute("select current_setting('search_path')").fetchone()
    cursor.execute(f"set search_path = {literal(path)}")
    answer = cursor.execute(sql)
    names = [column[0] for column in answer.description]
    while rows := answer.fetchmany(5_000):
        for row in rows:
            yield dict(zip(names, row, strict=True))
