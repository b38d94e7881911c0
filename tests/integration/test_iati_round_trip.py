"""Projects published with a release and read back: the same facts, to the cent."""

import shutil

import pytest
from lxml import etree

from pipelines.contracts.iati import ILLUSTRATIVE

RATES = "currency,rate_date,usd_per_unit,rate_kind,rate_source\n" + "".join(
    f"{currency},2021-{month:02d}-28,{rate}{month:02d}1234567,monthly_average,IMF\n"
    for currency, rate in (("EUR", "1.1"), ("CHF", "1.0"))
    for month in range(1, 13)
)
COLUMNS = (
    "project_id,title,entity,subprogrammes,funding_source,start_date,end_date,status,budget_amount,currency,recipients,gender_marker,gender_marker_scheme,"
    "record_basis\n"
)
PROJECTS = """A1,Water <&> ]]>,ECE,1,trust_fund,2021-01-01,2021-12-31,active,1000.10,USD,KG:60|TJ:40,2,dac,
A2,Thirds,ECE,2,multi_partner_trust_fund,2021-01-01,,closed,,EUR,UZ|TJ|KG,,,
A/3 é,Thirds of regions,ECE,3|1|2,trust_fund,2021-01-01,2023-06-30,active,500000,EUR,SPECA|KG|GLOBAL,,,
A4,Seven decimals,ECE,2:33.3333333|1:66.6666667,un_to_un_agreement,2021-01-01,,suspended,,CHF,TJ:33.3333333|KG:66.6666667,,,
A5,Nothing allocated,ECE,,trust_fund,2021-01-01,,pipeline,,EUR,Nowhere|KG|INTERREGIONAL,,,
A6,Splits of their own,ECE,1,trust_fund,2021-01-01,,active,,EUR,KG|TJ|UZ,,,
A7,One recipient each,ECE,5,trust_fund,2021-01-01,,active,,EUR,KG,,,
A8,Constructed,ECE,5,trust_fund,2021-01-01,,active,,EUR,KG,,,illustrative
"""
AMOUNTS = ("100.00", "0.01", "-33.34", "1234567.89", "333.333333", "-0.01", "77777.77", "1000000.01")
TYPES = ("contribution", "pledge", "commitment", "disbursement", "expenditure", "refund")
OWN = {"A6": (",", "TJ:10|KG:90,1|2|3", "SPECA,", ",5"), "A7": (",", "TJ,", "SPECA,2", ",")}
FACTS = """
    select transaction_type, flow, currency, recipient, recipient_scheme, subprogramme, fiscal_year, funding_source, transaction_date, transaction_amount,
        amount, amount_usd, fx_rate, fx_rate_date, count(*)
    from marts.fct_spending
    where record_basis = '{basis}'
    group by all
    order by all
"""


def transactions():
    """Of every project some of every type, in three currencies, with awkward amounts."""
    yield "transaction_id,project_id,transaction_type,transaction_date,amount,currency,value_date,provider,record_basis,recipients,subprogrammes"
    for place, project in enumerate(("A1", "A2", "A/3 é", "A4", "A5", "A6", "A7", "A8")):
        for number in range(12):
            day = f"2021-{number + 1:02d}-15"
            own = OWN.get(project, (",",))[number % len(OWN.get(project, (",",)))]
            amount = AMOUNTS[(number + place) % len(AMOUNTS)]
            currency = ("EUR", "USD", "CHF", "EUR", "EUR")[(number + place) % 5]
            value_date = "2021-03-15" if number % 3 == 0 else ""
            basis = "illustrative" if project == "A8" else ""
            yield f"{project}-{number},{project},{TYPES[number % 6]},{day},{amount},{currency},{value_date},NO,{basis},{own}"


@pytest.fixture(scope="module")
def first(tmp_path_factory, make_warehouse):
    folder = tmp_path_factory.mktemp("published")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    warehouse.deliver("trust_fund_projects/p.csv", COLUMNS + PROJECTS)
    warehouse.deliver("project_transactions/t.csv", "\n".join(transactions()) + "\n")
    warehouse.deliver("exchange_rates/r.csv", RATES)
    assert warehouse.run()["released"] is True
    return warehouse


@pytest.fixture(scope="module")
def asked_for(first, tmp_path_factory):
    """What the command writes when it is told to take constructed records, too."""
    out = tmp_path_factory.mktemp("export") / "ece.xml"
    process = first.techcoop("export", "iati", "--entity", "ECE", "--out", str(out), "--include-illustrative")
    assert process.returncode == 0, process.stderr
    return out


@pytest.fixture(scope="module")
def again(first, asked_for, tmp_path_factory, make_warehouse):
    folder = tmp_path_factory.mktemp("again")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    warehouse.deliver("exchange_rates/r.csv", RATES)
    (folder / "raw" / "iati").mkdir()
    shutil.copy(asked_for, folder / "raw" / "iati" / "ece.xml")
    assert warehouse.run()["released"] is True
    return warehouse


@pytest.mark.parametrize("basis", ["reported", "illustrative"])
def test_what_is_read_back_are_the_same_facts_to_the_cent(first, again, basis):
    told, read = first.ask(FACTS.format(basis=basis))[1], again.ask(FACTS.format(basis=basis))[1]
    assert len(told) >= 10 and told == read


def test_no_rule_has_anything_to_say_of_an_exported_file(again):
    assert again.ask("select rule, severity, value from audit.quarantine where source = 'iati' and severity <> 'warning'")[1] == []


def test_a_release_holds_the_file_of_each_entity_without_constructed_records(first, asked_for):
    released = etree.parse(first.home / "current" / "iati" / "ECE.xml")
    said = [narrative.text for narrative in released.iterfind(".//narrative")]
    assert not any(text.startswith(ILLUSTRATIVE) for text in said)
    assert not [ref for ref in released.iterfind(".//other-identifier") if ref.get("ref") == "A8"]
    constructed = etree.parse(asked_for).xpath("//iati-activity[other-identifier/@ref='A8']")
    assert constructed and all(activity.findtext("description/narrative").startswith(ILLUSTRATIVE) for activity in constructed)
    assert all(money.findtext("description/narrative").startswith(ILLUSTRATIVE) for money in constructed[0].iterfind("transaction"))


def test_what_the_projects_are_comes_back_with_them(again):
    found = dict(again.ask("select title, (status, funding_source, gender_marker) from marts.dim_project where not contains(project_id, ':')")[1])
    assert found["Water <&> ]]>"] == ("active", "trust_fund", "2")
    assert found["Thirds"] == ("closed", "multi_partner_trust_fund", None)


def test_without_anything_to_export_there_is_no_file_and_one_line(first, tmp_path):
    out = tmp_path / "none.xml"
    nothing = first.techcoop("export", "iati", "--entity", "ESCAP", "--out", str(out))
    assert nothing.returncode == 1 and len(nothing.stderr.strip().splitlines()) == 1
    nobody = first.techcoop("export", "iati", "--entity", "NOBODY", "--out", str(out))
    assert nobody.returncode == 2 and not out.exists() and not list(tmp_path.iterdir())
