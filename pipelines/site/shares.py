"""Charts and tables of the share tables: one chart per entity, book, measure and source of funds, never two of them in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipelines.site import charts
from pipelines.site.page import ILLUSTRATIVE, Chart, Column, Link, Table
from pipelines.site.reader import Reader
from pipelines.site.words import number, percent, sentence, words

# What a line of a share table belongs to; lines that differ in any of these are never drawn together.
GROUP = ("entity", "book", "record_basis", "reporter_role", "period_type", "measure", "unit", "funding_level", "funding_source")
# The lines that say what was spent, each ledger in its own word.
SPENT = "(book, entity, record_basis, measure) in (select (book, entity, record_basis, measure) from intermediate.int_spent_measures)"
NOT_ALLOCATED = ("UNALLOCATED", "UNKNOWN")
FUNDING = {
    "technical_cooperation": "technical cooperation (RPTC, Development Account and extrabudgetary)",
    "all": "all cash resources",
}


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """A share table and the dimension by which it divides.

    Attributes:
        table: in the schema `marts`.
        code: its column of codes.
        name: SQL that gives a code's name.
        text: the dimension in a sentence.
        condition: which of the table's lines.
        overlaps: parts hold some of the same records, so that they do not add up.
    """

    table: str
    code: str
    name: str
    text: str
    condition: str = "true"
    overlaps: bool = False


SUBPROGRAMME = Breakdown(table="shares_by_subprogramme", code="subprogramme", name="subprogramme_name", text="subprogramme")
DONOR = Breakdown(table="shares_by_donor", code="donor", name="donor", text="donor")
ACTIVITY_TYPE = Breakdown(table="shares_by_activity_type", code="activity_type", name="replace(activity_type, '_', ' ')", text="kind of activity")
PRIORITY_AREA = Breakdown(table="shares_by_priority_area", code="priority_area", name="replace(lower(priority_area), '_', ' ')", text="priority area")


def region(scheme: str) -> Breakdown:
    """The breakdown by one scheme of regions."""
    return Breakdown(
        table="shares_by_region",
        code="region",
        name="region_name",
        text={"country": "country", "country_group": "country group", "project_scope": "scope"}.get(scheme, words(scheme)),
        condition=f"region_scheme = '{scheme}'",
        overlaps=scheme == "country_group",
    )


def lines_of(reader: Reader, breakdown: Breakdown, condition: str) -> list[dict[str, Any]]:
    """Lines of a share table, `code` and `name` beside their columns, group by group, each from its first year to its last."""
    if not reader.exists(f"marts.{breakdown.table}"):
        return []
    return reader.rows(
        f"""select {", ".join(GROUP)}, fiscal_year, {breakdown.code} as code, {breakdown.name} as name, value, total_value, share_pct, rounded_pct,
                   distinct_count, unconverted_rows
            from marts.{breakdown.table} where {breakdown.condition} and ({condition})
            order by entity, record_basis = 'illustrative', measure like '%usd' desc, book, record_basis, reporter_role, period_type,
                     measure, unit, funding_level, funding_source <> 'technical_cooperation', funding_source, fiscal_year, code"""
    )


def share_charts(rows: Iterable[Mapping[str, Any]], breakdown: Breakdown) -> list[Chart]:
    """A chart per group that divides anything: bars over the years, or lying bars where there is one year."""
    found = []
    for key, lines in groupby(rows, key=lambda row: tuple(row[name] for name in GROUP)):
        group = dict(zip(GROUP, key, strict=True))
        parts = list(lines)
        shown = [row for row in parts if row["share_pct"] is not None]
        # A whole that nothing divides is a total, which the tables show.
        if len({row["code"] for row in shown}) > 1:
            found.append(_chart(group, parts, shown, breakdown))
    return found


def funding_name(source: str, measure: str) -> str:
    """A source of funds in a title; the two totals are spelt out, so that nobody takes one for the other."""
    if source == "all" and not measure.endswith("_usd"):
        return "whatever the source of funds"
    return FUNDING.get(source, words(source))


def measured(group: Mapping[str, Any]) -> str:
    """Whose measure in which book: the beginning of a title, the same for no two groups."""
    role = "" if group["reporter_role"] == "primary" else f" as {words(group['reporter_role'])} reporter"
    period = "" if group["period_type"] == "year" else f" by {words(group['period_type'])}"
    basis = f" ({ILLUSTRATIVE})" if group["record_basis"] == ILLUSTRATIVE else ""
    return f"{group['entity']}{role}: {words(group['measure'])}{period}, {words(group['book'])}{basis}"


def records_of(group: Mapping[str, Any]) -> str:
    """Where a group's figures stand: book, kind of records, kind of period, reporter."""
    return f"Book: {words(group['book'])}; {group['record_basis']} records."


def _chart(group: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], shown: Sequence[Mapping[str, Any]], breakdown: Breakdown) -> Chart:
    years = sorted({row["fiscal_year"] for row in shown})
    span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    title = f"{measured(group)}, by {breakdown.text}, {funding_name(group['funding_source'], group['measure'])}, {span}"
    is_illustrative = group["record_basis"] == ILLUSTRATIVE
    names = names_of(parts)
    table = _table(title, parts, names, group, breakdown)
    remark = " Groups overlap: a country stands in several, so their shares do not add to 100." if breakdown.overlaps else ""
    description = f"{records_of(group)} Shares in per cent of the total of each year.{remark}"
    common = {"title": title, "description": description, "unit": "per cent", "table": table, "is_illustrative": is_illustrative}
    if len(years) > 1 and not breakdown.overlaps:
        series, rest, values = _series(shown, names)
        return charts.stacked(**common, values=values, series=series, rest=rest, is_share=True)
    latest = sorted((row for row in shown if row["fiscal_year"] == years[-1] and row["value"]), key=lambda row: -row["share_pct"])[:24]
    if len(years) > 1:
        common["title"] = title.replace(span, str(years[-1]))
    return charts.bars(**common, values=[{"label": names[row["code"]], "value": row["share_pct"], "shown": percent(row["rounded_pct"])} for row in latest])


def names_of(parts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A name per code: one that is more than the code, if any line has it."""
    names: dict[str, str] = {}
    for row in parts:
        if names.get(row["code"], row["code"]) == row["code"]:
            names[row["code"]] = row["name"] or row["code"]
    return {code: sentence(name) if name.islower() else name for code, name in names.items()}


def _series(shown: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> tuple[list[str], str | None, list[dict[str, Any]]]:
    """The series of a stacked chart: every code where they are few, else the eight largest and the others together."""
    allocated = sorted({row["code"] for row in shown} - set(NOT_ALLOCATED))
    kept = allocated
    if len(allocated) > charts.MOST_SERIES:
        weight = {code: sum(abs(row["share_pct"]) for row in shown if row["code"] == code) for code in allocated}
        kept = sorted(sorted(allocated, key=lambda code: -weight[code])[: charts.MOST_SERIES])
    has_rest = any(row["code"] not in kept for row in shown)
    rest = ("Not allocated" if len(kept) == len(allocated) else "Others, and not allocated") if has_rest else None
    label = {code: names[code] for code in kept}
    if len(set(label.values())) < len(label):
        label = {code: f"{names[code]} ({code})" for code in kept}
    sums: dict[tuple[int, str], Any] = {}
    for row in shown:
        place = row["fiscal_year"], label.get(row["code"], rest or "")
        sums[place] = sums.get(place, 0) + row["share_pct"]
    values = [{"period": year, "series": name, "value": value} for (year, name), value in sums.items()]
    return [*label.values(), *([rest] if rest else [])], rest, values


def _table(title: str, parts: Sequence[Mapping[str, Any]], names: Mapping[str, str], group: Mapping[str, Any], breakdown: Breakdown) -> Table:
    # Not at the top: the parts of the site import this module.
    from pipelines.site.pages import explained

    unit = "US$" if group["unit"] == "USD" else group["unit"]
    scheme = breakdown.condition.partition("'")[2].rstrip("'")
    unconverted = sum(row["unconverted_rows"] or 0 for row in parts)
    return Table(
        caption=title,
        columns=[
            Column(key="part", heading=sentence(breakdown.text)),
            Column(key="fiscal_year", heading="Year"),
            Column(key="value", heading=sentence(unit or "value"), kind="number"),
            Column(key="share_pct", heading="Share, exact", kind="exact"),
            Column(key="rounded_pct", heading="Share, rounded", kind="percent"),
            Column(key="distinct_count", heading="Records", kind="number"),
        ],
        rows=[
            {
                **row,
                "part": names[row["code"]],
                "value": Link(text=number(row["value"]), path=explained.path_of(breakdown.table, {**row, "region_scheme": scheme}), is_optional=True),
            }
            for row in parts
        ],
        note=f"Without a rate, and so in no share: {number(unconverted)} records." if unconverted else "",
        is_sortable=True,
    )
