"""The dictionary: every table, column, unit, code list, indicator and rule, from where each is defined once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.dbt.described import Table as Described
from pipelines.dbt.described import described
from pipelines.site.page import Column, Link, Page, Table, slug
from pipelines.site.reader import Reader

SECTION = "Data and checks"
INDEX = "dictionary/index.html"
# What each layer is for, in the order in which a reader wants them.
LAYERS = {
    "marts": "Tables for readers: shares, indicators, facts and what their codes mean.",
    "audit": "What was delivered, what was found wrong, what was reconciled, what was checked.",
    "reference": "Code lists and mappings, each row with its source.",
    "raw": "Deliveries as they were loaded, with file and row.",
}


def pages(reader: Reader) -> Iterator[Page]:
    """The index, in which one searches, and a page per layer, for contracts and for indicators."""
    if reader.release.manifest is None:
        return
    tables = {name: table for name, table in described(reader.release.manifest).items() if table.schema in LAYERS and reader.exists(name)}
    entries = _entries(tables)
    for layer, told in LAYERS.items():
        members = [_section(reader, table) for table in sorted(tables.values(), key=lambda table: table.name) if table.schema == layer]
        context = {"told": told, "members": members, "index": INDEX}
        yield Page(
            path=path_of(layer), title=f"Tables of the schema {layer}", section=SECTION, template="dictionary_layer.html", context=context, in_navigation=False
        )
    contracts = _contracts()
    yield Page(
        path="dictionary/deliveries.html",
        title="What deliveries must look like",
        section=SECTION,
        template="dictionary_layer.html",
        context={"told": "Columns that a delivery of each source may carry, and the rules that its rows must obey.", "members": contracts, "index": INDEX},
        in_navigation=False,
    )
    entries += [
        {"name": member["name"], "kind": "source", "told": member["description"], "path": f"dictionary/deliveries.html#{member['anchor']}"}
        for member in contracts
    ]
    if reader.has_rows("reference.indicator_definitions"):
        rows = reader.rows("select * from reference.indicator_definitions order by domain, indicator")
        yield _indicators(reader, rows)
        entries += [{"name": row["indicator"], "kind": "indicator", "told": row["name"], "path": "dictionary/indicators.html"} for row in rows]
    layers = [Link(text=f"Schema {layer}", path=path_of(layer)) for layer in LAYERS]
    more = [Link(text="Deliveries and their rules", path="dictionary/deliveries.html")]
    more += [Link(text="Indicators", path="dictionary/indicators.html")] if reader.has_rows("reference.indicator_definitions") else []
    context = {"entries": sorted(entries, key=lambda entry: (entry["name"], entry["kind"])), "links": [*layers, *more]}
    yield Page(path=INDEX, title="Dictionary", section=SECTION, template="dictionary.html", context=context)


def path_of(layer: str) -> str:
    """Where the tables of a layer stand."""
    return f"dictionary/{layer}.html"


def _entries(tables: dict[str, Described]) -> list[dict[str, Any]]:
    """Tables, and columns once however many tables have them."""
    entries = [{"name": name, "kind": "table", "told": table.grain, "path": f"{path_of(table.schema)}#{slug(name)}"} for name, table in tables.items()]
    columns: dict[str, list[Described]] = {}
    for table in tables.values():
        for column in table.columns:
            columns.setdefault(column, []).append(table)
    for column, members in columns.items():
        first = next((table for table in members if table.columns[column].description), members[0])
        told, unit = first.columns[column].description, first.columns[column].unit
        places = f"in {first.schema}.{first.name}" + (f" and {len(members) - 1} more" if len(members) > 1 else "")
        path = f"{path_of(first.schema)}#{slug(f'{first.schema}.{first.name}')}"
        entries.append({"name": column, "kind": f"column {places}", "told": f"{told} ({unit})" if unit else told, "path": path})
    return entries


def _section(reader: Reader, table: Described) -> dict[str, Any]:
    """A table with its columns as they are in the release, and what they mean where somebody wrote it."""
    name = f"{table.schema}.{table.name}"
    rows = [
        {"name": column, "type": told.type if told else "", "unit": told.unit if told else "", "told": told.description if told else ""}
        for column in reader.columns(name)
        for told in [table.columns.get(column)]
    ]
    columns = [
        Column(key="name", heading="Column", kind="code"),
        Column(key="type", heading="Type", kind="code"),
        Column(key="unit", heading="Unit"),
        Column(key="told", heading="Meaning", kind="prose"),
    ]
    key = f"Key: {', '.join(table.key)}." if table.key else ""
    feeds = f"Made from {', '.join(table.feeds)}." if table.feeds else ""
    listed = Table(caption=f"Columns of {name}", columns=columns, rows=rows, note=" ".join(filter(None, (key, feeds))))
    return {"name": name, "anchor": slug(name), "description": table.description, "tables": [listed]}


def _contracts() -> list[dict[str, Any]]:
    """Sources with their columns and rules, from the contracts that judge deliveries."""
    from pipelines.contracts import SOURCES, column_metadata, contract_columns, rule_expressions, rule_of

    sections = []
    for name, source in SOURCES.items():
        columns = [{"name": column, **column_metadata(source, column)} for column in contract_columns(source)]
        rows = [
            {
                "name": column["name"],
                "kind": column["kind"],
                "required": "required" if column["required"] else "",
                "unit": column["unit"] or "",
                "told": column["description"] + (f". Default: {column['default']}" if column["default"] else ""),
                "codes": ", ".join(column["codes"]),
            }
            for column in columns
        ]
        rules = sorted({rule for _, rule in rule_expressions(source)})
        told = [{"rule": rule, "severity": rule_of(source, rule).severity, "remedy": rule_of(source, rule).remedy} for rule in rules]
        sections.append(
            {
                "name": name,
                "anchor": slug(f"source-{name}"),
                "description": f"{source.grain[:1].upper()}{source.grain[1:]}. "
                + (f"Its key is {', '.join(source.key)}." if source.key else "It has no key: identical lines are real."),
                "tables": [
                    Table(
                        caption=f"Columns of a delivery of {name}",
                        columns=[
                            Column(key="name", heading="Column", kind="code"),
                            Column(key="kind", heading="Kind"),
                            Column(key="required", heading=""),
                            Column(key="unit", heading="Unit"),
                            Column(key="told", heading="Meaning", kind="prose"),
                            Column(key="codes", heading="Codes"),
                        ],
                        rows=rows,
                    ),
                    Table(
                        caption=f"Rules for {name}",
                        columns=[
                            Column(key="rule", heading="Rule", kind="code"),
                            Column(key="severity", heading="If broken"),
                            Column(key="remedy", heading="What to do", kind="prose"),
                        ],
                        rows=told,
                    ),
                ],
            }
        )
    return sections


def _indicators(reader: Reader, rows: list[dict[str, Any]]) -> Page:
    names = [column for column in ("name", "unit", "formula", "numerator", "denominator", "source_document", "source_paragraph") if column in rows[0]]
    table = Table(
        caption="Indicators: what is divided by what, and which paragraph asks for it",
        columns=[Column(key="indicator", heading="Indicator", kind="code"), *(Column(key=name, heading=name.replace("_", " ").capitalize()) for name in names)],
        rows=rows,
        is_sortable=True,
    )
    context = {
        "told": "Every indicator of marts.indicators, as its definition has it.",
        "members": [{"name": "Indicators", "anchor": "indicators", "description": "", "tables": [table]}],
        "index": INDEX,
    }
    return Page(path="dictionary/indicators.html", title="Indicators", section=SECTION, template="dictionary_layer.html", context=context, in_navigation=False)
