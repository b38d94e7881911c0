"""References of organisations in capitals and in small letters are one organisation, shown in one spelling."""

import polars as pl
import pytest

from pipelines.iati.activity_pass import activity_pass
from pipelines.iati.organisations import spellings
from pipelines.shapes.delivery import Delivery
from tests.unit.iati.conftest import activity, document, transaction


@pytest.fixture
def shown(tmp_path):
    """shown(text, text, …): what is shown instead of what was delivered, and the findings."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "iati_publishers.csv").write_text("entity,publisher,source\nECE,XM-DAC-41314,x\n")

    def build(*texts):
        parts = []
        for number, text in enumerate(texts):
            path = tmp_path / f"{number}.xml"
            path.write_text(text)
            parts.append(activity_pass(Delivery(source="iati", source_file=f"iati/{path.name}", path=path, sha256=str(number) * 64), tmp_path / "landing"))
        found = spellings(parts, tmp_path / "seeds", tmp_path)
        written = tmp_path / "set-pass-organisations.parquet"
        return dict(found.rows()), pl.read_parquet(written) if written.exists() else None

    return build


def published(*reporters):
    return [activity(identifier=f"A-{number}", reporter=reporter) for number, reporter in enumerate(reporters)]


def test_one_spelling_says_nothing(shown):
    assert shown(document(*published("XM-1", "xm-2"))) == ({}, None)


def test_the_most_frequent_spelling_over_all_deliveries_is_shown(shown):
    found, told = shown(document(*published("XM-1-A", "xm-1-a")), document(*published("xm-1-a")))
    assert found == {"XM-1-A": "xm-1-a"}
    assert told.select("source_file", "table_name", "source_row", "column_name", "rule", "severity", "value").rows() == [
        ("iati/0.xml", "iati_activities", 1, "reporting_org_ref", "reference_in_several_spellings", "warning", "XM-1-A")
    ]
    assert "read as xm-1-a" in told["remedy"][0] and "XM-1-A (1)" in told["remedy"][0]


@pytest.mark.parametrize("order", [("XM-1-A", "xm-1-a", "Xm-1-A"), ("Xm-1-A", "xm-1-a", "XM-1-A")])
def test_equally_frequent_spellings_give_way_to_capitals(shown, order):
    assert shown(document(*published(*order)))[0] == {"xm-1-a": "XM-1-A", "Xm-1-A": "XM-1-A"}


def test_the_list_of_publishers_goes_before_what_is_delivered(shown):
    found, told = shown(document(*published("xm-dac-41314", "xm-dac-41314", "Xm-dac-41314")))
    assert found == {"xm-dac-41314": "XM-DAC-41314", "Xm-dac-41314": "XM-DAC-41314"} and "list of publishers" in told["remedy"][0]


def test_providers_receivers_and_participants_are_named_alike(shown):
    inner = '<provider-org ref="xm-p"/><receiver-org ref="xm-r"/>'
    planned = '<planned-disbursement><provider-org ref="XM-R"/></planned-disbursement>'
    named = f'<participating-org role="1" ref="XM-P"/><participating-org role="4" ref="XM-P"/>{planned}'
    found, told = shown(document(activity(named + transaction(inner=inner))))
    # the planned disbursement has no period: a row that does not load names nobody
    assert found == {"xm-p": "XM-P"} and told.select("table_name", "column_name").rows() == [("iati_transactions", "provider_org_ref")]
