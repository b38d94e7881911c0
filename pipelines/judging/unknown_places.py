"""Whether rows name places that there are: labels that nobody can read, and countries that were none on the row's day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipelines.contracts import Source
from pipelines.contracts.place_names import SPECIAL_PLACES
from pipelines.contracts.seeds import read_seed
from pipelines.engine import literal
from pipelines.judging.places import KnownPlaces, Place
from pipelines.judging.sets import MOST_HINTS, Met, Sets, gathered
from pipelines.judging.splits import labels_in, labels_of
from pipelines.judging.validity import Period, lies_outside, outside, period, within

_RULE = "unknown_place"
_AMBIGUOUS = "ambiguous_place"
_CONFUSED = "easily_confused_place"
_GROUPS = "country_group_members"
# Rows without a day name places, too: whether those existed on the day cannot be asked.
_NO_YEAR = 0
# Transactions that state no recipients have those of their project, read on the day of the transaction.
_BORROWER, _LENDER, _LENT = "project_transactions", "trust_fund_projects", "recipients"


class PlaceMet(NamedTuple):
    """Rows of one delivery and year that name a place in a column: the first of them, how many they are, and their first and last day."""

    source: str
    column: str
    delivery_id: str
    label: str
    year: int
    source_file: str
    row: int
    rows: int
    first: date | None
    last: date | None

    def with_rows_of(self, other: PlaceMet) -> PlaceMet:
        """Both as one."""
        row, rows = min(self.row, other.row), self.rows + other.rows
        if self.year == _NO_YEAR:
            return self._replace(row=row, rows=rows)
        return self._replace(row=row, rows=rows, first=min(self.first, other.first), last=max(self.last, other.last))


def givers(sets: Sets, source: Source) -> set[str]:
    """Names of organisations that give. They may be countries, but are no unknown places, so that nothing is told of those that are none."""
    names = [f"select distinct trim({column}) from {sets.rows(source.name)} where {column} is not null" for column in source.giver_columns]
    return {label for query in names for (label,) in sets.ask(query)}


def delivered_groups(sets: Sets) -> list[str]:
    """Codes of the groups of countries whose members were delivered; of several spellings of one, the first in the order of the letters."""
    if _GROUPS not in sets.parts:
        return []
    return [code for (code,) in sets.ask(f"select min(country_group) from {sets.rows(_GROUPS)} group by lower(country_group)")]


def places_met(sets: Sets, source: Source) -> list[PlaceMet]:
    """Places that the rows of a source name, one line per column, delivery, label and year."""
    met: dict[tuple[str, str, str, int], PlaceMet] = {}
    day = source.row_date
    for column in source.place_columns:
        lines = sets.ask(
            f"""select _delivery_id, any_value(_source_file), min(_source_row), {column}, count(*), min({day}), max({day})
                from {sets.rows(source.name)} where {column} is not null group by _delivery_id, {column}, year({day})"""
        )
        for delivery, file, row, text, n, first, last in lines:
            year = first.year if first else _NO_YEAR
            for label in labels_of(text):
                one = PlaceMet(source.name, column, delivery, label, year, file, row, n, first, last)
                before = met.get((column, delivery, label, year))
                met[column, delivery, label, year] = before.with_rows_of(one) if before else one
    return list(met.values())


def tell_unknown_places(sets: Sets, met: Iterable[PlaceMet], read: Mapping[str, Place], places: KnownPlaces) -> None:
    """Tell of labels that nobody can read, or that may mean several countries, and of countries that were none on the row's day.

    Args:
        sets: the loaded rows.
        met: places that they name.
        read: what the labels mean.
        places: who knows the names of places.
    """
    known: dict[str, list[Period]] = {}
    for row in read_seed(sets.seeds, "countries"):
        known.setdefault(row["country"], []).append(period(row))
    periods = {label: known[place.place] for label, place in read.items() if place.place_kind == "country"}
    told: dict[tuple[str, str, str], list[Met]] = {}
    hints: dict[str, str] = {}
    ordered = sorted(met, key=lambda one: one[:5])
    for one in ordered:
        for rule, found in _found_about(sets, one, read[one.label], periods.get(one.label)):
            told.setdefault((one.source, one.column, rule), []).append(found)
            if found.value == one.label and one.label not in hints and len(hints) < MOST_HINTS:
                hints[one.label] = _hint(one.label, read[one.label], places)
    lent = list(_lent_places(sets, sorted({one.label for one in ordered if one.source == _LENDER and one.label in periods}), periods))
    if lent:
        told.setdefault((_BORROWER, _LENT, _RULE), []).extend(lent)
    for (name, column, rule), lines in told.items():
        sets.tell_values(sets.sources[name], column, rule, gathered(lines), hints)


def _found_about(sets: Sets, one: PlaceMet, place: Place, periods: Sequence[Period] | None) -> Iterator[tuple[str, Met]]:
    """Rules that a place breaks, each with the rows that break it."""
    if place.read_as == "ambiguous":
        yield _AMBIGUOUS, _as_met(one)
    elif place.read_as == "none" and one.label not in SPECIAL_PLACES:
        yield _RULE, _as_met(one)
    if periods is None:
        return
    if place.others:
        yield _CONFUSED, _as_met(one)
    another_day = _country_of_another_day(sets, one, periods)
    if another_day:
        yield _RULE, another_day


def _hint(label: str, place: Place, places: KnownPlaces) -> str:
    """What is said of this label alone: which countries it may mean, or the known name that is nearest."""
    others = ", ".join(places.name_of(code) for code in place.others)
    if place.read_as == "ambiguous":
        return f"it may mean {others}"
    if others:
        return f"read as {places.name_of(place.place)}, not {others}"
    nearest = places.nearest(label)
    return f"the nearest known name is {nearest}" if nearest else ""


def _as_met(one: PlaceMet) -> Met:
    return Met(one.delivery_id, one.source_file, one.row, one.label, one.rows)


def _country_of_another_day(sets: Sets, one: PlaceMet, periods: Sequence[Period]) -> Met | None:
    """The rows that name a country on a day on which it was none."""
    if one.year == _NO_YEAR:
        return None
    met = _as_met(one)._replace(value=f"{one.label} (not in {one.year})")
    rows = f"{sets.rows(one.source)} where _delivery_id = {literal(one.delivery_id)} and list_contains({labels_in(one.column)}, {literal(one.label)})"
    return outside(sets, met, periods, (one.first, one.last), day=sets.sources[one.source].row_date, rows=rows)


def _lent_places(sets: Sets, labels: Iterable[str], periods: Mapping[str, Sequence[Period]]) -> Iterator[Met]:
    """Countries that a project lends to transactions of days on which there was no such country.

    Only projects that name a country which was none at some time of the transactions are joined, so that most runs join nothing.
    """
    if _BORROWER not in sets.parts or _LENDER not in sets.parts:
        return
    day, rows = sets.sources[_BORROWER].row_date, sets.rows(_BORROWER)
    ((first, last),) = sets.ask(f"select min({day}), max({day}) from {rows}")
    for label in labels if first else ():
        if not lies_outside(periods[label], first, last):
            continue
        found = sets.ask(
            f"""select _delivery_id, any_value(_source_file), min(_source_row), year({day}), count(*)
                from {rows} as t
                semi join (
                    select project_id from {sets.rows(_LENDER)} where list_contains({labels_in(_LENT)}, {literal(label)})
                ) as p using (project_id)
                where t.{_LENT} is null and not {within(periods[label], day)} group by _delivery_id, year({day}) order by 2, 3"""
        )
        for delivery, file, row, year, n in found:
            yield Met(delivery, file, row, f"{label} of the project (not in {year})", n)
