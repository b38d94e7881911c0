"""The whole pipeline over one folder of deliveries, in this process and without what does not depend on the deliveries.

`techcoop run` starts an orchestrator and dbt, which reads its project and compiles the same models each time: most of its cost. Here one real run leaves
behind what dbt executed, statement by statement, and its seeds; a root of deliveries is then landed, built by the same statements over its own landing
folder, checked by the same suites and published by the same functions.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from pipelines.dbt import child as dbt_child
from pipelines.exports.iati.export import export_release
from pipelines.exports.write import write_exports
from pipelines.landing.land import land
from pipelines.release.public import Edition
from pipelines.shapes.check_result import CheckResult
from pipelines.site.build import build_site
from pipelines.site.reader import Release
from pipelines.validate.results import append_results, dbt_results
from pipelines.validate.runner import known_checks, validate

AS_OF = date(2026, 11, 1)
RUN_ID = "20261101T000000Z-0000"
# What nobody who runs the pipeline may ever read.
ENGINE_WORDS = re.compile(r"Traceback|INTERNAL Error|Stack Trace|InternalException|panicked|_duckdb\.")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A node of the dbt project with the statement that dbt executed for it; `now` stands where the path of the build folder stood."""

    unique_id: str
    kind: str
    sql: str


@dataclass(frozen=True, kw_only=True)
class Built:
    """What became of one root.

    Attributes:
        released: every check passed or warned, and where asked for, site and files were written.
        failed: `check on target: observed` of what blocks.
        broken_laws: the same for what nobody may accept, and for whatever else no root may bring about.
        counts: rows delivered, loaded and quarantined per source, as the summary of a run has them.
        seconds: of each part of the work.
    """

    released: bool
    failed: tuple[str, ...]
    broken_laws: tuple[str, ...]
    counts: Mapping[str, tuple[int, int, int]]
    seconds: Mapping[str, float]


@dataclass
class Pipeline:
    """The project as dbt executed it once, ready for any number of roots.

    Attributes:
        first: a home with one finished release, and its dbt folder.
        folder: where the builds are made; one at a time.
    """

    first: Path
    folder: Path

    def __post_init__(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def now(self) -> Path:
        """The folder of the build, as it was left."""
        return self.folder / "home" / "build" / RUN_ID

    @property
    def database(self) -> Path:
        """The build file, as it was left."""
        return self.now / "techcoop.duckdb"

    @property
    def manifest(self) -> Path:
        return dbt_child.target(self.first) / "manifest.json"

    @cached_property
    def nodes(self) -> dict[str, Any]:
        return json.loads(self.manifest.read_text("utf-8"))["nodes"]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Models and data tests in an order in which each finds what it reads."""
        target = dbt_child.target(self.first)
        wanted = {name: node for name, node in self.nodes.items() if node["resource_type"] in ("model", "test")}
        order = TopologicalSorter({name: [one for one in node["depends_on"]["nodes"] if one in wanted] for name, node in wanted.items()}).static_order()
        steps = []
        for name in order:
            node = wanted[name]
            if node["config"]["materialized"] == "ephemeral":
                continue
            # A test of a generic kind has a file of its own below the yml that names it.
            path = Path("techcoop") / node["original_file_path"]
            if node["resource_type"] == "test" and path.suffix != ".sql":
                path = path / node["path"]
            text = (target / "run" / path).read_text("utf-8")
            steps.append(Step(unique_id=name, kind=node["resource_type"], sql=text.replace(str(self.first / "build" / "now"), "{now}")))
        return tuple(steps)

    @cached_property
    def template(self) -> Path:
        """A build file with the seeds, the schemas and what readers call."""
        path = self.folder / "template.duckdb"
        with duckdb.connect(str(path), config={"storage_compatibility_version": "v1.3.0"}) as connection:
            connection.execute(f"attach '{self.first / 'techcoop.duckdb'}' as first (read_only)")
            for schema in sorted({node["schema"] for node in self.nodes.values()}):
                connection.execute(f"create schema if not exists {schema}")
            for node in self.nodes.values():
                if node["resource_type"] == "seed":
                    name = f"{node['schema']}.{node['alias']}"
                    connection.execute(f"create table {name} as from first.{name}")
        return path

    def build(self, raw_root: Path, *, publish: bool, suites: bool = True) -> Built:
        """Land, build, check and, if asked for, publish one root; whatever goes wrong is told, never raised.

        Without the suites the laws are held by the data tests and the accounts alone, in half the time.
        """
        home, now, database = self.folder / "home", self.now, self.database
        shutil.rmtree(now, ignore_errors=True)
        now.mkdir(parents=True)
        seconds: dict[str, float] = {}
        counts: dict[str, tuple[int, int, int]] = {}
        failed: list[str] = []
        laws: list[str] = []
        template = self.template
        steps = self.steps
        at = "landing"
        began = time.monotonic()

        def done(part: str, following: str) -> None:
            nonlocal began, at
            seconds[part] = time.monotonic() - began
            began, at = time.monotonic(), following

        try:
            summary = land(raw_root, home, now, run_id=RUN_ID, as_of=AS_OF, previous_release=None)
            counts |= {name: (one.rows_delivered, one.rows_loaded, one.rows_quarantined) for name, one in summary.sources.items()}
            if summary.rows_delivered != summary.rows_loaded + summary.rows_quarantined:
                laws.append(f"summary: delivered {summary.rows_delivered}, loaded {summary.rows_loaded}, quarantined {summary.rows_quarantined}")
            done("landing", "models")
            shutil.copyfile(template, database)
            results = self._run(steps, database, now, laws)
            done("models", "accounts")
            if not laws:
                laws += accounts(database)
            done("accounts", "suites")
            outcomes = validate(database) if suites and not laws else []
            results += [outcome.result for outcome in outcomes]
            waivable = known_checks()
            for result in results:
                if not result.is_blocking:
                    continue
                told = f"{result.check_name} on {result.target}: {result.observed}"
                failed.append(told)
                if result.status == "errored" or not waivable.get(result.check_name, False):
                    laws.append(told)
            done("suites", "publication")
            if publish and not laws:
                self._publish(database, now, raw_root, results, outcomes)
                done("publication", "words")
            for result in results:
                if ENGINE_WORDS.search(f"{result.observed} {result.reason}"):
                    laws.append(f"words of an engine in {result.check_name}: {result.observed}")
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            laws.append(f"{at}: {type(error).__name__}: {first_line(error)} ({Path(last.filename).name}:{last.lineno})")
        return Built(released=not failed and not laws, failed=tuple(failed), broken_laws=tuple(laws), counts=counts, seconds=seconds)

    def _run(self, steps: Sequence[Step], database: Path, now: Path, laws: list[str]) -> list[CheckResult]:
        """Execute models and tests as dbt did; the tests' outcomes as the pipeline reads them from dbt."""
        outcomes = []
        with duckdb.connect(str(database), config={"memory_limit": "1500MB", "threads": 1, "preserve_insertion_order": False}) as connection:
            broken: set[str] = set()
            for step in steps:
                node = self.nodes[step.unique_id]
                if broken.intersection(node["depends_on"]["nodes"]):
                    broken.add(step.unique_id)
                    continue
                try:
                    answer = connection.execute(step.sql.replace("{now}", str(now)))
                    if step.kind == "test":
                        failures = int(answer.fetchone()[0] or 0)
                        bad = "warn" if node["config"]["severity"].lower() == "warn" else "fail"
                        message = f"Got {failures} results, configured to {bad} if != 0" if failures else None
                        outcomes.append({"unique_id": step.unique_id, "status": bad if failures else "pass", "failures": failures, "message": message})
                except duckdb.Error as error:
                    broken.add(step.unique_id)
                    laws.append(f"{node['resource_type']} {node['name']}: {first_line(error)}")
        told = now / "run_results.json"
        told.write_text(json.dumps({"results": outcomes}), encoding="utf-8")
        return dbt_results(told, self.manifest)

    def _publish(self, database: Path, now: Path, raw_root: Path, results: Sequence[CheckResult], outcomes: Sequence[Any]) -> None:
        append_results(database, RUN_ID, results)
        made_at = datetime.combine(AS_OF, clock(), UTC)
        edition = Edition(release_id=RUN_ID, as_of=AS_OF, made_at=made_at, licence="none")
        about = Release(edition=edition, previous=None, results=results, outcomes=outcomes, manifest=self.manifest)
        write_exports(database, now, edition=edition, manifest=self.manifest, raw_root=raw_root)
        build_site(database, now / "docs", release=about)
        export_release(database, now / "iati", known_at=made_at, say=lambda text: None)


def first_line(error: BaseException) -> str:
    """What an error says first."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]


def accounts(database: Path) -> list[str]:
    """What the accounts of a build do not explain: rows delivered, loaded and quarantined per delivery and table, and money between the layers."""
    wrong = []
    with duckdb.connect(str(database), read_only=True) as connection:
        deliveries = connection.execute(
            "select delivery_id, table_name, source_file, rows_delivered, rows_loaded, rows_quarantined from audit.deliveries where status = 'loaded'"
        ).fetchall()
        quarantined = {
            (delivery, table): rows
            for delivery, table, rows in connection.execute(
                """select delivery_id, table_name, count(distinct source_row) from audit.quarantine
                   where severity in ('error', 'critical') and source_row is not null group by all"""
            ).fetchall()
        }
        for table in sorted({row[1] for row in deliveries if row[1] != "iati"}):
            loaded = dict(connection.execute(f"select _delivery_id, count(*) from raw.{table} group by all").fetchall())
            for delivery, _, file, delivered, said, held in (row for row in deliveries if row[1] == table):
                if delivered != said + held:
                    wrong.append(f"{table} in {file}: delivered {delivered}, loaded {said}, quarantined {held}")
                if said != loaded.get(delivery, 0):
                    wrong.append(f"{table} in {file}: {said} rows are said to be loaded, raw holds {loaded.get(delivery, 0)}")
                if held != quarantined.get((delivery, table), 0):
                    wrong.append(f"{table} in {file}: {held} rows are said to be quarantined, the quarantine names {quarantined.get((delivery, table), 0)}")
        untold = connection.execute("select count(*) from audit.quarantine where rule is null or remedy is null or severity is null").fetchone()[0]
        if untold:
            wrong.append(f"{untold} findings without rule, remedy or severity")
        odd = connection.execute("select columns(*)::varchar from audit.reconciliation where difference <> 0 or difference is null limit 3").fetchall()
        wrong += [f"audit.reconciliation: {' '.join(filter(None, row))}" for row in odd]
        words = connection.execute(
            "select distinct concat_ws(' ', rule, remedy) from audit.quarantine union select distinct message from audit.deliveries"
        ).fetchall()
        wrong += [f"words of an engine: {text[:200]}" for (text,) in words if text and ENGINE_WORDS.search(text)]
    return wrong


def delivered_rows(database: Path) -> dict[str, tuple[str, int]]:
    """Status and delivered rows of each file and table, `file|table`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select source_file || '|' || table_name, any_value(status), sum(rows_delivered) from audit.deliveries group by all"
        ).fetchall()
    return {name: (status, int(count)) for name, status, count in rows}


def first_release(folder: Path) -> Path:
    """The home of a release of one project: what dbt executed for it is what it executes for any root."""
    raw, home = folder / "raw", folder / "home"
    (raw / "trust_fund_projects").mkdir(parents=True)
    (raw / "trust_fund_projects" / "p.csv").write_text(
        "project_id,title,entity,funding_source,start_date,status,currency\nP1,Water,ECE,trust_fund,2023-01-01,active,USD\n", encoding="utf-8"
    )
    command = [str(Path(sys.executable).with_name("techcoop")), "run", "--json", "--raw", str(raw), "--home", str(home), "--as-of", AS_OF.isoformat()]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return home
