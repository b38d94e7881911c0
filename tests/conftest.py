"""What tests in every folder may need: the command line over a home and its deliveries, the shipped data released once, an ordinary user's rights."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines import settings

# A fixed day, so that tests which run over midnight see nothing change.
AS_OF = "2026-11-01"
HEADER = "transaction_id,project_id,transaction_type,transaction_date,amount,currency\n"


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """A home and its deliveries, seen through the command line."""

    home: Path
    raw: Path
    as_of: str = AS_OF

    def start(self, *arguments: str) -> subprocess.Popen:
        environment = {**os.environ, "TECHCOOP_HOME": str(self.home), "TECHCOOP_RAW_DIR": str(self.raw)}
        command = [str(Path(sys.executable).with_name("techcoop")), *arguments]
        return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def techcoop(self, *arguments: str) -> subprocess.CompletedProcess:
        process = self.start(*arguments)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def run(self, *arguments: str, code: int = 0) -> dict:
        """What `techcoop run --json` says, which must end with the given exit code."""
        process = self.techcoop("run", "--json", "--as-of", self.as_of, *arguments)
        assert process.returncode == code, process.stdout[-2000:] + process.stderr[-2000:]
        return json.loads(process.stdout.splitlines()[-1])

    def deliver(self, name: str, content: str) -> None:
        (self.raw / name).parent.mkdir(parents=True, exist_ok=True)
        (self.raw / name).write_text(content)

    def deliver_expenditure(self, amount: str) -> None:
        """One transaction of that many dollars."""
        self.deliver("project_transactions/t.csv", f"{HEADER}T1,P1,expenditure,2023-05-01,{amount},USD\n")

    def ask(self, sql: str) -> tuple[list[str], list[tuple]]:
        """Names of the columns and the rows."""
        with duckdb.connect(str(self.home / "techcoop.duckdb"), read_only=True) as connection:
            answer = connection.execute(sql)
            return [column[0] for column in answer.description], answer.fetchall()

    def one(self, sql: str) -> tuple:
        return self.ask(sql)[1][0]


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> Warehouse:
    """The released data that the project ships; for reading only."""
    warehouse = Warehouse(home=tmp_path_factory.mktemp("shipped") / "warehouse", raw=settings.PROJECT / "data" / "raw")
    warehouse.run()
    return warehouse


@pytest.fixture(scope="session")
def make_warehouse() -> type[Warehouse]:
    """For tests that fill a warehouse of their own: `make_warehouse(home=…, raw=…)`."""
    return Warehouse


@pytest.fixture(scope="session")
def first_release(tmp_path_factory) -> Warehouse:
    """One released run over a project and a transaction; tests that change it take `warehouse`."""
    folder = tmp_path_factory.mktemp("first")
    warehouse = Warehouse(home=folder / "warehouse", raw=folder / "raw")
    warehouse.deliver(
        "trust_fund_projects/p.csv",
        "project_id,title,entity,subprogrammes,funding_source,start_date,status,currency,recipients\n"
        "P1,Water,ECE,1,trust_fund,2023-01-01,active,USD,KG:60|TJ:40\n",
    )
    warehouse.deliver_expenditure("100000.01")
    said = warehouse.run()
    assert said["released"] is True
    return warehouse


@pytest.fixture
def warehouse(first_release, tmp_path) -> Warehouse:
    """A copy of the first release and its deliveries."""
    copy = Warehouse(home=tmp_path / "warehouse", raw=tmp_path / "raw")
    shutil.copytree(first_release.home, copy.home, symlinks=True)
    shutil.copytree(first_release.raw, copy.raw)
    return copy


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
