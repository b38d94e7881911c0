"""Reference data by delivery: whether delivered rows contradict each other or those that are shipped, and what of them others may count on.

Rows meet that speak of one thing on one day. Of delivered rows that meet nobody here can know which is right: all of them go to quarantine, as for
keys. Beside a shipped row a delivered one is loaded and does not count; where it says something else, that is a finding that names both, since the
shipped one was read against its source. Two rows of one delivery that say the same of one day are refused as well: joined, they would double money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.contracts import Source, remedy_of
from pipelines.contracts.seeds import read_seed
from pipelines.engine import literal
from pipelines.judging.places import KnownPlaces
from pipelines.judging.sets import Sets, same_row

_OVERLAPPING = "overlapping_validity"
_CONTRADICTS = "contradicts_shipped"
_BEGIN, _END = "date '0001-01-01'", "date '9999-12-31'"
_ROW = "_delivery_id, _source_file, _source_row, _source_column"


def reject_overlapping_validities(sets: Sets, source: Source) -> None:
    """Reject delivered rows of reference data that speak of one thing on one day."""
    if source.shipped is None:
        return
    sets.make("held", _held(source, _delivered(sets, source), {name: name for name in source.shipped.says}, _ROW))
    sets.make(
        "met",
        f"""select one.*, min(other._source_file) as other_file, min_by(other._source_row, other._source_file) as other_row
            from held as one join held as other on one.held = other.held and {_share_a_day("one", "other")} and not ({same_row("one", "other")})
            group by all""",
    )
    if sets.count("met"):
        sets.reject(source.name, "select distinct _delivery_id, _source_row, _source_column from met")
        remedy = remedy_of(source, None, _OVERLAPPING)
        lines = sets.ask(
            "select _delivery_id, any_value(_source_file), _source_row, any_value(shown), any_value(other_file), any_value(other_row) "
            "from met group by _delivery_id, _source_row, _source_column order by 2, 3"
        )
        column = _key_column(source)
        sets.tell(source, _OVERLAPPING, [(by, file, row, column, shown, f"{remedy}; see row {n} of {other}") for by, file, row, shown, other, n in lines])


def tell_contradictions(sets: Sets, source: Source) -> None:
    """Tell of delivered rows that say something else than a shipped one says of the same day."""
    if source.shipped is None:
        return
    remedy = remedy_of(source, None, _CONTRADICTS)
    lines = sets.ask(
        f"select _delivery_id, _source_file, _source_row, any_value(concat(shown, ' (shipped: ', shipped_shown, ')') order by shipped_shown) "
        f"from ({_contradicting(sets, source)}) group by {_ROW} order by 2, 3"
    )
    sets.tell(source, _CONTRADICTS, [(*line[:3], _key_column(source), line[3], remedy) for line in lines])


def known_rows(sets: Sets, name: str) -> Iterator[Mapping[str, str]]:
    """Rows of a seed and the delivered rows that count beside them, in the seed's words; an empty text where a row says nothing."""
    yield from read_seed(sets.seeds, name)
    source = sets.sources.get(name)
    if source is None or source.shipped is None or name not in sets.parts:
        return
    words = {column: column for column in (*source.shipped.speaks_of, "valid_from", "valid_to")} | source.shipped.says
    columns = ", ".join(f"coalesce(cast(r.{ours} as varchar), '')" for ours in words)
    lines = sets.ask(
        f"select {columns} from {sets.rows(name)} as r anti join ({_contradicting(sets, source)}) as o on {same_row('r', 'o')} "
        "order by r._source_file, r._source_row"
    )
    for line in lines:
        yield dict(zip(words.values(), line, strict=True))


def _contradicting(sets: Sets, source: Source) -> str:
    """The query of delivered rows that a shipped one contradicts, and what that says."""
    says = source.shipped.says
    differs = " or ".join(f"lower(trim(d.said_{n})) <> lower(trim(s.said_{n}))" for n in range(len(says)))
    if "valid_to" in says:
        # an end that only one of them states is another statement
        differs += " or coalesce(d.ends <> s.ends, false)"
    delivered = _held(source, _delivered(sets, source), {name: name for name in says}, _ROW)
    return f"""select d.*, s.shown as shipped_shown from ({delivered}) as d
        join ({_held(source, _shipped(sets, source), says, "1 as is_shipped")}) as s on d.held = s.held and {_share_a_day("d", "s")}
        where {differs}"""


def _held(source: Source, relation: str, says: Mapping[str, str], more: str) -> str:
    """The query of what rows speak of (`held`), what they say of it, and from when to when. A row that is known by several names has a line for each."""
    shipped = source.shipped
    called = [(says[name],) for name in shipped.called] or [()]
    shown = ", ".join(f"cast({name} as varchar)" for name in dict.fromkeys((*shipped.speaks_of, *says.values())))
    said = ", ".join(f"cast({column} as varchar) as said_{n}" for n, column in enumerate(says.values()))
    begins, ends = ("valid_from", "valid_to") if shipped.is_dated else ("null", "null")
    held = [", ".join(f"lower(trim(coalesce(cast({column} as varchar), '')))" for column in (*shipped.speaks_of, *name)) for name in called]
    lines = [
        f"""select {more}, concat_ws(' / ', {shown}) as shown, {said}, concat_ws(chr(31), {named}) as held,
                coalesce(cast({begins} as date), {_BEGIN}) as begins, coalesce(cast({ends} as date), {_END}) as ends
            from {relation}"""
        for named in held
    ]
    return " union ".join(lines)


def _share_a_day(one: str, other: str) -> str:
    return f"{one}.begins < {other}.ends and {other}.begins < {one}.ends"


def _delivered(sets: Sets, source: Source) -> str:
    """Delivered rows of a source, less the rejected ones; the places that they name are read."""
    rows = sets.rows(source.name)
    for column in source.place_columns:
        known = KnownPlaces(sets.seeds)
        read = {label: known.read(label) for (label,) in sets.ask(f"select distinct {column} from {rows}")}
        words = ", ".join(f"{literal(label)}: {literal(place.place)}" for label, place in read.items() if place.place_kind == "country")
        rows = f"(select * replace (coalesce(map {{{words}}}[{column}], {column}) as {column}) from {rows})" if words else rows
    return rows


def _shipped(sets: Sets, source: Source) -> str:
    """The seed of a source as a relation; a step of a succession has the day on which the structure that it leads to begins."""
    seed = _seed(sets, source.name)
    if source.name != "subprogramme_succession":
        return seed
    structures = f"(select entity, structure, min(valid_from) as begins, max(valid_to) as ends from {_seed(sets, 'subprogrammes')} group by all)"
    return f"""(select s.*, coalesce(next.begins, last.ends) as valid_from from {seed} as s
        left join {structures} as next on s.entity = next.entity and s.to_structure = next.structure
        left join {structures} as last on s.entity = last.entity and s.from_structure = last.structure)"""


def _seed(sets: Sets, name: str) -> str:
    """A seed as a relation of texts; without rows where the folder holds none, as for reference data of which none are shipped."""
    file = sets.seeds / f"{name}.csv"
    if file.exists():
        return f"read_csv({literal(file)}, header = true, all_varchar = true)"
    shipped = sets.sources[name].shipped
    columns = dict.fromkeys((*shipped.speaks_of, *shipped.says.values(), "valid_from", "valid_to"))
    return f"(select {', '.join(f'cast(null as varchar) as {column}' for column in columns)} where false)"


def _key_column(source: Source) -> str:
    """The column that shows of what a row speaks."""
    shipped = source.shipped
    return (*shipped.called, *reversed(shipped.speaks_of))[0]
