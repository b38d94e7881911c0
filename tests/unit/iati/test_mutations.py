"""Damaged documents: whatever happens to a file, it is refused in words or read with every element accounted for."""

import random
import shutil

import pytest

from pipelines.iati.activity_pass import activity_pass
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import UnreadableDelivery
from tests.unit.iati import test_details, test_organisation_files, test_upgrade
from tests.unit.iati.conftest import Read, activity, document, transaction

INNER = (
    '<title><narrative>Water &amp; more</narrative></title><recipient-country code="KG" percentage="60"/><recipient-region code="998" percentage="40"/>'
    '<sector code="14030" percentage="100"/><location><point><pos>40.5 72.8</pos></point></location><activity-date type="2" iso-date="2019-01-01"/>'
    '<budget><period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/><value value-date="2019-01-01">5</value></budget>'
    '<result type="1"><indicator measure="1"><baseline year="2018" value="3"/><period><target value="10"/></period></indicator></result>'
)
WHOLE = document(*(activity(INNER + transaction("1.5") + transaction("-2", kind="4"), identifier=f"XM-1-{number}") for number in range(4))).encode()
WHOLES = {
    "activities": WHOLE,
    "details": document(*(activity(test_details.WHOLE, identifier=f"XM-1-{number}") for number in range(3))).encode(),
    "version 1": document(*(activity(test_upgrade.OLD, identifier=f"XM-1-{number}") for number in range(3)), version="1.04").encode(),
    "organisations": test_organisation_files.organisations(test_organisation_files.WHOLE * 3).encode(),
}
PIECES = [
    b"<",
    b">",
    b"&",
    b'"',
    b"</",
    b"/>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a>",
    b"&#0;",
    b"&lt;",
    b"\x00",
    b"\xff\xfe",
    b"<iati-activity>",
]
PIECES += [
    b"</iati-activity>",
    b"</iati-activities>",
    b"9" * 40,
    b"1e9",
    b"-",
    b"NaN",
    b"0000-00-00",
    b"9619-01-01",
    b"\xe2\x80\xae",
    b" ",
    b"",
    b"?>",
    b"xmlns='a'",
]


def mutated(chance, whole):
    content = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(content))
        match chance.randrange(5):
            case 0:
                content[at:at] = chance.choice(PIECES)
            case 1:
                content[at : at + chance.randrange(1, 60)] = chance.choice(PIECES)
            case 2:
                content[at] = chance.randrange(256)
            case 3:
                start = chance.randrange(len(content))
                content[at:at] = content[start : start + chance.randrange(400)]
            case 4 if chance.random() < 0.3:
                del content[at:]
                content += b" "
    return bytes(content)


def judged(path, content):
    path.write_bytes(content)
    folder = path.parent / "landing"
    try:
        found = Read(activity_pass(Delivery(source="iati", source_file="iati/a.xml", path=path, sha256="0" * 64), folder))
    except UnreadableDelivery as error:
        assert error.rule and error.detail and error.remedy
        return
    for name in found.counts:
        delivered, quarantined = found.counts[name]
        assert delivered - quarantined == len(found.rows(name, "_source_row")) and quarantined <= delivered
    lost = found.findings.filter(found.findings["severity"] == "error").unique(["table_name", "source_row"])
    assert lost.height == sum(quarantined for _, quarantined in found.counts.values())
    elements = next(iter(found.counts.values()))[0]
    assert elements >= 1 or (b"<iati-activity" not in content and b"<iati-organisation" not in content) or found.findings.height
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", WHOLES)
def test_a_damaged_document_is_refused_in_words_or_read_with_an_account(tmp_path, kind):
    chance = random.Random(kind)
    for _ in range(20):
        judged(tmp_path / "a.xml", mutated(chance, WHOLES[kind]))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 125))
def test_five_thousand_damaged_documents(tmp_path, seed):
    chance = random.Random(seed)
    for _ in range(200):
        judged(tmp_path / "a.xml", mutated(chance, chance.choice(list(WHOLES.values()))))
