"""Indicators of needs, computed once more from the delivered requests, questionnaires and the reference tables."""

import math
from collections import defaultdict
from fractions import Fraction
from statistics import median

ENTITY = "UN-SYSTEM"
OUTCOMES = {"delivered": "delivered", "accepted": "under_way", "in_delivery": "under_way", "received": "unmet", "declined": "unmet"}


def on_day(rows, day, **matching):
    """The row of a dated table that matches and holds on the day."""
    found = [
        row
        for row in rows
        if all(row[name] == value for name, value in matching.items()) and row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
    ]
    assert len(found) <= 1
    return found[0] if found else None


def rows(reckoning, sql):
    return list(reckoning.table(sql).iter_rows(named=True))


def all_needs(reckoning):
    """Public requests, and needs that questionnaires state and nobody requested in the same year or later."""
    requests = rows(reckoning, "from raw.assistance_requests")
    activities = defaultdict(set)
    for activity in rows(reckoning, "from marts.fct_activities where status = 'undertaken' and request_id is not null"):
        activities[activity["request_id"], activity["record_basis"]].add(activity["activity_key"])
    funded = {row["project_id"] for row in rows(reckoning, "from raw.project_transactions")}
    waiting = {
        name: project["project_id"]
        for project in rows(reckoning, "from raw.trust_fund_projects where request_ids is not null")
        for name in project["request_ids"].split("|")
        if project["status"] == "pipeline" and project["project_id"] not in funded
    }
    needs = [
        {
            "group": (request["book"], request["received_on"].year, request["record_basis"]),
            "is_request": True,
            "country": request["country"],
            "day": request["received_on"],
            "area": request["need_area"],
            "priority": request["priority"] or "unspecified",
            "set_by": request["priority_source"],
            "outcome": OUTCOMES[request["status"]],
            "provider": request["provider_type"] or "unspecified",
            "days": (request["responded_on"] - request["received_on"]).days if request["responded_on"] else None,
            "has_activity": bool(activities[request["request_id"], request["record_basis"]]),
            "waits": request["request_id"] in waiting,
        }
        for request in requests
        if request["confidentiality"] == "public"
    ]
    first = {}
    for answer in rows(reckoning, "from raw.questionnaire_responses where assistance_needed is not null order by responded_on"):
        if answer["assistance_needed"] != "no":
            for area in answer["assistance_needed"].split("|"):
                first.setdefault((answer["book"], answer["record_basis"], answer["country"], area), answer["responded_on"])
    asked = [(row["book"], row["record_basis"], row["country"], row["need_area"], row["received_on"].year) for row in requests]
    for (book, basis, country, area), day in first.items():
        if not any(request[:4] == (book, basis, country, area) and request[4] >= day.year for request in asked):
            need = {"group": (book, day.year, basis), "is_request": False, "country": country, "day": day, "area": area, "outcome": "unmet", "days": None}
            needs.append(need | {"priority": "unspecified", "set_by": None, "provider": "unspecified", "has_activity": False, "waits": False})
    return needs


def test_indicators_of_needs_are_what_the_deliveries_say(reckoning):
    computed = {}
    legal_systems = {row["country"]: row["legal_system"] for row in rows(reckoning, "from reference.country_legal_systems")}
    countries = rows(reckoning, "from reference.countries")
    members = rows(reckoning, "from reference.country_group_members where country_group in ('LDC', 'LLDC', 'SIDS')")
    by_group = defaultdict(list)
    for need in all_needs(reckoning):
        need["legal_system"] = legal_systems.get(need["country"], "unknown")
        need["un_regional_group"] = on_day(countries, need["day"], country=need["country"])["un_regional_group"] or "NO_REGIONAL_GROUP"
        need["groups"] = {group for group in ("LDC", "LLDC", "SIDS") if on_day(members, need["day"], country=need["country"], country_group=group)}
        by_group[need["group"]].append(need)

    for (book, year, basis), needs in by_group.items():

        def tell(indicator, value, scheme="none", part="all", *, group=(book, year, basis)):
            computed[reckoning.key(indicator, group[0], ENTITY, group[1], group[2], scheme, part)] = value

        parts = {("none", "all"): needs}
        for scheme in ("priority", "legal_system"):
            for part in {need[scheme] for need in needs}:
                parts[scheme, part] = [need for need in needs if need[scheme] == part]
        for (scheme, part), some in parts.items():
            for outcome in ("delivered", "under_way", "unmet"):
                tell(f"need_{outcome}_pct", reckoning.percentage(sum(need["outcome"] == outcome for need in some), len(some)), scheme, part)

        requests = [need for need in needs if need["is_request"]]
        days = [need["days"] for need in requests if need["days"] is not None]
        set_by = [need["set_by"] for need in needs if need["set_by"]]
        delivered = [need for need in needs if need["outcome"] == "delivered"]
        tell("priority_by_conference_pct", reckoning.percentage(sum(setter in ("conference", "working_group") for setter in set_by), len(set_by)))
        tell("request_answered_pct", reckoning.percentage(len(days), len(requests)))
        tell("request_with_activity_pct", reckoning.percentage(sum(need["has_activity"] for need in requests), len(requests)))
        tell("request_response_days_median", Fraction(median(days)) if days else None)
        tell("request_awaiting_funds_count", sum(need["waits"] and need["outcome"] != "delivered" for need in requests))
        for provider in {need["provider"] for need in delivered}:
            share = reckoning.percentage(sum(need["provider"] == provider for need in delivered), len(delivered))
            tell("delivered_by_provider_pct", share, "provider_type", provider)

        for scheme in ("un_regional_group", "legal_system"):
            needed, received = defaultdict(int), defaultdict(int)
            for need in needs:
                needed[need[scheme]] += 1
                received[need[scheme]] += need["outcome"] == "delivered"
            shares = {region: Fraction(count, len(delivered)) for region, count in received.items()} if delivered else {}
            squares = sum(share**2 for share in shares.values()) if delivered else None
            terms = [float(share) * math.log(share / Fraction(needed[region], len(needs))) for region, share in shares.items() if share]
            tell("assistance_concentration", squares, "region_scheme", scheme)
            tell("assistance_distance_from_needs", Fraction(sum(terms)) if delivered else None, "region_scheme", scheme)
        for group in set().union(*(need["groups"] for need in needs)):
            share = reckoning.percentage(sum(group in need["groups"] for need in delivered), len(delivered))
            tell("country_group_assistance_pct", share, "country_group", group)

    statuses = rows(reckoning, "from reference.treaty_status")
    cycles = defaultdict(list)
    for answer in rows(reckoning, "from raw.questionnaire_responses"):
        status = on_day(statuses, answer["sent_on"], country=answer["country"], instrument=answer["instrument"])
        for scheme, part in (("none", "all"), ("treaty_status", status["status"] if status else "none_on_record")):
            cycles[answer["book"], answer["sent_on"].year, answer["record_basis"], scheme, part].append(answer)
    for (book, year, basis, scheme, part), sent in cycles.items():
        answered = [answer for answer in sent if answer["responded_on"]]
        asking = [answer for answer in answered if answer["assistance_needed"] not in (None, "no")]
        response = reckoning.percentage(len(answered), len(sent))
        computed[reckoning.key("questionnaire_response_pct", book, ENTITY, year, basis, scheme, part)] = response
        share = reckoning.percentage(len(asking), len(answered))
        computed[reckoning.key("questionnaire_asking_for_assistance_pct", book, ENTITY, year, basis, scheme, part)] = share

    due = defaultdict(list)
    for obligation in rows(reckoning, "from reference.reporting_obligations where body = 'UNTOC_COP'"):
        due[obligation["due_on"].year].append(obligation["fulfilled_on"] is not None or obligation["fulfilled_by"] is not None)
    for year, met in due.items():
        computed[reckoning.key("obligation_met_on_record_pct", "activity_register", ENTITY, year, "published")] = reckoning.percentage(sum(met), len(met))
    reckoning.compare("needs", computed)
