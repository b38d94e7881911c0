"""A schema that an operator has at hand: told, bounded, and without a say in what loads."""

import pytest

from pipelines.iati.activity_pass import kept_part, part_name
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import ConfigurationError
from tests.unit.iati.conftest import activity, document, transaction

TINY = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:include schemaLocation="common.xsd"/>
<xsd:element name="iati-activity"><xsd:complexType><xsd:sequence>
<xsd:element name="iati-identifier" type="xsd:string"/><xsd:element name="reporting-org"/><xsd:element ref="transaction" minOccurs="0" maxOccurs="1"/>
</xsd:sequence><xsd:attribute name="default-currency"/></xsd:complexType></xsd:element></xsd:schema>"""
COMMON = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:element name="transaction"><xsd:complexType>
<xsd:sequence><xsd:any processContents="skip" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element></xsd:schema>"""


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "iati-activities-schema.xsd").write_text(TINY)
    (folder / "common.xsd").write_text(COMMON)
    monkeypatch.setenv("TECHCOOP_IATI_SCHEMA", str(folder))
    return folder


def test_what_the_schema_finds_is_a_warning_at_the_activity_and_everything_loads(tiny, read):
    result = read(document(activity(transaction()), "\n" + activity(transaction("1") + transaction("2") + "<odd/>", identifier="XM-1-B")))
    (found,) = result.found("xsd")
    assert found[:4] == ("iati_activities", 2, None, "warning")
    assert found[4].startswith("line 2: Element 'transaction': This element is not expected")
    assert result.counts["iati_transactions"] == (3, 0) and result.counts["iati_activities"] == (2, 0)


def test_without_the_setting_nothing_is_validated(read):
    assert read(document(activity("<odd/>"))).found("xsd") == []


def test_what_was_found_without_the_schema_or_under_another_is_found_anew(tiny, tmp_path, monkeypatch):
    delivery = Delivery(source="iati", source_file="iati/a.xml", path=tmp_path / "a.xml", sha256="0" * 64)
    names = {part_name(delivery)}
    (tiny / "common.xsd").write_text(COMMON.replace("unbounded", "9"))
    names.add(part_name(delivery))
    monkeypatch.delenv("TECHCOOP_IATI_SCHEMA")
    names.add(part_name(delivery))
    assert len(names) == 3 and not any(kept_part(tmp_path, name) for name in names)


def test_folder_without_a_schema_is_a_configuration_error(tmp_path, monkeypatch, read):
    monkeypatch.setenv("TECHCOOP_IATI_SCHEMA", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"holds no iati-activities-schema\.xsd"):
        read(document(activity()))


@pytest.mark.parametrize("text", ["<xsd:schema", '<a xmlns:xsd="http://www.w3.org/2001/XMLSchema"/>'])
def test_schema_that_cannot_be_read_is_a_configuration_error(tiny, read, text):
    (tiny / "iati-activities-schema.xsd").write_text(text)
    with pytest.raises(ConfigurationError, match="no schema that can be read"):
        read(document(activity()))
