"""The same models compile for Spark, without a server, and what comes out is Spark's SQL."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pipelines import settings

# dbt refuses the profile when the driver of the Thrift server is not installed, though compiling never connects.
DRIVER = {"pyhive/__init__.py": "", "pyhive/hive.py": "", "TCLIService/__init__.py": "", "TCLIService/ttypes.py": "class TOperationState: pass"}
DRIVER |= {"thrift/__init__.py": "", "thrift/transport/__init__.py": "", "thrift/transport/THttpClient.py": ""}


def stand_in_driver(folder: Path) -> None:
    """Modules of the driver's names that hold nothing, unless the real one is there."""
    if importlib.util.find_spec("pyhive") is not None:
        return
    for name, text in DRIVER.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def compiled_for_spark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the SQL that dbt hands to Spark. No cluster is asked: nothing is introspected, no cache is filled."""
    target = tmp_path_factory.mktemp("spark")
    stand_in_driver(target / "driver")
    dbt = Path(sys.executable).with_name("dbt")
    command = [dbt, "compile", "--target", "spark", "--no-populate-cache", "--no-introspect", "--profiles-dir", ".", "--target-path", target]
    process = subprocess.run(
        [*map(str, command), "--log-path", str(target / "logs")],
        cwd=settings.DBT_PROJECT,
        env=os.environ | {"PYTHONPATH": str(target / "driver"), "TECHCOOP_BUILD": str(target), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-4000:] + process.stderr[-2000:]
    return target / "compiled" / "techcoop"


def test_every_compiled_query_parses_as_spark(compiled_for_spark: Path) -> None:
    files = sorted(compiled_for_spark.rglob("*.sql"))
    models = {path.stem for path in files if "models" in path.parts and not any(part.endswith(".yml") for part in path.parts)}
    assert models == {path.stem for path in (settings.DBT_PROJECT / "models").rglob("*.sql")}
    refused = []
    for path in files:
        try:
            statements = sqlglot.parse(path.read_text(encoding="utf-8"), read="spark")
        except sqlglot.errors.ParseError as error:
            refused.append(f"{path.relative_to(compiled_for_spark)}: {error.errors[0]['description']} at line {error.errors[0]['line']}")
            continue
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            refused.append(f"{path.relative_to(compiled_for_spark)}: not one query")
    assert refused == []


def test_no_compiled_query_holds_what_only_duckdb_knows(compiled_for_spark: Path) -> None:
    only_duckdb = ("hugeint", "unnest(", "list_sort(", "string_split(", "read_parquet(", "generate_series(", " // ")
    found = [
        f"{path.relative_to(compiled_for_spark)}: {word.strip()}"
        for path in sorted(compiled_for_spark.rglob("*.sql"))
        for word in only_duckdb
        if word in path.read_text(encoding="utf-8").lower()
    ]
    assert found == []
