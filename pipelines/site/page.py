"""What a part of the site hands over: pages, and the tables and charts on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.release.files import slug

# The order of the navigation.
SECTIONS = ("Release", "Report", "Evidence", "Data and checks")
ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the site.

    Attributes:
        path: below the site's folder, `shares/index.html`.
        title: heading of the page and its word in the navigation.
        section: heading of the navigation under which it stands, one of `SECTIONS`.
        template: file under `templates/`, which extends `base.html`.
        context: what the template shows.
        in_navigation: false for pages that others lead to.
    """

    path: str
    title: str
    section: str
    template: str
    context: Mapping[str, object]
    in_navigation: bool = True


@dataclass(frozen=True, kw_only=True)
class File:
    """A page that is complete already, because another tool wrote it."""

    path: str
    title: str
    section: str
    content: str
    in_navigation: bool = True


@dataclass(frozen=True, kw_only=True)
class Link:
    """A cell that leads somewhere.

    Attributes:
        text: what is read.
        path: a page of the site, below its folder; may end in `#anchor`.
        is_optional: the page may not have been made, and then the text stands alone.
    """

    text: str
    path: str
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        key: of the rows.
        heading: what stands above it.
        kind: `text`, `prose` (code between backticks), `words` (a code, shown without its underscores), `code`, `number`, `percent`,
            `exact` (six decimals), `day`, `status`.
    """

    key: str
    heading: str
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether it is set flush right."""
        return self.kind in ("number", "percent", "exact")


def columns(headings: Mapping[str, str | tuple[str, str]]) -> list[Column]:
    """Columns from their keys: a heading alone for text, a heading and a kind for others."""
    given = {key: (heading, "text") if isinstance(heading, str) else heading for key, heading in headings.items()}
    return [Column(key=key, heading=heading, kind=kind) for key, (heading, kind) in given.items()]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with a caption; the first column names the row.

    Attributes:
        caption: what the table shows, of what money, in what unit.
        columns: in their order.
        rows: by column key; a row whose `record_basis` is `illustrative` is marked.
        note: a remark below it.
        is_sortable: whether a click on a heading sorts.
        is_illustrative: every figure is constructed; also true if every row says so.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    note: str = ""
    is_sortable: bool = False
    is_illustrative: bool = False

    @property
    def marked(self) -> bool:
        """Whether the caption carries the mark instead of each row."""
        return self.is_illustrative or (bool(self.rows) and all(row.get("record_basis") == ILLUSTRATIVE for row in self.rows))


@dataclass(frozen=True, kw_only=True)
class Legend:
    """One entry beside a chart: the fill, as CSS takes it, and what it stands for."""

    fill: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawn chart with the table of what it shows.

    Attributes:
        title: what is compared, of what money, in what unit.
        description: what a reader who does not see it should know.
        svg: the drawing; made by `charts`, never from a delivery's text unescaped.
        marks: how many bars or points it has.
        table: the figures drawn.
        legend: its colours; empty for one colour.
        is_illustrative: drawn from constructed records.
    """

    title: str
    description: str
    svg: str
    marks: int
    table: Table
    legend: Sequence[Legend] = ()
    is_illustrative: bool = False

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return slug(self.title)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What stands under one heading of a page.

    Attributes:
        heading: of the part, unique on its page.
        text: a paragraph before the charts.
        charts: drawn one below the other.
        tables: below the charts.
    """

    heading: str
    text: str = ""
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
