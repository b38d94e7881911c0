import subprocess
import sys

import pytest

from pipelines.defs import manifest as module
from pipelines.defs.manifest import DbtProjectError, manifest
from pipelines.storage import StorageError


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ("Encountered an error: [Errno 28] No space left on device\nTraceback …", StorageError, "the disk is full"),
        ("Compilation Error in model fct_spending", DbtProjectError, "Compilation Error"),
    ],
)
def test_dbt_that_cannot_parse_says_why(tmp_path, monkeypatch, said, error, message):
    command = [sys.executable, "-c", f"print({said!r}); raise SystemExit(2)"]
    monkeypatch.setattr(module, "_parse", lambda home: subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    with pytest.raises(error, match=message) as raised:
        manifest(tmp_path)
    assert (error is DbtProjectError) or "Traceback" not in str(raised.value)
    assert not list((tmp_path / "dbt").glob("manifest-*"))
