"""JSON documents: records that stand in lists, and lists within lists, of one document. A path says where.

`outputs[].sub_outputs[].funding{}` names the entries of `funding`, an object whose keys say something (a year), in each entry of `sub_outputs`, in
each entry of `outputs`. A record has its own fields by their names, those of an object within it by dotted names, and those of what it stands in
by the name of that list: `outputs.title`, `document.name` for the whole. The key of an entry of an object is `key`, an entry that is no object
itself is `value`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.reading.headers import header_names
from pipelines.reading.parts import Parts
from pipelines.reading.records import Number, json_text, number_text, unrepeated
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import ReadOptions, Table

# A document is read as a whole; beyond this size it must come as JSON Lines.
MOST_BYTES = 256 << 20
MOST_COLUMNS = 2_000
PATH = re.compile(r"(?:[^\[\]{}]*(?:\[\]|\{\}))+")
WHOLE = "document"


def read_document(path: Path, name: str, options: ReadOptions, scratch: Path) -> Table:
    """Reads the records that `options.path` names; the first is row 1.

    Raises:
        UnreadableDelivery: no JSON, too large, or nothing stands where the path leads.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableDelivery("too_large", f"{name} is larger than {MOST_BYTES >> 20} MiB.", "Deliver it as JSON Lines, one object per line.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(text, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=unrepeated)
    except UnicodeDecodeError as error:
        raise UnreadableDelivery("encoding", f"{name} is not in UTF-8: {error}.", "JSON is UTF-8 by definition: save it so.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableDelivery("malformed_json", f"{name} is no JSON document: {error or 'nested too deeply'}.", "Deliver the file again.") from error
    steps = [(step[:-2], step[-2:]) for step in re.findall(r"[^\[\]{}]*(?:\[\]|\{\})", options.path or "")]
    records = [{key: json_text(value, lambda digits: number_text(digits, options.decimal)) for key, value in one.items()} for one in _records(document, steps)]
    columns = list(dict.fromkeys(key for record in records for key in record))
    if not columns or len(columns) > MOST_COLUMNS:
        found = f"{len(columns):,} different fields" if columns else "no record"
        raise UnreadableDelivery("nothing_at_path", f"{name} has {found} at the path {options.path!r}.", "Correct `path` in the mapping.")
    names = header_names(columns, 0)
    parts = Parts(folder=scratch, columns=names)
    for number, record in enumerate(records, 1):
        parts.add(number, [record.get(column, "") for column in columns])
    return Table(frame=parts.frame(), columns=names, header_row=0, read_as=options)


def _records(document: Any, steps: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """The entries that the steps lead to, each with the fields of what it stands in."""
    around = _fields(document, WHOLE) if isinstance(document, dict) else {}
    yield from _below(document, steps, around)


def _below(within: Any, steps: list[tuple[str, str]], around: dict[str, Any]) -> Iterator[dict[str, Any]]:
    (name, kind), *rest = steps
    held = within
    for key in filter(None, name.strip(".").split(".")):
        held = held.get(key) if isinstance(held, dict) else None
    if kind == "{}":
        entries = [({"key": key}, entry) for key, entry in held.items()] if isinstance(held, dict) else []
    else:
        entries = [({}, entry) for entry in held] if isinstance(held, list) else []
    label = name.strip(".").rpartition(".")[2] or WHOLE
    for own, entry in entries:
        fields = own | (_fields(entry) if isinstance(entry, dict) else {"value": entry})
        if rest:
            yield from _below(entry, rest, around | {f"{label}.{key}": value for key, value in fields.items()})
        else:
            yield {**fields, **{key: value for key, value in around.items() if key not in fields}}


def _fields(entry: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The fields of an object, those of objects within it by dotted names; lists stay out where a path could lead into them."""
    found: dict[str, Any] = {}
    pending = [(f"{prefix}." if prefix else "", entry)]
    while pending:
        before, held = pending.pop(0)
        for key, value in held.items():
            if isinstance(value, dict):
                pending.append((f"{before}{key}.", value))
            elif not (prefix and isinstance(value, list)):
                found[f"{before}{key}"] = value
    return found
