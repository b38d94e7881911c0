import gzip
import io
import tracemalloc
import zipfile

import pytest
import zstandard

from pipelines.iati import document as document_module
from pipelines.iati.document import Activities
from pipelines.shapes.errors import UnreadableDelivery
from tests.unit.iati.conftest import activity, document, transaction


@pytest.fixture
def identifiers(tmp_path):
    def read(content, name="a.xml", member=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        activities = Activities(path, member)
        return [(activities.seen, element.findtext("iati-identifier")) for element in activities], activities.breaks

    return read


def refused(identifiers, content, **how):
    with pytest.raises(UnreadableDelivery) as error:
        identifiers(content, **how)
    return error.value


THREE = [activity(identifier=f"XM-1-{letter}") for letter in "ABC"]


@pytest.mark.parametrize("pack", [lambda text: text, gzip.compress, zstandard.compress], ids=["plain", "gz", "zst"])
def test_a_file_reads_the_same_however_it_is_packed(identifiers, pack):
    assert identifiers(pack(document(*THREE).encode())) == ([(1, "XM-1-A"), (2, "XM-1-B"), (3, "XM-1-C")], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_file_reads_in_the_encoding_it_declares(identifiers, encoding):
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + document(activity(identifier="XM-1-é"))
    assert identifiers(text.encode(encoding))[0] == [(1, "XM-1-é")]


def test_a_member_of_an_archive_is_read_in_place(identifiers):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/c.xml", document(*THREE))
    assert len(identifiers(packed.getvalue(), name="a.zip", member="b/c.xml")[0]) == 3


@pytest.mark.parametrize("version", ["0.9", "10.1", "", "3.0"])
def test_another_version_is_refused_by_its_name(identifiers, version):
    error = refused(identifiers, document(activity(), version=version))
    assert error.rule == "unsupported_version" and (f"version {version}" if version else "no version") in error.detail


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<?xml version="1.0"?>\n<!-- a comment -->\n<!DOCTYPE a SYSTEM "http://localhost/a.dtd">',
        "<!doctype a>",
        "<!-- " + "x" * 200_000 + " --><!DOCTYPE a>",
    ],
    ids=["entity", "network", "lower-case", "hidden"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_declaration_is_refused_before_anything_is_parsed(identifiers, before, encoding):
    assert refused(identifiers, (before + document(activity("<title>&x;</title>"))).encode(encoding)).rule in ("document_type", "not_an_activity_file")


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"hello", b"<html><body/></html>", b"\x00\x01\x02", b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-'], ids=str
)
def test_what_is_no_activity_file_is_refused(identifiers, content):
    assert refused(identifiers, content).rule == "not_an_activity_file"


def test_an_endless_prolog_is_refused(identifiers):
    assert refused(identifiers, "<!--" + "x" * 2_000_000).rule == "not_an_activity_file"


@pytest.mark.parametrize(
    "broken",
    [
        "<iati-activity><title>a & b</title></iati-activity>",
        "<iati-activity><title>never closed",
        "<iati-activity broken <title/></iati-activity>",
        "<iati-activity><a></b></iati-activity>",
        "<iati-activity>&undefined;</iati-activity>",
        "<iati-activity>" + "<a>" * 300 + "</a>" * 300 + "</iati-activity>",
        "<iati-activity><title>" + "x" * 11_000_000 + "</title></iati-activity>",
    ],
    ids=["ampersand", "unclosed", "start-tag", "mismatch", "entity", "depth", "huge-text"],
)
def test_a_broken_activity_costs_itself_alone(identifiers, broken):
    found, breaks = identifiers(document(THREE[0], broken, *THREE[1:]))
    assert found == [(1, "XM-1-A"), (3, "XM-1-B"), (4, "XM-1-C")]
    assert [(one.activity, one.rule) for one in breaks] == [(2, "malformed_activity")]


def test_an_activity_beyond_all_measure_costs_itself_alone(identifiers, monkeypatch):
    monkeypatch.setattr(document_module, "LARGEST_ACTIVITY", 400_000)
    found, breaks = identifiers(document(THREE[0], activity(transaction() * 20_000), *THREE[1:]))
    assert [identifier for _, identifier in found] == ["XM-1-A", "XM-1-B", "XM-1-C"] and "larger than" in breaks[0].message


def test_a_comment_that_mentions_an_activity_is_none(identifiers):
    text = document("<!-- <iati-activity> -->", THREE[0], "<iati-activity>&</iati-activity>", "<!-- <iati-activity> -->", THREE[1])
    assert [identifier for _, identifier in identifiers(text)[0]] == ["XM-1-A", "XM-1-B"]


@pytest.mark.parametrize("length", [1, 9, 40, 100])
def test_a_truncated_file_gives_its_whole_activities_and_says_where_it_broke(identifiers, length):
    whole = document(*THREE[:2], "\n")
    cut = whole.removesuffix("</iati-activities>") + THREE[2][:length]
    found, breaks = identifiers(cut)
    assert [identifier for _, identifier in found] == ["XM-1-A", "XM-1-B"]
    assert breaks[-1].rule == "truncated_file" and "line 2" in breaks[-1].message


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_a_compressed_file_that_is_cut_off_says_so(identifiers, pack):
    content = document(*(activity(identifier=f"XM-1-{number:x}-{hash(number) ** 2}") for number in range(40_000))).encode()
    packed = pack(content)
    found, breaks = identifiers(packed[: len(packed) // 2])
    assert 0 < len(found) < 40_000 and breaks[-1].rule == "truncated_file"


def test_a_file_that_expands_beyond_measure_is_refused(identifiers, monkeypatch):
    monkeypatch.setattr("pipelines.reading.compression.ALWAYS_ALLOWED", 1 << 20)
    bomb = gzip.compress(b'<iati-activities version="2.03">' + b" " * (20 << 20))
    assert refused(identifiers, bomb).rule == "too_large_unpacked"


def test_an_archive_within_an_archive_is_refused(identifiers):
    inner, outer = io.BytesIO(), io.BytesIO()
    for target, name, content in ((inner, "b.xml", b"x"), (outer, "b.zip", None)):
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, inner.getvalue() if content is None else content)
    assert refused(identifiers, outer.getvalue(), name="a.zip", member="b.zip").rule == "nested_archive"


def test_memory_does_not_grow_with_the_file(identifiers):
    def peak(number):
        text = document(*(activity("<title><narrative>" + "x" * 2_000 + "</narrative></title>") for _ in range(number))).encode()
        tracemalloc.start()
        identifiers(text)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4_000) < peak(400) + 3_000_000
