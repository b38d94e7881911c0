"""`techcoop`: a thin face over the functions of the other rooms.

Exit codes: 0 done, 1 the answer is no (not released, violations found), 2 usage, configuration, or
another run holds the lock. Results go to stdout, progress and complaints to stderr; an error is one
line (`TECHCOOP_TRACEBACK=1` shows where it came from). The heavy libraries are imported by the
commands that need them, so that looking at the status costs nothing.
"""

from __future__ import annotations

import errno
import functools
import itertools
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from pipelines import settings, storage
from pipelines.engine import is_internal, plain, told

app = typer.Typer(
    name="techcoop",
    help="Deliveries in, checked and traceable numbers on technical cooperation out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

TABLE_ROWS = 1000

Home = Annotated[Path | None, typer.Option(help="Folder that a run writes (TECHCOOP_HOME; default: warehouse).", readable=False, show_default=False)]
Raw = Annotated[Path | None, typer.Option(help="Folder of deliveries (TECHCOOP_RAW_DIR; default: data/raw).", readable=False, show_default=False)]
RunId = Annotated[
    str | None, typer.Option("--run", metavar="ID", help="Ask the build of the last blocked run, or another release, instead.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, last on stdout.")]

Command = TypeVar("Command", bound=Callable[..., None])


def main() -> None:
    """Run the command line."""
    app(prog_name="techcoop")


def told_in_one_line(command: Command) -> Command:
    """Turn what a command raises into one line on stderr and exit code 2."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **named: Any) -> None:
        try:
            command(*arguments, **named)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except BrokenPipeError:
            # The reader (`head`, say) has seen enough; Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            complain("stopped")
            raise typer.Exit(2) from None
        except Exception as error:
            if os.environ.get("TECHCOOP_TRACEBACK") == "1":
                raise
            complain(_one_line(error))
            raise typer.Exit(2) from None

    return wrapped  # type: ignore[return-value]


def _one_line(error: Exception) -> str:
    """What an error says; where the system says it, the place first and without its number."""
    if isinstance(error, OSError) and not isinstance(error, storage.StorageError):
        if storage.is_full(error):
            return str(storage.full(Path(error.filename or ".").absolute().parent))
        if error.filename and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{error.filename}: {error.strerror}; give this user the right, or name another place"
    return (told(str(error)) if is_internal(error) else plain(str(error))) or type(error).__name__


def complain(message: str) -> None:
    """One line on stderr, as text: no markup, no colours in the message."""
    err.print(f"[red]techcoop:[/red] {escape(message)}", highlight=False)


def say(message: str) -> None:
    """A line of progress on stderr."""
    err.print(escape(message), highlight=False)


def day(text: str | None) -> date | None:
    """A day as `YYYY-MM-DD`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; expected YYYY-MM-DD") from None


@app.command()
@told_in_one_line
def run(
    raw: Raw = None,
    home: Home = None,
    as_of: Annotated[str | None, typer.Option(help="Day that the release speaks for, YYYY-MM-DD (default: today, UTC).", show_default=False)] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="CHECK[:TARGET]", help="Let a plausibility check pass, with --reason; may be repeated.", show_default=False)
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="DELIVERY", help="Leave out a delivery, by its id or its file, with --reason; may be repeated.", show_default=False),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why the check may pass, or the delivery is left out; kept with the release.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing has changed since the last release.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Build everything from nothing, also the models that nothing has changed.")] = False,
    wait: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="How long to wait for another run to end.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Load the deliveries, build, check and publish a release; do nothing if nothing has changed."""
    from pipelines.dbt.manifest import Dbt
    from pipelines.release import releases as release
    from pipelines.release import run as runs
    from pipelines.release.fingerprint import changes, fingerprint
    from pipelines.release.lock import lock

    if bool(accept or without) != bool(reason and reason.strip()):
        raise typer.BadParameter("--accept or --without and --reason belong together: an accepted check, or a delivery left out, says why")
    acceptances = _acceptances(accept, reason)
    raw_root, warehouse = settings.raw_root(raw), settings.warehouse_home(home)
    speaks_for = day(as_of) or datetime.now(UTC).date()
    with lock(warehouse, wait_seconds=wait), ExitStack() as stack:
        mend(warehouse)
        current = release.current(warehouse)
        left_out = _left_out(raw_root, warehouse, without, reason)
        # Without a release there is something to build for certain: dbt reads its project while the deliveries are looked for.
        dbt = stack.enter_context(Dbt(warehouse)) if current is None else None
        found = fingerprint(raw_root, warehouse, as_of=speaks_for, left_out=left_out)
        changed = changes(warehouse, found, acceptances)
        if not changed and not force and not full and current is not None:
            said = runs.unchanged(warehouse, current, found["stamps"])
        else:
            why = ", ".join(changed) or ("everything" if full else "forced")
            say(f"Building from {raw_root} into {warehouse}: {why}" + (" changed" if current and changed else ""))
            from pipelines.defs.refresh import execute_refresh

            said = execute_refresh(raw_root=raw_root, home=warehouse, as_of=speaks_for, acceptances=acceptances, left_out=left_out, full=full, dbt=dbt)
    if as_json:
        for finding in said["failures"]:
            complain(_finding(finding))
        print(json.dumps(said, default=str, ensure_ascii=False))
    else:
        _tell_run(said, warehouse)
    raise typer.Exit(0 if said["released"] or said["unchanged"] else 1)


def mend(home: Path) -> None:
    """Restore the links of the home where they are gone, and say so."""
    from pipelines.release import releases as release

    if found := release.mend(home):
        complain(found)


def _acceptances(accept: Sequence[str] | None, reason: str | None) -> list[Any]:
    """The checks that may pass, refused before anything is built if they cannot be accepted."""
    if not accept:
        return []
    from pipelines.validate.runner import Acceptance, verify_acceptances

    acceptances = [Acceptance.parse(text, reason=str(reason).strip()) for text in accept]
    verify_acceptances(acceptances)
    return acceptances


def _left_out(raw_root: Path, home: Path, without: Sequence[str] | None, reason: str | None) -> list[Any]:
    """The deliveries that are left out, refused before anything is built if there are no such."""
    if not without:
        return []
    from pipelines.landing.deliveries import named

    return named(raw_root, home, without, str(reason))


def _tell_run(said: Mapping[str, Any], home: Path) -> None:
    """What a run did, as a summary that a person can act on."""
    if said["unchanged"]:
        out.print(f"Nothing has changed since the release [bold]{said['release_id']}[/bold]: it stays current (--force builds all the same).")
        return
    if said["sources"]:
        table = Table("source", "deliveries", "rows delivered", "loaded", "quarantined", box=None, header_style="bold")
        for column in table.columns[1:]:
            column.justify = "right"
        for source, figures in said["sources"].items():
            table.add_row(source, *(f"{figures[key]:,}" for key in ("deliveries", "rows_delivered", "rows_loaded", "rows_quarantined")))
        out.print(table)
    if said["rows_quarantined"]:
        out.print('Why rows were quarantined: techcoop sql "select source_file, source_row, column_name, rule, remedy from audit.quarantine"', highlight=False)
    if said["models_carried"]:
        out.print(f"Tables and views: {said['models_built']} built, {said['models_carried']} stand as the release before has them.")
    out.print(
        f"Checks: {said['checks_passed']} passed, {said['checks_warned']} warned, {said['checks_accepted']} accepted, "
        f"{said['checks_failed']} failed, {said['checks_errored']} could not run."
    )
    for heading, colour, findings in (("warned", "yellow", said["warnings"]), ("failed", "red", said["failures"])):
        for finding in findings:
            out.print(f"[{colour}]{heading}[/{colour}] {escape(_finding(finding))}", highlight=False)
    if said["released"]:
        out.print(f"[green]Released[/green] [bold]{said['release_id']}[/bold] in {said['seconds']} s: {home / 'techcoop.duckdb'}", highlight=False)
    else:
        out.print(
            f"[red]Not released[/red] after {said['seconds']} s; the last good release stays current. The results lie in {home / 'runs' / said['run_id']}"
            + (f", with the build: techcoop sql --run {said['run_id']}" if (home / "runs" / said["run_id"] / "techcoop.duckdb").exists() else "")
            + ". If a plausibility check is wrong about the data: techcoop run --accept CHECK --reason TEXT; "
            "to release without a delivery: techcoop run --without DELIVERY --reason TEXT",
            highlight=False,
        )


def _finding(finding: Mapping[str, Any]) -> str:
    return f"{finding['check']} on {finding['target']}: found {finding['observed']}; expected {finding['expected']}"


@app.command()
@told_in_one_line
def check(
    paths: Annotated[list[Path], typer.Argument(help="Deliveries: files, or folders of files.", readable=False, show_default=False)],
    source: Annotated[str | None, typer.Option(help="The source that they are deliveries of (default: from folder or name).", show_default=False)] = None,
    mapping: Annotated[Path | None, typer.Option(help="The mapping of all of them (default: the one beside each).", readable=False, show_default=False)] = None,
    report: Annotated[Path | None, typer.Option(metavar="OUT.xlsx", help="Give the delivery back with the offending cells marked.", show_default=False)] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Judge deliveries without loading them: alone, then their keys against the current release."""
    from pipelines.landing.check import judge
    from pipelines.landing.report import write_report
    from pipelines.release import releases as release

    judgement = judge(paths, source=source, mapping=mapping, current_release=release.current(settings.warehouse_home(home)))
    if not as_json:
        print(judgement.summary)
    if report is not None:
        write_report(report, judgement)
        say(f"The report lies in {report}")
    if as_json:
        print(json.dumps(judgement.told, ensure_ascii=False))
    raise typer.Exit(1 if judgement.has_violations else 0)


@app.command("map")
@told_in_one_line
def map_(
    file: Annotated[Path | None, typer.Argument(help="The delivery to describe.", readable=False, show_default=False)] = None,
    source: Annotated[str | None, typer.Option(help="The source that it is a delivery of; without, the likely ones are told.", show_default=False)] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of mappings, for editors, instead.")] = False,
) -> None:
    """Write a commented mapping to start from, to stdout."""
    from pipelines.mapping import start
    from pipelines.mapping.schema import mapping_schema

    if schema:
        print(json.dumps(mapping_schema(), indent=2, ensure_ascii=False))
    elif file is None:
        raise typer.BadParameter("name a delivery, or ask for the --schema of mappings")
    elif source is None:
        print(start.likely_sources(file), end="")
    else:
        print(start.start_of_mapping(file, source, _source(source)), end="")


@app.command()
@told_in_one_line
def sql(
    statement: Annotated[
        str | None, typer.Argument(help="One statement that reads; without, a prompt (or stdin, if it is no terminal).", show_default=False)
    ] = None,
    home: Home = None,
    format_: Annotated[str, typer.Option("--format", metavar="table|csv|json", help="How to print the answer.")] = "table",
    run_id: RunId = None,
) -> None:
    """Ask the current release, sandboxed: nothing outside the file, bounded memory and time."""
    from pipelines.ask import query

    if format_ not in ("table", "csv", "json"):
        raise typer.BadParameter(f"{format_!r} is no format; expected table, csv or json")

    def show(answer: query.Answer) -> None:
        if format_ == "table":
            _print_table(answer)
        else:
            {"csv": query.write_csv, "json": query.write_json}[format_](answer, sys.stdout)

    warehouse = settings.warehouse_home(home)
    mend(warehouse)
    if statement is None and sys.stdin.isatty():
        from pipelines.ask.shell import run_shell

        run_shell(warehouse, show, lambda text: out.print(escape(text), highlight=False), run=run_id)
        return
    with query.ask(warehouse, statement if statement is not None else sys.stdin.read(), run=run_id) as answer:
        show(answer)


def _print_table(answer: Any) -> None:
    rows = list(itertools.islice(answer.rows, TABLE_ROWS + 1))
    _print_rows(answer.columns, rows[:TABLE_ROWS])
    if len(rows) > TABLE_ROWS:
        complain(f"only the first {TABLE_ROWS} rows are shown; --format csv prints all")


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*(escape(column) for column in columns), box=None, header_style="bold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    # As wide as its content: a terminal wraps, a file is read by others, and nothing may be cut off.
    Console(width=max(out.measure(table, options=out.options.update(max_width=10_000)).maximum, 20)).print(table)


@app.command()
@told_in_one_line
def explain(
    mart: Annotated[str, typer.Argument(help="A fact or share table of the release, or published_figure_checks.", show_default=False)],
    where: Annotated[str, typer.Option(metavar='"COLUMN=VALUE,…"', help="Which lines of it.", show_default=False)],
    limit: Annotated[int, typer.Option(min=1, help="The most rows to show behind each line.")] = 20,
    home: Home = None,
    run_id: RunId = None,
    as_json: AsJson = False,
) -> None:
    """Go from a number to the delivered rows behind it: file and row."""
    from pipelines.ask import explain as explaining
    from pipelines.ask.query import to_json

    warehouse = settings.warehouse_home(home)
    mend(warehouse)
    found = explaining.explain(warehouse, mart, explaining.parse_where(where), limit=limit, run=run_id)
    if as_json:
        print(to_json({"mart": mart, "explanations": [asdict(explanation) for explanation in found]}))
        return
    if not found:
        complain(f"no line of {mart} meets this")
    for explanation in found:
        out.print(", ".join(f"{column} {escape(str(value))}" for column, value in explanation.line.items() if value is not None), highlight=False)
        if explanation.adds_to is not None:
            out.print(f"The rows behind add to {explanation.adds_to}.", highlight=False)
        if explanation.not_applied:
            out.print(f"They are not narrowed down by {', '.join(explanation.not_applied)}.", highlight=False)
        for number, step in enumerate(explanation.steps, 1):
            out.print(f"{number}. {escape(step)}", highlight=False)
        if explanation.rows:
            _print_rows(list(explanation.rows[0]), [list(row.values()) for row in explanation.rows])
            if explanation.rows_behind is not None and explanation.rows_behind > len(explanation.rows):
                out.print(
                    f"{len(explanation.rows)} of {explanation.rows_behind:,} rows are shown. All of them:\n{escape(str(explanation.sql))}", highlight=False
                )
        elif mart.removeprefix("marts.") != explaining.INDICATORS:
            out.print("No delivered row was found behind it.")


@app.command()
@told_in_one_line
def status(home: Home = None, as_json: AsJson = False) -> None:
    """The current release, its age, whether it is stale, and the last failure."""
    from pipelines.release import run as runs
    from pipelines.release.lock import holder

    warehouse = settings.warehouse_home(home)
    mend(warehouse)
    holding = holder(warehouse)
    now = runs.status(warehouse, running=holding is not None)
    if now["released_at"] is not None:
        # Where the clock has gone backwards, a release is as good as new.
        now["age_seconds"] = max(0, round((datetime.now(UTC) - datetime.fromisoformat(now["released_at"])).total_seconds()))
    if as_json:
        print(json.dumps(now, default=str, ensure_ascii=False))
        return
    if now["release_id"] is None:
        out.print(f"Nothing has been released yet under {warehouse}.", highlight=False)
    else:
        age = f"{now['age_seconds'] // 86400} days {now['age_seconds'] % 86400 // 3600} hours"
        out.print(f"Release {now['release_id']} of {now['released_at']}, {age} old, as of {now['as_of']}.", highlight=False)
        out.print(f"[yellow]Stale[/yellow]: {escape(now['why'])}." if now["stale"] else "[green]Up to date[/green] with the last run.", highlight=False)
        for note in _notes(now):
            out.print(escape(note[0].upper() + note[1:]), highlight=False)
    if now["last_failure"] is not None:
        out.print(
            f"Last failure: run {now['last_failure']['run_id']}, {now['last_failure']['outcome']} ({now['last_failure']['at'] or 'time unknown'})",
            highlight=False,
        )
        for finding in now["last_failure"]["failures"]:
            out.print(f"  {escape(_finding(finding))}", highlight=False)
    if holding is not None:
        out.print(f"A run is under way: {holding}.", highlight=False)


def _notes(made: Mapping[str, Any]) -> list[str]:
    """What an operator let pass or left out of a release, with the reasons."""
    accepted = [f"accepted {accepted['check']}: {accepted['reason']}" for accepted in made.get("acceptances", ())]
    return accepted + [f"left out {delivery['source_file']} ({delivery['delivery_id']}): {delivery['reason']}" for delivery in made.get("left_out", ())]


@app.command()
@told_in_one_line
def releases(home: Home = None, as_json: AsJson = False) -> None:
    """List the releases on disk, newest first."""
    from pipelines.release import releases as release

    warehouse = settings.warehouse_home(home)
    mend(warehouse)
    current = release.current(warehouse)
    known = [
        {
            "release_id": release_id,
            "current": current is not None and current.name == release_id,
            **{key: made[key] for key in ("released_at", "as_of", "deliveries", "rows_loaded", "previous_release")},
            "acceptances": made["acceptances"],
            "left_out": made.get("left_out", []),
        }
        for release_id in reversed(release.ids(warehouse))
        for made in [release.summary(warehouse / "releases" / release_id)]
    ]
    if as_json:
        print(json.dumps({"releases": known}, default=str, ensure_ascii=False))
        return
    table = Table(Column("release", no_wrap=True), "released at", "as of", "deliveries", "rows loaded", "", box=None, header_style="bold")
    for made in known:
        notes = ["current"] * made["current"] + _notes(made)
        table.add_row(made["release_id"], made["released_at"], made["as_of"], str(made["deliveries"]), f"{made['rows_loaded']:,}", escape("; ".join(notes)))
    out.print(table if known else f"Nothing has been released yet under {warehouse}.")


@app.command()
@told_in_one_line
def rollback(release_id: Annotated[str, typer.Argument(metavar="ID", help="The release to go back to.", show_default=False)], home: Home = None) -> None:
    """Make an older release current. The next run builds from the deliveries as they then are."""
    from pipelines.release import run as runs
    from pipelines.release.lock import lock

    warehouse = settings.warehouse_home(home)
    with lock(warehouse):
        mend(warehouse)
        runs.rollback(warehouse, release_id)
    out.print(f"Current release: {release_id}", highlight=False)


export = typer.Typer(no_args_is_help=True, help="Write what the current release holds in a format of others.")
app.add_typer(export, name="export")


@export.command("iati")
@told_in_one_line
def export_iati(
    entity: Annotated[str, typer.Option(help="Whose projects: a code of the table reference.entities.", show_default=False)],
    out_file: Annotated[Path, typer.Option("--out", metavar="FILE", help="The activity file to write.", show_default=False)],
    include_illustrative: Annotated[bool, typer.Option("--include-illustrative", help="Write constructed records, too, each marked as such.")] = False,
    home: Home = None,
) -> None:
    """Write the projects and transactions of an entity as IATI 2.03, judged before the file gets its name."""
    from pipelines.exports.iati.export import ExportRefused, NothingToExport, export_entity
    from pipelines.release import releases as release

    warehouse = settings.warehouse_home(home)
    current = release.current(warehouse)
    if current is None:
        raise typer.BadParameter(f"nothing has been released yet under {warehouse}: run `techcoop run` first")
    made = release.summary(current)
    known_at = min(datetime.combine(date.fromisoformat(made["as_of"]), time(), UTC), datetime.fromisoformat(made["started_at"]))
    try:
        exported = export_entity(current / release.DATABASE, entity, out_file, known_at=known_at, include_illustrative=include_illustrative)
    except (NothingToExport, ExportRefused) as refused:
        complain(" ".join(str(refused).split()))
        raise typer.Exit(1) from None
    say(f"{out_file}: {exported.activities} activities, {exported.transactions} transactions")


def _source(name: str) -> Any:
    """A source's contract by its name."""
    from pipelines.contracts import SOURCES

    if name == "iati":
        raise typer.BadParameter("activity files need no mapping: the standard fixes their elements. Put the XML (also .gz, .zst or in a .zip) below iati/")
    if name not in SOURCES:
        raise typer.BadParameter(f"no source {name!r}; there are: {', '.join(sorted(SOURCES))}")
    return SOURCES[name]
