"""Judging a delivery before it is made: the row pass and the set pass in a temporary folder, nothing loaded.

For `techcoop check`: the findings, and a summary that a person can act on; `report` gives the delivery back with its cells marked.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import settings
from pipelines.contracts import SOURCE_NAMES, SOURCES, Source, landed_schema
from pipelines.contracts.iati import MONEY_TABLES
from pipelines.contracts.iati import SOURCE_NAME as IATI
from pipelines.engine import listed, literal, parquet
from pipelines.iati import activity_pass, identifiers, organisations
from pipelines.judging import limits
from pipelines.judging.set_pass import set_pass
from pipelines.landing.deliveries import HashCache, delivered
from pipelines.landing.marks import told_of
from pipelines.landing.one_file import judge_file
from pipelines.landing.prepared import database_of
from pipelines.landing.rates import ecb_reference_rates
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import load_mappings
from pipelines.mapping.mapping import Mapping as DeliveryMapping
from pipelines.mapping.mapping import find_mapping
from pipelines.mapping.shape import hint
from pipelines.shapes.delivery import Delivery, is_delivery
from pipelines.shapes.errors import ConfigurationError, FileViolation, MappingError, UnreadableDelivery, in_sentences
from pipelines.shapes.part import QUARANTINE_COLUMNS, IatiPart, Part

# Findings that are told name by name: each has its own correction.
RULES_OF_NAMES = ("not_in_code_list", "ambiguous_place", "easily_confused_place")
MOST_NAMES = 1_000
# A judgement holds this many findings; the counts in its summary are complete.
MOST_FINDINGS = 100_000


@dataclass(frozen=True, kw_only=True)
class JudgedFile:
    """One file as it would load.

    Attributes:
        path: the file.
        source: the source whose contract it was held against.
        mapping: its mapping, if it has one.
        rows_delivered: records found; 0 where the whole file is refused.
        rows_quarantined: distinct rows that would not load.
        refused: why the whole file would be set aside, empty if it would not.
        delivery_id: of the file, or of the one of its tables that is meant.
        label: which of several tables of the file is meant.
        hint: what its shape seems to be, where rows do not load.
    """

    path: Path
    source: str
    mapping: DeliveryMapping | None
    rows_delivered: int
    rows_quarantined: int
    refused: str = ""
    delivery_id: str = ""
    label: str = ""
    hint: str = ""

    @property
    def title(self) -> str:
        """The file, and which of its tables is meant."""
        return f"{self.path} ({self.label})" if self.label else str(self.path)

    @property
    def rows_loaded(self) -> int:
        """Rows that would load."""
        return self.rows_delivered - self.rows_quarantined


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What `judge` found.

    Attributes:
        files: the files, in the order given.
        findings: columns of `audit.quarantine`; `source_file` is the path as given.
        counts: delivery_id, source_file, table_name, severity, rule, column_name, n, and of the first row: first_row, value, remedy — complete even where
            `findings` is cut. Of rules about names that nobody knows, one line per name.
    """

    files: tuple[JudgedFile, ...]
    findings: pl.DataFrame
    counts: pl.DataFrame

    @property
    def has_violations(self) -> bool:
        """Whether any row, or any file, would not load. Warnings alone are none."""
        return any(file.refused or file.rows_quarantined for file in self.files)

    @property
    def told(self) -> dict[str, Any]:
        """The same for a program: what would become of each file, and each finding, with numbers and texts only."""
        files = [
            {
                "file": str(file.path),
                "table": file.label,
                "source": file.source,
                "mapping": str(file.mapping.path) if file.mapping else None,
                "rows_delivered": file.rows_delivered,
                "rows_loaded": file.rows_loaded,
                "rows_quarantined": file.rows_quarantined,
                "set_aside": file.refused or None,
                "hint": file.hint or None,
            }
            for file in self.files
        ]
        names = ("source_file", "table_name", "source_row", "source_column", "column_name", "severity", "rule", "value", "remedy")
        return {
            "would_load": not self.has_violations,
            "files": files,
            "findings": self.findings.select(names).to_dicts(),
            "findings_in_all": int(self.counts["n"].sum()),
        }

    @property
    def summary(self) -> str:
        """Plain text: what would load, what would not, and what to do."""
        lines = []
        for file in self.files:
            if file.refused:
                lines.append(f"{file.title} ({file.source}): would be set aside. {file.refused}")
                lines += [f"  hint: {file.hint}"] if file.hint else []
                continue
            counted = f"{file.rows_delivered:,} rows delivered, {file.rows_loaded:,} would load, {file.rows_quarantined:,} would be quarantined"
            lines.append(f"{file.title} ({file.source}): {counted}")
            lines += [f"  hint: {file.hint}"] if file.hint else []
            told: Counter[tuple[str, str, str | None]] = Counter()
            for found in self.counts.filter(pl.col("delivery_id") == file.delivery_id).iter_rows(named=True):
                said = (found["table_name"], found["rule"], found["column_name"])
                told[said] += 1
                if told[said] > MOST_NAMES:
                    continue
                where = f"column {found['column_name']}" if found["column_name"] else "the row"
                if found["table_name"] != file.source:
                    where = f"{found['table_name']}, {where}"
                rows = f"row {found['first_row']}" if found["n"] == 1 else f"{found['n']:,} rows, first row {found['first_row']}"
                lines.append(f"  {found['severity']}: {found['rule']}, {where}, {rows}: {told_of(found)}")
            for (_, rule, column), names in told.items():
                if names > MOST_NAMES:
                    lines.append(f"  {rule}, column {column}: and {names - MOST_NAMES:,} more names")
        return "\n".join(lines)


def guess_source(path: Path) -> str:
    """The source whose name is a folder above the file, or begins the file's name.

    Raises:
        ConfigurationError: neither is so.
    """
    for folder in path.absolute().parents:
        if folder.name in SOURCE_NAMES:
            return folder.name
    named = [name for name in SOURCE_NAMES if path.name.startswith(name)]
    if named:
        return max(named, key=len)
    raise ConfigurationError(f"{path}: which source is this? say it with --source, one of {', '.join(SOURCE_NAMES)}")


def judge(
    paths: Sequence[Path],
    *,
    source: str | None = None,
    mapping: Path | None = None,
    current_release: Path | None = None,
    seeds: Path = settings.SEEDS,
) -> Judgement:
    """Judge files as if they were delivered together, without loading them.

    Args:
        paths: files, or folders of files.
        source: the source of all of them; guessed from folder or file name if not given.
        mapping: the mapping of all of them; found beside each if not given.
        current_release: folder (or database file) of the release whose keys they must not repeat. Rows of a file with the same name in the
            same source are left out, since the new file would replace it.
        seeds: folder of reference data.

    Raises:
        ConfigurationError: a path does not exist, the source is unknown, or the mapping given cannot be understood.
    """
    if source is not None and source not in SOURCE_NAMES:
        raise ConfigurationError(f"{source}: no source has this name; known are {', '.join(SOURCE_NAMES)}")
    given = _given_mappings(mapping) if mapping else ()
    with tempfile.TemporaryDirectory(prefix="techcoop-check-") as folder:
        scratch = Path(folder)
        files: list[JudgedFile] = []
        judged: list[tuple[Delivery, Part | IatiPart]] = []
        refusals: list[dict] = []
        for path in _files(paths):
            for delivery in _deliveries(path, source or guess_source(path), scratch):
                for file, outcome in _judge_tables(delivery, given, scratch):
                    files.append(file)
                    if isinstance(outcome, dict):
                        refusals.append(outcome)
                    else:
                        judged.append(outcome)
        tables, rejected = _against_the_release(judged, current_release, seeds, scratch)
        found = pl.scan_parquet([*(part.findings for _, part in judged), *tables]) if judged else pl.LazyFrame(schema=QUARANTINE_COLUMNS)
        found = found.filter(pl.col("delivery_id").is_in([delivery.delivery_id for delivery, _ in judged]))
        findings = pl.concat([pl.LazyFrame(refusals, schema=QUARANTINE_COLUMNS), found])
        return Judgement(
            files=tuple(file if file.refused else replace(file, rows_quarantined=file.rows_quarantined + rejected.get(file.delivery_id, 0)) for file in files),
            findings=findings.sort("source_file", "source_row").head(MOST_FINDINGS).collect(),
            counts=_counts(findings).collect(),
        )


def _counts(findings: pl.LazyFrame) -> pl.LazyFrame:
    """Findings counted as `Judgement.counts` says, the gravest of each file first."""
    name = pl.when(pl.col("rule").is_in(RULES_OF_NAMES) | pl.col("rule").str.starts_with("unknown_")).then("value").alias("name")
    first = pl.all().sort_by("source_row", nulls_last=True, maintain_order=True).first()
    order = pl.col("severity").replace_strict({"critical": 0, "error": 1, "warning": 2}, return_dtype=pl.Int8)
    return (
        findings.select("delivery_id", "source_file", "table_name", "severity", "rule", "column_name", name, "source_row", "value", "remedy")
        .group_by("delivery_id", "source_file", "table_name", "severity", "rule", "column_name", "name")
        .agg(pl.len().alias("n"), first)
        .rename({"source_row": "first_row"})
        .drop("name")
        .sort("source_file", "delivery_id", order, "table_name", "first_row", "rule", "column_name")
    )


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"{path}: no such file")
        files += [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file() and is_delivery(file.name))
    if not files:
        raise ConfigurationError(f"{', '.join(map(str, paths))}: no delivery here")
    return files


def _given_mappings(path: Path) -> tuple[DeliveryMapping, ...]:
    """The mapping named on the command line; a mistake in it is one of usage, since it may govern every file."""
    try:
        return load_mappings(path)
    except MappingError as error:
        raise ConfigurationError(" ".join(str(error).split())) from error


def _mappings_beside(path: Path) -> tuple[DeliveryMapping, ...]:
    """What the mapping says that the file would have where it lies: its own, or its folder's up to the folder of the source."""
    root = next((folder.parent for folder in path.absolute().parents if folder.name in SOURCE_NAMES), path.absolute().parent.parent)
    found = find_mapping(path.absolute(), root)
    return load_mappings(found, root) if found else ()


def _deliveries(path: Path, source: str, scratch: Path) -> list[Delivery]:
    """The file as a delivery, an archive of activity files as several."""
    hashes = HashCache(scratch / "hashes.json")
    try:
        return delivered(source, str(path), path, hashes.sha256(path), hashes)
    except OSError as error:
        unread = Delivery(source=source, source_file=str(path), path=path, sha256=None)
        return [unread.set_aside("unreadable_file", f"The file cannot be read ({error.strerror}).")]


_Outcome = tuple[Delivery, Part | IatiPart] | dict


def _judge_tables(delivery: Delivery, given: Sequence[DeliveryMapping], scratch: Path) -> list[tuple[JudgedFile, _Outcome]]:
    """Every table that the file holds, judged: with its part, or with the finding that refuses it."""
    try:
        mappings = given or (_mappings_beside(delivery.path) if delivery.status == "loaded" else ())
    except MappingError as error:
        return [_refused(_judged(delivery, None), delivery, "broken_mapping", _broken_mapping(delivery, error))]
    tables = tables_of_file(delivery, mappings) if mappings else [(delivery, None)]
    return [_judge_one(one, mapping, scratch) for one, mapping in tables]


def _judge_one(delivery: Delivery, mapping: DeliveryMapping | None, scratch: Path) -> tuple[JudgedFile, _Outcome]:
    judged = _judged(delivery, mapping)
    if delivery.status != "loaded":
        return _refused(judged, delivery, delivery.rule, delivery.message)
    try:
        part = judge_file(delivery, mapping, scratch / "landing" / delivery.source)
    except MappingError as error:
        return _refused(judged, delivery, "broken_mapping", _broken_mapping(delivery, error))
    except (UnreadableDelivery, FileViolation) as error:
        return _refused(replace(judged, hint=_hint(delivery, mapping)), delivery, error.rule, in_sentences(error))
    except OSError as error:
        return _refused(judged, delivery, "unreadable_file", f"The file cannot be read ({error.strerror}).")
    told = _hint(delivery, mapping) if 2 * part.rows_quarantined > part.rows_delivered else ""
    return replace(judged, rows_delivered=part.rows_delivered, rows_quarantined=part.rows_quarantined, hint=told), (delivery, part)


def _hint(delivery: Delivery, mapping: DeliveryMapping | None) -> str:
    """What the shape of a table seems to be that does not load; nothing where its mapping says where it stands."""
    if delivery.source == IATI or delivery.path is None or (mapping and (mapping.read_options.header_row or mapping.unpivot)):
        return ""
    return hint(delivery.path)


def _judged(delivery: Delivery, mapping: DeliveryMapping | None) -> JudgedFile:
    """A table of which nothing is known yet."""
    return JudgedFile(
        path=Path(delivery.source_file),
        source=delivery.source,
        mapping=mapping,
        rows_delivered=0,
        rows_quarantined=0,
        delivery_id=delivery.delivery_id,
        label=delivery.label,
    )


def _broken_mapping(delivery: Delivery, error: MappingError) -> str:
    told = error.told(delivery.path.absolute().parent)
    return f"{told[:1].upper()}{told[1:]}. Correct the mapping."


def _refused(judged: JudgedFile, delivery: Delivery, rule: str | None, reason: str) -> tuple[JudgedFile, dict]:
    line = {"delivery_id": delivery.delivery_id, "source": delivery.source, "table_name": delivery.source, "source_file": delivery.source_file}
    return replace(judged, refused=reason), {**dict.fromkeys(QUARANTINE_COLUMNS), **line, "rule": rule, "severity": "critical", "remedy": reason}


def _against_the_release(
    judged: Sequence[tuple[Delivery, Part | IatiPart]], release: Path | None, seeds: Path, scratch: Path
) -> tuple[list[Path], dict[str, int]]:
    """The set pass over the judged files and the rows that the current release has loaded."""
    parts: dict[str, list[Path]] = {}
    for delivery, part in judged:
        if isinstance(part, Part):
            parts.setdefault(delivery.source, []).append(part.rows)
    database = database_of(release)
    rates = limits.Rates(reference=lambda: ecb_reference_rates(scratch / "ecb"), seeds=seeds, judged=scratch / "rates.parquet")
    files, rejected = _activities_against_the_release(judged, database, seeds, scratch, rates)
    if not parts:
        return files, rejected
    if database is not None:
        # A group whose members were delivered before is a place.
        places = {"country_group_members"} if any(SOURCES[name].place_columns for name in parts) else set()
        needed = {*parts, *places, *(target for name in parts for target in SOURCES[name].references.values() if target in SOURCES)}
        for name in sorted(needed):
            replaced = [delivery.path.name for delivery, _ in judged if delivery.source == name]
            loaded = _loaded_rows(database, SOURCES[name], replaced, scratch)
            if loaded is not None:
                parts.setdefault(name, []).append(loaded)
    out = scratch / "findings"
    out.mkdir()
    today = datetime.now(UTC).date()
    found = set_pass(SOURCES, parts, seeds=seeds, out=out, rejected=scratch / "rejected.parquet", scratch=scratch, as_of=today, rates=rates)
    return [*files, *found.findings], {**rejected, **found.rejected}


def _activities_against_the_release(
    judged: Sequence[tuple[Delivery, Part | IatiPart]], database: Path | None, seeds: Path, scratch: Path, rates: limits.Rates
) -> tuple[list[Path], dict[str, int]]:
    """Identifiers of the judged activity files, among themselves and against those loaded from other files; then money that is too large."""
    parts = [part for _, part in judged if isinstance(part, IatiPart)]
    if not parts:
        return [], {}
    landing = scratch / "activities"
    for folder in ("quarantine", "rejected_rows"):
        (landing / folder).mkdir(parents=True)
    replaced = [delivery.path.name for delivery, part in judged if isinstance(part, IatiPart)]
    others = identifiers.loaded(database, replaced, scratch / "loaded-iati.parquet", parts) if database else None
    compared = identifiers.compare(parts, landing, others=[others] if others else ())
    organisations.spellings(parts, seeds, landing / "quarantine")
    rejected: dict[str, int] = {}
    too_large, _ = limits.of_activities({name: activity_pass.files_of(parts, name) for name in MONEY_TABLES}, landing, scratch, rates)
    for (delivery, _), rows in (*compared.rejected.items(), *too_large.items()):
        rejected[delivery] = rejected.get(delivery, 0) + rows
    return sorted((landing / "quarantine").glob("*.parquet")), rejected


def _loaded_rows(database: Path, source: Source, replaced: Sequence[str], scratch: Path) -> Path | None:
    """Keys and references of a source in the current release, of reference data what they say, as a part; other columns are NULL."""
    import duckdb

    needed = {*source.key, source.key_given_by, *source.overlap, "as_of", "record_basis", "accounting_basis", "period_type", "project_id", "entity"}
    needed |= {source.measure_column, "_delivery_id", "_source_file", "_source_row", "_source_sha256"}
    if source.shipped is not None:
        # reference data are compared in what they say and when
        needed |= {*source.shipped.speaks_of, *source.shipped.says, "valid_from", "valid_to", "former_names", "short_names"}
    with duckdb.connect() as types:
        pl.DataFrame(schema=landed_schema(source)).write_parquet(scratch / "types.parquet")
        columns = types.execute(f"select column_name, column_type from (describe from {parquet([scratch / 'types.parquet'])})").fetchall()
    file = scratch / f"loaded-{source.name}.parquet"
    with duckdb.connect(str(database), read_only=True) as connection:
        if not connection.execute(
            f"select count(*) from information_schema.tables where table_schema = 'raw' and table_name = {literal(source.name)}"
        ).fetchone()[0]:
            return None
        chosen = ", ".join(f"cast({name if name in needed else 'null'} as {kind}) as {name}" for name, kind in columns)
        others = f"select {chosen} from raw.{source.name} where not list_contains({listed(replaced)}::varchar[], split_part(_source_file, '/', -1))"
        connection.execute(f"copy ({others}) to {literal(file)} (format parquet)")
    return file
