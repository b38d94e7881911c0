"""The arithmetic of the models, as their unit tests state it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipelines import settings


def test_every_unit_test_of_the_models_passes(shipped, tmp_path):
    # dbt learns the types of a model's inputs from a built file, and writes what it compares into it.
    shutil.copyfile(shipped.home / "techcoop.duckdb", tmp_path / "techcoop.duckdb")
    dbt = [str(Path(sys.executable).with_name("dbt")), "test", "--select", "test_type:unit", "--profiles-dir", ".", "--target-path", str(tmp_path / "target")]
    process = subprocess.run(
        [*dbt, "--log-path", str(tmp_path / "logs")],
        cwd=settings.DBT_PROJECT,
        env=os.environ | {"TECHCOOP_BUILD": str(tmp_path), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-4000:] + process.stderr[-2000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    # the hook that makes the readers' macros is told of among the results, too
    statuses = [result["status"] for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(statuses) >= 50 and set(statuses) == {"pass"}
