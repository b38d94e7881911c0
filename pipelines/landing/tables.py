"""Which tables a delivered file holds, as its mapping says: one, one for each entry of `tables`, one for each sheet that fits a pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.contracts.iati import SOURCE_NAME as IATI
from pipelines.mapping.load import with_digests
from pipelines.mapping.mapping import Mapping, whole
from pipelines.reading.workbook import sheet_names
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import UnreadableDelivery


def tables_of_file(delivery: Delivery, mappings: Sequence[Mapping]) -> list[tuple[Delivery, Mapping]]:
    """The file as one delivery per table, each with the mapping that says how it is read.

    An activity file is read as the standard says, whatever a mapping says. Of a file that cannot be opened every entry stays one table: reading
    it says what is wrong.

    Args:
        delivery: the file.
        mappings: what its mapping file says, one per entry.
    """
    if delivery.source == IATI:
        return [(delivery, mappings[0])]
    tables = [table for mapping in mappings for table in _by_sheet(delivery, mapping)]
    return [
        (replace(delivery, source=mapping.source or delivery.source, mapping=mapping.identity, table=place, label=mapping.label), mapping)
        for place, mapping in enumerate(tables)
    ]


def _by_sheet(delivery: Delivery, mapping: Mapping) -> list[Mapping]:
    if mapping.sheets is None or delivery.path is None:
        return [mapping]
    try:
        names = sheet_names(delivery.path, delivery.path.name)
    except (UnreadableDelivery, OSError):
        return [mapping]
    fitting = pl.Series(names, dtype=pl.String).filter(pl.Series(names, dtype=pl.String).str.contains(whole(mapping.sheets))).to_list()
    if not fitting:
        # A sheet of this name is not there, either: reading says so, with the names of those that are.
        fitting = [mapping.sheets]
    labels = {name: f"{mapping.label}, {name}" if mapping.label else name for name in fitting}
    return [with_digests(replace(mapping, sheets=None, label=labels[name], read_options=replace(mapping.read_options, sheet=name))) for name in fitting]
