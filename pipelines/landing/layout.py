"""The folder that dbt reads: one subfolder per table, each with its columns even where nothing was delivered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipelines.contracts import SOURCES, iati, landed_schema
from pipelines.iati import organisations
from pipelines.judging.entities import ENTITY_LABEL_COLUMNS
from pipelines.judging.places import PLACE_LABEL_COLUMNS
from pipelines.judging.rate_agreement import JUDGED_COLUMNS
from pipelines.landing.cached import tables_of
from pipelines.landing.past_figures import PREVIOUS_FIGURES_COLUMNS
from pipelines.landing.rates import ECB_COLUMNS
from pipelines.landing.row_passes import SourceLanding
from pipelines.shapes.part import AMOUNT_COLUMNS, QUARANTINE_COLUMNS, REJECTED_COLUMNS

DELIVERY_COLUMNS: dict[str, pl.DataType] = {
    "delivery_id": pl.String(),
    "source": pl.String(),
    "table_name": pl.String(),
    "source_file": pl.String(),
    "source_sha256": pl.String(),
    "rows_delivered": pl.Int64(),
    "rows_loaded": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "status": pl.String(),
    "message": pl.String(),
}

# Beside what else a run knows of itself, since what reads this alone stands from run to run.
DAY_COLUMNS: dict[str, pl.DataType] = {"as_of": pl.Date()}

RUN_COLUMNS: dict[str, pl.DataType] = {"run_id": pl.String(), "as_of": pl.Date(), "previous_release_id": pl.String(), "started_at": pl.Datetime("us")}

# Tables of the deliveries: one per source, several of `iati`.
DELIVERED_TABLES: dict[str, dict[str, pl.DataType]] = {
    **{name: landed_schema(source) for name, source in SOURCES.items()},
    **{name: table.schema for name, table in iati.TABLES.items()},
}

# Tables that dbt reads beside the sources' own.
LANDING_TABLES: dict[str, dict[str, pl.DataType]] = {
    "deliveries": DELIVERY_COLUMNS,
    "quarantine": QUARANTINE_COLUMNS,
    "rejected_rows": REJECTED_COLUMNS,
    "delivered_amounts": AMOUNT_COLUMNS,
    "place_labels": PLACE_LABEL_COLUMNS,
    "entity_labels": ENTITY_LABEL_COLUMNS,
    "organisation_spellings": organisations.SPELLING_COLUMNS,
    "ecb_reference_rates": ECB_COLUMNS,
    "rate_judgements": JUDGED_COLUMNS,
    "release_day": DAY_COLUMNS,
    "run_parameters": RUN_COLUMNS,
    "previous_figures": PREVIOUS_FIGURES_COLUMNS,
}


def lay_out(landings: Iterable[SourceLanding], landing: Path) -> None:
    """Begin the folder: every table empty, and the parts of every delivery in theirs. What an earlier attempt left is removed."""
    shutil.rmtree(landing, ignore_errors=True)
    for table, schema in {**DELIVERED_TABLES, **LANDING_TABLES}.items():
        (landing / table).mkdir(parents=True)
        pl.DataFrame(schema=schema).write_parquet(landing / table / "_empty.parquet")
    for done in landings:
        for delivery_id, part in done.parts.items():
            for table in tables_of(done.source, part):
                for place, file in enumerate(table.files):
                    link(file, landing / table.name / (f"{delivery_id}-{place}.parquet" if place else f"{delivery_id}.parquet"))
            link(part.findings, landing / "quarantine" / f"{delivery_id}.parquet")


def link(part: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system cannot do that."""
    try:
        os.link(part, target)
    except OSError:
        shutil.copyfile(part, target)


def write(table: pl.DataFrame, folder: Path) -> None:
    """A table of the layout, beside the empty file that gives it its columns."""
    if len(table):
        table.write_parquet(folder / "part.parquet")
