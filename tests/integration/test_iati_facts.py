"""From activity files to facts: random activities keep their money and their shares, and the documented examples have the numbers that docs/iati.md prints."""

import random
import re
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from xml.sax.saxutils import quoteattr

import pytest

from pipelines import settings

CENT = Decimal("0.01")
SECTORS = ("11220", "12220", "14030", "15110", "21020", "23210", "31130", "32130", "41010", "43030")
COUNTRIES = ("KG", "TJ", "UZ", "KZ", "AM", "GE", "AL", "SN", "UG")
TYPES = {"1": "contribution", "2": "commitment", "3": "disbursement", "4": "expenditure"}
EXAMPLES = (settings.PROJECT / "docs" / "iati.md").read_text(encoding="utf-8")


def shares(chance: random.Random, codes: tuple[str, ...], most: int) -> list[tuple[str, str | None]]:
    """Some codes with percentages that add to 100 exactly, or with none at all."""
    chosen = chance.sample(codes, chance.randint(0, most))
    if len(chosen) == 1 or chance.random() < 0.25:
        return [(code, "100" if len(chosen) == 1 and chance.random() < 0.5 else None) for code in chosen]
    places = chance.choice((0, 2, 4))
    cuts = sorted(chance.sample(range(1, 100 * 10**places), max(len(chosen) - 1, 0)))
    whole = [after - before for before, after in zip([0, *cuts], [*cuts, 100 * 10**places], strict=True)]
    return [(code, str(Decimal(part).scaleb(-places))) for code, part in zip(chosen, whole, strict=False)]


def elements(name: str, stated: list[tuple[str, str | None]]) -> str:
    return "".join(f"<{name} code={quoteattr(code)}" + (f" percentage={quoteattr(pct)}" if pct else "") + "/>" for code, pct in stated)


def exact(stated: list[tuple[str, str | None]]) -> dict[str, Fraction]:
    """What each code is of the whole."""
    if not stated:
        return {"UNALLOCATED": Fraction(1)}
    return {code: Fraction(Decimal(pct)) / 100 if pct else Fraction(1, len(stated)) for code, pct in stated}


def generated(count: int) -> tuple[str, dict[str, tuple[str, str, Decimal, dict[tuple[str, str], Fraction]]]]:
    """An activity file, and per transaction its type, currency, published value and the exact share of each sector and country."""
    chance = random.Random(2004)
    activities, expected = [], {}
    for number in range(count):
        identifier = f"XM-DAC-99999-{number}"
        sectors, countries = shares(chance, SECTORS, 4), shares(chance, COUNTRIES, 3)
        transactions = []
        for place in range(1, chance.randint(0, 6) + 1):
            own_sectors = shares(chance, SECTORS, 2) if chance.random() < 0.3 else []
            own_countries = shares(chance, COUNTRIES, 2) if chance.random() < 0.3 else []
            value = Decimal(chance.randint(-(10**9), 10**10)).scaleb(-chance.choice((0, 2, 2, 2, 3, 5)))
            kind, currency = chance.choice(list(TYPES)), chance.choice(("USD", "EUR"))
            day = f"{chance.randint(2008, 2023)}-{chance.randint(1, 12):02}-15"
            transactions.append(
                f'<transaction><transaction-type code="{kind}"/><transaction-date iso-date="{day}"/>'
                f'<value currency="{currency}" value-date="{day}">{value}</value>'
                f"{elements('sector', own_sectors)}{elements('recipient-country', own_countries)}</transaction>"
            )
            parts = {
                (sector, country): sector_share * country_share
                for sector, sector_share in exact(own_sectors or sectors).items()
                for country, country_share in exact(own_countries or countries).items()
            }
            expected[f"{identifier}#{place}"] = (TYPES[kind], currency, value, parts)
        activities.append(
            f"<iati-activity><iati-identifier>{identifier}</iati-identifier><reporting-org ref='XM-DAC-99999' type='40'/>"
            f"{elements('recipient-country', countries)}{elements('sector', sectors)}{''.join(transactions)}</iati-activity>"
        )
    return f'<iati-activities version="2.03">{"".join(activities)}</iati-activities>', expected


@pytest.fixture(scope="module")
def facts(make_warehouse, tmp_path_factory):
    """(parts by transaction, what was generated, the warehouse): of one release of random activities and of the documented examples."""
    folder = tmp_path_factory.mktemp("iati")
    warehouse = make_warehouse(home=folder / "warehouse", raw=folder / "raw")
    text, expected = generated(80)
    warehouse.deliver("iati/generated.xml", text)
    documented = "".join(re.findall(r"```xml\n(.*?)```", EXAMPLES, flags=re.DOTALL))
    warehouse.deliver("iati/documented.xml", f'<iati-activities version="2.03">{documented}</iati-activities>')
    said = warehouse.run()
    assert said["released"] is True and said["rows_quarantined"] == 0
    _, rows = warehouse.ask(
        """select transaction_key, transaction_type, currency, transaction_amount, purpose, recipient, amount, used_pct, split_rule
        from marts.fct_spending order by transaction_key, purpose, recipient"""
    )
    parts = defaultdict(list)
    for key, *row in rows:
        parts[key].append(row)
    return parts, expected, warehouse


def test_every_transaction_arrives_with_its_money_rounded_once(facts):
    parts, expected, _ = facts
    assert {key for key in parts if key.startswith("XM-DAC-99999-")} == expected.keys() and len(expected) > 200
    for key, (kind, currency, value, _) in expected.items():
        cents = value.quantize(CENT, rounding=ROUND_HALF_EVEN)
        assert {tuple(row[:3]) for row in parts[key]} == {(kind, currency, cents)}, key
        assert sum(row[5] for row in parts[key]) == cents, key


def test_every_part_is_the_exact_share_within_a_cent_and_names_it(facts):
    parts, expected, _ = facts
    for key, (_, _, _, shares_of_parts) in expected.items():
        found = {(row[3], row[4]): row for row in parts[key]}
        assert found.keys() == shares_of_parts.keys(), key
        for place, share in shares_of_parts.items():
            whole, amount, used = found[place][2], found[place][5], found[place][6]
            assert abs(Fraction(amount) - Fraction(whole) * share) <= Fraction(CENT), (key, place)
            assert abs(Fraction(used) - share * 100) <= Fraction(2, 10**6), (key, place)
        assert abs(sum(row[6] for row in parts[key]) - 100) <= Decimal("0.00001"), key


def test_the_documented_examples_have_the_documented_numbers(facts):
    parts, _, _ = facts
    lines = re.findall(r"^\| `(XM-EXAMPLE-\d#\d)` \| (\S+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$", EXAMPLES, flags=re.MULTILINE)
    assert len(lines) >= 9
    told = [(key, purpose, recipient, Decimal(amount), rule, Decimal(used)) for key, purpose, recipient, amount, rule, used in lines]
    found = [(key, row[3], row[4], row[5], row[7], row[6]) for key, rows in sorted(parts.items()) if key.startswith("XM-EXAMPLE") for row in rows]
    assert sorted(told) == sorted(found)


def test_what_a_publisher_must_fix_is_listed_file_by_file(facts):
    _, _, warehouse = facts
    query = (settings.DBT_PROJECT / "analyses" / "what_must_a_publisher_fix.sql").read_text(encoding="utf-8")
    columns, rows = warehouse.ask(query.replace("{{ ref('audit_quarantine') }}", "audit.quarantine"))
    lines = [dict(zip(columns, row, strict=True)) for row in rows]
    assert sum(line["findings"] for line in lines) == warehouse.one("select count(*) from audit.quarantine")[0]
    place = ("iati/documented.xml", "percentage_missing", "iati_sectors")
    (missing,) = [line for line in lines if (line["source_file"], line["rule"], line["table_name"]) == place]
    assert (missing["severity"], missing["findings"], missing["first_row"]) == ("warning", 1, 7)
    assert "percentage" in missing["remedy"] and "2.1.1" in missing["remedy"]
