"""How much the warehouse costs, as ratios to a floor measured in the same run.

    python tests/bench/bench.py [--rows 10000000] [--keep DIR]

The floor is what anybody would write by hand: DuckDB with two threads and the types given reads the same CSV into a table,
then three `group by` over the joined splits in double, and no checks. The warehouse does the same deliveries with contracts,
exact money, checks and a release. CPU is that of the whole process tree; memory is the largest sum of the resident sets of
the tree, sampled. Prints one table; nothing passes or fails here.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil

PROJECTS = 200_000
# US dollars per unit, near enough to the real ones for the check of rates.
RATES = {"SGD": 0.73, "CNY": 0.148, "GBP": 1.32, "SEK": 0.108, "NOK": 0.112, "DKK": 0.149, "JPY": 0.0083, "CAD": 0.76, "AUD": 0.72}
CURRENCIES = ("USD", *RATES)
TYPES = ("pledge", "contribution", "commitment", "disbursement", "expenditure", "expenditure")
COUNTRIES = [
    "KG", "TJ", "KZ", "UZ", "TM", "AZ", "AM", "GE", "UA", "MD", "BY", "AL", "BA", "MK", "RS", "ME", "RU",
    "TR", "AF", "MN", "NP", "BD", "LK", "VN", "LA", "KH", "ET", "KE", "UG", "TZ", "SN", "ML", "NE", "GH",
    "NG", "ZM", "MZ", "MG", "BO", "PE", "CO", "EC", "GT", "HN", "NI", "HT", "JO", "LB", "YE", "EG",
]  # fmt: skip
TRANSACTION_TYPES = {
    "transaction_id": "VARCHAR", "project_id": "VARCHAR", "transaction_type": "VARCHAR", "cost_class": "VARCHAR", "transaction_date": "DATE",
    "amount": "DECIMAL(18,2)", "currency": "VARCHAR", "value_date": "DATE", "provider": "VARCHAR", "receiver": "VARCHAR", "recipients": "VARCHAR",
    "subprogrammes": "VARCHAR", "book": "VARCHAR", "record_basis": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one process tree took: seconds of wall clock and CPU, largest sum of resident memory in bytes."""

    wall: float
    cpu: float
    memory: int


def write_deliveries(raw: Path, rows: int) -> None:
    """Write projects, `rows` transactions (14 columns) and monthly rates; the same arguments give the same files."""
    for source in ("trust_fund_projects", "project_transactions", "exchange_rates"):
        (raw / source).mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("create table places as select * from (select unnest(?) as code)", [COUNTRIES])
    pick = lambda values, seed: f"list_value({', '.join(repr(v) for v in values)})[1 + (hash({seed}) % {len(values)})::int]"  # noqa: E731
    con.execute(
        f"""copy (
            select 'P' || lpad(i::varchar, 6, '0') as project_id, 'Project ' || i as title, 'ECE' as entity,
                   case when hash(i + 1) % 3 = 0 then (1 + hash(i + 2) % 4)::varchar || ':60|' || (5 + hash(i + 3) % 4)::varchar || ':40'
                        else (1 + hash(i + 2) % 8)::varchar end as subprogrammes,
                   'trust_fund' as funding_source, date '2015-01-01' as start_date, 'active' as status, 'USD' as currency,
                   case hash(i + 4) % 4
                        when 0 then {pick(COUNTRIES[:25], "i + 5")} || '|' || {pick(COUNTRIES[25:], "i + 6")}
                        when 1 then {pick(COUNTRIES[:17], "i + 5")} || ':33.33|' || {pick(COUNTRIES[17:34], "i + 6")} || ':33.33|'
                                    || {pick(COUNTRIES[34:], "i + 7")} || ':33.34'
                        else {pick(COUNTRIES, "i + 5")} end as recipients
            from range({PROJECTS}) as t (i)
        ) to '{raw}/trust_fund_projects/projects.csv' (header)"""
    )
    con.execute(
        f"""copy (
            select 'T' || lpad(i::varchar, 9, '0') as transaction_id, 'P' || lpad((hash(i) % {PROJECTS})::varchar, 6, '0') as project_id,
                   {pick(TYPES, "i + 1")} as transaction_type, 'direct' as cost_class, date '2015-01-01' + (hash(i + 2) % 3600)::int as transaction_date,
                   (((hash(i + 3) % 20000000)::bigint - 500000) / 100)::decimal(18, 2) as amount, {pick(CURRENCIES, "i + 4")} as currency,
                   null::date as value_date, 'Donor ' || hash(i + 5) % 40 as provider, 'ECE' as receiver, null::varchar as recipients,
                   null::varchar as subprogrammes, 'project_ledger' as book, 'reported' as record_basis
            from range({rows}) as t (i)
        ) to '{raw}/project_transactions/transactions.csv' (header)"""
    )
    con.execute(
        f"""copy (
            select currency, month::date as rate_date, (rate * (1 + (hash(month) % 10) / 1000.0))::decimal(18, 12) as usd_per_unit,
                   'monthly_average' as rate_kind, 'generated' as rate_source
            from (select unnest({list(RATES)}) as currency, unnest({list(RATES.values())}) as rate),
                 generate_series(date '2015-01-01', date '2024-12-01', interval 1 month) as m (month)
        ) to '{raw}/exchange_rates/rates.csv' (header)"""
    )
    con.close()


def run_floor(raw: Path, scratch: Path) -> None:
    """The hand-written way: read, join the splits in double, aggregate three times; no checks, no currency, no provenance."""
    con = duckdb.connect(str(scratch / "floor.duckdb"))
    con.execute("set threads = 2")
    con.execute(
        f"""create table transactions as
            select * from read_csv('{raw}/project_transactions/transactions.csv', header = true, columns = {TRANSACTION_TYPES})"""
    )
    con.execute(
        f"""create table projects as select project_id, subprogrammes, recipients
            from read_csv('{raw}/trust_fund_projects/projects.csv', header = true, all_varchar = true)"""
    )
    for column, table in (("subprogrammes", "purposes"), ("recipients", "places")):
        con.execute(
            f"""create table {table} as
                select project_id, split_part(part, ':', 1) as code, coalesce(try_cast(split_part(part, ':', 2) as double) / 100, 1.0 / parts) as share
                from (select project_id, unnest(string_split({column}, '|')) as part, len(string_split({column}, '|')) as parts from projects)"""
        )
    for table, codes, share, joins in (
        ("by_purpose", "a.code as purpose", "a.share", "join purposes as a using (project_id)"),
        ("by_place", "b.code as place", "b.share", "join places as b using (project_id)"),
        ("by_both", "a.code as purpose, b.code as place", "a.share * b.share", "join purposes as a using (project_id) join places as b using (project_id)"),
    ):
        con.execute(
            f"""create table {table} as
                select year(transaction_date) as year, transaction_type, {codes}, sum(amount * {share}) as value from transactions {joins} group by all"""
        )


def measured(command: list[str], **environment: str) -> tuple[Cost, str]:
    """Run a command to its end; returns what its process tree cost and what it printed."""
    before, begun, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, env={**os.environ, **environment})
        root = psutil.Process(process.pid)
        while process.poll() is None:
            total = 0
            for one in (root, *root.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak = max(peak, total)
            time.sleep(0.1)
        output.seek(0)
        text = output.read()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}\n{text[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall=time.monotonic() - begun, cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory=peak), text


def warehouse(raw: Path, home: Path) -> Cost:
    """One `techcoop run` into an empty home (or, called again, one in which nothing has changed)."""
    cost, text = measured([str(Path(sys.executable).parent / "techcoop"), "run", "--json", "--raw", str(raw), "--home", str(home)])
    said = json.loads(text.strip().splitlines()[-1])
    if not said.get("released") and not said.get("unchanged"):
        raise SystemExit(f"not released: {said}")
    return cost


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--keep", type=Path, help="work here and leave everything (default: a temporary folder)")
    parser.add_argument("--floor", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.floor:
        return run_floor(*given.floor)

    scratch = given.keep or Path(tempfile.mkdtemp(prefix="techcoop-bench-"))
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        sizes = (0, given.rows // 10, given.rows)
        costs = {}
        for rows in sizes:
            raw = scratch / f"raw-{rows}"
            write_deliveries(raw, rows)
            costs[rows] = warehouse(raw, scratch / f"home-{rows}")
            print(f"{rows:>11,} transactions: {costs[rows].wall:7.1f} s wall, {costs[rows].cpu:7.1f} s CPU, {costs[rows].memory / 1e9:5.2f} GB", flush=True)
        (scratch / "floor.duckdb").unlink(missing_ok=True)
        floor, _ = measured([sys.executable, __file__, "--floor", str(scratch / f"raw-{given.rows}"), str(scratch)])
        print(f"      floor (DuckDB by hand): {floor.wall:7.1f} s wall, {floor.cpu:7.1f} s CPU, {floor.memory / 1e9:5.2f} GB")
        shipped_home = scratch / "home-shipped"
        shutil.rmtree(shipped_home, ignore_errors=True)
        shipped_raw = Path(__file__).resolve().parents[2] / "data" / "raw"
        shipped, unchanged = warehouse(shipped_raw, shipped_home), warehouse(shipped_raw, shipped_home)
        none, tenth, whole = (costs[rows] for rows in sizes)
        print(
            f"\nCPU, whole run against the floor:                   {whole.cpu / floor.cpu:5.2f} x (at most 4)"
            f"\nlargest memory of the process tree:                 {whole.memory / 1e9:5.2f} GB (at most 3)"
            f"\ngrowth from a tenth, without the fixed cost:        {(whole.wall - none.wall) / max(tenth.wall - none.wall, 0.01):5.2f} x (at most 11)"
            f"\nthe shipped data, from nothing to a release:        {shipped.wall:5.1f} s wall (at most 30)"
            f"\nnothing changed:                                    {unchanged.wall:5.1f} s wall (at most 3)"
        )
    finally:
        if not given.keep:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
