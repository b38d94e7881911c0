"""Whether two rows have one key. All of them are rejected then, since nobody here can know which is right."""

from __future__ import annotations

import polars as pl

from pipelines.contracts import Source, remedy_of, rule_of
from pipelines.engine import literal
from pipelines.judging.sets import Sets

_RULE = "duplicate_key"
# Where more rows than these share their keys, a whole file repeats another: naming that file says it, and each row of it would not.
_TWINS_NAMED_BY_ROW = 100_000
# Hashes of keys that are sorted at once: 128 MB, and as much again for sorting.
_HASHES_AT_ONCE = 2**24
# No file has as many rows, so that file and row make one number.
_ROWS_OF_A_FILE = 2**40


def reject_repeated_keys(sets: Sets, source: Source) -> None:
    """Reject every row whose key another row has, within or across deliveries.

    Keys are counted by their hash, eight bytes each, so that ten million of them stay in memory; rows whose hash repeats are compared in full.
    Mostly none repeats, which sorting the hashes shows at a third of the cost of counting them.
    """
    # Hashes are of what was delivered: two names of one entity are two of them.
    if not source.key or not (sets.is_renamed(source.name) or _has_equal_hashes(sets, source)):
        return
    _find_twins(sets, source)
    twins = sets.count("twins")
    if twins:
        sets.reject(source.name, f"select _delivery_id, place % {_ROWS_OF_A_FILE}, made_of from twins join files on file = place // {_ROWS_OF_A_FILE}")
        sets.keep(_findings(source, by_row=twins <= _TWINS_NAMED_BY_ROW))


def _has_equal_hashes(sets: Sets, source: Source) -> bool:
    """Whether two rows of a source may have one key. Of very many rows, a share of the hashes is sorted at a time."""
    key = pl.struct(source.key) if len(source.key) > 1 else pl.col(source.key[0])
    given = pl.col(source.key_given_by).is_not_null() if source.key_given_by else True
    rows = [pl.scan_parquet(path, glob=False) for path in sets.parts[source.name]]
    shares = 1 + sum(part.select(pl.len()).collect().item() for part in rows) // _HASHES_AT_ONCE
    hashes = pl.concat([part.filter(given).select(key.hash().alias("h")) for part in rows])
    for share in range(shares):
        met = hashes.filter(pl.col("h") % shares == share) if shares > 1 else hashes
        ordered = met.collect(engine="streaming").to_series().sort()
        if (ordered == ordered.shift()).any():
            return True
    return False


def _find_twins(sets: Sets, source: Source) -> None:
    """The tables `files`, numbered, and `twins`: rows that share a key.

    A row is known by one number, file and row, and of its twins the first and the last are kept: a corrected file beside its forerunner makes as
    many findings as both have rows.
    """
    key, rows = ", ".join(source.key), sets.rows(source.name)
    given = f"where {source.key_given_by} is not null" if source.key_given_by else ""
    shown = ", ".join(f"coalesce(cast(c.{column} as varchar), '')" for column in source.key)
    same_key = " and ".join(f"c.{column} is not distinct from g.{column}" for column in source.key)
    sets.make("repeated", f"select hash({key}) as h from {rows} {given} group by 1 having count(*) > 1")
    sets.make(
        "files",
        f"""select _delivery_id, any_value(_source_file) as name, row_number() over (order by any_value(_source_file), _delivery_id) as file
            from {rows} group by _delivery_id""",
    )
    sets.make(
        "twins",
        f"""with candidates as (
                select {key}, file * {_ROWS_OF_A_FILE} + _source_row as place, _source_column as made_of
                from (from {rows} {given}) join files using (_delivery_id) where hash({key}) in (select h from repeated)
            ),
            groups as (
                select {key}, count(*) as n, min(place) as first, max(place) as last from candidates group by {key} having count(*) > 1
            )
            select c.place, c.made_of, concat_ws(' / ', {shown}) as shown, g.n, g.first, g.last from candidates c join groups g on {same_key}""",
    )


def _findings(source: Source, *, by_row: bool) -> str:
    """The query of findings about `twins`: each names the first and the last row, or only the files, that have its key, too."""

    def named(place: str, file: str) -> str:
        row = f"'row ', {place} % {_ROWS_OF_A_FILE}, ' of ', " if by_row else ""
        return f"concat({row}{file}.name)"

    first, last = named("first", "head"), named("last", "tail")
    name, column = literal(source.name), literal(", ".join(source.key))
    return f"""select own._delivery_id as delivery_id, {name} as source, {name} as table_name, own.name as source_file,
            place % {_ROWS_OF_A_FILE} as source_row, made_of as source_column, {column} as column_name, {literal(_RULE)} as rule,
            {literal(rule_of(source, _RULE).severity)} as severity, shown as value,
            concat({literal(remedy_of(source, None, _RULE))}, '; the key also stands in ',
                case when place = last then {first} when place = first then {last} else concat({first}, ', ', {last}) end,
                case
                    when place in (first, last) and n > 2 then concat(' and ', n - 2, ' more')
                    when place not in (first, last) and n > 3 then concat(' and ', n - 3, ' more')
                end) as remedy
        from twins
        join files own on own.file = place // {_ROWS_OF_A_FILE}
        join files head on head.file = first // {_ROWS_OF_A_FILE}
        join files tail on tail.file = last // {_ROWS_OF_A_FILE}"""
