"""Whether deliveries say the same thing twice, or one thing in two ways, without a key that would show it."""

from __future__ import annotations

from pipelines.contracts import Source, remedy_of
from pipelines.judging.sets import Sets

_OVERLAP = "overlapping_deliveries"
_BASES = "several_accounting_bases"


def tell_overlaps(sets: Sets, source: Source) -> None:
    """Two deliveries of lines without a number that cover the same thing in the same edition add up, which may not be meant."""
    if not source.overlap:
        return
    group = ", ".join(source.overlap)
    without_key = f"where {source.key_given_by} is null" if source.key_given_by else ""
    pairs = sets.ask(
        f"""with covered as (
                select {group}, as_of, record_basis, _delivery_id, any_value(_source_file) as file, min(_source_row) as row
                from {sets.rows(source.name)} {without_key} group by {group}, as_of, record_basis, _delivery_id
            ),
            shared as (
                select *, count(*) over everything as n, min(file) over everything as first_file, concat_ws(' / ', {group}) as shown
                from covered window everything as (partition by {group}, as_of, record_basis)
            )
            select _delivery_id, any_value(file), min(row), any_value(shown order by row), count(*), first_file
            from shared where n > 1 and file <> first_file group by _delivery_id, first_file order by 2"""
    )
    remedy = remedy_of(source, None, _OVERLAP)
    sets.tell(
        source,
        _OVERLAP,
        [(delivery, file, row, group, shown, f"{first} covers {n} of the same groups; {remedy}") for delivery, file, row, shown, n, first in pairs],
    )


def tell_accounting_bases(sets: Sets, source: Source) -> None:
    """One figure on two accounting bases: the statements that state it do not add up to anything."""
    if "accounting_basis" not in source.schema.columns() or not source.measure_column:
        return
    figure = f"book, entity, {source.measure_column}, fiscal_year, period_type"
    lines = sets.ask(
        f"""with met as (
                select {figure}, accounting_basis, _delivery_id, any_value(_source_file) as file, min(_source_row) as row
                from {sets.rows(source.name)} where accounting_basis is not null group by all
            ),
            several as (
                select *, concat_ws(' / ', {figure}) as shown,
                    string_agg(accounting_basis, ', ') over everything as bases,
                    min(accounting_basis) over everything <> max(accounting_basis) over everything as differ
                from met window everything as (partition by {figure})
            )
            select _delivery_id, any_value(file), min(row), shown, list_sort(list_distinct(string_split(any_value(bases), ', '))) from several where differ
            group by _delivery_id, shown order by 2, 3"""
    )
    remedy = remedy_of(source, None, _BASES)
    sets.tell(
        source,
        _BASES,
        [(delivery, file, row, "accounting_basis", shown, f"stands on {' and '.join(bases)}; {remedy}") for delivery, file, row, shown, bases in lines],
    )
