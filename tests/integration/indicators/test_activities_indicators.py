"""Indicators of activities, computed once more from the delivered missions."""

import polars as pl

GROUP = ("book", "entity", "fiscal_year", "record_basis")
GROUPS = {"SPECA", "CIS", "EECCA", "SEE", "CEI", "BSEC", "SECI", "STABILITY_PACT", "CENTRAL_ASIA", "GLOBAL", "INTERREGIONAL"}


def test_indicators_of_missions_are_what_the_deliveries_say(reckoning):
    missions = (
        reckoning.table("from raw.missions")
        .filter(pl.col("status") == "undertaken")
        .with_columns(
            fiscal_year=pl.col("start_date").dt.year(),
            places=pl.col("recipients").str.split("|").list.eval(pl.element().str.split(":").list.first()),
        )
    )
    computed = {}
    for group, of_group in missions.group_by(GROUP):
        counted = of_group.select(
            missions=pl.len(),
            advisory=(pl.col("mission_type") == "advisory").sum(),
            requested=pl.col("on_request").sum(),
            saying=pl.col("on_request").count(),
            wide=((pl.col("places").list.len() > 1) | pl.col("places").list.first().is_in(GROUPS)).sum(),
            with_partner=pl.col("partners").count(),
            days=pl.col("adviser_days").sum(),
            with_days=pl.col("adviser_days").count(),
        ).row(0, named=True)
        percentages = {
            "advisory_mission_share_pct": ("advisory", "missions"),
            "requested_mission_share_pct": ("requested", "saying"),
            "multi_country_mission_share_pct": ("wide", "missions"),
            "partner_mission_share_pct": ("with_partner", "missions"),
        }
        for indicator, (numerator, denominator) in percentages.items():
            computed[reckoning.key(indicator, *group)] = reckoning.percentage(counted[numerator], counted[denominator])
        computed[reckoning.key("adviser_days_per_mission", *group)] = reckoning.quotient(counted["days"], counted["with_days"])
    reckoning.compare("activities", computed)
