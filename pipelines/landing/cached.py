"""Parts that landing keeps in the home under the content and the rules that made them, so that a run reads only what changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from pipelines.contracts import SOURCE_NAMES, iati
from pipelines.iati import activity_pass
from pipelines.judging.row_pass import kept_part, part_name
from pipelines.mapping.mapping import Mapping
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.part import IatiPart, Part, TablePart


def kept(delivery: Delivery, mapping: Mapping | None, folder: Path) -> Part | IatiPart | None:
    """What an earlier run made of the same content under the same rules."""
    if delivery.source == iati.SOURCE_NAME:
        return activity_pass.kept_part(folder, activity_pass.part_name(delivery))
    return kept_part(folder, part_name(delivery, mapping))


def is_kept(delivery: Delivery, folder: Path) -> bool:
    """Whether there are parts of an activity file; that they are whole is found out when they are taken."""
    return activity_pass.kept_part(folder, activity_pass.part_name(delivery), verify=False) is not None


def tables_of(source: str, part: Part | IatiPart) -> tuple[TablePart, ...]:
    """Files and counts of a part, table by table."""
    if isinstance(part, IatiPart):
        return part.tables
    return (TablePart(name=source, files=(part.rows,), rows_delivered=part.rows_delivered, rows_quarantined=part.rows_quarantined),)


def files_of(part: Part | IatiPart) -> list[Path]:
    """Every file of a part."""
    if isinstance(part, IatiPart):
        return [part.findings, part.amounts, part.counts, *(file for table in part.tables for file in table.files)]
    return [part.rows, part.findings, part.amounts, part.rows.with_suffix(".json")]


def forget_unused_parts(landing: Path, parts: Iterable[Part | IatiPart]) -> None:
    """Remove parts of deliveries that are gone or changed, and what a killed run left; builds and releases hold their own links."""
    used = {file for part in parts for file in files_of(part)}
    used |= {file.parent for file in used if file.parent.parent.name == iati.SOURCE_NAME}
    for source in SOURCE_NAMES:
        for file in (landing / source).glob("*"):
            if file in used:
                continue
            if file.is_dir():
                shutil.rmtree(file, ignore_errors=True)
            else:
                file.unlink(missing_ok=True)
