"""Many questions asked of one release over a small folder of awkward deliveries; every expected figure is worked out here, by hand or in exact fractions."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

PROJECTS = "project_id,title,entity,subprogrammes,funding_source,start_date,end_date,status,currency,budget_amount,recipients,donors"
TRANSACTIONS = "transaction_id,project_id,transaction_type,transaction_date,amount,currency,value_date,recipients,subprogrammes,book,record_basis,source_symbol"
ALLOCATIONS = (
    "book,entity,fiscal_year,subprogramme,budget_component,funding_source,measure,amount,currency,record_basis,source_symbol,as_of,rounding_unit,line_id"
)
MISSIONS = "mission_id,entity,subprogramme,mission_type,status,start_date,recipients,funding_source,adviser_days"
EVENTS = (
    "event_id,entity,subprogramme,event_type,status,start_date,recipients,funding_source,"
    "participants_women,participants_men,participants_unspecified,cost_amount,currency"
)
MOVEMENTS = "book,entity,fund_code,fiscal_year,movement,contributor,contributor_group,amount,as_of,currency"
DELIVERABLES = "book,entity,fiscal_year,subprogramme,deliverable,status,quantity,unit,as_of"
REQUESTS = "request_id,country,received_on,received_through,need_area,treaty_article,status,responded_on,provider_type,confidentiality"
COORDINATED = "mission_id,book,entity,subprogramme,mission_type,start_date,recipients,funding_source,request_id,topic,cost_amount,currency,rc_notified_on"
RATES = "currency,rate_date,usd_per_unit,rate_kind,rate_source"
FIGURES = (
    "figure_id,entity,book,period_start,period_end,measure,statistic,funding_source,denominator,dimension_scheme,dimension_value,comparator,value,value_upper,"
    "rounding_unit,tolerance,unit,source_symbol"
)
# Of published statements that differ in few columns, the others are these.
STATEMENT = {
    "entity": "ECE", "book": "programme_budget", "period_start": "2023-01-01", "period_end": "2023-12-31", "measure": "expenditure_usd",
    "statistic": "value", "funding_source": "extrabudgetary", "dimension_scheme": "none", "comparator": "eq", "rounding_unit": "1", "source_symbol": "DOC/1",
}  # fmt: skip
ENVIRONMENT = {"dimension_scheme": "subprogramme", "dimension_value": "1"}
PEACEKEEPING = {"entity": "UNFICYP", "book": "peacekeeping_performance", "measure": "expense_usd", "funding_source": "other_assessed"}
LEDGER = {"book": "project_ledger", "funding_source": "trust_fund"}
REGISTER = {"book": "activity_register", "funding_source": ""}
LINES = {"book": "lines", "measure": "expense_usd"}

# Extrabudgetary money of ECE in the programme budget: 2021 8,000,000; 2022 10,000,000; 2023 11,691,300 + 2,318,800 = 14,010,100; lines rounded to 100.
STATEMENTS = [
    ("rounded", "confirmed", {"value": "14060100", "rounding_unit": "100000"}),  # off by 50,000: half the unit and twice 50
    ("beyond rounding", "contradicted", {"value": "14060201", "rounding_unit": "100000"}),
    ("share", "confirmed", {**ENVIRONMENT, "statistic": "share_pct", "value": "83.4", "rounding_unit": "0.1"}),  # 83.449
    ("share beyond", "contradicted", {**ENVIRONMENT, "statistic": "share_pct", "value": "83.5", "rounding_unit": "0.1"}),
    ("change", "confirmed", {**ENVIRONMENT, "statistic": "change_pct", "value": "16.9", "rounding_unit": "0.1"}),
    ("change without a year before", "not_computable", {**ENVIRONMENT, "statistic": "change_pct", "period_start": "2021-01-01",
      "period_end": "2021-12-31", "value": "1"}),
    ("mean", "confirmed", {**ENVIRONMENT, "statistic": "average", "period_start": "2021-01-01", "value": "9897150"}),  # 9,897,100, lines ± 50
    ("mean beyond", "contradicted", {**ENVIRONMENT, "statistic": "average", "period_start": "2021-01-01", "value": "9897151"}),
    ("several years", "confirmed", {**ENVIRONMENT, "period_start": "2021-01-01", "value": "29691300"}),
    ("between", "confirmed", {"comparator": "between", "value": "14000000", "value_upper": "14010100"}),
    ("between beyond", "contradicted", {"comparator": "between", "value": "14010100.01", "value_upper": "15000000"}),
    ("between tolerated", "confirmed", {"comparator": "between", "value": "14000000", "value_upper": "14005000", "tolerance": "5100"}),
    ("greater", "contradicted", {"comparator": "gt", "value": "14010100"}),
    ("at least", "confirmed", {"comparator": "gte", "value": "14010100"}),
    ("less", "contradicted", {"comparator": "lt", "value": "14010100"}),
    ("approximate", "confirmed", {"comparator": "approx", "value": "14700000"}),  # within 5 %
    ("approximate beyond", "contradicted", {"comparator": "approx", "value": "14800000"}),
    ("exact tolerance", "contradicted", {"value": "14010106", "tolerance": "5", "rounding_unit": "100000"}),
    ("undated", "not_computable", {"period_start": "", "period_end": "", "value": "14010100"}),
    ("other currency", "not_computable", {"unit": "EUR", "value": "14010100"}),
    ("other breakdown", "not_computable", {"dimension_scheme": "sector", "dimension_value": "140", "value": "1"}),
    ("entity that no list has", "confirmed", {**LEDGER, "entity": "NOBODY", "value": "300"}),  # its records stand under its own code
    ("entity without records", "not_computable", {**LEDGER, "entity": "ABSENT", "value": "300"}),
    ("no book", "not_computable", {**LINES, "book": "", "funding_source": "trust_fund", "value": "20"}),  # two books hold it
    ("denominator", "confirmed", {**LINES, "funding_source": "rptc", "denominator": "regular_budget", "statistic": "share_pct",
      "value": "13.46", "rounding_unit": "0.01"}),
    ("technical cooperation", "confirmed", {**LINES, "funding_source": "technical_cooperation", "value": "60"}),
    ("all cash", "confirmed", {**LINES, "funding_source": "all", "value": "115"}),
    ("part of all", "confirmed", {**LINES, "funding_source": "trust_fund", "denominator": "all", "statistic": "share_pct",
      "value": "17.39", "rounding_unit": "0.01"}),
    ("peacekeeping year", "confirmed", {**PEACEKEEPING, "period_start": "2018-07-01", "period_end": "2019-06-30", "value": "1000"}),
    ("biennium", "confirmed", {**PEACEKEEPING, "period_start": "2018-01-01", "period_end": "2019-12-31", "value": "1"}),
    ("unconverted", "not_computable", {**LINES, "measure": "allotment_usd", "funding_source": "trust_fund",
      "period_start": "2022-01-01", "period_end": "2022-12-31", "value": "1"}),
    ("group of the day", "confirmed", {**LEDGER, "period_start": "2004-01-01", "period_end": "2004-12-31",
      "dimension_scheme": "country_group", "dimension_value": "EU", "value": "50"}),
    ("missions", "confirmed", {**REGISTER, "measure": "advisory_mission_count", "value": "2"}),
    ("plan of the last edition", "confirmed", {**REGISTER, "book": "plans", "measure": "planned_documents",
      "period_start": "2024-01-01", "period_end": "2024-12-31", "value": "12"}),
    ("own document", "confirmed", {"value": "14010100", "source_symbol": "a/80/6 (sect.20)"}),
]  # fmt: skip


def table(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


def statements() -> str:
    out = io.StringIO()
    lines = csv.DictWriter(out, FIGURES.split(","), lineterminator="\n")
    lines.writeheader()
    lines.writerows({"figure_id": figure_id, **STATEMENT, **differing} for figure_id, _, differing in STATEMENTS)
    return out.getvalue()


# Near those of the European Central Bank, as rates must be; their mean is 1.065.
MONTHS_OF_2022 = ("1.16", "1.16", "1.12", "1.10", "1.08", "1.06", "1.02", "1.01", "0.99", "0.98", "1.02", "1.08")
DELIVERIES = {
    "trust_fund_projects/p.csv": table(
        PROJECTS,
        "THIRDS,thirds,ECE,1|2|3,trust_fund,2023-01-01,2023-12-31,active,USD,,KG|TJ|UZ,DE:50|CH:50",
        "P6040,sixty,ECE,1,trust_fund,2023-01-01,2023-12-31,active,USD,,KG:60|TJ:40,",
        "NOUGHT,nought,ECE,6,trust_fund,2023-01-01,,active,USD,,KG:0|TJ:100|UZ:0,",
        "ONE,one stated,ECE,4:100,trust_fund,2023-01-01,,active,USD,,KG:60|TJ:40,",
        "NINES,not quite 100,ECE,3,trust_fund,2023-01-01,,active,USD,,KG:33.33|TJ:33.33|UZ:33.33,",
        "GROUPS,groups,ECE,2,trust_fund,2023-01-01,,active,USD,,SPECA:50|GLOBAL:30|INTERREGIONAL:20,",
        "POLAND,poland,ECE,ENVIRONMENT,trust_fund,2003-01-01,2005-12-31,closed,USD,,PL,",
        "HISTORY,history,ECE,,trust_fund,1985-01-01,2020-12-31,closed,USD,,,",
        "NOBODYS,unknown entity,NOBODY,1,trust_fund,2023-01-01,,active,USD,,KG,",
        "NEGATIVE,negative total,ESCAP,,trust_fund,2023-01-01,,active,USD,,KG,",
        "TINY,part beyond ten times the total,ESCWA,,trust_fund,2023-01-01,,active,USD,,KG,",
        "RATES,currencies,ECA,,trust_fund,2023-01-01,2023-12-31,active,EUR,100000,KG,",
        "TIES,ties,UNEP,,trust_fund,2023-01-01,,active,USD,,KG,",
    ),
    "project_transactions/t.csv": table(
        TRANSACTIONS,
        "TH1,THIRDS,expenditure,2023-05-01,100.00,USD,,,,,,",
        "TH2,THIRDS,expenditure,2023-06-01,-100.00,USD,,,,,,",
        "TH3,THIRDS,pledge,2023-06-01,0.01,USD,,,,,,",
        "S1,P6040,expenditure,2023-05-01,10.01,USD,,,,,,",
        "S2,P6040,expenditure,2023-05-02,20.00,USD,,TJ,2,,,",
        "S3,P6040,expenditure,2023-05-03,30.00,USD,,UZ:70|KZ:30,,,,",
        "S4,P6040,expenditure,2023-05-04,40.00,USD,,,3:12.5|4:87.5,,,",
        "S5,P6040,expenditure,2023-05-04,1.00,USD,,,,another_book,,",
        "S6,P6040,expenditure,2023-05-04,2.00,USD,,,,,illustrative,",
        "Z1,NOUGHT,expenditure,2023-05-04,70.00,USD,,,,,,",
        "O1,ONE,expenditure,2023-05-04,50.00,USD,,,,,,",
        "R1,NINES,expenditure,2023-05-04,100.00,USD,,,,,,",
        "G1,GROUPS,expenditure,2023-05-04,1000.00,USD,,,,,,",
        "E1,POLAND,expenditure,2004-04-30,100.00,USD,,,,,,",
        "E2,POLAND,expenditure,2004-05-01,50.00,USD,,,,,,",
        "H1,HISTORY,expenditure,2004-05-01,11.00,USD,,CS,,,,",
        "H2,HISTORY,expenditure,2010-05-01,12.00,USD,,CS,,,,",
        "H3,HISTORY,expenditure,1990-05-01,13.00,USD,,CS,,,,",
        "H4,HISTORY,expenditure,1990-05-01,14.00,USD,,SU,,,,",
        "H5,HISTORY,expenditure,2010-05-01,16.00,USD,,XK,,,,",
        "N1,NOBODYS,expenditure,2023-05-04,300.00,USD,,,,,,",
        "N2,NOSUCH,expenditure,2023-05-04,500.00,USD,,,,,,",
        "M1,NEGATIVE,expenditure,2023-05-04,100.00,USD,,,1,,,",
        "M2,NEGATIVE,expenditure,2023-05-04,-150.00,USD,,,2,,,",
        "M3,TINY,expenditure,2023-05-04,100.00,USD,,KG,,,,",
        "M4,TINY,expenditure,2023-05-04,-91.00,USD,,KE,,,,",
        "C1,RATES,expenditure,2023-02-15,1000.00,EUR,,,,,,",  # 45 days after the operational rate
        "C2,RATES,expenditure,2023-02-16,1000.00,EUR,,,,,,",  # 46 days; the daily rate is 7 days old
        "C3,RATES,expenditure,2023-02-17,1000.00,EUR,,,,,,",  # 8 days; the mean of the month
        "C4,RATES,expenditure,2023-03-10,1000.00,EUR,,,,,,",  # none of them: the European Central Bank's
        "C5,RATES,expenditure,2023-05-05,1000.00,KGS,,,,,,",  # no rate at all
        "C6,RATES,expenditure,2023-05-05,1000.00,EUR,2023-02-01,,,,,",  # the value date decides
        "C7,RATES,expenditure,2023-02-20,195583.00,DEM,,,,,,",  # 1.95583 to the euro
        "C8,RATES,expenditure,2005-01-10,1000000000.00,TRL,,,,,,",  # a million old liras make a new one
        "T1,TIES,expenditure,2023-05-04,0.005,USD,,,,,,",
        "T2,TIES,expenditure,2023-05-04,0.015,USD,,,,,,",
        "T3,TIES,expenditure,2023-05-04,-0.025,USD,,,,,,",
        "T4,TIES,expenditure,2023-05-04,2.675,USD,,,,,,",
    ),
    "project_transactions/x1.csv": table(TRANSACTIONS, "X1,P6040,commitment,2023-01-05,5.00,USD,,,,,,"),
    "project_transactions/x2.csv": table(TRANSACTIONS, "X1,P6040,commitment,2023-01-05,5.00,USD,,,,,,"),
    "project_transactions/old/may.csv": table(TRANSACTIONS, "Y1,P6040,commitment,2023-05-05,7.00,USD,,,,,,"),
    "project_transactions/new/may.csv": table(TRANSACTIONS, "Y1,P6040,commitment,2023-05-05,8.00,USD,,,,,,"),
    "project_transactions/new/may.csv.mapping.yml": "supersedes: project_transactions/old/*.csv\n",
    "exchange_rates/r.csv": table(
        RATES,
        "EUR,2023-01-01,1.10,effective_from,un_operational",
        "EUR,2023-02-09,1.20,daily,market",
        "EUR,2023-02-01,1.30,monthly_average,imf",
        "TRY,2005-01-01,0.74,effective_from,un_operational",
        *(f"EUR,2022-{month:02d}-01,{rate},monthly_average,imf" for month, rate in enumerate(MONTHS_OF_2022, 1)),
    ),
    "subprogramme_allocations/a.csv": table(
        ALLOCATIONS,
        "programme_budget,ECA,2023,1,programme_of_work,rptc,appropriation,100,USD,,,,,",
        "programme_budget,ECA,2023,,executive_direction,rptc,appropriation,50,USD,,,,,",
        "programme_budget,ECA,2023,,programme_support,rptc,appropriation,25,USD,,,,,",
        "programme_budget,ECA,2023,,,rptc,appropriation,10,USD,,,,,",
        "programme_budget,ECE,2024,1,,rptc,estimate,100,USD,,,2023-04-01,,",
        "programme_budget,ECE,2024,2,,rptc,estimate,100,USD,,,2023-04-01,,",
        "programme_budget,ECE,2024,1,,rptc,estimate,120,USD,,,2024-04-01,,",
        "programme_budget,ECE,2024,1,,trust_fund,estimate,33,USD,,,2023-04-01,,",
        "programme_budget,ECE,2021,1,,extrabudgetary,expenditure,8000000,USD,published,A/78/6 (Sect. 20),,100,",
        "programme_budget,ECE,2022,1,,extrabudgetary,expenditure,10000000,USD,published,A/79/6 (Sect. 20),,100,",
        "programme_budget,ECE,2023,1,,extrabudgetary,expenditure,11691300,USD,published,A/80/6 (Sect. 20),,100,",
        "programme_budget,ECE,2023,2,,extrabudgetary,expenditure,2318800,USD,published,A/80/6 (Sect. 20),,100,",
        "peacekeeping_performance,UNFICYP,2018/19,,,other_assessed,expense,1000,USD,,,,,",
        "peacekeeping_performance,UNFICYP,2019,,,other_assessed,expense,10,USD,,,,,",
        "peacekeeping_performance,UNFICYP,2018-2019,,,other_assessed,expense,1,USD,,,,,",
        *(
            f"lines,ECE,2023,{subprogramme},,{source},expense,{amount},USD,,,,,"
            for subprogramme, source, amount in [
                (1, "extrabudgetary", 30), (1, "trust_fund", 20), (1, "in_kind", 5), (2, "rptc", 7), (2, "development_account", 3),
                (2, "other_regular_budget", 40), (2, "regular_budget", 2), (2, "other_assessed", 9), ("", "unspecified", 4),
            ]
        ),
        "lines,ECE,2022,1,,trust_fund,expense,1000.00,EUR,,,,,",
        "lines,ECE,2022,1,,trust_fund,allotment,1000.00,KGS,,,,,",
        "repeats,ECE,2023,1,,trust_fund,expense,1.50,USD,,,,,",
        "repeats,ECE,2023,1,,trust_fund,expense,1.50,USD,,,,,",
        "repeats,ECE,2023,1,,trust_fund,expense,2.50,USD,,,,,L1",
        "repeats,ECE,2023,1,,trust_fund,expense,2.60,USD,,,,,L1",
    ),
    "deliverables/d.csv": table(
        DELIVERABLES,
        "plans,ECE,2024,1,documents,planned,10,documents,2023-04-01",
        "plans,ECE,2024,1,documents,planned,12,documents,2024-04-01",
        "plans,ECE,2024,1,documents,actual,9,documents,2025-04-01",
    ),
    "missions/m.csv": table(
        MISSIONS,
        "M1,ECE,1,advisory,,2023-03-01,KG|TJ|UZ,rptc,5",
        "M2,ECE,2,advisory,undertaken,2023-03-01,KG:60|TJ:40,trust_fund,1",
        "M3,ECE,1,fact_finding,,2023-12-31,SPECA,rptc,",
        "M4,ECE,1,advisory,planned,2023-03-01,KG,rptc,3",
        "M5,ECE,1,advisory,cancelled,2023-03-01,KG,rptc,3",
    ),
    "capacity_building_events/e.csv": table(
        EVENTS,
        "E1,ECLAC,UNALLOCATED,workshop,,2023-03-01,KG|TJ|UZ,rptc,10,14,1,100.00,USD",
        "E2,ECLAC,UNALLOCATED,seminar,undertaken,2023-04-01,KG,rptc,,,,,",  # nobody counted
        "E3,ECLAC,UNALLOCATED,workshop,planned,2023-04-01,KG,rptc,9,9,9,,",
        "E4,ECLAC,UNALLOCATED,workshop,,2023-05-01,KG,rptc,1.5,,,,",  # half a participant
        "E5,ECLAC,UNALLOCATED,workshop,,2023-05-01,KG,rptc,,,,,",
        "E5,ECLAC,UNALLOCATED,workshop,,2023-05-02,KG,rptc,,,,,",
    ),
    "in_kind_contributions/k.csv": table(
        "contribution_id,entity,provider,kind,received_on,value_amount,currency",
        "K1,ECLAC,Switzerland,venue,2023-02-01,500,USD",
        "K2,ECLAC,Chess Federation,expertise,2023-02-01,,",  # nobody valued it
        "K3,ECLAC,CH,staff,2023-02-01,7,",  # an amount without its currency
    ),
    "fund_movements/f.csv": table(
        MOVEMENTS,
        "funds,ECLAC,F,2023,opening_balance,,,100,,USD",
        "funds,ECLAC,F,2023,contribution,Turkey,Government,50,,USD",
        "funds,ECLAC,F,2023,contribution,Türkiye,Government,30,,USD",
        "funds,ECLAC,F,2023,contribution,China Automotive Centre,Others,20,,USD",
        "funds,ECLAC,F,2023,contribution,DE,,-5.50,,USD",
        "funds,ECLAC,F,2023,contribution,SE,,10,2024-03-31,USD",
        "funds,ECLAC,F,2023,contribution,SE,,12,2025-03-31,USD",  # the statement of the next year prints another figure
        "funds,ECLAC,F,2023,refund_to_donor,DE,,1,,USD",
        "funds,ECLAC,F,2023,expense,,,60,,USD",
        "funds,ECLAC,F,2023,closing_balance,,,145,,USD",
        "funds,ECLAC,G,2023,contribution,DE,,40,,USD",
        "funds,ECLAC,G,2023,expense,,,50,,USD",
        "funds,ECLAC,H,2023,expense,,,1,,USD",
        "funds,ECLAC,H,2023,expense,,,1,,USD",  # the same key again
    ),
    "assistance_requests/r.csv": table(
        REQUESTS,
        "R1,Serbia and Montenegro,2004-03-01,resident_coordinator,law,UNTOC:24,delivered,2004-03-11,secretariat,",
        "R2,KG,2004-05-01,,law,,received,2004-04-30,,",  # answered before it was received
        "R3,KG|TJ,2004-05-01,,law,,received,,,",  # two States
        "R4,CV,2007-12-19,,law,,delivered,2008-01-02,a neighbour,",  # the last day among the least developed countries
        "R5,CV,2007-12-20,,law,,delivered,2008-01-02,state,public",
        "R6,TJ,2007-12-20,,law,,declined,,,restricted",
    ),
    "questionnaire_responses/q.csv": table(
        "instrument,cycle,country,sent_on,responded_on,assistance_needed",
        "UNTOC,1,AL,2003-09-28,2003-10-08,law|judges",  # signatory: the Convention binds from the next day on
        "UNTOC,1,HR,2003-09-29,,",
        "UNTOC,1,Kyrgyzstan,2003-10-31,2003-11-20,no",  # party from 1 November on
        "UNTOC,1,Kenya,2003-10-31,2003-11-20,",
    ),
    "missions/c.csv": table(
        COORDINATED,
        "C1,coordination,ECE,1,advisory,2004-03-31,CS,rptc,R1,Water law ,1000,EUR,2004-03-30",
        "C2,coordination,UNDP,UNALLOCATED,advisory,2004-06-29,CS|KG,trust_fund,,water law,500,USD,",  # 90 days later
        "C3,coordination,UNEP,UNALLOCATED,advisory,2004-06-30,KG,trust_fund,,water law,,,2004-07-02",  # 91 days after C1, one after C2
        "C4,coordination,DESA,UNALLOCATED,advisory,2008-01-10,TJ,rptc,R6,courts,,,",  # answers a restricted request
    ),
    "action_points/a.csv": table(
        "action_id,meeting,agreed_not_before,agreed_not_after,responsible_entity,action,commitment_strength,due_on,status",
        "A1,board,2025-01-01,2025-01-31,ECE,write,agreed,2026-10-31,open",
        "A2,board,2025-01-01,2025-01-31,ECE,think,suggested,2026-10-31,open",
        "A3,board,2025-01-01,2025-01-31,ECE,wait,agreed,2026-11-01,open",
    ),
    "published_figures/f.csv": statements(),
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(make_warehouse, tmp_path_factory):
    """The release, its command line, and `rows(sql)`."""
    folder = tmp_path_factory.mktemp("questions")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    for name, content in DELIVERIES.items():
        warehouse.deliver(name, content)
    assert warehouse.run()["released"] is True
    return warehouse


@pytest.fixture(scope="module")
def rows(asked):
    with duckdb.connect(str(asked.home / "techcoop.duckdb"), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def cents(amount: str, *parts: Fraction) -> list[Decimal]:
    """Parts of an amount by cumulative weights, halves away from zero, the sign taken out: the rule of exact splits, in fractions."""
    size, reached, below, divided = abs(Fraction(amount)) * 100, Fraction(0), 0, []
    for part in parts:
        reached += part
        upto = int(size * reached + Fraction(1, 2))
        divided.append(Decimal(upto - below).scaleb(-2) * (-1 if amount.startswith("-") else 1))
        below = upto
    return divided


NINTHS, SIXTY = [Fraction(1, 9)] * 9, [Fraction(3, 5), Fraction(2, 5)]


@pytest.mark.parametrize(
    ("transaction", "parts"),
    [
        ("TH1", dict(zip([(s, r) for s in "123" for r in ("KG", "TJ", "UZ")], cents("100.00", *NINTHS), strict=True))),
        ("TH2", dict(zip([(s, r) for s in "123" for r in ("KG", "TJ", "UZ")], cents("-100.00", *NINTHS), strict=True))),
        ("TH3", dict(zip([(s, r) for s in "123" for r in ("KG", "TJ", "UZ")], cents("0.01", *NINTHS), strict=True))),
        ("S1", dict(zip([("1", "KG"), ("1", "TJ")], cents("10.01", *SIXTY), strict=True))),
        ("S2", {("2", "TJ"): Decimal(20)}),
        ("S3", {("1", "UZ"): Decimal(21), ("1", "KZ"): Decimal(9)}),
        ("S4", {("3", "KG"): Decimal(3), ("3", "TJ"): Decimal(2), ("4", "KG"): Decimal(21), ("4", "TJ"): Decimal(14)}),
        ("Z1", {("6", "KG"): Decimal(0), ("6", "TJ"): Decimal(70), ("6", "UZ"): Decimal(0)}),
        ("R1", dict(zip([("3", "KG"), ("3", "TJ"), ("3", "UZ")], cents("100.00", *[Fraction(1, 3)] * 3), strict=True))),
        ("G1", {("2", "SPECA"): Decimal(500), ("2", "GLOBAL"): Decimal(300), ("2", "INTERREGIONAL"): Decimal(200)}),
        ("N1", {("UNKNOWN", "KG"): Decimal(300)}),
        ("N2", {("UNALLOCATED", "UNALLOCATED"): Decimal(500)}),
    ],
)
def test_parts_of_a_transaction_are_exact(rows, transaction, parts):
    found = rows(f"select purpose, recipient, amount from marts.fct_spending where transaction_key = 'project_ledger:{transaction}'")
    assert {(purpose, recipient): amount for purpose, recipient, amount in found} == parts


def test_what_a_split_states_stands_beside_what_is_used(rows):
    found = rows(
        "select transaction_key, recipient, stated_pct, used_pct, split_rule from marts.fct_spending where project_id in ('ONE', 'NINES') order by all"
    )
    assert [(recipient, stated, used, rule) for _, recipient, stated, used, rule in found] == [
        ("KG", Decimal(60), Decimal(60), "stated"),
        ("TJ", Decimal(40), Decimal(40), "stated"),
        ("KG", Decimal("33.33"), Decimal("33.333333"), "rebased"),
        ("TJ", Decimal("33.33"), Decimal("33.333334"), "rebased"),
        ("UZ", Decimal("33.33"), Decimal("33.333333"), "rebased"),
    ]


def test_each_row_has_the_first_rate_of_the_order_that_is_young_enough(rows):
    found = rows("select transaction_key, amount_usd, fx_source from marts.fct_spending where project_id = 'RATES' order by 1")
    # On 10 March 2023 the European Central Bank published 1.0586 dollars for a euro.
    assert [(amount, source) for _, amount, source in found] == [
        (Decimal("1100.00"), "un_operational"),
        (Decimal("1200.00"), "market"),
        (Decimal("1300.00"), "imf"),
        (Decimal("1058.60"), "ecb_reference_rates"),
        (None, None),
        (Decimal("1100.00"), "un_operational"),
        (Decimal("130000.00"), "imf via EUR"),
        (Decimal("740.00"), "un_operational via TRY"),
    ]


def test_cents_are_rounded_half_to_even(rows):
    found = rows("select amount from marts.fct_spending where project_id = 'TIES' order by transaction_key")
    assert [amount for (amount,) in found] == [Decimal("0.00"), Decimal("0.02"), Decimal("-0.02"), Decimal("2.68")]


def test_a_year_of_ledger_lines_takes_the_mean_of_its_months(rows):
    found = rows("select measure, amount_usd, fx_source from marts.fct_allocations where currency <> 'USD' order by 1")
    assert found == [("allotment", None, None), ("expense", Decimal("1065.00"), "imf")]


def test_an_amount_without_a_rate_is_counted_in_every_breakdown(rows):
    found = rows("select region_scheme, value, unconverted_rows from marts.shares_by_region where measure = 'allotment_usd' and funding_level = 2")
    assert len(found) == 7 and {(value, unconverted) for _, value, unconverted in found} == {(None, 1)}
    of = "where entity = 'ECA' and fiscal_year = 2023 and funding_level = 2 and measure = 'expenditure_usd'"
    assert rows(f"select sum(unconverted_rows), sum(value) from marts.shares_by_subprogramme {of}") == [
        (1, Decimal("135758.60"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("year", "scheme", "regions"),
    [
        (2004, "country", {"PL": 150, "CS": 11}),
        (2004, "country_group", {"EU": 50}),
        (2004, "dac_region", {"NOT_ON_DAC_LIST": 150, "89": 11}),
        (2010, "country", {"UNKNOWN": 12, "XK": 16}),
        (1990, "country", {"CS": 13, "SU": 14}),
        (1990, "m49_region", {"150": 27}),
    ],
)
def test_countries_and_groups_are_those_of_the_day(rows, year, scheme, regions):
    found = dict(
        rows(
            f"""select region, value from marts.shares_by_region where entity = 'ECE' and book = 'project_ledger' and fiscal_year = {year}
                and region_scheme = '{scheme}' and measure = 'expenditure_usd' and funding_level = 2"""
        )
    )
    assert {region: found.get(region) for region in regions} == regions
    assert scheme == "country_group" or len(found) == len(regions)


def test_a_country_that_was_none_on_the_day_is_told(rows):
    assert rows("select source_row, value from audit.quarantine where rule = 'unknown_place'") == [(18, "CS (not in 2010)")]


def test_totals_not_above_zero_and_parts_beyond_ten_times_them_have_no_shares(rows):
    shares = "value, total_value, share_pct, rounded_pct, has_negative_part from"
    of = "where measure = 'expenditure_usd' and funding_level = 2 and entity ="
    assert rows(f"select {shares} marts.shares_by_subprogramme {of} 'ESCAP' order by 1") == [
        (Decimal(-150), Decimal(-50), None, None, True),
        (Decimal(100), Decimal(-50), None, None, True),
    ]
    assert rows(f"select {shares} marts.shares_by_region {of} 'ESCWA' and region_scheme = 'country' order by 1") == [
        (Decimal(-91), Decimal(9), None, None, True),
        (Decimal(100), Decimal(9), None, None, True),
    ]


def test_families_and_totals_add_up_and_leave_gifts_in_kind_out(rows):
    found = rows("select funding_level, funding_source, sum(value) from marts.shares_by_subprogramme where book = 'lines' and fiscal_year = 2023 group by all")
    assert {(level, source): int(value) for level, source, value in found if level < 2} == {
        (0, "all"): 115,
        (0, "technical_cooperation"): 60,
        (1, "extrabudgetary"): 50,
        (1, "regular_budget"): 52,
        (1, "other_assessed"): 9,
        (1, "unspecified"): 4,
        (1, "in_kind"): 5,
    }
    assert rows(
        """select subprogramme, share_pct, rounded_pct from marts.shares_by_subprogramme
           where book = 'lines' and funding_source = 'all' and fiscal_year = 2023 order by 1"""
    ) == [("1", Decimal("43.478261"), Decimal("43.5")), ("2", Decimal("53.043478"), Decimal("53.0")), ("UNALLOCATED", Decimal("3.478261"), Decimal("3.5"))]


def test_only_the_programme_of_work_and_the_latest_edition_count(rows):
    found = rows(
        """select entity, fiscal_year, subprogramme, funding_source, value from marts.shares_by_subprogramme
           where book = 'programme_budget' and measure in ('appropriation_usd', 'estimate_usd') and funding_level = 2 order by all"""
    )
    assert found == [
        ("ECA", 2023, "1", "rptc", Decimal(100)),
        ("ECA", 2023, "UNALLOCATED", "rptc", Decimal(10)),
        ("ECE", 2024, "1", "rptc", Decimal(120)),
        ("ECE", 2024, "1", "trust_fund", Decimal(33)),
    ]
    assert rows("select count(*), count(*) filter (where is_latest_vintage) from marts.fct_allocations where measure = 'estimate'") == [(4, 2)]


def test_periods_of_different_kinds_stay_apart(rows):
    found = rows("select period_type, period_start::varchar, period_end::varchar, amount from marts.fct_allocations where entity = 'UNFICYP' order by 1")
    assert found == [
        ("biennium", "2018-01-01", "2019-12-31", Decimal(1)),
        ("peacekeeping_year", "2018-07-01", "2019-06-30", Decimal(1000)),
        ("year", "2019-01-01", "2019-12-31", Decimal(10)),
    ]


def test_books_and_record_bases_stay_apart(rows):
    found = rows(
        """select book, record_basis, sum(value) from marts.shares_by_subprogramme
           where measure = 'expenditure_usd' and funding_source = 'all' and entity = 'ECE' and fiscal_year = 2023 group by all"""
    )
    ledger = Decimal("10.01") + 20 + 30 + 40 + 70 + 50 + 100 + 1000
    assert set(found) == {
        ("project_ledger", "reported", ledger),
        ("project_ledger", "illustrative", Decimal(2)),
        ("another_book", "reported", Decimal(1)),
        ("programme_budget", "published", Decimal(14010100)),
    }


def test_missions_are_counted_once_and_divided_exactly(rows):
    counted = dict(
        rows(
            """select measure, sum(value) from marts.shares_by_subprogramme
               where book = 'activity_register' and funding_source = 'all' and measure not in ('event_count', 'participant_count') group by all"""
        )
    )
    assert counted == {"mission_count": 3, "advisory_mission_count": 2, "adviser_days": 6}
    undertaken = "where activity_kind = 'mission' and status = 'undertaken' and book = 'activity_register'"
    assert rows(f"select activity_id, sum(weight), sum(adviser_days) from marts.fct_activities {undertaken} group by all order by 1") == [
        ("M1", 1, 5),
        ("M2", 1, 1),
        ("M3", 1, None),
    ]


def test_a_request_that_cannot_be_true_is_quarantined_and_says_why(rows):
    found = rows("select source_row, rule, severity, value from audit.quarantine where source = 'assistance_requests' order by 1")
    assert found == [
        (3, "answered_before_received", "error", "2004-04-30"),
        (4, "several_countries", "error", "KG|TJ"),
        (5, "unknown_provider_type", "warning", "a neighbour"),
    ]
    assert rows("select rows_delivered, rows_loaded, rows_quarantined from audit.deliveries where source = 'assistance_requests'") == [(6, 4, 2)]


def test_a_request_is_followed_from_its_day_to_its_mission(rows):
    found = rows(
        """select request_id, country, treaty_status, outcome, response_days, first_activity_days, mission_count, provider_type
           from marts.fct_assistance_requests order by 1"""
    )
    assert found == [
        ("R1", "CS", "party", "delivered", 10, 30, 1, "secretariat"),
        ("R4", "CV", None, "delivered", 14, None, 0, "unspecified"),
        ("R5", "CV", None, "delivered", 13, None, 0, "state"),
        ("R6", "TJ", None, "unmet", None, 21, 1, "unspecified"),
    ]
    # When a restricted request came, no other table tells.
    assert rows("select activity_id, response_days from marts.fct_activities where request_id is not null order by 1") == [("C1", 30), ("C4", None)]
    assert rows("select count(*) from marts.coordination where measure = 'request_to_activity_days_median' and entity = 'DESA'") == [(0,)]


def test_a_state_that_leaves_a_group_belongs_to_it_until_that_day(rows):
    # Two public requests of 2007, one from before and one from after Cabo Verde left the least developed countries; the restricted one counts nowhere.
    found = rows(
        """select region, needs, total_needs, assistance_share_pct from marts.geographic_balance
           where fiscal_year = 2007 and region_scheme = 'country_group' and assistance_measure = 'delivered_requests' order by 1"""
    )
    assert found == [("LDC", 1, 2, Decimal(50)), ("SIDS", 2, 2, Decimal(100))]


def test_needs_are_what_states_ask_for_in_requests_and_questionnaires(rows):
    found = rows("select country, need_area, confidentiality, needs, requests, delivered, unmet, declined from marts.assistance_needs order by all")
    assert found == [
        ("AL", "judges", "public", 1, 0, 0, 1, 0),
        ("AL", "law", "public", 1, 0, 0, 1, 0),
        ("CS", "law", "public", 1, 1, 1, 0, 0),
        ("CV", "law", "public", 2, 2, 2, 0, 0),
        ("TJ", "law", "restricted", 1, 1, 0, 1, 1),
    ]


def test_response_rates_are_those_of_the_status_on_the_day_of_sending(rows):
    found = rows("select treaty_status, sent, answered, response_days_mean, asking_for_assistance from marts.questionnaire_response_rates order by 1")
    assert found == [
        ("all", 4, 3, Decimal("16.666667"), 1),
        ("none_on_record", 1, 1, Decimal(20), 0),
        ("party", 1, 0, None, 0),
        ("signatory", 2, 2, Decimal(15), 1),
    ]


def test_ninety_days_overlap_and_ninety_one_do_not(rows):
    found = rows("select country, activity_key_1, activity_key_2, days_apart, cost_usd from marts.coordination_overlaps order by days_apart")
    # On 31 March 2004 the European Central Bank published 1.2224 dollars for a euro.
    assert found == [
        ("KG", "coordination:C2", "coordination:C3", 1, None),
        ("CS", "coordination:C1", "coordination:C2", 90, Decimal("1722.40")),
    ]
    found = rows(
        """select entity, measure, value, numerator, denominator from marts.coordination
           where book = 'coordination' and dimension_scheme = 'none' and measure in ('overlap_cost_usd', 'rc_notified_before_rate') order by all"""
    )
    assert found == [
        ("DESA", "rc_notified_before_rate", Decimal(0), 0, 1),
        ("ECE", "overlap_cost_usd", Decimal("1222.40"), 1, 1),
        ("ECE", "rc_notified_before_rate", Decimal(100), 1, 1),
        ("UNDP", "overlap_cost_usd", Decimal(500), 1, 1),
        ("UNDP", "rc_notified_before_rate", Decimal(0), 0, 1),
        ("UNEP", "overlap_cost_usd", None, 0, 1),
        ("UNEP", "rc_notified_before_rate", Decimal(0), 0, 1),
    ]


def test_only_what_was_agreed_is_overdue_and_only_after_its_last_day(rows):
    # The run is of 1 November 2026.
    found = rows("select action_id, is_overdue, overdue_days, fiscal_year from marts.fct_action_points order by 1")
    assert found == [("A1", True, 1, 2025), ("A2", False, None, 2025), ("A3", False, None, 2025)]


def test_what_was_delivered_twice_or_corrected_counts_once(rows):
    assert rows("select sum(amount) from marts.fct_spending where transaction_type = 'commitment'") == [(Decimal(13),)]
    assert rows("select source_file, status, rows_delivered from audit.deliveries where source = 'project_transactions' and status <> 'loaded' order by 1") == [
        ("project_transactions/old/may.csv", "superseded", 0),
        ("project_transactions/x2.csv", "set_aside", 0),
    ]
    assert rows("select sum(amount), count(*) from raw.subprogramme_allocations where book = 'repeats'") == [(Decimal(3), 2)]


@pytest.mark.parametrize(("figure", "verdict"), [(figure_id, verdict) for figure_id, verdict, _ in STATEMENTS])
def test_statements_get_the_verdict_worked_out_by_hand(rows, figure, verdict):
    found, computed, evidence = rows(f"select verdict, computed_value, evidence from marts.published_figure_checks where figure_id = '{figure}'")[0]
    assert (found, computed is None) == (verdict, verdict == "not_computable"), computed
    assert evidence == (None if computed is None else "same_document" if figure == "own document" else "independent")


@pytest.mark.parametrize(
    ("mart", "where"),
    [
        ("shares_by_subprogramme", "measure=adviser_days,funding_source=all,subprogramme=1"),
        ("shares_by_subprogramme", "measure=planned_documents,funding_level=2"),
        ("shares_by_subprogramme", "measure=estimate_usd,funding_source=rptc"),
        ("shares_by_region", "measure=expenditure_usd,region=EU,funding_level=2,fiscal_year=2004"),
        ("shares_by_subprogramme_and_region", "entity=ECE,measure=spending_usd,region_scheme=country,region=KG,subprogramme=4,funding_level=1"),
    ],
)  # fmt: skip
def test_a_share_is_explained_by_rows_that_add_to_it(asked, mart, where):
    said = json.loads(asked.techcoop("explain", mart, "--where", where, "--json").stdout)["explanations"]
    assert len(said) == 1 and said[0]["rows"]
    assert Decimal(str(said[0]["adds_to"])) == Decimal(str(said[0]["line"]["value"]))
    assert all(row["source_file"] and row["source_row"] for row in said[0]["rows"])
    columns, rows = asked.ask(said[0]["sql"])
    assert sum(row[columns.index("contributes")] for row in rows) == Decimal(str(said[0]["adds_to"]))
    assert len(rows) == said[0]["rows_behind"]
    assert any("each contributes" in step for step in said[0]["steps"])


def test_an_event_that_nobody_counted_is_counted_as_unknown(rows):
    measures = """select measure, value, distinct_count, unconverted_rows from marts.shares_by_subprogramme
                  where entity = 'ECLAC' and funding_source = 'rptc' and measure in ('event_count', 'participant_count') order by measure"""
    assert rows(measures) == [("event_count", Decimal(2), 2, 0), ("participant_count", Decimal(25), 2, 1)]
    divided = """select recipient, weight, participants, participants_women, cost_usd from marts.fct_activities
                 where activity_id = 'E1' order by recipient"""
    assert rows(divided) == [
        ("KG", Decimal("0.333333"), Decimal("8.333333"), Decimal("3.333333"), Decimal("33.33")),
        ("TJ", Decimal("0.333334"), Decimal("8.333334"), Decimal("3.333334"), Decimal("33.34")),
        ("UZ", Decimal("0.333333"), Decimal("8.333333"), Decimal("3.333333"), Decimal("33.33")),
    ]
    assert rows("select distinct participants from marts.fct_activities where activity_id = 'E2'") == [(None,)]
    refused = "select source_row, rule from audit.quarantine where source = 'capacity_building_events' and severity = 'error' order by source_row"
    assert rows(refused) == [(5, "participants_not_whole"), (6, "duplicate_key"), (7, "duplicate_key")]


def test_contributions_in_kind_are_in_no_total_of_cash_and_unvalued_ones_are_counted(rows):
    found = rows(
        """select funding_source, donor, value, distinct_count, unconverted_rows from marts.shares_by_donor
           where entity = 'ECLAC' and measure = 'in_kind_usd' and funding_level in (0, 2) order by donor"""
    )
    assert found == [("in_kind", "CH", Decimal(500), 1, 0), ("in_kind", "Chess Federation", None, 1, 1)]
    assert rows("select source_row, rule from audit.quarantine where source = 'in_kind_contributions' and severity = 'error'") == [(4, "currency_needed")]


def test_a_fund_keeps_its_negative_contributions_and_knows_its_balance_only_from_its_beginning(rows):
    found = rows(
        """select fund_code, contributed_usd, spent_usd, refunded_usd, balance_usd, balance_difference_usd from marts.resource_mobilisation
           where entity = 'ECLAC' and level = 'fund' order by fund_code"""
    )
    contributed = 50 + 30 + 20 - Decimal("5.50") + 12
    assert found == [
        ("F", contributed, Decimal(60), Decimal(1), 100 + contributed - 60 - 1, 145 - (100 + contributed - 60 - 1)),
        ("G", Decimal(40), Decimal(50), None, None, None),
    ]
    donors = "select donor, value from marts.shares_by_donor where entity = 'ECLAC' and measure = 'contribution_usd' and funding_level = 2 order by donor"
    assert rows(donors) == [("China Automotive Centre", Decimal(20)), ("DE", Decimal("34.50")), ("SE", Decimal(12)), ("TR", Decimal(80))]
    assert rows("select source_row, rule from audit.quarantine where source = 'fund_movements' order by source_row") == [
        (14, "duplicate_key"),
        (15, "duplicate_key"),
    ]
