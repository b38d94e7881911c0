"""Contract of `indicator_observations`: series that are watched for early warning."""

from __future__ import annotations

import dataframely as dy

from pipelines.contracts.columns import Source, day, number, period, text


class IndicatorObservations(dy.Schema):
    """One row per series, place and period."""

    series = text("what is observed, a code of data/seeds/warning_thresholds.csv", required=True)
    country = text("country or group that it is observed in", required=True)
    period = period("period observed, for example 2023, 2023-S1, 2023-Q1, 2023-05", required=True)
    period_start = day("first day of the period; follows from `period`")
    period_end = day("last day of the period; follows from `period`")
    value = number("what was observed", required=True)
    unit = text("unit of the value, as the series has it")
    entity = text("entity that watches the series, a code of data/seeds/entities.csv")


SOURCE = Source(
    name="indicator_observations",
    grain="one row per series, place and period",
    domain="programmes",
    schema=IndicatorObservations,
    key=("series", "country", "period"),
    is_key_tested=False,
    row_date="period_end",
    place_columns=("country",),
    references={"series": "warning_thresholds", "entity": "entities"},
    default_book="activity_register",
)
