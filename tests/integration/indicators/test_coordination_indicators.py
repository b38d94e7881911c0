"""Indicators of coordination, computed once more from activities, requests and action points."""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from statistics import median

import polars as pl

WINDOW_DAYS = 90


def rows(reckoning, sql):
    return list(reckoning.table(sql).iter_rows(named=True))


def cents(reckoning):
    """Cost of each activity in whole cents of US dollars, ties to the even cent; None without a rate."""
    rates = {
        (row["currency"], row["date_from"]): Fraction(row["fx_rate"])
        for row in rows(reckoning, "from intermediate.int_rates_used where rate_scope = '*' and date_from = date_to")
    }
    found = {}
    for table, name in (("missions", "mission_id"), ("capacity_building_events", "event_id")):
        for row in rows(reckoning, f"from raw.{table} where cost_amount is not null"):
            rate = Fraction(1) if row["currency"] == "USD" else rates.get((row["currency"], row["start_date"]))
            found[f"{row['book']}:{row[name]}"] = None if rate is None else round(Fraction(row["cost_amount"]) * 100 * rate)
    return found


def overlapping(activities):
    """Activities that another entity has a like one of, in the same country, within the window, not prepared together."""
    found = set()
    alike = defaultdict(list)
    for activity in activities:
        if activity["status"] in ("planned", "undertaken") and activity["topic"]:
            for country in activity["countries"]:
                alike[activity["book"], activity["record_basis"], country, activity["topic"].strip().lower()].append(activity)
    for group in alike.values():
        for one, other in combinations(group, 2):
            near = abs((one["start_date"] - other["start_date"]).days) <= WINDOW_DAYS
            together = other["entity"] in one["partners_in_work"] or one["entity"] in other["partners_in_work"]
            if near and one["entity"] != other["entity"] and not together:
                found |= {one["activity_key"], other["activity_key"]}
    return found


def test_indicators_of_coordination_are_what_the_records_say(reckoning):
    computed = {}
    facts = (
        reckoning.table("from marts.fct_activities")
        .group_by("activity_key")
        .agg(pl.col("recipient").filter(pl.col("recipient_scheme") == "country").alias("countries"), pl.all().exclude("recipient").first())
    )
    activities = list(facts.iter_rows(named=True))
    requests = {(row["request_id"], row["record_basis"]): row for row in rows(reckoning, "from raw.assistance_requests where confidentiality = 'public'")}
    told, instruments = ({row["_delivery_id"] for row in activities if row[column] is not None} for column in ("rc_lead_days", "normative_instrument"))
    for activity in activities:
        activity["partners_in_work"] = {entity.strip() for entity in (activity["joint_entities"] or "").split("|") if entity.strip()}
        activity["group"] = (activity["book"], activity["entity"], activity["fiscal_year"], activity["record_basis"])

    undertaken = defaultdict(list)
    for activity in activities:
        if activity["status"] == "undertaken":
            undertaken[activity["group"]].append(activity)
    for group, done in undertaken.items():
        asked = [activity for activity in done if activity["countries"] and activity["_delivery_id"] in told]
        leads = [activity["rc_lead_days"] for activity in asked if activity["rc_lead_days"] is not None]
        computed[reckoning.key("rc_notification_pct", *group)] = reckoning.percentage(len(leads), len(asked))
        computed[reckoning.key("rc_notified_before_pct", *group)] = reckoning.percentage(sum(lead >= 0 for lead in leads), len(asked))
        computed[reckoning.key("rc_lead_days_median", *group)] = Fraction(median(leads)) if leads else None
        computed[reckoning.key("joint_activity_pct", *group)] = reckoning.percentage(sum(bool(one["joint_entities"]) for one in done), len(done))
        saying = [activity for activity in done if activity["_delivery_id"] in instruments]
        linked = sum(activity["normative_instrument"] is not None for activity in saying)
        computed[reckoning.key("normative_link_pct", *group)] = reckoning.percentage(linked, len(saying))
        answered = [
            (requests[name], activity)
            for activity in done
            if activity["funding_source"] == "rptc" and (name := (activity["request_id"], activity["record_basis"])) in requests
        ]
        if answered:
            days = [(activity["start_date"] - request["received_on"]).days for request, activity in answered]
            computed[reckoning.key("regular_programme_request_days_median", *group)] = Fraction(median(days))
            passed_on = sum(request["received_through"] == "resident_coordinator" for request, _ in answered)
            computed[reckoning.key("regular_programme_through_rc_pct", *group)] = reckoning.percentage(passed_on, len(answered))

    cost = cents(reckoning)
    found = overlapping(activities)
    overlaps = defaultdict(list)
    for activity in activities:
        if activity["activity_key"] in found:
            overlaps[activity["group"]].append(cost.get(activity["activity_key"]))
    for group, costs in overlaps.items():
        known = [one for one in costs if one is not None]
        computed[reckoning.key("overlapping_activity_count", *group)] = len(costs)
        computed[reckoning.key("overlap_cost_usd", *group)] = Fraction(sum(known), 100) if known else None

    points = defaultdict(list)
    for point in rows(reckoning, "from raw.action_points"):
        bounds = {(point["agreed_on"] or point[bound]).year for bound in ("agreed_not_before", "agreed_not_after")}
        assert len(bounds) == 1
        points[point["book"], point["responsible_entity"], bounds.pop(), point["record_basis"]].append(point)
    for group, recorded in points.items():
        open_points = [point for point in recorded if point["commitment_strength"] == "agreed" and point["status"] in ("open", "in_progress")]
        overdue = [point for point in open_points if point["due_on"] and str(point["due_on"]) < reckoning.shipped.as_of]
        suggested = [point for point in recorded if point["commitment_strength"] == "suggested"]
        computed[reckoning.key("open_action_point_count", *group)] = len(open_points)
        computed[reckoning.key("overdue_action_point_count", *group)] = len(overdue)
        computed[reckoning.key("suggested_action_point_pct", *group)] = reckoning.percentage(len(suggested), len(recorded))
    reckoning.compare("coordination", computed)
