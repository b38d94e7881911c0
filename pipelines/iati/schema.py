"""The schema of the standard, where an operator has it: what it finds wrong is told, and decides nothing.

The schema is not shipped. `TECHCOOP_IATI_SCHEMA` names a folder with `iati-activities-schema.xsd` and the files that it includes, as
https://github.com/IATI/IATI-Schemas publishes them. Activities are validated one by one, so that memory does not grow with the file.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from lxml import etree

from pipelines import settings
from pipelines.shapes.errors import ConfigurationError

FILE = "iati-activities-schema.xsd"
_NAMESPACE = re.compile(r"\{[^}]*\}")


def digest() -> str:
    """A hash of the schema's files, empty without a schema: what was found under another schema is found anew.

    Raises:
        ConfigurationError: the folder named holds no schema.
    """
    where = settings.iati_schema()
    if where is None:
        return ""
    if not (where / FILE).is_file():
        raise ConfigurationError(f"{where}: TECHCOOP_IATI_SCHEMA names this folder, and it holds no {FILE}; put the schema there, or leave the setting out")
    found = hashlib.sha256()
    for file in sorted(where.glob("*.xsd")):
        found.update(f"{file.name}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def schema() -> etree.XMLSchema | None:
    """The schema, read once, if the operator has named one.

    Raises:
        ConfigurationError: it cannot be read.
    """
    where = settings.iati_schema()
    return _read(where, digest()) if where else None


@lru_cache(maxsize=1)
def _read(where: Path, _: str) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(etree.parse(str(where / FILE), etree.XMLParser(no_network=True, resolve_entities=False)))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise ConfigurationError(f"{where / FILE} is no schema that can be read: {' '.join(str(error).split())}") from error


def errors(against: etree.XMLSchema, activity: etree._Element) -> list[str]:
    """What the schema finds wrong in one activity, in its own words, each with the line."""
    if against.validate(activity):
        return []
    return [f"line {error.line}: {_NAMESPACE.sub('', error.message).rstrip('.')}" for error in against.error_log]
