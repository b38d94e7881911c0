"""What has changed in the layout that dbt reads shows in its hashes, and nothing else does."""

import polars as pl
import pytest

from pipelines.landing.hashes import hashes
from pipelines.shapes.landed import REJECTED


@pytest.fixture
def landing(tmp_path):
    for table in ("missions", REJECTED):
        (tmp_path / table).mkdir()
    pl.DataFrame(schema={"mission_id": pl.String}).write_parquet(tmp_path / "missions" / "_empty.parquet")
    pl.DataFrame({"source": ["missions", "missions", "events"], "row": [2, 1, 1]}).write_parquet(tmp_path / REJECTED / "part.parquet")
    return tmp_path


def test_equal_rows_have_equal_hashes_and_other_rows_others(landing):
    before = hashes(landing)
    assert hashes(landing) == before and before.rejected.keys() == {"missions", "events"}
    pl.DataFrame({"mission_id": ["M1"]}).write_parquet(landing / "missions" / "d1.parquet")
    after = hashes(landing)
    assert after.contents["missions"] != before.contents["missions"] and after.structures == before.structures
    assert after.contents[REJECTED] == before.contents[REJECTED]


def test_another_type_is_another_structure(landing):
    before = hashes(landing)
    pl.DataFrame(schema={"mission_id": pl.Int64}).write_parquet(landing / "missions" / "_empty.parquet")
    assert hashes(landing).structures["missions"] != before.structures["missions"]


def test_rejected_rows_are_told_by_table_and_in_any_order(landing):
    before = hashes(landing)
    pl.DataFrame({"source": ["events", "missions", "missions"], "row": [9, 1, 2]}).write_parquet(landing / REJECTED / "part.parquet")
    after = hashes(landing)
    assert after.rejected["missions"] == before.rejected["missions"] and after.rejected["events"] != before.rejected["events"]
