"""Contracts: what a delivery of each source must look like. A source costs one module, which declares it as `SOURCE`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import dataframely as dy
import polars as pl

from pipelines.contracts import iati
from pipelines.contracts.columns import CommonColumns, Rule, Source
from pipelines.contracts.rules import SHARED_RULES
from pipelines.contracts.schema_rules import rules_of

# Kinds of columns that hold numbers.
FIGURES = ("money", "number", "rate")

__all__ = [
    "FIGURES",
    "PROVENANCE_COLUMNS",
    "SOURCES",
    "SOURCE_NAMES",
    "Rule",
    "Source",
    "column_metadata",
    "contract_columns",
    "figures_of",
    "landed_schema",
    "required_columns",
    "rule_of",
]


def _sources() -> Iterator[Source]:
    """What the modules beside this one declare as `SOURCE`, by name."""
    for module in sorted(module.name for module in iter_modules(__path__)):
        source = getattr(import_module(f"{__name__}.{module}"), "SOURCE", None)
        if source is not None:
            yield source


SOURCES: dict[str, Source] = {source.name: source for source in _sources()}

# Folders of deliveries. Tables come from `SOURCES`, one each; XML from `iati`, whose files become the tables of `contracts.iati`.
SOURCE_NAMES: tuple[str, ...] = (*SOURCES, iati.SOURCE_NAME)

PROVENANCE_COLUMNS: dict[str, pl.DataType] = {
    "_delivery_id": pl.String(),
    "_source_file": pl.String(),
    "_source_row": pl.Int64(),
    "_source_column": pl.String(),
    "_source_sha256": pl.String(),
    "_loaded_at": pl.Datetime("us"),
}


def _columns(source: Source) -> dict[str, dy.Column]:
    """Columns by name: the source's own, then the common ones that it does not declare itself."""
    own = source.schema.columns()
    return own | {name: column for name, column in CommonColumns.columns().items() if name not in own}


def contract_columns(source: Source) -> tuple[str, ...]:
    """Names a delivery of the source may carry, in the order of the landed table."""
    return tuple(_columns(source))


def required_columns(source: Source) -> tuple[str, ...]:
    """Names a delivery of the source must carry (or its mapping must supply)."""
    return tuple(name for name, column in _columns(source).items() if (column.metadata or {})["required"])


def column_metadata(source: Source, column: str) -> dict[str, Any]:
    """Kind, description, required, filled, default, unit, remedy and codes of a column."""
    metadata = dict(_columns(source)[column].metadata or {})
    if column == "book" and metadata["default"] is None:
        metadata["default"] = source.default_book
    return metadata


def landed_schema(source: Source) -> dict[str, pl.DataType]:
    """Columns and types of the landed table: contract, common columns, provenance."""
    return {name: column.dtype for name, column in _columns(source).items()} | PROVENANCE_COLUMNS


def rule_expressions(source: Source) -> dict[tuple[str | None, str], pl.Expr]:
    """Every rule of the source as (column, rule) and the expression that is true, or null, where the row obeys.

    Column rules come as `column|nullability` and `column|check__name`, row rules by their bare name.
    """
    own = rules_of(source.schema)
    common = {name: rule for name, rule in rules_of(CommonColumns).items() if name not in own and name.split("|")[0] not in source.schema.columns()}
    return {_split_name(source, name): rule.expr for name, rule in (own | common).items()}


def _split_name(source: Source, name: str) -> tuple[str | None, str]:
    column, bar, rule = name.partition("|")
    if not bar:
        return rule_of(source, column).column, column
    return column, {"nullability": "required"}.get(rule, rule.removeprefix("check__"))


def rule_of(source: Source, name: str) -> Rule:
    """What a rule means for the source: its own meaning, else the shared one."""
    return source.rules.get(name) or SHARED_RULES[name]


def figures_of(source: Source) -> tuple[str, ...]:
    """Its columns of money and other numbers."""
    return tuple(name for name in contract_columns(source) if column_metadata(source, name)["kind"] in FIGURES)


def remedy_of(source: Source, column: str | None, name: str) -> str:
    """What to tell the deliverer whose row broke the rule."""
    rule = rule_of(source, name)
    if column is None or column not in _columns(source):
        return rule.remedy.replace("{column}", column or "")
    metadata = column_metadata(source, column)
    if name in ("not_in_code_list", "not_positive") and metadata["remedy"]:
        return str(metadata["remedy"])
    return rule.remedy.replace("{column}", column).replace("{codes}", ", ".join(metadata["codes"]))
