"""Contract of `exchange_rates`: US dollars per unit of a currency, by day and kind."""

from __future__ import annotations

import dataframely as dy

from pipelines.contracts.columns import Source, code, currency_code, day, rate, text


class ExchangeRates(dy.Schema):
    """One row per currency, date, kind of rate and source. Averages carry the first day of their month or year."""

    currency = currency_code(required=True)
    rate_date = day("day of the rate, or first day of the month or year that an average covers", required=True)
    usd_per_unit = rate("US dollars for one unit of the currency", required=True)
    rate_kind = code("how long the rate holds", ("effective_from", "daily", "monthly_average", "annual_average"), required=True)
    rate_source = text("who gives the rate, for example un_operational, imf", required=True)


SOURCE = Source(
    name="exchange_rates",
    grain="one row per currency, date, kind and source",
    domain="finance",
    schema=ExchangeRates,
    key=("currency", "rate_date", "rate_kind", "rate_source"),
    row_date="rate_date",
    # Lists of rates often name their kind in words only ("IMF monthly average").
    told_in={
        "rate_kind": (
            "rate_source",
            {"monthly average": "monthly_average", "annual average": "annual_average", "yearly average": "annual_average", "operational": "effective_from"},
        )
    },
)
