"""Deliveries of any source, made from its contract: rows as they should be, and cells, rows and files as deliverers have been seen to write them.

Nothing here knows a source by name, so that a new one is tried as soon as it is registered. `WORDS` gives texts whose codes stand in no contract a
meaning that models look for; a column that is not listed gets free text.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipelines import settings
from pipelines.contracts import SOURCES, Source, codes, column_metadata, contract_columns, required_columns

Row = dict[str, str]

ENTITIES = ("ECE", "ESCAP", "ECA", "UNODC", "UNRCCA", "DESA", "ece", "NOSUCH", "A/B", "A-B", "A B", "Économie", "x" * 300, "..", "CON")
BOOKS = ("programme_budget", "project_ledger", "open_un_org", "financial_statements", "my own book", "a/b", "a-b", "Programme_Budget", "iati")
PLACES = (
    "KG",
    "TJ",
    "KGZ",
    "Kyrgyzstan",
    "kyrgyzstan",
    "Türkiye",
    "Turkey",
    "CS",
    "SU",
    "YU",
    "XK",
    "Congo",
    "Korea",
    "SPECA",
    "LLDC",
    "GLOBAL",
    "INTERREGIONAL",
    "XA",
    "UNALLOCATED",
    "UNKNOWN",
    "Atlantis",
    "Bosnia and Herzegovina",
    "AF",
    "UZ",
    "TM",
    "KZ",
    "DE",
    "JP",
    "298",
    "99",
    "speca",
    "Global",
    "United States of America",
)
GIVERS = (
    *PLACES[:8],
    "Norway",
    "norway",
    "NORWAY",
    "European Union",
    "Multi-donor",
    "=cmd|' /C calc'!A0",
    "Bill & Melinda <Gates>",
    "EC",
    "C\u00f4te d\u2019Ivoire",
    "x" * 400,
)
TEXTS = (
    "Advice on water law",
    'He said "no"',
    "two\nlines",
    "tab\there",
    "=1+1",
    "+41 22 917",
    "-",
    "@home",
    "🦆 emoji",
    "\u202eright to left",
    "zero\u200bwidth",
    "bell\x07",
    "form\x0cfeed",
    "ütf",
    "Иссык-Куль",
    "a;b,c|d",
    "' or 1=1 --",
    "<script>alert(1)</script>",
    "{{ jinja }}",
    "%s %d",
    "\\N",
    "NULL",
    "n/a",
    "None",
    "0",
    "é" * 50,
    "x" * 5000,
    "a/b",
    "a-b",
    "A/B",
    "𐍈",
    "#REF!",
    "**bold** [link](x)",
    "&amp;",
    "]]>",
    "C:\\temp\\",
    "..",
    ".",
    "CON",
    "naïve",
    "nai\u0308ve",
)
CURRENCIES = (
    "USD",
    "USD",
    "USD",
    "EUR",
    "CHF",
    "JPY",
    "KGS",
    "UZS",
    "DEM",
    "SKK",
    "TRL",
    "TRY",
    "VEB",
    "VES",
    "ZWL",
    "ZWG",
    "BYR",
    "BYN",
    "XDR",
    "KPW",
    "XUA",
    "LVL",
    "HRK",
    "TMM",
    "AZM",
)
ODD_CURRENCIES = ("usd", "US$", "", "ABC", "€", " ", "DOLLARS")
# Dollars for one unit, near enough to what the currencies were worth.
RATES = {
    "EUR": "1.1",
    "CHF": "1.05",
    "JPY": "0.009",
    "KGS": "0.0125",
    "UZS": "0.0001",
    "TRY": "0.1",
    "BYN": "0.4",
    "XDR": "1.35",
    "HRK": "0.16",
    "VES": "0.03",
    "DEM": "0.55",
    "GBP": "1.3",
}
ODD_NUMBERS = (
    "1000.-",
    "1000.–",
    "1'000",
    "1’000.50",
    "٣٠٠",
    "１２３",
    "70%",
    "1.5E6",
    "1e400",
    "-1E-7",
    "0,421",
    "12,345",
    "12,345-",
    "1.234.567,89",
    "1 234 567",
    "(500)",
    "500-",
    "--5",
    "NaN",
    "inf",
    "",
    " ",
    "abc",
    "USD 5",
    "0x10",
    "1_000",
    "+7",
    "-0",
    "0.00000000001",
    "0.12345678905",
    "1/3",
    "1,2,3",
    ".",
    "1.2 million",
    "5 a/",
    "½",
    "1.000.000",
    "0,5",
)
HUGE_NUMBERS = (
    "9999999999999",
    "10000000000000",
    "10000000000001",
    "99999999999999.99",
    "999999999999999",
    "1000000000000000",
    "6111111111111111",
    "9999999999999999",
    "9999999999999999.99",
    "-9999999999999999.99",
    "10000000000000000",
    "92233720368547758.07",
    "99999999999999999999",
    "123456789012345678901234567890",
    "-6111111111111112.005",
)
ODD_DAYS = (
    "31.12.2019",
    "2019-02-30",
    "12/31/2019",
    "2019",
    "2019-13-01",
    "9619-01-01",
    "0001-01-01",
    "1944-12-31",
    "2100-01-01",
    "2019-05-02T10:00:00Z",
    "2 May 2019",
    "43587",
    "",
    "today",
    "2019-5-2",
)
ODD_YEARS = ("2018/19", "2018-2019", "2017-2020", "2018/2019", "18/19", "1944", "2101", "", "FY2019", "2019.0", "2019-2018", "٢٠١٩", "2020-2020", "1945-2100")
ODD_PERIODS = ("2023-S1", "2023-Q5", "2023-13", "2023-05-32", "Q1 2023", "2023-Q4", "2023-05-17", "", "1944", "2023/24", "2023-S3")
ODD_SPLITS = (
    "KG:60|TJ:30",
    "KG:50|TJ:50|UZ:0",
    "KG:100|KG:0",
    "KG|KG",
    "KG:60|TJ",
    ":100",
    "KG:",
    "|",
    "KG:-10|TJ:110",
    "KG:33.3333333|TJ:33.3333333|UZ:33.3333334",
    "KG:1e2",
    "KG:0|TJ:0",
    "kg:50|KG:50",
    "KG:99.995|TJ:0.001",
    "KG:60%|TJ:40%",
    "KG:60,5|TJ:39,5",
    "KG; TJ",
    "KG/TJ",
    "Kyrgyzstan:50|KG:50",
    "SPECA:50|KG:50",
    "GLOBAL|XX",
    "UNALLOCATED:50|KG:50",
    "KG:0.0000001|TJ:99.9999999",
    "a:b:50|c:50",
    "KG:" + "1" * 40,
    "|".join(f"P{n}" for n in range(150)),
)
FLAGS = ("yes", "no", "true", "FALSE", "1", "0", "Y", "maybe", "ja", "")
WORDS: Mapping[str, tuple[str, ...]] = {
    "book": BOOKS,
    "unit": ("USD", "percent", "projects", "days", "publications", ""),
    "measure": ("expenditure_usd", "spending_usd", "mission_count", "adviser_days", "estimate_usd", "budget_usd", "participant_count", "no_such_measure"),
    "dimension_value": ("1", "2", "KG", "142", "SPECA", "LLDC", "trust_fund", "Norway", "advisory", "UNALLOCATED", "14030"),
    "programme": ("UNRCCA-2009-2011", "UNRCCA-2021-2025", "NO-PROGRAMME"),
    "instrument": ("UNTOC", "UNTOC-TIP", "UNCAC", "NO-INSTRUMENT"),
    "cycle": ("1", "2004-2005", "2"),
    "activity_type": ("good_offices", "training", "seminar", "annual_report"),
    "need_area": ("legislation", "training", "Training", "water"),
    "treaty_article": ("5", "16", "5|16"),
    "topic": ("water", "Water", "transport of goods", "customs"),
    "gender_marker": ("0", "1", "2", "2A", "3", "x"),
    "budget_section": ("20", "23", "35", "99"),
    "fund_code": ("ZGL", "ZGL-1", "zgl", "A/B", "A-B"),
    "rate_source": ("un_operational", "imf", "IMF monthly average", "own"),
    "source_symbol": ("A/80/6 (Sect. 20)", "A/81/6 (Sect. 20)", ""),
    "source_address": ("https://example.org/a", "javascript:alert(1)", ""),
    "sdg_targets": ("7.3", "4.1", "17.9", "99.9"),
}
SEED_COLUMNS = {
    "entities": "entity",
    "subprogrammes": "subprogramme",
    "priority_areas": "priority_area",
    "partners": "partner",
    "mandates": "function_code",
    "warning_thresholds": "series",
}


@lru_cache
def seed_codes(seed: str) -> tuple[str, ...]:
    """Codes of a table of reference data: of the column that the table is known by."""
    path = settings.SEEDS / f"{seed}.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    column = SEED_COLUMNS.get(seed, next(iter(rows[0])))
    return tuple(sorted({row[column] for row in rows if row[column]}))


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What decides the content of one delivery; the same values give the same bytes.

    Attributes:
        source: whose contract it follows, more or less.
        rows: how many records.
        seed: of everything that is left to chance.
        oddness: of a hundred cells, how many are odd.
        form: kind of file.
        habits: oddities of the delivery as a whole.
    """

    source: str
    rows: int
    seed: int
    oddness: int
    form: str
    habits: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.source}/{self.seed:x}.{self.form}"


FORMS = ("csv", "csv", "csv", "csv", "tsv", "csv.gz", "jsonl", "xlsx", "parquet", "semicolon.csv", "latin.csv", "utf16.csv", "bom.csv")
HABITS = (
    "plain",
    "plain",
    "huge_amounts",
    "negative_amounts",
    "one_currency_without_rate",
    "repeated_keys",
    "published",
    "published_without_citation",
    "editions",
    "columns_missing",
    "columns_unknown",
    "constant_mapping",
    "decimal_comma",
    "broken_mapping",
    "supersedes_all",
    "header_only",
    "empty_file",
    "blank_lines",
    "open_quote",
    "one_year",
    "one_entity",
    "one_book",
    "inverted_rates",
    "spiky_rates",
    "ragged_lines",
    "blank_cells",
    "odd_texts",
    "illustrative",
    "capitals_in_header",
    "restricted",
    "keys_shared_with_others",
    "zero_amounts",
)


def rows_of(delivery: Delivery) -> list[Row]:
    """The records of a delivery, before they are written in its form."""
    chance = random.Random(f"{delivery.source} {delivery.seed}")
    source = SOURCES[delivery.source]
    columns = contract_columns(source)
    required = required_columns(source)
    # Columns that this deliverer has at all.
    kept = [name for name in columns if name in required or chance.random() < 0.6]
    if "columns_missing" in delivery.habits and len(required) > 1:
        kept.remove(chance.choice(required))
    constant = {
        habit: chance.choice(values)
        for habit, values in {
            "one_year": ("2019", "2023"),
            "one_entity": ENTITIES[:4],
            "one_book": BOOKS,
            "one_currency_without_rate": ("KPW", "XUA", "DEM", "ZWL"),
        }.items()
    }
    rows = []
    for number in range(delivery.rows):
        first_day = date(2003, 1, 1) + timedelta(days=chance.randrange(8300))
        row: Row = {}
        for name in kept:
            if chance.randrange(100) < delivery.oddness:
                row[name] = _odd(source, name, chance)
            elif name not in required and chance.random() < (0.8 if "blank_cells" in delivery.habits else 0.35):
                row[name] = ""
            else:
                row[name] = _good(source, name, number, first_day, delivery, constant, chance)
        _agree(row, delivery, chance)
        rows.append(row)
    if "repeated_keys" in delivery.habits and rows:
        rows += [dict(chance.choice(rows)) for _ in range(chance.randrange(1, 4))]
    return rows


def _agree(row: Row, delivery: Delivery, chance: random.Random) -> None:
    """Give most rows what the rules on rows ask for, so that they reach the models; a fifth stays as chance made it."""
    if "published" in delivery.habits and "record_basis" in row:
        row["record_basis"] = "published"
        if "source_symbol" in row:
            row["source_symbol"] = "A/80/6 (Sect. 20)"
    elif "published_without_citation" in delivery.habits and "record_basis" in row:
        row |= {"record_basis": "published"} | {name: "" for name in ("source_symbol", "source_address") if name in row}
    elif "illustrative" in delivery.habits and "record_basis" in row:
        row["record_basis"] = "illustrative"
    elif chance.random() < 0.8 and row.get("record_basis") == "published" and not (row.get("source_symbol") or row.get("source_address")):
        row["record_basis"] = ""
    if "restricted" in delivery.habits and "confidentiality" in row:
        row["confidentiality"] = "restricted"
    if chance.random() < 0.2:
        return
    for name in row:
        # Most who deliver rates know what their currency is worth.
        if "currency" in row and column_metadata(SOURCES[delivery.source], name)["kind"] == "rate":
            row["currency"] = chance.choice(tuple(RATES))
            row[name] = _rate(chance, delivery.habits, row["currency"])
    if row.get("period_type") == "multi_year" and not (row.get("period_start") and row.get("period_end")):
        row["period_type"] = ""
    if row.get("status") == "done" and "done_on" in row and not row["done_on"]:
        row["done_on"] = "2022-05-02"
    if "done_on" in row and row["done_on"] and "status" in row:
        row["status"] = "done"
    if row.get("activity_type") == "good_offices":
        row |= {name: "" for name in ("countries", "partners", "theme", "includes_afghanistan") if name in row}
    if row.get("is_unplanned", "").lower() in ("yes", "true", "1", "y"):
        row["is_unplanned"] = ""
    for name, currency in (("cost_amount", "currency"), ("value_amount", "currency")):
        if row.get(name) and currency in row and not row[currency]:
            row[currency] = "USD"
    if row.get("comparator") == "between":
        row["comparator"] = "eq"
    if "source_symbol" in row and delivery.source == "published_figures":
        row["source_symbol"] = "A/80/6 (Sect. 20)"


def _good(source: Source, name: str, number: int, first_day: date, delivery: Delivery, constant: Mapping[str, str], chance: random.Random) -> str:
    """A cell as the contract wants it."""
    metadata = column_metadata(source, name)
    kind = metadata["kind"]
    habits = delivery.habits
    if name in source.key and name.endswith("_id"):
        # Across deliveries keys meet only where that is meant.
        own = "shared" if "keys_shared_with_others" in habits else f"{delivery.seed:x}"
        return f"{name[0].upper()}{number}-{own}" if name != "project_id" else f"P{number}" + ("" if "keys_shared_with_others" in habits else f"-{own}")
    if name == "entity" and "one_entity" in habits:
        return constant["one_entity"]
    if name == "book" and "one_book" in habits:
        return constant["one_book"]
    if name == "as_of":
        return chance.choice(("2020-01-01", "2024-06-30", "2026-12-31")) if "editions" in habits else ""
    if kind == "code":
        if "currency" in name:
            return constant["one_currency_without_rate"] if "one_currency_without_rate" in habits else chance.choice(CURRENCIES)
        return chance.choice(metadata["codes"] or (*codes.funding_sources(), *(codes.FUNDING_TOTALS if chance.random() < 0.3 else ())))
    if kind in ("money", "number"):
        if kind == "money" and "huge_amounts" in habits and chance.random() < 0.5:
            return chance.choice(HUGE_NUMBERS)
        if "zero_amounts" in habits:
            return "0"
        amount = chance.choice((1, 100, 12345, 999999, 0.01, 0.005, 33.33, 2500000))
        sign = "-" if kind == "money" and ("negative_amounts" in habits or chance.random() < 0.1) else ""
        return sign + f"{amount * chance.choice((1, 1, 3, 7)):.3f}".rstrip("0").rstrip(".")
    if kind == "rate":
        return _rate(chance, habits)
    if kind == "date":
        later = timedelta(days=chance.randrange(30, 900) if "end" in name or "responded" in name or "not_after" in name else 0)
        return min(first_day + later, date(2099, 1, 1)).isoformat()
    if kind == "fiscal_year":
        return constant["one_year"] if "one_year" in habits else chance.choice(("2018", "2019", "2020", "2023", "2024", *ODD_YEARS[:3]))
    if kind == "flag":
        return chance.choice(FLAGS[:7])
    if kind == "period":
        return chance.choice(("2023", "2022-S1", "2023-Q1", "2023-05", "2024-12"))
    if kind == "split":
        return _split(_words_of(source, name), chance)
    words = _words_of(source, name)
    if name in source.list_columns or name in ("partners", "joint_entities", "request_ids", "assistance_needed", "provisions_not_met"):
        return "|".join(chance.choice(words) for _ in range(chance.randrange(1, 4)))
    return chance.choice(words)


def _words_of(source: Source, name: str) -> tuple[str, ...]:
    if name in source.place_columns:
        return PLACES
    if name in source.giver_columns or name in ("donors", "provider", "receiver"):
        return GIVERS
    if name.startswith("project_id"):
        return tuple(f"P{number}" for number in range(8))
    if name.startswith("request_id"):
        return tuple(f"R{number}-shared" for number in range(4))
    if name in source.references and (found := seed_codes(source.references[name])):
        # Few of many, so that records meet.
        return (*found[:12], *(ENTITIES if source.references[name] == "entities" else ("NO-CODE", found[0].lower())))
    if "entit" in name:
        return ENTITIES
    if "country" in name:
        return PLACES
    return WORDS.get(name) or TEXTS[:8]


def _split(words: tuple[str, ...], chance: random.Random) -> str:
    """Parts in split notation, with shares that add to 100 or none."""
    parts = list(dict.fromkeys(chance.choice(words).replace("|", "").replace(":", "") for _ in range(chance.randrange(1, 5))))
    if chance.random() < 0.4:
        return "|".join(parts)
    shares, left = [], 10000
    for _ in parts[1:]:
        share = chance.randrange(0, left + 1)
        shares.append(share)
        left -= share
    return "|".join(f"{part}:{share // 100}.{share % 100:02d}" for part, share in zip(parts, [*shares, left], strict=True))


def _rate(chance: random.Random, habits: tuple[str, ...], currency: str | None = None) -> str:
    value = float(RATES.get(currency or "") or chance.choice(list(RATES.values()))) * chance.uniform(0.9, 1.1)
    if "inverted_rates" in habits:
        value = 1 / value
    if "spiky_rates" in habits and chance.random() < 0.2:
        value *= chance.choice((5, 0.1, 1000))
    return chance.choice((f"{value:.6f}", f"{value:.12f}", repr(value), f"{value:e}", f"{value:.17g}"))


def _odd(source: Source, name: str, chance: random.Random) -> str:
    """A cell as nobody should write it, and some do."""
    kind = column_metadata(source, name)["kind"]
    choices: Mapping[str, tuple[str, ...]] = {
        "money": (*ODD_NUMBERS, *HUGE_NUMBERS),
        "number": (*ODD_NUMBERS, *HUGE_NUMBERS, "-5", "0"),
        "rate": (*ODD_NUMBERS, "0", "-1", "999999.999999999999", "1000000", "0.0000000000001", "1e-12"),
        "date": ODD_DAYS,
        "fiscal_year": ODD_YEARS,
        "period": ODD_PERIODS,
        "split": (*ODD_SPLITS, *TEXTS),
        "flag": FLAGS,
        "code": (*ODD_CURRENCIES, "unknown_code", "Trust Fund", "RPTC", "all", "technical_cooperation", " "),
        "text": (*TEXTS, "", " ", *ENTITIES, *PLACES),
    }
    return chance.choice(choices[kind])


def write(delivery: Delivery, raw_root: Path) -> dict[str, int | None]:
    """Write a delivery below the raw root.

    Returns:
        How many records whoever reads it must find, as `path below the root|table`; None where that is a matter of how it is read (lines out of form,
        mappings).
    """
    rows = rows_of(delivery)
    chance = random.Random(f"write {delivery.source} {delivery.seed}")
    path = raw_root / delivery.name
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(rows[0]) if rows else list(contract_columns(SOURCES[delivery.source]))
    header = [name.upper() if "capitals_in_header" in delivery.habits else name for name in columns]
    if "columns_unknown" in delivery.habits:
        header.append(chance.choice(("Remarks", "Unnamed: 7", "amount (USD)", "")))
        columns.append("\0")
    if "header_only" in delivery.habits:
        rows = []
    known = _write_form(delivery, path, header, [[row.get(name, "x") for name in columns] for row in rows], chance)
    mapping = _mapping(delivery, columns, chance)
    if mapping is not None:
        path.with_name(f"{path.name}.mapping.yml").write_text(mapping, encoding="utf-8")
        known = False
    if "empty_file" in delivery.habits:
        path.write_bytes(b"")
        known = False
    # A row without any text is no record, and a line of one empty cell is an empty line.
    sure = known and len(columns) > 1 and all(any(value.strip() for value in row.values()) for row in rows)
    return {f"{delivery.name}|{delivery.source}": len(rows) if sure else None}


def _write_form(delivery: Delivery, path: Path, header: list[str], table: list[list[str]], chance: random.Random) -> bool:
    """Write header and records in the delivery's form; returns whether the number of records stands beyond doubt."""
    form, habits = delivery.form, delivery.habits
    if form == "jsonl":
        path.write_text("".join(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=chance.random() < 0.5) + "\n" for row in table), encoding="utf-8")
        return True
    if form == "xlsx":
        return _write_workbook(path, header, table, chance)
    if form == "parquet":
        import polars as pl

        pl.DataFrame({name: [row[place] or None for row in table] for place, name in enumerate(header)}, schema=dict.fromkeys(header, pl.String)).write_parquet(
            path
        )
        return len(set(header)) == len(header)
    text = io.StringIO()
    writer = csv.writer(text, delimiter={"tsv": "\t", "semicolon.csv": ";"}.get(form, ","), lineterminator=chance.choice(("\n", "\r\n")))
    writer.writerow(header)
    sure = True
    for row in table:
        if "ragged_lines" in habits and chance.random() < 0.1:
            row, sure = chance.choice((row[:-1], [*row, "more"])), False
        writer.writerow(row)
        if "blank_lines" in habits and chance.random() < 0.2:
            text.write("\n")
    if "open_quote" in habits and table:
        text.write('"' + ",".join(table[0]) + "\n")
        sure = False
    written = text.getvalue()
    if form == "csv.gz":
        path.write_bytes(gzip.compress(written.encode(), mtime=0))
    elif form == "latin.csv":
        path.write_bytes(written.encode("cp1252", errors="replace"))
    elif form == "utf16.csv":
        path.write_bytes(written.encode("utf-16"))
    else:
        path.write_bytes(written.encode("utf-8-sig" if form == "bom.csv" else "utf-8"))
    # A quoted cell of several lines may be a quote left open: that is for the reader to judge.
    return sure and not any("\n" in cell or "\r" in cell for row in table for cell in row)


def _write_workbook(path: Path, header: list[str], table: list[list[str]], chance: random.Random) -> bool:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": chance.random() < 0.3, "strings_to_urls": False})
    sheet = book.add_worksheet("Data")
    as_numbers = chance.random() < 0.5
    for place, name in enumerate(header):
        sheet.write_string(0, place, name)
    for line, row in enumerate(table, 1):
        for place, cell in enumerate(row):
            text = "".join(letter for letter in cell if letter >= " " or letter in "\t\n\r")[:32000]
            try:
                number = float(text) if as_numbers and text.strip() == text and len(text) < 15 else None
            except ValueError:
                number = None
            if number is not None and abs(number) < 1e300:
                sheet.write_number(line, place, number)
            elif text:
                sheet.write(line, place, text)
    if chance.random() < 0.3:
        book.add_worksheet("Notes").write_string(0, 0, "nothing here")
    if chance.random() < 0.1 and table:
        sheet.set_row(1, None, None, {"hidden": True})
    book.close()
    return True


def _mapping(delivery: Delivery, columns: list[str], chance: random.Random) -> str | None:
    """What stands in a mapping file beside the delivery; None where there is none."""
    if "broken_mapping" in delivery.habits:
        return chance.choice(
            (
                "columns: [",
                "columns: {nosuch: Nothing}\n",
                "numbers: {decimal: ';;'}\n",
                "hello",
                "- a\n- b\n",
                "columns: {book: {from: }}\n",
                "!!python/object:os.system {}",
            )
        )
    said: dict[str, Any] = {}
    if "decimal_comma" in delivery.habits:
        said["numbers"] = chance.choice(({"decimal": ",", "thousands": "."}, {"decimal": ".", "thousands": "'"}, {"decimal": ","}))
        said["dates"] = chance.choice((["DD.MM.YYYY"], ["YYYY-MM-DD", "DD.MM.YYYY"], ["YYYY"]))
    if "constant_mapping" in delivery.habits:
        free = [name for name in contract_columns(SOURCES[delivery.source]) if name not in columns]
        said["constants"] = {name: chance.choice(("ECE", "USD", "2023", "trust_fund", "1")) for name in free[: chance.randrange(1, 3)]}
    if "supersedes_all" in delivery.habits:
        said["supersedes"] = chance.choice(("*.csv", "*", ["nothing*.csv"]))
    return yaml.safe_dump(said, allow_unicode=True) if said else None
