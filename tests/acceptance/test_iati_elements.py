"""The schema of the standard, where it is at hand: the page of elements has all of its elements and attributes, and no others."""

from pathlib import Path

import pytest

from pipelines import settings
from tests.iati_elements import leaves, paths_of

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "real" / "iati-standard" / "schema"
if not (SCHEMA / "iati-activities-schema.xsd").is_file():
    pytest.skip(f"{SCHEMA} is not at hand: the page of elements is not compared with the schema", allow_module_level=True)


def test_the_page_has_every_element_of_the_schema():
    page = (settings.PROJECT / "docs" / "iati-elements.md").read_text(encoding="utf-8")
    assert paths_of(page) == leaves(SCHEMA), "write it anew: python -m tests.iati_elements FOLDER-OF-THE-SCHEMA docs/iati-elements.md"
