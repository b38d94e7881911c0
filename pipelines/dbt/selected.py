"""One model and its parents, built by dbt in a home whose build file is already there. Run as `python -m pipelines.dbt.selected HOME MODEL`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.dbt import child
from pipelines.processes import keep_many_objects

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def arguments(home: Path, model: str) -> list[str]:
    """What Python is called with to build a model."""
    return ["-m", "pipelines.dbt.selected", str(home), model]


def table_of(home: Path, model: str) -> str:
    """Schema and table of a model that was just built in this home."""
    results = json.loads((child.target(home) / "run_results.json").read_text("utf-8"))["results"]
    (relation,) = [one["relation_name"] for one in results if one["unique_id"].split(".")[0] == "model" and one["unique_id"].split(".")[2] == model]
    return ".".join(relation.replace('"', "").split(".")[-2:])


def reading_landed_files(project: Manifest) -> list[str]:
    """Names of the models that would look for landed files and find none; the build file has their rows already.

    A model that is no table stands in the SQL of those that refer to it, so that these read what it reads.
    """
    models = [node for node in project.nodes.values() if node.resource_type == "model"]
    read_in_place, found = set(project.sources), {}
    while more := [node for node in models if node.unique_id not in found and read_in_place & set(node.depends_on.nodes)]:
        found |= {node.unique_id: node.name for node in more}
        read_in_place |= {node.unique_id for node in more if node.config.materialized == "ephemeral"}
    return sorted(found.values())


def main(home: Path, model: str) -> int:
    """Build the model, its parents and the tests on them; what fails is told on stderr."""
    keep_many_objects()
    os.environ.update(child.environment(home))
    from dbt.cli.main import dbtRunner

    try:
        read = child.project(home)
    except child.UnreadableProjectError as error:
        print(error, file=sys.stderr)
        return 1
    if not any(node.resource_type == "model" and node.name == model for node in read.nodes.values()):
        print(f"no model {model!r} in {os.environ['DBT_PROJECT_DIR']}/models", file=sys.stderr)
        return 1
    wanted = ["--select", f"+{model}", "--exclude", *reading_landed_files(read), "resource_type:unit_test"]
    return 0 if dbtRunner(manifest=read).invoke([*child.FLAGS, "build", *wanted]).success else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
