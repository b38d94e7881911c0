"""Tables of the field in their publishers' columns, with invented rows: the mappings under `examples/` load them, exactly, without any Python."""

from decimal import Decimal

import polars as pl
import pytest

from pipelines import settings
from pipelines.landing.one_file import judge_file
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import load_mappings
from pipelines.shapes.delivery import Delivery

CRS_HEADER = (
    "Year|DonorCode|DonorName|CrsID|ProjectNumber|RecipientCode|RecipientName|FlowCode|"
    "USD_Commitment|USD_Disbursement|ProjectTitle|PurposeCode|ChannelCode|ChannelName\n"
)
CRS = f"""{CRS_HEADER}2021|11|Switzerland|2021000001|P-7|613|Kazakhstan|11|1.25|0.4000015|Invented water project|14030|41000|United Nations
2021|11|Switzerland|2021000002||998|Bilateral, unspecified|11||0.1|Invented survey|16062|11000|Donor Government
"""
FTS = """id,date,status,amountUSD,srcOrganization,destOrganization,destLocations,destProjectCode,destPlanCode,refCode
#activity+id,#date,#status,#value,#org+src,#org+dest,#country,#activity,#plan,#ref
901,2023-02-01,paid,1500000,Norway,Invented Fund,"SYR,JOR",,HXYZ23,R-1
902,2023-03-01,pledge,20.5,Japan,Invented Agency,TJK,PRJ-9,,R-2
"""
MPTF = """Fund Code,Fund,Contributor/Partner,Year,Commitments,Deposits
XYZ00,Invented Fund,Norway,2022,"$1,500,000.00","$1,000,000.25"
XYZ00,Invented Fund,Chile,2022,"$10.00",
"""
CERF = """projectCode,projectTitle,agencyName,countryName,year,dateUSGSignature,totalAmountApproved
22-RR-XX-001,Invented,World Food Programme,Kyrgyzstan,2022,05/03/2022,250000
22-RR-XX-002,Invented,UNICEF,Armenia,2022,2022-04-01,99.5
"""
UNSDG = "calendar_year,agency,country,amount\n2022,WHO,Uzbekistan,100.25\n2022,WHO,Global,7\n2022,WHO,Uzbekistan,100.25\n"
UNINFO = """{"name": "Framework", "country": "KZ", "outputs": [{"id": 1, "title": "Output 1.1", "sub_outputs": [
  {"id": "1.1.1", "title": "Invented", "agency": "WHO", "funding": {
    "2021": {"required": 9, "available": 5, "spent": 4.5}, "2022": {"required": 9, "spent": 0}}},
  {"id": "1.1.2", "title": "Invented", "agency": "ECE", "funding": {"2022": {"required": 1, "available": 1, "spent": 1}}}]}]}
"""
WORLD_BANK = """Data Source,World Development Indicators,

Last Updated Date,2024-01-01,

Country Name,Country Code,Indicator Name,Indicator Code,2019,2020,2021
Armenia,ARM,Invented,IN.VEN.TED,1.5,,2.25
Georgia,GEO,Invented,IN.VEN.TED,,3,
"""
SDG = """Goal,Target,Indicator,SeriesCode,SeriesDescription,GeoAreaCode,GeoAreaName,Units,Sex,2019,2020
6,6.1,6.1.1,IN_VENTED,Invented,51,Armenia,PERCENT,BOTHSEX,81.5,NaN
6,6.1,6.1.1,IN_VENTED,Invented,51,Armenia,PERCENT,FEMALE,80,82
"""
RATES = "Country,Currency,Abbreviation,Effective Date,Rate\nKazakhstan,Tenge,KZT,1 Jan 2024,500\nJapan,Yen,JPY,15 Jan 2024,160\n"
ECB = "Date,USD,JPY\n2024-01-03,1.0919,155.87\n2024-01-02,1.0956,N/A\n"

TRANSACTION = ("project_id", "transaction_type", "transaction_date", "amount", "provider", "recipients")


@pytest.mark.parametrize(
    ("name", "source", "suffix", "content", "columns", "expected", "quarantined"),
    [
        ("oecd-crs", "project_transactions", "txt", CRS, TRANSACTION, [
            ("P-7", "commitment", "2021-01-01", "1250000", "Switzerland", "Kazakhstan"),
            ("P-7", "disbursement", "2021-01-01", "400001.5", "Switzerland", "Kazakhstan"),
            ("2021000002", "disbursement", "2021-01-01", "100000", "Switzerland", "UNALLOCATED"),
        ], 0),
        ("fts-flows", "project_transactions", "csv", FTS, TRANSACTION, [
            ("HXYZ23", "contribution", "2023-02-01", "1500000", "Norway", "SYR|JOR"),
            ("PRJ-9", "pledge", "2023-03-01", "20.5", "Japan", "TJK"),
        ], 1),
        ("mptf-gateway", "fund_movements", "csv", MPTF, ("fund_code", "contributor", "fiscal_year", "movement", "amount", "currency"), [
            ("XYZ00", "Norway", "2022", "pledge", "1500000", "USD"),
            ("XYZ00", "Chile", "2022", "pledge", "10", "USD"),
            ("XYZ00", "Norway", "2022", "contribution", "1000000.25", "USD"),
        ], 1),
        ("cerf-allocations", "project_transactions", "csv", CERF, TRANSACTION, [
            ("22-RR-XX-001", "commitment", "2022-03-05", "250000", "Central Emergency Response Fund", "Kyrgyzstan"),
            ("22-RR-XX-002", "commitment", "2022-04-01", "99.5", "Central Emergency Response Fund", "Armenia"),
        ], 0),
        ("unsdg-country-spending", "project_transactions", "csv", UNSDG, TRANSACTION, [
            ("WHO / Uzbekistan", "expenditure", "2022-01-01", "100.25", "WHO", "Uzbekistan"),
            ("WHO / Global", "expenditure", "2022-01-01", "7", "WHO", "GLOBAL"),
            ("WHO / Uzbekistan", "expenditure", "2022-01-01", "100.25", "WHO", "Uzbekistan"),
        ], 0),
        ("uninfo-outputs", "project_transactions", "json", UNINFO, ("transaction_id", *TRANSACTION), [
            ("1.1.1/2021", "1.1.1", "expenditure", "2021-01-01", "4.5", "WHO", "KZ"),
            ("1.1.2/2022", "1.1.2", "expenditure", "2022-01-01", "1", "ECE", "KZ"),
        ], 1),
        ("world-bank-indicators", "indicator_observations", "csv", WORLD_BANK, ("series", "country", "period", "value"), [
            ("IN.VEN.TED", "ARM", "2019", "1.5"), ("IN.VEN.TED", "ARM", "2021", "2.25"), ("IN.VEN.TED", "GEO", "2020", "3"),
        ], 0),
        ("un-sdg-indicators", "indicator_observations", "csv", SDG, ("series", "country", "period", "value"), [("IN_VENTED", "Armenia", "2019", "81.5")], 1),
        ("un-operational-rates", "exchange_rates", "csv", RATES, ("currency", "rate_date", "usd_per_unit", "rate_kind"), [
            ("KZT", "2024-01-01", "0.002", "effective_from"), ("JPY", "2024-01-15", "0.00625", "effective_from"),
        ], 0),
        ("ecb-reference-rates", "exchange_rates", "csv", ECB, ("currency", "rate_date", "usd_per_unit", "rate_kind"), [
            ("EUR", "2024-01-03", "1.0919", "daily"), ("EUR", "2024-01-02", "1.0956", "daily"),
        ], 0),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)  # fmt: skip
def test_a_table_of_the_field_loads_by_its_mapping_alone(tmp_path, name, source, suffix, content, columns, expected, quarantined):
    path = tmp_path / f"delivery.{suffix}"
    path.write_text(content)
    delivery = Delivery(source=source, source_file=path.name, path=path, sha256="0" * 64)
    mappings = load_mappings(settings.PROJECT / "examples" / f"{name}.mapping.yml")
    parts = [judge_file(one, mapping, tmp_path / "parts") for one, mapping in tables_of_file(delivery, mappings)]
    loaded = pl.concat([pl.read_parquet(part.rows) for part in parts])
    got = [tuple(f"{value.normalize():f}" if isinstance(value, Decimal) else str(value) for value in row) for row in loaded.select(columns).iter_rows()]
    assert sorted(got) == sorted(expected)
    assert sum(part.rows_quarantined for part in parts) == quarantined
    assert sum(part.rows_delivered for part in parts) == len(loaded) + quarantined
