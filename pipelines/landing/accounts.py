"""What became of each delivery and its rows: the tables that account for it, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from pipelines.landing.cached import tables_of
from pipelines.landing.deliveries import departed
from pipelines.landing.layout import DELIVERY_COLUMNS
from pipelines.landing.prepared import Prepared
from pipelines.landing.row_passes import SourceLanding
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.left_out import RULE as LEFT_OUT
from pipelines.shapes.part import AMOUNT_COLUMNS, AMOUNT_GROUP, QUARANTINE_COLUMNS, TablePart


@dataclass(frozen=True, kw_only=True)
class SourceSummary:
    """Figures of one source: rows, money per measure and currency, files."""

    source: str
    deliveries: int
    set_aside: int
    rows_delivered: int
    rows_loaded: int
    rows_quarantined: int
    amounts: dict[str, Decimal]
    sha256: dict[str, str]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class LandingSummary:
    """What landing did, in total and per source; `aside` names each delivery that is set aside, with the rule that it broke."""

    deliveries: int
    rows_delivered: int
    rows_loaded: int
    rows_quarantined: int
    set_aside: int
    sources: dict[str, SourceSummary]
    seconds: float
    messages: tuple[str, ...] = field(default=())
    aside: tuple[str, ...] = field(default=())


def delivery_lines(prepared: Prepared, landings: Sequence[SourceLanding], rejected: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    """Lines of `audit.deliveries`, one per delivery and table; only loaded ones carry counts.

    Args:
        prepared: what was found, with the deliveries of the release before.
        landings: what the row pass made of it.
        rejected: how many rows the set pass rejected, by delivery and table.
    """
    lines: list[dict] = []
    for done in landings:
        for delivery in done.deliveries:
            part = done.parts.get(delivery.delivery_id) if delivery.status == "loaded" else None
            nothing = TablePart(name=delivery.source, files=(), rows_delivered=0, rows_quarantined=0)
            for table in tables_of(delivery.source, part) if part else (nothing,):
                quarantined = table.rows_quarantined + rejected.get((delivery.delivery_id, table.name), 0)
                lines.append(
                    {
                        "delivery_id": delivery.delivery_id,
                        "source": delivery.source,
                        "table_name": table.name,
                        "source_file": delivery.source_file,
                        "source_sha256": delivery.sha256,
                        "rows_delivered": table.rows_delivered,
                        "rows_loaded": table.rows_delivered - quarantined,
                        "rows_quarantined": quarantined,
                        "status": delivery.status,
                        "message": delivery.message,
                    }
                )
    for old in departed([delivery for done in landings for delivery in done.deliveries], prepared.past):
        lines.append({**old, "table_name": old["source"], "rows_delivered": 0, "rows_loaded": 0, "rows_quarantined": 0})
    return pl.DataFrame(lines, schema=DELIVERY_COLUMNS).sort("source", "source_file", "delivery_id", "table_name")


def delivered_amounts(landings: Iterable[SourceLanding], of_sets: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """What was delivered and what of it was quarantined, by the groups of law 5: after the row pass, and then by the set pass."""
    parts = (pl.read_parquet(part.amounts) for done in landings for part in done.parts.values())
    amounts = pl.concat([pl.DataFrame(schema=AMOUNT_COLUMNS), *parts, *of_sets])
    amounts = amounts.group_by("source", "delivery_id", "source_file", *AMOUNT_GROUP).agg(
        *(pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in ("amount_delivered", "amount_quarantined")),
        pl.col("rows_delivered").sum(),
        pl.col("rows_quarantined").sum(),
    )
    return amounts.select([pl.col(name).cast(dtype) for name, dtype in AMOUNT_COLUMNS.items()]).sort("source", "source_file", *AMOUNT_GROUP)


def told(deliveries: pl.DataFrame) -> list[str]:
    """One line per delivery that is here: what becomes of its rows, after both passes, or why none is loaded."""
    said = deliveries.filter(pl.col("status").is_in(["loaded", "set_aside"])).group_by("source", "source_file", "delivery_id", maintain_order=True)
    lines = []
    for one in said.agg(pl.col("status", "message").first(), pl.col("rows_delivered", "rows_quarantined").sum()).iter_rows(named=True):
        counted = f"{one['rows_delivered']:,} rows, {one['rows_quarantined']:,} quarantined"
        lines.append(f"{one['source_file']}: {counted if one['status'] == 'loaded' else 'set aside: ' + one['message']}")
    return lines


def file_findings(prepared: Prepared, landings: Sequence[SourceLanding]) -> pl.DataFrame:
    """Findings about whole files: set aside, or in a folder that is no source."""
    lines = []
    for done in landings:
        for delivery in done.deliveries:
            if delivery.status == "set_aside":
                severity = "warning" if delivery.rule in ("same_content", LEFT_OUT) else "critical"
                lines.append((delivery.delivery_id, delivery.source, delivery.source, delivery.source_file, delivery.rule, severity, delivery.message))
    for stray in prepared.strays:
        at = Delivery(source=stray.source_file.partition("/")[0], source_file=stray.source_file, path=None, sha256=None)
        lines.append((at.delivery_id, at.source, at.source, at.source_file, "unknown_source", "warning", stray.message))
    names = ("delivery_id", "source", "table_name", "source_file", "rule", "severity", "remedy")
    frame = pl.DataFrame(lines, schema={name: QUARANTINE_COLUMNS[name] for name in names}, orient="row")
    return frame.select([(pl.col(name) if name in names else pl.lit(None)).cast(dtype).alias(name) for name, dtype in QUARANTINE_COLUMNS.items()])


def summary(deliveries: pl.DataFrame, landings: Sequence[SourceLanding], amounts: pl.DataFrame, *, seconds: float) -> LandingSummary:
    """The figures of a landing."""
    sources = {}
    for done in landings:
        lines = deliveries.filter(pl.col("source") == done.source)
        money = (
            amounts.filter((pl.col("source") == done.source) & pl.col("amount_delivered").is_not_null() & pl.col("currency").is_not_null())
            .group_by("measure", "currency")
            .agg((pl.col("amount_delivered").sum() - pl.col("amount_quarantined").sum()).alias("amount"))
            .sort("measure", "currency", nulls_last=True)
        )
        sources[done.source] = SourceSummary(
            source=done.source,
            deliveries=len(done.parts),
            set_aside=lines.filter(pl.col("status") == "set_aside")["delivery_id"].n_unique(),
            rows_delivered=int(lines["rows_delivered"].sum()),
            rows_loaded=int(lines["rows_loaded"].sum()),
            rows_quarantined=int(lines["rows_quarantined"].sum()),
            amounts={f"{measure} {currency}": amount for measure, currency, amount in money.iter_rows()},
            sha256={line["source_file"]: line["source_sha256"] for line in lines.filter(pl.col("status") == "loaded").iter_rows(named=True)},
            seconds=done.seconds,
        )
    return LandingSummary(
        deliveries=sum(one.deliveries for one in sources.values()),
        rows_delivered=sum(one.rows_delivered for one in sources.values()),
        rows_loaded=sum(one.rows_loaded for one in sources.values()),
        rows_quarantined=sum(one.rows_quarantined for one in sources.values()),
        set_aside=sum(one.set_aside for one in sources.values()),
        sources=sources,
        seconds=seconds,
        aside=tuple(f"{one.source_file} ({one.rule})" for done in landings for one in done.deliveries if one.status == "set_aside"),
        messages=tuple(f"{line['source_file']}: {line['message']}" for line in deliveries.filter(pl.col("status") == "set_aside").iter_rows(named=True)),
    )
