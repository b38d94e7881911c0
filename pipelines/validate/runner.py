"""Runs the suites on a build file that nobody writes, and says what each check found.

Great Expectations works on a connection to an in-memory database to which the build file, and the previous release for comparison, are
attached read-only. What would be dear to count once per check is counted once per run, into tables of that in-memory database (`prepared`).
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pipelines import engine
from pipelines.engine import literal
from pipelines.shapes.check_result import CheckResult, Status
from pipelines.validate import dialect
from pipelines.validate.results import as_text
from pipelines.validate.suites import SUITES, Check, Suite, deliveries, facts, publications, rates
from pipelines.validate.suites.checks import Tables, example_of, one_pass

if TYPE_CHECKING:
    import great_expectations as gx

SHOWN_ROWS = 3


class UnknownAcceptance(ValueError):
    """Somebody accepts a check that does not exist, or one that cannot be waived."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A failure that an operator has looked into and lets pass.

    Attributes:
        check: name of the check.
        target: what the check guards, a table or what the check names itself; None covers all of them.
        reason: in the operator's words; kept in `audit.check_results`.
    """

    check: str
    reason: str
    target: str | None = None

    @classmethod
    def parse(cls, text: str, reason: str) -> Acceptance:
        """Read `CHECK` or `CHECK:TARGET`."""
        check, _, target = text.strip().partition(":")
        return cls(check=check, target=target or None, reason=reason)

    def covers(self, check: Check) -> bool:
        """Whether this accepts a failure of `check`."""
        return self.check == check.name and self.target in (None, check.target)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A result with what a page about it needs.

    Attributes:
        suite: name of the suite.
        result: what goes into `audit.check_results`.
        protects: the check's sentence.
        law: number of the law, if it is one.
        rendered: a stock expectation in Great Expectations' own words; empty for queries.
        query: the SQL that must find nothing; None for stock expectations.
        rows: rows that should not exist, as many as the check shows, as text by column.
    """

    suite: str
    result: CheckResult
    protects: str
    law: int | None
    rendered: str
    query: str | None
    rows: tuple[Mapping[str, str], ...] = ()


def known_checks(tables: Iterable[str] = ()) -> dict[str, bool]:
    """Every check name, with whether it can be waived; of one name on several tables, whether any can.

    Args:
        tables: tables of a build file; those that the project always has are added.
    """
    always = ["marts.shares_by_region", "marts.shares_by_subprogramme_and_region", *(f"raw.{source}" for source in deliveries.MONEY_SOURCES)]
    shape: dict[str, tuple[str, ...]] = {table: ("region_scheme", "is_exclusive") for table in [*always, *tables]}
    names: dict[str, bool] = {}
    for suite in SUITES:
        for check in suite.checks(shape):
            names[check.name] = names.get(check.name, False) or check.can_be_waived
    return names


def verify_acceptances(accepted: Sequence[Acceptance]) -> None:
    """Refuse what cannot be accepted, before anything is built.

    Raises:
        UnknownAcceptance: the check does not exist, is a law, or the reason is missing.
    """
    names = known_checks()
    for acceptance in accepted:
        if acceptance.check not in names:
            waivable = ", ".join(sorted(name for name, can in names.items() if can))
            raise UnknownAcceptance(f"no check is called {acceptance.check!r}; these can be accepted: {waivable}")
        if not names[acceptance.check]:
            raise UnknownAcceptance(f"{acceptance.check} is a law, and a law cannot be waived: correct the delivery or the model")
        if not acceptance.reason.strip():
            raise UnknownAcceptance(f"say why {acceptance.check} is accepted: --reason TEXT")


def run_suites(
    database: Path,
    previous: Path | None = None,
    accepted: Sequence[Acceptance] = (),
    progress: Callable[[str], None] | None = None,
    suites: Sequence[Suite] = SUITES,
) -> list[CheckResult]:
    """Run the suites on a build file; the results in the order of the suites. See `validate`."""
    return [outcome.result for outcome in validate(database, previous, accepted, progress, suites)]


def validate(
    database: Path,
    previous: Path | None = None,
    accepted: Sequence[Acceptance] = (),
    progress: Callable[[str], None] | None = None,
    suites: Sequence[Suite] = SUITES,
    carried: Sequence[Outcome] = (),
) -> list[Outcome]:
    """Run the suites on a build file, read-only, and leave no connection behind.

    A check that cannot run (a missing table or column, a broken query) is `errored`, not `failed`; the others go on. Where the engine made an
    error of its own, everything is checked once more with one thread: after such an error a connection answers nothing any more.

    Args:
        database: the build file; no other process may have it open for writing.
        previous: the DuckDB file of the release to compare with; None for the first release.
        accepted: failures to let pass, each with its reason.
        progress: told the title of each suite as it starts.
        suites: those to run; all unless said.
        carried: outcomes that hold still; their checks are not run.

    Raises:
        UnknownAcceptance: something is accepted that cannot be.
        FileNotFoundError: the build file, or the previous release, is not there.
    """
    verify_acceptances(accepted)
    for path in filter(None, (database, previous)):
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such DuckDB file")

    def check_all() -> list[Outcome]:
        outcomes: list[Outcome] = []
        with _session(database, previous, suites) as session:
            for suite in suites:
                if progress:
                    progress(suite.title)
                outcomes += session.run(suite, accepted, {(one.result.check_name, one.result.target): one for one in carried if one.suite == suite.name})
        if engine.threads() > 1 and any(engine.says_internal(outcome.result.observed) for outcome in outcomes):
            raise _InternalError(next(outcome.result.observed for outcome in outcomes if engine.says_internal(outcome.result.observed)))
        return outcomes

    return [_without_stack(outcome) for outcome in engine.tried_twice(check_all, progress)]


class _InternalError(Exception):
    """A check ended in an error of the engine itself, in the engine's words."""


def _without_stack(outcome: Outcome) -> Outcome:
    """The outcome of a check that the engine could not run twice, with words that a person can act on."""
    observed = outcome.result.observed
    return replace(outcome, result=replace(outcome.result, observed=engine.told(observed))) if engine.says_internal(observed) else outcome


@dataclass(frozen=True, kw_only=True)
class _Session:
    source: Any
    """Great Expectations' data source."""
    engine: Any
    """The SQLAlchemy engine behind it."""
    tables: Tables
    sizes: Mapping[str, int | None]
    """Rows per table; None where counting is not free."""
    unprepared: Mapping[str, str]
    """Prepared tables that could not be made, with the reason."""
    batches: dict[str, Any] = field(default_factory=dict)
    """Great Expectations' batches made so far, by table."""

    def run(self, suite: Suite, accepted: Sequence[Acceptance], carried: Mapping[tuple[str, str], Outcome]) -> list[Outcome]:
        """Run one suite, without checks that were carried over; those that read the same table go to Great Expectations together."""
        checks = suite.checks(self.tables)
        groups: dict[tuple[str, bool], list[int]] = {}
        outcomes = {place: [carried[check.name, check.target]] for place, check in enumerate(checks) if (check.name, check.target) in carried}
        for place, check in enumerate(checks):
            if place in outcomes:
                continue
            groups.setdefault((check.reads or check.target, check.query is not None), []).append(place)
        for (table, _), places in groups.items():
            group = [checks[place] for place in places]
            try:
                validated = self._validate(table, group)
            except Exception as error:
                message = self.unprepared.get(table) or _first_line(error)
                found = [_errored(check, message) for check in group]
            else:
                found = [self._judge(check, result) for check, result in zip(group, validated, strict=True)]
            for place, check, (status, observed, rendered, rows) in zip(places, group, found, strict=True):
                outcomes[place] = [
                    _outcome(suite, one, status, told, rendered, shown, accepted) for one, told, shown in _by_target(check, status, observed, rows)
                ]
        return [outcome for place in range(len(checks)) for outcome in outcomes[place]]

    def _validate(self, table: str, checks: Sequence[Check]) -> list[gx.core.ExpectationValidationResult]:
        """Great Expectations' results for checks that read one table, in their order."""
        import great_expectations as gx
        import great_expectations.expectations as gxe

        from pipelines.validate.expectation import MOST_ROWS, RowsThatShouldNotExist

        if table not in self.tables and not table.startswith(f"{PREPARED}."):
            raise LookupError(f"the table {table} does not exist in the build file")
        severities = {"error": "critical", "warning": "warning"}
        expectations = []
        for place, check in enumerate(checks):
            common = {"meta": {"place": place, "check": check.name}, "severity": severities[check.severity]}
            if check.query is not None:
                expectations.append(RowsThatShouldNotExist(unexpected_rows_query=f"{check.query}\nlimit {MOST_ROWS}", **common))
            else:
                expectations.append(getattr(gxe, str(check.expectation))(**check.arguments, **common))
        if table not in self.batches:
            self.batches[table] = self.source.get_asset(table).get_batch_definition(WHOLE).get_batch()
        # Complete results carry every offending value: fine for queries, which are limited, not for columns.
        wanted = "COMPLETE" if checks[0].query is not None else "SUMMARY"
        results = self.batches[table].validate(gx.ExpectationSuite(name=table, expectations=expectations), result_format=wanted).results
        return sorted(results, key=lambda result: result.expectation_config.meta["place"])

    def _judge(self, check: Check, result: gx.core.ExpectationValidationResult) -> tuple[Status, str, str, tuple[Mapping[str, str], ...]]:
        """Status, observed text, rendered text and sample rows of one validation result."""
        if message := _raised(result.exception_info):
            return _errored(check, message)
        rendered = "" if check.query is not None else _rendered(result)
        figures = result.result
        rows = figures.get("details", {}).get("unexpected_rows", [])
        if result.success:
            return "passed", self._seen(check, figures), rendered, ()
        status: Status = "failed" if check.severity == "error" else "warned"
        if check.query is None:
            return status, _stock_observed(figures), rendered, ()
        from pipelines.validate.expectation import MOST_ROWS

        shown = tuple({str(column): as_text(value) for column, value in row.items()} for row in rows[: check.shown])
        count = int(figures["observed_value"])
        head = f"{count:,}{' or more' if count >= MOST_ROWS else ''} {'row' if count == 1 else 'rows'}"
        return status, f"{head}: " + " · ".join(", ".join(f"{column} {value}" for column, value in row.items()) for row in shown), rendered, shown

    def _seen(self, check: Check, figures: Mapping[str, Any]) -> str:
        """What a check that passed has looked at."""
        size = self.sizes.get(check.target)
        if size == 0:
            return "no rows"
        if check.seen is not None:
            with self.engine.connect() as connection:
                return str(connection.exec_driver_sql(check.seen).scalar())
        if check.query is None:
            return _stock_observed(figures)
        return "none" if size is None else f"none in {size:,} {'row' if size == 1 else 'rows'}"


def import_library() -> None:
    """Import Great Expectations, which takes seconds: whoever knows early that it will be needed calls this while waiting for something else."""
    # 1.24 has no telemetry code; versions that have some obey this.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401


PREPARED = "prepared"
BUILD, PREVIOUS = "techcoop", "previous"
WHOLE = "whole"


@contextmanager
def _session(database: Path, previous: Path | None, suites: Sequence[Suite]) -> Iterator[_Session]:
    """A Great Expectations data source over the build file; closed, with every connection, at the end."""
    import_library()
    with warnings.catch_warnings():
        # The schema of a table asset is deprecated in favour of a setting that generic SQL sources do not have.
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        dialect.register()
        statements = [
            "set memory_limit = '1500MB'",
            f"set threads = {engine.threads()}",
            f"set temp_directory = {literal(database.parent / 'checks.tmp')}",
            # dbt writes the database's name into views, so the build file keeps the name it was built under.
            f"attach if not exists {literal(database)} as {BUILD} (read_only)",
            f"attach if not exists ':memory:' as {PREPARED}",
            *([f"attach if not exists {literal(previous)} as {PREVIOUS} (read_only)"] if previous else []),
            f"use {BUILD}",
        ]
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        place = {"connection_string": f"duckdb+buffered:///:memory:checks_{uuid4().hex}", "kwargs": {"connect_args": {"statements": statements}}}
        database_engine = context.data_sources.add_sql("warehouse", **place).get_execution_engine().engine
        try:
            with database_engine.connect() as connection:
                tables, sizes = _inventory(connection)
                unprepared = _prepare(connection, previous is not None)
                if facts.SPENDING_COUNTS not in unprepared:
                    sizes[facts.SPENDING] = connection.exec_driver_sql(f"select max(total) from {facts.SPENDING_COUNTS}").scalar()
            # All tables at once: for each that is added later everything known is written down once more.
            source = context.data_sources.add_sql("tables", **place, assets=_assets(suites, tables, unprepared))
            yield _Session(source=source, engine=database_engine, tables=tables, sizes=sizes, unprepared=unprepared)
        finally:
            for one in context.data_sources.all().values():
                one.get_execution_engine().engine.dispose()
                one.get_engine().dispose()


def _assets(suites: Sequence[Suite], tables: Tables, unprepared: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tables that the suites read and that are there, as Great Expectations wants to have them told."""
    read = {check.reads or check.target for suite in suites for check in suite.checks(tables)}
    there = sorted(table for table in read if table in tables or (table.startswith(f"{PREPARED}.") and table not in unprepared))
    return [
        {"name": table, "type": "table", "schema_name": schema, "table_name": name, "batch_definitions": [{"name": WHOLE}]}
        for table, schema, name in ((table, *_place(table)) for table in there)
    ]


def _place(table: str) -> tuple[str, str]:
    schema, _, name = table.partition(".")
    return f"{PREPARED}.main" if schema == PREPARED else schema, name


def _inventory(connection: Any) -> tuple[dict[str, tuple[str, ...]], dict[str, int | None]]:
    """The build file's tables and views with their columns, and the rows of the tables (views are not counted)."""
    columns = connection.exec_driver_sql(
        f"""select schema_name || '.' || table_name, list(column_name order by column_index)
            from duckdb_columns() where database_name = '{BUILD}' and not internal group by all order by all"""
    ).fetchall()
    sizes: dict[str, int | None] = {name: None for name, _ in columns}
    sizes |= dict(
        connection.exec_driver_sql(f"select schema_name || '.' || table_name, estimated_size from duckdb_tables() where database_name = '{BUILD}'").fetchall()
    )
    return {name: tuple(names) for name, names in columns}, sizes


def _prepare(connection: Any, has_previous: bool) -> dict[str, str]:
    """Make the prepared tables; returns those that could not be made, with the reason."""
    import sqlalchemy

    def before(table: str) -> str | None:
        """The previous release's name, where it has the table."""
        schema, _, name = table.partition(".")
        found = connection.exec_driver_sql(
            f"select 1 from duckdb_columns() where database_name = '{PREVIOUS}' and schema_name = '{schema}' and table_name = '{name}' limit 1"
        ).scalar()
        return PREVIOUS if has_previous and found else None

    failed = {}
    for name, query in {
        facts.SPENDING_COUNTS: one_pass(facts.SPENDING_CONDITIONS, target=facts.SPENDING),
        deliveries.MAGNITUDES: deliveries.magnitudes(before(deliveries.RECONCILIATION)),
        rates.JUDGED: rates.judged(),
        publications.NEWLY_CONTRADICTED: publications.newly_contradicted(before(publications.TABLE)),
    }.items():
        try:
            connection.exec_driver_sql(f"create table {name} as {query}")
            connection.commit()
        except sqlalchemy.exc.SQLAlchemyError as error:
            connection.rollback()
            failed[name] = _first_line(error)
    if facts.SPENDING_COUNTS not in failed:
        shares = dict(connection.exec_driver_sql(f"select condition, found / total from {facts.SPENDING_COUNTS} where found > 0").fetchall())
        for condition in facts.SPENDING_CONDITIONS:
            if shares.get(condition.name, 0) > condition.most:
                connection.exec_driver_sql(example_of(condition, target=facts.SPENDING, key="transaction_key", counts=facts.SPENDING_COUNTS))
        connection.commit()
    return failed


def _by_target(check: Check, status: Status, observed: str, rows: tuple[Mapping[str, str], ...]) -> list[tuple[Check, str, tuple[Mapping[str, str], ...]]]:
    """A check with what it observed, once per thing that its rows are about, where it says in which column these are named."""
    if check.target_from is None or status not in ("failed", "warned"):
        return [(check, observed, rows)]
    told = [(row[check.target_from], {name: value for name, value in row.items() if name != check.target_from}) for row in rows]
    return [(replace(check, target=target), ", ".join(row.values()), (row,)) for target, row in told]


def _errored(check: Check, message: str) -> tuple[Status, str, str, tuple[Mapping[str, str], ...]]:
    return "errored", f"could not be checked: {message}", "", ()


def _outcome(
    suite: Suite, check: Check, status: Status, observed: str, rendered: str, rows: tuple[Mapping[str, str], ...], accepted: Sequence[Acceptance]
) -> Outcome:
    """Put together what is known of one check, with an operator's acceptance where a failure may be waived."""
    reason = None
    if status == "failed" and check.can_be_waived:
        reason = next((acceptance.reason for acceptance in accepted if acceptance.covers(check)), None)
        status = "accepted" if reason else status
    result = CheckResult(
        check_name=check.name,
        engine="great_expectations",
        target=check.target,
        severity=check.severity,
        status=status,
        observed=observed,
        expected=check.expected,
        reason=reason,
    )
    return Outcome(suite=suite.name, result=result, protects=check.protects, law=check.law, rendered=rendered, query=check.query, rows=rows)


def _raised(info: Mapping[str, Any] | None) -> str | None:
    """The message of an exception inside Great Expectations, which reports it at the top or once per metric; else None."""
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    messages = [str(entry.get("exception_message") or "unknown error") for entry in entries if isinstance(entry, Mapping) and entry.get("raised_exception")]
    return _first_line(messages[0]) if messages else None


def _rendered(result: gx.core.ExpectationValidationResult) -> str:
    """The expectation in Great Expectations' own words, without markup."""
    from great_expectations.render.renderer.inline_renderer import InlineRenderer

    for content in InlineRenderer(render_object=result.expectation_config).get_rendered_content():
        value = content.value.to_json_dict()
        text = str(value.get("template") or "")
        for name, parameter in sorted((value.get("params") or {}).items(), key=lambda item: -len(item[0])):
            text = text.replace(f"${name}", as_text(parameter.get("value")))
        if text:
            return text
    return ""


def _stock_observed(figures: Mapping[str, Any]) -> str:
    """What a stock expectation saw: unexpected values of how many, or the figure it looked at."""
    if "element_count" in figures:
        total, wrong = figures["element_count"], figures.get("unexpected_count") or 0
        values = figures.get("partial_unexpected_list") or []
        examples = f": {', '.join(as_text(value) for value in values[:SHOWN_ROWS])}" if wrong and any(value is not None for value in values) else ""
        return f"{wrong:,} of {total:,} values{examples}" if wrong else f"all {total:,} values"
    return as_text(figures.get("observed_value"))


def _first_line(error: object) -> str:
    """The first line of an error that says something, without the name of the class that SQLAlchemy puts before it."""
    text = re.sub(r"^\(_?duckdb\.\w+\) ", "", str(error).strip())
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
