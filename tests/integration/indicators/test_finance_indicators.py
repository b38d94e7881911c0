"""Indicators of money, computed once more from budget lines and from transactions converted one by one."""

from collections import defaultdict
from decimal import Decimal

SEVERAL_COUNTRIES = {"subregional", "regional", "interregional", "global"}
WAYS = {
    "rptc": "rptc",
    "development_account": "development_account",
    **dict.fromkeys(
        ("extrabudgetary", "trust_fund", "multi_partner_trust_fund", "un_to_un_agreement", "programme_support_account", "other_voluntary"), "extrabudgetary"
    ),
}


def test_indicators_of_money_are_what_lines_and_transactions_say(reckoning):
    lines = reckoning.table("from marts.fct_allocations where is_latest_vintage and budget_component in ('programme_of_work', 'unspecified')")
    payments = reckoning.table("from marts.fct_spending where reporter_role = 'primary' and not is_internal_transfer")
    scopes = dict(reckoning.table("select project_id, scope from marts.dim_project").iter_rows())
    budget, spent, raised = (defaultdict(Decimal) for _ in range(3))
    parts = defaultdict(Decimal)
    for line in lines.iter_rows(named=True):
        assert line["period_type"] == "year"
        group = (line["book"], line["entity"], line["fiscal_year"], line["record_basis"])
        budget[*group, line["funding_source"], line["measure"]] += line["amount_usd"]
        if line["measure"] in ("expenditure", "expense") and line["funding_source"] in WAYS:
            spent[*group, WAYS[line["funding_source"]]] += line["amount_usd"]
            parts[*group, WAYS[line["funding_source"]], line["subprogramme"]] += line["amount_usd"]
    movements = reckoning.table("from marts.fct_fund_movements where is_latest_vintage")
    for line in movements.iter_rows(named=True):
        assert line["period_type"] == "year"
        group = (line["book"], line["entity"], line["fiscal_year"], line["record_basis"])
        if kind := {"pledge": "pledge", "contribution": "contribution", "expense": "spent"}.get(line["movement"]):
            raised[*group, kind] += line["amount_usd"]
    funds = {(line["book"], line["record_basis"], line["fund_code"]) for line in movements.iter_rows(named=True)}
    saying = {(line["fund_code"], line["fiscal_year"]) for line in movements.iter_rows(named=True) if line["movement"] == "expense"}
    for line in lines.iter_rows(named=True):
        fund = (line["book"], line["record_basis"], line["fund_code"])
        if fund in funds and line["measure"] == "expense" and (line["fund_code"], line["fiscal_year"]) not in saying:
            raised[line["book"], line["entity"], line["fiscal_year"], line["record_basis"], "spent"] += line["amount_usd"]
    for payment in payments.iter_rows(named=True):
        group = (payment["book"], payment["entity"], payment["fiscal_year"], payment["record_basis"])
        kind, amount = payment["transaction_type"], payment["amount_usd"]
        if amount is None or WAYS.get(payment["funding_source"]) != "extrabudgetary":
            continue
        if kind in ("disbursement", "expenditure", "reimbursement"):
            kind = "spent"
            spent[*group, "extrabudgetary"] += amount
            parts[*group, "extrabudgetary", payment["subprogramme"]] += amount
            if scope := scopes.get(payment["project_id"]):
                raised[*group, "scoped"] += amount
                raised[*group, "wide"] += amount if scope in SEVERAL_COUNTRIES else 0
        raised[*group, kind] += amount
    computed = {}
    for *group, source, measure in list(budget):
        if measure == "appropriation":
            value = reckoning.percentage(budget.get((*group, source, "expenditure")), budget[*group, source, measure])
            computed[reckoning.key("implementation_rate_pct", *group, "funding_source", source)] = value
    for group in {key[:-1] for key in spent}:
        ways = {way: spent[*group, way] for way in ("rptc", "development_account", "extrabudgetary") if (*group, way) in spent}
        regular = sum(amount for way, amount in ways.items() if way != "extrabudgetary")
        if len(ways) > 1 and "extrabudgetary" in ways:
            computed[reckoning.key("extrabudgetary_per_regular_usd", *group)] = reckoning.quotient(ways["extrabudgetary"], regular)
            for way, amount in ways.items():
                key = reckoning.key("technical_cooperation_source_share_pct", *group, "funding_source", way)
                computed[key] = reckoning.percentage(amount, sum(ways.values()))
        subprogrammes = {key[-1]: amount for key, amount in parts.items() if key[:-2] == group and key[-2] == "extrabudgetary"}
        if set(subprogrammes) - {"UNALLOCATED", None}:
            for subprogramme, amount in subprogrammes.items():
                key = reckoning.key("extrabudgetary_subprogramme_share_pct", *group, "subprogramme", subprogramme or "UNALLOCATED")
                computed[key] = reckoning.percentage(amount, ways["extrabudgetary"])
    for group in {key[:-1] for key in raised}:
        for indicator, numerator, denominator in (
            ("contributed_of_pledged_pct", "contribution", "pledge"),
            ("spent_of_contributed_pct", "spent", "contribution"),
            ("multi_country_spending_share_pct", "wide", "scoped"),
        ):
            if (*group, denominator) in raised and (numerator in ("wide", "contribution") or (*group, numerator) in raised):
                computed[reckoning.key(indicator, *group)] = reckoning.percentage(raised.get((*group, numerator)), raised[*group, denominator])
    reckoning.compare("finance", computed)
