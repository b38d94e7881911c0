"""Large money, weak currencies and rates that cannot be believed, of every source at once: what loads adds up, what no budget holds is told."""

from decimal import Decimal

import pytest

WIDE, TOO_MUCH = "9900000000000.55", "6111111111111111"
"""The largest amount that a budget may hold, nearly; and one that none does."""
N = 60
"""So many of the largest amounts in whole cents need more than 64 bits in weak currencies, and more than DECIMAL(18,2)."""

ACTIVITY = """<iati-activity default-currency="USD"><iati-identifier>XM-TST-M-1</iati-identifier>
<reporting-org ref="XM-TST-M" type="40"><narrative>M</narrative></reporting-org>
<title><narrative>Money</narrative></title><description><narrative>Money</narrative></description><participating-org ref="XM-TST-M" role="4" type="40"/>
<activity-status code="2"/><activity-date type="2" iso-date="2019-01-01"/><recipient-country code="KG" percentage="100"/>
<sector vocabulary="1" code="11110" percentage="100"/>
<budget type="1" status="2"><period-start iso-date="2019-01-01"/><period-end iso-date="2019-12-31"/><value value-date="2019-01-01">{too_much}</value></budget>
{transactions}</iati-activity>"""
TRANSACTION = (
    '<transaction><transaction-type code="3"/><transaction-date iso-date="2019-05-02"/>'
    '<value value-date="2019-05-02" currency="{currency}">{value}</value></transaction>'
)


def rows(header, *lines):
    return "\n".join([header, *lines]) + "\n"


LEDGER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency"
FILES = {
    "trust_fund_projects/p.csv": rows(
        "project_id,title,entity,subprogrammes,funding_source,start_date,end_date,status,budget_amount,currency,recipients",
        f"P1,Bridges,ECE,2,trust_fund,2019-01-01,2019-12-31,active,{WIDE},USD,KG",
        f"P2,Roads,ECE,2,trust_fund,2019-01-01,2019-12-31,active,{TOO_MUCH},USD,KG",
    ),
    "project_transactions/t.csv": rows(
        LEDGER,
        *(f"usd-{n},P1,expenditure,2019-05-02,{WIDE},USD" for n in range(N)),
        *(f"vnd-{n},P1,expenditure,2019-05-02,9999999999999999.99,VND" for n in range(N)),
        f"large,P1,expenditure,2019-05-02,{TOO_MUCH},USD",
        f"unknown,P1,expenditure,2019-05-02,{TOO_MUCH},XDR",
        "known,P1,expenditure,2019-05-02,900000000000000,XDR",
        "jpy,P1,expenditure,2021-05-03,1000000,JPY",
        "yen,P1,expenditure,2021-05-03,900000000000000,JPY",
        "skk,P1,expenditure,2004-06-15,1000000,SKK",
        "skk-later,P1,expenditure,2009-06-15,1000000,SKK",
        "eur,P1,expenditure,2007-06-15,1000000,EUR",
        "veb,P1,expenditure,2018-09-03,1000000000000,VEB",
    ),
    "missions/m.csv": rows(
        "mission_id,entity,subprogramme,mission_type,start_date,recipients,funding_source,cost_amount,currency",
        f"M1,ECE,2,advisory,2019-05-02,KG,trust_fund,{WIDE},USD",
        f"M2,ECE,2,advisory,2019-05-02,KG,trust_fund,{TOO_MUCH},USD",
    ),
    "capacity_building_events/e.csv": rows(
        "event_id,entity,subprogramme,event_type,start_date,recipients,funding_source,cost_amount,currency,participants_unspecified",
        f"E1,ECE,2,workshop,2019-05-02,KG,trust_fund,{WIDE},USD,1",
        f"E2,ECE,2,workshop,2019-05-02,KG,trust_fund,{TOO_MUCH},USD,1",
    ),
    "in_kind_contributions/i.csv": rows(
        "contribution_id,entity,provider,kind,received_on,value_amount,currency",
        f"I1,ECE,KG,staff,2019-05-02,{WIDE},USD",
        f"I2,ECE,KG,staff,2019-05-02,{TOO_MUCH},USD",
    ),
    "fund_movements/f.csv": rows(
        "book,entity,fund_code,fiscal_year,movement,line_id,contributor,amount,currency,funding_source",
        *(f"financial_statements,ECE,ZZ,2019,contribution,{n},NO,{WIDE},USD,trust_fund" for n in range(N)),
        f"financial_statements,ECE,ZZ,2019,contribution,large,NO,{TOO_MUCH},USD,trust_fund",
    ),
    "subprogramme_allocations/a.csv": rows(
        "book,entity,fiscal_year,subprogramme,funding_source,measure,amount,currency",
        *(f"open_un_org,ECE,2019,{n % 3 + 1},trust_fund,expenditure,{WIDE},USD" for n in range(N)),
        f"open_un_org,ECE,2019,1,trust_fund,expenditure,{TOO_MUCH},USD",
        "open_un_org,ECE,2019,1,rptc,final_appropriation,0.01,USD",
        f"open_un_org,ECE,2019,1,rptc,expenditure,{WIDE},USD",
    ),
    "iati/a.xml": '<iati-activities version="2.03">'
    + ACTIVITY.format(
        too_much=TOO_MUCH,
        transactions="".join(TRANSACTION.format(currency="USD", value=value) for value in [*[WIDE] * N, TOO_MUCH])
        + TRANSACTION.format(currency="VND", value="9999999999999999.99") * N,
    )
    + "</iati-activities>",
    "exchange_rates/r.csv": rows(
        "currency,rate_date,usd_per_unit,rate_kind,rate_source",
        "JPY,2021-05-01,108.9,effective_from,UN",
        "VND,2019-05-01,4.312761461163583e-05,effective_from,UN",
        "EUR,2004-06-01,1.2140767469,monthly_average,IMF",
        "SKK,2007-06-01,0.0397,effective_from,UN",
        "VES,2018-09-01,0.0162,effective_from,UN",
        "XXX,2018-09-01,0.0000000000001,effective_from,UN",
    ),
}
QUARANTINED = {
    "trust_fund_projects": 1, "project_transactions": 2, "missions": 1, "capacity_building_events": 1, "in_kind_contributions": 1, "fund_movements": 1,
    "subprogramme_allocations": 1, "iati_transactions": 1, "iati_budgets": 1, "exchange_rates": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def release(make_warehouse, tmp_path_factory):
    """A release of all of this, the yen that fails `rates_agree` accepted by its name."""
    folder = tmp_path_factory.mktemp("money")
    made = make_warehouse(raw=folder / "raw", home=folder / "warehouse")
    for name, content in FILES.items():
        made.deliver(name, content)
    said = made.run("--accept", "rates_agree:JPY UN", "--reason", "seen")
    assert said["released"] and said["rows_delivered"] == said["rows_loaded"] + said["rows_quarantined"]
    return made


def test_rows_that_no_budget_holds_are_quarantined_in_every_source(release):
    counted = release.ask("select table_name, rows_quarantined from audit.deliveries where rows_quarantined > 0")[1]
    assert dict(counted) == QUARANTINED
    told = release.ask("select table_name, count(*) from audit.quarantine where rule = 'amount_too_large' and remedy like '%check the unit%' group by all")[1]
    assert dict(told) == {table: n for table, n in QUARANTINED.items() if table != "exchange_rates"}


def test_money_is_conserved_whatever_its_size(release):
    assert release.ask("select * from audit.reconciliation where difference <> 0")[1] == []
    ((quarantined,),) = release.ask("select sum(amount_to) - sum(amount_from) from audit.reconciliation where layer_from = 'delivered'")[1]
    assert quarantined == 0
    wide = Decimal(WIDE)
    assert release.one("select sum(amount) from marts.fct_spending where currency = 'VND'") == (2 * N * Decimal("9999999999999999.99"),)
    assert release.one(
        """select value from marts.shares_by_donor where book = 'financial_statements' and measure = 'contribution_usd'
           and funding_level = 0 and funding_source = 'all'"""
    ) == (N * wide,)
    assert release.one("select contributed_usd from marts.resource_mobilisation where level = 'fund' and fund_code = 'ZZ'") == (N * wide,)


def test_an_indicator_over_a_base_of_nothing_has_no_value(release):
    rates = dict(release.ask("select dimension_value, value from marts.indicators where indicator = 'implementation_rate_pct' and book = 'open_un_org'")[1])
    assert rates["rptc"] is None


def test_currencies_take_their_own_rate_and_others_from_the_day_of_adoption_on(release):
    got = {
        key.split(":")[1]: (usd, source)
        for key, usd, source in release.ask("select transaction_key, amount_usd, fx_source from marts.fct_spending where book = 'project_ledger'")[1]
    }
    assert got["skk"] == (Decimal("30209.06"), "ecb_reference_rates")
    assert got["skk-later"][1] == "ecb_reference_rates via EUR" and abs(got["skk-later"][0] - Decimal("45952")) < 300
    assert got["eur"] == (Decimal("1331400.00"), "ecb_reference_rates")
    assert got["veb"] == (Decimal("162.00"), "UN via VES")
    assert got["jpy"] == (Decimal("108900000.00"), "UN")
    assert got["yen"] == (None, None) and got["known"] == (None, None)
    assert "special drawing right" in release.one("select reason from audit.unconverted where currency = 'XDR'")[0]


def test_what_was_accepted_is_told_by_currency_and_source(release):
    told = release.ask("select target, status, reason from audit.check_results where check_name = 'rates_agree'")[1]
    assert told == [("JPY UN", "accepted", "seen")]
    assert release.one("select finding from audit.rate_judgements where currency = 'JPY'") == ("upside_down",)
