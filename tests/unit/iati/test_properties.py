"""Random activities: whatever a publisher may write, each element is accounted for and no money changes."""

import itertools
from collections import defaultdict
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts.iati import ACTIVITY_TABLES
from pipelines.iati.activity_pass import activity_pass
from pipelines.shapes.delivery import Delivery
from tests.unit.iati.conftest import Read

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cn")), max_size=30)
AMOUNT = st.decimals(Decimal("-1e15"), Decimal("1e15"), places=10, allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15).map(Decimal)
DAY = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31)).map(str)
PERCENTAGE = st.none() | st.decimals(0, 100, places=4).map(str) | st.sampled_from(["33.33", "100", "0", "150", "-5", "a third", ""])


def attribute(name, value):
    return "" if value is None else f" {name}={quoteattr(value)}"


SECTOR = st.builds(
    lambda vocabulary, code, percentage: f"<sector{attribute('vocabulary', vocabulary)}{attribute('code', code)}{attribute('percentage', percentage)}/>",
    st.sampled_from([None, "1", "2", "7", "99", "?"]),
    st.sampled_from(["14030", "210", "1", None, "nonsense"]),
    PERCENTAGE,
)
RECIPIENT = st.builds(
    lambda kind, code, percentage: f"<recipient-{kind}{attribute('code', code)}{attribute('percentage', percentage)}/>",
    st.sampled_from(["country", "region"]),
    st.sampled_from(["KG", "TJ", "998", "619", "XX", None]),
    PERCENTAGE,
)


@st.composite
def transactions(draw):
    """(element, type, currency, amount): a transaction that can be counted, or cannot (then its amount is None)."""
    kind = draw(st.sampled_from(["1", "2", "3", "4", "11", "12"]))
    currency = draw(st.sampled_from([None, "USD", "EUR", "usd"]))
    amount = draw(AMOUNT)
    fault = draw(st.sampled_from([None] * 6 + ["type", "day", "value", "currency"]))
    day = draw(DAY)
    text = {"value": "much"}.get(fault, format(amount, "f"))
    money = attribute("currency", "EUROS" if fault == "currency" else currency)
    told_day = "31.02.2020" if fault == "day" else day
    element = (
        f"<transaction>{'' if fault == 'type' else f'<transaction-type code={quoteattr(kind)}/>'}<transaction-date{attribute('iso-date', told_day)}/>"
        f"<value{money}{attribute('value-date', draw(st.none() | DAY))}>{text}</value><description><narrative>{escape(draw(TEXT))}</narrative></description>"
        f"{draw(st.lists(SECTOR, max_size=2).map(''.join))}{draw(st.lists(RECIPIENT, max_size=2).map(''.join))}</transaction>"
    )
    return element, kind, (currency or "CHF").upper(), None if fault else amount


@st.composite
def activities(draw):
    """(element without its identifier, its transactions)."""
    inside = draw(st.lists(transactions(), max_size=4))
    stated = draw(st.lists(SECTOR | RECIPIENT, max_size=5).map("".join))
    return f"<title><narrative>{escape(draw(TEXT))}</narrative></title>{stated}{''.join(element for element, *_ in inside)}", inside


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("properties")


NUMBERS = itertools.count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(activities(), min_size=1, max_size=4))
def test_every_element_is_accounted_for_and_every_amount_is_kept(folder, generated):
    document = "".join(
        f'<iati-activity default-currency="CHF"><iati-identifier>XM-1-{place}</iati-identifier><reporting-org ref="XM-1" type="40"/>{inner}</iati-activity>'
        for place, (inner, _) in enumerate(generated)
    )
    path = folder / f"{next(NUMBERS)}.xml"
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><iati-activities version="2.03">{document}</iati-activities>', encoding="utf-8")
    result = Read(activity_pass(Delivery(source="iati", source_file=f"iati/{path.name}", path=path, sha256="0" * 64), folder / "landing"))
    inside = [one for _, transactions_of in generated for one in transactions_of]
    assert result.counts["iati_activities"] == (len(generated), 0)
    assert result.counts["iati_transactions"] == (len(inside), sum(amount is None for *_, amount in inside))
    assert result.counts["iati_sectors"][0] == document.count("<sector") and result.counts["iati_recipients"][0] == document.count("<recipient-")
    expected, landed = defaultdict(Decimal), defaultdict(Decimal)
    for _, kind, currency, amount in inside:
        if amount is not None:
            expected[kind, currency] += amount
    for kind, currency, value in result.rows("iati_transactions", "transaction_type", "currency", "value"):
        landed[kind, currency] += value
    assert landed == expected
    lost = result.findings.filter(pl.col("severity") == "error").unique(["table_name", "source_row"])
    assert lost.height == sum(quarantined for _, quarantined in result.counts.values())
    for name in ACTIVITY_TABLES:
        delivered, quarantined = result.counts[name]
        assert len(result.rows(name, "_source_row")) == delivered - quarantined
