"""The suites on a small release: what passes, what fails, what cannot be checked, what may be accepted."""

from __future__ import annotations

import json
import subprocess
import sys

import duckdb
import pytest

from pipelines.validate.runner import Acceptance, UnknownAcceptance, run_suites, validate, verify_acceptances
from pipelines.validate.suites import SUITES, deliveries, facts, programmes

THOUSANDFOLD = "update audit.reconciliation set amount_from = amount_from * 1000, amount_to = amount_to * 1000"


# Tables of deliveries without any, and what the checks on observations read beside them.
OBSERVATION = "_delivery_id varchar, _source_file varchar, _source_row bigint, series varchar, country varchar, period varchar, unit varchar, period_end date"
JUDGED = "value integer, rule varchar, measured integer, threshold integer, since date, level varchar, is_latest boolean"
EMPTY = [
    *(f"create table raw.{table} ({OBSERVATION})" for table in deliveries.DELIVERED_TABLES if table not in ("project_transactions", "exchange_rates")),
    "create schema staging",
    "create table staging.stg_run_parameters (as_of date)",
    f"create table marts.early_warning ({OBSERVATION}, {JUDGED})",
]


@pytest.fixture
def build(build):
    """As the small release, with every table that deliveries become."""
    return lambda name, *statements: build(name, *EMPTY, *statements)


def named(results, name, target=None):
    found = [result for result in results if result.check_name == name and target in (None, result.target)]
    assert found, f"no check is called {name}"
    return found


def suites_about(statement):
    """The suites that guard the table which a statement changes: the others would pass as they always do."""
    for word, name in (("shares_by", "shares"), ("fct_", "facts"), ("published_figure", "published_figures")):
        if word in statement:
            return [suite for suite in SUITES if suite.name == name]
    return [deliveries.SUITE]


def statuses(results):
    return {result.check_name: result.status for result in results if result.status != "passed"}


def test_a_sound_release_passes_every_law(build):
    outcomes = validate(
        build(
            "now",
            "update audit.deliveries set rows_delivered = 100, rows_loaded = 100, rows_quarantined = 0",
            "insert into raw.project_transactions select i, 1 from range(99) t(i)",
        )
    )
    assert statuses(outcome.result for outcome in outcomes) == {}
    assert {outcome.law for outcome in outcomes if outcome.law} == {1, 2, 3, 4, 5, 6, 7, 8}


def test_a_source_without_a_model_blocks_the_release(build):
    blocking = [result for result in run_suites(build("now", "drop table raw.missions"), suites=[deliveries.SUITE]) if result.is_blocking]
    assert [(result.check_name, result.target, result.status) for result in blocking] == [("loaded_rows_are_there", "raw.missions", "errored")]


def test_an_empty_table_passes_and_says_so(build):
    results = run_suites(build("now"))
    assert {result.observed for result in results if result.target == "marts.fct_allocations"} == {"no rows"}
    assert {result.status for result in results if result.target == "marts.fct_allocations"} == {"passed"}


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("shares_add_to_100", "update marts.shares_by_region set share_pct = 59 where region = 'KG'"),
        ("rounded_shares_add_to_100", "update marts.shares_by_region set rounded_pct = 59.9 where region = 'KG'"),
        ("shares_follow_from_values", "update marts.shares_by_region set share_pct = case region when 'KG' then 61 else 39 end where region in ('KG', 'TJ')"),
        ("parts_add_to_total", "update marts.shares_by_region set value = 60000.01 where region = 'KG'"),
        ("levels_agree", "update marts.shares_by_subprogramme set value = 1 where funding_level = 2"),
        ("breakdowns_agree", "update marts.shares_by_region set value = value + 1, total_value = total_value + 1 where region = '142'"),
        ("no_money_lost_by_region", "delete from marts.shares_by_region where region_scheme = 'm49_region' and funding_level = 0"),
        ("unconverted_is_counted", "update marts.shares_by_subprogramme set value = null"),
        ("groups_are_named", "update marts.shares_by_subprogramme set book = null"),
        ("overlaps_stay_within_total", "update marts.shares_by_region set value = 100001 where region = 'SPECA'"),
        ("only_country_groups_overlap", "update marts.shares_by_region set is_exclusive = false where region_scheme = 'country'"),
        ("amount_has_currency", "update marts.fct_spending set currency = null where recipient = 'KG'"),
        ("conversion_has_origin", "update marts.fct_spending set fx_source = null"),
        ("parts_stay_within_transaction", "update marts.fct_spending set amount = -amount where recipient = 'KG'"),
        ("facts_are_named", "update marts.fct_spending set record_basis = null"),
        ("planned_or_actual", "update marts.fct_deliverables set status = 'both'"),
        ("weights_are_parts", "update marts.fct_activities set weight = 1.1 where weight > 0.5"),
        ("money_is_conserved", "update audit.reconciliation set difference = 0.01 where layer_to = 'marts'"),
        ("every_share_is_reconciled", "delete from audit.reconciliation where layer_to = 'marts' "),
        ("delivered_is_loaded_or_quarantined", "update audit.deliveries set rows_quarantined = 0"),
        ("loaded_rows_are_there", "delete from raw.project_transactions"),
        ("independent_is_not_illustrative", "update marts.published_figure_checks set record_basis = 'illustrative'"),
    ],
)
def test_a_broken_law_fails_and_blocks(build, check, statement):
    results = run_suites(build("now", statement), suites=suites_about(statement))
    failed = [result for result in named(results, check) if result.status == "failed"]
    assert failed and all(result.is_blocking and result.severity == "error" for result in failed)
    assert all(result.observed != "" and result.expected != "" for result in failed)


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("dates_are_plausible", "update marts.fct_spending set transaction_date = date '0203-05-01'"),
        ("converted_share", "update marts.fct_spending set amount_usd = null, currency = 'XXX'"),
        ("allocated_to_subprogrammes", "update marts.fct_spending set subprogramme = 'UNALLOCATED'"),
        ("one_unit_per_measure", "update marts.shares_by_subprogramme set unit = 'days' where funding_level = 2"),
        ("quarantine_is_small", "update audit.deliveries set message = 'as it is'"),
    ],
)
def test_what_looks_odd_warns_and_does_not_block(build, check, statement):
    results = run_suites(build("now", statement), suites=suites_about(statement))
    warned = [result for result in named(results, check) if result.status == "warned"]
    assert warned and not any(result.is_blocking for result in warned)


def test_a_thousandfold_delivery_fails_by_its_magnitude_alone(build):
    previous = build("before")
    results = run_suites(build("now", THOUSANDFOLD), previous)
    assert [(result.check_name, result.target) for result in results if result.is_blocking] == [("magnitude", "raw.project_transactions")]
    assert "ratio 1,000" in named(results, "magnitude", "raw.project_transactions")[0].observed


def test_the_accepted_magnitude_keeps_its_reason(build):
    previous = build("before")
    accepted = [Acceptance.parse("magnitude", "checked with the division")]
    results = run_suites(build("now", THOUSANDFOLD), previous, accepted)
    assert not any(result.is_blocking for result in results)
    assert [result.reason for result in results if result.status == "accepted"] == ["checked with the division"]


def test_an_acceptance_for_another_table_does_not_help(build):
    previous = build("before")
    results = run_suites(build("now", THOUSANDFOLD), previous, [Acceptance.parse("magnitude:raw.trust_fund_projects", "not this one")])
    assert [result.check_name for result in results if result.is_blocking] == ["magnitude"]


@pytest.mark.parametrize(
    ("factor", "status"),
    [
        (20.1, {"magnitude": "failed"}),
        (19.9, {"magnitude_changed": "warned"}),
        (3.1, {"magnitude_changed": "warned"}),
        (2.9, {}),
        (0.3, {"magnitude_changed": "warned"}),
        (0.04, {"magnitude": "failed"}),
    ],
)
def test_the_ratio_decides_between_failing_and_warning(build, factor, status):
    previous = build("before")
    results = run_suites(build("now", THOUSANDFOLD.replace("1000", str(factor))), previous, suites=[deliveries.SUITE])
    assert {name: found for name, found in statuses(results).items() if name.startswith("magnitude")} == status


def test_small_sums_are_not_compared(build):
    small = "update audit.reconciliation set amount_from = 999, amount_to = 999"
    results = run_suites(build("now"), build("before", small), suites=[deliveries.SUITE])
    assert "magnitude" not in statuses(results) and "magnitude_changed" not in statuses(results)


def test_a_group_that_is_gone_warns(build):
    results = run_suites(build("now", "delete from audit.reconciliation"), build("before"), suites=[deliveries.SUITE])
    assert named(results, "groups_remain", "raw.project_transactions")[0].status == "warned"


def test_the_first_release_is_compared_with_nothing(build):
    result = named(run_suites(build("now")), "magnitude", "raw.project_transactions")[0]
    assert (result.status, result.observed) == ("passed", "nothing in the previous release to compare with")


def test_a_newly_contradicted_statement_warns_once(build):
    contradicted = "update marts.published_figure_checks set verdict = 'contradicted', computed_value = 1"
    before, now, later = build("before"), build("now", contradicted), build("later", contradicted)
    assert named(run_suites(now, before), "newly_contradicted")[0].status == "warned"
    assert named(run_suites(later, now), "newly_contradicted")[0].status == "passed"


def test_every_alert_in_force_is_told_with_its_line_and_those_of_the_past_are_not(build):
    watched = """create or replace table marts.early_warning as
                 select 'power_outages' as series, 'X' || chr(cast(65 + i as integer)) as country, '2025-12' as period, 50 as value, 'hours' as unit,
                        'level' as rule, 50 as measured, 40 as threshold, date '2025-11-01' as since, 'alert' as level, i < 5 as is_latest from range(6) t(i)"""
    (result,) = named(run_suites(build("now", watched), suites=[programmes.SUITE]), "alerts_in_force")
    assert (result.status, result.severity) == ("warned", "warning") and not result.is_blocking
    assert result.observed.startswith("5 rows: series power_outages, country XA, period 2025-12, value 50, unit hours, rule level, measured 50, threshold 40")
    assert all(f"country X{letter}" in result.observed for letter in "ABCDE") and "country XF" not in result.observed


def test_what_cannot_be_checked_is_errored_and_the_rest_goes_on(build):
    results = run_suites(
        build(
            "now",
            "drop table marts.fct_activities",
            "alter table marts.fct_allocations drop column currency",
            "alter table marts.fct_deliverables drop column quantity",
        )
    )
    errored = {(result.check_name, result.target) for result in results if result.status == "errored"}
    assert {
        ("weights_are_parts", "marts.fct_activities"),
        ("amount_has_currency", "marts.fct_allocations"),
        ("quantities_are_counts", "marts.fct_deliverables"),
    } <= errored
    assert ("planned_or_actual", "marts.fct_deliverables") not in errored and named(results, "shares_add_to_100")[0].status == "passed"
    assert not any(result.status == "failed" for result in results)


def test_a_pass_that_cannot_be_counted_is_errored_with_its_cause(build):
    results = run_suites(build("now", "alter table marts.fct_spending drop column fx_source"))
    found = named(results, "amount_has_currency", "marts.fct_spending")[0]
    assert found.status == "errored" and "fx_source" in found.observed


def test_no_connection_stays_behind(build):
    path = build("now")
    run_suites(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table audit.written as select 1")


def test_the_build_file_is_not_changed(build):
    path = build("now")
    before = path.read_bytes()
    run_suites(path)
    assert path.read_bytes() == before


def test_laws_and_unknown_checks_cannot_be_accepted():
    with pytest.raises(UnknownAcceptance, match="is a law"):
        verify_acceptances([Acceptance.parse("shares_add_to_100", "we know")])
    with pytest.raises(UnknownAcceptance, match="no check is called"):
        verify_acceptances([Acceptance.parse("magnitudes", "we know")])
    with pytest.raises(UnknownAcceptance, match="say why"):
        verify_acceptances([Acceptance.parse("magnitude", " ")])


def test_a_failed_condition_names_an_example(build):
    results = run_suites(build("now", "update marts.fct_spending set currency = null where recipient = 'KG'"), suites=[facts.SUITE])
    assert named(results, "amount_has_currency", "marts.fct_spending")[0].observed == "1 row: found 1, total 2, example project_ledger:T1"


def test_many_wrong_rows_are_counted_up_to_a_limit(build):
    many = "insert into marts.fct_allocations by name select 'b' as book, 1 as amount, true as is_latest_vintage from range(250)"
    found = named(run_suites(build("now", many), suites=[facts.SUITE]), "amount_has_currency", "marts.fct_allocations")[0]
    assert found.observed.startswith("200 or more rows: book b, ") and len(found.observed) < 1000


def test_groups_without_an_entity_are_compared_too(build):
    """Transactions know their project, not its entity, until the project is joined."""
    unnamed = "update audit.reconciliation set entity = null"
    results = run_suites(build("now", unnamed, THOUSANDFOLD), build("before", unnamed), suites=[deliveries.SUITE])
    assert statuses(results)["magnitude"] == "failed"


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        run_suites(tmp_path / "nowhere.duckdb")


def test_importing_the_runner_does_not_import_great_expectations():
    code = "import sys, json, pipelines.validate.runner; print(json.dumps('great_expectations' in sys.modules))"
    assert json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) is False


def test_running_prints_nothing(build, capfd):
    run_suites(build("now"))
    assert capfd.readouterr() == ("", "")
