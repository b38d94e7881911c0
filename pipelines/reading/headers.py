"""What every reader does with its header row, and with rows of another width."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import SOURCE_COLUMN, SOURCE_ROW, RowFinding

# So many texts above a table are looked at for what they say of it.
MOST_TITLES = 50


def header_names(cells: Sequence[str], row: int) -> tuple[str, ...]:
    """Column names of one header row: white space collapsed, columns without a usable name called `column 3`.

    Raises:
        UnreadableDelivery: two columns have one name, or a name that the warehouse keeps for itself.
    """
    words = [" ".join(cell.split()) for cell in cells]
    names = tuple(f"column {place}" if not name or _reads_as_pattern(name) else name for place, name in enumerate(words, 1))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        places = "; ".join(f"'{name}' in columns {', '.join(str(place) for place, other in enumerate(names, 1) if other == name)}" for name in twice)
        raise UnreadableDelivery(
            "duplicate_header",
            f"Row {row} names a column more than once: {places}.",
            "Give every column a name of its own, or say with `header_row` which row holds the names.",
        )
    for kept in (SOURCE_ROW, SOURCE_COLUMN):
        if kept in names:
            raise UnreadableDelivery(
                "reserved_column_name", f"Row {row} has a column '{kept}'.", f"The warehouse keeps '{kept}' for itself: rename or remove that column."
            )
    return names


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """One header of several rows, from above to below: upper cells reach to the right up to the next one, the texts of a column joined by ` | `.

    An upper cell reaches no further than what stands above it.
    """
    *uppers, lowest = [[" ".join(cell.split()) for cell in row] for row in rows]
    columns: list[list[str]] = []
    reaching = [""] * len(uppers)
    for place, name in enumerate(lowest):
        for level, row in enumerate(uppers):
            cell = row[place] if place < len(row) else ""
            if cell:
                reaching[level:] = [cell, *[""] * (len(uppers) - level - 1)]
        columns.append([*reaching, name])
    return [" | ".join(part for part in parts if part) for parts in columns]


def width_of_table(header: Sequence[str], first: int) -> int:
    """The number of columns from the first one up to the first that has no name.

    Raises:
        UnreadableDelivery: there is no name at the first column.
    """
    width = next((place for place, name in enumerate(header[first:]) if not name.strip()), len(header[first:]))
    if not width:
        raise UnreadableDelivery("missing_header", f"Column {first + 1} has no name in the header's row.", "Say with `cells_from` where the table begins.")
    return width


def _reads_as_pattern(name: str) -> bool:
    """Polars takes `*` and `^…$` for patterns of column names wherever it expects a name."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def ragged(row: int, found: int, expected: int, cells: Sequence[str]) -> RowFinding:
    """The finding for a record that has more or fewer fields than the header."""
    shown = " | ".join(cells)
    return RowFinding(
        source_row=row,
        column_name=None,
        rule="ragged_row",
        severity="error",
        value=shown if len(shown) <= 200 else shown[:199] + "…",
        remedy=f"The row has {found} field{'s' if found != 1 else ''}, the header has {expected}. "
        "Put values that contain the delimiter or a line break in double quotes, and give every row as many fields as the header.",
    )
