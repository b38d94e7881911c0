"""When delivered exchange rates agree: with the reference rates at hand, with each other, and with the days around them.

A rate the wrong way round (units per US dollar, as the United Nations' list prints them) or ten times too large passes every rule that looks at one
row. All delivered rates are judged once, in the set pass: the check `rates_agree` reads what is said here in `audit.rate_judgements`, and no row counts
as too large through a rate that is wrong.
"""

from __future__ import annotations

import polars as pl

JUDGED_COLUMNS: dict[str, pl.DataType] = {
    "currency": pl.String(),
    "rate_date": pl.Date(),
    "rate_kind": pl.String(),
    "rate_source": pl.String(),
    "usd_per_unit": pl.Decimal(18, 12),
    "reference": pl.Decimal(18, 12),
    "is_compared": pl.Boolean(),
    "finding": pl.String(),
    "told": pl.String(),
}

OFF_REFERENCE = 0.25
"""A rate may lie so far from the reference, as a part of the larger of the two."""

NEAR_ONE = 0.05
"""Where a rate lies so near to the reference and to its reciprocal, nobody can tell the two apart by it."""

STEP = 3
"""Two sources of one day that differ by more than this factor contradict each other; so does a day that its neighbours on both sides contradict."""

_DAYS_AROUND = 7
# Of a month or a year with fewer days of reference rates (a currency that stopped being quoted), the mean stands for another time.
_FEWEST_DAYS = {"monthly_average": 10, "annual_average": 200}

FAILS = ("upside_down", "off_reference", "two_sources", "spike")
"""Values of `finding` that make the check fail; `step` only warns: currencies are devalued (UZS 2017, SDG 2021, LBP 2023)."""


def with_partners(rates: str, changes: str) -> str:
    """The query of rates by currency and day with those of redenominated currencies, in whose units they are said as well (DuckDB).

    Args:
        rates: query of currency, rate_date and rate (double), and whatever else is to be kept.
        changes: relation of currency_from, currency_to, units (double), effective_on and kind.
    """
    return f"""
        {rates}
        union all
        select rates.* replace (currency_from as currency, rate / units as rate)
        from ({rates}) as rates join {changes} on rates.currency = currency_to where kind = 'unit_change' or rate_date >= effective_on
        union all
        select rates.* replace (currency_to as currency, rate * units as rate)
        from ({rates}) as rates join {changes} on rates.currency = currency_from where kind = 'unit_change'"""


def _with_references(delivered: str, reference: str, changes: str) -> str:
    """The common table expressions up to `referred`: each delivered rate with the reference that it is held against, if it is held against any."""
    span = """case rate_kind when 'monthly_average' then date_trunc('month', {day}) when 'annual_average' then date_trunc('year', {day}) else {day} end"""
    period = "case when rate_kind in ('monthly_average', 'annual_average') then rate_kind else 'day' end"
    return f"""delivered as (
            select currency, rate_date, rate_kind, rate_source, usd_per_unit, cast(usd_per_unit as double) as rate,
                   {period} as period, cast({span.format(day="rate_date")} as date) as begins,
                   row_number() over (order by currency, rate_date, rate_kind, rate_source) as n
            from {delivered} where usd_per_unit > 0 and rate_date is not null
        ),
        changes as (select * from {changes}),
        reference_days as materialized (
            select currency, rate_date, max(rate) as rate
            from ({with_partners(f"select currency, rate_date, cast(usd_per_unit as double) as rate from {reference}", "changes")})
            where currency in (select currency from delivered)
            group by currency, rate_date
        ),
        reference_means as (
            select currency, 'monthly_average' as period, cast(date_trunc('month', rate_date) as date) as begins, avg(rate) as rate
            from reference_days group by all having count(*) >= {_FEWEST_DAYS["monthly_average"]}
            union all
            select currency, 'annual_average', cast(date_trunc('year', rate_date) as date), avg(rate)
            from reference_days group by all having count(*) >= {_FEWEST_DAYS["annual_average"]}
        ),
        before as (
            select d.n, r.rate from delivered as d asof join reference_days as r on d.currency = r.currency and d.rate_date >= r.rate_date
            where d.period = 'day' and r.rate_date >= d.rate_date - {_DAYS_AROUND}
        ),
        after as (
            select d.n, r.rate from delivered as d asof join reference_days as r on d.currency = r.currency and d.rate_date <= r.rate_date
            where d.period = 'day' and r.rate_date <= d.rate_date + {_DAYS_AROUND}
        ),
        changed_on as (
            select currency_from as currency, effective_on as day from changes
            union
            select currency_to, effective_on from changes where kind = 'unit_change'
        ),
        referred as (
            select d.*, case when not d.is_exempt then coalesce(b.rate, a.rate, m.rate) end as reference
            from (
                select d.*, exists (
                    select 1 from changed_on as c where c.currency = d.currency and d.begins = {span.replace("rate_kind", "d.rate_kind").format(day="c.day")}
                ) as is_exempt
                from delivered as d
            ) as d
            left join before as b using (n)
            left join after as a using (n)
            left join reference_means as m on d.currency = m.currency and d.period = m.period and d.begins = m.begins
        )"""


def judged_rates(delivered: str, reference: str, changes: str) -> str:
    """The query that judges every delivered rate (DuckDB).

    A rate of a day is held against the reference of that day, of up to seven days before, or else of up to seven after; an average against the mean
    of the same month or year. A currency that was redenominated has the reference of its partner too, as the seed says. Rates of a day of
    redenomination, and averages of its month or year, are judged by nothing: sources change unit and code on different days.

    Args:
        delivered: relation of rates: currency, rate_date, rate_kind, rate_source, usd_per_unit.
        reference: relation of reference rates: currency, rate_date, usd_per_unit.
        changes: relation of redenominations, as `with_partners` takes it.

    Returns:
        One row per delivered rate in the columns of `JUDGED_COLUMNS`: `reference` is NULL where there is none, `is_compared` says whether there was
        anything to compare with, `finding` is one of `FAILS`, `step`, or NULL, and `told` says it in words.
    """
    apart = "abs(rate - reference) > {part} * greatest(rate, reference)"
    return f"""
        with {_with_references(delivered, reference, changes)},
        others as (
            select n, max(rate) over of_day as highest, min(rate) over of_day as lowest, count(*) over of_day as rates,
                   lag(rate) over of_series as rate_before, lead(rate) over of_series as rate_after
            from referred where not is_exempt
            window of_day as (partition by currency, period, rate_date),
                   of_series as (partition by currency, rate_kind, rate_source order by rate_date)
        ),
        found as (
            select referred.*, others.* exclude (n),
                   {apart.format(part=OFF_REFERENCE)} as is_off,
                   abs(ln(rate * reference)) < abs(ln(rate / reference))
                   and not ({apart.format(part=NEAR_ONE).replace(">", "<=")} and abs(rate - 1 / reference) <= {NEAR_ONE} * greatest(rate, 1 / reference))
                   as is_upside_down,
                   rate_before is not null and rate_after is not null
                   and (rate > {STEP} * greatest(rate_before, rate_after) or rate * {STEP} < least(rate_before, rate_after)) as is_spike
            from referred left join others using (n)
        ),
        named as (
            select *, case
                when is_upside_down then 'upside_down'
                when is_off then 'off_reference'
                when highest > {STEP} * lowest then 'two_sources'
                -- what the reference confirms happened, however short
                when is_spike and reference is null then 'spike'
                when greatest(rate / rate_before, rate_before / rate) > {STEP} then 'step'
            end as finding
            from found
        )
        select currency, rate_date, rate_kind, rate_source, usd_per_unit, try_cast(reference as decimal(18, 12)) as reference,
               reference is not null or coalesce(rates > 1, false) or rate_before is not null or rate_after is not null as is_compared,
               case when finding = 'step' and lag(finding = 'spike') over (partition by currency, rate_kind, rate_source order by rate_date) then null
                    else finding end as finding,
               case finding
                   when 'upside_down' then 'looks like units per US dollar: the reference is ' || format('{{:.6g}}', reference)
                   when 'off_reference' then 'the reference is ' || format('{{:.6g}}', reference)
                   when 'two_sources' then 'another source of the day gives ' || format('{{:.6g}}', case when rate = highest then lowest else highest end)
                   when 'spike' then 'the rates before and after are ' || format('{{:.6g}}', rate_before) || ' and ' || format('{{:.6g}}', rate_after)
                   when 'step' then 'the rate before is ' || format('{{:.6g}}', rate_before)
               end as told
        from named"""
