"""The row pass of an activity file: rows of text become typed Parquet parts, findings and amounts, batch by batch.

A batch is what some megabytes of XML hold, whole activities only, so that memory does not grow with the file and rules may look at all
rows of an activity. What is wrong with an activity's own row takes the rows of all tables with it.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipelines import makers, sealed
from pipelines.contracts.columns import EARLIEST, LARGEST_AMOUNT, LATEST
from pipelines.contracts.iati import ACTIVITY_TABLES, LONGEST_TEXT, MONEY_TABLES, SOURCE_NAME, TABLES, UPGRADED, VERSIONS
from pipelines.contracts.iati_organisations import ORGANISATION_TABLES
from pipelines.contracts.iati_table import IatiTable
from pipelines.iati import schema
from pipelines.iati.document import Activities
from pipelines.iati.rule import IatiRule
from pipelines.iati.rules import EXPONENT, LOOSE_PERCENTAGE, PERCENTAGES, RULES
from pipelines.iati.walk import Row, Rows, Walk, row_columns
from pipelines.iati.walk_organisations import OrganisationWalk
from pipelines.mapping.values import NumberStyle, parse_date, parse_number
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.part import AMOUNT_COLUMNS, QUARANTINE_COLUMNS, IatiPart, TablePart
from pipelines.storage import storage_error

# Rows of all tables that a batch holds at most, about 100 MB of Python objects.
BATCH_ROWS = 150_000
_LONGEST_VALUE = 300
# What a file holds, by its root: the tables, and how it is walked over. The first table is of the activities or organisations themselves.
_KINDS: dict[str, tuple[dict[str, IatiTable], type[Walk] | type[OrganisationWalk]]] = {
    "iati-activities": (ACTIVITY_TABLES, Walk),
    "iati-organisations": (ORGANISATION_TABLES, OrganisationWalk),
}
_YES, _NO = ("1", "true"), ("0", "false")
_FINDING = ("table_name", "source_row", "column_name", "rule", "severity", "value", "remedy")
_NUMBERED = ("_activity_row", "transaction_number", "result_number", "indicator_number", "period_number", "budget_number", "location_number")


def part_name(delivery: Delivery) -> str:
    """Name of the folder of a delivery's parts: its id and the hash of what makes them, and of the schema where there is one.

    Raises:
        ConfigurationError: the folder named for the schema holds none.
    """
    return "-".join(filter(None, (delivery.delivery_id, makers.digest()[:16], schema.digest())))


def kept_part(folder: Path, name: str, *, verify: bool = True) -> IatiPart | None:
    """A part that an earlier run wrote, whole or not at all: its folder gets its name last. A part that was damaged since is said, and no part.

    Args:
        folder: where parts of the source are kept.
        name: of the part.
        verify: whether its files are read and compared with their checksums; without, only whether there is such a part.
    """
    kept = folder / name
    if not kept.exists():
        return None
    try:
        told = sealed.from_json((kept / "counts.json").read_text(encoding="utf-8"))
        for file, seal in told["files"].items() if verify else ():
            sealed.verify(kept / file, seal)
    except (OSError, ValueError, KeyError) as error:
        if verify:
            why = error.strerror if isinstance(error, OSError) else error
            sealed.tell(f"{kept}: what was kept of a delivery is damaged ({why}): the delivery is read again")
        return None
    return _part(kept, told)


def _part(folder: Path, told: dict) -> IatiPart:
    return IatiPart(
        counts=folder / "counts.json",
        tables=tuple(
            TablePart(
                name=name,
                files=tuple(folder / file for file in counts["files"]),
                rows_delivered=counts["rows_delivered"],
                rows_quarantined=counts["rows_quarantined"],
            )
            for name, counts in told["tables"].items()
        ),
        findings=folder / "findings.parquet",
        amounts=folder / "amounts.parquet",
        message=told["message"],
    )


def activity_pass(delivery: Delivery, folder: Path) -> IatiPart:
    """Read and judge one activity file.

    Args:
        delivery: the file (or the member of an archive), hashed.
        folder: where parts of the source are kept.

    Raises:
        UnreadableDelivery: no activity file of a version that is read, or a hostile one.
        StorageError: the disk is full.
    """
    name = part_name(delivery)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir()
        with _without_collections():
            told = _Judge(delivery, unfinished).read()
        told["files"] = {file.name: sealed.seal(file) for file in sorted(unfinished.iterdir())}
        (unfinished / "counts.json").write_text(sealed.to_json(told), encoding="utf-8")
        shutil.rmtree(folder / name, ignore_errors=True)
        unfinished.replace(folder / name)
    except (OSError, pl.exceptions.PolarsError) as error:
        clear = storage_error(error, folder / name)
        if clear is None:
            raise
        raise clear from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return _part(folder / name, told)


@contextmanager
def _without_collections() -> Iterator[None]:
    """No garbage collections meanwhile: they go through a batch's tuples again and again, a tenth of all work, and find no cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Judge:
    """The pass over one file: walks, and writes a batch whenever enough rows have come together."""

    def __init__(self, delivery: Delivery, folder: Path) -> None:
        self.delivery = delivery
        self.folder = folder
        self.loaded_at = datetime.now(UTC).replace(tzinfo=None)
        self.offsets = dict.fromkeys(TABLES, 0)
        self.quarantined = dict.fromkeys(TABLES, 0)
        self.files: dict[str, list[str]] = {name: [] for name in TABLES}
        self.tables, self.main = ACTIVITY_TABLES, next(iter(ACTIVITY_TABLES))
        self.findings: list[pl.DataFrame] = []
        self.findings_files: list[Path] = []
        self.amounts: list[pl.DataFrame] = []
        self.batches = 0
        self.schema = schema.schema()

    def read(self) -> dict:
        """Counts and files, as they are kept in `counts.json`."""
        activities = Activities(self.delivery.path, self.delivery.member)
        walking: Walk | OrganisationWalk | None = None
        for element in activities:
            if walking is None:
                self.tables, walk = _KINDS[activities.root]
                self.main = next(iter(self.tables))
                walking = walk(version=activities.version, generated=activities.generated, language=activities.language)
            # the schema is that of activities of version 2
            if self.schema is not None and self.tables is ACTIVITY_TABLES and activities.version not in UPGRADED:
                self._tell_of_schema(schema.errors(self.schema, element), activities.seen)
            walking.version = activities.version
            walking.add(element, activities.seen)
            if walking.size >= BATCH_ROWS:
                self._batch(walking.take())
        if walking is not None and walking.activities:
            self._batch(walking.take())
        self._breaks(activities)
        self._notes(activities)
        self._write_findings()
        self._write_amounts()
        return {
            "message": _message(activities),
            "tables": {
                name: {"files": self.files[name], "rows_delivered": self.offsets[name], "rows_quarantined": self.quarantined[name]} for name in self.tables
            },
        }

    def _tell_of_schema(self, found: Sequence[str], activity: int) -> None:
        """What the schema finds; whether it changes a number is for the rules to say."""
        if found:
            lines = [(self.main, activity, None, "xsd", "warning", told[:_LONGEST_VALUE], _REMEDIES["xsd"]) for told in found]
            self.findings.append(pl.DataFrame(lines, schema={name: QUARANTINE_COLUMNS[name] for name in _FINDING}, orient="row"))

    def _batch(self, rows: Rows) -> None:
        frames = {name: _typed(TABLES[name], _texts(TABLES[name], taken, self.offsets[name])) for name, taken in rows.items() if taken}
        bad = {name: pl.Series("_source_row", [], dtype=pl.Int64) for name in frames}
        for rule in RULES:
            if rule.table in frames and rule.found is not None:
                bad[rule.table] = self._tell(rule, rule.found(frames), bad[rule.table])
        for name, frame in frames.items():
            row_rules = [rule for rule in RULES if rule.table == name and rule.broken is not None]
            flags = frame.select(rule.broken.fill_null(False).alias(str(place)) for place, rule in enumerate(row_rules))
            for place, rule in enumerate(row_rules):
                flag = flags[str(place)]
                if flag.any():
                    shown = rule.shown if rule.shown is not None else _shown(frame, rule.column)
                    broken = frame.select("_source_row", value=shown).filter(flag)
                    bad[name] = self._tell(rule, broken, bad[name])
        self._take_along(frames, bad)
        for name, frame in frames.items():
            self._write(name, frame, bad[name].unique())
            self.offsets[name] += frame.height
        self._keep_findings()
        self.batches += 1

    def _tell(self, rule: IatiRule, broken: pl.DataFrame, bad: pl.Series) -> pl.Series:
        """Keep the findings of a rule; the rows that are bad now."""
        if not broken.height:
            return bad
        ids = f" (IATI validator {', '.join(rule.ids)})" if rule.ids else ""
        self.findings.append(
            broken.select(
                pl.lit(rule.table).alias("table_name"),
                pl.col("_source_row").alias("source_row"),
                pl.lit(rule.column, dtype=pl.String).alias("column_name"),
                pl.lit(rule.name).alias("rule"),
                pl.lit(rule.severity).alias("severity"),
                pl.col("value").cast(pl.String).str.slice(0, _LONGEST_VALUE),
                pl.lit(rule.remedy + ids).alias("remedy"),
            )
        )
        return pl.concat([bad, broken["_source_row"]]) if rule.severity == "error" else bad

    def _take_along(self, frames: dict[str, pl.DataFrame], bad: dict[str, pl.Series]) -> None:
        """Rows of activities that do not load do not load either, each with a finding that leads to its activity."""
        activities = bad[self.main].unique()
        if not len(activities):
            return
        for name, frame in frames.items():
            if name == self.main:
                continue
            children = frame.filter(pl.col("_activity_row").is_in(activities.implode()) & ~pl.col("_source_row").is_in(bad[name].implode()))
            if children.height:
                rule = IatiRule(
                    name="activity_quarantined",
                    table=name,
                    column=TABLES[name].link,
                    severity="error",
                    remedy=f"put right what is said of it in {self.main}; its other rows load with it",
                )
                shown = pl.format(f"{TABLES[self.main].element.removeprefix('iati-')} {{}}", "_activity_row")
                bad[name] = self._tell(rule, children.select("_source_row", value=shown), bad[name])

    def _write(self, name: str, frame: pl.DataFrame, bad: pl.Series) -> None:
        obeys = ~pl.col("_source_row").is_in(bad.implode())
        if name in MONEY_TABLES:
            self._sum(name, frame.with_columns(_obeys=obeys))
        if len(bad):
            self.quarantined[name] += len(bad)
            frame = frame.filter(obeys)
        if not frame.height:
            return
        constants = {
            "_delivery_id": pl.lit(self.delivery.delivery_id),
            "_source_file": pl.lit(self.delivery.source_file),
            "_source_sha256": pl.lit(self.delivery.sha256),
            "_loaded_at": pl.lit(self.loaded_at, dtype=pl.Datetime("us")),
        }
        file = f"{name}-{self.batches:05d}.parquet"
        landed = frame.select(constants.get(column, pl.col(column)).cast(dtype).alias(column) for column, dtype in TABLES[name].schema.items())
        landed.write_parquet(self.folder / file, compression="zstd", compression_level=1)
        self.files[name].append(file)

    def _sum(self, name: str, frame: pl.DataFrame) -> None:
        """Counts and parseable amounts by the groups of law 5."""
        measure = MONEY_TABLES[name]
        day = TABLES[name].row_date
        groups = {
            "book": pl.col("book"),
            "entity": pl.col(TABLES[name].entity),
            "fiscal_year": pl.col(day).dt.year().cast(pl.Int32),
            "record_basis": pl.col("record_basis"),
            "measure": pl.lit(measure) if measure else pl.col("transaction_type"),
            "currency": pl.col("currency"),
        }
        self.amounts.append(
            frame.group_by(**groups).agg(
                pl.col("value").cast(pl.Decimal(38, 10)).sum().alias("amount_delivered"),
                pl.col("value").cast(pl.Decimal(38, 10)).filter(~pl.col("_obeys")).sum().alias("amount_quarantined"),
                pl.len().cast(pl.Int64).alias("rows_delivered"),
                (~pl.col("_obeys")).sum().cast(pl.Int64).alias("rows_quarantined"),
            )
        )

    def _breaks(self, activities: Activities) -> None:
        """Broken activities are delivered and quarantined; what their tables would have held is not known."""
        lines = []
        for broken in activities.breaks:
            severity = "error" if broken.activity else "critical"
            lines.append((self.main, broken.activity, None, broken.rule, severity, broken.message, _REMEDIES[broken.rule]))
        if lines:
            self.findings.append(pl.DataFrame(lines, schema={name: QUARANTINE_COLUMNS[name] for name in _FINDING}, orient="row"))
        self.quarantined[self.main] += len({broken.activity for broken in activities.breaks if broken.activity})
        self.offsets[self.main] = activities.seen

    def _notes(self, activities: Activities) -> None:
        """What is out of form and was read all the same."""
        lines = [(self.main, note.activity, None, note.rule, "warning", note.value, _REMEDIES[note.rule]) for note in activities.notes]
        if lines:
            self.findings.append(pl.DataFrame(lines, schema={name: QUARANTINE_COLUMNS[name] for name in _FINDING}, orient="row"))

    def _keep_findings(self) -> None:
        """Findings so far go to disk: a file with a fault in every row has as many of them."""
        if not self.findings:
            return
        constants = {"delivery_id": self.delivery.delivery_id, "source": SOURCE_NAME, "source_file": self.delivery.source_file, "source_column": None}
        names = [name for name in QUARANTINE_COLUMNS if name not in constants]
        frame = pl.concat([one.select(names) for one in self.findings]).sort("table_name", "source_row", nulls_last=True, maintain_order=True)
        file = self.folder / f"findings-{len(self.findings_files):05d}.parquet"
        frame.select(
            (pl.lit(constants[name]) if name in constants else pl.col(name)).cast(dtype).alias(name) for name, dtype in QUARANTINE_COLUMNS.items()
        ).write_parquet(file)
        self.findings_files.append(file)
        self.findings = []

    def _write_findings(self) -> None:
        self._keep_findings()
        whole = self.folder / "findings.parquet"
        if self.findings_files:
            pl.scan_parquet(self.findings_files, glob=False).sink_parquet(whole)
        else:
            pl.DataFrame(schema=QUARANTINE_COLUMNS).write_parquet(whole)
        for file in self.findings_files:
            file.unlink()

    def _write_amounts(self) -> None:
        constants = {"source": SOURCE_NAME, "delivery_id": self.delivery.delivery_id, "source_file": self.delivery.source_file}
        frame = pl.concat([pl.DataFrame(schema={name: dtype for name, dtype in AMOUNT_COLUMNS.items() if name not in constants}), *self.amounts])
        groups = [name for name in frame.columns if name not in ("amount_delivered", "amount_quarantined", "rows_delivered", "rows_quarantined")]
        frame = frame.group_by(groups).agg(pl.all().sum())
        frame.select(
            [(pl.lit(constants[name]) if name in constants else pl.col(name)).cast(dtype).alias(name) for name, dtype in AMOUNT_COLUMNS.items()]
        ).write_parquet(self.folder / "amounts.parquet")


_REMEDIES = {
    "malformed_activity": "make the activity well-formed XML; the activities behind it are loaded",
    "xsd": "make the activity valid against the schema of the standard; what of it changes a number has a finding of its own",
    "truncated_file": "deliver the whole file; the activities before this place are loaded",
    "elements_in_a_namespace": "read as the elements of the standard; write them without a namespace, which the standard does not have",
    "blanks_before_the_declaration": "read without them; let the file begin with its XML declaration",
    "version_on_activities": "read as the version of each activity; state the version once, at iati-activities",
    "version_missing": f"read as version {VERSIONS[-1]}; state the version, once, at iati-activities",
    "upgraded_from_1_0x": f"read as version {VERSIONS[-1]} after the changes of the standard; publish in that version",
    "no_activities": "nothing to load: the file holds no element iati-activity; deliver the whole file, or none",
}


def _message(activities: Activities) -> str:
    broken = activities.breaks
    if not broken:
        return ""
    last = broken[-1]
    at = f"activity {last.activity}, {last.message}" if last.activity else last.message
    if last.rule == "truncated_file":
        return f"the file ends in the middle ({at}); the whole activities before it are loaded"
    return f"{len(broken)} activities are not well-formed (the last: {at}); the others are loaded"


def _texts(iati_table: IatiTable, rows: Sequence[Row], offset: int) -> pl.DataFrame:
    """The rows as columns of text (numbers of our own are numbers), numbered on from an offset."""
    names = row_columns(iati_table)
    cells = dict(zip(names, zip(*rows, strict=True), strict=True))
    frame = pl.DataFrame([pl.Series(name, cells[name], dtype=pl.Int64 if name in _NUMBERED else pl.String) for name in names])
    if iati_table.link is None:
        return frame.with_columns(_source_row=pl.col("_activity_row"))
    return frame.with_columns(_source_row=pl.int_range(offset + 1, offset + 1 + pl.len(), dtype=pl.Int64))


def _typed(iati_table: IatiTable, frame: pl.DataFrame) -> pl.DataFrame:
    """Typed columns under their names; the text of those that are no text as `<name>|text`, halfway stages as `|number` and `|read`."""
    types = {name: dtype for name, dtype in iati_table.schema.items() if name in frame.columns and name not in _NUMBERED and not name.startswith("_")}
    cleaned = frame.with_columns(_clean(name) for name in types)
    texts = [name for name, dtype in types.items() if dtype != pl.String]
    cleaned = cleaned.rename({name: f"{name}|text" for name in texts})
    if not texts:
        return cleaned
    halfway = cleaned.with_columns(step for name in texts if (step := _halfway(name, types[name])) is not None)
    halfway = halfway.with_columns(plain for name in texts if (plain := _without_exponents(halfway, name)) is not None)
    return halfway.with_columns(_final(name, types[name]) for name in texts)


def _clean(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars().str.slice(0, LONGEST_TEXT)
    if name == "currency":
        text = text.str.to_uppercase()
    return pl.when(text != "").then(text).alias(name)


def _halfway(name: str, dtype: pl.DataType) -> pl.Expr | None:
    text = pl.col(f"{name}|text")
    if name in PERCENTAGES:
        return parse_number(plain_percentage(text), NumberStyle()).alias(f"{name}|number")
    if dtype == pl.Date:
        return parse_date(text.str.replace(r"^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$", "$1")).alias(f"{name}|read")
    if isinstance(dtype, pl.Decimal):
        return parse_number(text, NumberStyle(thousands=",")).alias(f"{name}|number")
    return None


def plain_percentage(text: pl.Expr) -> pl.Expr:
    """`70%`, `70 %` and `70,5` as 70, 70 and 70.5; anything else as it is. No percentage has thousands: a comma is one of decimals."""
    parts = text.str.extract_groups(LOOSE_PERCENTAGE)
    decimals = pl.coalesce(parts.struct[1], pl.lit("")).str.replace(",", ".", literal=True)
    return pl.when(text.str.contains(LOOSE_PERCENTAGE)).then(pl.concat_str(parts.struct[0], decimals)).otherwise(text)


def _without_exponents(frame: pl.DataFrame, name: str) -> pl.Series | None:
    """The numbers of a column with `1.5E6` written out, None where there is nothing to write out. No standard allows it, some programs do it."""
    if f"{name}|number" not in frame.columns:
        return None
    texts = frame[f"{name}|text"]
    written = texts.str.contains(EXPONENT).fill_null(False)
    if not written.any():
        return None
    plain = [format(Decimal(text), "f") if is_so else None for text, is_so in zip(texts, written, strict=True)]
    return pl.Series(plain, dtype=pl.String).zip_with(written, frame[f"{name}|number"]).alias(f"{name}|number")


def _final(name: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(f"{name}|text")
    if dtype == pl.Date:
        day = pl.col(f"{name}|read")
        value = pl.when((day >= EARLIEST) & (day < LATEST)).then(day)
    elif isinstance(dtype, pl.Decimal):
        number = pl.col(f"{name}|number").cast(dtype, strict=False)
        value = pl.when(number.abs() <= LARGEST_AMOUNT).then(number)
        if name == "percentage":
            value = pl.when(number >= 0).then(value)
    elif isinstance(dtype, pl.Datetime):
        value = _moment(text)
    elif dtype == pl.Boolean:
        lower = text.str.to_lowercase()
        value = pl.when(lower.is_in(_YES)).then(True).when(lower.is_in(_NO)).then(False)
        if name == "is_secondary_reporter":
            value = value.fill_null(False)
        elif name == "indicator_is_ascending":
            value = value.fill_null(True)
    elif name == "hierarchy":
        value = text.cast(dtype, strict=False).fill_null(1)
    else:
        value = text.cast(dtype, strict=False)
    return value.alias(name)


def _moment(text: pl.Expr) -> pl.Expr:
    """A day with or without a time of day, as UTC; times without a zone are taken as UTC."""
    parts = text.str.extract_groups(r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?$")
    stamp = pl.concat_str(parts.struct[0], pl.lit(" "), parts.struct[1].fill_null("00:00:00"))
    moment = stamp.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    minutes = parts.struct[3].cast(pl.Int64).fill_null(0) * 60 + parts.struct[4].cast(pl.Int64).fill_null(0)
    shift = pl.when(parts.struct[2] == "-").then(-minutes).otherwise(minutes)
    return moment - pl.duration(minutes=shift)


def _shown(frame: pl.DataFrame, column: str | None) -> pl.Expr:
    """What a finding shows: the text of its column."""
    if column is None:
        return pl.lit(None, dtype=pl.String)
    return pl.col(f"{column}|text") if f"{column}|text" in frame.columns else pl.col(column).cast(pl.String)


def files_of(parts: Iterable[IatiPart], name: str) -> list[Path]:
    """Files of one table in several parts."""
    return [file for part in parts for one in part.tables if one.name == name for file in one.files]
