"""Amounts that no real budget can hold. What one row says in good form may still be a slip of the keyboard, and one such row decides every total.

Judged in the set pass, since the rates of other deliveries say what an amount is worth. A row is too large above US$ 10^13 at a plausible rate, or above
10^15 units of its currency where no rate is known: the gross product of the world was US$ 10^14 in 2022, and the largest budgets in rials or dong
stay below 10^16 units. A delivered rate that fails `rates_agree` says nothing here: then the rate is wrong, and not the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines import engine
from pipelines.contracts.iati import MONEY_TABLES, SOURCE_NAME, TABLES
from pipelines.contracts.seeds import read_seed
from pipelines.engine import literal, parquet
from pipelines.judging.rate_agreement import FAILS, JUDGED_COLUMNS, judged_rates, with_partners
from pipelines.shapes.part import AMOUNT_COLUMNS, QUARANTINE_COLUMNS

LARGEST_USD = 10**13
LARGEST_UNITS = 10**15
RULE = "amount_too_large"

# Smaller amounts are looked at no further: no unit of a currency was ever worth a thousand dollars.
_WORTH_A_LOOK = 10**10
# A delivered rate speaks for the year around it, since some currencies lose their value in less; reference rates are of currencies that do not.
_DAYS_OF_A_RATE = 366


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What rates are at hand.

    Attributes:
        reference: gives the Parquet file of reference rates, which is made when somebody asks for it.
        seeds: folder of reference data, with the redenominations.
        judged: Parquet of the delivered rates, in `JUDGED_COLUMNS`; written by `judge`.
    """

    reference: Callable[[], Path]
    seeds: Path
    judged: Path

    def judge(self, connection: duckdb.DuckDBPyConnection, delivered: str) -> None:
        """Judge the delivered rates (a relation with the columns of `exchange_rates`) and write what was found."""
        _changes(connection, self.seeds)
        chosen = ", ".join(JUDGED_COLUMNS)
        query = judged_rates(delivered, parquet([self.reference()]), "changes_of_unit")
        connection.execute(f"copy (select {chosen} from ({query}) order by {chosen}) to {literal(self.judged)} (format parquet)")

    def open(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The temp table `plausible_rates`: reference rates, and delivered ones that agree, each by currency and day."""
        _changes(connection, self.seeds)
        rates = f"select currency, rate_date, cast(usd_per_unit as double) as rate, true as is_reference from {parquet([self.reference()])}"
        if self.judged.exists():
            wrong = ", ".join(map(literal, FAILS))
            rates += f""" union all select currency, rate_date, cast(usd_per_unit as double), false
                          from {parquet([self.judged])} where finding is null or finding not in ({wrong})"""
        all_rates = with_partners(f"select * from ({rates})", "changes_of_unit")
        connection.execute(
            f"""create or replace temp table plausible_rates as
                select currency, rate_date, is_reference, max(rate) as rate from ({all_rates}) group by all"""
        )


def find(connection: duckdb.DuckDBPyConnection, rows: str, amounts: Sequence[str], day: str, rates: Rates, made_of: str = "_source_column") -> bool:
    """Fill the temp table `beyond` with the rows of a relation of which one of the amounts is too large; says whether there are any.

    Args:
        connection: where the relation can be read.
        rows: relation with `_delivery_id`, `_source_file`, `_source_row`, `currency`, the amounts and the day.
        amounts: columns of money.
        day: expression of the day at which an amount would be converted.
        rates: what is known.
        made_of: expression of the delivered column of which a row was made.
    """
    large = " union all ".join(
        f"""select _delivery_id, _source_file, _source_row, {made_of} as _source_column, {literal(amount)} as column_name, {amount} as amount,
                currency, {day} as day
            from {rows} where {amount} > {_WORTH_A_LOOK} or {amount} < -{_WORTH_A_LOOK}"""
        for amount in amounts
    )
    connection.execute(f"create or replace temp table large as {large}")
    if not connection.execute("select count(*) from large").fetchone()[0]:
        return False
    if connection.execute("select count(*) from large where currency is distinct from 'USD'").fetchone()[0]:
        rates.open(connection)
    else:
        connection.execute("create or replace temp table plausible_rates (currency varchar, rate_date date, is_reference boolean, rate double)")

    def nearest(name: str, condition: str) -> str:
        """The rate before or after each day that is nearer to it."""
        sides = [
            f"""select n.currency, n.day, r.rate, abs(n.day - r.rate_date) as days
                from needed as n asof join (from plausible_rates where {condition}) as r on n.currency = r.currency and n.day {side} r.rate_date"""
            for side in (">=", "<=")
        ]
        return f"{name} as (select currency, day, min_by(rate, days) as rate, min(days) as days from ({' union all '.join(sides)}) group by all)"

    connection.execute(
        f"""create or replace temp table beyond as
            with needed as (select distinct currency, day from large where day is not null),
            {nearest("referred", "is_reference")},
            {nearest("delivered", "not is_reference")},
            rated as (
                select large.*, case when large.currency = 'USD' then 1 else coalesce(referred.rate, delivered.rate) end as rate
                from large
                left join referred using (currency, day)
                left join delivered on large.currency = delivered.currency and large.day = delivered.day and delivered.days <= {_DAYS_OF_A_RATE}
            )
            select _delivery_id, _source_file, _source_row, _source_column, column_name,
                concat_ws(' ', trim(trim(cast(amount as varchar), '0'), '.'), currency) as value,
                case when rate is null
                    then 'more than {LARGEST_UNITS:,} units of a currency whose rate is not known'
                    else concat('worth more than US$ {LARGEST_USD:,} at ', format('{{:.6g}}', rate), ' US dollars per unit')
                end as told
            from rated
            where case when rate is null then abs(amount) > {LARGEST_UNITS} else abs(cast(amount as double)) * rate > {LARGEST_USD} end"""
    )
    return connection.execute("select count(*) from beyond").fetchone()[0] > 0


def findings(source: str, table: str) -> str:
    """The query of findings about the rows in `beyond`, in the columns of `audit.quarantine`."""
    columns = {
        "delivery_id": "_delivery_id",
        "source": literal(source),
        "table_name": literal(table),
        "source_file": "_source_file",
        "source_row": "_source_row",
        "source_column": "_source_column",
        "column_name": "column_name",
        "rule": literal(RULE),
        "severity": "'error'",
        "value": "value",
        "remedy": "concat(told, ', and no budget is: check the unit, the decimal separator and the currency, and deliver the row again')",
    }
    return f"select {', '.join(f'{columns[name]} as {name}' for name in QUARANTINE_COLUMNS)} from beyond order by source_file, source_row"


def of_activities(files: Mapping[str, Sequence[Path]], landing: Path, scratch: Path, rates: Rates) -> tuple[dict[tuple[str, str], int], pl.DataFrame]:
    """Quarantine the money of activity files that is too large, beside what `landing/rejected_rows` rejects already.

    Args:
        files: parts by table.
        landing: the build's landing; findings go to `quarantine`, rows to `rejected_rows`.
        scratch: folder for what does not fit into memory.
        rates: what is known.

    Returns:
        How many rows are rejected by delivery and table, and their money in the columns of `delivered_amounts`.
    """
    counts: dict[tuple[str, str], int] = {}
    amounts = [pl.DataFrame(schema=AMOUNT_COLUMNS)]
    with duckdb.connect(config=engine.spilling(scratch)) as connection:
        written = sorted((landing / "rejected_rows").glob("*.parquet"))
        nothing = "(select null::varchar as source, null::varchar as _delivery_id, null::bigint as _source_row where false)"
        rejected = parquet(written) if written else nothing
        for table, measure in MONEY_TABLES.items():
            if not files.get(table):
                continue
            delivered = parquet(files[table], union_by_name=True)
            day, entity = TABLES[table].row_date, TABLES[table].entity
            if not find(connection, delivered, ("value",), f"coalesce(value_date, {day})", rates, made_of="cast(null as varchar)"):
                continue
            connection.execute(
                f"""create or replace temp table kept as
                    select d.* from {delivered} as d join (select distinct _delivery_id, _source_row from beyond) using (_delivery_id, _source_row)
                    anti join (from {rejected} where source = 'iati_activities') as a on d._delivery_id = a._delivery_id and d._activity_row = a._source_row
                    anti join (from {rejected} where source = {literal(table)}) as r on d._delivery_id = r._delivery_id and d._source_row = r._source_row"""
            )
            connection.execute("create or replace temp table beyond as select beyond.* from beyond semi join kept using (_delivery_id, _source_row)")
            if not connection.execute("select count(*) from beyond").fetchone()[0]:
                continue
            connection.execute(
                f"copy (select {literal(table)} as source, _delivery_id, _source_row, cast(null as varchar) as _source_column from kept order by all) "
                f"to {literal(landing / 'rejected_rows' / f'limits-{table}.parquet')} (format parquet)"
            )
            connection.execute(f"copy ({findings(SOURCE_NAME, table)}) to {literal(landing / 'quarantine' / f'limits-{table}.parquet')} (format parquet)")
            counts |= {(delivery, table): n for delivery, n in connection.execute("select _delivery_id, count(*) from kept group by all").fetchall()}
            lines = connection.execute(
                f"""select {literal(SOURCE_NAME)}, _delivery_id, _source_file, book, {entity}, cast(year({day}) as integer), record_basis,
                        {literal(measure) if measure else "transaction_type"}, currency, cast(0 as decimal(38, 10)), sum(value), 0, count(*)
                    from kept group by all"""
            ).fetchall()
            amounts.append(pl.DataFrame(lines, schema=AMOUNT_COLUMNS, orient="row"))
    return counts, pl.concat(amounts)


def _changes(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    """The temp table `changes_of_unit`: redenominations as the judgement takes them."""
    columns = "currency_from varchar, currency_to varchar, units double, effective_on date, kind varchar"
    connection.execute(f"create or replace temp table changes_of_unit ({columns})")
    rows = [
        (row["currency_from"], row["currency_to"], float(row["units_from_per_unit_to"]), row["effective_on"], row["kind"])
        for row in read_seed(seeds, "redenominations")
    ]
    if rows:
        connection.executemany("insert into changes_of_unit values (?, ?, ?, ?, ?)", rows)
