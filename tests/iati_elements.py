"""Where each element and attribute of the standard lands, found out by changing it: what the walk then says otherwise is where it lands.

python -m tests.iati_elements FOLDER-OF-THE-SCHEMA docs/iati-elements.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lxml import etree

from pipelines.contracts.iati import ACTIVITY_TABLES
from pipelines.contracts.iati_organisations import ORGANISATION_TABLES
from pipelines.contracts.iati_table import IatiTable
from pipelines.iati.walk import Walk, row_columns
from pipelines.iati.walk_organisations import OrganisationWalk

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ROOTS = {"iati-activities": "iati-activity", "iati-organisations": "iati-organisation"}
_NESTING = tuple(f"{_XSD}{name}" for name in ("complexType", "sequence", "choice", "complexContent", "extension", "simpleContent"))
NOTHING = "not read: of persons"
_PAGE = """# Elements of the standard and where they land

Every element with a text (`narrative` stands for what it says) and every attribute of activity and organisation files of version 2.03, and the columns of
`raw` in which it lands. Found out by a test that changes each of them in turn. The language of a narrative decides which one a column shows; all narratives
of titles and descriptions stand in `iati_texts` with their languages. Of attributes of the root `version`
and `generated-datetime` are `iati_version` and `file_generated`; `linked-data-default` is not read.

| element or attribute | lands in |
|---|---|
"""


def leaves(schema: Path) -> list[str]:
    """Paths of all that can hold a value, in the order of the schema: `iati-activity/budget/value`, `iati-activity/budget/@type`."""
    found: dict[str, None] = {}
    for root, item in ROOTS.items():
        known: dict[str, etree._Element] = {}
        for file in ("iati-common.xsd", f"{root}-schema.xsd"):
            for node in etree.parse(str(schema / file)).getroot():
                if node.get("name"):
                    known[f"{node.tag.removeprefix(_XSD)} {node.get('name')}"] = node
        found |= dict.fromkeys(_leaves(known, known[f"element {item}"], item))
    return [path for path in found if not path.endswith("narrative/@xml:lang")]


def _leaves(known: Mapping[str, etree._Element], element: etree._Element, path: str) -> Iterator[str]:
    kind = known.get(f"complexType {element.get('type')}")
    nodes = [element] if kind is None else [kind]
    holds_text = kind is None and element.get("type") is not None
    attributes, children = [], []
    while nodes:
        for node in nodes.pop(0):
            if node.tag == f"{_XSD}attribute":
                attributes.append(f"{path}/@{node.get('name') or node.get('ref')}")
            elif node.tag == f"{_XSD}element":
                name = node.get("ref") or node.get("name")
                children.append((known[f"element {name}"] if node.get("ref") else node, f"{path}/{name}"))
            elif node.tag in _NESTING:
                holds_text = holds_text or node.tag == f"{_XSD}simpleContent"
                base = known.get(f"complexType {node.get('base')}")
                nodes += [node] if base is None else [base, node]
    if holds_text:
        yield path
    yield from attributes
    for child, below in children:
        yield from _leaves(known, child, below)


def landed(paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The columns in which each of the paths lands."""
    told = {}
    for item, tables in (("iati-activity", ACTIVITY_TABLES), ("iati-organisation", ORGANISATION_TABLES)):
        own = [path for path in paths if path.partition("/")[0] == item]
        before = _cells(_built(own, item), tables)
        for path in own:
            changed = _cells(_built(own, item, changed=path), tables)
            columns = dict.fromkeys(place[:2] for place in [*before, *changed] if before.get(place) != changed.get(place))
            told[path] = tuple(f"{table}.{column}" for table, column in columns)
    return told


def _built(paths: Sequence[str], item: str, changed: str | None = None) -> etree._Element:
    """An element with everything once, each value 1, and 2 in one place."""
    root = etree.Element(item)
    made = {item: root}
    for path in paths:
        names = path.split("/")
        parent = item
        for name in names[1:]:
            if name.startswith("@"):
                break
            if f"{parent}/{name}" not in made:
                made[f"{parent}/{name}"] = etree.SubElement(made[parent], name)
            parent = f"{parent}/{name}"
        value = "2" if path == changed else "1"
        if names[-1].startswith("@"):
            made[parent].set(_LANGUAGE if names[-1] == "@xml:lang" else names[-1][1:], value)
        else:
            made[parent].text = value
    return root


def _cells(element: etree._Element, tables: Mapping[str, IatiTable]) -> dict[tuple[str, str, int], object]:
    """What the walk makes of an element, cell by cell: only own columns, and no link or book that follows from others."""
    walk = (Walk if element.tag == "iati-activity" else OrganisationWalk)(version="2.03", generated=None, language=None)
    walk.add(element, 1)
    return {
        (name, column, number): value
        for name, rows in walk.take().items()
        for number, row in enumerate(rows)
        for column, value in zip(row_columns(tables[name]), row, strict=True)
        if column in tables[name].own and not (column == "reporting_org_ref" and name != next(iter(tables)) and "organisations" not in name)
    }


def page(paths: Sequence[str]) -> str:
    """The page of documentation, line by line."""
    lines = [f"| `{path}` | {', '.join(f'`{column}`' for column in columns) or NOTHING} |" for path, columns in landed(paths).items()]
    return _PAGE + "\n".join(lines) + "\n"


def paths_of(text: str) -> list[str]:
    """The paths that a page tells of."""
    return [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(leaves(Path(sys.argv[1]))), encoding="utf-8")
