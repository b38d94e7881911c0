"""The checks on delivered exchange rates: what blocks, what is only told, and what is accepted by name."""

from pipelines.validate.runner import Acceptance, run_suites
from pipelines.validate.suites import rates


def judged(currency, *findings, source="UN", kind="effective_from", used=()):
    """Statements that enter one rate a month from January 2021 on, each with its finding, and use those of the months named."""
    rows = [f"('{currency}', make_date(2021, {month}, 1), '{kind}', '{source}', 0.5, 0.5, true, {finding or 'null'}, 'in words')"
            for month, finding in enumerate((repr(one) if one else None for one in findings), 1)]  # fmt: skip
    days = [f"('{currency}', make_date(2021, {month}, 9), make_date(2021, {month}, 9), '{kind}', '{source}', make_date(2021, {month}, 1))" for month in used]
    return [
        f"insert into raw.exchange_rates select currency, rate_date, usd_per_unit, rate_kind, rate_source from (values {', '.join(rows)}) "
        "as v(currency, rate_date, rate_kind, rate_source, usd_per_unit, reference, is_compared, finding, told)",
        f"insert into audit.rate_judgements values {', '.join(rows)}",
        *([f"insert into intermediate.int_rates_used values {', '.join(days)}"] if days else []),
    ]


def results(build, *statements, accepted=()):
    found = run_suites(build("now", *statements), suites=[rates.SUITE], accepted=accepted)
    return {(result.check_name, result.target): (result.status, result.observed) for result in found}


def test_without_rates_the_checks_pass_and_say_so(build):
    assert results(build) == {(name, "raw.exchange_rates"): ("passed", "no rows") for name in ("rates_agree", "rates_look_odd")}


def test_a_failure_names_currency_and_source(build):
    found = results(build, *judged("JPY", "upside_down"), *judged("EUR", None, None), *judged("MRU", "two_sources", source="bank: b"))
    failed = {target: observed for (check, target), (status, observed) in found.items() if status == "failed"}
    assert set(failed) == {"JPY UN", "MRU bank: b"}
    assert failed["JPY UN"] == "1 of 1 rates, first that of 2021-01-01 (effective_from): 0.5 US dollars per unit; in words"


def test_one_source_of_one_currency_is_accepted_alone(build):
    wrong = [*judged("JPY", "upside_down"), *judged("MRU", "two_sources", source="bank: b")]
    one = results(build, *wrong, accepted=[Acceptance.parse("rates_agree:MRU bank: b", "seen")])
    assert (one["rates_agree", "JPY UN"][0], one["rates_agree", "MRU bank: b"][0]) == ("failed", "accepted")


def test_all_are_accepted_by_the_name_of_the_check(build):
    found = results(build, *judged("JPY", "upside_down"), *judged("EUR", "off_reference"), accepted=[Acceptance.parse("rates_agree", "seen")])
    assert {status for (check, _), (status, _) in found.items() if check == "rates_agree"} == {"accepted"}


def test_a_lasting_step_warns(build):
    found = results(build, *judged("SDG", None, None, "step", None))
    assert found["rates_agree", "raw.exchange_rates"][0] == "passed" and found["rates_look_odd", "SDG UN"][0] == "warned"


def test_a_rare_slip_that_converts_nothing_is_only_told(build):
    months = [None] * 240 + ["spike"]
    rows = ", ".join(
        f"('VEB', date '2001-01-01' + interval {n} month, 'monthly_average', 'IMF', 0.5, null, true, {repr(one) if one else 'null'}, 'in words')"
        for n, one in enumerate(months)
    )
    series = f"insert into audit.rate_judgements values {rows}"
    found = results(build, "insert into raw.exchange_rates values ('VEB', '2001-01-01', 1, 'monthly_average', 'IMF')", series)
    assert found["rates_agree", "raw.exchange_rates"][0] == "passed" and found["rates_look_odd", "VEB IMF"][0] == "warned"


def test_the_same_slip_blocks_where_money_was_converted_with_it(build):
    rows = ", ".join(
        f"('VEB', date '2001-01-01' + interval {n} month, 'monthly_average', 'IMF', 0.5, null, true, {'null' if n else repr('spike')}, 'in words')"
        for n in range(240)
    )
    used = "insert into intermediate.int_rates_used values ('VEF', '2001-01-01', '2001-12-31', 'monthly_average', 'IMF via VEB', '2001-12-01')"
    found = results(
        build,
        "insert into raw.exchange_rates values ('VEB', '2001-01-01', 1, 'monthly_average', 'IMF')",
        f"insert into audit.rate_judgements values {rows}",
        used,
    )
    assert found["rates_agree", "VEB IMF"][0] == "failed"
