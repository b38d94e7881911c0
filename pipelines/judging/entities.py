"""What delivered names of entities mean: codes, full names, and the short and former names of the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.contracts import Source
from pipelines.contracts.names import Names
from pipelines.contracts.seeds import read_seed

ENTITY_LABEL_COLUMNS: dict[str, pl.DataType] = {"label": pl.String(), "entity": pl.String(), "entities": pl.String()}

# The one column that lists entities.
_LISTED = "joint_entities"


class KnownEntities:
    """Who is known under which code and name. A code as it is written goes before everything else; capitals and small letters are then the same."""

    def __init__(self, seeds: Path, delivered: Iterable[tuple[str, str, str | None, str | None]] = ()) -> None:
        """The folder with entities and entity_names; of delivered entities the code, the name, and the former and the short names, separated by |."""
        entities = read_seed(seeds, "entities")
        others = ((row["name"], row["entity"]) for row in read_seed(seeds, "entity_names"))
        beside = list(delivered)
        self._codes = {row["entity"] for row in entities} | {code for code, *_ in beside}
        more = [(other.strip(), code) for code, _, *lists in beside for names in lists for other in (names or "").split("|") if other.strip()]
        self._named = [
            *((row["name"], row["entity"]) for row in entities),
            *((name, code) for code, name, _, _ in beside),
            *((code, code) for code in sorted(self._codes)),
            *others,
            *more,
        ]

    @cached_property
    def _by_name(self) -> Names:
        return Names(self._named)

    def read(self, label: str) -> str | None:
        """The code of an entity; None if nobody knows the label, or if it is a name of several."""
        if label in self._codes:
            return label
        found = self._by_name.codes(label)
        return found[0] if len(found) == 1 else None

    def read_list(self, text: str) -> str:
        """A list separated by |, each part that is known as its code, the others as delivered."""
        return "|".join(self.read(part) or part for part in (piece.strip() for piece in text.split("|")))

    def hint(self, label: str) -> str:
        """What is said of an unknown label: whom it may mean, or the known name that is nearest."""
        several = self._by_name.codes(label)
        if len(several) > 1:
            return f"it may mean {', '.join(several)}: write the code as it stands there"
        nearest = self._by_name.nearest(label)
        if not nearest:
            return ""
        name, codes = nearest
        return f"the nearest known name is {name}" + (f" ({', '.join(codes)})" if codes != (name,) else "")


def columns_of_entities(source: Source) -> tuple[str, ...]:
    """Columns of a source that name an entity, or list several. Reference data name them by their codes alone."""
    if source.shipped is not None:
        return ()
    named = [column for column, target in source.references.items() if target == "entities"]
    return (*named, *((_LISTED,) if _LISTED in source.schema.columns() else ()))


def meaning(column: str) -> str:
    """Which column of the labels says what a text of a column of entities means."""
    return "entities" if column == _LISTED else "entity"


def read_entities(labels: Iterable[str], known: KnownEntities) -> pl.DataFrame:
    """Distinct labels and lists of labels in the columns of `entity_labels`: the code that a label means (NULL if none), and the list with its codes."""
    rows = [(label, known.read(label), known.read_list(label)) for label in sorted(set(labels))]
    return pl.DataFrame(rows, schema=ENTITY_LABEL_COLUMNS, orient="row")


def differs(labels: pl.DataFrame) -> Mapping[str, set[str]]:
    """By column of the labels, those that mean something else than they say."""
    return {column: set(labels.filter(pl.col(column).is_not_null() & (pl.col(column) != pl.col("label")))["label"]) for column in ("entity", "entities")}
