"""The JSON Schema of mappings, from which editors complete and check them. What a mapping means is for `load` to say; here stands what it may hold."""

from __future__ import annotations

from typing import Any

from pipelines.contracts import SOURCE_NAMES
from pipelines.mapping.load import COLUMN_WORDS, FILE_WORDS, TABLE_WORDS

TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
ROW: dict[str, Any] = {"type": ["integer", "string"], "minimum": 1, "pattern": "^[1-9][0-9]*$"}
CELL: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z]{1,3}[1-9][0-9]*$"}
PATTERN: dict[str, Any] = {"type": "string", "format": "regex", "maxLength": 1000}
FLAG: dict[str, Any] = {"enum": [True, False, "true", "false"]}


def _some(one: dict[str, Any]) -> dict[str, Any]:
    """One, or a list of them."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _table(described: str, required: tuple[str, ...] = (), **properties: dict[str, Any]) -> dict[str, Any]:
    named = {"from_": "from"}
    return {
        "type": "object",
        "description": described,
        "properties": {named.get(name, name): value for name, value in properties.items()},
        "required": list(required),
        "additionalProperties": False,
    }


def mapping_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a mapping file as YAML gives it."""
    conditions = {"type": "object", "additionalProperties": {"$ref": "#/$defs/wanted"}}
    words = _words(conditions)
    entry = {name: words[name] for name in TABLE_WORDS} | {"source": {"enum": list(SOURCE_NAMES), "description": "The source whose rows this table gives."}}
    tables = {
        "type": "array",
        "minItems": 1,
        "description": "Several tables of one delivery: columns and constants join the shared ones, other words replace, null removes.",
        "items": {"type": "object", "properties": {name: {"anyOf": [one, {"type": "null"}]} for name, one in entry.items()}, "additionalProperties": False},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mapping of a delivery",
        "description": "How a delivery's own columns become the contract's.",
        "type": "object",
        "properties": {name: tables if name == "tables" else words[name] for name in (*TABLE_WORDS, *FILE_WORDS)},
        "additionalProperties": False,
        "$defs": {
            "wanted": {
                "description": "A value, a list of values, {matches: a pattern of the whole value} or {not: …}.",
                "anyOf": [
                    _some({"anyOf": [TEXT, _table("A pattern.", ("matches",), matches=PATTERN)]}),
                    {"type": "object", "properties": {"not": {"$ref": "#/$defs/wanted"}}, "required": ["not"], "additionalProperties": False},
                ],
            },
            "column": _column(conditions),
        },
    }


def _words(conditions: dict[str, Any]) -> dict[str, Any]:
    """The words of a table and of the file."""
    any_of = _some(conditions)
    constant = {
        "anyOf": [
            TEXT,
            _table("The text of a cell.", ("cell",), cell=CELL, pattern=PATTERN),
            _table("The name of the sheet, or a part of it.", ("sheet_name",), sheet_name={"anyOf": [FLAG, PATTERN]}),
        ]
    }
    described: dict[str, tuple[str, dict[str, Any]]] = {
        "delimiter": ("Between the fields of a delimited file: one character, or tab, comma, semicolon, bar.", TEXT),
        "encoding": ("Of a delimited file: utf-8, utf-16, windows-1252, windows-1251, …", {"type": "string"}),
        "path": ("Where the records of a JSON document stand, such as outputs[].funding[].", {"type": "string"}),
        "sheet": ("The sheet's name or number, or a pattern of several.", {"anyOf": [TEXT, _table("Sheets.", ("matches",), matches=PATTERN)]}),
        "cells_from": ("The table's top left cell, whose row is the header.", CELL),
        "header_row": ("The row of the column names, or the rows of one header.", _some(ROW)),
        "hidden_rows": ("What becomes of rows that a workbook hides.", {"enum": ["load", "skip", "refuse"]}),
        "rows": ("Which rows are the table's.", _table("Rows.", from_=ROW, to=ROW, after=any_of, until=any_of)),
        "fill_down": ("Columns in which an empty cell takes the value above it.", _some({"type": "string"})),
        "unpivot": ("Columns that become rows.", _unpivot()),
        "numbers": ("How numbers are written.", _numbers()),
        "dates": ("How dates are written beside ISO, such as DD.MM.YYYY or D MMMM YYYY.", _some({"type": "string"})),
        "missing": ("Words that mean an empty cell.", _some(TEXT)),
        "columns": ("Contract column: where it comes from.", {"type": "object", "additionalProperties": {"$ref": "#/$defs/column"}}),
        "constants": ("Contract column: the same text in every row.", {"type": "object", "additionalProperties": constant}),
        "split": ("One column into several new ones.", {"type": "object", "additionalProperties": _split()}),
        "filter": ("Rows that are no records; each goes to quarantine.", _table("Filter.", keep=conditions, drop=any_of)),
        "ignore": ("Columns that nobody needs.", _some({"type": "string"})),
        "supersedes": ("Globs of deliveries that this one replaces.", _some({"type": "string"})),
        "note": ("Free text.", TEXT),
        "citation": ("Free text.", TEXT),
    }
    return {name: {"description": text, **one} for name, (text, one) in described.items()}


def _column(conditions: dict[str, Any]) -> dict[str, Any]:
    case = _table("A case.", ("where", "value"), where=conditions, value=TEXT)
    words: dict[str, dict[str, Any]] = {
        "from": {"type": "string", "description": "A column of the delivery."},
        "first_of": {"type": "array", "items": {"type": "string"}, "description": "Columns of which the first that is not empty counts."},
        "join": {"type": "array", "items": {"type": "string"}, "description": "Columns whose texts are joined."},
        "separator": {"type": "string", "description": "Between joined texts."},
        "first_match": {**PATTERN, "description": "A pattern looked for inside the text; its first group, or all of it, is the value."},
        "replace": {"type": "array", "items": {"type": "array", "prefixItems": [PATTERN, TEXT], "minItems": 2, "maxItems": 2}},
        "list": {**_some({"type": "string"}), "description": "Separators of a list; shares beside names are read."},
        "cases": {**_some(case), "description": "The first case whose conditions all hold decides."},
        "values": {"type": "object", "additionalProperties": TEXT, "description": "Delivered value: value."},
        "values_file": {"type": "string", "description": "A CSV file with the columns from and to, relative to the mapping."},
        "otherwise": {**TEXT, "description": "Where neither cases nor values say anything."},
        "numbered": {"enum": [True, "true"], "description": "The row's number is added, for rows that have none of their own."},
        "scale": {**TEXT, "description": "Every number is multiplied by it, exactly."},
        "negate": {**FLAG, "description": "Every number changes its sign."},
        "invert": {**FLAG, "description": "One divided by the number: units per dollar become dollars per unit."},
    }
    return {"anyOf": [{"type": "string"}, {"type": "object", "properties": {name: words[name] for name in COLUMN_WORDS}, "additionalProperties": False}]}


def _unpivot() -> dict[str, Any]:
    return _table(
        "Columns that become rows.",
        ("on",),
        on={"anyOf": [_some({"type": "string"}), _table("Columns.", ("matches",), matches=PATTERN)]},
        variable_name={"type": "string"},
        value_name={"type": "string"},
        variable=_table("A header that says several things.", ("pattern",), pattern=PATTERN),
        keep_empty=FLAG,
    )


def _numbers() -> dict[str, Any]:
    return _table("Numbers.", decimal={"type": "string"}, thousands={"type": "string"}, percent=FLAG, currency_signs=FLAG, footnotes=FLAG)


def _split() -> dict[str, Any]:
    return _table("A split.", pattern=PATTERN, separator={"type": "string"}, into={"type": "array", "items": {"type": "string"}, "minItems": 2})
