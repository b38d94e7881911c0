"""Exchange rates: whether those delivered can be believed. The judgement of each rate stands in `audit.rate_judgements`; here it is said what follows.

A rate that is wrong and converts nothing harms no number of this release: it is told. It blocks where money was converted with it, or where the source
is wrong about the currency more than now and then, since the next amount will take the next rate. Of 17,143 monthly averages that the International
Monetary Fund published for 64 currencies, ten were wrong (the Maltese lira of 1999 the wrong way round, the bolívar of May 1998), and of no use to anybody.
"""

from __future__ import annotations

from pipelines.validate.suites.checks import Check, Suite, Tables

RATES = "raw.exchange_rates"
JUDGEMENTS = "audit.rate_judgements"
JUDGED = "prepared.rates"

NOW_AND_THEN = 0.05
"""A source is wrong about a currency no more than now and then up to this share of its rates."""


def checks(tables: Tables) -> list[Check]:
    """The checks on delivered exchange rates."""
    compared = f"""select case when sum(rates) is null then 'no rates'
                     else concat(sum(compared), ' of ', sum(rates), ' rates compared with the reference, other sources of the day or the days around',
                       case when sum(rates) > sum(compared) then concat('; nothing to compare with for ', string_agg(target, ', ' order by target)
                         filter (where compared < rates)) end) end
                   from {JUDGED}"""
    said = "target, concat({rates}, ' of ', total, ' rates, first that of ', {example}) as told"
    return [
        Check(
            name="rates_agree",
            target=RATES,
            reads=JUDGED,
            query=f"select {said.format(rates='wrong', example='example')} from {{batch}} where wrong > 0 and blocks order by target",
            expected="within a quarter of the reference rate, within a factor of 3 of other sources of the day and of the days around",
            seen=compared,
            shown=1000,
            target_from="target",
            protects="A rate the wrong way round, or ten times too large, makes every amount in its currency wrong.",
        ),
        Check(
            name="rates_look_odd",
            target=RATES,
            reads=JUDGED,
            severity="warning",
            query=f"""select {said.format(rates="wrong", example="example")} from {{batch}} where wrong > 0 and not blocks
                      union all select {said.format(rates="steps", example="example_of_step")} from {{batch}} where steps > 0 order by 1, 2""",
            expected="no rate that differs, even where nothing was converted with it, and no lasting change by more than a factor of 3",
            seen=compared,
            shown=1000,
            target_from="target",
            protects="A devaluation, or a wrong rate that nothing was converted with yet, is looked at before it is believed.",
        ),
    ]


def judged() -> str:
    """The query of judgements by currency and source: what is wrong, what was compared, and whether it blocks."""
    return f"""
        with used as (
            select distinct currency, split_part(fx_source, ' via ', 1) as rate_source, nullif(split_part(fx_source, ' via ', 2), '') as via,
                   fx_kind, fx_rate_date, date_from, date_to
            from intermediate.int_rates_used
        ),
        rates as (
            select judged.*, judged.finding is not null and judged.finding <> 'step' as is_wrong,
                   judged.finding is not null and judged.finding <> 'step' and exists (
                       select 1 from used
                       where coalesce(used.via, used.currency) = judged.currency and used.rate_source = judged.rate_source and used.fx_kind = judged.rate_kind
                         and (used.fx_rate_date = judged.rate_date
                              or (used.date_from < used.date_to and judged.rate_date between used.date_from and used.date_to))
                   ) as is_used,
                   concat(strftime(judged.rate_date, '%Y-%m-%d'), ' (', judged.rate_kind, '): ', rtrim(rtrim(cast(judged.usd_per_unit as varchar), '0'), '.'),
                       ' US dollars per unit; ', judged.told) as in_words
            from {JUDGEMENTS} as judged
        )
        select concat(currency, ' ', rate_source) as target, count(*) as total, count(*) as rates,
               count(*) filter (where is_compared) as compared,
               count(*) filter (where is_wrong) as wrong,
               bool_or(is_used) or count(*) filter (where is_wrong) > {NOW_AND_THEN} * count(*) as blocks,
               min_by(in_words, (not is_used, rate_date)) filter (where is_wrong) as example,
               count(*) filter (where finding = 'step') as steps,
               min_by(in_words, rate_date) filter (where finding = 'step') as example_of_step
        from rates group by currency, rate_source"""


SUITE = Suite(name="rates", title="Exchange rates against the reference, other sources and the days around them", checks=checks)
