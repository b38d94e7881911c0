"""The set pass: what can only be said of all loaded deliveries together. Keys and references, never whole rows.

Rows that share a business key are all rejected, since nobody here can know which is right. A code that refers to nothing is a
warning, one per delivery and value: it does not quarantine money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines import engine
from pipelines.contracts import Source, remedy_of, rule_of
from pipelines.engine import literal
from pipelines.judging import limits
from pipelines.judging.places import PLACE_LABEL_COLUMNS, SPECIAL_PLACES, read_places, read_seed
from pipelines.judging.splits import SplitError, parse_split
from pipelines.shapes.part import AMOUNT_COLUMNS, AMOUNT_GROUP, QUARANTINE_COLUMNS

# Where more rows than these share their keys, a whole file repeats another: naming that file says it, and each row of it would not.
_TWINS_NAMED_BY_ROW = 100_000
# Hashes of keys that are sorted at once: 128 MB, and as much again for sorting.
_HASHES_AT_ONCE = 2**24
# No file has as many rows, so that file and row make one number.
_ROWS_OF_A_FILE = 2**40
# Rows without a day name places, too: whether those existed on the day cannot be asked.
_NO_YEAR = 0
# Transactions that state no recipients have those of their project, read on the day of the transaction.
_BORROWER, _LENDER = "project_transactions", "trust_fund_projects"
_RATES = "exchange_rates"
# Words for "no subprogramme" that refer to nothing on purpose.
_NO_SUBPROGRAMME = ("UNALLOCATED", "UNKNOWN")

# What a code that refers to nothing is called, by the table that it refers to.
_RULES_OF_REFERENCES = {
    "entities": "unknown_entity",
    "subprogrammes": "unknown_subprogramme",
    "trust_fund_projects": "unknown_project",
    "priority_areas": "unknown_priority_area",
    "partners": "unknown_partner",
    "mandates": "unknown_function",
    "warning_thresholds": "unknown_series",
}
# Seeds in which a code is looked up whatever the day: columns that name a row; all but the last are columns of the source, too (a programme has its functions).
_CODES_OF_SEEDS = {
    "entities": ("entity",),
    "priority_areas": ("priority_area",),
    "partners": ("partner",),
    "mandates": ("programme", "function_code"),
    "warning_thresholds": ("series",),
}


class SetPass:
    """One set pass over the parts of all loaded deliveries.

    Attributes:
        findings: Parquet files in the columns of `audit.quarantine`, written into `out`.
        rejected_by_delivery: how many rows of each delivery must not be loaded.
        amounts: quarantined amounts of rejected rows, in the columns of `delivered_amounts`.
        labels: every place label met.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        parts: Mapping[str, Sequence[Path]],
        seeds: Path,
        out: Path,
        scratch: Path,
        *,
        as_of: date,
        rates: limits.Rates,
        labels: Iterable[str] = (),
    ) -> None:
        """Open a database in memory; what does not fit spills into the scratch folder. Findings are written into `out`.

        `as_of` is the day that the release speaks for; `rates` are those at hand, and told of those delivered here; `labels` are places that other
        deliveries name, to be read with those met here.
        """
        self.as_of = as_of
        self.rates = rates
        self.sources = sources
        self.parts = {name: [str(path) for path in paths] for name, paths in parts.items() if paths}
        self.seeds = seeds
        self.out = out
        self.findings: list[Path] = []
        self.rejected_by_delivery: dict[str, int] = {}
        self.amounts: list[pl.DataFrame] = []
        self.labels: set[str] = set(labels)
        self._places_met: dict[tuple[str, str, str, str, int], list] = {}
        self.connection = duckdb.connect(
            config={"threads": engine.threads(), "memory_limit": "1GB", "temp_directory": str(scratch), "preserve_insertion_order": False}
        )
        self.connection.execute("create table rejected (source varchar, _delivery_id varchar, _source_row bigint)")

    def run(self, rejected: Path) -> pl.DataFrame:
        """Do everything and write the rejected rows; the place labels come back as a table, the rest stands in the attributes."""
        with self.connection:
            for name in self.parts:
                self._keys(self.sources[name])
            if _RATES in self.parts:
                self.rates.judge(self.connection, self._rows(_RATES))
            for name in self.parts:
                self._limits(self.sources[name])
                self._rejected_amounts(self.sources[name])
            for name in self.parts:
                source = self.sources[name]
                self._references(source)
                self._places(source)
                if source.overlap:
                    self._overlaps(source)
                if "as_of" in source.key:
                    self._future_editions(source)
                if "accounting_basis" in source.schema.columns() and source.measure_column:
                    self._accounting_bases(source)
            labels = read_places(self.labels, self.seeds)
            self._unknown_places(labels)
            self.rejected_by_delivery = dict(self.connection.execute("select _delivery_id, count(*) from rejected group by all").fetchall())
            if self.rejected_by_delivery:
                self.connection.execute(f"copy (from rejected order by all) to {literal(str(rejected))} (format parquet)")
        return labels if len(labels) else pl.DataFrame(schema=PLACE_LABEL_COLUMNS)

    def _rows(self, name: str) -> str:
        """Rows of a source that are not rejected, as a subquery."""
        files = ", ".join("'" + path.replace("'", "''") + "'" for path in self.parts[name])
        rows = f"read_parquet([{files}])"
        if not self.connection.execute(f"select count(*) from rejected where source = '{name}'").fetchone()[0]:
            return rows
        return f"(select * from {rows} anti join (from rejected where source = '{name}') using (_delivery_id, _source_row))"

    def _keys(self, source: Source) -> None:
        """Reject every row whose key another row has, within or across deliveries.

        Keys are counted by their hash, eight bytes each, so that ten million of them stay in memory; rows whose hash repeats are compared in full.
        Mostly none repeats, which sorting the hashes shows at a third of the cost of counting them.
        """
        if not source.key or not self._has_equal_hashes(source):
            return
        key = ", ".join(source.key)
        given = f"where {source.key_given_by} is not null" if source.key_given_by else ""
        rows = self._rows(source.name)
        self.connection.execute(f"create or replace temp table repeated as select hash({key}) as h from {rows} {given} group by 1 having count(*) > 1")
        shown = "concat_ws(' / ', " + ", ".join(f"coalesce(cast({column} as varchar), '')" for column in source.key) + ")"
        # A row is known by one number, file and row, and of its twins the first and the last are kept: a corrected file beside its forerunner
        # makes as many findings as both have rows.
        self.connection.execute(
            f"""create or replace temp table files as
                select _delivery_id, any_value(_source_file) as name, row_number() over (order by any_value(_source_file), _delivery_id) as file
                from {rows} group by _delivery_id"""
        )
        self.connection.execute(
            f"""create or replace temp table twins as
                with candidates as (
                    select {key}, file * {_ROWS_OF_A_FILE} + _source_row as place
                    from (from {rows} {given}) join files using (_delivery_id) where hash({key}) in (select h from repeated)
                ),
                groups as (
                    select {key}, count(*) as n, min(place) as first, max(place) as last from candidates group by {key} having count(*) > 1
                )
                select c.place, {shown.replace("cast(", "cast(c.")} as shown, g.n, g.first, g.last
                from candidates c join groups g on {" and ".join(f"c.{column} is not distinct from g.{column}" for column in source.key)}"""
        )
        (twins,) = self.connection.execute("select count(*) from twins").fetchone()
        if not twins:
            return
        self.connection.execute(
            f"""insert into rejected
                select '{source.name}', _delivery_id, place % {_ROWS_OF_A_FILE} from twins join files on file = place // {_ROWS_OF_A_FILE}"""
        )
        remedy, rule = remedy_of(source, None, "duplicate_key"), rule_of(source, "duplicate_key")

        def named(place: str, file: str) -> str:
            row = f"'row ', {place} % {_ROWS_OF_A_FILE}, ' of ', " if twins <= _TWINS_NAMED_BY_ROW else ""
            return f"concat({row}{file}.name)"

        self._keep_findings(
            f"""select own._delivery_id as delivery_id, '{source.name}' as source, '{source.name}' as table_name, own.name as source_file,
                    place % {_ROWS_OF_A_FILE} as source_row, '{", ".join(source.key)}' as column_name, 'duplicate_key' as rule,
                    '{rule.severity}' as severity, shown as value,
                    concat({literal(remedy)}, '; the key also stands in ',
                        case
                            when place = last then {named("first", "head")}
                            when place = first then {named("last", "tail")}
                            else concat({named("first", "head")}, ', ', {named("last", "tail")})
                        end,
                        case
                            when place in (first, last) and n > 2 then concat(' and ', n - 2, ' more')
                            when place not in (first, last) and n > 3 then concat(' and ', n - 3, ' more')
                        end) as remedy
                from twins
                join files own on own.file = place // {_ROWS_OF_A_FILE}
                join files head on head.file = first // {_ROWS_OF_A_FILE}
                join files tail on tail.file = last // {_ROWS_OF_A_FILE}"""
        )

    def _limits(self, source: Source) -> None:
        """Reject rows with more money than any budget holds."""
        if source.amount_columns and limits.find(self.connection, self._rows(source.name), source.amount_columns, source.row_date, self.rates):
            self.connection.execute(f"insert into rejected select distinct '{source.name}', _delivery_id, _source_row from beyond")
            self._keep_findings(limits.findings(source.name, source.name))

    def _has_equal_hashes(self, source: Source) -> bool:
        """Whether two rows of a source may have one key. Of very many rows, a share of the hashes is sorted at a time."""
        key = pl.struct(source.key) if len(source.key) > 1 else pl.col(source.key[0])
        given = pl.col(source.key_given_by).is_not_null() if source.key_given_by else True
        rows = [pl.scan_parquet(path, glob=False) for path in self.parts[source.name]]
        shares = 1 + sum(part.select(pl.len()).collect().item() for part in rows) // _HASHES_AT_ONCE
        hashes = pl.concat([part.filter(given).select(key.hash().alias("h")) for part in rows])
        for share in range(shares):
            met = hashes.filter(pl.col("h") % shares == share) if shares > 1 else hashes
            ordered = met.collect(engine="streaming").to_series().sort()
            if (ordered == ordered.shift()).any():
                return True
        return False

    def _keep_findings(self, query: str) -> None:
        file = self.out / f"set-pass-{len(self.findings)}.parquet"
        self.connection.execute(f"copy ({query}) to {literal(str(file))} (format parquet)")
        self.findings.append(file)

    def _rejected_amounts(self, source: Source) -> None:
        """Amounts of rejected rows, by the groups of law 5."""
        if not self.connection.execute(f"select count(*) from rejected where source = '{source.name}'").fetchone()[0]:
            return
        files = ", ".join("'" + path.replace("'", "''") + "'" for path in self.parts[source.name])
        columns = {name for name, _ in self.connection.execute(f"select column_name, 1 from (describe from read_parquet([{files}]))").fetchall()}
        year = "fiscal_year" if "fiscal_year" in columns else f"year({source.row_date})"
        types = dict.fromkeys(AMOUNT_GROUP, "varchar") | {"fiscal_year": "integer"}
        for amount in source.amount_columns or (None,):
            measure = source.measure_column or (f"'{amount}'" if amount else "null")
            group = {name: name if name in columns else "null" for name in AMOUNT_GROUP} | {"fiscal_year": year, "measure": measure}
            lines = self._small(
                f"""select '{source.name}' as source, _delivery_id as delivery_id, _source_file as source_file,
                        {", ".join(f"cast({expression} as {types[name]}) as {name}" for name, expression in group.items())},
                        {"sum(cast(0 as decimal(38, 10)))" if amount else "cast(null as decimal(38, 10))"} as amount_delivered,
                        {f"coalesce(sum({amount}), 0)" if amount else "null"} as amount_quarantined,
                        0 as rows_delivered, count(*) as rows_quarantined
                    from read_parquet([{files}]) semi join (from rejected where source = '{source.name}') using (_delivery_id, _source_row) group by all""",
                AMOUNT_COLUMNS,
            )
            self.amounts.append(lines)

    def _small(self, query: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        """The answer of a query with few rows."""
        return pl.DataFrame(self.connection.execute(query).fetchall(), schema=dict(schema), orient="row")

    def _references(self, source: Source) -> None:
        """One warning per delivery and code that refers to nothing."""
        columns = source.schema.columns()
        for column, target in source.references.items():
            rule = _RULES_OF_REFERENCES[target]
            if target == "trust_fund_projects":
                known = f"(select project_id from {self._rows(target)})" if target in self.parts else "(select null::varchar as project_id where false)"
                self.connection.execute(f"create or replace temp table known as select distinct project_id as code from {known}")
                self._unknown(source, column, rule, f"select _delivery_id, _source_file, {column} as code, _source_row from {self._rows(source.name)}")
            elif target in _CODES_OF_SEEDS:
                *within, _ = codes = _CODES_OF_SEEDS[target]
                self._known({" ".join(row[code] for code in codes) for row in read_seed(self.seeds, target)})
                items = f"unnest({_labels_in(column)})" if column in (*source.split_columns, *source.list_columns) else column
                told = ", ".join(["_delivery_id", "_source_file", "_source_row", *within])
                rows = f"select {told}, {items} as code from {self._rows(source.name)} where {column} is not null"
                code = " || ' ' || ".join([*within, "code"])
                self._unknown(source, column, rule, f"select _delivery_id, _source_file, _source_row, {code} as code from ({rows})")
            elif "entity" in columns:
                self._unknown_subprogrammes(source, column, rule, self._rows(source.name))
            elif "trust_fund_projects" in self.parts and "project_id" in columns:
                rows = f"""(
                    select t._delivery_id, t._source_file, t._source_row, t.{source.row_date}, t.{column}, p.entity
                    from {self._rows(source.name)} t join {self._rows("trust_fund_projects")} p using (project_id)
                    where t.{column} is not null)"""
                self._unknown_subprogrammes(source, column, rule, rows)

    def _known(self, codes: set[str]) -> None:
        # Literals instead of parameters: duckdb imports pandas, a second and more, as soon as it binds one.
        listed = ", ".join(literal(code) for code in sorted(codes))
        self.connection.execute(f"create or replace temp table known as select unnest([{listed}]::varchar[]) as code")

    def _unknown(self, source: Source, column: str, rule: str, rows: str) -> None:
        # Codes first: most are known, and then no row need be counted.
        self.connection.execute(
            f"create or replace temp table unknown as select code from (select distinct code from ({rows})) anti join known using (code) where code is not null"
        )
        if not self.connection.execute("select count(*) from unknown").fetchone()[0]:
            return
        lines = self.connection.execute(
            f"""select _delivery_id, any_value(_source_file) as file, min(_source_row) as row, code, count(*) as n
                from ({rows}) semi join unknown using (code) group by _delivery_id, code order by file, row, code"""
        ).fetchall()
        self._tell_values(source, column, rule, lines)

    def _unknown_subprogrammes(self, source: Source, column: str, rule: str, rows: str) -> None:
        """Tell of codes and names that the entity's structure does not know on the row's day, as the models read them."""
        met = self.connection.execute(
            f"""select _delivery_id, any_value(_source_file), min(_source_row), entity, {column}, count(*), {_days(source)}
                from {rows} where {column} is not null group by _delivery_id, entity, {column}, year({source.row_date}) order by 2, 3"""
        ).fetchall()
        known: dict[tuple[str, str], list[tuple[date, date]]] = {}
        for row in read_seed(self.seeds, "subprogrammes"):
            for label in {row["subprogramme"], row["name"]}:
                known.setdefault((row["entity"], label.strip().casefold()), []).append(_period(row))
        told: dict[tuple[str, str, str], list] = {}
        for delivery, file, row, of, text, n, first, last in met:
            for code in _labels(text) if column in source.split_columns else (text,):
                if code in _NO_SUBPROGRAMME:
                    continue
                periods = known.get((of, code.casefold()), [])
                outside = self._outside(periods, first, last) and self._rows_outside(
                    source,
                    periods,
                    first,
                    last,
                    row,
                    n,
                    f"{rows} where _delivery_id = '{delivery}' and entity = {literal(of)} and {column} = {literal(text)}",
                )
                if outside:
                    value = f"{of} {code} (not in {first.year})" if periods else f"{of} {code}"
                    line = told.setdefault((delivery, of, value), [delivery, file, outside[0], value, 0])
                    line[2], line[4] = min(line[2], outside[0]), line[4] + outside[1]
        self._tell_values(source, column, rule, [tuple(line) for line in told.values()])

    def _places(self, source: Source) -> None:
        for column in source.giver_columns:
            # An organisation that gives is no unknown place, so nothing is told of names that are none.
            met = self.connection.execute(f"select distinct trim({column}) from {self._rows(source.name)} where {column} is not null").fetchall()
            self.labels |= {label for (label,) in met}
        for column in source.place_columns:
            lines = self.connection.execute(
                f"""select _delivery_id, any_value(_source_file), min(_source_row), {column}, count(*), {_days(source)}
                    from {self._rows(source.name)} where {column} is not null group by _delivery_id, {column}, year({source.row_date})"""
            ).fetchall()
            for delivery, file, row, text, n, first, last in lines:
                for label in _labels(text):
                    self.labels.add(label)
                    year = first.year if first else _NO_YEAR
                    line = self._places_met.setdefault((source.name, column, delivery, label, year), [delivery, file, row, label, 0, first, last])
                    line[2], line[4] = min(line[2], row), line[4] + n
                    if first:
                        line[5], line[6] = min(line[5], first), max(line[6], last)

    def _unknown_places(self, labels: pl.DataFrame) -> None:
        """Tell of labels that nobody can read, and of countries that were none on the row's day."""
        unknown = set(labels.filter(pl.col("read_as") == "none")["label"]) - set(SPECIAL_PLACES)
        country = dict(labels.filter(pl.col("place_kind") == "country").select("label", "place").rows())
        known: dict[str, list[tuple[date, date]]] = {}
        for row in read_seed(self.seeds, "countries"):
            known.setdefault(row["country"], []).append(_period(row))
        told: dict[tuple[str, str], dict[tuple[str, str], list]] = {}
        for (name, column, delivery, label, year), (_, file, row, _, n, first, last) in sorted(self._places_met.items()):
            source, value, outside = self.sources[name], label, (row, n)
            if label in country and year == _NO_YEAR:
                continue
            if label in country:
                parts = _labels_in(column)
                periods, value = known[country[label]], f"{label} (not in {year})"
                outside = self._outside(periods, first, last) and self._rows_outside(
                    source, periods, first, last, row, n, f"{self._rows(name)} where _delivery_id = '{delivery}' and list_contains({parts}, {literal(label)})"
                )
            elif label not in unknown:
                continue
            if outside:
                line = told.setdefault((name, column), {}).setdefault((delivery, value), [delivery, file, outside[0], value, 0])
                line[2], line[4] = min(line[2], outside[0]), line[4] + outside[1]
        lent = self._lent_places({label: known[place] for label, place in country.items()})
        if lent:
            told.setdefault((_BORROWER, "recipients"), {}).update({(line[0], line[3]): line for line in lent})
        for (name, column), lines in told.items():
            self._tell_values(self.sources[name], column, "unknown_place", [tuple(line) for line in lines.values()])

    def _lent_places(self, periods: Mapping[str, Sequence[tuple[date, date]]]) -> list[list]:
        """Countries that a project lends to transactions of days on which there was no such country.

        Only projects that name a country which was none at some time of the transactions are joined, so that most runs join nothing.
        """
        if _BORROWER not in self.parts or _LENDER not in self.parts:
            return []
        day, rows = self.sources[_BORROWER].row_date, self._rows(_BORROWER)
        first, last = self.connection.execute(f"select min({day}), max({day}) from {rows}").fetchone()
        met = {label for name, _, _, label, _ in self._places_met if name == _LENDER and label in periods}
        lines: list[list] = []
        for label in sorted(met) if first else ():
            if not self._outside(periods[label], first, last):
                continue
            meant = " or ".join(f"({day} >= date '{begin}' and {day} < date '{end}')" for begin, end in periods[label])
            found = self.connection.execute(
                f"""select _delivery_id, any_value(_source_file), min(_source_row), year({day}), count(*)
                    from {rows} as t
                    semi join (
                        select project_id from {self._rows(_LENDER)} where list_contains({_labels_in("recipients")}, {literal(label)})
                    ) as p using (project_id)
                    where t.recipients is null and not ({meant}) group by _delivery_id, year({day}) order by 2, 3"""
            ).fetchall()
            lines += [[delivery, file, row, f"{label} of the project (not in {year})", n] for delivery, file, row, year, n in found]
        return lines

    @staticmethod
    def _outside(periods: Sequence[tuple[date, date]], first: date, last: date) -> bool:
        """Whether some day from the first to the last lies outside the periods."""
        reached = first
        for begin, end in sorted(periods):
            if begin <= reached < end:
                reached = end
        return reached <= last

    def _rows_outside(
        self, source: Source, periods: Sequence[tuple[date, date]], first: date, last: date, row: int, n: int, rows: str
    ) -> tuple[int, int] | None:
        """First row and number of the rows whose day lies outside the periods; they are read again only in a year that periods divide."""
        if not any(begin <= last and first < end for begin, end in periods):
            return row, n
        day = source.row_date
        meant = " or ".join(f"({day} >= date '{begin}' and {day} < date '{end}')" for begin, end in periods)
        found = self.connection.execute(f"select min(_source_row), count(*) from {rows} and year({day}) = {first.year} and not ({meant})").fetchone()
        return found if found[1] else None

    def _overlaps(self, source: Source) -> None:
        """Two deliveries of lines without a number that cover the same thing in the same edition add up, which may not be meant."""
        group = ", ".join(source.overlap)
        without_key = f"where {source.key_given_by} is null" if source.key_given_by else ""
        pairs = self.connection.execute(
            f"""with covered as (
                    select {group}, as_of, record_basis, _delivery_id, any_value(_source_file) as file, min(_source_row) as row
                    from {self._rows(source.name)} {without_key} group by {group}, as_of, record_basis, _delivery_id
                ),
                shared as (
                    select *, count(*) over everything as n, min(file) over everything as first_file, concat_ws(' / ', {group}) as shown
                    from covered window everything as (partition by {group}, as_of, record_basis)
                )
                select _delivery_id, any_value(file), min(row), any_value(shown order by row), count(*), first_file
                from shared where n > 1 and file <> first_file group by _delivery_id, first_file order by 2"""
        ).fetchall()
        remedy = remedy_of(source, None, "overlapping_deliveries")
        self._tell(
            source,
            "overlapping_deliveries",
            [
                (delivery, file, row, ", ".join(source.overlap), shown, f"{first} covers {n} of the same groups; {remedy}")
                for delivery, file, row, shown, n, first in pairs
            ],
        )

    def _future_editions(self, source: Source) -> None:
        """Editions that nobody could have read on the day that the release speaks for."""
        lines = self.connection.execute(
            f"""select _delivery_id, any_value(_source_file), min(_source_row), cast(as_of as varchar), count(*)
                from {self._rows(source.name)} where as_of > date '{self.as_of}' group by _delivery_id, as_of order by 2, 3"""
        ).fetchall()
        self._tell_values(source, "as_of", "future_edition", lines)

    def _accounting_bases(self, source: Source) -> None:
        measure = source.measure_column
        lines = self.connection.execute(
            f"""with met as (
                    select book, entity, {measure}, fiscal_year, period_type, accounting_basis, _delivery_id,
                        any_value(_source_file) as file, min(_source_row) as row
                    from {self._rows(source.name)} where accounting_basis is not null group by all
                ),
                several as (
                    select *, concat_ws(' / ', book, entity, {measure}, fiscal_year, period_type) as shown,
                        string_agg(accounting_basis, ', ') over everything as bases,
                        min(accounting_basis) over everything <> max(accounting_basis) over everything as differ
                    from met window everything as (partition by book, entity, {measure}, fiscal_year, period_type)
                )
                select _delivery_id, any_value(file), min(row), shown, list_sort(list_distinct(string_split(any_value(bases), ', '))) from several where differ
                group by _delivery_id, shown order by 2, 3"""
        ).fetchall()
        remedy = remedy_of(source, None, "several_accounting_bases")
        self._tell(
            source,
            "several_accounting_bases",
            [(delivery, file, row, "accounting_basis", shown, f"stands on {' and '.join(bases)}; {remedy}") for delivery, file, row, shown, bases in lines],
        )

    def _tell_values(self, source: Source, column: str, rule: str, lines: Iterable[tuple]) -> None:
        remedy = remedy_of(source, column, rule)
        told = [(delivery, file, row, column, value, remedy if n == 1 else f"{n} rows, this is the first; {remedy}") for delivery, file, row, value, n in lines]
        self._tell(source, rule, told)

    def _tell(self, source: Source, rule: str, lines: Sequence[tuple]) -> None:
        if not lines:
            return
        names = ("delivery_id", "source_file", "source_row", "column_name", "value", "remedy")
        frame = pl.DataFrame(lines, schema={name: QUARANTINE_COLUMNS[name] for name in names}, orient="row").with_columns(
            source=pl.lit(source.name), table_name=pl.lit(source.name), rule=pl.lit(rule), severity=pl.lit(rule_of(source, rule).severity)
        )
        file = self.out / f"set-pass-{len(self.findings)}.parquet"
        frame.select([pl.col(name).cast(dtype) for name, dtype in QUARANTINE_COLUMNS.items()]).write_parquet(file)
        self.findings.append(file)


def _labels(text: str) -> tuple[str, ...]:
    try:
        return tuple(part.label for part in parse_split(text))
    except SplitError:
        return ()


def _labels_in(column: str) -> str:
    """The labels of a text in split notation, or of a list without shares."""
    return f"list_transform(string_split({column}, '|'), lambda part: trim(split_part(part, ':', 1)))"


def _days(source: Source) -> str:
    return f"min({source.row_date}), max({source.row_date})"


def _period(row: Mapping[str, str]) -> tuple[date, date]:
    """Validity of a row of a seed: the first day, and the first day after it."""
    return date.fromisoformat(row["valid_from"] or "0001-01-01"), date.fromisoformat(row["valid_to"] or "9999-12-31")
