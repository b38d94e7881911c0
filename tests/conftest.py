"""What tests in every folder may need."""

import os
import subprocess
import sys

import pytest

# Root may read everything. Without these two rights (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH) it is an owner like any other; they
# cannot be had back by what is started from here (PR_CAPBSET_DROP).
DROP = """
import ctypes, os, sys
for right in (1, 2):
    if ctypes.CDLL(None).prctl(24, right, 0, 0, 0):
        sys.exit("the right cannot be given up")
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture(scope="session")
def obeying_permissions(tmp_path_factory) -> list[str]:
    """The beginning of a command line whose rest must obey the permissions of files, even if root runs the tests."""
    prefix = [sys.executable, "-c", DROP] if os.geteuid() == 0 else []
    closed = tmp_path_factory.mktemp("permissions") / "closed"
    closed.mkdir(mode=0)
    look = [*prefix, sys.executable, "-c", "import os, sys; os.listdir(sys.argv[1])", str(closed)]
    if "PermissionError" not in subprocess.run(look, text=True, capture_output=True).stderr:
        pytest.skip("this system does not let root give up its rights")
    return prefix
