import re

import polars as pl

from pipelines import settings
from pipelines.contracts.iati import ACTIVITY_TABLES, AID_TYPES, MONEY_TABLES, TABLES, codelist


def test_every_column_says_what_it_is():
    for table in TABLES.values():
        assert table.grain and all(told and isinstance(dtype, pl.DataType) for dtype, told in table.columns.values())


def test_every_table_leads_to_its_activity_and_to_its_file():
    provenance = ["_activity_row", "_delivery_id", "_source_file", "_source_row", "_source_sha256", "_loaded_at"]
    for table in TABLES.values():
        first = "iati_identifier" if table.name in ACTIVITY_TABLES else "organisation_identifier"
        assert next(iter(table.schema)) == first and list(table.schema)[-6:] == provenance


def test_money_has_value_currency_and_value_date():
    for name in MONEY_TABLES:
        schema = TABLES[name].schema
        assert (schema["value"], schema["currency"], schema["value_date"]) == (pl.Decimal(28, 10), pl.String(), pl.Date())


def test_codelists_hold_the_codes_of_the_standard():
    assert codelist("TransactionType") == {str(number) for number in range(1, 14)}
    assert {"D01", "D02", "E01"} <= codelist("AidType") and "14030" in codelist("Sector") and "998" in codelist("Region")


def test_aid_types_have_the_same_names_in_the_contract_and_in_the_models():
    macro = (settings.DBT_PROJECT / "macros" / "aid_types.sql").read_text(encoding="utf-8")
    (names,) = re.findall(r"return\(\[(.*)\]\)", macro)
    assert [name.strip(" '") for name in names.split(",")] == [column for column, _ in AID_TYPES.values()]
