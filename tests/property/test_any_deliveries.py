"""Whatever is delivered: a run releases, or is blocked by a check that an operator may accept; every law holds, every row is accounted for.

`TECHCOOP_PROPERTY_ROOTS=N` says how many roots the slow test tries (500 unless said), `--hypothesis-seed=N` which ones. A root that fails is kept, as
small as hypothesis made it, in the folder that the message names. `python tests/property/many_roots.py` goes on after a failure and sorts what it finds.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from many_roots import attempt
from odd_roots import Root, of_seed, roots
from pipeline import AS_OF, Pipeline

KEPT = Path(tempfile.gettempdir()) / "techcoop-property"
MANY = int(os.environ.get("TECHCOOP_PROPERTY_ROOTS", "500"))
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


@pytest.fixture(scope="module")
def pipeline(first_release, tmp_path_factory) -> Pipeline:
    """The project as dbt executed it for a release of two rows."""
    return Pipeline(first=first_release.home, folder=tmp_path_factory.mktemp("builds"))


def holds(pipeline: Pipeline, root: Root, *, publish: bool) -> None:
    """One root; if it fails it stays in its folder."""
    folder = KEPT / f"root-{os.getpid()}"
    built = attempt(pipeline, root, folder, publish=publish)
    assert not built.broken_laws, f"the root is kept in {folder}\n" + "\n".join(built.broken_laws) + f"\n{root}"
    shutil.rmtree(folder)


@settings(max_examples=6, derandomize=True, phases=[Phase.generate], **QUIET)
@given(root=roots())
def test_a_few_odd_roots_are_released_or_blocked_by_a_plausibility_check(pipeline, root):
    holds(pipeline, root, publish=len(root.deliveries) % 3 == 0)


@pytest.mark.slow
@settings(max_examples=MANY, phases=[Phase.generate, Phase.shrink], **QUIET)
@given(root=roots())
def test_many_odd_roots_are_released_or_blocked_by_a_plausibility_check(pipeline, root):
    holds(pipeline, root, publish=len(root.deliveries) % 5 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 11])
def test_the_command_line_says_of_an_odd_root_what_is_said_here(pipeline, tmp_path, seed):
    of_seed(seed).write(tmp_path / "raw")
    built = pipeline.build(tmp_path / "raw", publish=True)
    command = [str(Path(sys.executable).with_name("techcoop")), "run", "--json", "--raw", str(tmp_path / "raw"), "--home", str(tmp_path / "home")]
    said = subprocess.run([*command, "--as-of", AS_OF.isoformat()], text=True, capture_output=True)
    assert "Traceback" not in said.stdout + said.stderr
    summary = json.loads(said.stdout.splitlines()[-1])
    assert (summary["released"], said.returncode) == (built.released, 0 if built.released else 1)
    assert {failure["check"] for failure in summary["failures"]} == {told.split(" on ")[0] for told in built.failed}
    counts = {name: (one["rows_delivered"], one["rows_loaded"], one["rows_quarantined"]) for name, one in summary["sources"].items()}
    assert counts == dict(built.counts)
