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
    computed |= of_donors(reckoning) | of_projects(reckoning) | of_funds(reckoning) | of_newcomers(reckoning)
    reckoning.compare("finance", computed)


def group_of(row):
    return row["book"], row["entity"], row["fiscal_year"], row["record_basis"]


def of_donors(reckoning):
    """Who gives: of contributions, from transactions by provider (or the donors of the project) and from lines of funds."""
    given = defaultdict(lambda: defaultdict(Decimal))
    donors = dict(reckoning.table("select project_id, donors from marts.dim_project").iter_rows())
    for row in reckoning.table("from marts.fct_spending where transaction_type = 'contribution' and reporter_role = 'primary'").iter_rows(named=True):
        donor = row["provider"] or donors[row["project_id"]] or "UNALLOCATED"
        assert "|" not in donor, "a contribution that names no provider would be divided among the donors of its project"
        given[group_of(row)][donor] += row["amount_usd"]
    for row in reckoning.table("from marts.fct_fund_movements where movement = 'contribution' and is_latest_vintage").iter_rows(named=True):
        given[group_of(row)][row["donor"]] += row["amount_usd"]
    computed = {}
    for group, amounts in given.items():
        named = sorted((amount for donor, amount in amounts.items() if donor != "UNALLOCATED"), reverse=True)
        computed[reckoning.key("top_five_donor_share_pct", *group)] = reckoning.percentage(sum(named[:5]), sum(amounts.values()))
        computed[reckoning.key("donor_count", *group)] = sum(amount > 0 for amount in named)
    return computed


def of_projects(reckoning):
    """Gender markers, norms, and what ended projects leave."""
    projects = {row["project_id"]: row for row in reckoning.table("from marts.dim_project").iter_rows(named=True)}
    spending, flows = defaultdict(list), defaultdict(lambda: defaultdict(Decimal))
    for row in reckoning.table("from marts.fct_spending where reporter_role = 'primary' and not is_internal_transfer").iter_rows(named=True):
        if row["transaction_type"] in ("disbursement", "expenditure", "reimbursement"):
            spending[group_of(row)].append((projects[row["project_id"]], row["amount_usd"]))
        if row["book"] != "iati":
            flows[row["project_id"]][row["transaction_type"]] += row["amount_usd"]
    recording = {project["_delivery_id"] for project in projects.values() if project["normative_instrument"]}
    computed = {}
    for group, lines in spending.items():
        whole = sum(amount for _, amount in lines)
        marked = sum(amount for project, amount in lines if project["gender_marker"])
        scaled = [(project, amount) for project, amount in lines if project["gender_marker_scheme"] in ("un_gem", "dac")]
        levels = {"un_gem": ("2", "2A", "2B", "3"), "dac": ("1", "2")}
        meant = sum(amount for project, amount in scaled if project["gender_marker"] in levels[project["gender_marker_scheme"]])
        computed[reckoning.key("gender_marked_spending_pct", *group)] = reckoning.percentage(marked, whole)
        if scaled:
            computed[reckoning.key("gender_objective_spending_pct", *group)] = reckoning.percentage(meant, sum(amount for _, amount in scaled))
        in_lists = {project["project_id"]: project["normative_instrument"] for project, _ in lines if project["_delivery_id"] in recording}
        if in_lists:
            computed[reckoning.key("normative_project_pct", *group)] = reckoning.percentage(sum(map(bool, in_lists.values())), len(in_lists))
    unspent = defaultdict(Decimal)
    for project_id, of_project in flows.items():
        project = projects[project_id]
        left = of_project["contribution"] - of_project["expenditure"] - of_project["disbursement"] - of_project["refund"]
        if "contribution" in of_project and left >= 0 and project["end_date"] and project["status"] not in ("pipeline", "cancelled"):
            unspent[project["book"], project["entity"], project["end_date"].year, project["record_basis"]] += left
    return computed | {reckoning.key("unspent_balance_of_ended_projects_usd", *group): amount for group, amount in unspent.items()}


def of_funds(reckoning):
    """Balances, what waits for money, and what was given in kind."""
    funds, movements = defaultdict(dict), reckoning.table("from marts.fct_fund_movements where is_latest_vintage")
    for row in movements.iter_rows(named=True):
        of_fund = funds[*group_of(row), row["fund_code"]]
        of_fund[row["movement"]] = of_fund.get(row["movement"], 0) + row["amount_usd"]
    computed = {}
    for (*group, fund), amounts in funds.items():
        if "opening_balance" in amounts:
            gains = ("opening_balance", "contribution", "investment_revenue", "transfer_in")
            losses = ("transfer_out", "refund_to_donor", "expense")
            balance = sum(amounts.get(name, 0) for name in gains) - sum(amounts.get(name, 0) for name in losses)
            computed[reckoning.key("fund_balance_usd", *group, "fund", fund)] = balance
    funded = {row[0] for row in reckoning.table("select project_id from raw.project_transactions where transaction_type = 'contribution'").iter_rows()}
    waiting = defaultdict(Decimal)
    for row in reckoning.table("from raw.trust_fund_projects where status = 'pipeline'").iter_rows(named=True):
        if row["project_id"] not in funded:
            assert row["currency"] == "USD"
            waiting[row["book"], row["entity"], row["start_date"].year, row["record_basis"]] += row["budget_amount"]
    computed |= {reckoning.key("unfunded_pipeline_usd", *group): amount for group, amount in waiting.items()}
    kinds = defaultdict(list)
    for row in reckoning.table("from raw.in_kind_contributions").iter_rows(named=True):
        kinds[row["book"], row["entity"], row["received_on"].year, row["record_basis"]].append(row["value_amount"])
    return computed | {
        reckoning.key("in_kind_valued_pct", *group): reckoning.percentage(sum(value is not None for value in values), len(values))
        for group, values in kinds.items()
    }


def of_newcomers(reckoning):
    """Members that had received before the day on which they joined, and gave from then on, day by day."""
    kinds = dict(reckoning.table("select country_group, group_kind from reference.country_groups").iter_rows())
    received = reckoning.table(
        """select distinct entity, record_basis, recipient, transaction_date as day from marts.fct_spending
           where reporter_role = 'primary' and not is_internal_transfer and transaction_type in ('disbursement', 'expenditure', 'reimbursement')
           union select distinct entity, record_basis, recipient, start_date from marts.fct_activities where status = 'undertaken'"""
    ).rows()
    given = reckoning.table(
        """select entity, record_basis, provider as donor, transaction_date as first_day, transaction_date as last_day from marts.fct_spending
           where transaction_type = 'contribution' and transaction_amount > 0 and book <> 'iati'
           union all select entity, record_basis, donor, period_start, period_end from marts.fct_fund_movements
           where movement = 'contribution' and is_latest_vintage and amount > 0"""
    ).rows()
    turned, until = defaultdict(lambda: None), defaultdict(lambda: None)
    for entity, basis, *_, last_day in given:
        until[entity, basis] = max(last_day, until[entity, basis] or last_day)
    for member in reckoning.table("from reference.country_group_members where membership_kind = 'member'").iter_rows(named=True):
        if kinds[member["country_group"]] != "regional_organization":
            continue
        joined = member["valid_from"]
        for entity, basis in {(entity, basis) for entity, basis, place, day in received if place == member["country"] and day < joined}:
            gave = any(row[:3] == (entity, basis, member["country"]) and row[3] >= joined for row in given)
            key = reckoning.key("recipients_turned_donors_count", "all_books", entity, joined.year, basis, "country_group", member["country_group"])
            turned[key] = (turned[key] or 0) + gave if until[entity, basis] and until[entity, basis] >= joined else None
    return turned
