"""Indicators of activities, computed once more from the delivered missions and events."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

GROUPS = {"SPECA", "CIS", "EECCA", "SEE", "CEI", "BSEC", "SECI", "STABILITY_PACT", "CENTRAL_ASIA", "GLOBAL", "INTERREGIONAL", "UNALLOCATED"}
TARGETS = {"SPECA", "LLDC", "ECONOMIES_IN_TRANSITION", "EECCA", "STABILITY_PACT"}


def undertaken(reckoning):
    """Missions and events undertaken, in one list of plain records."""
    rates = reckoning.table(
        "select distinct currency, date_from as day, fx_rate from intermediate.int_rates_used where rate_scope = '*' and date_from = date_to"
    )
    rate = {(row["currency"], row["day"]): row["fx_rate"] for row in rates.iter_rows(named=True)}
    for source, kind in (("missions", "mission"), ("capacity_building_events", "event")):
        for row in reckoning.table(f"from raw.{source} where status = 'undertaken'").iter_rows(named=True):
            places = [part.partition(":")[0] for part in row["recipients"].split("|")]
            usd = row["cost_amount"]
            if usd is not None and row["currency"] != "USD":
                usd = (usd * rate[row["currency"], row["start_date"]]).quantize(Decimal("0.01"))
            persons = [row.get(f"participants_{sex}") for sex in ("women", "men", "unspecified")]
            yield row | {
                "kind": kind,
                "type": row.get("mission_type") or row.get("event_type"),
                "group": (row["book"], row["entity"], row["start_date"].year, row["record_basis"]),
                "places": places,
                "is_wide": len(places) > 1 or places[0] in GROUPS,
                "cost": usd,
                "persons": sum(number or 0 for number in persons) if any(number is not None for number in persons) else None,
            }


def known(rows, name):
    return [row[name] for row in rows if row.get(name) is not None]


def test_indicators_of_activities_are_what_the_deliveries_say(reckoning):
    by_group = defaultdict(list)
    for row in undertaken(reckoning):
        by_group[row["group"]].append(row)
    saying_partners = {row["_delivery_id"] for rows in by_group.values() for row in rows if row["partners"] is not None}
    computed = {}
    for group, rows in by_group.items():
        missions, events = ([row for row in rows if row["kind"] == kind] for kind in ("mission", "event"))

        def say(indicator, value, *part, group=group):
            computed[reckoning.key(indicator, *group, *part)] = value

        if missions:
            say("advisory_mission_share_pct", reckoning.percentage(sum(row["type"] == "advisory" for row in missions), len(missions)))
            say("requested_mission_share_pct", reckoning.percentage(sum(known(missions, "on_request")), len(known(missions, "on_request"))))
            say("adviser_days_per_mission", reckoning.quotient(sum(known(missions, "adviser_days")), len(known(missions, "adviser_days"))))
            say("cost_per_mission_usd", reckoning.quotient(sum(known(missions, "cost")), len(known(missions, "cost"))))
        if events:
            both = [row for row in events if row["cost"] is not None and row["persons"]]
            women, men = (sum(known(events, f"participants_{sex}")) for sex in ("women", "men"))
            say("cost_per_participant_usd", reckoning.quotient(sum(row["cost"] for row in both), sum(row["persons"] for row in both)))
            say("participants_per_event", reckoning.quotient(sum(known(events, "persons")), len(known(events, "persons"))))
            say("women_participant_share_pct", reckoning.percentage(women, women + men))
        for kind, of_kind in (("mission", missions), ("event", events)):
            placed = [row for row in of_kind if row["places"] != ["UNALLOCATED"]]
            recording = [row for row in of_kind if row["_delivery_id"] in saying_partners]
            if of_kind:
                say("multi_country_share_pct", reckoning.percentage(sum(row["is_wide"] for row in placed), len(placed)), "activity_kind", kind)
            if recording:
                say("partner_share_pct", reckoning.percentage(len(known(recording, "partners")), len(recording)), "activity_kind", kind)
        for kind in {row["type"] for row in rows}:
            say("ways_and_means_share_pct", reckoning.percentage(sum(row["type"] == kind for row in rows), len(rows)), "activity_type", kind)
    reckoning.compare("activities", computed | target_shares(reckoning))


def target_shares(reckoning):
    """Shares of the target groups in the weights of missions and events, by who belonged on the first day."""
    members = defaultdict(list)
    for row in reckoning.table("from reference.country_group_members").iter_rows(named=True):
        if row["country_group"] in TARGETS:
            members[row["country"]].append((row["country_group"], row["valid_from"], row["valid_to"] or date.max))
    total, of_target = defaultdict(Decimal), defaultdict(Decimal)
    for row in reckoning.table("from marts.fct_activities where status = 'undertaken' and recipient_scheme not in ('unallocated', 'unknown')").iter_rows(
        named=True
    ):
        group = (row["book"], row["entity"], row["fiscal_year"], row["record_basis"])
        total[group] += row["weight"]
        belongs = {target for target, first, end in members[row["recipient"]] if first <= row["start_date"] < end}
        for target in belongs | ({row["recipient"]} & TARGETS):
            of_target[group, target] += row["weight"]
    return {
        reckoning.key("target_group_share_pct", *group, "country_group", target): reckoning.percentage(weight, total[group])
        for (group, target), weight in of_target.items()
    }
