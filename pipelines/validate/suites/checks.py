"""How a check is declared: its name, its table, what it protects, and either a query that must find nothing or a stock expectation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.shapes.check_result import Severity

Tables = Mapping[str, tuple[str, ...]]
"""The tables of a build file: `schema.table` → its columns, in order."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One expectation on one table.

    Attributes:
        name: stable; the same check on several tables has one name.
        target: the table, `schema.table`.
        protects: one sentence: what goes wrong for a reader when this does not hold.
        expected: what should be found, as short text.
        law: number of the law (data model, "Laws that no release may break"); a law cannot be waived.
        severity: `error` blocks a release, `warning` does not.
        query: rows that should not exist; `{batch}` is the target. A literal brace is doubled.
        expectation: name of a stock Great Expectations class, with `arguments`.
        seen: SQL for one text, shown as observed when the check passes.
        shown: how many of the rows found are told.
        reads: the table that the query's `{batch}` stands for, where it is not the target itself.
        target_from: column of the rows found that names what each of them is about; then each is a result of its own with that as its target,
            and can be accepted by it.
    """

    name: str
    target: str
    protects: str
    expected: str
    law: int | None = None
    severity: Severity = "error"
    query: str | None = None
    expectation: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    shown: int = 3
    reads: str | None = None
    seen: str | None = None
    target_from: str | None = None

    def __post_init__(self) -> None:
        """A check is a query or a stock expectation, and a law is never a mere warning."""
        if (self.query is None) == (self.expectation is None):
            raise ValueError(f"{self.name} on {self.target}: give either a query or a stock expectation")
        if self.query is not None and "{batch}" not in self.query:
            raise ValueError(f"{self.name} on {self.target}: the query must read {{batch}}, the table that it guards")
        if self.law is not None and self.severity != "error":
            raise ValueError(f"{self.name} on {self.target}: a law blocks")

    @property
    def can_be_waived(self) -> bool:
        """Whether an operator may accept a failure by name and reason."""
        return self.law is None


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Checks that belong together.

    Attributes:
        name: stable, one word or snake case.
        title: for people.
        checks: the checks for a build file with these tables.
    """

    name: str
    title: str
    checks: Callable[[Tables], list[Check]]


@dataclass(frozen=True, kw_only=True)
class RowCondition:
    """A row-level condition that no row of a large table may meet. All conditions of a table are counted in one pass.

    Attributes:
        name: of the check.
        sql: true for a row that is wrong; NULL counts as right.
        most: share of the rows (0 to 1) up to which the condition is tolerated.
    """

    name: str
    sql: str
    protects: str
    expected: str
    law: int | None = None
    severity: Severity = "error"
    most: float = 0.0


def one_pass(conditions: list[RowCondition], *, target: str) -> str:
    """The query that counts all conditions of a table in one pass: condition, found (rows), total (rows), example (NULL).

    Counting cases costs half of counting with a filter, and a third of keeping an example along the way (measured on 2.7 million rows).
    """
    counted = ", ".join(f"count(case when {condition.sql} then 1 end) as found_{n}" for n, condition in enumerate(conditions))
    rows = " union all ".join(
        f"select '{condition.name}' as condition, found_{n} as found, total, cast(null as varchar) as example from counted"
        for n, condition in enumerate(conditions)
    )
    return f"with counted as materialized (select count(*) as total, {counted} from {target}) {rows}"


def example_of(condition: RowCondition, *, target: str, key: str, counts: str) -> str:
    """The statement that adds to what `one_pass` left in `counts` the key of one row; it reads the table again, so run it for what was found only."""
    return f"update {counts} set example = (select min({key}) from {target} where {condition.sql}) where condition = '{condition.name}'"


def condition_checks(conditions: list[RowCondition], *, target: str, reads: str) -> list[Check]:
    """One check per condition, reading the counts that `one_pass` left in the table `reads`."""
    return [
        Check(
            name=condition.name,
            target=target,
            protects=condition.protects,
            expected=condition.expected,
            law=condition.law,
            severity=condition.severity,
            reads=reads,
            query=f"select found, total, example from {{batch}} where condition = '{condition.name}' and found > {condition.most} * total",
        )
        for condition in conditions
    ]
