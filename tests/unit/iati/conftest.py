"""Activity files in a few words: the tests name only what they are about."""

import polars as pl
import pytest

from pipelines.iati.activity_pass import activity_pass
from pipelines.shapes.delivery import Delivery


class Read:
    """What the pass made of a file: counts, landed rows, findings, amounts."""

    def __init__(self, part):
        self.part = part
        self.counts = {table.name: (table.rows_delivered, table.rows_quarantined) for table in part.tables}
        self.findings = pl.read_parquet(part.findings)
        self.amounts = pl.read_parquet(part.amounts)

    def rows(self, table, *columns):
        files = next(one.files for one in self.part.tables if one.name == table)
        return pl.read_parquet(list(files)).select(columns).rows() if files else []

    def one(self, table, *columns):
        rows = self.rows(table, *columns)
        assert len(rows) == 1, rows
        return rows[0]

    def found(self, rule):
        """(table, row, column, severity, value) of the findings of a rule."""
        lines = self.findings.filter(pl.col("rule") == rule)
        return lines.select("table_name", "source_row", "column_name", "severity", "value").rows()


def document(*activities, version="2.03", head=""):
    return f'<iati-activities version="{version}" {head}>{"".join(activities)}</iati-activities>'


def activity(inner="", *, identifier="XM-1-A", reporter="XM-1", currency="USD", more=""):
    named = f"<iati-identifier>{identifier}</iati-identifier>" if identifier is not None else ""
    return f'<iati-activity default-currency="{currency}" {more}>{named}<reporting-org ref="{reporter}" type="40"/>{inner}</iati-activity>'


def transaction(value="100", *, kind="3", date="2020-05-01", inner="", value_date="2020-05-01", currency=None):
    money = f' currency="{currency}"' if currency else ""
    return (
        f'<transaction><transaction-type code="{kind}"/><transaction-date iso-date="{date}"/>'
        f'<value value-date="{value_date}"{money}>{value}</value>{inner}</transaction>'
    )


@pytest.fixture
def read(tmp_path):
    def build(text, name="a.xml", member=None):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        delivery = Delivery(source="iati", source_file=f"iati/{name}", path=path, sha256="0" * 64, member=member)
        return Read(activity_pass(delivery, tmp_path / "landing"))

    return build
