"""What was landed, as hashes: what landing hands to whoever builds on it and wants to know what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The landed table of rows that the set pass took out again, of all sources.
REJECTED = "rejected_rows"


@dataclass(frozen=True, kw_only=True)
class Landed:
    """Hashes of the landed tables.

    Attributes:
        structures: of the columns and their types, by table.
        contents: of the rows, by table.
        rejected: of the rejected rows, by the table that they were rejected from.
    """

    structures: Mapping[str, str]
    contents: Mapping[str, str]
    rejected: Mapping[str, str]
