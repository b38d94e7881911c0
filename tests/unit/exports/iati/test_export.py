"""Files of a release: what leaves, what stays, and that a file appears whole or not at all. The release here is a few tables made by hand."""

from datetime import UTC, datetime

import duckdb
import pytest
from lxml import etree

from pipelines.exports.iati import export
from pipelines.exports.iati.export import ExportRefused, NothingToExport, UnknownPublisher, export_entity, export_release

KNOWN_AT = datetime(2024, 1, 1, tzinfo=UTC)
TABLES = """
    create schema marts; create schema raw; create schema intermediate; create schema reference;
    create table reference.entities as select * from (values ('ECE', 'Economic Commission for Europe'), ('UNKNOWN', 'Not named')) as v(entity, name);
    create table reference.iati_publishers as select 'ECE' as entity, 'XM-DAC-41314' as publisher;
    create table reference.subprogrammes as
        select 'ECE' as entity, '1' as subprogramme, null::date as valid_from, null::date as valid_to, 'Environment' as name;
    create table reference.countries as select 'KG' as country, 'Kyrgyzstan' as name, null::date as valid_from;
    create table reference.country_groups as select 'SPECA' as country_group, 'Economies of Central Asia' as name;
    create table reference.sector_map as
        select 'XM-DAC-41314' as publisher, 'ECE' as entity, '2' as sector_vocabulary, '140' as sector, '1' as subprogramme, null::date as valid_to;
    create table marts.dim_project (
        book varchar, project_id varchar, record_basis varchar, title varchar, entity varchar, joint_entities varchar, funding_source varchar, donors varchar,
        start_date date, end_date date, status varchar, budget_amount decimal(18, 2), currency varchar, scope varchar, partners varchar, sdg_targets varchar,
        gender_marker varchar, gender_marker_scheme varchar, source_symbol varchar, source_address varchar, confidentiality varchar);
    create table raw.project_transactions (
        project_id varchar, transaction_id varchar, record_basis varchar, transaction_type varchar, cost_class varchar, transaction_date date, value_date date,
        amount decimal(28, 10), currency varchar, provider varchar, receiver varchar, source_symbol varchar, source_address varchar);
    create table intermediate.int_project_splits (project_id varchar, entity varchar, valid_from date, valid_to date, split_id integer);
    create table intermediate.int_project_transactions (transaction_id varchar, entity varchar, split_id integer);
    create table intermediate.int_split_parts as select * from (
        values (1, '1', 'KG', 'country', 0::bigint, 1::bigint), (1, '1', 'SPECA', 'country_group', 1, 3)
    ) as v(split_id, subprogramme, recipient, recipient_scheme, weight_from, weight_to);
"""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "techcoop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return path


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "ece.xml"


def add(database, project_id, *, basis="reported", currency="USD", confidentiality=None, book="project_ledger", amount="10.5"):
    with duckdb.connect(str(database)) as connection:
        closed = f"'{confidentiality}'" if confidentiality else "null"
        connection.execute(f"""
            insert into marts.dim_project by name select '{book}' as book, '{project_id}' as project_id, '{basis}' as record_basis, 'Water' as title,
                'ECE' as entity, 'trust_fund' as funding_source, date '2021-01-01' as start_date, 'active' as status, '{currency}' as currency,
                {closed} as confidentiality;
            insert into intermediate.int_project_splits values ('{project_id}', 'ECE', date '0001-01-01', date '9999-12-31', 1);
            insert into intermediate.int_project_transactions values ('T-{project_id}', 'ECE', 1);
            insert into raw.project_transactions by name select '{project_id}' as project_id, 'T-{project_id}' as transaction_id, '{basis}' as record_basis,
                'expenditure' as transaction_type, date '2021-05-01' as transaction_date, {amount} as amount, '{currency}' as currency""")


def identifiers(path):
    return [element.text for element in etree.parse(path).iterfind("iati-activity/iati-identifier")]


def test_projects_are_written_with_their_splits_and_money(database, out):
    add(database, "B")
    add(database, "A")
    exported = export_entity(database, "ECE", out, known_at=KNOWN_AT)
    assert (exported.activities, exported.transactions) == (2, 2)
    assert identifiers(out) == ["XM-DAC-41314-A", "XM-DAC-41314-B"]
    first = etree.parse(out).find("iati-activity")
    shares = [(place.get("code"), place.get("percentage")) for place in (first.find("recipient-country"), first.find("recipient-region"))]
    assert shares == [("KG", "33.333333"), ("SPECA", "66.666666")] and first.findtext("transaction/value") == "10.5"


def test_restricted_records_and_published_activities_stay(database, out):
    add(database, "A", confidentiality="restricted")
    add(database, "B", confidentiality="public")
    add(database, "C", book="iati")
    export_entity(database, "ECE", out, known_at=KNOWN_AT, include_illustrative=True)
    assert identifiers(out) == ["XM-DAC-41314-B"]


def test_constructed_records_leave_only_when_asked_for(database, out):
    add(database, "A", basis="illustrative")
    with pytest.raises(NothingToExport, match="1 projects are illustrative"):
        export_entity(database, "ECE", out, known_at=KNOWN_AT)
    assert list(out.parent.iterdir()) == []
    export_entity(database, "ECE", out, known_at=KNOWN_AT, include_illustrative=True)
    assert identifiers(out) == ["XM-DAC-41314-A"]


def test_a_file_that_breaks_a_rule_does_not_appear_and_says_which(database, out):
    out.write_text("the file of last year")
    add(database, "A", currency="QQQ")
    with pytest.raises(ExportRefused, match="unknown_currency in iati_transactions 1"):
        export_entity(database, "ECE", out, known_at=KNOWN_AT)
    assert out.read_text() == "the file of last year" and [file.name for file in out.parent.iterdir()] == ["ece.xml"]


def test_who_cannot_publish_is_told_why(database, out):
    with pytest.raises(UnknownPublisher, match="no entity 'NOBODY'"):
        export_entity(database, "NOBODY", out, known_at=KNOWN_AT)
    with pytest.raises(UnknownPublisher, match=r"iati_publishers\.csv"):
        export_entity(database, "UNKNOWN", out, known_at=KNOWN_AT)


def test_a_release_without_anything_to_publish_has_no_folder(database, tmp_path):
    add(database, "A", basis="illustrative")
    assert export_release(database, tmp_path / "iati", known_at=KNOWN_AT, say=print) == [] and not (tmp_path / "iati").exists()


def test_a_release_goes_on_without_a_file_that_is_refused_or_too_large(database, tmp_path, monkeypatch):
    add(database, "A", currency="QQQ")
    said = []
    assert export_release(database, tmp_path / "iati", known_at=KNOWN_AT, say=said.append) == []
    monkeypatch.setattr(export, "RELEASE_RECORDS", 0)
    assert export_release(database, tmp_path / "iati", known_at=KNOWN_AT, say=said.append) == []
    assert not (tmp_path / "iati").exists()
    assert "unknown_currency" in said[0] and "techcoop export iati --entity ECE" in said[1]
