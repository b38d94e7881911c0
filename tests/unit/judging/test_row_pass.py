import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts import SOURCES, landed_schema
from pipelines.landing.one_file import judge_file
from pipelines.mapping.load import load_mapping
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import FileViolation, UnreadableDelivery
from pipelines.shapes.part import QUARANTINE_COLUMNS

PROJECT = {
    "project_id": "P1",
    "title": "Water",
    "entity": "ECE",
    "subprogrammes": "1",
    "funding_source": "trust_fund",
    "start_date": "2023-01-01",
    "status": "active",
    "currency": "USD",
    "recipients": "KG:60|TJ:40",
}
TRANSACTION = {
    "transaction_id": "T1",
    "project_id": "P1",
    "transaction_type": "expenditure",
    "transaction_date": "2023-05-01",
    "amount": "7.00",
    "currency": "USD",
}
ALLOCATION = {
    "book": "programme_budget",
    "entity": "ECE",
    "fiscal_year": "2023",
    "subprogramme": "1",
    "funding_source": "rptc",
    "measure": "expenditure",
    "amount": "100",
    "currency": "USD",
}
STATEMENT = {
    "figure_id": "F1",
    "entity": "ECE",
    "period_start": "2023-01-01",
    "period_end": "2023-12-31",
    "measure": "expenditure_usd",
    "statistic": "value",
    "comparator": "eq",
    "value": "24100000",
    "rounding_unit": "100000",
    "source_symbol": "A/78/6",
}

ACTIVITY = {"activity_id": "A1", "programme": "UNRCCA-2021-2025", "function_codes": "I", "activity_type": "training", "status": "planned"}
OBSERVATION = {"series": "river_flow", "country": "XA", "period": "2023-Q1", "value": "420"}
ROWS = {
    "trust_fund_projects": PROJECT,
    "project_transactions": TRANSACTION,
    "subprogramme_allocations": ALLOCATION,
    "published_figures": STATEMENT,
    "programme_activities": ACTIVITY,
    "indicator_observations": OBSERVATION,
}


class Judged:
    """A delivery of these rows after the row pass."""

    def __init__(self, folder: Path, source: str, rows: list[dict], *, mapping: str = "", text: str = "", name: str = "d.csv"):
        path = folder / name
        header = list(dict.fromkeys(key for row in rows for key in row))
        quoted = [",".join('"' + row.get(key, "").replace('"', '""') + '"' for key in header) for row in rows]
        path.write_text(text or "\n".join([",".join(header), *quoted]) + "\n", encoding="utf-8")
        said = None
        if mapping:
            file = path.with_name(f"{name}.mapping.yml")
            file.write_text(mapping, encoding="utf-8")
            said = load_mapping(file)
        delivery = Delivery(source=source, source_file=f"{source}/{name}", path=path, sha256="0" * 64)
        self.part = judge_file(delivery, said, folder / "landing")
        self.rows = pl.read_parquet(self.part.rows)
        self.findings = pl.read_parquet(self.part.findings)
        self.amounts = pl.read_parquet(self.part.amounts)
        assert dict(self.rows.schema) == landed_schema(SOURCES[source])
        assert dict(self.findings.schema) == QUARANTINE_COLUMNS
        assert self.part.rows_delivered == len(self.rows) + self.part.rows_quarantined
        assert self.amounts["rows_delivered"].sum() >= self.part.rows_delivered

    def broken(self, severity="error"):
        return [(row["source_row"], row["column_name"], row["rule"]) for row in self.findings.filter(pl.col("severity") == severity).iter_rows(named=True)]


@pytest.fixture
def judged(tmp_path):
    def build(source, *changes, base=None, **options):
        base = base or ROWS[source]
        return Judged(tmp_path, source, [base | change for change in changes or ({},)], **options)

    return build


def test_a_good_row_lands_in_the_types_of_the_contract(judged):
    row = judged("project_transactions").rows.row(0, named=True)
    assert row["amount"] == Decimal("7") and row["transaction_date"] == date(2023, 5, 1)
    assert row["book"] == "project_ledger" and row["record_basis"] == "reported"
    assert row["_source_row"] == 2 and row["_source_file"] == "project_transactions/d.csv" and len(row["_delivery_id"]) == 16


def test_blanks_around_cells_are_no_part_of_them(judged):
    row = judged("trust_fund_projects", {"project_id": "  P9 ", "end_date": "   "}).rows.row(0, named=True)
    assert row["project_id"] == "P9" and row["end_date"] is None


@pytest.mark.parametrize("cell", [" P9", "P9  ", "\tP9", "P9\f", "\u00a0P9", "P9\u2003"])
def test_blanks_of_any_kind_around_cells_are_no_part_of_them(judged, cell):
    text = f"{','.join(TRANSACTION)},provider\n{','.join((TRANSACTION | {'project_id': cell}).values())}, \n{','.join(TRANSACTION.values())},A B"
    rows = judged("project_transactions", text=text).rows
    assert rows.select("project_id", "provider").rows() == [("P9", None), ("P1", "A B")]


def test_codes_are_words_of_their_list_and_an_empty_cell_is_the_default(judged):
    result = judged("project_transactions", {"record_basis": "illustrative"}, {"record_basis": ""}, {"record_basis": "Reported"})
    assert result.rows["record_basis"].to_list() == ["illustrative", "reported"]
    assert result.broken() == [(4, "record_basis", "not_in_code_list")]
    assert sorted(result.amounts.select("record_basis", "rows_quarantined").rows()) == [("Reported", 1), ("illustrative", 0), ("reported", 0)]


def test_words_for_missing_are_empty_cells(judged):
    result = judged("trust_fund_projects", {"end_date": "n/a"}, mapping="missing: [n/a]\n")
    assert result.rows["end_date"].to_list() == [None]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-inf", "7,00", "seven", "1.234,56", "1,234.56", "0x10", "1000.-", "1000.–", "٣٠٠", "１２３"])
def test_what_is_no_plain_number_is_quarantined(judged, amount):
    assert judged("project_transactions", {"amount": amount}).broken() == [(2, "amount", "unreadable_number")]


def test_shares_written_with_a_decimal_comma_are_read_like_the_other_numbers(judged):
    said = {"recipients": "KG:33,33|TJ: 66,67", "sdg_targets": "7.3:50|8.1:50", "donors": "A, B|C"}
    result = judged("trust_fund_projects", said, {"project_id": "P2", "recipients": "KG:33.33|TJ:66.67"}, mapping='numbers: {decimal: ","}\n')
    assert result.broken() == []
    assert result.rows.select("recipients", "sdg_targets", "donors").rows() == [
        ("KG:33.33|TJ: 66.67", "7.3:50|8.1:50", "A, B|C"),
        ("KG:33.33|TJ:66.67", None, None),
    ]


def test_numbers_written_otherwise_are_read_with_a_mapping(judged):
    result = judged("project_transactions", {"amount": "1.234,56"}, mapping='numbers: {decimal: ",", thousands: "."}\n')
    assert result.rows["amount"].to_list() == [Decimal("1234.56")]


def test_eleven_decimals_are_rounded_half_to_even_with_a_warning(judged):
    result = judged("project_transactions", {"amount": "0.00000000025"}, {"amount": "0.00000000035"}, {"amount": "0.1000000000000"})
    assert result.rows["amount"].to_list() == [Decimal("0.0000000002"), Decimal("0.0000000004"), Decimal("0.1")]
    assert result.broken("warning") == [(2, "amount", "too_precise"), (3, "amount", "too_precise")]


@pytest.mark.parametrize("amount", ["10000000000000000", "-10000000000000000.00", "123456789012345678901", "9999999999999999.995"])
def test_an_amount_beyond_the_surface_is_too_large(judged, amount):
    assert judged("project_transactions", {"amount": amount}).broken() == [(2, "amount", "amount_too_large")]


def test_the_largest_amount_of_the_surface_loads(judged):
    assert judged("project_transactions", {"amount": "-9999999999999999.99"}).rows["amount"].to_list() == [Decimal("-9999999999999999.99")]


def test_the_31st_of_february_is_no_day(judged):
    assert judged("trust_fund_projects", {"start_date": "2023-02-31"}).broken() == [(2, "start_date", "unreadable_date")]
    assert judged("trust_fund_projects", {"start_date": "31.02."}).broken() == [(2, "start_date", "unreadable_date")]


@pytest.mark.parametrize("day", ["9619-05-01", "1944-12-31", "2100-01-01"])
def test_days_out_of_range_are_slips(judged, day):
    assert judged("project_transactions", {"transaction_date": day}).broken() == [(2, "transaction_date", "date_out_of_range")]


def test_an_end_before_its_start_is_quarantined(judged):
    assert judged("trust_fund_projects", {"end_date": "2022-12-31"}).broken() == [(2, "end_date", "end_before_start")]
    assert judged("trust_fund_projects", {"end_date": "2023-01-01"}).broken() == []


def test_an_empty_required_cell_is_quarantined(judged):
    assert judged("trust_fund_projects", {"title": ""}).broken() == [(2, "title", "required")]


def test_a_word_outside_the_code_list_is_quarantined_and_the_list_is_told(judged):
    result = judged("project_transactions", {"transaction_type": "payment"})
    assert result.broken() == [(2, "transaction_type", "not_in_code_list")]
    assert "pledge, contribution" in result.findings["remedy"][0]


def test_a_funding_source_outside_the_tree_is_quarantined(judged):
    assert judged("trust_fund_projects", {"funding_source": "petty_cash"}).broken() == [(2, "funding_source", "not_in_code_list")]


def test_an_unknown_currency_is_quarantined(judged):
    assert judged("project_transactions", {"currency": "usd"}).broken() == [(2, "currency", "unknown_currency")]


@pytest.mark.parametrize(("split", "rule"), [("KG:60|TJ:39", "split_sum"), ("KG:60|TJ", "split_unreadable"), ("KG|KG", "split_unreadable")])
def test_a_split_that_cannot_be_used_is_quarantined(judged, split, rule):
    assert judged("trust_fund_projects", {"recipients": split}).broken() == [(2, "recipients", rule)]


def test_every_rule_that_a_row_breaks_is_told_and_the_row_counts_once(judged):
    result = judged("trust_fund_projects", {"start_date": "soon", "recipients": "KG:1", "status": "new"}, {})
    assert sorted(result.broken()) == [(2, "recipients", "split_sum"), (2, "start_date", "unreadable_date"), (2, "status", "not_in_code_list")]
    assert (result.part.rows_delivered, result.part.rows_quarantined) == (2, 1)


def test_published_rows_must_cite(judged):
    assert judged("subprogramme_allocations", {"record_basis": "published"}).broken() == [(2, "source_symbol", "citation_missing")]
    assert judged("subprogramme_allocations", {"record_basis": "published", "source_address": "https://open.un.org"}).broken() == []


def test_a_statement_without_any_citation_column_is_quarantined(judged):
    uncited = {key: value for key, value in STATEMENT.items() if key != "source_symbol"}
    assert judged("published_figures", base=uncited).broken() == [(2, "source_symbol", "citation_missing")]


def test_a_statement_without_a_period_loads(judged):
    assert judged("published_figures", {"period_start": "", "period_end": ""}).broken() == []


def test_between_needs_its_upper_value(judged):
    assert judged("published_figures", {"comparator": "between"}).broken() == [(2, "value_upper", "upper_value_needed")]
    assert judged("published_figures", {"comparator": "between", "value_upper": "25000000"}).broken() == []


@pytest.mark.parametrize(
    ("written", "year", "kind", "start", "end"),
    [
        ("2023", 2023, "year", date(2023, 1, 1), date(2023, 12, 31)),
        ("2018/19", 2019, "peacekeeping_year", date(2018, 7, 1), date(2019, 6, 30)),
        ("1999/00", 2000, "peacekeeping_year", date(1999, 7, 1), date(2000, 6, 30)),
        ("2018-2019", 2019, "biennium", date(2018, 1, 1), date(2019, 12, 31)),
        ("2018–2019", 2019, "biennium", date(2018, 1, 1), date(2019, 12, 31)),
        ("2017-2020", 2020, "multi_year", date(2017, 1, 1), date(2020, 12, 31)),
    ],
)
def test_fiscal_years_as_un_documents_write_them(judged, written, year, kind, start, end):
    row = judged("subprogramme_allocations", {"fiscal_year": written}).rows.row(0, named=True)
    assert (row["fiscal_year"], row["period_type"], row["period_start"], row["period_end"]) == (year, kind, start, end)


@pytest.mark.parametrize("written", ["2018-19", "2018/20", "FY23", "23", "2019-2018"])
def test_a_year_that_may_mean_two_things_is_quarantined(judged, written):
    assert judged("subprogramme_allocations", {"fiscal_year": written}).broken() == [(2, "fiscal_year", "unreadable_year")]


def test_the_period_that_a_delivery_states_is_kept(judged):
    row = judged("subprogramme_allocations", {"fiscal_year": "2019", "period_type": "biennium"}).rows.row(0, named=True)
    assert (row["period_type"], row["period_start"]) == ("biennium", date(2018, 1, 1))


def test_several_years_need_their_first_and_last_day(judged):
    assert judged("subprogramme_allocations", {"period_type": "multi_year"}).broken() == [(2, "period_start", "period_needed")]


def test_identical_lines_and_negative_ones_are_real(judged):
    result = judged("subprogramme_allocations", {"amount": "-5"}, {"amount": "-5"})
    assert result.rows["amount"].to_list() == [Decimal(-5)] * 2


def test_defaults_are_filled_in(judged):
    row = judged("subprogramme_allocations", {"budget_component": ""}).rows.row(0, named=True)
    assert (row["budget_component"], row["psc_treatment"], row["record_basis"]) == ("unspecified", "unknown", "reported")


def test_a_missing_column_sets_the_file_aside_and_names_it(judged):
    with pytest.raises(FileViolation, match="subprogramme, mission_type, start_date, recipients, funding_source missing; found mission_id, entity") as error:
        judged("missions", base={"mission_id": "M1", "entity": "ECE"})
    assert error.value.rule == "missing_column" and "mapping" in error.value.remedy


def test_an_extra_column_is_a_warning_that_names_it(judged):
    assert judged("project_transactions", {"colour": "red"}).broken("warning") == [(1, "colour", "extra_column")]


def test_a_ragged_row_is_delivered_and_quarantined(judged):
    header = ",".join(TRANSACTION)
    result = judged("project_transactions", text=f"{header}\nT1,P1,expenditure,2023-05-01,7,USD\nT2,P1,expenditure\n")
    assert (result.part.rows_delivered, result.part.rows_quarantined, len(result.rows)) == (2, 1, 1)
    assert result.broken() == [(3, None, "ragged_row")]


def test_a_header_alone_is_an_empty_delivery_with_a_warning(judged):
    result = judged("project_transactions", text=",".join(TRANSACTION) + "\n")
    assert (result.part.rows_delivered, len(result.rows)) == (0, 0)
    assert result.broken("warning") == [(1, None, "no_rows")]


def test_an_empty_file_cannot_be_read(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(b"")
    with pytest.raises(UnreadableDelivery):
        judge_file(Delivery(source="missions", source_file="missions/e.csv", path=path, sha256="0"), None, tmp_path / "landing")


def test_row_numbers_are_those_of_the_file_behind_a_quoted_line_break(judged):
    result = judged("trust_fund_projects", {"title": "two\nlines"}, {"title": "", "project_id": "P2"})
    assert result.broken() == [(3, "title", "required")]


def test_compressed_text_is_judged_like_plain_text(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress((",".join(TRANSACTION) + "\n" + ",".join(TRANSACTION.values()) + "\n").encode()))
    part = judge_file(Delivery(source="project_transactions", source_file="project_transactions/t.csv.gz", path=path, sha256="0"), None, tmp_path / "landing")
    assert part.rows_delivered == 1 and not list((tmp_path / "landing").glob(".*"))


def test_amounts_are_counted_per_group_loaded_or_not(judged):
    result = judged("project_transactions", {}, {"currency": "???", "amount": "5"}, {"amount": "x"})
    money = {(row["currency"], row["fiscal_year"]): row for row in result.amounts.iter_rows(named=True)}
    assert money["USD", 2023]["amount_delivered"] == 7 and money["USD", 2023]["rows_quarantined"] == 1
    assert money["???", 2023]["amount_quarantined"] == 5


def test_a_long_value_is_cut_in_the_finding_only(judged):
    result = judged("project_transactions", {"transaction_type": "x" * 5000})
    assert len(result.findings["value"][0]) == 300


CELLS = st.sampled_from(
    ["", " ", "7", "-7.005", "1e9", "NaN", "9" * 30, "2023-02-28", "2023-02-29", "9619-01-01", "USD", "KG:60|TJ:40", "KG:1", "pledge", 'é\n"x"']
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries({name: st.one_of(st.just(value), CELLS) for name, value in {**TRANSACTION, "recipients": "KG"}.items()}), min_size=1, max_size=12
    )
)
def test_whatever_is_delivered_each_row_is_loaded_or_quarantined(tmp_path_factory, rows):
    result = Judged(tmp_path_factory.mktemp("judged"), "project_transactions", rows)
    delivered = [number for number, row in enumerate(rows, 2) if any(row.values())]
    told = set(result.findings.filter(pl.col("severity") == "error")["source_row"])
    assert result.part.rows_delivered == len(delivered) and result.part.rows_quarantined == len(told)
    assert not told & set(result.rows["_source_row"]) and len(told | set(result.rows["_source_row"])) == len(delivered)


def test_rates_that_name_their_kind_in_words_need_no_column_of_their_own(judged):
    rate = {"currency": "AED", "rate_date": "1994-01-01", "usd_per_unit": "0.2724055282", "rate_source": "IMF monthly average (SDR cross rate)"}
    made = judged("exchange_rates", {}, {"rate_source": "a friend"}, base=rate)
    assert made.rows["rate_kind"].to_list() == ["monthly_average"]
    assert made.broken() == [(3, "rate_kind", "required")]


def test_a_kind_that_is_stated_is_not_read_from_words(judged):
    rate = {"currency": "AED", "rate_date": "1994-01-01", "usd_per_unit": "0.27", "rate_kind": "daily", "rate_source": "monthly average of a bank"}
    assert judged("exchange_rates", base=rate).rows["rate_kind"].to_list() == ["daily"]


def test_very_small_rates_are_read_with_their_exponent(judged):
    rate = {"currency": "IDR", "rate_date": "1998-05-01", "usd_per_unit": "9.02475e-05", "rate_kind": "monthly_average", "rate_source": "IMF"}
    made = judged("exchange_rates", {}, {"usd_per_unit": "1e5"}, {"usd_per_unit": "1e"}, base=rate)
    assert made.rows["usd_per_unit"].to_list() == [Decimal("0.000090247500"), Decimal(100_000)]
    assert made.broken() == [(4, "usd_per_unit", "unreadable_number")]


@pytest.mark.parametrize(
    ("written", "kept", "start", "end"),
    [
        ("2023", "2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023-S2", "2023-S2", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023-q4", "2023-Q4", date(2023, 10, 1), date(2023, 12, 31)),
        ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-29", "2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_periods_as_sdmx_writes_them_have_their_days(judged, written, kept, start, end):
    row = judged("indicator_observations", {"period": written}).rows.row(0, named=True)
    assert (row["period"], row["period_start"], row["period_end"]) == (kept, start, end)


@pytest.mark.parametrize("written", ["2023-Q5", "2023-13", "2023-02-30", "2023-S3", "23", "2023/24", "0023", "2150-Q1", "May 2023"])
def test_what_is_no_period_is_quarantined(judged, written):
    assert judged("indicator_observations", {"period": written}).broken() == [(2, "period", "unreadable_period")]


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"status": "done"}, "done_on", "done_without_day"),
        ({"done_on": "2022-05-01"}, "status", "day_without_done"),
        ({"is_unplanned": "yes", "status": "done", "done_on": "2022-05-01", "planned_on": "2022-05-01"}, "is_unplanned", "unplanned_with_plan"),
        ({"is_unplanned": "yes"}, "is_unplanned", "unplanned_with_plan"),
        ({"planned_on": "2022-05-01", "planned_not_after": "2022-04-30"}, "planned_not_after", "end_before_start"),
        ({"gender_marker": "4"}, "gender_marker", "not_in_code_list"),
        ({"function_codes": "I:60|II:30"}, "function_codes", "split_sum"),
    ],
)
def test_an_activity_that_contradicts_itself_is_quarantined(judged, changes, column, rule):
    assert judged("programme_activities", changes).broken() == [(2, column, rule)]


@pytest.mark.parametrize("detail", [{"countries": "KG"}, {"partners": "OSCE"}, {"theme": "water"}, {"includes_afghanistan": "no"}])
def test_a_contact_under_good_offices_that_tells_more_is_refused_and_not_repeated(judged, detail):
    contact = {"activity_type": "good_offices", "status": "done", "done_on": "2022-05-01"}
    result = judged("programme_activities", contact, contact | detail)
    assert result.broken() == [(3, "activity_type", "good_offices_identified")] and result.rows.height == 1
    assert result.findings["value"].to_list() == ["good_offices"]
