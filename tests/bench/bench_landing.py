"""How much a mapping costs, as a ratio to the same data that needs none of its words, and how much a delivery costs by itself.

    python tests/bench/bench_landing.py [--rows 1000000] [--deliveries 1000]

A wide table (twelve years as columns) is landed by `unpivot` against the same amounts in long form; many deliveries of one row each are landed one
after another. CPU is that of the process. Prints one table; nothing passes or fails.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.landing.land import land_source, prepare

YEARS = range(2010, 2022)
CONSTANTS = "constants: {book: b, entity: ECE, funding_source: extrabudgetary, measure: expenditure, currency: USD}\n"
AMOUNT = "((hash(n, year) % 100000000) / 100.0)::decimal(18, 2)"


def write_tables(raw: Path, rows: int) -> None:
    """The same `rows` amounts twice: `wide/…csv` with a column a year, `long/…csv` with a row an amount, each with its mapping."""
    lines = rows // len(YEARS)
    for shape in ("wide", "long"):
        (raw / shape / "subprogramme_allocations").mkdir(parents=True)
    columns = ", ".join(f'{AMOUNT.replace("year", str(year))} as "{year}"' for year in YEARS)
    wide, long = raw / "wide" / "subprogramme_allocations", raw / "long" / "subprogramme_allocations"
    duckdb.execute(f"copy (select 'P' || n % 50 as programme, {columns} from range({lines}) as r (n)) to '{wide}/t.csv' (header)")
    duckdb.execute(
        f"copy (select 'P' || n % 50 as programme, year, {AMOUNT} as money from range({lines}) as r (n), unnest({list(YEARS)}) as y (year)) "
        f"to '{long}/t.csv' (header)"
    )
    named = "columns: {subprogramme: programme, fiscal_year: year, amount: money}\n"
    (long / "t.csv.mapping.yml").write_text(named + CONSTANTS)
    (wide / "t.csv.mapping.yml").write_text('unpivot: {on: {matches: "\\\\d{4}"}, variable_name: year, value_name: money}\n' + named + CONSTANTS)


def write_deliveries(raw: Path, deliveries: int) -> None:
    """So many deliveries of one transaction each."""
    folder = raw / "project_transactions"
    folder.mkdir(parents=True)
    for number in range(deliveries):
        (folder / f"t{number}.csv").write_text(
            f"transaction_id,project_id,transaction_type,transaction_date,amount,currency\nT{number},P1,expenditure,2023-05-01,{number}.50,USD\n"
        )


def landed(raw: Path, home: Path, source: str) -> float:
    """CPU seconds of the row pass over the deliveries of a source."""
    began = time.process_time()
    landing = land_source(prepare(raw, home), source)
    if not landing.parts or any(one.status == "set_aside" for one in landing.deliveries):
        raise SystemExit(f"set aside: {[one.message for one in landing.deliveries if one.status == 'set_aside'][:3]}")
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--deliveries", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="techcoop-bench-") as folder:
        scratch = Path(folder)
        write_tables(scratch, given.rows)
        write_deliveries(scratch / "many", given.deliveries)
        # What is imported with the first delivery is nobody's cost.
        write_deliveries(scratch / "one", 1)
        landed(scratch / "one", scratch / "home-one", "project_transactions")
        long, wide = (landed(scratch / shape, scratch / f"home-{shape}", "subprogramme_allocations") for shape in ("long", "wide"))
        many = landed(scratch / "many", scratch / "home-many", "project_transactions")
    print(
        f"\n{given.rows:,} amounts, wide against long:           {wide / long:5.2f} x (at most 2: {wide:.1f} s, {long:.1f} s CPU)"
        f"\n{given.deliveries:,} deliveries of one row:               {many:5.1f} s CPU (at most 60)"
    )


if __name__ == "__main__":
    main()
