"""What a table of an IATI file is, and the columns that several of them have."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

TEXT = pl.String()
DAY = pl.Date()
FIGURE = pl.Decimal(28, 10)
COUNT = pl.Int64()
FLAG = pl.Boolean()
DEGREES = pl.Float64()

NARRATIVE = "narrative in the default language, else in English, else the first"

Columns = dict[str, tuple[pl.DataType, str]]


@dataclass(frozen=True, kw_only=True)
class IatiTable:
    """One table that a file is read into.

    Attributes:
        name: in landing, in `raw` and in `audit`.
        element: the XML element that is one row.
        grain: what one row is.
        own: its own columns with type and description, without link and provenance.
        key: columns that name one row, where the build asks once more whether they do.
        row_date: of money: the column whose year is the row's.
        days: first and last day on which what a row names must be known, as staging calls them.
        on: of money that is converted: the columns of a day, as staging calls them; the first that is filled counts.
        middle_of: first and last day of a period in whose middle it is converted, where none of `on` is filled.
        entity: of money: the column that names whose it is.
        link: the column that leads to the activity or the organisation; None for tables of these themselves.
    """

    name: str
    element: str
    grain: str
    own: Columns
    key: tuple[str, ...] = ()
    row_date: str | None = None
    days: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    middle_of: tuple[str, ...] = ()
    entity: str = "reporting_org_ref"
    link: str | None = "iati_identifier"

    @property
    def columns(self) -> Columns:
        """All columns: link to the activity or the organisation, own, provenance."""
        link = {self.link: LINKS[self.link]} if self.link else {}
        return link | self.own | PROVENANCE

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Columns and types of the landed table."""
        return {name: dtype for name, (dtype, _) in self.columns.items()}


LINKS: Columns = {
    "iati_identifier": (TEXT, "identifier of the activity; unique among loaded activities"),
    "organisation_identifier": (TEXT, "identifier of the organisation whose file it is"),
}

PROVENANCE: Columns = {
    "_activity_row": (COUNT, "`_source_row` of the activity, or of the organisation, in the same delivery; if it is rejected it takes these rows with it"),
    "_delivery_id": (TEXT, "first 16 hex digits of sha256 of source, path and content"),
    "_source_file": (TEXT, "path below the raw root, `a.zip!/b.xml` inside archives"),
    "_source_row": (COUNT, "n-th element of this table in the file"),
    "_source_sha256": (TEXT, "of the file, or of the member of an archive"),
    "_loaded_at": (pl.Datetime("us"), "UTC"),
}

BOOKED: Columns = {
    "book": (TEXT, "`iati`; `iati_organisation` of organisation files"),
    "record_basis": (TEXT, "`reported`, or `illustrative` where a description begins with these words: Illustrative record"),
}

VALUE: Columns = {
    "value": (FIGURE, "as published, in `currency`"),
    "currency": (TEXT, "ISO 4217, after the default of the activity or the organisation"),
    "value_date": (DAY, "day as of which the value is converted"),
}
