"""What the dbt child decides for itself."""

from pipelines.dbt.child import SMALL, threads


def test_large_landing_is_built_with_two_threads_and_a_small_one_with_one(tmp_path):
    landed = tmp_path / "build" / "now" / "landing" / "missions" / "part.parquet"
    landed.parent.mkdir(parents=True)
    landed.write_bytes(b"x" * (SMALL - 1))
    assert threads(tmp_path) == 1
    landed.with_name("next.parquet").write_bytes(b"x")
    assert threads(tmp_path) == 2
