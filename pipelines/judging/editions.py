"""Whether an edition could have been read: none is younger than the day that the release speaks for."""

from __future__ import annotations

from datetime import date

from pipelines.contracts import Source
from pipelines.judging.sets import Met, Sets


def tell_future_editions(sets: Sets, source: Source, as_of: date) -> None:
    """Editions that nobody could have read on the day that the release speaks for."""
    if "as_of" not in source.key:
        return
    lines = sets.ask(
        f"""select _delivery_id, any_value(_source_file), min(_source_row), cast(as_of as varchar), count(*)
            from {sets.rows(source.name)} where as_of > date '{as_of}' group by _delivery_id, as_of order by 2, 3"""
    )
    sets.tell_values(source, "as_of", "future_edition", [Met(*line) for line in lines])
