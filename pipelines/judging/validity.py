"""When what a code means was valid, and which rows lie outside of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipelines.judging.sets import Met, Sets

# The first day, and the first day after it.
Period = tuple[date, date]


def period(row: Mapping[str, str]) -> Period:
    """Validity of a row of a seed; an end that is not given is open."""
    return date.fromisoformat(row["valid_from"] or "0001-01-01"), date.fromisoformat(row["valid_to"] or "9999-12-31")


def lies_outside(periods: Sequence[Period], first: date, last: date) -> bool:
    """Whether some day from the first to the last lies outside the periods."""
    reached = first
    for begin, end in sorted(periods):
        if begin <= reached < end:
            reached = end
    return reached <= last


def within(periods: Sequence[Period], day: str) -> str:
    """The condition that a day lies in one of the periods."""
    return "(" + " or ".join(f"({day} >= date '{begin}' and {day} < date '{end}')" for begin, end in periods) + ")"


def outside(sets: Sets, met: Met, periods: Sequence[Period], days: Period, *, day: str, rows: str) -> Met | None:
    """What of the rows that were met lies outside the periods; None if all lie within.

    Args:
        sets: where rows are read again, which is done only in a year that periods divide.
        met: rows of one year.
        periods: when their value was valid.
        days: first and last day of the rows.
        day: column of the day.
        rows: the rows, as a relation and a condition (`table where ...`).
    """
    first, last = days
    if not lies_outside(periods, first, last):
        return None
    if not any(begin <= last and first < end for begin, end in periods):
        return met
    ((row, n),) = sets.ask(f"select min(_source_row), count(*) from {rows} and year({day}) = {first.year} and not {within(periods, day)}")
    return met._replace(row=row, rows=n) if n else None
