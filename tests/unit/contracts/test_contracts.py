import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines import settings
from pipelines.contracts import SOURCES, codes, column_metadata, contract_columns, landed_schema, remedy_of, required_columns, rule_expressions, rule_of

COMMON = ("book", "record_basis", "source_symbol", "source_address", "as_of", "rounding_unit")


def test_every_source_has_a_module_of_its_name():
    folder = Path(__file__).parents[3] / "pipelines" / "contracts"
    assert all((folder / f"{name}.py").exists() for name in SOURCES)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_source_accepts_the_common_columns(source):
    assert set(COMMON) <= set(contract_columns(source))


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_landed_columns_end_with_provenance(source):
    assert list(landed_schema(source))[-6:] == ["_delivery_id", "_source_file", "_source_row", "_source_column", "_source_sha256", "_loaded_at"]


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_declared_columns_exist(source):
    known = set(contract_columns(source))
    named = {*source.key, *source.amount_columns, *source.split_columns, *source.references, *source.overlap, source.row_date}
    named |= {*source.place_columns, *source.giver_columns}
    assert named | ({source.measure_column, source.key_given_by} - {None}) <= known


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_rule_has_a_severity_and_a_remedy_for_a_clerk(source):
    for column, rule in rule_expressions(source):
        assert rule_of(source, rule).severity in ("critical", "error", "warning")
        assert len(remedy_of(source, column, rule)) > 15
        assert "{" not in remedy_of(source, column, rule)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_column_is_described(source):
    assert all(column_metadata(source, column)["description"] for column in contract_columns(source))


def test_a_source_with_a_fiscal_year_has_its_period():
    for source in SOURCES.values():
        columns = contract_columns(source)
        if "fiscal_year" in columns:
            at = columns.index("fiscal_year")
            assert columns[at + 1 : at + 4] == ("period_type", "period_start", "period_end")


def test_missions_require_what_the_data_model_prints_in_bold():
    assert required_columns(SOURCES["missions"]) == ("mission_id", "entity", "subprogramme", "mission_type", "start_date", "recipients", "funding_source")


def test_money_keeps_ten_decimals_and_rates_twelve():
    assert landed_schema(SOURCES["project_transactions"])["amount"] == pl.Decimal(28, 10)
    assert landed_schema(SOURCES["exchange_rates"])["usd_per_unit"] == pl.Decimal(18, 12)


def test_currencies_withdrawn_long_ago_are_known():
    assert {"USD", "EUR", "DEM", "YUM", "SUR", "TRL", "AZM", "BYR", "TMM"} <= set(codes.CURRENCIES)
    assert all(len(code) == 3 and code.isupper() for code in codes.CURRENCIES)


def test_funding_sources_come_from_the_seed():
    with (settings.SEEDS / "funding_sources.csv").open(encoding="utf-8", newline="") as lines:
        assert codes.funding_sources() == tuple(row["funding_source"] for row in csv.DictReader(lines))
    assert {"rptc", "development_account", "extrabudgetary", "trust_fund", "in_kind", "unspecified"} <= set(codes.funding_sources())


def test_needs_and_actions_require_what_the_data_model_prints_in_bold():
    assert required_columns(SOURCES["assistance_requests"]) == ("request_id", "country", "received_on", "need_area", "status")
    assert required_columns(SOURCES["questionnaire_responses"]) == ("instrument", "cycle", "country")
    assert required_columns(SOURCES["action_points"]) == ("action_id", "meeting", "responsible_entity", "action", "status")


def violations(source: str, **cells) -> set[str]:
    """Names of the row rules of a source that a row of these cells breaks."""
    contract = SOURCES[source]
    row = pl.DataFrame({name: [cells.get(name)] for name in landed_schema(contract)}, schema=landed_schema(contract))
    rules = {rule: expression for (_, rule), expression in rule_expressions(contract).items() if rule in contract.rules}
    return {rule for rule, expression in rules.items() if row.select(~expression.fill_null(True)).item()}


@pytest.mark.parametrize(
    ("source", "cells", "broken"),
    [
        ("assistance_requests", {"received_on": date(2004, 5, 1), "responded_on": date(2004, 4, 30)}, {"answered_before_received"}),
        ("assistance_requests", {"received_on": date(2004, 5, 1), "responded_on": date(2004, 5, 1)}, set()),
        ("assistance_requests", {"country": "KG|TJ"}, {"several_countries"}),
        ("assistance_requests", {"country": "KG", "provider_type": "a neighbour"}, {"unknown_provider_type"}),
        ("questionnaire_responses", {"sent_on": date(2004, 5, 1), "responded_on": date(2004, 4, 30)}, {"answered_before_sent"}),
        ("questionnaire_responses", {"sent_on": date(2004, 5, 1), "assistance_needed": "no"}, {"answer_without_day"}),
        ("questionnaire_responses", {"sent_on": date(2004, 5, 1)}, set()),
        ("deliverables", {"unit": "usd"}, {"count_in_money"}),
        ("deliverables", {"unit": "publications"}, set()),
        ("action_points", {"agreed_not_before": date(2006, 7, 12), "agreed_not_after": date(2006, 6, 30)}, {"bounds_are_in_order"}),
        ("action_points", {"agreed_on": date(2006, 7, 13), "agreed_not_after": date(2006, 7, 12)}, {"agreed_within_bounds"}),
        ("action_points", {"agreed_not_before": date(2006, 6, 30), "done_on": date(2006, 6, 29), "status": "done"}, {"done_before_agreed"}),
        ("action_points", {"done_on": date(2006, 7, 29), "status": "open"}, {"done_has_its_day"}),
        ("action_points", {"agreed_not_before": date(2006, 6, 30), "agreed_not_after": date(2006, 7, 12), "status": "open"}, set()),
    ],
)
def test_a_row_that_cannot_be_true_breaks_the_rule_that_says_so(source, cells, broken):
    assert violations(source, **cells) == broken


@pytest.mark.parametrize(
    ("source", "required"),
    [
        (
            "capacity_building_events",
            ("event_id", "entity", "subprogramme", "event_type", "start_date", "recipients", "funding_source"),
        ),
        ("in_kind_contributions", ("contribution_id", "entity", "provider", "kind", "received_on")),
        ("fund_movements", ("book", "entity", "fund_code", "fiscal_year", "movement", "amount", "currency")),
    ],
)
def test_events_contributions_and_funds_require_what_the_data_model_prints_in_bold(source, required):
    assert required_columns(SOURCES[source]) == required


PARTICIPANTS = ("participants_women", "participants_men", "participants_unspecified")


@pytest.mark.parametrize(
    ("source", "column"), [("deliverables", "quantity"), ("missions", "adviser_days"), *(("capacity_building_events", column) for column in PARTICIPANTS)]
)
def test_a_count_that_would_not_fit_the_arithmetic_of_counts_is_refused(source, column):
    rule = rule_expressions(SOURCES[source])[column, "count_too_large"]
    counts = pl.DataFrame({column: [Decimal("999999999.9999999999"), Decimal(10**9)]}, schema={column: pl.Decimal(28, 10)})
    assert counts.select(rule).to_series().to_list() == [True, False]
